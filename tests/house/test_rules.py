"""The house's rules that no tool knows."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

from tests.house import ROOT, tracked

README = (ROOT / "README.md").read_text()
OPERATING = (ROOT / "recordings_site" / "ops" / "README.md").read_text()
MODULES = tracked("recordings_site/*.py")
SETTINGS = ROOT / "recordings_site" / "settings.py"


def relative(path: Path) -> str:
    """The path as one reads it in a message."""
    return str(path.relative_to(ROOT))


def offences(pattern: str, *files: str) -> list[str]:
    """Each line of the files that matches the pattern, with its place."""
    return [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in tracked(*files)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_top_level_holds_nothing_new() -> None:
    files = {"LICENSE", "Makefile", "README.md", "manage.py", "pyproject.toml", "requirements.txt", ".gitignore"}
    files |= {"CHANGELOG.md", "Dockerfile", "compose.yaml", ".dockerignore"}
    folders = {"recordings_site", "templates", "static", "tests", ".ci"}
    assert {relative(path).split("/")[0] for path in tracked("*")} <= files | folders


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common", "managers", "services", "signals"}
    assert [relative(path) for path in tracked("*.py") if path.stem in drawers] == []


def test_no_room_holds_more_modules_than_one_reads_at_a_glance() -> None:
    rooms = Counter(path.parent for path in MODULES if path.parent.name != "migrations")
    assert {relative(room): modules for room, modules in rooms.items() if modules > 15} == {}


def test_every_module_says_what_it_answers_for() -> None:
    silent = [
        relative(path)
        for path in MODULES
        if "migrations" not in path.parts and path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_rooms_say_where_to_start_reading_and_name_what_is_there() -> None:
    lost = []
    for path in (path for path in MODULES if path.stem == "__init__"):
        said = re.sub(r"\([^)]*\)", "", ast.get_docstring(ast.parse(path.read_text())) or "")
        start = re.search(r"Start (?:reading )?(?:at|with) ([^.;]*(?:\.\w[^.;]*)*)", said)
        names = re.findall(r"`(\w+)[\w.]*`", start.group(1) if start else "")
        there = {each.stem for each in path.parent.iterdir()}
        lost += [f"{relative(path)}: {name}" for name in names if name not in there]
    assert lost == []


def test_text_is_never_called_safe() -> None:
    assert offences(r"\|\s*safe\b|autoescape off", "templates/*.html") == []
    assert offences(r"\bmark_safe\(", "recordings_site/*.py") == []
    assert offences(r"innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(", "static/js/*.js") == []


def test_html_is_written_by_templates() -> None:
    in_python = offences(r"\b(SafeString|mark_safe|format_html|format_html_join)\b", "recordings_site/*.py")
    # A widget renders its template and must say so in its type.
    widgets = "recordings_site/accounts/picking/fields.py"
    assert [line for line in in_python if not line.startswith(("recordings_site/web/", widgets))] == []


def test_values_are_written_for_people_in_one_module() -> None:
    dates, numbers, plurals, phones = r"%-?d[ ,.]|%[aAbB]\b", r":,\}", r"'s?' if .*== 1\b", r"\bphonenumbers\b"
    by_hand = offences(f"{dates}|{numbers}|{plurals}|{phones}", "recordings_site/*.py")
    written_in = ("recordings_site/base/formatting.py", "recordings_site/base/phone_numbers.py")
    assert [line for line in by_hand if not line.startswith(written_in)] == []


def test_templates_hold_no_script_and_no_style() -> None:
    inline = r"""<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\shx-on|\son[a-z]+="|javascript:"""
    assert offences(inline, "templates/*.html") == []


def test_there_are_no_signals_and_no_overridden_saves() -> None:
    hidden = r"django\.(db\.models|core|dispatch).*signals|@receiver|def save\(self(?!, request)"
    assert offences(hidden, "recordings_site/*.py") == []


def test_sentences_are_never_cut_apart_or_compared() -> None:
    """What a sentence says is a code with values beside it: whoever rewords one breaks nothing."""
    cuts = r"(?:starts|ends)with|remove(?:pre|suf)fix|r?partition|r?split|index|find"
    written = rf"""\.(?:{cuts})\(\(?f?["'](?:[A-Z][a-z]+[ :"']|[^"']*[a-z] [a-z])"""
    named = rf"\w*(?:sentence|reason|problem|result|message|detail|why)(?:__i?(?:starts|ends)with|\.(?:{cuts})\()"
    asked = r"""__i?(?:starts|ends)with=f?["'][A-Z][a-z]|\bLIKE\b.*["'][A-Z][a-z]+\w* ?%["']"""
    whole = r"""[!=]= f?["'][A-Z][a-z]+[:,]? [^"']*["']"""
    for pattern in (written, named, asked, whole):
        assert offences(pattern, "recordings_site/*.py") == [], pattern


