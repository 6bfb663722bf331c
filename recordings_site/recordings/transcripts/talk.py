"""Who spoke how much of a recording: shares that add up to 100%, with silence and what no line covers."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from recordings_site.recordings.audio.waveform import QUIET
from recordings_site.recordings.models import Side
from recordings_site.recordings.transcripts.lines import ShownLine


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker of a recording: seconds of talk, and their share of the whole in percent."""

    label: str
    name: str
    # recordings.models.Side, "" while unknown.
    side: str
    colour: int
    seconds: float
    share: int
    turns: int
    lines: int

    @property
    def given_name(self) -> str:
        """The name that a person gave, "" where the label or the side is shown."""
        return "" if self.name == self.label or (self.side and self.name == Side(self.side).label) else self.name


@dataclass(frozen=True, slots=True)
class TalkPart:
    """A part of the talk bar: a speaker's colour, 0 for silence and for other sound; where it begins, in percent."""

    label: str
    colour: int
    start: int
    share: int


@dataclass(frozen=True, slots=True)
class Talk:
    """The speakers in the order of first appearance; silence and other sound (music, a line nobody transcribed) in
    percent. Without a waveform both are 0: the lines are all that is known.
    """

    speakers: Sequence[Speaker]
    silence: int = 0
    other: int = 0

    @property
    def sides_known(self) -> bool:
        """Whether it is known of anyone on which side of the call they are."""
        return any(speaker.side for speaker in self.speakers)

    @property
    def parts(self) -> list[TalkPart]:
        """The parts of the talk bar, from its start to 100%, without empty ones."""
        shares = [(speaker.name or "Unknown speaker", speaker.colour, speaker.share) for speaker in self.speakers]
        shares += [("Other sound", 0, self.other), ("Silence", 0, self.silence)]
        starts = accumulate((share for *_, share in shares), initial=0)
        placed = zip(shares, starts, strict=False)
        return [TalkPart(label, colour, at, share) for (label, colour, share), at in placed if share]

    @property
    def sentence(self) -> str:
        """The bar in words: "Anna 40%, Silence 60%"."""
        return ", ".join(f"{part.label} {part.share}%" for part in self.parts)


def talk_of(lines: Sequence[ShownLine], waveform: Sequence[bytes] = (), duration: float = 0) -> Talk:
    """Return who spoke how much. A line lasts until the next one starts, less the waveform's silence in between."""
    said: dict[str, list[ShownLine]] = {}
    for line in lines:
        said.setdefault(line.speaker_label, []).append(line)
    talk = _talk_meter(waveform, duration)
    seconds = dict.fromkeys(said, 0.0)
    for start, end, labels in _spans(lines, duration):
        for label in labels:
            seconds[label] += talk(start, end) / len(labels)
    turns = Counter(label for label, _ in groupby(line.speaker_label for line in lines))
    sound = talk(0, duration) if waveform else 0.0
    other = max(0.0, sound - sum(seconds.values()))
    silence = max(0.0, duration - sound) if waveform else 0.0
    *shares, other_share, silence_share = _shares([*seconds.values(), other, silence])
    speakers = [
        Speaker(
            label=label,
            name=own[0].speaker,
            side=own[0].side,
            colour=own[0].colour,
            seconds=round(seconds[label], 1),
            share=share,
            turns=turns[label],
            lines=len(own),
        )
        for (label, own), share in zip(said.items(), shares, strict=True)
    ]
    return Talk(speakers, silence_share, other_share)


def _spans(lines: Sequence[ShownLine], duration: float) -> Iterator[tuple[float, float, set[str]]]:
    """Yield the spans between starts, none of which overlap, with who speaks in each: several at once share it."""
    if not lines:
        return
    by_start = groupby(lines, key=lambda line: line.start)
    groups = [(start, {line.speaker_label for line in each}) for start, each in by_start]
    ends = [*(start for start, _ in groups[1:]), max(duration, lines[-1].end)]
    for (start, labels), end in zip(groups, ends, strict=True):
        yield start, max(start, end), labels


def _shares(amounts: Sequence[float]) -> list[int]:
    """Return whole percents that add up to 100 (or are all 0): those that lose most by rounding down get one more."""
    total = sum(amounts)
    if total <= 0:
        return [0] * len(amounts)
    exact = [100 * amount / total for amount in amounts]
    shares = [int(each) for each in exact]
    by_loss = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_loss[: 100 - sum(shares)]:
        shares[index] += 1
    return shares


def _talk_meter(waveform: Sequence[bytes], duration: float) -> Callable[[float, float], float]:
    """Return a function that counts the seconds between two times that are not silent; all without a waveform."""
    if not waveform or duration <= 0:
        return lambda start, end: end - start
    loud = [0, *accumulate(int(max(point) > QUIET) for point in zip(*waveform, strict=True))]
    points = len(loud) - 1

    def talk(start: float, end: float) -> float:
        first, last = (min(points, round(at / duration * points)) for at in (start, end))
        return (loud[last] - loud[first]) * duration / points

    return talk
