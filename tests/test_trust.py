"""The page of what was proved names tests that exist, and says what the kept results say."""

from tests import trust
from tests.house import ROOT


def test_each_piece_names_tests_that_exist() -> None:
    lost = [piece.name for piece in trust.PIECES if not (ROOT / piece.tests.split()[0]).exists()]
    assert lost == []


def test_the_page_shows_the_results_that_were_kept() -> None:
    assert trust.TABLE.read_text() == trust.table()
    pieces = {f"{piece.name} {database}" for piece, database, _ in trust.results()}
    assert trust.kept().keys() <= pieces
