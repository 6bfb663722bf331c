"""What is recorded at the beginning of a call: a sequence of say, play, start and stop, and what each file contains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from recordings_site.policies.engine.schema.fields import Choice, Declared, Text, Texts, Voice

MOST = 20


@dataclass(frozen=True)
class Step(Declared):
    """One step, run when the previous one has ended. Each start makes a separate recording."""

    always = ("do",)

    do: Annotated[str, Choice(("say", "play", "start", "stop"))] = "say"
    text: Annotated[str, Text(600)] = ""
    files: Annotated[tuple[str, ...], Texts(r"\S.{0,198}\S|\S", "must be the name of a prompt file", most=10)] = ()
    locale: Annotated[str, Voice()] = ""

    def wrong(self) -> Iterator[tuple[str, str]]:
        """There is something to hear, and nothing that the step does not use."""
        used = {"say": ("text", "locale"), "play": ("files", "locale")}.get(self.do, ())
        for name in ("text", "files", "locale"):
            if name not in used and getattr(self, name):
                yield name, f"doesn’t apply to steps of the kind {self.do}; remove it"
        if self.do == "say" and not self.text.strip():
            yield "text", "is empty. Enter what callers hear"
        if self.do == "play" and not self.files:
            yield "files", "is empty. Add at least one file"

    @property
    def heard(self) -> str:
        """What callers hear, "" for start and stop."""
        return {"say": f"“{self.text}”", "play": ", ".join(self.files)}.get(self.do, "")


@dataclass(frozen=True)
class Segment:
    """A section of the call; `file` counts the recordings from 1, None if nothing is recorded."""

    what: str
    file: int | None

    @property
    def label(self) -> str:
        """`File 2`, or that nothing is recorded."""
        return f"File {self.file}" if self.file else "Not in any file"


def starts(steps: Sequence[Step]) -> int:
    """How many recordings a sequence makes: a start while one runs does nothing."""
    return len([place for place in _effective(steps) if steps[place].do == "start"])


def runs_at_end(steps: Sequence[Step]) -> bool:
    """Whether a recording still runs when the sequence has ended."""
    places = [*_effective(steps)]
    return bool(places) and steps[places[-1]].do == "start"


def effective(steps: Sequence[Step]) -> list[Step]:
    """The steps without starts and stops that have no effect."""
    places = set(_effective(steps))
    return [step for place, step in enumerate(steps) if step.heard or place in places]


def segments(steps: Sequence[Step], conversation: str = "The conversation") -> list[Segment]:
    """The call from its beginning, stretch by stretch, with the file that will hold each."""
    found, running, made = [], False, 0
    for step in effective(steps):
        if step.heard:
            found.append(Segment(step.heard, made if running else None))
        else:
            running = step.do == "start"
            made += running
    return [*found, Segment(conversation, made if running else None)]


def with_announcement(steps: tuple[Step, ...], text: str, locale: str) -> tuple[Step, ...]:
    """The sequence with another text in place of what it says first, or before all else when it says nothing."""
    own = Step("say", text, locale=locale)
    for place, step in enumerate(steps):
        if step.do == "say":
            return (*steps[:place], own, *steps[place + 1 :])
    return (own, *steps)


def _effective(steps: Sequence[Step]) -> Iterator[int]:
    running = False
    for place, step in enumerate(steps):
        if step.do == "start" and not running:
            running = True
            yield place
        elif step.do == "stop" and running:
            running = False
            yield place
