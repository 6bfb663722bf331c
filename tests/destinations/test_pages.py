"""The pages of destinations: who may open them, what the forms refuse and why, and that no secret ever comes back."""

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from recordings_site.accounts.models import User
from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.tasks.models import Task

pytestmark = pytest.mark.django_db
S3 = {
    "name": "Calls",
    "bucket": "calls",
    "folder": "/eu",
    "region": "eu-central-1",
    "key_template": "{date}/{recording}.{format}",
    "write_key": "AKIAWRITEWRITEWRITE1",
    "write_secret": "canary/write+secret",
    "read_mode": "keys",
    "read_key": "AKIAREADREADREADREA2",
    "read_secret": "canary/read+secret",
}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create(email="admin@example.com", role=User.Role.ADMIN))
    return client


@pytest.fixture
def local(settings: Settings, tmp_path: Path) -> Destination:
    settings.LOCAL_STORE_ROOT = tmp_path
    return actions.create_destination(by=None, name="Demo", kind="local", bucket="demo", sets=CredentialSets("t" * 24))


def test_an_s3_destination_is_made_and_checked(admin: Client) -> None:
    answer = admin.post("/destinations/new/s3/", S3)
    made = Destination.objects.get()
    assert answer["Location"] == f"/destinations/{made.pk}/"
    assert made.url == "s3://calls/eu/"
    assert made.decrypted("write_credentials") == "AKIAWRITEWRITEWRITE1:canary/write+secret:eu-central-1"
    assert made.decrypted("read_credentials") == "AKIAREADREADREADREA2:canary/read+secret"
    assert Task.objects.filter(kind="destination.check", subject=str(made.pk)).exists()
    page = admin.get(answer["Location"]).content.decode()
    assert "…ITE1" in page
    assert "canary" not in page
    assert "s3:PutObject" in page
    assert "arn:aws:s3:::calls/eu/*" in page


