"""Runs the benches and prints their figures."""

import importlib
import pkgutil
import sys

from tests import bench

PREFIX = "bench_"


def main(wanted: list[str]) -> None:
    """Run the benches of these names, all unless any are named."""
    modules = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name.startswith(PREFIX)]
    names = [name.removeprefix(PREFIX) for name in modules]
    if unknown := set(wanted) - set(names):
        raise SystemExit(f"No such bench: {', '.join(unknown)}. There are: {', '.join(names)}.")
    for name in wanted or names:
        module = importlib.import_module(f"tests.bench.{PREFIX}{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        for row in module.rows():
            print(f"  {row}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
