"""Rows are picked from a few, or by typing: each person picks among their own."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.models import Role, User
from recordings_site.accounts.picking.choices import KINDS, MOST
from recordings_site.accounts.picking.fields import PickField, PickForm, PickManyField
from recordings_site.policies.choices import NUMBERS
from recordings_site.recordings.criteria.registry import TAGS
from recordings_site.recordings.models import RecordingTag, Tag
from tests import factories

pytestmark = pytest.mark.django_db


class Sheet(PickForm):
    """A form with a pick of each kind."""

    number = PickField(NUMBERS, nothing="Any")
    teams = PickManyField(TEAMS, required=False)


@pytest.fixture
def user() -> User:
    """Somebody who sees the numbers of one team."""
    team = factories.team(name="Sales")
    for label in ("Support Malmö", "Support Lund", ""):
        factories.number(team=team, label=label)
    factories.number(label="Secret line")
    return factories.user(teams=[team])


def many(user: User) -> None:
    """More rows than a page offers."""
    team = user.teams.get()
    for index in range(MOST):
        factories.number(team=team, label=f"Line {index}")
        user.teams.add(factories.team(name=f"Group {index}"))


def filled(user: User, query: str) -> Sheet:
    return Sheet(QueryDict(query), user=user)


def suggested(user: User, kind: str, text: str = "") -> list[str]:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(f"/choices/{kind}/", {"number-text": text})
    assert answer["Cache-Control"] == "private, no-store"
    return [unescape(each) for each in re.findall(r'<option value="([^"]*)"', answer.content.decode())]


def test_a_few_rows_are_a_select_of_ones_own(user: User) -> None:
    page = str(Sheet(user=user)["number"])
    assert page.strip().startswith("<select")
    assert len(re.findall("<option", page)) == 4
    assert "Secret line" not in page


def test_many_rows_are_an_input_whose_page_does_not_grow(user: User) -> None:
    many(user)
    page = str(Sheet(user=user)["number"])
    assert 'name="number-text"' in page
    assert "<option" not in page
    number = NUMBERS.rows(user)[5]
    assert f'value="{NUMBERS.choice(number).word}"' in unescape(str(filled(user, f"number={number.pk}")["number"]))


@pytest.mark.parametrize("more", [False, True])
def test_a_row_is_picked_by_its_key_or_by_what_was_typed(user: User, more: bool) -> None:
    if more:
        many(user)
    lund = NUMBERS.rows(user).get(label="Support Lund")
    national = f"0{lund.digits[2:]}"
    spaced = f"%2B{lund.digits[:4]}+{lund.digits[4:]}"
    for query in (
        f"number={lund.pk}", "number-text=support+lund", "number-text=lund", f"number-text={national}",
        f"number-text=Support+Lund+%2B{lund.digits}", f"number=1&number-text={spaced}",
    ):  # fmt: skip
        form = filled(user, query)
        assert form.is_valid(), (query, form.errors)
        assert form.cleaned_data["number"] == lund
        assert str(form["number"].value()) == str(lund.pk)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("number-text=support", "More than one number has “support” in its name: Support Lund +"),
        ("number-text=nowhere", "No number is named “nowhere”."),
        ("number-text=Secret+line", "No number is named “Secret line”."),
        ("number-text=%21%21", "No number is named “!!”."),
        ("number=999999999999999999999999", "This number doesn’t exist"),
        ("number=x", "This number doesn’t exist"),
        ("number-text=", "This field is required."),
    ],
)
def test_what_means_no_row_or_several_is_said(user: User, query: str, says: str) -> None:
    many(user)
    form = filled(user, query)
    assert form.errors["number"][0].startswith(says)
    assert "<" in str(form["number"])


def test_the_key_of_a_row_that_one_may_not_see_picks_nothing(user: User) -> None:
    foreign = NUMBERS.rows(factories.admin()).get(label="Secret line")
    form = filled(user, f"number={foreign.pk}")
    assert not form.is_valid()
    assert "Secret" not in str(form["number"]) + str(form.errors)


def test_several_rows_are_picked_one_more_by_typing(user: User) -> None:
    first = user.teams.get()
    assert filled(user, f"teams={first.pk}")["teams"].value() == [str(first.pk)]
    many(user)
    form = filled(user, f"number=1&teams={first.pk}&teams-text=group+7")
    form.is_valid()
    assert [str(team) for team in form.cleaned_data["teams"]] == ["Sales", "Group 7"]
    page = str(form["teams"])
    assert len(re.findall('type="checkbox" name="teams"', page)) == 1
    assert 'name="teams-text"' in page
    assert "No team is named" in filled(user, "teams-text=x").errors["teams"][0]
    assert "checkbox" not in str(filled(user, "teams=x")["teams"])


def test_suggestions_are_few_and_ones_own_whatever_is_typed(user: User) -> None:
    assert suggested(user, "numbers", "malmo") == [NUMBERS.choice(NUMBERS.rows(user).get(label="Support Malmö")).word]
    many(user)
    assert len(suggested(user, "numbers")) == len(suggested(user, "numbers", "+4")) == MOST
    assert suggested(user, "numbers", "secret") == []
    assert suggested(factories.user(), "numbers") == []
    assert len(suggested(factories.admin(), "numbers", "secret")) == 1
    assert suggested(user, "teams", "sal") == ["Sales"]
    tag = Tag.objects.create(name="<vip>")
    assert suggested(user, "tags", "VIP") == [], "on no recording that one sees"
    recording = factories.recording(number=NUMBERS.rows(user).get(label="Support Malmö"))
    RecordingTag.objects.create(recording=recording, tag=tag, author=user)
    assert suggested(user, "tags", "VIP") == ["<vip>"]
    assert TAGS.by_key("<vip>", user)


def test_each_kind_suggests_to_each_role_what_they_may_see() -> None:
    number = factories.number(label="Support", policy=factories.policy())
    stranger, colleague = factories.user(teams=[factories.team()]), factories.user(teams=[number.team])
    rows = {
        "numbers": {number.label}, "numbers-in-use": {number.label}, "teams": {str(number.team)},
        "applications-in-use": {str(number.application)},
    }  # fmt: skip
    everybodys = {"policies", "policies-in-use", "destinations", "destinations-in-use", "tags"}
    assert set(KINDS) == {*rows, *everybodys}
    for kind, own in rows.items():
        for person in (factories.admin(), factories.user(Role.AUDITOR)):
            assert any(word.startswith(tuple(own)) for word in suggested(person, kind)), kind
        assert not any(word.startswith(tuple(own)) for word in suggested(stranger, kind)), kind
        sees = any(word.startswith(tuple(own)) for word in suggested(colleague, kind))
        assert sees == (kind != "applications-in-use")


def test_there_are_no_suggestions_of_an_unknown_kind_nor_for_who_is_not_signed_in(client: Client) -> None:
    assert client.get("/choices/numbers/").status_code == 302
    client.force_login(factories.admin())
    assert client.get("/choices/people/").status_code == 404
    assert client.post("/choices/numbers/").status_code == 405
