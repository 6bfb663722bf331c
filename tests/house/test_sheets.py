"""The sheets take sizes of type and space from the scales of site.css, and pages name icons that there are."""

import re

from tests.house import ROOT

# The player's sheet fits a canvas to the pixel and is exempt.
SHEETS = sorted(path for path in (ROOT / "static" / "css").glob("*.css") if path.name != "player.css")
SPACE = re.compile(r"(?<![\w-])(?:(?:row-|column-)?gap|padding[a-z-]*|margin[a-z-]*): ([^;}]+)")
TYPE = re.compile(r"(?<![\w-])(?:font-size|line-height): ([^;}]+)")
# 0 and 1px stand for hairlines; a calc() reckons with sizes of other things.
RAW = re.compile(r"(?<![\w.-])-?(?:[2-9]|[1-9]\d+)(?:\.\d+)?px")


def test_sizes_of_type_and_space_come_from_the_scales() -> None:
    found = [
        f"{sheet.name}: {match.group()}"
        for sheet in SHEETS
        for kind in (SPACE, TYPE)
        for match in kind.finditer(sheet.read_text())
        if "calc(" not in match[1] and RAW.search(match[1])
    ]
    assert found == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'(?:{% icon |\bicon=)"([\w-]+)"', page.read_text())
    }
    assert named - known == set()


def test_what_is_shipped_of_others_has_its_licence_beside_it() -> None:
    assert "SIL OPEN FONT LICENSE" in (ROOT / "static" / "fonts" / "LICENSE.txt").read_text()
    assert "ISC License" in (ROOT / "static" / "icons.LICENSE.txt").read_text()
