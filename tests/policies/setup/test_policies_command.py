"""A set-up is exported to a file, and another site is brought in line with it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from recordings_site.accounts.models import Approval, AuditEvent, Team
from recordings_site.destinations.models import Destination
from recordings_site.policies.editor import publishing
from recordings_site.policies.models import Application, CallbackMode, NumbersChange, PhoneNumber, Policy, PolicyVersion
from tests import factories

pytestmark = pytest.mark.django_db

HANGUP = {"action": "hangup"}
KEY = "1f9b6c52-7c1f-4a8e-9d3c-2f6b8a4e0d11"


def run(*args: str) -> str:
    """Standard output of the command."""
    out = StringIO()
    call_command("policies", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a test."""
    return tmp_path / "setup.json"


def load(file: Path, data: Any, *args: str) -> list[str]:
    """The lines that an import of `data` prints."""
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    return run("import", str(file), *args).splitlines()


def a_site() -> None:
    """A set-up with one of everything."""
    place = factories.destination(name="Archive")
    document = {"otherwise_record": True, "how": {"destination": place.pk}, "route": factories.CONNECT}
    policy = factories.policy(document, name="Support")
    application = factories.application(
        name="Main", key=KEY, country="SE", default_route=factories.CONNECT, callout_policy=policy,
        callback_mode=CallbackMode.RELAY, upstream_url="https://8.8.8.8/sinch", upstream_timeout_ms=1500,
    )  # fmt: skip
    team = factories.team(name="Berlin")
    factories.number(
        digits="46812345678", label="Hotline", application=application, team=team, policy=policy, destination=place,
        language="sv-SE",
    )  # fmt: skip


def empty_the_site() -> None:
    """Another installation, which has the destination alone."""
    PhoneNumber.objects.all().delete()
    Application.objects.all().delete()
    Policy.objects.update(published=None)
    PolicyVersion.objects.all().delete()
    Policy.objects.all().delete()
    Team.objects.all().delete()


def test_a_whole_set_up_moves_to_another_site_and_is_exported_there_as_the_same_file(file: Path) -> None:
    a_site()
    run("export", str(file))
    exported = file.read_text()
    assert run("import", str(file)) == "Nothing differs.\n"
    empty_the_site()
    lines = load(file, exported, "--publish", "Moved from the test site")
    whats = [line for line in lines if not line.startswith(" ")]
    assert whats == [
        "team Berlin: added",
        "policy Support: published as version 1",
        "application Main: added without its secret. Enter it under Applications; until then, its calls are rejected",
        "number +46812345678: added",
    ]
    assert run("export") == exported
    number = PhoneNumber.objects.get(digits="46812345678")
    assert (number.label, str(number.policy), str(number.destination)) == ("Hotline", "Support", "Archive")
    assert (number.application.upstream_timeout_ms, number.application.secret) == (1500, "")
    assert run("import", str(file), "--publish", "Again") == "Nothing differs.\n"
    assert AuditEvent.objects.filter(action="setup.imported").count() == 1
    assert AuditEvent.objects.filter(action="setup.exported").count() == 2


def test_no_secret_is_ever_in_the_file(file: Path) -> None:
    a_site()
    application = Application.objects.get()
    exported = run("export")
    for secret in (application.secret, factories.SECRET, factories.WRITE_CREDENTIALS):
        assert secret
        assert secret not in exported
    assert not {"secret", "second_secret"} & json.loads(exported)["applications"]["Main"].keys()


