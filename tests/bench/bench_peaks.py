"""Examining an hour of mp3 (frames, duration, waveform) beside ffmpeg decoding the same file: CPU and memory."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import Row
from tests.house import ROOT

RUNS = 3
EXAMINE = """
import django, sys
django.setup()
from pathlib import Path
from recordings_site.recordings.audio import probe
if len(sys.argv) > 1:
    probe.examine(Path(sys.argv[1]))
"""
TALK = ROOT / "recordings_site" / "simulator" / "speech" / "audio" / "yearly-review.mp3"


def rows() -> Iterator[Row]:
    """An hour as a telephone gives it, and an hour in stereo at 44.1 kHz; then three hours, for the memory."""
    with tempfile.TemporaryDirectory(prefix="recordings-bench-") as folder:
        for name, minutes, options in (
            ("60 min, 8 kHz mono, 32 kbit/s", 60, ("-ar", "8000", "-ac", "1", "-b:a", "32k")),
            ("60 min, 44.1 kHz stereo, 64 kbit/s", 60, ("-ar", "44100", "-ac", "2", "-b:a", "64k")),
            ("180 min, 8 kHz mono, 32 kbit/s", 180, ("-ar", "8000", "-ac", "1", "-b:a", "32k")),
        ):
            path = Path(folder) / "talk.mp3"
            loop = ["-stream_loop", "-1", "-t", str(minutes * 60)]
            subprocess.run(["ffmpeg", "-v", "error", "-y", *loop, "-i", str(TALK), *options, str(path)], check=True)
            yield from compared(name, path)


def compared(name: str, path: Path) -> Iterator[Row]:
    """The medians of some runs, one of each in turn. What starting Python and Django costs is taken off."""
    ours, empty, theirs = [], [], []
    for _ in range(RUNS):
        ours.append(cost(sys.executable, "-c", EXAMINE, str(path)))
        empty.append(cost(sys.executable, "-c", EXAMINE))
        theirs.append(cost("ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-y", "/dev/null"))
    seconds = median(cpu for cpu, _ in ours) - median(cpu for cpu, _ in empty)
    floor = median(cpu for cpu, _ in theirs)
    memory = median(size for _, size in ours) - median(size for _, size in empty)
    yield Row(f"{name}: CPU", seconds * 1000, "ms", floor * 1000, "ms of ffmpeg decoding it")
    yield Row(f"{name}: memory above the idle program's", memory / 1024, "MiB")


def cost(*command: str) -> tuple[float, int]:
    """CPU seconds and the most KiB resident of one program."""
    environment = dict(os.environ) | {"DEMO": "1", "DJANGO_SETTINGS_MODULE": "recordings_site.settings"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss
