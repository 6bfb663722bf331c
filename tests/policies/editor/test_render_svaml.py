"""What render_svaml prints."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[str, str]:
    """Standard output and standard error of a command."""
    out, err = StringIO(), StringIO()
    call_command(*args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_render_svaml_prints_each_event_masked_and_why() -> None:
    destination = factories.destination()
    document = {
        "otherwise_record": True,
        "how": {"destination": destination.pk, "start": "answer"},
        "route": factories.CONNECT,
    }
    number = factories.number(policy=factories.policy(document, name="Support"))
    ice, why = run("render_svaml", "--number", number.e164, "--event", "ice")
    assert json.loads(ice)["action"]["name"] == "connectPstn"
    assert why == "Recorded: “Support” v1 records every call.\n"
    ace, _ = run("render_svaml", "--number", number.e164, "--event", "ace", "--call-id", "call-7")
    options = json.loads(ace)["action"]["recordingOptions"]
    assert "/call-7-" in options["destinationUrl"]
    assert factories.WRITE_CREDENTIALS not in ace
    with pytest.raises(CommandError, match="isn’t one of your numbers"):
        run("render_svaml", "--number", "+4600000")
