"""Finds the recording that somebody wants to hear: anew with every range, so with a query that is built once."""

from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from recordings_site.accounts.models import Role, User
from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import RecordingJob
from recordings_site.web.prepared import Prepared, columns

_RECORDING = columns(
    RecordingJob, "id", "destination", "key", "format", "size", "etag", "content_type", "duration", "audio", "state",
    "direction", "caller", "happened_at", "conference_session",
    "deleted_at", "deleted_code", "deleted_values", "overdue_since", "overdue_kind", "overdue_code", "overdue_values",
)  # fmt: skip
_PLACE = columns(
    Destination, "id", "name", "kind", "account", "bucket", "region", "endpoint", "read_mode", "read_credentials"
)


def _query(role: Role) -> Prepared:
    wanted = (*_RECORDING, *(f"destination__{name}" for name in _PLACE))
    return Prepared(
        lambda user_id, recording_id: (
            RecordingJob.objects.visible_to(User(pk=user_id, role=role))
            .filter(pk=recording_id)
            .order_by()
            .values_list(*wanted)
        ),
        int,
        UUID,
    )


_by_role = {role: _query(role) for role in Role}


def playable(user: User, recording_id: UUID) -> RecordingJob | None:
    """The recording with its destination, if this person may see it; other facts than playing needs are deferred."""
    row = _by_role[Role(user.role)].first(user.pk, recording_id)
    if row is None:
        return None
    recording = RecordingJob.from_db(DEFAULT_DB_ALIAS, _RECORDING, row[: len(_RECORDING)])
    place = row[len(_RECORDING) :]
    recording.destination = None if place[0] is None else Destination.from_db(DEFAULT_DB_ALIAS, _PLACE, place)
    return recording
