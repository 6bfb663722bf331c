"""Announcements have voices, transcripts have locales: each has a grammar of its own."""

import pytest

from recordings_site.policies.engine.schema import voices
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.schema.parsing import DocumentError

HANGUP = {"action": "hangup"}
VOICES = [
    "en-US",
    "en-US/female",
    "en-us/MALE",
    "arb",
    "arb/female",
    "Joanna",
    "joanna",
    "HiuGaai",
    "en-GB-WLS",
    "Ada_2",
]


@pytest.mark.parametrize("voice", VOICES)
def test_a_locale_one_with_a_gender_and_a_name_are_voices(voice: str) -> None:
    document = parse({"how": {"announcement": {"kind": "say", "text": "Hello", "locale": voice}}, "route": HANGUP})
    assert document.how.announcement.locale == voice
    parse({"route": {"action": "park", "locale": voice}})


@pytest.mark.parametrize("voice", ["en-US/other", "en US", "en-US/female/x", "J", "a b", "/female"])
def test_anything_else_is_none(voice: str) -> None:
    with pytest.raises(DocumentError, match="Joanna"):
        parse({"how": {"announcement": {"locale": voice}}, "route": HANGUP})


@pytest.mark.parametrize("locale", ["en-US/female", "Joanna"])
def test_a_transcript_has_no_voice(locale: str) -> None:
    with pytest.raises(DocumentError, match="without a voice"):
        parse({"how": {"locale": locale}, "route": HANGUP})


@pytest.mark.parametrize(
    ("voice", "language"),
    [("sv-SE/female", "sv"), ("astrid", "sv"), ("arb", "ar"), ("Zhiyu", "zh"), ("en", "en"), ("Xyzzy", "")],
)
def test_the_language_of_a_voice_is_known(voice: str, language: str) -> None:
    assert voices.language(voice) == language
