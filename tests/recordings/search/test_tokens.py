"""What text becomes before it is indexed and looked for."""

import pytest

from recordings_site.base.text import LONGEST_WORD, fold
from recordings_site.recordings.search.text.tokens import (
    LANGUAGE_MARK,
    PHONE_MARK,
    language_of,
    speaker_tokens,
    stem,
    tokenize,
)


def texts(text: str, language: str = "") -> list[str]:
    return [token.text for token in tokenize(text, language).sequence]


def joined(text: str) -> set[str]:
    return {token.text for token in tokenize(text).joined}


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Refund", "refund"),
        ("Ｒéfund", "refund"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("e\u0301te\u0301", "ete"),
        ("٣٤", "34"),
        ("ﬁne", "fine"),
        ("הַשָּׁלוֹם", "השלום"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_words_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_words_are_stemmed_by_the_language_of_the_locale() -> None:
    english, swedish = f"{LANGUAGE_MARK}en", f"{LANGUAGE_MARK}sv"
    stems = [f"{english}{each}" for each in ("refund", "cancel", "order")]
    assert texts("Refunding cancelled orders", language_of("en-US")) == stems
    assert texts("fakturorna", language_of("sv_SE")) == [f"{swedish}faktur"]
    assert texts("offer", "sv") != texts("off", "en")
    assert texts("Refunding", language_of("xx-YY")) == ["refunding"]
    assert {len(each) for each in texts("a" * 100, "en") + texts("a" * 100)} == {LONGEST_WORD}
    assert stem("2nds", "en") == "2nds"


def test_scripts_without_spaces_become_pairs() -> None:
    assert texts("我要退款") == ["我要", "要退", "退款", "款"]
    assert texts("iPhone手机") == ["iphone", "手机", "机"]


def test_numbers_and_compounds_are_also_joined() -> None:
    assert {"0701234567", "1234567", PHONE_MARK + "01234567"} <= joined("call 070-123 45 67, now")
    assert "2000" in joined("2 000 kr")
    assert {"email", "dont"} <= joined("e-mail, don't")
    assert joined("one two") == set()
    assert joined("42, 43") == set()


def test_tokens_know_where_they_stand() -> None:
    token = tokenize("Hi, Änna!").sequence[1]
    assert (token.text, token.start, token.end) == ("anna", 4, 8)


def test_marks_of_our_own_cannot_be_typed() -> None:
    assert texts("\ue001speaker \ue003") == ["speaker"]
    assert speaker_tokens("Speaker 2") == ("\ue001speaker", "\ue0012")


def test_endless_words_are_cut() -> None:
    assert len(texts("a" * 5000)[0]) == 64
