"""What people paste as credentials is taken apart or refused with words; it is never kept whole and never shown."""

import json

import pytest
from django.test import Client

from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.sinch.errors import CredentialsError
from tests import factories

pytestmark = pytest.mark.django_db
ID, SECRET = "AKIAWRITEWRITEWRITE1", "canary/write+secret0123456789abcdefghijk"
KEY = "c2VjcmV0" * 10 + "canary=="
SAS = "sv=2024-08-04&st=2026-01-01&se=2027-01-01&sr=c&sp=rl&sig=canary%3D"
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY};EndpointSuffix=core.windows.net"
HMAC, HMAC_SECRET = "GOOG1EACCESSABCDEFGH", "canary" + "s" * 34
PLACES = {
    "s3": {"name": "Calls", "bucket": "calls", "region": "eu-central-1", "read_mode": "ambient"},
    "azure": {"name": "Calls", "account": "acme", "bucket": "calls", "read_mode": "ambient"},
    "gs": {"name": "Calls", "bucket": "calls", "read_mode": "ambient"},
}
TEMPLATE = {"folder": "", "key_template": "{recording}.{format}"}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(factories.admin())
    return client


def posted(admin: Client, kind: str, **entered: str) -> tuple[Destination | None, str]:
    """The destination that was made, and the page; no secret is ever on it."""
    answer = admin.post(f"/destinations/new/{kind}/", {**PLACES[kind], **TEMPLATE, **entered})
    page = answer.content.decode().replace("&#x27;", "'")
    assert "canary" not in page.lower()
    return Destination.objects.first(), page


@pytest.mark.parametrize("field", ["write_key", "write_secret"])
@pytest.mark.parametrize(
    "text",
    [
        f"{ID}:{SECRET}",
        f"{ID}:{SECRET}:us-east-1",
        f"{ID} {SECRET}",
        f"{ID}\n{SECRET}",
        f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\nregion = eu-west-1\n",
        f"[default]aws_access_key_id = {ID}aws_secret_access_key = {SECRET}region = eu-west-1",
        f"export AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY='{SECRET}'",
        f"aws_access_key_id={ID};aws_secret_access_key={SECRET}",
        f"Access key ID,Secret access key\r\n{ID},{SECRET}\r\n",
        json.dumps({"AccessKey": {"UserName": "sinch", "AccessKeyId": ID, "SecretAccessKey": SECRET}}),
    ],
)
def test_amazons_forms_are_taken_apart_in_either_field(admin: Client, field: str, text: str) -> None:
    made, _ = posted(admin, "s3", **{field: text})
    assert made is not None
    assert made.decrypted("write_credentials") == f"{ID}:{SECRET}:eu-central-1"


