"""The table of letters used to compare text, in search and in the browser (static/js/player/letters.js)."""

import json

# Dropped everywhere: accents, Hebrew points and Arabic harakat, tatweel, soft hyphens, direction marks, variation
# selectors and other invisible characters. Vowel signs of Indic and Thai script tell words apart and stay.
DROPPED = (
    (0x00AD, 0x00AD), (0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061C), (0x0640, 0x0640), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4), (0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
)  # fmt: skip
# The characters used as an apostrophe: "don't", "don’t", "donʼt".
APOSTROPHES = "'’‘‛ʼʹʻʽʾʿ′`´＇׳"
# Letters without a Unicode decomposition, with what people type instead, and interchangeable Arabic letters.
LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ß": "ss",
    "ς": "σ", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا",
}  # fmt: skip
# The usual transliterations: Koebenhavn, Mueller, Aarhus, Djokovic.
TRANSLITERATIONS = {"ä": "ae", "ö": "oe", "ø": "oe", "å": "aa", "ü": "ue", "đ": "dj"}


def module() -> str:
    """The table as the browser's module."""

    def written(value: object) -> str:
        return json.dumps(value, ensure_ascii=True)

    return (
        "/** How letters are folded, as search does: made from recordings_site/base/letters.py, checked by a test. */"
        "\n\n"
        f"export const DROPPED = {written(DROPPED)};\n"
        f"export const APOSTROPHES = {written(APOSTROPHES)};\n"
        f"export const LETTERS = {written(LETTERS)};\n"
        f"export const TRANSLITERATIONS = {written(TRANSLITERATIONS)};\n"
    )
