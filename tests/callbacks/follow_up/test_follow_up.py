"""What a worker does with stored callbacks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recordings_site.callbacks.follow_up import actions as follow_up
from recordings_site.calls.models import Call, DeliveryVerdict
from recordings_site.recordings.models import RecordingJob
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import dice, notify

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=1)


def test_a_delivery_that_was_stored_and_not_applied_is_queued_once() -> None:
    application = factories.application()
    left = factories.delivery(application, dice(), received_at=timezone.now() - LONG_AGO)
    factories.delivery(application, dice(), received_at=timezone.now())
    factories.delivery(application, dice(), received_at=timezone.now() - LONG_AGO, verdict=DeliveryVerdict.REPLAYED)
    assert follow_up.enqueue_unapplied() == 1
    assert follow_up.enqueue_unapplied() == 0
    assert [(t.kind, t.subject) for t in Task.objects.all()] == [("delivery.apply", str(left.pk))]


def test_a_suspect_notification_is_applied_when_its_object_is_there() -> None:
    destination = factories.destination()
    application = factories.application()
    told = notify("recording_available", f"local://{destination.bucket}/a.mp3")
    delivery = factories.delivery(application, told, verdict=DeliveryVerdict.STALE)
    follow_up.verify_suspect(delivery.pk)
    assert not RecordingJob.objects.exists()
    destination.write_store().write("a.mp3", b"audio", content_type="audio/mpeg")
    follow_up.verify_suspect(delivery.pk)
    assert RecordingJob.objects.get().key == "a.mp3"
    assert Call.objects.count() == 1
