"""Callbacks that name an application of ours with a wrong signature: counted, explained, and cheap."""

import json
import re
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from recordings_site.callbacks import wrong_signatures
from recordings_site.callbacks.connecting import checklist
from recordings_site.calls.models import CallbackDelivery
from recordings_site.policies.applications import actions_connect
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application
from tests import factories
from tests.sinch_posts import PATH, dice, post, post_raw, signed

pytestmark = pytest.mark.django_db

WRONG = "d3Jvbmc="
BODY = json.dumps(dice()).encode()


@pytest.fixture
def application() -> Application:
    """An application that Sinch has not called yet."""
    wrong_signatures.write_counts()
    made = factories.application()
    snapshot.forget()
    return made


def refused(application: Application, **headers: Any) -> Application:
    """The application once a callback of it was refused and the counts were written."""
    answer = post_raw(BODY, signed(application, BODY, secret=WRONG) | headers)
    assert (answer.status_code, answer.content) == (401, b'{"error":"unauthorized"}')
    wrong_signatures.write_counts()
    application.refresh_from_db()
    return application


def callback_step(application: Application) -> checklist.ChecklistStep:
    """The checklist's step about the first callback."""
    return next(step for step in checklist.checklist(application) if step.name == "callback")


def test_a_wrong_secret_is_counted_and_explained_on_page_and_checklist(application: Application) -> None:
    refused(application)
    refused(application)
    assert application.wrong_signatures == 2
    assert application.last_callback_at is None
    step = callback_step(application)
    assert step.state == "wrong"
    assert "Callbacks arrive, but their signature doesn’t match: 2 callbacks" in step.detail
    assert "Check the path or the secret." in step.remedy
    assert PATH in step.remedy
    admin = Client()
    admin.force_login(factories.admin())
    assert (
        "Callbacks arrive, but their signature doesn’t match"
        in admin.get(f"/applications/{application.pk}/").content.decode()
    )
    assert "Signature does not match" in admin.get("/applications/").content.decode()


@pytest.mark.parametrize("headers", [{"RAW_URI": "/voice/callbacks/sinch/?a=b"}, {"HTTP_X_FORWARDED_PREFIX": "/voice"}])
def test_a_path_that_a_proxy_or_a_setting_changed_is_named(application: Application, headers: dict[str, str]) -> None:
    sent = signed(application, BODY, path="/voice/callbacks/sinch/") | headers
    assert post_raw(BODY, sent).status_code == 401
    wrong_signatures.write_counts()
    application.refresh_from_db()
    assert application.wrong_signature_path == "/voice/callbacks/sinch/"
    assert "Sinch signs /voice/callbacks/sinch/, but this site expects /callbacks/sinch/" in (
        callback_step(application).remedy
    )
    assert not CallbackDelivery.objects.exists()


def test_the_path_of_the_callback_url_at_sinch_is_a_hint_too(application: Application) -> None:
    Application.objects.update(sinch_callback_url="https://recordings.example.com/voice/")
    assert "Sinch signs /voice/" in callback_step(refused(application)).remedy


def test_a_callback_that_is_signed_right_ends_the_problem_and_a_later_wrong_one_begins_it_again(
    application: Application,
) -> None:
    refused(application)
    actions_connect.note_callback(application_id=application.pk, at=application.wrong_signature_at)  # type: ignore[arg-type]
    application.refresh_from_db()
    assert callback_step(application).state == "done"
    Application.objects.update(last_callback_at=factories.LONG_AGO)
    assert callback_step(refused(application)).state == "wrong"


def test_a_flood_costs_no_write_of_each(application: Application) -> None:
    refused(application)
    with CaptureQueriesContext(
        connection,
    ) as flood:
        for _ in range(50):
            post_raw(BODY, signed(application, BODY, secret=WRONG))
    assert not [query for query in flood if not query["sql"].startswith("SELECT")]
    with CaptureQueriesContext(connection) as writing:
        wrong_signatures.write_counts()
    assert len(writing) == 1
    application.refresh_from_db()
    assert application.wrong_signatures == 51


def test_what_the_database_does_not_take_is_written_later(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**about: object) -> None:
        raise DatabaseError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(wrong_signatures, "note_wrong_signatures", fail)
        assert refused(application).wrong_signatures == 0
    assert refused(application).wrong_signatures == 2


def test_with_threads_one_timer_writes_what_comes_meanwhile(
    application: Application, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[float, object]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, do: object) -> None:
            started.append((seconds, do))

        def start(self) -> None:
            assert self.daemon

    monkeypatch.setattr(wrong_signatures.threading, "Timer", Timer)
    settings.CALLBACK_THREADS = 1
    # Another test may have left one.
    wrong_signatures._is_scheduled.clear()
    for _ in range(3):
        wrong_signatures.note_wrong_signature(application.pk, at=factories.LONG_AGO, path="")
    assert started == [(wrong_signatures.WRITE_AFTER, wrong_signatures._write_and_release)]
    wrong_signatures._is_scheduled.clear()


def test_unknown_keys_are_counted_for_no_application(application: Application) -> None:
    headers = signed(application, BODY)
    headers["HTTP_AUTHORIZATION"] = headers["HTTP_AUTHORIZATION"].replace(application.key, "unknown")
    assert post_raw(BODY, headers).status_code == 401
    wrong_signatures.write_counts()
    application.refresh_from_db()
    assert application.wrong_signatures == 0


def test_metrics_count_them_by_process_and_by_application(application: Application, settings: Settings) -> None:
    refused(application)
    settings.METRICS_TOKEN = "of a test"
    found = Client().get("/metrics", headers={"Authorization": "Bearer of a test"}).content.decode()
    assert f'recordings_site_wrong_signatures{{application="{application.key}"}} 1' in found
    assert re.search(r'recordings_site_callbacks_total\{outcome="wrong_signature"\} [1-9]', found)


def test_a_signed_callback_is_not_counted(application: Application) -> None:
    assert post(application, dice()).status_code == 200
    wrong_signatures.write_counts()
    application.refresh_from_db()
    assert application.wrong_signatures == 0
