"""What the tools that read the code have to say: nothing."""

import importlib
import importlib.util
import re
from types import ModuleType

import pytest

from tests.house import run, tracked

# An import of ours, by names, also inside a string.
IMPORT = re.compile(r"^\s*from (recordings_site[\w.]*) import (\([^)]*\)|[\w, ]+)$", re.MULTILINE)


def test_the_style_is_clean() -> None:
    run("ruff", "check", ".")


@pytest.mark.timeout(600)
def test_the_types_hold() -> None:
    run("mypy")


def test_imports_only_go_down() -> None:
    run("lint-imports")


def test_templates_are_modern() -> None:
    templates = [str(path) for path in tracked("templates/*.html")]
    assert templates
    run("djade", "--check", "--target-version", "5.2", *templates)


def test_the_javascript_does_what_its_tests_say() -> None:
    tests = [str(path) for path in tracked("tests/js/*.test.js", "tests/js/*.test.mjs")]
    assert tests
    run("node", "--test", *tests)


def test_programs_in_strings_and_benches_import_names_that_exist() -> None:
    """No type checker reads a program that a test or a bench runs in another process, and `make test` runs no bench."""
    lost = []
    for path in tracked("tests/*.py"):
        for module, names in IMPORT.findall(path.read_text()):
            found = importlib.import_module(module)
            wanted = re.findall(r"(\w+)(?: as \w+)?\s*(?:,|$)", names.strip("()"))
            lost += [f"{path.name}: {module}.{name}" for name in wanted if not _is_there(found, name)]
    assert lost == []


def _is_there(module: ModuleType, name: str) -> bool:
    return hasattr(module, name) or importlib.util.find_spec(f"{module.__name__}.{name}") is not None
