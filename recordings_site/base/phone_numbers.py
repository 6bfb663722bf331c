"""Parses phone numbers as written by people and spreadsheets; what can't be dialled is rejected with a remedy."""

import re
import unicodedata
from functools import cache

# What Sinch dials: a country code and a number, seven digits at least.
E164 = re.compile(r"\+?[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s()./‐-―-]")
_WRITTEN = re.compile(r"\+?[0-9()./\s‐-―-]+")
_EXPONENT = re.compile(r"[0-9]([.,][0-9]+)?\s?[eE]\s?[+-]?[0-9]{1,2}|[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]{1,2}")
# One point with zeros alone, or one or two digits, behind it: 070.123.45.67 and 08.700110 are written by people.
_DECIMAL = re.compile(r"\+?[0-9]{5,}[.,](0*|[0-9]{1,2})")
_NATIONAL = re.compile(r"0[0-9]{2,}")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")

NATIONAL = "has no country code. Enter it like +46 8 123 456 78, or set the application’s country"
NO_NUMBER = "isn’t a phone number with a country code, such as +46 8 123 456 78"


class NumberError(ValueError):
    """Why a text isn't a number that can be dialled, worded to follow the text: `has a decimal point: …`."""


def plain(text: str) -> str:
    """The text with ASCII digits and without invisible characters, such as the marks of a copied number."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c == "\t")
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in seen)
    return digits.strip().removeprefix("tel:").strip().strip("'")


def problem(text: str) -> str:
    """Why a text isn't in E.164 form, or ""; only the text itself is checked."""
    text = plain(text)
    if E164.fullmatch(text):
        return ""
    if _EXPONENT.fullmatch(text):
        return "was changed by a spreadsheet (exponent). Format the column as text and enter the number again"
    if _DECIMAL.fullmatch(text):
        return "was changed by a spreadsheet (decimal point). Format the column as text"
    bare = _SEPARATORS.sub("", text)
    if not _WRITTEN.fullmatch(text):
        return NO_NUMBER
    if _NATIONAL.fullmatch(bare):
        return NATIONAL
    if len(bare.lstrip("+")) < 7:
        return "is too short. Enter it with its country code, such as +46 8 123 456 78"
    return "is too long" if len(bare.lstrip("+")) > 15 else NO_NUMBER


def read(text: str, country: str = "") -> str:
    """The digits, country code first, of a number that can be dialled; raises NumberError.

    `country` (SE, US …) is where a number without a country code belongs. A bracketed trunk zero, +46 (0)70 …, is
    dropped, separators too.
    """
    written = plain(text)
    wrong = problem(written)
    if wrong and not (_WRITTEN.fullmatch(written) and not _DECIMAL.fullmatch(written)):
        raise NumberError(wrong)
    for attempt, region in _attempts(written, country.upper()):
        if found := _possible(attempt, region):
            return found
    raise NumberError(wrong or "has the wrong length for its country")


def international(text: str, country: str) -> str:
    """What a callback holds in E.164: a national number is one of this country; what cannot be read stays as it is.

    Sinch leaves the plus sign out at times, so what has the shape of E.164 is taken for it.
    """
    return text if E164.fullmatch(text) else _read_or_kept(text, country)


def typed(text: str, country: str) -> str:
    """Normalize a typed number to E.164 in the same way; in some countries a national number looks like E.164."""
    is_whole = E164.fullmatch(text) and (text.startswith("+") or not country)
    return text if is_whole else _read_or_kept(text, country)


def _read_or_kept(text: str, country: str) -> str:
    try:
        return f"+{read(text, country)}"
    except NumberError:
        return text


def international_mask(text: str, country: str) -> str:
    """A number, or a mask of numbers such as +46 (0)70*, without separators and with its country code if it is known.

    Any other text as it is.
    """
    written = plain(text)
    if not re.fullmatch(r"\+?[0-9()./\s‐-―*-]+", written) or not any(c.isdigit() for c in written):
        return text
    if _DECIMAL.fullmatch(written):
        return text
    mask = _SEPARATORS.sub("", _TRUNK_ZERO.sub("", written))
    if "*" not in mask:
        # Five digits are an extension, or the name of an app user.
        is_short = len(mask) < 7 and mask[0] not in "+0"
        return mask if is_short else typed(written if _TRUNK_ZERO.search(written) else mask, country)
    if mask.startswith("00"):
        return f"+{mask[2:]}"
    if mask.startswith("0") and country and _trunk_prefix(country.upper()) == "0":
        return f"+{calling_code(country)}{mask[1:]}"
    return mask


def country_of(number: str) -> str:
    """The two letters of the country of a number in E.164, "" for a text that is none or a number of no one country."""
    if not E164.fullmatch(number):
        return ""
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{number.lstrip('+')}")) or ""
    except phonenumbers.NumberParseException:
        return ""


def countries() -> tuple[tuple[str, int], ...]:
    """Each country's two letters with its calling code, by letters."""
    return _countries()


def calling_code(country: str) -> int:
    """The calling code of a country, 0 when it has none."""
    return dict(_countries()).get(country.upper(), 0)


def _attempts(written: str, country: str) -> list[tuple[str, str]]:
    """The ways to read a number, the likeliest first, each with the country in which it is meant ("" for none)."""
    without_zero = _TRUNK_ZERO.sub("", written)
    bare = _SEPARATORS.sub("", without_zero)
    if bare.startswith("+"):
        return [(written, ""), (without_zero, "")]
    if bare.startswith("00"):
        return [(f"+{bare[2:]}", "")]
    whole = [(f"+{bare}", "")] if E164.fullmatch(bare) else []
    national = [(written, country)] if country else []
    # Where numbers are dialled with a leading zero, one without it has its country code.
    return [*whole, *national] if _trunk_prefix(country) == "0" else [*national, *whole]


def _possible(text: str, region: str) -> str:
    """The digits if the number has a valid length for its country, else ""."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]


def _trunk_prefix(country: str) -> str:
    import phonenumbers

    found = phonenumbers.PhoneMetadata.metadata_for_region(country, None) if country else None
    return (found.national_prefix or "") if found else ""


@cache
def _countries() -> tuple[tuple[str, int], ...]:
    # Imported when first needed: 80 ms and 7 MB that the fallback does without.
    import phonenumbers

    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    return tuple((region, phonenumbers.country_code_for_region(region)) for region in regions)
