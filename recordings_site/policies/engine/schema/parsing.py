"""Parses JSON into frozen dataclasses: a reader that names the field and the remedy for each wrong value."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """Something wrong or doubtful: `path` such as `rules.1.when.hours`, a message that says the remedy, how grave."""

    path: str
    message: str
    severity: str = "error"


class DocumentError(ValueError):
    """A document that can't be parsed; `problems` names every wrong field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.path or 'document'}: {p.message}" for p in problems))
        self.problems = tuple(problems)


@dataclass
class Reader:
    """Reads one JSON object field by field, collecting problems instead of stopping at the first.

    `done()` afterwards rejects unknown fields: a misspelt field must not pass as a default.
    """

    data: Mapping[str, Any]
    path: str = ""
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def at(self, name: str) -> str:
        """The path of the field `name`."""
        return f"{self.path}.{name}" if self.path else name

    def fail(self, name: str, message: str) -> None:
        """Record a problem of the field `name`."""
        self.problems.append(Problem(self.at(name) if name else self.path, message))

    def text(self, name: str, default: str = "", *, most: int = 1000, pattern: str = "", remedy: str = "") -> str:
        """A text of at most `most` characters that matches `pattern` in full, when one is given and it is not empty."""
        value = self._get(name, default)
        if not isinstance(value, str):
            self.fail(name, "must be text")
            return default
        if len(value) > most:
            self.fail(name, f"must have at most {most} characters; it has {len(value)}")
        elif value and pattern and not re.fullmatch(pattern, value):
            self.fail(name, remedy or "isn’t in the right format")
        elif any(ord(c) < 32 for c in value):
            self.fail(name, "must not contain control characters")
        return value

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """One of `choices`."""
        value, known = self._get(name, default), tuple(choices)
        if value not in known:
            self.fail(name, f"must be one of {', '.join(known)}")
            return default
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            self.fail(name, "must be true or false")
            return default
        return value

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number between `least` and `most`, or the default."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(name, "must be a whole number")
            return default
        if value != default and not least <= value <= most:
            self.fail(name, f"must be between {least} and {most}")
        return value

    def optional_integer(self, name: str) -> int | None:
        """A whole number, or None."""
        value = self._get(name, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.fail(name, "must be a whole number or null")
            return None
        return value

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        """A number between `least` and `most`; whole ones stay whole, so that the JSON is stable."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(name, "must be a number")
            return default
        if not least <= value <= most:
            self.fail(name, f"must be between {least:g} and {most:g}")
        return value

    def texts(self, name: str, *, most: int = 200, pattern: str = "", remedy: str = "") -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(name, "must be a list of strings")
            return ()
        if len(value) > most:
            self.fail(name, f"must have at most {most} entries")
        for item in value:
            if pattern and not re.fullmatch(pattern, item):
                self.fail(name, f"“{item[:40]}” {remedy or 'isn’t in the right format'}")
        return tuple(value)

    def integers(self, name: str, *, least: int, most: int) -> tuple[int, ...]:
        """A sorted list of different whole numbers."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, int) and least <= v <= most for v in value):
            self.fail(name, f"must be a list of whole numbers between {least} and {most}")
            return ()
        return tuple(sorted(set(value)))

    def child(self, name: str, parse: "Callable[[Reader], T]", default: T) -> T:
        """An object, read by `parse`; `default` when the field is absent or null."""
        value = self._get(name, None)
        if value is None:
            return default
        if not isinstance(value, Mapping):
            self.fail(name, "must be an object")
            return default
        return self._read(value, self.at(name), parse)

    def children(self, name: str, parse: "Callable[[Reader], T]", *, most: int) -> tuple[T, ...]:
        """A list of objects, each read by `parse`."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.fail(name, "must be a list of objects")
            return ()
        if len(value) > most:
            self.fail(name, f"must have at most {most} entries")
        return tuple(self._read(item, f"{self.at(name)}.{n}", parse) for n, item in enumerate(value))

    def done(self) -> None:
        """Report fields that were not read."""
        for name in self.data:
            if name not in self.seen:
                self.fail(name, "isn’t a known field; remove it or correct the spelling")

    def _read(self, value: Mapping[str, Any], path: str, parse: "Callable[[Reader], T]") -> T:
        reader = Reader(value, path, self.problems)
        result = parse(reader)
        reader.done()
        return result

    def _get(self, name: str, default: Any) -> Any:
        self.seen.add(name)
        return self.data.get(name, default)


def read(data: object, parse: Callable[[Reader], T]) -> T:
    """Read the JSON object `data` with `parse`; DocumentError names every wrong field."""
    if not isinstance(data, Mapping):
        raise DocumentError([Problem("", "must be a JSON object")])
    reader = Reader(data)
    result = parse(reader)
    reader.done()
    if reader.problems:
        raise DocumentError(reader.problems)
    return result
