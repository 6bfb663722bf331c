"""What a file of audio is: its true format and duration, its waveform, and which bytes of it a player gets.

Files are read in place and decoded piece by piece: the memory used does not grow with the length of a call.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from recordings_site.recordings.audio import containers, mp3_parts, mpeg, wav
from recordings_site.recordings.audio.decoding import DECODERS, Undecodable, peaks
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.audio.layout import Layout, Part, pack_points
from recordings_site.recordings.audio.mp3 import NoFrames
from recordings_site.recordings.audio.sniff import DEPTH, sniff
from recordings_site.recordings.audio.waveform import MOST_POINTS, POINTS_A_SECOND
from recordings_site.recordings.models import Problem


class NotAudio(Exception):
    """The file holds nothing that a browser plays. `code`: its format, where it has one (audio.formats)."""

    def __init__(self, problem: Problem, code: str = "") -> None:
        super().__init__(problem)
        self.problem, self.code = problem, code


@dataclass(frozen=True, slots=True)
class Audio:
    """What `examine` finds. `duration` in seconds (None where a format does not say), `kbits` in kbit/s.

    `lanes` of the waveform as waveform.pack wants them, none where nothing decodes it. `skipped`: bytes between frames
    that are no sound. `astray`: the most seconds by which a browser misses when it seeks by itself.
    """

    code: str
    duration: float | None
    sample_rate: int
    channels: int
    kbits: float
    vbr: bool = False
    table: bool = False
    skipped: int = 0
    astray: float = 0.0
    format: bytes = b""
    parts: Sequence[Part] = field(default=(), repr=False)
    lanes: Sequence[bytes] = field(default=(), repr=False)

    @property
    def content_type(self) -> str:
        """The media type."""
        return FORMATS[self.code].media_type

    @property
    def points(self) -> bytes | None:
        """What is kept in AudioIndex.seek_table."""
        return pack_points(self.parts)

    @property
    def facts(self) -> dict[str, Any]:
        """What is kept in RecordingJob.audio."""
        facts: dict[str, Any] = {
            "format": self.code,
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "kbits": round(self.kbits, 1),
            "parts": [part.kept for part in self.parts],
        }
        if self.code == "mp3":
            facts |= {"vbr": self.vbr, "table": self.table, "astray": round(self.astray, 1)}
        if self.format:
            facts["fmt"] = b64encode(self.format).decode()
        return facts | ({"skipped": self.skipped} if self.skipped else {})


def examine(path: Path) -> Audio:
    """Read a whole file of audio. Raises NotAudio."""
    size = path.stat().st_size
    if not size:  # nothing to map
        raise NotAudio(Problem.EMPTY)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        match check_head(data, size):
            case "mp3" if data[:4] in (b"RIFF", b"RF64", b"BW64"):
                return _mp3_in_wav(data)
            case "mp3":
                return _mp3(data)
            case "wav":
                return _wav(data)
            case "mp4" if (codec := containers.mp4_codec(data)) != "mp4":
                raise NotAudio(Problem.UNPLAYABLE, codec)
            case other:
                return _other(other, data)


def check_head(head: mpeg.Bytes, size: int) -> str:
    """The code of the format of a file of `size` bytes that begins so (DEPTH bytes are enough).

    Raises NotAudio where the whole need not be read.
    """
    if not size:
        raise NotAudio(Problem.EMPTY)
    after = mpeg.after_tags(head, 0, len(head))
    code = sniff(head, after, depth=DEPTH) or ("mp3" if head[:3] == b"ID3" else None)
    if code is None:
        raise NotAudio(Problem.NOT_AUDIO)
    if not FORMATS[code].plays:
        raise NotAudio(Problem.UNPLAYABLE, code)
    return code


def _mp3(data: mmap, start: int = 0, stop: int | None = None) -> Audio:
    try:
        found = mp3_parts.read(data, start, stop)
    except NoFrames:
        raise NotAudio(Problem.MP3_WITHOUT_SOUND) from None
    first = found.stretches[0].kind
    duration = sum(part.duration for part in found.parts)
    return Audio(
        code="mp3",
        duration=duration,
        sample_rate=first.sample_rate,
        channels=1 if first.mono else 2,
        kbits=sum(stretch.size for stretch in found.stretches) * 8 / 1000 / duration,
        vbr=any(stretch.vbr for stretch in found.stretches),
        table=found.table,
        skipped=found.skipped,
        astray=found.astray,
        parts=found.parts,
        lanes=_lanes(
            data,
            "mp3",
            [
                (part, each.kind.sample_rate, 2 - each.kind.mono)
                for part, each in zip(found.parts, found.stretches, strict=True)
            ],
        ),
    )


def _mp3_in_wav(data: mmap) -> Audio:
    found = _read_wav(data)
    return _mp3(data, found.start, found.stop)


def _read_wav(data: mmap) -> wav.Wav:
    try:
        return wav.read(data)
    except wav.Unreadable:
        raise NotAudio(Problem.WAV_UNREADABLE) from None


def _wav(data: mmap) -> Audio:
    found = _read_wav(data)
    size = found.stop - found.start
    if not found.duration:
        raise NotAudio(Problem.WAV_WITHOUT_SOUND)
    head = b"" if found.right else wav.header(found.format, size)
    layout = Layout(((found.start, found.stop),), head) if head else Layout(((0, len(data)),))
    part = Part(0.0, found.duration, layout, len(head) or found.start)
    return Audio(
        code="wav",
        duration=found.duration,
        sample_rate=found.sample_rate,
        channels=found.channels,
        kbits=found.align * 8 * found.sample_rate / 1000,
        format=found.format,
        parts=(part,),
        lanes=_lanes(data, "wav", [(part, found.sample_rate, found.channels)]),
    )


def _other(code: str, data: mmap) -> Audio:
    found = containers.read(code, data)
    lanes: Sequence[bytes] = ()
    if found.duration and found.sample_rate and found.channels and code in DECODERS:
        part = Part(0.0, found.duration, Layout(((0, len(data)),)))
        try:
            lanes = _lanes(data, code, [(part, found.sample_rate, found.channels)])
        except NotAudio:
            lanes = ()  # a browser may still play it
    kbits = len(data) * 8 / 1000 / found.duration if found.duration else 0.0
    return Audio(code, found.duration, found.sample_rate, found.channels, kbits, lanes=lanes)


def _lanes(data: mmap, decoder: str, parts: Sequence[tuple[Part, int, int]]) -> list[bytes]:
    """The lanes of all parts, one after another; each comes with its sample rate and channels."""
    duration = sum(part.duration for part, _, _ in parts)
    a_second = min(POINTS_A_SECOND, (MOST_POINTS - len(parts)) / duration)
    lanes = [b"" for _ in range(max(min(2, channels) for _, _, channels in parts))]
    for part, rate, channels in parts:
        try:
            found = peaks(
                data,
                part.layout,
                decoder,
                samples=round(part.duration * rate),
                sample_rate=rate,
                channels=channels,
                each=math.ceil(rate / a_second),
            )
        except Undecodable:
            raise NotAudio(Problem.UNDECODABLE) from None
        lanes = [lane + found[min(side, len(found) - 1)] for side, lane in enumerate(lanes)]
    return lanes[:1] if len(lanes) == 2 and lanes[0] == lanes[1] else lanes
