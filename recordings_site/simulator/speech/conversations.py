"""The synthetic conversations of simulated calls: their audio and transcripts, cut to length."""

import io
import itertools
import json
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import miniaudio

AUDIO = Path(__file__).parent / "audio"
# The files are mp3 of a constant bit rate without header frame, so that they can be cut between frames.
FRAME_SECONDS = 0.072
# 144 bytes: 0.072 s of 16 kbit/s.
FRAME_BYTES = 144
LONG = 600.0
EMPTY_TRANSCRIPT = b'{"text": "", "lines": []}'


@dataclass(frozen=True)
class Conversation:
    """One conversation: the file's name, BCP 47 locale, number of speakers, and length in seconds."""

    name: str
    locale: str
    speakers: int
    seconds: float

    @property
    def language(self) -> str:
        """The language alone: "en" of "en-GB"."""
        return self.locale.partition("-")[0]


@cache
def conversations() -> tuple[Conversation, ...]:
    """Return all conversations by name."""
    return tuple(Conversation(**line) for line in json.loads((AUDIO / "index.json").read_text()))


def choose(draw: float, *, language: str = "en", conference: bool = False, long: bool = False) -> Conversation:
    """Return the conversation at `draw` (0 ≤ draw < 1) among those that fit; unknown languages are English."""
    fitting = [one for one in conversations() if one.language == language] or [
        one for one in conversations() if one.language == "en"
    ]
    fitting = [one for one in fitting if (one.seconds >= LONG) == long] or fitting
    fitting = [one for one in fitting if (one.speakers > 2) == conference] or fitting
    return fitting[int(draw * len(fitting))]


def sound(
    conversation: Conversation, format: str = "mp3", start: float = 0.0, stop: float | None = None, *, lead: float = 0.0
) -> bytes:
    """Return the seconds [start, stop) of a conversation as a file: "wav" (16 bit), or mp3 for other formats.

    `lead` seconds of silence come first: a recording that started while the call was ringing.
    """
    whole = _mp3(conversation.name)
    first = round(start / FRAME_SECONDS) * FRAME_BYTES
    last = len(whole)
    if stop is not None and stop <= conversation.seconds - FRAME_SECONDS:
        last = max(first + FRAME_BYTES, round(stop / FRAME_SECONDS) * FRAME_BYTES)
    piece = _silent_frame() * round(lead / FRAME_SECONDS) + whole[first:last]
    return _wav(piece) if format == "wav" else piece


def silence(seconds: float, format: str = "mp3") -> bytes:
    """Return the recording of a ringing call."""
    piece = _silent_frame() * max(1, round(seconds / FRAME_SECONDS))
    return _wav(piece) if format == "wav" else piece


@cache
def _silent_frame() -> bytes:
    """A frame cut from the longest pause that there is."""
    talk = max(conversations(), key=lambda one: one.seconds)
    starts = [line["timestamp"] for line in _transcript(talk.name)["lines"]]
    pause, end = max((after - before, after) for before, after in itertools.pairwise(starts))
    middle = round((end - min(pause, 6.0) / 2) / FRAME_SECONDS) * FRAME_BYTES
    return _mp3(talk.name)[middle : middle + FRAME_BYTES]


def transcript(
    conversation: Conversation, start: float = 0.0, stop: float | None = None, *, lead: float = 0.0
) -> bytes:
    """Return Sinch's transcript of the seconds [start, stop): lines that begin there, timed as in `sound`."""
    whole = _transcript(conversation.name)
    lines = [
        line | {"timestamp": round(line["timestamp"] - start + lead, 2)}
        for line in whole["lines"]
        if start <= line["timestamp"] and (stop is None or line["timestamp"] < stop)
    ]
    cut = {"text": " ".join(line["text"] for line in lines), "lines": lines}
    return json.dumps(cut, ensure_ascii=False).encode()


@cache
def _transcript(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((AUDIO / f"{name}-transcript.json").read_text())
    return read


@cache
def _mp3(name: str) -> bytes:
    return (AUDIO / f"{name}.mp3").read_bytes()


def _wav(mp3: bytes) -> bytes:
    decoded = miniaudio.decode(mp3, nchannels=1, sample_rate=8000)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(decoded.samples.tobytes())
    return file.getvalue()
