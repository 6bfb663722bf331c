"""Examines an audio file: its duration, format, waveform, and how a player can seek in it.

Files are read in place and decoded in chunks: memory does not grow with the length of a call.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import miniaudio
from tinytag import TinyTag, TinyTagException

from recordings_site.recordings.audio import mp3
from recordings_site.recordings.audio.sniff import MAGIC, audio_type
from recordings_site.recordings.audio.waveform import MOST_POINTS
from recordings_site.recordings.models import Problem

POINTS_A_SECOND = 20
# Samples read for a waveform; of longer files each n-th, which is still dense enough for every word.
_MOST_SAMPLES = 3_000_000
_LOUDEST = 32767


class NotAudio(Exception):
    """The file is not audio of a known format."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Audio:
    """What `examine` finds. `duration` in seconds, `kbits` in kbit/s; `lanes` of the waveform as waveform.pack wants.

    `head` is the virtual frame to be sent instead of the file's first `skip` bytes, empty where none is needed.
    """

    content_type: str
    duration: float
    sample_rate: int
    channels: int
    kbits: float
    vbr: bool = False
    table: bool = False
    head: bytes = b""
    skip: int = 0
    lanes: Sequence[bytes] = field(default=(), repr=False)

    @property
    def facts(self) -> dict[str, Any]:
        """What is stored in RecordingJob.audio."""
        facts: dict[str, Any] = {
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "kbits": round(self.kbits, 1),
        }
        if self.content_type == "audio/mpeg":
            facts |= {"vbr": self.vbr, "table": self.table}
        if self.head:
            facts |= {"head": b64encode(self.head).decode(), "skip": self.skip}
        return facts


def examine(path: Path) -> Audio:
    """Read a whole file of audio. Raises NotAudio."""
    with path.open("rb") as file:
        match audio_type(file.read(MAGIC)):
            case "audio/mpeg":
                return _mpeg(path)
            case "audio/wav":
                return _wav(path)
    raise NotAudio(Problem.NOT_AUDIO)


def _mpeg(path: Path) -> Audio:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        try:
            frames = mp3.read(data)
        except mp3.NoFrames:
            raise NotAudio(Problem.MP3_WITHOUT_SOUND) from None
    samples = len(frames.starts) * frames.samples_per_frame
    return Audio(
        content_type="audio/mpeg",
        duration=frames.duration,
        sample_rate=frames.sample_rate,
        channels=frames.channels,
        kbits=frames.kbits,
        vbr=frames.vbr,
        table=frames.table,
        head=mp3.virtual_head(frames) if frames.needs_table else b"",
        skip=frames.starts[0] if frames.needs_table else 0,
        lanes=peaks(path, samples=samples, sample_rate=frames.sample_rate, channels=frames.channels),
    )


def _wav(path: Path) -> Audio:
    try:
        tag = TinyTag.get(path)
    except TinyTagException as error:
        raise NotAudio(Problem.WAV_UNREADABLE) from error
    if not tag.duration or not tag.samplerate or not tag.channels:
        raise NotAudio(Problem.WAV_WITHOUT_SOUND)
    return Audio(
        content_type="audio/wav",
        duration=tag.duration,
        sample_rate=tag.samplerate,
        channels=tag.channels,
        kbits=tag.bitrate or 0.0,
        lanes=peaks(
            path, samples=round(tag.duration * tag.samplerate), sample_rate=tag.samplerate, channels=tag.channels
        ),
    )


def peaks(path: Path, *, samples: int, sample_rate: int, channels: int) -> list[bytes]:
    """Return the loudest sample (0-255) of each of at most 4,000 intervals, a lane per channel.

    `samples` counts those of one channel. Raises NotAudio when nothing can be decoded.
    """
    count = min(2, channels)
    wanted = max(1, min(MOST_POINTS, math.ceil(samples / sample_rate * POINTS_A_SECOND)))
    step = count * max(1, samples * count // _MOST_SAMPLES)
    lanes = [bytearray() for _ in range(count)]
    try:
        pieces = miniaudio.stream_file(
            str(path), nchannels=count, sample_rate=sample_rate, frames_to_read=math.ceil(samples / wanted)
        )
        for piece in pieces:
            for side, lane in enumerate(lanes):
                chosen = piece[side::step]
                if chosen and len(lane) < MOST_POINTS:
                    lane.append(min(255, max(max(chosen), -min(chosen)) * 255 // _LOUDEST))
    except miniaudio.DecodeError as error:
        raise NotAudio(Problem.UNDECODABLE) from error
    if not lanes[0]:
        raise NotAudio(Problem.WITHOUT_SOUND)
    if count == 2 and lanes[0] == lanes[1]:  # mono, written twice
        lanes.pop()
    return [bytes(lane) for lane in lanes]
