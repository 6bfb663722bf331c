"""Which numbers are recorded and how: applications, numbers, policies and their immutable versions."""

from recordings_site.policies.models.application import (
    LAST_SEEN_EVERY,
    MAX_UPSTREAM_MS,
    Application,
    CallbackMode,
    callback_mode_choices,
)
from recordings_site.policies.models.number import PhoneNumber, PhoneNumberQuerySet
from recordings_site.policies.models.numbers_change import NumbersChange
from recordings_site.policies.models.policy import (
    LONGEST_REASON,
    Policy,
    PolicyQuerySet,
    PolicyVersion,
    SnapshotRevision,
)

__all__ = [
    "LAST_SEEN_EVERY",
    "LONGEST_REASON",
    "MAX_UPSTREAM_MS",
    "Application",
    "CallbackMode",
    "NumbersChange",
    "PhoneNumber",
    "PhoneNumberQuerySet",
    "Policy",
    "PolicyQuerySet",
    "PolicyVersion",
    "SnapshotRevision",
    "callback_mode_choices",
]
