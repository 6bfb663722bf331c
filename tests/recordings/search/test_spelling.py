"""How words are misspelt: exactly the words one slip away, and the same distances as the plain definition gives."""

from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.recordings.search.language.spelling import distance, one_slip, slips

WORDS = st.text("abc", max_size=6)


@cache
def plainly(one: str, other: str) -> int:
    """The distance as it is defined: the fewest slips to the ends of both words."""
    if not one or not other:
        return len(one) + len(other)
    alternatives = [
        plainly(one[:-1], other) + 1,
        plainly(one, other[:-1]) + 1,
        plainly(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        alternatives.append(plainly(one[:-2], other[:-2]) + 1)
    return min(alternatives)


@given(WORDS, WORDS)
def test_a_distance_is_the_fewest_slips(one: str, other: str) -> None:
    far = plainly(one, other)
    for most in range(8):
        for found in (distance(one, other, most), distance(other, one, most)):
            assert found == far if far <= most else found > most


@given(st.text("abc", min_size=1, max_size=4))
def test_one_slip_away_are_exactly_the_words_at_distance_one(word: str) -> None:
    around = {"".join(each) for size in range(1, len(word) + 2) for each in product("abc", repeat=size)}
    found = {each for each in one_slip(word) if set(each) <= set("abc")}
    assert found == {each for each in around if plainly(word, each) == 1}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("refnud", "refund"),
        ("erfund", "refund"),
        ("efund", "refund"),
        ("refundd", "refund"),
        ("tefund", "refund"),
        ("привт", "привет"),
        ("ευχαριστο", "ευχαριστω"),
        ("שלם", "שלום"),
        ("धन्यवद", "धन्यवाद"),
        ("շնորհակալությու", "շնորհակալություն"),
    ],
)
def test_a_slip_is_mended_in_the_letters_of_its_own_script(typed: str, meant: str) -> None:
    assert meant in one_slip(typed)


def test_the_shorter_a_word_the_fewer_slips_it_may_have() -> None:
    assert [slips("x" * length) for length in range(8)] == [0, 0, 0, 1, 1, 1, 2, 2]
