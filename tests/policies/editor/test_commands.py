"""What the commands of policies print and keep."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recordings_site.accounts.models import AuditEvent
from recordings_site.policies.editor import publishing
from recordings_site.policies.models import Policy
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
    assert why == "Recorded: Support v1 records every call.\n"
    ace, _ = run("render_svaml", "--number", number.e164, "--event", "ace", "--call-id", "call-7")
    options = json.loads(ace)["action"]["recordingOptions"]
    assert "/call-7-" in options["destinationUrl"]
    assert factories.WRITE_CREDENTIALS not in ace
    with pytest.raises(CommandError, match="isn’t one of your numbers"):
        run("render_svaml", "--number", "+4600000")


def test_an_export_comes_back_the_same_and_names_destinations(tmp_path: Path) -> None:
    destination = factories.destination(name="Archive")
    document = {"otherwise_record": True, "how": {"destination": destination.pk}, "route": factories.CONNECT}
    factories.policy(document, name="Support")
    exported, _ = run("policies", "export")
    assert json.loads(exported)["policies"]["Support"]["how"]["destination"] == "Archive"
    file = tmp_path / "policies.json"
    file.write_text(exported)
    assert run("policies", "import", str(file))[0] == "Support: unchanged\n"
    changed = exported.replace('"otherwise_record": true', '"otherwise_record": false').replace('"Support"', '"Sales"')
    file.write_text(changed)
    assert run("policies", "import", str(file))[0] == "Sales: kept as a draft\n"
    assert (
        run("policies", "import", str(file), "--publish", "From version control")[0]
        == "Sales: published as version 1\n"
    )
    assert run("policies", "import", str(file))[0] == "Sales: unchanged\n"


def test_an_import_with_a_mistake_changes_nothing_and_names_it(tmp_path: Path) -> None:
    good = {"otherwise_record": True, "route": {"action": "hangup"}}
    file = tmp_path / "policies.json"
    file.write_text(json.dumps({"policies": {"A": good, "B": {**good, "route": {"action": "teleport"}}}}))
    with pytest.raises(CommandError, match=r"policies\.B\.route\.action: must be one of"):
        run("policies", "import", str(file))
    file.write_text(json.dumps({"policies": {"A": {**good, "how": {"destination": "Nowhere"}}}}))
    with pytest.raises(CommandError, match="no destination is named Nowhere"):
        run("policies", "import", str(file))
    assert not Policy.objects.exists()


def test_an_import_is_not_published_when_lint_calls_it_wrong(tmp_path: Path) -> None:
    file = tmp_path / "policies.json"
    nowhere = {"otherwise_record": True, "route": factories.CONNECT}
    file.write_text(json.dumps({"policies": {"A": nowhere}}))
    with pytest.raises(CommandError, match="No destination"):
        run("policies", "import", str(file), "--publish", "Because")
    assert not Policy.objects.exists()
    assert run("policies", "import", str(file))[0] == "A: kept as a draft\n"


def test_a_proposed_version_is_not_exported() -> None:
    document = {"otherwise_record": True, "route": factories.CONNECT}
    policy = factories.policy(document, name="Support")
    before, _ = run("policies", "export")
    publishing.save_draft(by=None, policy=policy, document=publishing.parse({"route": {"action": "hangup"}}))
    assert run("policies", "export")[0] == before


def test_a_dry_run_says_the_difference_in_words_and_changes_nothing(tmp_path: Path) -> None:
    route = {"action": "hangup"}
    policy = factories.policy({"otherwise_record": False, "route": factories.CONNECT}, name="Support")
    file = tmp_path / "policies.json"
    new = {"otherwise_record": False, "route": route}
    file.write_text(json.dumps({"policies": {"Support": new, "Sales": new}}))
    before, _ = run("policies", "export")
    said = run("policies", "import", str(file), "--publish", "Because", "--dry-run")[0].splitlines()
    assert said[0] == "Sales: published as version 1"
    assert "Support: published as version 2" in said
    changed = said[said.index("Support: published as version 2") + 1 : -1]
    assert any(line.startswith("  - ") and "+46700000001" in line.replace(" ", "") for line in changed)
    assert any(line.startswith("  + ") for line in changed)
    assert said[-1] == "Nothing was changed: this was a dry run."
    assert run("policies", "export")[0] == before
    assert list(Policy.objects.all()) == [policy]
    assert not AuditEvent.objects.filter(action__startswith="policy.").exists()


def test_an_import_is_the_work_of_the_admin_who_is_named(tmp_path: Path) -> None:
    admin, support = factories.admin(), factories.user()
    file = tmp_path / "policies.json"
    file.write_text(json.dumps({"policies": {"A": {"otherwise_record": False, "route": {"action": "hangup"}}}}))
    with pytest.raises(CommandError, match="No admin has the email address"):
        run("policies", "import", str(file), "--by", support.email)
    run("policies", "import", str(file), "--by", admin.email.upper())
    assert set(AuditEvent.objects.filter(action__startswith="policy.").values_list("actor_id", flat=True)) == {admin.pk}
