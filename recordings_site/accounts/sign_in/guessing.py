"""Slows down who guesses passwords and codes, and never who is right.

Failures are counted per account and address block together, per block, per network, and per account. A block is what
one subscriber has: an IPv4 address, or a /64 of IPv6; a network a /24, or a /48. Each count allows some failures at
once; after that the next attempt has to wait, twice as long each time. The count per account, which guesses from many
networks feed, binds only those blocks from which this person has not signed in lately: the rightful user gets in.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent, GuessCount

# Failures that are older than this count for nothing.
FORGOTTEN_AFTER = timedelta(hours=1)
# A block from which a person signed in counts as theirs for this long.
KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Limit:
    """How many failures there may be at once, and how long one has to wait after the next: doubled each time."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures the next attempt is refused."""
        if failures < self.free:
            return timedelta(0)
        return min(self.first * int(2 ** min(failures - self.free, 20)), self.longest)


LIMITS = {
    "account-block": Limit(5, timedelta(seconds=30), timedelta(minutes=30)),
    "block": Limit(20, timedelta(seconds=10), timedelta(minutes=15)),
    "network": Limit(100, timedelta(seconds=2), timedelta(minutes=2)),
    "account": Limit(20, timedelta(seconds=5), timedelta(minutes=2)),
}


def block_of(address: str) -> str:
    """What one subscriber has of the address space: an IPv4 address, or a /64."""
    return _around(address, 32, 64)


def network_of(address: str) -> str:
    """The network around it: a /24, or a /48."""
    return _around(address, 24, 48)


def _around(address: str, ipv4: int, ipv6: int) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # a socket file has none
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, ipv6 if parsed.version == 6 else ipv4), strict=False))


@dataclass(frozen=True)
class Attempt:
    """One attempt to prove that one is `account` (an e-mail address, or anything else that was typed)."""

    account: str
    address: str
    now: datetime

    def begin(self) -> bool:
        """Whether it may be tried now; if so it counts as failed until `forget`.

        Of attempts at the same time each finds those before it counted.
        """
        keys = dict(self._keys())
        with transaction.atomic():
            # Each process locks them in the same order.
            rows = [GuessCount(key=key, failures=0, last_at=self.now) for key in sorted(keys.values())]
            GuessCount.objects.bulk_create(rows, ignore_conflicts=True)
            locked = GuessCount.objects.select_for_update().filter(key__in=keys.values()).order_by("key")
            counts = {count.key: count for count in locked}
            due = [name for name, key in keys.items() if key in counts and self._must_wait(LIMITS[name], counts[key])]
            if due and not (due == ["account"] and self._is_from_a_known_place()):
                return False
            recent = GuessCount.objects.filter(key__in=counts, last_at__gt=self.now - FORGOTTEN_AFTER)
            recent.update(failures=F("failures") + 1, last_at=self.now)
            GuessCount.objects.filter(key__in=counts).exclude(last_at=self.now).update(failures=1, last_at=self.now)
        return True

    def forget(self) -> None:
        """Take the attempt back, for it succeeded, and forget the failures of this account from this block."""
        keys = dict(self._keys())
        GuessCount.objects.filter(key=keys.pop("account-block")).update(failures=0)
        GuessCount.objects.filter(key__in=keys.values(), failures__gt=0).update(failures=F("failures") - 1)

    def _keys(self) -> Iterator[tuple[str, str]]:
        # Hashed: keys may have any length, and a copy of the table does not reveal the accounts.
        account = hashlib.sha256(self.account.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]
        block, network = block_of(self.address), network_of(self.address)
        yield "account-block", f"{account}|{block}"
        yield "block", f"|{block}"
        yield "network", f"||{network}"
        yield "account", account

    def _must_wait(self, limit: Limit, count: GuessCount) -> bool:
        age = self.now - count.last_at
        return age < FORGOTTEN_AFTER and age < limit.wait(count.failures)

    def _is_from_a_known_place(self) -> bool:
        since = self.now - KNOWN_FOR
        signed_in = AuditEvent.objects.filter(action="person.signed_in", at__gt=since)
        known = signed_in.filter(actor_email__iexact=self.account.strip()).values_list("address", flat=True)
        return block_of(self.address) in {block_of(address) for address in known.distinct()}


def attempt(account: str, address: str) -> Attempt:
    """An attempt that is made now."""
    return Attempt(account, address, timezone.now())


def forget_old() -> None:
    """Delete counts that count for nothing any more."""
    GuessCount.objects.filter(last_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
