"""Runs one fuzzer under atheris: `python -m tests.fuzz event --seconds 180`. Ends with status 0 if nothing was found.

Inputs that reach new code are kept in FOLDER/NAME, from which the next run goes on; one that breaks the parser is
written there as crash-….
"""

import argparse
import importlib
import os
import random
import sys
from pathlib import Path

import atheris
import django
import pytest

from tests.fuzz import NAMES
from tests.fuzz.mutations import LONGEST, mutated

# Seconds that one input may take, and MiB that the process may hold.
_SLOWEST, _MOST_MEMORY = 10, 2048
INSTRUMENTED = [
    "recordings_site.sinch",
    "recordings_site.web.ranges",
    "recordings_site.base",
    "recordings_site.recordings.audio",
    "recordings_site.recordings.criteria",
    "recordings_site.recordings.search.language",
    "recordings_site.recordings.search.text",
    "tests.fuzz",
]


def main() -> None:
    """Run the fuzzer that the command line names."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz")
    arguments.add_argument("name", choices=NAMES)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--folder", type=Path, default=Path("var/fuzz"))
    arguments.add_argument("--planted", action="store_true", help="with a bug that it must find")
    given = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    with atheris.instrument_imports(include=INSTRUMENTED):
        django.setup()
        fuzzer = importlib.import_module(f"tests.fuzz.{given.name}")
    if given.planted:
        fuzzer.plant(pytest.MonkeyPatch())
    folder = given.folder / (f"{given.name}-planted" if given.planted else given.name)
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(fuzzer.SEEDS):
        (folder / f"seed-{number}").write_bytes(seed)

    def change(data: bytes, most: int, seed: int) -> bytes:
        """Half of the changes know words and numbers, the others are libFuzzer's own."""
        rng = random.Random(seed)
        if rng.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return mutated([data, rng.choice(fuzzer.SEEDS)], rng)[:most]

    options = [f"-max_total_time={given.seconds}", f"-timeout={_SLOWEST}", f"-rss_limit_mb={_MOST_MEMORY}"]
    options += [f"-max_len={LONGEST}", f"-artifact_prefix={folder}/", "-print_final_stats=1", str(folder)]
    atheris.Setup([sys.argv[0], *options], fuzzer.check, custom_mutator=change)
    atheris.Fuzz()


main()