def test_an_azure_and_a_google_destination_are_made(admin: Client) -> None:
    key = "a" * 86 + "=="
    azure = {"name": "Azure", "account": "acme", "bucket": "calls", "write_secret": key}
    admin.post("/destinations/new/azure/", {**azure, "read_mode": "sas", "read_secret": "sv=2024&sp=rl&sig=abc%3D"})
    made = Destination.objects.get(name="Azure")
    assert (made.url, made.read_mode) == ("azure://acme/calls/", "sas")
    assert "full control" in admin.get(f"/destinations/{made.pk}/").content.decode()
    google = {"name": "Google", "bucket": "calls", "write_key": "GOOG1EXAMPLE12345", "write_secret": "s" * 40}
    read = {"read_mode": "interoperability", "read_key": "GOOG1OTHER1234567", "read_secret": "t" * 40}
    admin.post("/destinations/new/gs/", {**google, **read})
    made = Destination.objects.get(name="Google")
    assert made.decrypted("write_credentials") == "GOOG1EXAMPLE12345:" + "s" * 40
    assert "roles/storage.objectCreator" in admin.get(f"/destinations/{made.pk}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "wrong", "says"),
    [
        ("s3", {"key_template": "{call_id}.{format}"}, "Sinch overwrites existing files"),
        ("s3", {"bucket": "no bucket"}, "invalid characters"),
        ("s3", {"region": "Frankfurt"}, "Enter a region such as"),
        ("s3", {"region": "Frankfurt am Main", "endpoint": "https://s3.example.com"}, "Enter a region such as"),
        ("s3", {"addressing": "sideways"}, "not one of the available choices"),
        ("s3", {"write_secret": ""}, "credentials Sinch uploads with"),
        ("s3", {"write_key": "", "write_secret": ""}, "credentials Sinch uploads with"),
        ("s3", {"read_key": "", "read_secret": ""}, "choose the machine"),
        ("s3", {"endpoint": "http://169.254.169.254"}, "ADDRESSES_ALLOWED"),
        ("s3", {"endpoint": "https://127.0.0.1:9000"}, "is on a private network"),
        ("s3", {"endpoint": "file:///etc/passwd"}, "https://host"),
        ("azure", {"account": "acme", "write_secret": "not base64!"}, "access key: Base64"),
        ("azure", {"account": "acme", "read_mode": "sas", "read_secret": "x" * 64}, "This isn’t a SAS"),
        ("gs", {"read_mode": "service_account", "read_secret": "{}"}, "Paste the whole file"),
        (
            "gs",
            {
                "read_mode": "service_account",
                "read_secret": json.dumps({"type": "service_account", "token_uri": "http://127.0.0.1/"}),
            },
            "token_uri must be",
        ),
    ],
)
def test_wrong_input_is_refused_with_the_remedy_and_keeps_no_secret(
    admin: Client, settings: Settings, kind: str, wrong: dict[str, str], says: str
) -> None:
    settings.ADDRESSES_ALLOWED = []
    answer = admin.post(f"/destinations/new/{kind}/", {**S3, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page.replace("&#x27;", "'")
    assert "canary" not in page
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("endpoint", "refused"),
    [("https://calls.127.0.0.1.nip", True), ("https://s3.test/calls", True), ("https://s3.test", False)],
)
def test_an_endpoint_with_the_bucket_in_it_is_refused(
    admin: Client, settings: Settings, endpoint: str, refused: bool
) -> None:
    settings.ADDRESSES_ALLOWED = ["calls.127.0.0.1.nip", "s3.test"]
    answer = admin.post("/destinations/new/s3/", {**S3, "region": "RegionOne", "endpoint": endpoint})
    assert Destination.objects.exists() is not refused
    if refused:
        assert "without the bucket" in answer.content.decode()


def test_the_page_names_what_was_learnt_of_the_store(admin: Client) -> None:
    admin.post("/destinations/new/s3/", {**S3, "addressing": "virtual"})
    made = Destination.objects.get()
    known = {"addressing": "virtual", "region": "WEUR", "server": "<b>Store</b>", "clock_ahead": -3}
    Destination.objects.update(learnt={**known, "checksums": ["CRC64NVME"]}, checked_at=made.created_at)
    page = admin.get(f"/destinations/{made.pk}/").content.decode()
    for text in ("In the host name", "as chosen", "WEUR", "&lt;b&gt;Store", "3 s behind", "CRC64NVME", "Last checked"):
        assert text in page
    # The old endpoint's ways are not the new one's.
    actions.update_destination(by=None, destination=made, name="Calls", endpoint="https://s3.example.com")
    assert Destination.objects.get().learnt == {}


@pytest.mark.parametrize("wrong", [{"endpoint": "http://10.0.0.1"}, {"region": ""}, {"bucket": ""}])
def test_a_wrong_place_does_not_make_its_credentials_look_wrong(admin: Client, wrong: dict[str, str]) -> None:
    answer = admin.post("/destinations/new/s3/", {**S3, **wrong})
    assert answer.status_code == 422
    assert list(answer.context["place"].errors) == list(wrong)
    assert not answer.context["sets"].errors


def test_a_folder_of_this_machine_is_offered_in_the_demo_alone(admin: Client, settings: Settings) -> None:
    assert "/destinations/new/local/" in admin.get("/destinations/").content.decode()
    settings.DEMO = False
    assert "/destinations/new/local/" not in admin.get("/destinations/").content.decode()
    assert admin.get("/destinations/new/local/").status_code == 404
    assert admin.post("/destinations/new/local/", {"name": "Mine", "bucket": "mine"}).status_code == 404
    assert not Destination.objects.exists()


def test_two_destinations_cannot_share_a_name(admin: Client, local: Destination) -> None:
    assert (
        "This name is taken"
        in admin.post("/destinations/new/local/", {"name": "Demo", "bucket": "other"}).content.decode()
    )


def test_replacing_one_set_leaves_the_other(admin: Client) -> None:
    admin.post("/destinations/new/s3/", S3)
    made = Destination.objects.get()
    url = f"/destinations/{made.pk}/credentials/"
    assert "canary" not in admin.get(url).content.decode()
    admin.post(url, {"write_key": "AKIANEW", "write_secret": "canary-new", "read_mode": "keys"})
    made.refresh_from_db()
    assert made.decrypted("write_credentials") == "AKIANEW:canary-new:eu-central-1"
    assert made.decrypted("read_credentials") == "AKIAREADREADREADREA2:canary/read+secret"


def test_changing_the_region_reaches_what_sinch_is_given(admin: Client) -> None:
    admin.post("/destinations/new/s3/", S3)
    made = Destination.objects.get()
    admin.post(f"/destinations/{made.pk}/edit/", {**S3, "region": "eu-west-1"})
    made.refresh_from_db()
    assert made.region == "eu-west-1"
    assert made.decrypted("write_credentials").endswith(":eu-west-1")


def test_a_local_folder_is_made_checked_and_put_away(admin: Client, settings: Settings, tmp_path: Path) -> None:
    settings.LOCAL_STORE_ROOT = tmp_path
    admin.post("/destinations/new/local/", {"name": "Demo", "bucket": "demo"})
    made = Destination.objects.get()
    page = admin.get(f"/destinations/{made.pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert actions.check_destination(destination=made)
    part = admin.get(f"/destinations/{made.pk}/", headers={"HX-Request": "true", "HX-Target": "check"}).content.decode()
    assert part.startswith('<div id="check"')
    assert "hx-trigger" not in part
    assert "Read 2,000 bytes; they match" in part
    assert list(tmp_path.rglob("*.txt")) == []
    assert admin.post(f"/destinations/{made.pk}/archive/").status_code == 302
    assert admin.post(f"/destinations/{made.pk}/check/").status_code == 404
    assert "Demo" not in admin.get("/destinations/").content.decode().split("Sinch needs a bucket")[-1]


def test_a_failing_destination_shows_since_when(admin: Client, local: Destination, tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file where the folder should be")
    assert not actions.check_destination(destination=local)
    page = admin.get("/destinations/").content.decode()
    assert "1 destination fails the check" in page
    assert "Fails" in page
    own = admin.get(f"/destinations/{local.pk}/").content.decode()
    assert "Fails" in own[: own.index("<table")]
    assert f'href="/recordings/?destination={local.pk}"' in own
    (tmp_path / "demo").unlink()
    assert actions.check_destination(destination=local)
    assert "fails the check" not in admin.get("/destinations/").content.decode()
    own = admin.get(f"/destinations/{local.pk}/").content.decode()
    assert "Works" in own[: own.index("<table")]


@pytest.mark.parametrize("role", ["support", "supervisor", "auditor"])
def test_only_admins_write_and_only_auditors_look(client: Client, local: Destination, role: str) -> None:
    client.force_login(User.objects.create(email="other@example.com", role=role))
    reads = 200 if role == "auditor" else 404
    for url in ("/destinations/", f"/destinations/{local.pk}/"):
        assert client.get(url).status_code == reads
    for url in (
        "new/local/",
        f"{local.pk}/edit/",
        f"{local.pk}/credentials/",
        f"{local.pk}/check/",
        f"{local.pk}/archive/",
    ):
        assert client.post(f"/destinations/{url}").status_code == 404
