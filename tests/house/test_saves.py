"""No row is saved that was read without a lock: what somebody else changed meanwhile would be undone.

A row is safe to save when it is new, when it was read with `select_for_update`, when `lock(row)` came before, or when
it was given to a function of one module by others that did one of these. The rest is named below, with the reasons.
"""

import ast
from collections.abc import Iterator

from tests.house.test_rules import MODULES, relative

Function = ast.FunctionDef
# Each fact is written once, to a call that `call_for` or `upsert_calls` locked at the beginning of the transaction.
BY_CALL_FOR = "the call is locked by `call_for`, or by the upsert of its ICE"
NEW = "`delivery_of` makes the row"
ALLOWED = {
    "recordings_site/calls/actions.py:upsert_calls before": "the upsert above it locked the rows",
    "recordings_site/calls/actions.py:note_ace call": BY_CALL_FOR,
    "recordings_site/calls/actions.py:note_dice call": BY_CALL_FOR,
    "recordings_site/calls/actions.py:note_calling_error call": BY_CALL_FOR,
    "recordings_site/calls/actions.py:note_recording_finished call": BY_CALL_FOR,
    "recordings_site/calls/actions.py:join_conference call": BY_CALL_FOR,
    "recordings_site/callbacks/handlers.py:answer_event delivery": NEW,
    "recordings_site/callbacks/handlers.py:_store_event delivery": NEW,
    "recordings_site/recordings/reconcile/actions.py:link_object job": "`_named` locked it, unless it is new",
    "recordings_site/tasks/queue.py:claim tasks": "PostgreSQL skips what others lock; SQLite lets one write at a time",
    "recordings_site/recordings/lifecycle/locked.py:update job": "`locked_jobs` and `claim` locked them",
}
WRITES = {"save", "asave", "bulk_update", "abulk_update"}


class Module:
    """A module's functions, and which rows in them are safe to save."""

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self.functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        self.named = {function.name: function for function in self.functions}

    def offences(self) -> Iterator[str]:
        """Each save of a row that was not locked, as "function row"."""
        for function in self.functions:
            for call in own_calls(function):
                if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and not inserts(call):
                    row = call.args[0] if call.func.attr.endswith("bulk_update") else call.func.value
                    if not self.is_safe(row, function, call.lineno, frozenset()):
                        yield f"{function.name} {ast.unparse(row)}"

    def is_safe(self, row: ast.expr, function: Function, line: int, seen: frozenset[str]) -> bool:
        """Whether a row, as an expression in a function, is new or locked by this line."""
        text = ast.unparse(row)
        if f"{function.name} {text}" in seen:
            return True  # `row = row or Thing()`: its other sources tell
        seen |= {f"{function.name} {text}"}
        if "select_for_update" in text or self._is_locked(text, function, line) or self._is_made(row):
            return True
        if isinstance(row, ast.BoolOp):
            return all(self.is_safe(each, function, line, seen) for each in row.values)
        if isinstance(row, ast.Call) and isinstance(row.func, ast.Name) and row.func.id in self.named:
            inner = self.named[row.func.id]
            returned = [node.value for node in ast.walk(inner) if isinstance(node, ast.Return) and node.value]
            return bool(returned) and all(self.is_safe(each, inner, inner.end_lineno or 0, seen) for each in returned)
        if isinstance(row, ast.Call | ast.Subscript):
            inside = row.args[0] if isinstance(row, ast.Call) and row.args else getattr(row, "value", None)
            return inside is not None and self.is_safe(inside, function, line, seen)
        if not isinstance(row, ast.Name):
            return False
        sources = list(sources_of(row.id, function))
        if sources:
            return all(self.is_safe(each, function, line, seen) for each in sources)
        return self._is_given_safe(row.id, function, seen)

    def _is_locked(self, text: str, function: Function, line: int) -> bool:
        return any(
            ast.unparse(call.func) == "lock" and ast.unparse(call.args[0]) == text and call.lineno <= line
            for call in own_calls(function)
        )

    def _is_made(self, row: ast.expr) -> bool:
        """Whether it is made here: `Model(…)`, or `Model.objects.create(…)`."""
        return isinstance(row, ast.Call) and (
            (isinstance(row.func, ast.Name) and row.func.id[:1].isupper())
            or (isinstance(row.func, ast.Attribute) and row.func.attr == "create")
        )

    def _is_given_safe(self, name: str, function: Function, seen: frozenset[str]) -> bool:
        """Whether it is a parameter of a function of this module alone, which all others call with a safe row."""
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        if not function.name.startswith("_") or name not in names:
            return False
        at = names.index(name)
        given = [
            (call.args[at], caller, call.lineno)
            for caller in self.functions
            for call in own_calls(caller)
            if ast.unparse(call.func) == function.name and len(call.args) > at
        ]
        return bool(given) and all(self.is_safe(row, caller, line, seen) for row, caller, line in given)


def inserts(call: ast.Call) -> bool:
    """Whether a save can only insert."""
    return any(keyword.arg == "force_insert" for keyword in call.keywords)


def own_calls(function: Function) -> Iterator[ast.Call]:
    """The calls in a function."""
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def sources_of(name: str, function: Function) -> Iterator[ast.expr]:
    """What a name is given in a function: by assignments and loops."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value) if any(holds(each, name) for each in targets):
                yield value
            case ast.AnnAssign(target=target, value=ast.expr() as value) if holds(target, name):
                yield value
            case ast.For(target=target, iter=value) if holds(target, name):
                yield value


def holds(target: ast.expr, name: str) -> bool:
    """Whether an assignment sets this name itself, alone or first of several."""
    first = target.elts[0] if isinstance(target, ast.Tuple | ast.List) else target
    return isinstance(first, ast.Name) and first.id == name


def test_no_row_is_saved_that_was_read_without_a_lock() -> None:
    found = {f"{relative(path)}:{each}" for path in MODULES for each in Module(path.read_text()).offences()}
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set()


def test_the_rule_finds_each_way_of_saving_a_stale_row() -> None:
    stale = """
def given(*, row): row.save()
def read(pk):
    row = Thing.objects.get(pk=pk)
    row.save(update_fields=["name"])
def locked_too_late(row):
    row.save()
    lock(row)
def each():
    for row in Thing.objects.all(): row.save()
def all_at_once(rows): Thing.objects.bulk_update(rows, ["name"])
def sometimes(pk):
    row = Thing(name="new")
    row = Thing.objects.get(pk=pk)
    row.save()
def _helper(by, row): row.save()
def safe(row):
    lock(row)
    _helper(None, row)
def unsafe(row): _helper(None, row)
"""
    assert list(Module(stale).offences()) == [
        "given row",
        "read row",
        "locked_too_late row",
        "each row",
        "all_at_once rows",
        "sometimes row",
        "_helper row",
    ]


def test_the_rule_lets_new_and_locked_rows_be_saved() -> None:
    fine = """
def new(): Thing(name="new").save()
def inserted(row): row.save(force_insert=True)
def locked(row):
    lock(row)
    row.save()
def read(pk):
    row, _ = Thing.objects.select_for_update().get_or_create(pk=pk)
    row.save()
def each():
    for row in Thing.objects.select_for_update(): row.save()
def _helper(by, row): row.save()
def calls(row):
    lock(row)
    _helper(None, row)
def _read(pk): return Thing.objects.select_for_update().get(pk=pk)
def twice(pk):
    row = _read(pk)
    row.save()
"""
    assert list(Module(fine).offences()) == []
