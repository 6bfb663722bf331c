"""Sealed secrets: what opens them, and what does not."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings_site.destinations.sealing import Keyring, SealingError

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()
CONTEXT = "destination|7|write_credentials"


@given(st.text())
def test_what_was_sealed_opens_again(secret: str) -> None:
    ring = Keyring.parse(NEW)
    assert ring.open(ring.seal(secret, CONTEXT), CONTEXT) == secret


def test_the_same_secret_never_looks_the_same_twice() -> None:
    ring = Keyring.parse(NEW)
    assert ring.seal("secret", CONTEXT) != ring.seal("secret", CONTEXT)


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    ring = Keyring.parse(NEW)
    with pytest.raises(SealingError, match="belongs to something else"):
        ring.open(ring.seal("secret", CONTEXT), "destination|8|write_credentials")


@settings(deadline=None)
@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_an_altered_secret_does_not_open_and_its_text_is_not_told(place: int, character: str) -> None:
    ring = Keyring.parse(NEW)
    sealed = ring.seal("hunter2hunter2", CONTEXT)
    place %= len(sealed)
    altered = sealed[:place] + character + sealed[place + 1 :]
    if altered == sealed:
        assert ring.open(altered, CONTEXT) == "hunter2hunter2"
        return
    with pytest.raises(SealingError) as report_step:
        ring.open(altered, CONTEXT)
    assert "hunter2" not in str(report_step.value)


def test_rotation_opens_with_the_old_key_and_seals_with_the_new() -> None:
    sealed = Keyring.parse(OLD).seal("secret", CONTEXT)
    ring = Keyring.parse(f"{NEW},{OLD}")
    assert ring.open(sealed, CONTEXT) == "secret"
    assert not ring.is_current(sealed)
    assert ring.is_current(ring.seal("secret", CONTEXT))
    with pytest.raises(SealingError, match="'old', which isn’t in CREDENTIALS_KEYS"):
        Keyring.parse(NEW).open(sealed, CONTEXT)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "empty"),
        ("nocolon", "id:base64"),
        ("a.b:" + "A" * 43 + "=", "with no dots"),
        ("a:???", "isn’t valid base64"),
        ("a:c2hvcnQ=", "needs 32"),
        (f"{NEW},{NEW}", "two keys named new"),
    ],
)
def test_a_wrong_key_ring_is_told_apart(setting: str, says: str) -> None:
    with pytest.raises(SealingError, match=says):
        Keyring.parse(setting)


def test_keys_do_not_show_in_a_representation() -> None:
    assert "bbbb" not in repr(Keyring.parse("k:" + base64.b64encode(b"b" * 32).decode()))
