"""Guessing gets slower and slower, from one address, one block, one network and many; the rightful user gets in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import connections
from django.test import Client

from recordings_site.accounts.models import AuditEvent, GuessCount
from recordings_site.accounts.sign_in import guessing
from recordings_site.accounts.sign_in.guessing import LIMITS, Attempt
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def guesses(account: str, address: str, *, during: timedelta, every: timedelta) -> int:
    """How many guesses get through to the password."""
    tried, at = 0, NOW
    while at < NOW + during:
        tried += Attempt(account, address, at).begin()
        at += every
    return tried


def test_the_wait_doubles_up_to_its_longest() -> None:
    limit = LIMITS["account-block"]
    waits = [limit.wait(failures).total_seconds() for failures in range(4, 13)]
    assert waits == [0, 30, 60, 120, 240, 480, 960, 1800, 1800]
    assert limit.wait(10_000) == limit.longest


def test_an_hour_of_guesses_at_one_account_are_a_dozen() -> None:
    assert guesses("ann@example.com", "192.0.2.1", during=timedelta(hours=1), every=timedelta(seconds=1)) < 15


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_time_are_as_few_as_one_after_the_other() -> None:
    together = Barrier(7)

    def guess(_: int) -> bool:
        try:
            together.wait(20)
            return Attempt("ann@example.com", "192.0.2.1", NOW).begin()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(7) as pool:
        assert sum(pool.map(guess, range(7))) == LIMITS["account-block"].free
    assert set(GuessCount.objects.values_list("failures", flat=True)) == {LIMITS["account-block"].free}


def test_addresses_of_one_ipv6_block_are_one() -> None:
    assert guessing.block_of("2001:db8:1:2::1") == guessing.block_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert guessing.block_of("::ffff:192.0.2.1") == guessing.block_of("192.0.2.1") == "192.0.2.1/32"
    for host in range(5):
        Attempt("ann@example.com", f"2001:db8:1:2::{host}", NOW).begin()
    assert not Attempt("ann@example.com", "2001:db8:1:2:abcd::1", NOW).begin()


def test_many_names_from_one_block_are_slowed_as_one_name_is() -> None:
    for name in range(20):
        Attempt(f"name{name}@example.com", "192.0.2.1", NOW).begin()
    assert not Attempt("another@example.com", "192.0.2.1", NOW).begin()
    assert Attempt("another@example.com", "192.0.2.2", NOW).begin()
    assert Attempt("another@example.com", "192.0.2.1", NOW + timedelta(seconds=10)).begin()


def test_a_network_is_slowed_that_guesses_from_each_of_its_addresses() -> None:
    for host in range(100):
        Attempt(f"name{host}@example.com", f"192.0.2.{host}", NOW).begin()
    assert not Attempt("ann@example.com", "192.0.2.200", NOW).begin()


def test_guesses_from_everywhere_do_not_keep_out_who_signs_in_from_where_they_did_before() -> None:
    AuditEvent.objects.create(
        action="person.signed_in", actor_email="ann@example.com", address="2001:db8:7::1", at=NOW - timedelta(days=30)
    )
    for network in range(30):
        Attempt("ann@example.com", f"198.51.{network}.1", NOW).begin()
    assert not Attempt("ann@example.com", "203.0.113.1", NOW).begin()
    assert Attempt("Ann@example.com ", "2001:db8:7::22", NOW).begin()
    assert Attempt("ann@example.com", "203.0.113.1", NOW + LIMITS["account"].longest).begin(), "a delay, no lock"


def test_who_is_right_leaves_no_count_behind() -> None:
    person = factories.user()
    for _ in range(25):
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
        assert "_auth_user_id" in client.session
    assert set(GuessCount.objects.values_list("failures", flat=True)) == {0}


def test_old_failures_are_forgotten() -> None:
    for _ in range(6):
        Attempt("ann@example.com", "192.0.2.1", NOW).begin()
    later = NOW + guessing.FORGOTTEN_AFTER
    assert Attempt("ann@example.com", "192.0.2.1", later).begin()
    assert set(GuessCount.objects.values_list("failures", flat=True)) == {1}


def test_codes_are_guessed_as_slowly_and_each_wrong_one_leaves_a_row() -> None:
    person = factories.user()
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    guesser = Client(REMOTE_ADDR="198.51.100.7")
    guesser.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    answers = [guesser.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).content.decode() for n in range(7)]
    assert "Too many failed" in answers[-1]
    assert "Too many failed" not in answers[4]
    assert AuditEvent.objects.filter(action="person.code_failed", actor_id=person.pk).count() == 5
    rightful = Client(REMOTE_ADDR="192.0.2.1")
    rightful.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    rightful.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" in rightful.session
    assert Authenticator.objects.get(user=person)
