"""The palette: where a typed text leads, within what one may see."""

import pytest
from django.test import Client

from recordings_site.recordings.models import SavedSearch
from recordings_site.recordings.palette.queries import Entry, entries_for, shown
from tests import factories

pytestmark = pytest.mark.django_db


def kinds(text: str, person: object) -> dict[str, str]:
    return {each.label: each.kind for each in entries_for(text, person)}  # type: ignore[arg-type]


def test_without_a_text_it_lists_ones_pages() -> None:
    assert set(kinds("", factories.user()).values()) == {"Page"}
    assert "Policies" not in kinds("", factories.user())
    assert "Policies" in kinds("", factories.admin())


def test_digits_lead_to_the_calls_and_recordings_of_a_caller() -> None:
    number = factories.number(label="Support")
    call = factories.call(number=number, caller="+46701740660", caller_digits="46701740660")
    found = kinds("0660", factories.user(teams=[number.team]))
    assert found["Recordings of callers with 0660"] == "Recordings"
    assert any(label.startswith("+46 70 174 06 60,") and kind == "Call" for label, kind in found.items())
    heard = factories.recording(call=call, number=number)
    [entry] = [each for each in entries_for("0660", factories.user(teams=[number.team])) if each.kind == "Recording"]
    assert entry.label.startswith("+46 70 174 06 60, Support, ")
    assert entry.url == f"/recordings/{heard.pk}/"
    assert list(kinds("0660", factories.user())) == ["Search calls for “0660”"]


def test_names_lead_to_numbers_people_actions_and_saved_searches() -> None:
    admin = factories.admin()
    factories.number(label="New York")
    factories.user(name="Newton")
    SavedSearch.objects.create(owner=admin, name="New complaints", page="recordings", query="state=late")
    found = kinds("new", admin)
    assert {"New policy": "Action", "Newton": "Person", "New complaints": "Saved search"}.items() <= found.items()
    assert any(label.startswith("New York") for label in found)
    agents = kinds("new", factories.user())
    assert not {"Person", "Action"} & set(agents.values())


def test_the_list_is_short_and_ends_with_the_search() -> None:
    many = [Entry("user", str(place), "Person", "/") for place in range(30)]
    assert len(shown(many)) == 12
    assert shown(many)[-1] == many[-1]


def test_what_is_typed_is_escaped_and_the_answer_is_no_page() -> None:
    client = Client()
    client.force_login(factories.user())
    answer = client.get("/palette/", {"go": "<b>\0"})
    assert answer["Content-Type"].startswith("text/plain")
    assert "&lt;b&gt;" in answer.content.decode()
