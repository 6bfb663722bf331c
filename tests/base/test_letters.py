"""One table of letters: what search folds, the browser's find folds alike."""

import json
import subprocess
import unicodedata
from pathlib import Path

from recordings_site.base.letters import APOSTROPHES, module
from recordings_site.base.text import fold, transliterated, visible_text

STATIC = Path(__file__).parents[2] / "static/js/player"
FOLD = """
import { folded, forms } from "./find.js";
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((each) => [folded(each), forms(each).at(-1)])));
"""


def test_the_browsers_table_is_made_from_this_one() -> None:
    assert (STATIC / "letters.js").read_text(encoding="utf-8") == module()


def test_the_browser_folds_every_letter_as_search_does() -> None:
    words = [chr(code) for code in range(0x20000) if chr(code).isalnum()]
    # Cherokee alone folds to capitals.
    words = [each for each in words if "CHEROKEE" not in unicodedata.name(each, "")]
    words += [
        "København",
        "Müller",
        "STRASSE",
        "Straße",
        "İstanbul",
        "e\u0301te\u0301",
        "re\u00adfund",
        "ﾘﾌﾝﾄﾞ",
        "הַשָּׁלוֹם",
        "Đoković",
    ]
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", FOLD], input=json.dumps(words), capture_output=True, text=True, cwd=STATIC
    )
    assert ran.returncode == 0, ran.stderr
    differ = []
    for word, (folded, written) in zip(words, json.loads(ran.stdout), strict=True):
        expected = fold(word), transliterated(word) or fold(word)
        if (letters_of(folded), letters_of(written)) != expected:
            differ.append((word, folded, expected))
    assert not differ


def letters_of(text: str) -> str:
    """A text without its signs and blanks, which a find that is literal keeps."""
    return "".join(each for each in text if each.isalnum() or unicodedata.category(each)[0] == "M")


def test_marks_that_nobody_sees_and_apostrophes_part_nothing() -> None:
    assert {fold(f"don{each}t") for each in APOSTROPHES if not each.isascii()} == {"dont"}
    assert visible_text("\u202a+46\u202c re\u00adfund （a） ＂b＂　") == '+46 refund (a) "b" '
    assert visible_text("می\u200cخواهم") == "می\u200cخواهم"
    assert transliterated("Ødegård") == "oedegaard"
    assert transliterated("cafe") == transliterated("café") == ""
