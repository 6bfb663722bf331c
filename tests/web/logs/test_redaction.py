"""No secret that is in use gets into a log, whichever way it comes."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from recordings_site.web.logs.redaction import MASK, RedactingFormatter, Redactor, conceal

SECRET = 'k9"s/3cret+canary=='


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger that writes as the site's does, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, written
    logger.removeHandler(handler)


def test_the_signature_of_a_url_is_removed_though_nobody_named_it(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.error("at %s", "azure://a/c/k.mp3?sv=2024&sig=canary%3D, https://b/k?X-Amz-Signature=canary&x=1")
    assert "canary" not in written.getvalue()
    assert "k.mp3?sv=2024&sig=" in written.getvalue()


def test_a_secret_is_removed_from_message_arguments_and_traceback(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    conceal(SECRET)
    logger.error("in the message %s", {"nested": [SECRET]})
    try:
        raise ValueError(f"in the exception {SECRET}")
    except ValueError:
        logger.exception("it failed")
    assert "canary" not in written.getvalue()
    assert written.getvalue().count(MASK) == 2


@pytest.mark.parametrize("spell", [str, quote, lambda text: quote(text, safe=""), json.dumps])
def test_a_secret_is_removed_however_it_is_spelt(spell: Callable[[str], str]) -> None:
    redactor = Redactor()
    redactor.conceal(SECRET)
    assert "canary" not in redactor.redact(f"before {spell(SECRET)} after")


def test_each_part_of_credentials_is_removed_but_not_the_region() -> None:
    redactor = Redactor()
    redactor.conceal("AKIAEXAMPLEKEY:wJalrXUtnFEMI/K7MDENG:eu-central-1")
    redacted = redactor.redact("signing with wJalrXUtnFEMI/K7MDENG in eu-central-1")
    assert redacted == f"signing with {MASK} in eu-central-1"


def test_short_and_empty_words_stay() -> None:
    redactor = Redactor()
    for word in ("", "a", "secret"):
        redactor.conceal(word)
    assert redactor.redact("a secret") == "a secret"