@pytest.mark.parametrize(
    ("kind", "entered", "says"),
    [
        ("s3", {"write_secret": f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\naws_session_token = x"},
         "temporary"),
        ("s3", {"write_key": "ASIA1234567890ABCDEF", "write_secret": SECRET}, "temporary"),
        ("s3", {"write_secret": f"aws_access_key_id = {ID}"}, "only half"),
        ("s3", {"write_key": ID, "write_secret": CONNECTION}, "Azure Blob Storage credentials"),
        ("s3", {"write_key": ID, "write_secret": "https://calls.s3.test/?x=canary"}, "not an access"),
        ("azure", {"write_secret": SAS}, "Sinch only accepts"),
        ("azure", {"write_secret": f"https://acme.blob.core.windows.net/calls?{SAS}"}, "Sinch only accepts"),
        ("azure", {"write_secret": CONNECTION.replace("=acme;", "=other;")}, "for the account other"),
        ("azure", {"write_secret": "UseDevelopmentStorage=true"}, "emulator"),
        ("azure", {"write_secret": "DefaultEndpointsProtocol=https;AccountName=acme"}, "neither AccountKey"),
        ("azure", {"write_secret": KEY, "read_mode": "sas", "read_secret": "https://acme.blob.core.windows.net/calls"},
         "no signature"),
        ("azure", {"write_secret": KEY, "read_mode": "sas",
                   "read_secret": f"https://acme.blob.core.windows.net/others?{SAS}"}, "the container others"),
        ("gs", {"write_key": HMAC, "write_secret": '{"type": "service_account", "private_key": "canary"}'}, "HMAC"),
        ("gs", {"write_secret": "AIzaCanary1234567890"}, "gives no access to buckets"),
        ("gs", {"write_key": HMAC, "write_secret": HMAC_SECRET, "read_mode": "service_account",
                "read_secret": f"{HMAC}:{HMAC_SECRET}"}, "Choose that option"),
        ("gs", {"write_key": HMAC, "write_secret": HMAC_SECRET, "read_mode": "service_account",
                "read_secret": '{"type": "authorized_user", "refresh_token": "canary"}'}, "personal sign-in"),
        ("gs", {"write_key": HMAC, "write_secret": HMAC_SECRET, "read_mode": "service_account",
                "read_secret": '{"installed": {"client_secret": "canary"}}'}, "OAuth client"),
        ("gs", {"write_key": HMAC, "write_secret": HMAC_SECRET, "read_mode": "interoperability",
                "read_secret": '{"type": "service_account", "private_key": "canary"}'}, "Choose the service account"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_what_it_is(
    admin: Client, kind: str, entered: dict[str, str], says: str
) -> None:
    made, page = posted(admin, kind, **entered)
    assert made is None
    assert says in page


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        CONNECTION,
        f'"{CONNECTION}"',
        f"AccountKey={KEY};AccountName=acme",
        json.dumps({"connectionString": CONNECTION}),
        json.dumps([{"keyName": "key1", "value": KEY}, {"keyName": "key2", "value": "other"}]),
    ],
)
def test_azures_account_key_is_found(admin: Client, text: str) -> None:
    made, page = posted(admin, "azure", write_secret=text)
    assert made is not None, page
    assert made.decrypted("write_credentials") == KEY


@pytest.mark.parametrize("mode", ["sas", "keys"])
@pytest.mark.parametrize(
    ("text", "kept", "as_mode"),
    [
        (SAS, SAS, "sas"),
        (f"?{SAS}", SAS, "sas"),
        (SAS.replace("&", "&amp;"), SAS, "sas"),
        (f"https://acme.blob.core.windows.net/calls?{SAS}", SAS, "sas"),
        (f"https://acme.blob.core.windows.net/?{SAS}#x", SAS, "sas"),
        (f"BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature={SAS}", SAS, "sas"),
        (CONNECTION, KEY, "keys"),
    ],
)
def test_azures_read_set_is_found_and_its_mode_with_it(
    admin: Client, mode: str, text: str, kept: str, as_mode: str
) -> None:
    made, page = posted(admin, "azure", write_secret=KEY, read_mode=mode, read_secret=text)
    assert made is not None, page
    assert (made.decrypted("read_credentials"), made.read_mode) == (kept, as_mode)


@pytest.mark.parametrize(
    "text",
    [
        f"{HMAC}:{HMAC_SECRET}",
        f"metadata:\n  accessId: {HMAC}\n  state: ACTIVE\nsecret: {HMAC_SECRET}",
        json.dumps({"metadata": {"accessId": HMAC}, "secret": HMAC_SECRET}),
    ],
)
def test_googles_interoperability_key_is_found(admin: Client, text: str) -> None:
    made, page = posted(admin, "gs", write_secret=text)
    assert made is not None, page
    assert made.decrypted("write_credentials") == f"{HMAC}:{HMAC_SECRET}"


def test_replacing_credentials_takes_them_apart_too(admin: Client) -> None:
    made, _ = posted(admin, "azure", write_secret=KEY)
    assert made is not None
    url = f"https://acme.blob.core.windows.net/calls?{SAS}"
    answer = admin.post(f"/destinations/{made.pk}/credentials/", {"read_mode": "keys", "read_secret": url})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.decrypted("read_credentials"), made.read_mode) == (SAS, "sas")


@pytest.mark.parametrize("text", [CONNECTION, f"https://acme.blob.core.windows.net/calls?{SAS}"])
def test_no_other_way_keeps_them_whole(text: str) -> None:
    for sets in (CredentialSets(write=text), CredentialSets(read=text)):
        with pytest.raises(CredentialsError, match="Enter only the key"):
            actions.create_destination(by=None, name="A", kind="azure", account="acme", bucket="calls", sets=sets)
    assert not Destination.objects.exists()
