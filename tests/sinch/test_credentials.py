"""Credentials: the documented grammars, and masks that give nothing away."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import credentials
from recordings_site.sinch.errors import CredentialsError

# The samples of Sinch's page on recordings.
S3 = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:eu-central-1"
AZURE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
GS = "ACCESS_KEY:SECRET"


def test_the_documented_samples_are_read():
    assert credentials.parse("s3", S3) == credentials.S3Credentials(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "eu-central-1"
    )
    assert credentials.parse("azure", f" {AZURE}\n") == credentials.AzureCredentials(AZURE)
    assert credentials.parse("gs", GS) == credentials.GsCredentials("ACCESS_KEY", "SECRET")
    assert credentials.parse("local", "a-Random_token16") == credentials.LocalCredentials("a-Random_token16")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("s3", ""), ("s3", GS), ("s3", "a:b:"), ("s3", ":b:eu-west-1"), ("s3", "a:b:c:d"), ("s3", "a:b c:eu-west-1"),
        ("s3", "a:b:eu west"), ("s3", "é:b:eu-west-1"), ("azure", ""), ("azure", S3), ("azure", "not base64"),
        ("azure", base64.b64encode(b"short").decode()), ("gs", "one"), ("gs", S3), ("gs", "a:"), ("local", "short"),
        ("local", "with space and more"), ("ftp", "a:b"), ("", ""),
    ],
)  # fmt: skip
def test_other_grammars_are_refused_without_repeating_what_was_given(kind, text):
    with pytest.raises(CredentialsError) as caught:
        credentials.parse(kind, text)
    if len(text) > 6:
        assert text not in str(caught.value)


def test_masks_show_the_end_of_the_access_key_and_the_region():
    assert credentials.masked(S3) == "••••MPLE:••••:eu-central-1"
    assert credentials.masked(AZURE) == "••••"
    assert credentials.masked(GS) == "••••:••••"
    assert credentials.masked("") == "••••"


SECRET = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+", min_size=20, max_size=44)


@given(st.text(alphabet="ABCDEFGHIJKLMNOP0123456789", min_size=1, max_size=24), SECRET, SECRET)
def test_no_secret_part_shows_even_in_the_wrong_place(access_key, secret, misplaced):
    for text in (f"{access_key}:{secret}:{misplaced}", f"{access_key}:{secret}", f"{secret}==", misplaced):
        shown = credentials.masked(text)
        assert secret[:5] not in shown
        assert misplaced[:5] not in shown


def test_no_representation_shows_a_secret():
    for kind, text in (("s3", S3), ("azure", AZURE), ("gs", "GOOG1234:hidden-part")):
        shown = repr(credentials.parse(kind, text))
        assert "wJalr" not in shown
        assert "AAECAw" not in shown
        assert "hidden" not in shown


def test_fingerprints_tell_secrets_apart():
    assert credentials.fingerprint(S3) == credentials.fingerprint(f" {S3} ")
    assert credentials.fingerprint(S3) != credentials.fingerprint(AZURE)
    assert len(credentials.fingerprint("\ud800")) == 12
