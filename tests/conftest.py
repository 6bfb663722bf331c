"""What every test has."""

import pytest

pytest_plugins = ["tests.browser.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the folders `house` and `browser`, so that a run can leave them out."""
    for item in items:
        for folder in ("house", "browser"):
            if folder in item.path.parts:
                item.add_marker(folder)
