"""How much of the house one has to know to read a module: its imports of our own modules, counted."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import ROOT, tracked

# On average; lower it when the figure falls.
MOST_ON_AVERAGE = 3.45
MOST_IN_ONE_MODULE = 22


def modules() -> dict[str, Path]:
    """All modules but migrations, by their dotted names; a package is its `__init__`."""
    found = {}
    for path in tracked("recordings_site/*.py"):
        if "migrations" not in path.parts:
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if path.stem == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of ours that a module imports anywhere in it, each once."""
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    found = set()
    for source, names in _statements(path):
        level = len(source) - len(source.lstrip("."))
        above = package[: len(package) - level + 1] if level else []
        module = ".".join([*above, *filter(None, [source[level:]])])
        found |= {f"{module}.{each}" if f"{module}.{each}" in known else module for each in names}
    return found & set(known) - {name}


def _statements(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each import of a module: what it imports from, with its dots, and the names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((alias.name, [""]) for alias in node.names)


def test_a_module_needs_few_others() -> None:
    known = modules()
    counted = {name: len(imports(name, path, known)) for name, path in known.items()}
    assert sum(counted.values()) / len(counted) <= MOST_ON_AVERAGE
    assert {name: count for name, count in counted.items() if count > MOST_IN_ONE_MODULE} == {}
