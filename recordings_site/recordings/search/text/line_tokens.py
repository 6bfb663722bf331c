"""Makes the tokens of lines and of whole recordings, for all engines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from recordings_site.recordings.search.text.bm25 import impact_token, levels
from recordings_site.recordings.search.text.tokens import Token, scope_token, speaker_tokens, tokenize


@dataclass(frozen=True, slots=True)
class LineText:
    """The indexed text of a line: position, time, speakers, original and corrected text."""

    position: int
    at: float
    speakers: tuple[str, ...]
    said: str
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class LineTokens:
    """The tokens of one line: its readings, and the tokens that stand in none of them.

    The `readings` are what was said, the same merged, the correction and the correction merged; each may be empty.
    """

    position: int
    at: float
    readings: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    joined: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """Every token of the line."""
        return (*chain.from_iterable(self.readings), *self.joined)


def line_tokens(line: LineText, language: str, number_id: int | None, words: dict[str, str]) -> LineTokens:
    """Return the tokens of one line; its words and their tokens are added to `words`."""
    said, corrected = tokenize(line.said, language), tokenize(line.corrected, language)
    for tokens in (said, corrected):
        words.update(zip(tokens.words, (token.text for token in tokens.sequence), strict=True))
    joined = [token.text for token in (*said.joined, *corrected.joined)]
    speakers = [token for name in line.speakers for token in speaker_tokens(name)]
    return LineTokens(
        position=line.position,
        at=line.at,
        readings=(_texts(said.sequence), _texts(said.merged), _texts(corrected.sequence), _texts(corrected.merged)),
        joined=tuple(dict.fromkeys((*joined, *speakers, scope_token(number_id)))),
    )


def _texts(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)


def recording_tokens(lines: Sequence[LineTokens], scope: int) -> list[str]:
    """Return the tokens of a recording in order: those of its lines, and those of their levels."""
    said = Counter(token for line in lines for token in dict.fromkeys(line.all()))
    number = scope_token(scope)
    much = (
        impact_token(each, level)
        for each, times in said.items()
        if each != number
        for level in levels(times, len(lines))
    )
    return sorted({*said, number, *much})
