"""All secrets that are sealed with CREDENTIALS_KEYS: for rotating the keys, and for proving that they open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.mfa_adapter import CONTEXT
from recordings_site.policies.models import Application

Row = Destination | Application
FIELDS: dict[type[Row], tuple[str, ...]] = {
    Destination: ("write_credentials", "read_credentials"),
    Application: ("secret", "second_secret"),
}
# django-allauth seals these of an authenticator's data: of codes from an app, and of recovery codes.
FACTORS = ("secret", "seed", "migrated_codes")


@dataclass(frozen=True)
class Secret:
    """A sealed text, what it is bound to, and whose it is."""

    name: str
    context: str
    text: str


def secrets() -> Iterator[Secret]:
    """Yield every sealed text of the database."""
    for row, fields in rows():
        for field in fields:
            if text := getattr(row, field):
                yield Secret(f"{row} ({field})", row.context(field), text)
    for factor in Authenticator.objects.order_by("pk"):
        for text in _texts(factor.data):
            yield Secret(f"two-step verification {factor.pk}", CONTEXT, text)


def rows() -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Yield the rows with sealed columns, with their names."""
    for model, fields in FIELDS.items():
        for row in model._default_manager.order_by("pk"):
            yield row, fields


def factors() -> list[int]:
    """The ids of second factors, whose secrets `reseal_factor` seals again."""
    return [*Authenticator.objects.order_by("pk").values_list("pk", flat=True)]


@transaction.atomic
def reseal_factor(pk: int, ring: Keyring) -> int:
    """Seal a second factor's secrets with the ring's first key; return how many were not. Raises SealingError."""
    factor = Authenticator.objects.select_for_update().get(pk=pk)
    done = 0

    def resealed(text: str) -> str:
        nonlocal done
        if ring.is_current(text):
            return text
        done += 1
        return ring.seal(ring.open(text, CONTEXT), CONTEXT)

    for name in FACTORS:
        found = factor.data.get(name)
        if isinstance(found, str) and found:
            factor.data[name] = resealed(found)
        elif isinstance(found, list):
            factor.data[name] = [resealed(text) for text in found]
    if done:
        factor.save(update_fields=["data"])
    return done


def _texts(data: dict[str, Any]) -> Iterator[str]:
    for name in FACTORS:
        found = data.get(name)
        yield from [found] if isinstance(found, str) and found else found if isinstance(found, list) else []
