"""Each criterion is written once, and documented."""

from recordings_site.recordings.criteria.registry import CRITERIA, LISTED, MEANT, PHONES, SEARCHED
from tests.house import ROOT


def test_names_are_given_once() -> None:
    fields = [name for each in CRITERIA for name in each.fields]
    assert len(fields) == len(set(fields)) == len(SEARCHED)
    assert len({each.name for each in CRITERIA}) == len(CRITERIA)
    assert not set(MEANT) & set(SEARCHED)
    assert PHONES == ["number", "caller"]
    assert LISTED.keys() <= {each.name for each in CRITERIA}


def test_every_field_of_the_search_language_is_in_the_readme() -> None:
    table = (ROOT / "README.md").read_text().partition("| type | to find |")[2].partition("Save a search")[0]
    assert [name for name in SEARCHED if f"`{name}:" not in table] == []
    assert all(each.help.endswith((".", "…")) for each in CRITERIA if each.example)
