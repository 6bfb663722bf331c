"""Rows that people pick by typing a part of their name: no page holds more than a few of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet

from recordings_site.accounts.models import User
from recordings_site.base.text import plain

MOST = 20  # rows that a page offers
# Every kind of rows that can be picked, by its name in the address of its suggestions.
KINDS: "dict[str, Choices]" = {}


class NotPicked(ValueError):
    """A typed text that means none of the rows, or several: a sentence that says which."""


def in_name(text: str, word: str) -> bool:
    """Whether a typed text is a part of a name."""
    return plain(text) in plain(word)


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: its key and what it is called."""

    key: Any
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Rows of one kind, as one person may pick them.

    `rows` are those that a person may see, in their order; each is known by its column `key` and called what `word`
    makes of the `columns`, which no other is. `fits` tells whether a typed text may mean a word.
    """

    name: str
    noun: str
    rows: Callable[[User], QuerySet[Any]]
    key: str = "pk"
    columns: tuple[str, ...] = ("name",)
    word: Callable[..., str] = str
    fits: Callable[[str, str], bool] = in_name

    def __post_init__(self) -> None:
        KINDS[self.name] = self

    def choice(self, row: Model) -> Choice:
        """A row as it is picked."""
        return Choice(getattr(row, self.key), self.word(*(getattr(row, column) for column in self.columns)))

    def first(self, user: User, most: int) -> list[Choice]:
        """The first rows, at most so many."""
        return list(self._read(self.rows(user)[:most]))

    def suggested(self, text: str, user: User) -> list[Choice]:
        """What a page offers for a text: the first rows that it may mean."""
        return list(islice(self._fitting(text, user), MOST)) if plain(text) else self.first(user, MOST)

    def named(self, text: str, user: User) -> list[Any]:
        """The keys of all rows that a text may mean."""
        return [each.key for each in self._fitting(text, user)]

    def called(self, text: str, user: User) -> list[Any]:
        """The keys of the rows whose whole word was typed, in any case and with or without accents."""
        return [each.key for each in self._read(self.rows(user)) if plain(each.word) == plain(text)]

    def words(self, text: str, user: User) -> list[str]:
        """What all rows are called, whatever was typed."""
        return [each.word for each in self._read(self.rows(user))]

    def by_key(self, key: Any, user: User) -> Model:
        """The row of a key that came from a page. Raises NotPicked."""
        try:
            # PostgreSQL refuses a text with a NUL.
            found: Model | None = None if "\0" in str(key) else self.rows(user).filter(**{self.key: key}).first()
        except (ValueError, TypeError, OverflowError):
            found = None
        if found is None:
            raise NotPicked(f"This {self.noun} doesn’t exist, or you don’t have access.")
        return found

    def by_text(self, text: str, user: User) -> Model:
        """The one row that a typed text means. Raises NotPicked, which names those that it may mean."""
        fitting = list(self._fitting(text, user)) if plain(text) else []
        exactly = [each for each in fitting if each.word == text] or [
            each for each in fitting if plain(each.word) == plain(text)
        ]
        match exactly or fitting:
            case [one]:
                return self.by_key(one.key, user)
            case []:
                raise NotPicked(f"No {self.noun} is named “{text}”.")
            case several:
                named = ", ".join(each.word for each in several[:MOST])
                more = f" and {len(several) - MOST} more" if len(several) > MOST else ""
                raise NotPicked(f"More than one {self.noun} has “{text}” in its name: {named}{more}.")

    def _fitting(self, text: str, user: User) -> Iterator[Choice]:
        return (each for each in self._read(self.rows(user)) if self.fits(text, each.word))

    def _read(self, rows: "QuerySet[Any]") -> Iterator[Choice]:
        found: Iterable[tuple[Any, ...]] = rows.values_list(self.key, *self.columns)
        return (Choice(key, self.word(*columns)) for key, *columns in found)
