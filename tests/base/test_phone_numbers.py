"""Phone numbers are read as people, telephones and spreadsheets write them, or refused with the reason."""

import pytest

from recordings_site.base import phone_numbers
from recordings_site.base.phone_numbers import NumberError


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("+46 (0)70 123 45 67", "", "46701234567"),
        ("+46(0)701234567", "", "46701234567"),
        ("46 (0)70 123 45 67", "SE", "46701234567"),
        ("+44 (0)20 7946 0018", "", "442079460018"),
        ("+1 (0)212 555 0100", "", "12125550100"),
        # In Italy the zero belongs to the number.
        ("+39 06 12345678", "", "390612345678"),
        ("+46 070 123 45 67", "", "46701234567"),
        ("0046 70-123 45 67", "", "46701234567"),
        ("070-123 45 67", "SE", "46701234567"),
        ("08-70011", "SE", "46870011"),
        ("(212) 555-0100", "US", "12125550100"),
        ("2025550143", "US", "12025550143"),
        ("12125550100", "SE", "12125550100"),
        ("46812345678", "US", "46812345678"),
        ("91 123 45 67", "es", "34911234567"),
        ("46812345678", "", "46812345678"),
        ("+46 8.123.456.78", "", "46812345678"),
        ("\u202a+46\u00a070\u2011123\u201145\u201167\u202c", "", "46701234567"),
        ("tel:+46701234567", "", "46701234567"),
        ("'+46701234567", "", "46701234567"),
        ("\uff0b\uff14\uff16\uff17\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "", "46701234567"),
        ("+٤٦٧٠١٢٣٤٥٦٧", "", "46701234567"),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, country: str, digits: str) -> None:
    assert phone_numbers.read(text, country) == digits


@pytest.mark.parametrize("country", ["", "SE"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("46812345678.0", "decimal point"),
        ("46812345678,00", "decimal point"),
        ("0701234567.0", "decimal point"),
        ("46812345678.", "decimal point"),
        ("4.68E10", "exponent"),
        ("4.68123456E+10", "exponent"),
        ("4,68E+10", "exponent"),
        ("468E08", "exponent"),
        ("+46 8 BOOKING", "isn’t a phone number"),
        ("+46701234567 ext 5", "isn’t a phone number"),
        ("+46701234567,+46701234568", "isn’t a phone number"),
        ("", "isn’t a phone number"),
        ("+", "isn’t a phone number|is too short"),
        ("112", "is too short"),
        ("+4670", "is too short"),
        ("+46701234567890123456", "is too long"),
        ("+467012345678901", "is too long|wrong length"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_the_reason(text: str, country: str, words: str) -> None:
    with pytest.raises(NumberError, match=words):
        phone_numbers.read(text, country)


def test_a_national_number_without_a_country_is_refused() -> None:
    with pytest.raises(NumberError, match="has no country code"):
        phone_numbers.read("08-70011")
    assert phone_numbers.problem("0870011") == phone_numbers.NATIONAL


@pytest.mark.parametrize(
    ("text", "country", "mask"),
    [
        ("+46 (0)70*", "", "+4670*"),
        ("070*", "SE", "+4670*"),
        ("070*", "", "070*"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("+46 70 123*", "", "+4670123*"),
        ("0046 70*", "", "+4670*"),
        ("*567", "SE", "*567"),
        ("alice", "SE", "alice"),
        ("10023", "SE", "10023"),
        ("46812345678.0", "SE", "46812345678.0"),
    ],
)
def test_a_mask_gets_its_country_code(text: str, country: str, mask: str) -> None:
    assert phone_numbers.international_mask(text, country) == mask


def test_a_very_long_row_of_digits_is_refused_in_no_time() -> None:
    for text in ("1" * 300_000, "1." + "1" * 300_000):
        assert phone_numbers.problem(text)
