"""Two admins have the same form open: who saves last is told what the other changed, before anything is replaced."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from recordings_site.policies.editor import publishing
from recordings_site.policies.editor.forms import PolicyForm
from recordings_site.policies.engine.schema.document import parse
from tests import factories
from tests.policies.editor.test_declared_fields import as_browsers_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    """A signed-in admin."""
    client.force_login(factories.admin())
    return client


def as_posted(form: Form) -> dict[str, Any]:
    """What a browser posts of a form that nobody changed."""
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def shown(page: Any) -> dict[str, Any]:
    """What the form of a page posts."""
    form = page.context["form"]
    return as_browsers_post(form) if isinstance(form, PolicyForm) else as_posted(form)


def saved(response: HttpResponse) -> bool:
    """Whether a form was taken."""
    return response.status_code == 302


def recorded_policy() -> Model:
    """A policy whose form can be saved as it is."""
    how = {"destination": factories.destination().pk}
    return factories.policy({"otherwise_record": True, "how": how, "route": factories.CONNECT})


EDITED: list[tuple[str, Callable[[], Model], str, Any, Any, str]] = [
    ("person", lambda: factories.user(name="Old"), "name", "Mine", "Theirs", "Name is now “Theirs”"),
    ("team", lambda: factories.team(name="Old"), "name", "Mine", "Theirs", "Team name is now “Theirs”"),
    ("number", factories.number, "label", "Mine", "Theirs", "Label is now “Theirs”"),
    ("application", factories.application, "region", "euc1", "use1", "Region is now “North America (use1)”"),
    ("destination_edit", factories.destination, "folder", "mine/", "theirs/", "Folder is now “theirs/”"),
    ("policy", recorded_policy, "name", "Mine", "Theirs", "Name is now “Theirs”"),
]


@pytest.mark.parametrize(("page", "made", "field", "mine", "theirs", "said"), EDITED)
def test_who_saves_last_is_told_what_the_other_changed(
    admin: Client, page: str, made: Callable[[], Model], field: str, mine: str, theirs: str, said: str
) -> None:
    row = made()
    url = reverse(page, args=[row.pk])
    before = shown(admin.get(url))
    assert saved(admin.post(url, before | {field: theirs}))
    refused = admin.post(url, before | {field: mine})
    assert not saved(refused)
    assert said in unescape(refused.content.decode())
    entries = shown(refused)
    assert entries[field] == mine
    assert saved(admin.post(url, entries))
    assert shown(admin.get(url))[field] == mine


@pytest.mark.parametrize(("page", "made", "field", "mine", "theirs", "said"), EDITED)
def test_a_form_that_nobody_else_touched_is_saved_twice(
    admin: Client, page: str, made: Callable[[], Model], field: str, mine: str, theirs: str, said: str
) -> None:
    url = reverse(page, args=[made().pk])
    for value in (mine, theirs):
        assert saved(admin.post(url, shown(admin.get(url)) | {field: value}))


def test_a_rule_that_was_added_meanwhile_is_not_lost_in_the_draft(admin: Client) -> None:
    place = factories.destination().pk
    policy = factories.policy({"rules": [], "how": {"destination": place}, "route": factories.CONNECT})
    url = reverse("policy", args=[policy.pk])
    before = shown(admin.get(url))
    rules = [{"record": True, "when": {"callers": ["+4670*"]}}]
    theirs = parse({"rules": rules, "how": {"destination": place}, "route": factories.CONNECT})
    publishing.save_draft(by=None, policy=policy, document=theirs)
    # The form is shown again with one more rule; that is no consent to lose the other's.
    rearranged = admin.post(url, before | {"do": "add_rule"})
    again = admin.post(url, before | {"seen": shown(rearranged)["seen"]})
    assert not saved(again)
    assert "the draft" in again.content.decode()
    policy.refresh_from_db()
    assert policy.draft == theirs.to_dict()


def test_only_the_draft_that_was_looked_at_is_published(admin: Client) -> None:
    place = factories.destination().pk
    document = {"otherwise_record": True, "how": {"destination": place}, "route": factories.CONNECT}
    policy = publishing.create_policy(by=None, name="Published", document=parse(document))
    url = reverse("policy_publish", args=[policy.pk])
    seen = admin.get(url).context["seen"]
    publishing.save_draft(by=None, policy=policy, document=parse(document | {"otherwise_record": False}))
    refused = admin.post(url, {"reason": "as agreed", "seen": seen})
    assert not saved(refused)
    assert "Someone else changed the draft" in refused.content.decode()
    assert saved(admin.post(url, {"reason": "as agreed", "seen": refused.context["seen"]}))


def test_a_relay_that_was_set_meanwhile_stays(admin: Client) -> None:
    application = factories.application()
    page = admin.get(reverse("connect", args=[application.pk]))
    before = as_posted(page.context["relay_form"])
    url = reverse("connect_relay", args=[application.pk])
    assert saved(admin.post(url, before | {"timeout_ms": "900"}))
    refused = admin.post(url, before | {"timeout_ms": "1500"})
    assert not saved(refused)
    assert "Limit is now “900”" in unescape(refused.content.decode())
