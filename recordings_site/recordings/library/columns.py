"""The columns of the list of recordings, and which of them a user chose."""

from collections.abc import Iterable
from dataclasses import dataclass

from recordings_site.accounts.models import User


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its heading, whether it holds figures, and the orders that its heading toggles."""

    name: str
    heading: str
    figures: bool = False
    # Values of ?sort=: descending, then ascending.
    sorts: tuple[str, str] | None = None


COLUMNS = (
    Column("length", "Length", figures=True, sorts=("longest", "shortest")),
    Column("when", "When", sorts=("", "oldest")),
    Column("state", "State"),
    Column("transcript", "Transcript"),
    Column("direction", "Direction"),
    Column("caller", "Caller"),
    Column("team", "Team"),
    Column("policy", "Policy"),
    Column("destination", "Destination"),
    Column("locale", "Language"),
    Column("heard", "Played by me"),
    Column("size", "Size", figures=True),
)
FIRST = ("length", "when")


def chosen_by(user: User) -> list[Column]:
    """Return the columns that a user chose, in the list's order; the default columns until then."""
    names = user.preferences.get("columns", FIRST)
    return [column for column in COLUMNS if column.name in names]


def known(names: Iterable[str]) -> list[str]:
    """Return those of the names that are columns, in the list's order."""
    wanted = set(names)
    return [column.name for column in COLUMNS if column.name in wanted]