def test_rows_are_read_in_batches_and_never_through_a_cursor_of_the_server() -> None:
    assert offences(r"\.iterator\(", "recordings_site/*.py") == [], "web.keyset.batches works behind a pooler, too"


def test_kinds_of_store_are_told_apart_by_their_folders_alone() -> None:
    """What is peculiar to a kind is a method of its folder (destinations.kinds); Sinch's grammar and the adapters have
    a table each, by which they look a kind up.
    """
    names = r"""["'](?:s3|azure|gs|local)["']"""
    compared = rf"(?:==|!=|\bin|\bcase)\s*[(\[{{]?\s*{names}|{names}\s*(?:==|!=)"
    assert offences(compared, "recordings_site/*.py", "templates/*.html") == []
    named = [line for line in offences(names, "recordings_site/*.py") if "/migrations/" not in line]
    rooms = ("recordings_site/destinations/kinds/", "recordings_site/sinch/", "recordings_site/storage/")
    assert [line for line in named if not line.startswith((*rooms, "recordings_site/simulator/"))] == []


def test_no_work_is_left_for_later() -> None:
    unfinished = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b"
    assert offences(unfinished, "*.py", "templates/*.html", "static/js/*.js", "static/css/*.css", "Makefile") == []


def test_rows_are_scoped_by_visible_to_alone() -> None:
    scoping = r"teams\.all\(\)|team__in|members=user"
    elsewhere = [line for line in offences(scoping, "recordings_site/*.py") if "/migrations/" not in line]
    inside = {
        f"{relative(path)}:{line}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == "visible_to"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    initial = '"teams": found.teams.all()'  # what a person's form shows
    assert [line for line in elsewhere if ":".join(line.split(":")[:2]) not in inside and initial not in line] == []


def test_who_sees_all_is_asked_by_visible_to_alone() -> None:
    """Each list, choice, count and hint comes from rows that a `visible_to` has scoped."""
    scoped = "recordings_site/accounts/models/people.py:"  # where it is defined
    inside = {
        f"{relative(path)}:{line}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.endswith("visible_to")
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    asked = offences(r"\bsees_all\b", "recordings_site/*.py")
    assert [x for x in asked if not x.startswith(scoped) and ":".join(x.split(":")[:2]) not in inside] == []


def test_search_asks_in_one_place_which_database_it_is() -> None:
    asking = {line.split(":")[0] for line in offences(r"\.vendor\b", "recordings_site/recordings/search/*.py")}
    assert asking == {"recordings_site/recordings/search/engines/factory.py"}


def setting_names() -> list[str]:
    """The names of all environment variables that the settings read."""
    calls = (node for node in ast.walk(ast.parse(SETTINGS.read_text())) if isinstance(node, ast.Call))
    return sorted(
        {
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "env"
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        }
    )


def command_names() -> list[str]:
    """The names of all commands of the site."""
    commands = tracked("recordings_site/*/management/commands/*.py")
    return sorted(path.stem for path in commands if path.stem != "__init__")


def test_every_setting_is_documented() -> None:
    assert [name for name in setting_names() if f"| `{name}` |" not in OPERATING] == []


def test_every_command_is_documented() -> None:
    assert [name for name in command_names() if not re.search(rf"\| `manage\.py {name}\b", OPERATING)] == []


def test_the_readme_names_nothing_that_is_not_there() -> None:
    settings, commands = (
        re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE),
        re.findall(r"manage\.py (\w+)", README),
    )
    assert set(settings) <= set(setting_names())
    assert set(commands) <= {*command_names(), "migrate", "collectstatic"}


def test_the_requirements_were_compiled_from_what_is_asked_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    tests = [line for line in (ROOT / "tests" / "requirements.in").read_text().splitlines() if line[:1].isalpha()]
    for wanted, file in ((asked, "requirements.txt"), (tests, "tests/requirements.txt")):
        compiled = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / file).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-") for line in wanted}
        assert names - compiled == set(), f"make lock compiles {file} again"