def test_a_dry_run_says_each_difference_in_words_and_changes_nothing(file: Path) -> None:
    a_site()
    before = run("export")
    data = json.loads(before)
    data["teams"].append("Oslo")
    data["applications"]["Main"] |= {"country": "NO", "default_route": HANGUP, "callout_policy": None}
    data["policies"]["Support"]["route"] = HANGUP
    data["numbers"]["+46812345678"] |= {"team": "Oslo", "language": None}
    rows = AuditEvent.objects.count()
    lines = load(file, data, "--publish", "Because", "--dry-run")
    assert lines[0] == "team Oslo: added"
    assert "policy Support: published as version 2" in lines
    assert any(line.startswith("  - ") and "+46700000001" in line.replace(" ", "") for line in lines)
    assert lines[lines.index("application Main: changed") + 1 :][:3] == [
        "  country: SE → NO",
        "  callout policy: Support → none",
        "  default route: Connect by phone to +46700000001 → Hang up",
    ]
    assert lines[lines.index("number +46812345678: changed") + 1 :] == [
        "  team: Berlin → Oslo",
        "  language: sv-SE → none",
        "Nothing was changed: this was a dry run.",
    ]
    assert AuditEvent.objects.count() == rows
    assert run("export") == before
    load(file, data, "--publish", "Because")
    assert load(file, data, "--publish", "Because") == ["Nothing differs."]
    assert NumbersChange.objects.count() == 1, "the change of the numbers can be undone on their page"


def test_what_the_file_leaves_out_stays(file: Path) -> None:
    a_site()
    before = run("export")
    assert load(file, {"teams": ["BERLIN"], "applications": {"Main": {}}}) == ["Nothing differs."]
    data = {"numbers": {"+46812345678": {"label": "Front desk"}}}
    assert load(file, data) == ["number +46812345678: changed", "  label: Hotline → Front desk"]
    assert run("export") == before.replace("Hotline", "Front desk")


def test_an_application_keeps_the_key_of_its_installation(file: Path) -> None:
    a_site()
    exported = run("export")
    other = "2f9b6c52-7c1f-4a8e-9d3c-2f6b8a4e0d11"
    assert load(file, exported.replace(KEY, other)) == ["Nothing differs."]
    assert Application.objects.get().key == KEY


def test_policies_become_drafts_unless_a_reason_is_given_and_only_once(file: Path) -> None:
    data = {"policies": {"Sales": {"otherwise_record": False, "route": HANGUP}}}
    assert load(file, data)[0] == "policy Sales: kept as a draft"
    assert load(file, data) == ["Nothing differs."]
    assert load(file, data, "--publish", "From version control")[0] == "policy Sales: published as version 1"
    assert load(file, data, "--publish", "From version control") == ["Nothing differs."]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{", "Expecting property name"),
        ("[" * 100_000, "nested too deeply"),
        ('{"teams": [], "teams": []}', "“teams” appears twice"),
        ('{"teams": NaN}', "NaN isn’t JSON"),
        ('{"policies": {"A": {"say": "\\u0000"}}}', "NUL character"),
        ([], "file: must be a JSON object"),
        ({}, "file: is empty"),
        ({"format": 2}, "format: must be 1"),
        ({"people": {}}, "people: isn’t a section"),
        ({"teams": "Berlin"}, "teams: must be a list of names"),
        ({"teams": ["x" * 101]}, "must have a name of 1 to 100"),
        ({"policies": []}, "policies: must be an object keyed by name"),
        ({"policies": {"A": 1}}, r"policies\.A: must be an object"),
        ({"policies": {"A": {"route": {"action": "teleport"}}}}, r"policies\.A\.route\.action: must be one of"),
        (
            {"policies": {"A": {"how": {"destination": "Nowhere"}, "route": HANGUP}}},
            r"policies\.A\.how\.destination: no destination is named Nowhere; create it first.*Existing ones: Archive",
        ),
        ({"applications": {"Main": {"secret": "c2VjcmV0"}}}, r"applications\.Main\.secret: must not be in the file"),
        ({"applications": {"Main": {"kea": 1}}}, r"applications\.Main\.kea: isn’t a known field"),
        ({"applications": {"Main": {"country": "XX"}}}, "two letters, such as SE"),
        ({"applications": {"Main": {"upstream_url": "https://u:p@example.com/"}}}, "Remove the user name"),
        ({"applications": {"Main": {"upstream_url": "http://169.254.169.254/"}}}, r"applications\.Main\.upstream_url"),
        ({"applications": {"Main": {"upstream_url": ""}}}, "A relay needs it"),
        ({"applications": {"Main": {"callout_policy": "None such"}}}, "no policy is named None such; .* Support"),
        ({"applications": {"Main": {"default_route": {"action": "fly"}}}}, r"default_route\.action: must be one of"),
        ({"applications": {"New": {"default_route": HANGUP}}}, r"applications\.New\.key: isn’t an application key"),
        ({"applications": {"New": {"key": KEY}}}, "is the key of the application Main"),
        ({"numbers": {"+46812345678": {"policy": "None such"}}}, r"numbers\.\+46812345678\.policy: no policy is named"),
        ({"numbers": {"+46812345678": {"team": None}}}, "a number needs a team"),
        ({"numbers": {"+46812345678": {"label": 5}}}, "must be text or null"),
        ({"numbers": {"+46812345678": {"owner": "x"}}}, "isn’t a known field"),
        ({"numbers": {"12": {}}}, r"numbers\.12: “12”"),
        ({"numbers": {"+46812345679": {"team": "Berlin"}}}, r"numbers\.\+46812345679\.application: the application is"),
    ],
)
def test_a_mistake_is_named_with_its_remedy_and_nothing_is_imported(file: Path, data: Any, told: str) -> None:
    a_site()
    before = run("export")
    with pytest.raises(CommandError, match=told) as refused:
        load(file, data)
    assert str(refused.value).startswith("Nothing was imported.")
    assert run("export") == before


