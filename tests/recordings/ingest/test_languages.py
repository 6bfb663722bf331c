"""The language of a transcript: as its file says, as was requested, as its words show, as its number speaks."""

import json
from typing import Any

import pytest

from recordings_site.recordings.ingest import actions
from recordings_site.recordings.ingest.languages import guess_language
from recordings_site.recordings.models import LocaleSource, Origin, RecordingJob
from tests import factories

pytestmark = pytest.mark.django_db
SAID = "Please send me the invoices again."


def located(job: RecordingJob, text: str = SAID, **members: Any) -> tuple[str, str]:
    raw = json.dumps({"lines": [{"timestamp": 1, "text": text}], **members}).encode()
    transcript = actions.save_transcript(job.pk, raw=raw)
    return transcript.locale, transcript.locale_source


def adopted(**facts: Any) -> RecordingJob:
    return factories.recording(**{"call": None, "locale": ""} | facts)


@pytest.mark.parametrize("member", ["locale", "language", "languageCode", "LANG"])
def test_a_file_that_names_its_language_is_believed(member: str) -> None:
    assert located(adopted(), **{member: "sv_SE"}) == ("sv-SE", LocaleSource.FILE)


@pytest.mark.parametrize("nonsense", ["<script>", "x" * 30, 7, None, {"a": 1}, ""])
def test_what_is_no_language_is_not(nonsense: object) -> None:
    assert located(adopted(), language=nonsense) == ("en", LocaleSource.GUESSED)


def test_what_was_requested_is_what_was_written() -> None:
    assert located(factories.recording(locale="sv-SE")) == ("sv-SE", LocaleSource.REQUESTED)


def test_an_adopted_recording_takes_the_language_of_its_words_again_with_each_file() -> None:
    job = adopted()
    assert located(job) == ("en", LocaleSource.GUESSED)
    job.refresh_from_db()
    assert (job.origin, job.locale) == (Origin.ADOPTED, "en")
    assert located(job, "Jag vill gärna ha mina fakturor en gång till.") == ("sv", LocaleSource.GUESSED)


def test_words_that_do_not_tell_leave_it_to_the_number_and_its_policy() -> None:
    number = factories.number(language="fi-FI")
    assert located(adopted(number=number), "Mm.") == ("fi-FI", LocaleSource.NUMBER)
    policy = factories.policy({"route": factories.CONNECT, "how": {"locale": "de-DE"}})
    assert located(adopted(number=factories.number(policy=policy)), "Mm.") == ("de-DE", LocaleSource.NUMBER)
    assert located(adopted(), "Mm.") == ("", "")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Hej, jag ringer om en faktura som jag inte förstår.", "sv"),
        ("Hei, jeg ringer om en faktura som jeg ikke forstår. Kan dere hjelpe meg?", "no"),
        ("Hej, jeg ringer om en faktura, som jeg ikke forstår. Kan I hjælpe mig?", "da"),
        ("Guten Tag, ich habe eine Frage zu meiner Rechnung.", "de"),
        ("Bonjour, j'ai une question sur ma facture.", "fr"),
        ("Buenos días, tengo una pregunta sobre mi factura.", "es"),
        ("Hyvää päivää, minulla on kysymys laskustani.", "fi"),
        ("Dzień dobry, mam pytanie dotyczące mojej faktury.", "pl"),
        ("مرحبا، لدي سؤال حول فاتورتي", "ar"),
        ("こんにちは、請求書について質問があります。", ""),
        ("4711 0083 12 12", ""),
        ("\x01\ufffe\U0010ffff", ""),
        ("", ""),
    ],
)
def test_a_language_is_guessed_when_search_knows_its_forms(said: str, language: str) -> None:
    assert guess_language(said) == language
