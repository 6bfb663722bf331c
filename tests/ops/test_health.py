"""The site's figures are for whoever brings the token."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from recordings_site.recordings.completeness import actions as completeness
from recordings_site.tasks.registry import enqueue
from tests import factories

TOKEN = "token-of-the-one-who-watches"


@pytest.mark.django_db
def test_figures_are_for_whoever_brings_the_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    factories.recording(happened_at=timezone.now())
    completeness.count_all(timezone.now())
    enqueue('a "quoted" kind', "x", at=timezone.now() - timedelta(seconds=30))
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = answer.content.decode().splitlines()
    assert 'recordings_site_recordings_today{outcome="recorded"} 1' in lines
    assert 'recordings_site_tasks_open{kind="a \\"quoted\\" kind"} 1' in lines
    (lag,) = (line for line in lines if line.startswith("recordings_site_tasks_lag_seconds "))
    assert 29 < float(lag.split()[1]) < 40


@pytest.mark.django_db
def test_a_forged_callback_of_which_nothing_is_stored_is_counted(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    def refused() -> int:
        lines = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode().splitlines()
        assert "# TYPE recordings_site_callbacks_total counter" in lines
        name = 'recordings_site_callbacks_total{outcome="unauthorized"} '
        return int(float(next((line for line in lines if line.startswith(name)), f"{name}0").removeprefix(name)))

    before = refused()
    # Forged for an application that is known: what processes know is read from the database at the first callback.
    factories.application()
    assert client.post("/callbacks/sinch/", "{}", content_type="application/json").status_code == 401
    assert refused() == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", f"bearer {TOKEN}", "Bearer ümlaut"])
def test_figures_are_hidden_from_others(client: Client, settings: Settings, header: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


@pytest.mark.django_db
def test_without_a_token_in_the_settings_nobody_reads_figures(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