def test_every_mistake_of_a_file_is_named_at_once(file: Path) -> None:
    wrong = {"otherwise_record": True, "route": {"action": "teleport"}}
    with pytest.raises(CommandError) as refused:
        load(file, {"policies": {"A": wrong, "B": wrong}, "applications": {"Main": {"key": "x"}}})
    assert len(str(refused.value).splitlines()) == 5
    assert not Policy.objects.exists()


def test_the_name_of_what_is_archived_is_refused(file: Path) -> None:
    a_site()
    exported = run("export")
    Policy.objects.update(archived_at=factories.LONG_AGO)
    with pytest.raises(CommandError, match=r"archived policy\. Rename it"):
        load(file, exported)


def test_an_import_is_not_published_when_lint_calls_it_wrong(file: Path) -> None:
    nowhere = {"policies": {"A": {"otherwise_record": True, "route": factories.CONNECT}}}
    with pytest.raises(CommandError, match="No destination"):
        load(file, nowhere, "--publish", "Because")
    with pytest.raises(CommandError, match="Shorten it"):
        load(file, nowhere, "--publish", "x" * 301)
    assert not Policy.objects.exists()
    assert load(file, nowhere)[0] == "policy A: kept as a draft"


def test_a_proposed_version_is_not_exported() -> None:
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT}, name="Support")
    before = run("export")
    publishing.save_draft(by=None, policy=policy, document=publishing.parse({"route": HANGUP}))
    assert run("export") == before


def test_an_import_is_the_work_of_the_admin_who_is_named(file: Path) -> None:
    admin, support = factories.admin(), factories.user()
    data = {"teams": ["Oslo"], "policies": {"A": {"otherwise_record": False, "route": HANGUP}}}
    with pytest.raises(CommandError, match="No admin has the email address"):
        load(file, data, "--by", support.email)
    load(file, data, "--by", admin.email.upper())
    assert set(AuditEvent.objects.values_list("actor_id", flat=True)) == {admin.pk}


def test_what_takes_a_second_admin_waits(file: Path, settings: Settings) -> None:
    a_site()
    settings.POLICY_APPROVAL = True
    admin, _ = factories.admin(), factories.admin()
    data = json.loads(run("export"))
    data["applications"]["Main"]["default_route"] = HANGUP
    data["policies"]["Support"]["route"] = HANGUP
    data["numbers"]["+46812345678"] |= {"policy": None, "label": "Front desk"}
    with pytest.raises(CommandError, match="--by"):
        load(file, data, "--publish", "Because")
    lines = load(file, data, "--publish", "Because", "--by", admin.email)
    assert "policy Support: proposed as version 2" in lines
    assert "application Main: is waiting for another admin’s approval" in lines
    assert "number +46812345678: changed; some changes are waiting for another admin’s approval" in lines
    assert Approval.objects.count() == 2
    assert PhoneNumber.objects.get().policy is not None
    assert Destination.objects.count() == 1
    again = load(file, data, "--publish", "Because", "--by", admin.email)
    assert not any(line.startswith("policy") for line in again), "it is proposed once"
