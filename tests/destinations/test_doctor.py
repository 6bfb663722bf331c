"""The check tells right set-ups from wrong ones on real servers, each with its remedy, and leaves nothing behind."""

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from recordings_site.accounts.models import AuditEvent
from recordings_site.destinations import actions, doctor
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.destinations.steps import BAD, OK, SKIPPED, STEPS, WARN, CheckStep
from tests.destinations import made
from tests.stores import azurite as azure
from tests.stores import swift as s3
from tests.stores.azurite import Azurite
from tests.stores.faults import faulty_server
from tests.stores.google import Google
from tests.stores.swift import Swift

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
SECRETS = (s3.OWNER[1], s3.WRITER[1], s3.READER[1], azure.KEY, "wr0ng")
Names = Callable[[], str]


def examined(destination: Destination) -> dict[str, CheckStep]:
    """The steps of a check, kept as the page shows them."""
    actions.check_destination(destination=destination)
    destination.refresh_from_db()
    steps = {step["name"]: CheckStep(**step) for step in destination.check_result}
    assert list(steps) == list(STEPS)
    assert not any(secret in str(destination.check_result) for secret in SECRETS)
    return steps


def outcomes(steps: dict[str, CheckStep]) -> dict[str, str]:
    return {name: step.outcome for name, step in steps.items()}


def test_a_right_set_up_on_s3(swift: Swift, fresh_name: Names) -> None:
    destination = made.on_swift(swift, swift.make_bucket(fresh_name()))
    steps = examined(destination)
    assert all(step.outcome in (OK, SKIPPED) for step in steps.values()), steps
    assert steps["write_only"].outcome == OK
    assert "as entered" in steps["place"].text
    assert steps["clock"].outcome == OK
    assert destination.failing_since is None


def test_nothing_is_left_behind(swift: Swift, fresh_name: Names) -> None:
    bucket = swift.make_bucket(fresh_name())
    assert examined(made.on_swift(swift, bucket, write=s3.OWNER))["remove"].text == "Deleted."
    assert swift.client().list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_swapped_keys(swift: Swift, fresh_name: Names) -> None:
    steps = examined(made.on_swift(swift, swift.make_bucket(fresh_name()), write=s3.READER, read=s3.WRITER))
    assert steps["write"].outcome == BAD
    assert "swapped" in steps["write"].text
    # What follows is as it will be when they are in their places.
    assert {steps[name].outcome for name in STEPS if name != "write"} == {OK}


def test_two_destinations_in_one_folder_are_checked_at_once(swift: Swift, fresh_name: Names) -> None:
    bucket = swift.make_bucket(fresh_name())
    destinations = [made.on_swift(swift, bucket, name=name) for name in ("One", "Two")]
    for steps in zip(*map(doctor.examine, destinations), strict=True):
        assert {step.outcome for step in steps} <= {OK, SKIPPED}, steps


def test_a_write_key_that_can_read(swift: Swift, fresh_name: Names) -> None:
    steps = examined(made.on_swift(swift, swift.make_bucket(fresh_name()), write=s3.OWNER))
    assert steps["write_only"].outcome == WARN
    assert "read and list" in steps["write_only"].text
    assert {steps[name].outcome for name in ("write", "list", "stat", "range", "remove")} == {OK}


@pytest.mark.parametrize("which", ["write", "read"])
def test_a_wrong_secret(swift: Swift, fresh_name: Names, which: str) -> None:
    right = s3.WRITER if which == "write" else s3.READER
    steps = examined(made.on_swift(swift, swift.make_bucket(fresh_name()), **{which: (right[0], "wr0ng")}))
    failed = steps["write" if which == "write" else "list"]
    assert failed.outcome == BAD
    assert "The secret key doesn’t match the access key" in failed.text
    assert steps["list" if which == "write" else "write"].outcome == OK


def test_a_missing_bucket(swift: Swift) -> None:
    steps = examined(made.on_swift(swift, "no-such-bucket"))
    assert {steps[name].outcome for name in ("write", "list")} == {BAD}
    assert "Bucket not found: no-such-bucket" in steps["write"].text


def test_a_wrong_region(swift: Swift, fresh_name: Names) -> None:
    steps = examined(made.on_swift(swift, swift.make_bucket(fresh_name()), region="us-west-2"))
    assert steps["place"].outcome == BAD
    assert "Change the region to eu-central-1" in steps["place"].remedy


@pytest.mark.parametrize("region", ["us-east-1", "default", "WEUR", "store-7"])
def test_a_store_with_its_own_name_for_the_region_is_no_fault(region: str) -> None:
    location = f"<LocationConstraint>{region}</LocationConstraint>".encode()
    with faulty_server() as faulty:
        faulty.says(200, location, headers='ETag: "1"\r\nServer: SomeStore/7\r\n')
        destination = made.on_swift(faulty, "calls")  # type: ignore[arg-type]  # only its endpoint is asked for
        steps = examined(destination)
    assert steps["place"].outcome == OK
    assert f"reports the region as {region}." in steps["place"].text
    assert (destination.learnt["region"], destination.learnt["server"]) == (region, "SomeStore/7")


