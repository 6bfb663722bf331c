"""What the tools that read the code have to say: nothing."""

import pytest

from tests.house import run, tracked


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
