"""Rows that are picked by typing a part of their name: a page never holds more than a few of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from recordings_site.base.text import plain

if TYPE_CHECKING:
    from recordings_site.accounts.models import User


def by_name(text: str, word: str) -> bool:
    """Whether a typed text is a part of a name."""
    return plain(text) in plain(word)


@dataclass(frozen=True, slots=True)
class Picked:
    """One row that was picked: its key and its word."""

    key: Any
    word: str

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Rows of one kind, as one person may pick them.

    `rows` are those that a person may see, in their order; each is known by its column `key` and by what `word` makes
    of the `columns`. `fits` tells whether a typed text may mean a word.
    """

    name: str
    rows: "Callable[[User], QuerySet[Any]]"
    key: str = "pk"
    columns: tuple[str, ...] = ("name",)
    word: Callable[[Any], str] = lambda columns: str(columns[0])
    fits: Callable[[str, str], bool] = by_name

    def all(self, user: "User") -> list[Picked]:
        """Each row."""
        found = self.rows(user).values_list(self.key, *self.columns)
        return [Picked(key, self.word(columns)) for key, *columns in found]

    def words(self, text: str, user: "User") -> list[str]:
        """The words of all rows, whatever was typed."""
        return [each.word for each in self.all(user)]

    def named(self, text: str, user: "User") -> list[Any]:
        """The keys of the rows that a typed text may mean."""
        return [each.key for each in self.all(user) if self.fits(text, each.word)]

    def called(self, text: str, user: "User") -> list[Any]:
        """The keys of the rows whose whole word was typed, in any case and with or without accents."""
        return [each.key for each in self.all(user) if plain(each.word) == plain(text)]


class PickField(forms.ChoiceField):
    """One of the rows that a person may pick."""

    def __init__(self, choices: Choices, user: "User", *, nothing: str = "", **kwargs: Any) -> None:
        self.rows = {str(each.key): each for each in choices.all(user)}
        super().__init__(choices=[("", nothing), *((key, each.word) for key, each in self.rows.items())], **kwargs)

    def clean(self, value: Any) -> Picked | None:
        """The row that was picked."""
        return self.rows.get(super().clean(value))
