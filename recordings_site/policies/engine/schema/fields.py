"""The declared fields of a policy's document: each says once what its JSON may hold, for reading, writing and forms.

A kind reads a value with the Reader's method for it and gives back what JSON holds of it. It knows nothing of forms:
`forms_fields` makes the form field that fits a kind.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Self

from recordings_site.policies.engine.schema import voices
from recordings_site.policies.engine.schema.parsing import Reader
from recordings_site.sinch import formats

LONGEST_LOCALE = 20


class Kind(ABC):
    """What a field holds."""

    @abstractmethod
    def read(self, r: Reader, name: str, default: Any) -> Any:
        """The field's value, read from its JSON."""

    def write(self, value: Any) -> Any:
        """The JSON of a value."""
        return value


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    def read(self, r: Reader, name: str, default: bool) -> bool:
        return r.flag(name, default)


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few codes."""

    choices: tuple[str, ...]

    def read(self, r: Reader, name: str, default: str) -> str:
        return r.choice(name, self.choices, default)


@dataclass(frozen=True)
class Format(Kind):
    """The format of a recording's file."""

    def read(self, r: Reader, name: str, default: str) -> str:
        return r.choice(name, formats.allowed(), default)


@dataclass(frozen=True)
class Number(Kind):
    """A number in a range, inclusive."""

    least: float
    most: float

    def read(self, r: Reader, name: str, default: float) -> float:
        return r.number(name, default, least=self.least, most=self.most)


@dataclass(frozen=True)
class Reference(Kind):
    """The id of a row, or None."""

    def read(self, r: Reader, name: str, default: int | None) -> int | None:
        return r.optional_integer(name)


@dataclass(frozen=True)
class Text(Kind):
    """A line of text; what is not empty matches `pattern` in full."""

    most: int
    pattern: str = ""
    remedy: str = ""

    def read(self, r: Reader, name: str, default: str) -> str:
        return r.text(name, default, most=self.most, pattern=self.pattern, remedy=self.remedy)


@dataclass(frozen=True)
class Time(Text):
    """A time of day such as 08:00, to the minute; 24:00 ends a day."""

    most: int = 1000
    pattern: str = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
    remedy: str = "must be a time like 08:00"


@dataclass(frozen=True)
class Locale(Text):
    """The locale of a transcript such as en-US."""

    most: int = LONGEST_LOCALE
    pattern: str = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
    remedy: str = "must be a locale like en-US, without a voice"


@dataclass(frozen=True)
class Voice(Text):
    """The voice of an announcement: a locale, a locale with a gender, or a voice by name."""

    most: int = voices.LONGEST
    pattern: str = voices.PATTERN
    remedy: str = voices.REMEDY


@dataclass(frozen=True)
class _Several(Kind):
    def write(self, value: Iterable[Any]) -> list[Any]:
        return list(value)


@dataclass(frozen=True)
class Texts(_Several):
    """Texts, each of which matches `pattern` in full."""

    pattern: str
    remedy: str
    most: int = 200

    def read(self, r: Reader, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        return r.texts(name, most=self.most, pattern=self.pattern, remedy=self.remedy)


@dataclass(frozen=True)
class Masks(Texts):
    """Phone numbers, or masks of them such as +4670*, which people write with separators."""


@dataclass(frozen=True)
class Integers(_Several):
    """Distinct whole numbers in a range, inclusive; sorted."""

    least: int
    most: int

    def read(self, r: Reader, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        return r.integers(name, least=self.least, most=self.most)


@dataclass(frozen=True)
class Part(Kind):
    """An object with declared fields of its own."""

    of: "type[Declared]"

    def read(self, r: Reader, name: str, default: "Declared") -> "Declared":
        return r.child(name, self.of.read, default)

    def write(self, value: "Declared") -> dict[str, Any]:
        return value.to_dict()


@dataclass(frozen=True)
class Parts(Kind):
    """A list of such objects."""

    of: "type[Declared]"
    most: int

    def read(self, r: Reader, name: str, default: "tuple[Declared, ...]") -> "tuple[Declared, ...]":
        return r.children(name, self.of.read, most=self.most)

    def write(self, value: "Iterable[Declared]") -> list[dict[str, Any]]:
        return [each.to_dict() for each in value]


class Declared:
    """A frozen dataclass whose fields have a kind and a default each: `name: Annotated[str, Text(200)] = ""`."""

    # The fields that JSON holds even when they have their default; None: all of them.
    always: ClassVar[tuple[str, ...] | None] = None

    @classmethod
    def declared(cls) -> tuple[tuple[str, Kind, Any], ...]:
        """Each field's name, kind and default, in the order of the JSON."""
        of: Any = cls
        return _declared(of)

    @classmethod
    def read(cls, r: Reader) -> Self:
        """Read the JSON; problems are collected in the Reader."""
        make: Any = cls
        found: Self = make(**{name: kind.read(r, name, default) for name, kind, default in cls.declared()})
        for name, remedy in found.wrong():
            r.fail(name, remedy)
        return found

    def wrong(self) -> Iterable[tuple[str, str]]:
        """Problems that no single field shows: the name of the field to correct, and the remedy."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON: the same value gives the same object, whatever it was read from."""
        values: Mapping[str, Any] = vars(self)
        return {
            name: kind.write(values[name])
            for name, kind, default in self.declared()
            if self.always is None or name in self.always or values[name] != default
        }


@cache
def _declared(of: Any) -> tuple[tuple[str, Kind, Any], ...]:
    annotated: Iterable[Any] = fields(of)
    return tuple((each.name, each.type.__metadata__[0], each.default) for each in annotated)
