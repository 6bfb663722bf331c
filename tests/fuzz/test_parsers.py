"""No input breaks a parser, and the fuzzers would notice: each finds the bug that is planted for it."""

import importlib
import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests import fuzz
from tests.fuzz.mutations import mutated
from tests.scale import scaled

INPUTS = scaled(300, 5_000)
SECONDS = 180
FOLDER = Path("var/fuzz")
pytestmark = pytest.mark.timeout(600)
guided = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not there for this Python")


def broken_by(name: str, inputs: int) -> bytes | None:
    """The first of so many mutated inputs that breaks what a fuzzer checks, if one does."""
    fuzzer = importlib.import_module(f"tests.fuzz.{name}")
    rng = random.Random(20260114)
    for _ in range(inputs):
        data = mutated(fuzzer.SEEDS, rng)
        try:
            fuzzer.check(data)
        except Exception:  # noqa: BLE001
            return data
    return None


def under_atheris(name: str, folder: Path, seconds: int, *options: str) -> "subprocess.CompletedProcess[str]":
    """A run of the fuzzer that is guided by coverage."""
    command = [sys.executable, "-m", "tests.fuzz", name, "--folder", str(folder), "--seconds", str(seconds), *options]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


@pytest.mark.parametrize("name", fuzz.NAMES)
def test_seeds_and_what_they_mutate_to_break_nothing(name: str) -> None:
    fuzzer = importlib.import_module(f"tests.fuzz.{name}")
    for seed in fuzzer.SEEDS:
        fuzzer.check(seed)
    assert broken_by(name, INPUTS) is None, f"tests.fuzz.{name}.check() of these bytes shows what happens"


@pytest.mark.parametrize("name", fuzz.NAMES)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    importlib.import_module(f"tests.fuzz.{name}").plant(monkeypatch)
    assert broken_by(name, 5_000) is not None


@guided
@pytest.mark.processes
@pytest.mark.parametrize("name", scaled(fuzz.NAMES[:1], fuzz.NAMES))
def test_a_planted_bug_is_found_under_atheris(name: str, tmp_path: Path) -> None:
    found = under_atheris(name, tmp_path, 120, "--planted")
    assert found.returncode != 0
    assert "Uncaught Python exception" in found.stderr + found.stdout


@guided
@pytest.mark.parametrize("name", scaled((), fuzz.NAMES))
def test_three_minutes_under_atheris_break_nothing(name: str) -> None:
    found = under_atheris(name, FOLDER, SECONDS)
    assert found.returncode == 0, (found.stdout + found.stderr)[-4000:]