@pytest.mark.parametrize(
    ("code", "says", "remedy"),
    [
        ("SecondLevelDomainForbidden", "in the host name", "addressing to automatic"),
        ("KMS.DisabledException", "(KMS) is disabled", "Enable the key"),
        ("UserProjectMissing", "requester pays", "Turn off “requester pays”"),
        ("InvalidObjectState", "archive tier", "Restore it in the storage console"),
    ],
)
def test_each_refusal_has_its_remedy(code: str, says: str, remedy: str) -> None:
    with faulty_server() as faulty:
        faulty.refuses(403, code)
        destination = made.on_swift(faulty, "calls", addressing="path")  # type: ignore[arg-type]
        step = examined(destination)["write"]
    assert says in step.text
    assert code in step.text
    assert remedy in step.remedy


def test_what_is_learnt_of_the_store_is_kept_and_used(swift: Swift, azurite: Azurite, fresh_name: Names) -> None:
    destination = made.on_swift(swift, swift.make_bucket(fresh_name()))
    examined(destination)
    assert destination.learnt["addressing"] == "path"
    assert destination.location.addressing == "path"
    assert abs(destination.learnt["clock_ahead"]) <= 60
    on_azure = made.on_azurite(azurite, azurite.make_container(fresh_name()))
    examined(on_azure)
    assert "Azurite" in on_azure.learnt["server"]
    assert on_azure.learnt["checksums"] == ["MD5"]
    assert on_azure.location.addressing == ""


def test_right_wrong_and_missing_on_azure(azurite: Azurite, fresh_name: Names) -> None:
    right = examined(made.on_azurite(azurite, azurite.make_container(fresh_name())))
    assert right["write_only"].outcome == WARN
    assert "full control" in right["write_only"].text
    assert {right[name].outcome for name in ("write", "list", "stat", "range", "remove")} == {OK}
    wrong = examined(made.on_azurite(azurite, azurite.make_container(fresh_name()), key=azure.KEY[:-4] + "AAAA"))
    assert (wrong["write"].outcome, wrong["list"].outcome) == (BAD, OK)
    assert "account key or SAS is wrong" in wrong["write"].text
    missing = examined(made.on_azurite(azurite, "no-such-container", read=azure.KEY))
    assert "Container not found" in missing["write"].text


def test_interoperability_keys_and_a_service_account(swift: Swift, google: Google, fresh_name: Names) -> None:
    interoperability = outcomes(examined(made.on_interoperability(swift, swift.make_bucket(fresh_name()))))
    assert {interoperability[name] for name in ("write", "write_only", "list", "stat", "range", "remove")} == {OK}
    account = outcomes(examined(made.on_google(google, google.make_bucket(fresh_name()))))
    assert {account[name] for name in ("write", "list", "stat", "range", "remove")} == {OK}


def test_a_store_that_is_down_or_busy(fresh_name: Names) -> None:
    with faulty_server() as faulty:
        faulty.refuses(503, "SlowDown")
        destination = made.on_swift(faulty, "calls")  # type: ignore[arg-type]  # only its endpoint is asked for
        steps = examined(destination)
    assert "temporarily unavailable" in steps["write"].text
    assert "then try again" in steps["write"].remedy


def test_failing_and_mended_are_written_down_once_each(swift: Swift, fresh_name: Names) -> None:
    bucket = fresh_name()
    destination = made.on_swift(swift, bucket)
    examined(destination)
    since = destination.failing_since
    assert since is not None
    examined(destination)
    assert destination.failing_since == since
    swift.make_bucket(bucket)
    examined(destination)
    assert destination.failing_since is None
    report_step = AuditEvent.objects.filter(action__in=("destination.failing", "destination.mended")).order_by("id")
    assert [event.action for event in report_step] == ["destination.failing", "destination.mended"]


def test_a_secret_that_does_not_open_is_a_failed_step(swift: Swift, fresh_name: Names) -> None:
    destination = made.on_swift(swift, swift.make_bucket(fresh_name()))
    other = made.on_swift(swift, "other", name="Other")
    Destination.objects.filter(pk=destination.pk).update(write_credentials=other.write_credentials)
    steps = examined(Destination.objects.get(pk=destination.pk))
    assert steps["write"].outcome == BAD
    assert "belongs to something else" in steps["write"].text


def test_the_command_shows_each_step_and_fails_with_the_destination(swift: Swift, fresh_name: Names) -> None:
    good = made.on_swift(swift, swift.make_bucket(fresh_name()), name="Good")
    out = io.StringIO()
    call_command("check_destination", "Good", stdout=out)
    assert "ok    Write credentials: write a test file: Wrote 4096 bytes" in out.getvalue()
    actions.replace_credentials(by=None, destination=good, sets=CredentialSets(read="AKIA:wr0ng"))
    with pytest.raises(CommandError, match="Good: the check failed"):
        call_command("check_destination", stdout=out)
    assert "FAIL  Read credentials: list files" in out.getvalue()
    assert "wr0ng" not in out.getvalue()
    with pytest.raises(CommandError, match="No destination is named “Nothing”"):
        call_command("check_destination", "Nothing", stdout=out)
