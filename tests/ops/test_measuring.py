"""Requests are measured and logged with their ids, in all processes together."""

import json
import logging
import re
import socket

import pytest
from django.test import Client

from recordings_site.base import trace
from recordings_site.ops.worker.loop import perform
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import TaskKind
from recordings_site.web.logs.log_format import JsonFormatter, TextFormatter, configuration
from recordings_site.web.logs.redaction import conceal
from tests import factories
from tests.running_site import receive, request, running
from tests.sinch_posts import ice, post


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    """What was logged of requests, as JSON gives it; filled while the test runs."""
    found: list[dict[str, str]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonFormatter().format(record)))

    logger = logging.getLogger("recordings_site")
    handler = Lines()
    caplog.set_level(logging.INFO, logger="recordings_site")
    logger.addHandler(handler)
    yield found  # type: ignore[misc]
    logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_request_has_one_id_in_its_line_and_its_answer(lines: list[dict[str, str]]) -> None:
    answer = Client().get("/accounts/login/", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert re.fullmatch(
        r"[0-9a-f]{32}", Client().get("/accounts/login/", headers={"X-Request-ID": "a b"})["X-Request-ID"]
    )
    (line,) = (line for line in lines if line.get("request") == "from-the-proxy-1")
    assert re.fullmatch(r"GET /accounts/login/ 200 in \d+ ms", line["message"])


@pytest.mark.django_db
def test_one_time_keys_in_addresses_are_not_logged(lines: list[dict[str, str]]) -> None:
    Client().get("/accounts/password/reset/key/1a-very-secret-key/")
    assert "very-secret" not in json.dumps(lines)


@pytest.mark.django_db
def test_a_callbacks_line_names_its_call_and_the_recordings_that_it_planned(lines: list[dict[str, str]]) -> None:
    how = {"destination": factories.destination().pk}
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
    number = factories.number(policy=policy)
    post(number.application, ice(number.digits, call_id="followed"))
    (line,) = (line for line in lines if line["logger"] == "recordings_site.requests")
    assert (line["call"], line["event"], line["outcome"]) == ("followed", "ice", "accepted")
    assert line["recording"] == str(number.recordings.get().pk)


@pytest.mark.django_db
def test_what_a_task_logs_names_the_task_and_its_subject(lines: list[dict[str, str]]) -> None:
    task = Task.objects.create(kind="recording.inspect", subject="a-recording")
    perform(task, {"recording.inspect": TaskKind("recording.inspect", lambda job: None)})
    assert {(line["task"], line["kind"], line["subject"]) for line in lines} == {
        (str(task.pk), "recording.inspect", "a-recording")
    }


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("site", logging.WARNING, "", 1, message, None, None)


def test_a_line_of_json_is_one_line_without_secrets_in_any_id() -> None:
    conceal("a-secret-that-is-in-use")
    with trace.traced(call="a-secret-that-is-in-use"):
        line = JsonFormatter().format(record("two\nlines with a-secret-that-is-in-use"))
        text = TextFormatter().format(record("said"))
    assert "\n" not in line
    assert "a-secret" not in line + text
    assert json.loads(line)["level"] == "WARNING"
    assert text.endswith("said call=••••")


def test_an_address_neither_begins_a_line_of_text_nor_steers_a_terminal() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET /%s", ("\r\nINFO audit 1\x1b[2J\u2028x",), None)
    assert TextFormatter().format(record).endswith(r"GET /\r\nINFO audit 1\x1b[2J\u2028x")


@pytest.mark.django_db
def test_an_address_without_a_slash_is_not_found(client: Client) -> None:
    assert client.options("*").status_code == 404


def test_an_unknown_format_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"LOG_FORMAT is 'xml': write text or json\."):
        configuration("xml", "INFO")


@pytest.mark.processes
def test_the_figures_of_all_processes_are_added_up() -> None:
    def ask(port: int, sent: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(sent)
            return receive(connection)

    with running(processes=2, METRICS_TOKEN="token") as site:
        for _ in range(30):
            assert b" 401 " in ask(site.port, request("POST", "/callbacks/sinch/", b"{}"))
        scraped = {ask(site.port, request("GET", "/metrics", Authorization="Bearer token")) for _ in range(6)}
        for text in scraped:
            assert b'recordings_site_callbacks_total{outcome="unauthorized"} 30.0' in text
