"""How heavy pages are: bytes of a row, as it is written and as it is sent. A page has fifty, also on a phone."""

import gzip
from collections.abc import Sequence

import pytest
from django.test import Client

from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.models import CallSummary
from tests import factories

pytestmark = pytest.mark.django_db
SAID = "I was charged twice for order {}, and I would like a refund for one of them."
# At most so many bytes of a row: written, and compressed.
LIMITS = {"/recordings/": (1700, 110), "/search/?q=refund": (1850, 105), "/calls/": (1000, 45)}


def calls(numbers: Sequence[PhoneNumber], places: range) -> None:
    """Make calls with all that a row shows of one."""
    for place in places:
        digits = f"4670174{place:04}"
        call = factories.call(number=numbers[place % 3], caller=f"+{digits}", caller_digits=digits)
        recording = factories.recording(call=call)
        talk = [["Speaker 1", 40], ["Speaker 2", 45]]
        CallSummary.objects.create(recording=recording, excerpt=SAID.format(place), talk=talk, silence=15)
        lines = [(1.0, "Speaker 1", "Good morning."), (5.0, "Speaker 2", SAID.format(place))]
        search.index(factories.transcript(recording, lines))


def test_a_row_is_light() -> None:
    browser = Client()
    browser.force_login(factories.admin())
    numbers = [factories.number(label=label) for label in ("Support Stockholm", "Billing", "Sales")]
    calls(numbers, range(3))
    few = {path: browser.get(path).content for path in LIMITS}
    calls(numbers, range(3, 15))
    heavy = {}
    for path, (most, most_sent) in LIMITS.items():
        page = browser.get(path).content
        written = (len(page) - len(few[path])) / 12
        sent = (len(gzip.compress(page)) - len(gzip.compress(few[path]))) / 12
        assert written > 300, path
        if written > most or sent > most_sent:
            heavy[path] = (written, sent)
    assert heavy == {}
