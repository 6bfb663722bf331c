"""Every page, signed in and out, gets an A+ from MDN's HTTP Observatory, with each point that headers can bring."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.house import ROOT
from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, World, small_world

HERE = Path(__file__).parent
# What tests/trust.py puts into its table.
SCORES = ROOT / "var" / "trust" / "observatory.md"
HOST = "recordings.example.com"
DEPLOYED = {
    "DEMO": "",
    "PUBLIC_URL": f"https://{HOST}",
    "BEHIND_PROXY": "1",
    "SECRET_KEY": "k" * 60,
    "CREDENTIALS_KEYS": "k:ZGVtby1jcmVkZW50aWFscy1rZXktMzItYnl0ZXMhISE=",
    "DATABASE_URL": "sqlite:////nowhere",
}
PROXIED = {"SERVER_NAME": HOST, "HTTP_X_FORWARDED_PROTO": "https"}
# Without being in the browsers' own list of hosts (HSTS preload), which is not a site's to decide.
SCORE = 135

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="make trust installs the grader"),
]


@pytest.fixture
def deployed(settings: Settings) -> None:
    """The settings of headers and cookies as a site behind a proxy has them."""
    program = (
        "import json; from recordings_site import settings as s; PREFIXES = 'SECURE_', 'SESSION_', 'CSRF_', 'ALLOWED';"
        "print(json.dumps({n: v for n, v in vars(s).items() if n.startswith(PREFIXES)}))"
    )
    environment = os.environ | DEPLOYED
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, text=True, capture_output=True
    )
    for name, value in json.loads(done.stdout).items():
        setattr(
            settings, name, tuple(value) if isinstance(value, list) and name == "SECURE_PROXY_SSL_HEADER" else value
        )


@pytest.fixture
def world(deployed: None) -> World:
    """One of each thing."""
    return small_world()


def headers(answer: HttpResponse) -> dict[str, list[str]]:
    """Its headers as the grader reads them."""
    found = {name.lower(): [value] for name, value in answer.items()}
    cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
    return found | ({"set-cookie": cookies} if cookies else {})


def asked(client: Client, path: str) -> dict[str, Any]:
    """What a page answers over https and over http, and to a preflight."""
    answer = cast(HttpResponse, client.get(path))
    plain = client.get(path, headers={"X-Forwarded-Proto": "http"})
    preflight = cast(HttpResponse, client.options(path, headers={"Origin": "https://evil.example"}))
    return {
        "url": f"https://{HOST}{path}",
        "status": answer.status_code,
        "headers": headers(answer),
        "body": answer.content.decode(),
        "redirect": {"status": plain.status_code, "location": plain.headers.get("Location", "")},
        "preflight": {"status": preflight.status_code, "headers": headers(preflight)},
    }


def grades(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the grader says."""
    command = ["node", str(HERE / "grade.js")]
    done = subprocess.run(command, input=json.dumps(answers), text=True, capture_output=True, check=True)
    return cast(list[dict[str, Any]], json.loads(done.stdout))


def fell_short(found: list[dict[str, Any]]) -> list[str]:
    """The pages below the best grade, each with the tests that cost it points."""
    return [
        f"{each['url']}: {each['grade']} {each['score']} "
        f"{ {name: test['result'] for name, test in each['tests'].items() if test['modifier'] <= 0} }"
        for each in found
        if each["grade"] != "A+" or each["score"] < SCORE
    ]


def test_every_page_gets_an_a_plus_signed_in_and_out(world: World) -> None:
    answers = []
    for person in (None, ADMIN):
        client = Client(**PROXIED)
        if person:
            client.force_login(world.people[person])
        found = pages(client, world.values)
        assert len(found) > (30 if person else 2)
        answers += [asked(client, path) for path in [*found, "/nowhere"]]
    found = grades(answers)
    SCORES.parent.mkdir(parents=True, exist_ok=True)
    SCORES.write_text(table(found))
    assert fell_short(found) == []


def table(found: list[dict[str, Any]]) -> str:
    """A page of how many pages had which result of each test, and its points."""
    results = Counter(
        (name, test["result"], test["modifier"]) for each in found for name, test in each["tests"].items()
    )
    totals = Counter((each["grade"], each["score"]) for each in found)
    lines = [f"{count} pages: {grade}, {score} points" for (grade, score), count in totals.items()]
    lines += ["", "| test | result | points | pages |", "|---|---|---|---|"]
    lines += [f"| {name} | {result} | {points:+} | {count} |" for (name, result, points), count in results.items()]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("name", ["content-security-policy", "referrer-policy", "x-content-type-options"])
def test_a_missing_header_costs_points(world: World, name: str) -> None:
    answer = asked(Client(**PROXIED), "/accounts/login/")
    del answer["headers"][name]
    assert fell_short(grades([answer]))
