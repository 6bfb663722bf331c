"""Many numbers at once: found by filters, changed as one action with a trail for each, undone, held for approval."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts import audit
from recordings_site.accounts.approvals.actions import decide
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Approval, AuditEvent
from recordings_site.policies.models import NumbersChange, PhoneNumber, SnapshotRevision
from recordings_site.policies.numbers import actions
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    """An admin who is signed in."""
    client.force_login(factories.admin())
    return client


def fresh(number: PhoneNumber) -> PhoneNumber:
    return PhoneNumber.objects.get(pk=number.pk)


def listed(client: Client, **filters: Any) -> set[int]:
    """The ids of the numbers that the list shows."""
    return {number.pk for number in client.get(reverse("numbers"), filters).context["page"].rows}


def test_the_list_is_narrowed_by_each_filter_and_by_all_of_them(admin: Client) -> None:
    policy = factories.policy()
    one = factories.number(label="Sales Lund", policy=policy)
    two = factories.number(label="", application=one.application, team=one.team, language="sv-SE")
    three = factories.number(label="Sales Malmö")
    assert listed(admin) == {one.pk, two.pk, three.pk}
    assert listed(admin, q="sales") == {one.pk, three.pk}
    assert listed(admin, q=three.digits) == {three.pk}
    assert listed(admin, application=one.application_id) == {one.pk, two.pk}
    assert listed(admin, team=three.team_id) == {three.pk}
    assert listed(admin, policy=policy.pk) == {one.pk}
    assert listed(admin, show="unassigned") == {two.pk, three.pk}
    assert listed(admin, show="unlabelled") == {two.pk}
    assert listed(admin, show="overriding") == {two.pk}
    assert listed(admin, q="sales", show="unassigned", team=three.team_id) == {three.pk}


@pytest.mark.parametrize(
    "wrong", [{"team": "999"}, {"policy": "x"}, {"show": "nothing"}, {"q": "a\0"}, {"q": "x" * 101}]
)
def test_a_filter_that_makes_no_sense_is_said_and_shows_nothing(admin: Client, wrong: dict[str, str]) -> None:
    factories.number()
    page = admin.get(reverse("numbers"), wrong)
    assert list(page.context["page"].rows) == []
    assert "Fix 1 problem" in page.content.decode()


def test_all_that_match_are_previewed_changed_and_undone(admin: Client) -> None:
    policy, old = factories.policy(name="All calls"), factories.policy(name="Old")
    team = factories.team()
    mine = [factories.number(team=team, policy=None if at else old) for at in range(60)]
    other = factories.number()
    selection = {"team": team.pk, "all": "on"}
    assert "Edit 60 numbers" in admin.post(reverse("numbers_edit"), selection).content.decode()
    wanted = {**selection, "to-policy": policy.pk, "to-label": "Campaign"}
    answer = admin.post(reverse("numbers_edit"), {**wanted, "step": "preview"})
    preview, seen = answer.content.decode(), answer.context["preview"]
    assert "59 now have none" in preview
    assert "1 now has Old" in preview
    assert "Change 60 numbers" in preview
    assert fresh(mine[0]).policy == old
    # What was typed after the preview, or chosen, was not seen.
    for other_than_seen in ({"to-label": "Typed since"}, {"to-policy": old.pk}):
        body = {**wanted, **other_than_seen, "step": "apply", "preview": seen}
        assert "Check the preview again" in admin.post(reverse("numbers_edit"), body).content.decode()
    assert not NumbersChange.objects.exists()
    done = admin.post(reverse("numbers_edit"), {**wanted, "step": "apply", "preview": seen}, follow=True)
    assert "60 numbers were changed." in done.content.decode()
    assert PhoneNumber.objects.filter(policy=policy, label="Campaign").count() == 60
    assert fresh(other).policy is None
    assert list(fresh(mine[0]).past_policies.all()) == [old]
    change = NumbersChange.objects.get()
    assert change.words == "Policy: All calls; label: Campaign"
    assert "Old" in admin.get(reverse("numbers_change", args=[change.pk])).content.decode()
    # What was changed again since stays as it is.
    PhoneNumber.objects.filter(pk=mine[1].pk).update(label="Mine")
    admin.post(reverse("numbers_change_undo", args=[change.pk]))
    assert (fresh(mine[0]).policy, fresh(mine[0]).label) == (old, mine[0].label)
    assert (fresh(mine[1]).policy, fresh(mine[1]).label) == (None, "Mine")
    again = admin.post(reverse("numbers_change_undo", args=[change.pk]), follow=True).content.decode()
    assert "This change has already been undone." in again


def test_one_action_leaves_one_row_for_it_and_one_for_each_number_in_an_unbroken_trail() -> None:
    person, policy = factories.admin(), factories.policy()
    numbers = [factories.number() for _ in range(3)]
    numbers[2].policy = policy
    numbers[2].save()
    before = SnapshotRevision.objects.first()
    made = actions.change_numbers(
        by=person, words="Policy", wanted={each.pk: {"policy_id": policy.pk} for each in numbers}
    )
    assert (made.changed, made.waiting) == (2, 0)
    rows = AuditEvent.objects.filter(action="number.changed")
    assert {row.subject_id for row in rows} == {str(each.pk) for each in numbers[:2]}
    assert rows[0].data == {"policy_id": [None, policy.pk], "change": made.change and made.change.pk}
    [whole] = AuditEvent.objects.filter(action="numbers.changed")
    assert whole.data == {"changed": 2, "added": 0, "waiting": 0}
    assert whole.subject_url == reverse("numbers_change", args=[whole.subject_id])
    assert audit.verify(AuditEvent.objects.order_by("id")).broken == ()
    after = SnapshotRevision.objects.get()
    assert after.revision == (before.revision if before else 0) + 1
    assert (
        actions.change_numbers(by=person, words="Policy", wanted={numbers[0].pk: {"policy_id": policy.pk}}).change
        is None
    )


def test_nothing_is_changed_when_the_selection_moved_or_nothing_was_chosen(admin: Client) -> None:
    policy, number = factories.policy(), factories.number()
    body = {"all": "on", "step": "preview", "to-policy": policy.pk}
    seen = admin.post(reverse("numbers_edit"), body).context["preview"]
    factories.number()
    body |= {"step": "apply", "preview": seen}
    assert "2 match now" in admin.post(reverse("numbers_edit"), body).content.decode()
    nothing = admin.post(reverse("numbers_edit"), {"numbers": [number.pk], "step": "preview"})
    assert nothing.status_code == 422
    assert "Choose a policy, team or label" in nothing.content.decode()
    both = admin.post(
        reverse("numbers_edit"), {"all": "on", "step": "preview", "to-policy": policy.pk, "to-no_policy": "on"}
    )
    assert "not both" in both.content.decode()
    none = admin.post(reverse("numbers_edit"), {}, follow=True).content.decode()
    assert "Select at least one number." in none
    gone = admin.post(reverse("numbers_edit"), {"numbers": ["99999"]}, follow=True).content.decode()
    assert "has since been archived" in gone
    assert PhoneNumber.objects.filter(policy=policy).count() == 0


def test_what_takes_a_second_admin_waits_as_one_request(settings: Any) -> None:
    settings.POLICY_APPROVAL = True
    asking, deciding = factories.admin(), factories.admin()
    policy, numbers = factories.policy(), [factories.number() for _ in range(3)]
    wanted = {each.pk: {"policy_id": policy.pk, "label": "Campaign"} for each in numbers}
    made = actions.change_numbers(by=asking, words="Policy: New", wanted=wanted)
    assert (made.changed, made.waiting) == (3, 3)
    assert (fresh(numbers[0]).policy, fresh(numbers[0]).label) == (None, "Campaign")
    with pytest.raises(Refused):
        actions.change_numbers(by=None, words="Policy: New", wanted=wanted)
    [request] = Approval.objects.waiting()
    assert request.data == {"words": "3 numbers: Policy: New"}
    decide(by=deciding, approval=request, approve=True)
    assert PhoneNumber.objects.filter(policy=policy).count() == 3
    assert made.change
    undone = actions.undo_change(by=asking, change=made.change)
    assert (undone.changed, undone.waiting) == (3, 3)
    assert (fresh(numbers[0]).policy, fresh(numbers[0]).label) == (policy, numbers[0].label)


def test_an_undo_to_a_team_that_was_deleted_meanwhile_is_refused() -> None:
    team, number = factories.team(), factories.number()
    before = number.team
    made = actions.change_numbers(by=None, words="Team", wanted={number.pk: {"team_id": team.pk}})
    before.delete()
    assert made.change
    with pytest.raises(Refused, match="team chosen for some of these numbers no longer exists"):
        actions.undo_change(by=None, change=made.change)
    assert fresh(number).team == team


def test_numbers_are_added_or_brought_back_and_an_undo_archives_them() -> None:
    known = factories.number(archived_at=factories.LONG_AGO)
    row = {"application_id": known.application_id, "team_id": known.team_id, "policy_id": None, "label": "New"}
    made = actions.change_numbers(by=None, words="Import", wanted={}, new={known.digits: row, "46812345678": row})
    assert (made.changed, made.added) == (0, 2)
    assert PhoneNumber.objects.in_use().filter(label="New").count() == 2
    assert made.change
    actions.undo_change(by=None, change=made.change)
    assert PhoneNumber.objects.in_use().count() == 0
    assert AuditEvent.objects.filter(action="number.archived").count() == 2


def test_an_auditor_sees_the_list_and_a_change_and_makes_none(client: Client) -> None:
    number = factories.number()
    made = actions.change_numbers(by=None, words="Label", wanted={number.pk: {"label": "New"}})
    assert made.change
    client.force_login(factories.user("auditor"))
    assert client.get(reverse("numbers")).status_code == 200
    page = client.get(reverse("numbers_change", args=[made.change.pk]))
    assert "Undo" not in page.content.decode()
    assert client.post(reverse("numbers_edit"), {"all": "on"}).status_code == 404
    assert client.post(reverse("numbers_change_undo", args=[made.change.pk])).status_code == 404
    client.force_login(factories.user())
    assert client.get(reverse("numbers_change", args=[made.change.pk])).status_code == 404
