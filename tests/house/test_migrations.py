"""What a migration after the first release may do while the site answers calls, and old code runs beside new."""

import ast
import re
import subprocess

import pytest

from tests.house import ROOT, tracked

CHANGES = (ROOT / "CHANGELOG.md").read_text()
MIGRATIONS = [path for path in tracked("recordings_site/*/migrations/0*.py") if path.name[0].isdigit()]
# Operations that take away what code of the release before may still use.
REMOVING = {"RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable"}


def released() -> set[str]:
    """The migrations of the last release, all of today's while there is none: its tables are empty."""
    git = ["git", "-c", "safe.directory=*"]
    tags = subprocess.run(
        [*git, "tag", "--merged", "HEAD", "--sort=-version:refname", "--list", "v*"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    if not tags:
        return {str(path.relative_to(ROOT)) for path in MIGRATIONS}
    listed = subprocess.run(
        [*git, "ls-tree", "-r", "--name-only", tags[0], "recordings_site"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(listed.stdout.split())


def problems(source: str) -> list[str]:
    """What is wrong with a migration, by its source."""
    tree = ast.parse(source)
    made = {_named(call, "name") for call in _calls(tree) if _operation(call) == "CreateModel"}
    found = [] if re.search(r"^LOCKS = ", source, re.MULTILINE) else ["it says in LOCKS what it locks, and how long"]
    is_atomic = "atomic = False" not in source
    for call in _calls(tree):
        name, on = _operation(call), _named(call, "model_name").lower()
        if on and on in {model.lower() for model in made}:
            continue
        if name == "AddIndex":
            found.append(
                "an index is built with web.migration_operations.AddIndexConcurrently, in a migration of its own"
            )
        elif name == "AddIndexConcurrently" and is_atomic:
            found.append("an index that is built concurrently needs atomic = False")
        elif name == "AddField" and not _may_be_left_out(call):
            found.append("old code inserts rows without a new column: it is null=True, or has a db_default")
        elif name in REMOVING and "UNUSED_SINCE = " not in source:
            found.append(f"{name}: UNUSED_SINCE names the release whose code no longer uses it")
        elif name == "RunPython" and (is_atomic or "batches(" not in source):
            found.append("rows are changed in batches (web.keyset.batches), with atomic = False")
    return found


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _operation(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _named(call: ast.Call, name: str) -> str:
    """A text that is given by name, or as the first argument."""
    values = [each.value for each in call.keywords if each.arg == name] or call.args[:1]
    return str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""


def _may_be_left_out(call: ast.Call) -> bool:
    fields = [each.value for each in call.keywords if each.arg == "field"] or call.args[2:3]
    given = {each.arg: each.value for field in fields if isinstance(field, ast.Call) for each in field.keywords}
    nullable = given.get("null")
    return "db_default" in given or (isinstance(nullable, ast.Constant) and nullable.value is True)


def test_each_migration_after_the_last_release_lets_calls_be_answered() -> None:
    before = released()
    new = [path for path in MIGRATIONS if str(path.relative_to(ROOT)) not in before]
    wrong = [f"{path.relative_to(ROOT)}: {problem}" for path in new for problem in problems(path.read_text())]
    assert wrong == []
    # As operators read it: `recordings 0013_name`.
    assert [path.stem for path in new if f"{path.parts[-3]} {path.stem}" not in CHANGES] == []


def migration(operations: str, *, atomic: bool = True, locks: bool = True, more: str = "") -> str:
    """The source of a migration."""
    head = 'LOCKS = "calls, an instant"\n' if locks else ""
    return (
        f"{more}{head}class Migration(migrations.Migration):\n    atomic = {atomic}\n    operations = [{operations}]\n"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (migration("migrations.AddField('call', 'x', models.TextField(null=True))", locks=False), "LOCKS"),
        (migration("migrations.AddField('call', 'x', models.TextField(default=''))"), "db_default"),
        (migration("migrations.AddField(model_name='call', name='x', field=models.TextField())"), "db_default"),
        (migration("migrations.AddIndex(model_name='call', index=i)", atomic=False), "AddIndexConcurrently"),
        (migration("AddIndexConcurrently(model_name='call', index=i)"), "atomic"),
        (migration("migrations.RemoveField('call', 'x')"), "UNUSED_SINCE"),
        (migration("migrations.RenameField('call', 'x', 'y')"), "UNUSED_SINCE"),
        (migration("migrations.DeleteModel('Call')"), "UNUSED_SINCE"),
        (migration("migrations.RunPython(fill)"), "batches"),
    ],
)
def test_what_would_stop_calls_or_break_old_code_is_named(source: str, said: str) -> None:
    (problem,) = problems(source)
    assert said in problem


@pytest.mark.parametrize(
    "source",
    [
        migration("migrations.AddField('call', 'x', models.TextField(null=True))"),
        migration("migrations.AddField(model_name='call', name='x', field=models.TextField(db_default=''))"),
        migration("AddIndexConcurrently(model_name='call', index=i)", atomic=False),
        migration("migrations.CreateModel(name='New'), migrations.AddIndex(model_name='new', index=i)"),
        migration("migrations.RemoveField('call', 'x')", more='UNUSED_SINCE = "0.2.0"\n'),
        migration("migrations.RunPython(fill)", atomic=False, more="def fill(): batches(rows)\n"),
    ],
)
def test_what_may_run_beside_calls_is_let_pass(source: str) -> None:
    assert problems(source) == []
