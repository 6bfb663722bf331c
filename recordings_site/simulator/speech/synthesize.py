"""Speaks the scripts into `audio/`: two or three synthetic voices, and an exact transcript of each call."""

import array
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from recordings_site.simulator.speech import long_call

HERE = Path(__file__).parent
RATE = 8000  # samples a second, as on a telephone line
KBITS = 16
LONG_SECONDS = 2400.0
# An mp3 decoder plays so many samples before the first of ours: they are taken off the leading silence, so that the
# transcript's times are true to what is heard.
CODEC_DELAY = 1105


@dataclass(frozen=True)
class Script:
    """What is to be spoken: `(speaker, text)` lines, or a pause in seconds, in `locale`, by espeak-ng's `voices`."""

    name: str
    locale: str
    voices: tuple[tuple[str, str], ...]
    lines: tuple[tuple[int, str] | float, ...]


def read_script(path: Path) -> Script:
    """Read `scripts/<name>.txt`: `locale:` and `voices:` above `---`, then "1: text" lines and "(2.5)" pauses."""
    head, _, body = path.read_text().partition("---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    voices = tuple(tuple(voice.rsplit(" ", 1)) for voice in facts["voices"].split(", "))
    return Script(path.stem, facts["locale"], voices, _lines(body.splitlines()))  # type: ignore[arg-type]


def scripts() -> Iterator[Script]:
    """Give each script of the folder, then the forty-minute one, which is drawn."""
    for path in sorted((HERE / "scripts").glob("*.txt")):
        yield read_script(path)
    voices = (("en-gb-x-rp+f5", "134"), ("en-us+m3", "130"))
    yield Script("yearly-review", "en-GB", voices, _lines(long_call.lines()))


def _lines(text: list[str]) -> tuple[tuple[int, str] | float, ...]:
    read: list[tuple[int, str] | float] = []
    for line in text:
        if pause := re.fullmatch(r"\(([\d.]+)\)", line):
            read.append(float(pause[1]))
        else:
            speaker, _, spoken = line.partition(": ")
            read.append((int(speaker), spoken))
    return tuple(read)


def speak(voice: str, speed: str, text: str) -> "array.array[int]":
    """Give 16-bit samples of `text`, its leading and trailing silence cut, so that a line starts when it sounds."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", speed, "--stdout", text], capture_output=True, check=True
    ).stdout
    trim = "silenceremove=start_periods=1:start_threshold=-45dB,areverse,"
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "wav", "-i", "-", "-af", f"highpass=f=200,{trim * 2}volume=-3dB",
         "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"],
        input=spoken, capture_output=True, check=True,
    ).stdout  # fmt: skip
    return array.array("h", raw)


def perform(script: Script) -> tuple["array.array[int]", list[dict[str, object]]]:
    """Speak all of `script` and give its samples and Sinch's transcript lines, each with the second it starts at."""
    pauses = random.Random(script.name)  # noqa: S311
    samples = array.array("h", bytes(2 * RATE // 2))
    lines: list[dict[str, object]] = []
    long = script.name == "yearly-review"
    spoken = list(script.lines)
    closing = list(_lines(list(long_call.CLOSING))) if long else []
    for part in tqdm(spoken, desc=script.name, unit="line"):
        if isinstance(part, float):
            samples.extend(array.array("h", bytes(2 * int(part * RATE))))
            continue
        if long and closing and len(samples) / RATE > LONG_SECONDS - 40:
            break
        _say(script, part, samples, lines, pauses)
    for part in closing:
        assert isinstance(part, tuple)
        _say(script, part, samples, lines, pauses)
    if long:
        samples.extend(array.array("h", bytes(2 * max(0, int(LONG_SECONDS * RATE) - len(samples)))))
    return samples, lines


def _say(
    script: Script,
    part: tuple[int, str],
    samples: "array.array[int]",
    lines: list[dict[str, object]],
    pauses: random.Random,
) -> None:
    speaker, text = part
    lines.append({"timestamp": round(len(samples) / RATE, 2), "speakerLabel": f"Speaker {speaker}", "text": text})
    samples.extend(speak(*script.voices[speaker - 1], text))
    # In the long call they think before they answer: it is a review of contracts, not a chat.
    shortest, longest = (0.6, 1.8) if script.name == "yearly-review" else (0.2, 0.5)
    samples.extend(array.array("h", bytes(2 * int(pauses.uniform(shortest, longest) * RATE))))


def write(script: Script, folder: Path) -> dict[str, object]:
    """Write `<name>.mp3` (constant bit rate, no header frame) and its transcript; give the line of the index."""
    samples, lines = perform(script)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-", "-c:a", "libmp3lame",
         "-b:a", f"{KBITS}k", "-write_xing", "0", "-id3v2_version", "0", str(folder / f"{script.name}.mp3")],
        input=samples[CODEC_DELAY:].tobytes(), check=True,
    )  # fmt: skip
    transcript = {"text": " ".join(str(line["text"]) for line in lines), "lines": lines}
    (folder / f"{script.name}-transcript.json").write_text(
        json.dumps(transcript, ensure_ascii=False, separators=(",", ":")) + "\n"
    )
    return {
        "name": script.name,
        "locale": script.locale,
        "speakers": len(script.voices),
        "seconds": round(len(samples) / RATE, 2),
    }


def main(names: list[str]) -> None:
    """Speak the named scripts, or all of them, and write the index."""
    folder = HERE / "audio"
    folder.mkdir(exist_ok=True)
    index_file = folder / "index.json"
    known = json.loads(index_file.read_text()) if names else []
    index = {line["name"]: line for line in known}
    for script in scripts():
        if not names or script.name in names:
            index[script.name] = write(script, folder)
    index_file.write_text(json.dumps([index[name] for name in sorted(index)], indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
