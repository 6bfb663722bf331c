"""Numbers in files: read as spreadsheets write them, previewed line by line, imported, exported without a loss."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent, Team
from recordings_site.policies.models import PhoneNumber
from recordings_site.policies.numbers import file_lines, file_plan
from recordings_site.policies.numbers.file_lines import FileError
from recordings_site.policies.numbers.file_plan import Defaults, Plan
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    """An admin who is signed in."""
    client.force_login(factories.admin())
    return client


def planned(text: str, team: Team | None = None, country: str = "") -> Plan:
    """What a file would do, with an application for what is new."""
    return file_plan.plan(file_lines.lines(text), Defaults(factories.application(country=country), team))


def labels(plan: Plan) -> list[tuple[str, str]]:
    """The digits and labels of what a plan adds."""
    return [(digits, row["label"]) for digits, row in plan.new.items()]


def test_a_file_is_read_with_labels_teams_and_policies() -> None:
    team, policy = factories.team(name="Support"), factories.policy(name="All calls")
    plan = planned(
        "\ufeffNumber;Label;Team;Policy\r\n"
        '+46 8 123 456 78;Reception;support;ALL CALLS\r\n46812345679;"a;b";Support;\r\n\r\n'
    )
    assert plan.of("rejected") == []
    assert labels(plan) == [("46812345678", "Reception"), ("46812345679", "a;b")]
    assert [row["team_id"] for row in plan.new.values()] == [team.pk, team.pk]
    assert [row["policy_id"] for row in plan.new.values()] == [policy.pk, None]


def test_what_no_database_keeps_is_left_out() -> None:
    plan = planned("number,label\n+46812345678,Rece\0ption\n", factories.team())
    assert labels(plan) == [("46812345678", "Reception")]


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("number\nnot a number\n", "number", "2: “not a number” isn’t a phone number"),
        ("number\n070123456\n", "number", "2: “070123456” has no country code. Enter it like"),
        ("number\n46812345678.0\n", "number", "2: “46812345678.0” was changed by a spreadsheet (decimal point)"),
        ("number,label\n4.68E+10,x\n", "number", "2: “4.68E+10” was changed by a spreadsheet (exponent)"),
        ("sep=;\nnumber;label\n;x\n", "number", "3: “” isn’t a phone number"),
        ('number,label\n"+46812345678","two\nlines"\n112,x\n', "number", "4: “112” is too short"),
        ("number\n+46812345678\n46812345678\n", "number", "3: +46812345678 is in the file twice, first on line 2."),
        ("number,team\n+46812345678,Nobody\n", "team", "2: no team is named “Nobody”. Existing ones: Support."),
        ("number,policy\n+46812345678,None\n", "policy", "2: no policy is named “None”. Existing ones: none yet."),
        ("number,team\n+46812345678,-\n", "team", "2: a number needs a team. Name one."),
        ("number,label\n+46812345678," + "x" * 101, "label", "2: it is longer than 100 characters. Shorten it."),
        (
            "number,language\n+46812345678,Swedish!\n",
            "language",
            "2: “Swedish!” isn’t a locale. Enter one",
        ),
    ],
)
def test_each_wrong_line_is_refused_with_its_line_field_and_remedy(text: str, field: str, words: str) -> None:
    [line] = planned(text, factories.team(name="Support")).of("rejected")
    [(name, remedy)] = line.problems
    assert name == field
    assert f"{line.line}: {remedy}".startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("sep=;\n", "empty"),
        ("phone,label\n", "The first line must contain the column names"),
        ("number,team,team\n", "names the column team twice"),
        ("number\n" + "1\n" * 20_001, "more than 20000 lines"),
        ("number,label\n+46812345678," + "x" * 200_000, "can’t be read as CSV: field larger than field limit"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, words: str) -> None:
    with pytest.raises(FileError, match=words):
        file_lines.lines(text)


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nnumber;label\r\n+46 (0)8 123 456 78;Reception, first\r\n",
        '\ufeffsep=,\nNumber,Label\n46812345678,"Reception, first"\n',
        '"sep=\t"\nnumber\tlabel\n+46812345678\tReception, first\n',
        "SEP=\nnumber\tlabel\n+46812345678\tReception, first\n",
        "\n\nlabel;number\nReception, first;0046 8 123 456 78\n",
        "number|label\n".replace("|", ";") + "08-123 456 78;Reception, first",
    ],
)
def test_a_spreadsheets_own_first_line_marks_and_separators_are_understood(text: str) -> None:
    assert labels(planned(text, factories.team(), "SE")) == [("46812345678", "Reception, first")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_save(encoding: str) -> None:
    text = "number\tlabel\n+46812345678\tVäxel\n"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    plan = planned(file_lines.decoded((mark + text).encode(encoding)), factories.team())
    assert labels(plan) == [("46812345678", "Växel")]


def test_a_known_number_is_changed_where_its_line_says_so() -> None:
    policy, number = factories.policy(name="Old"), factories.number(label="Before", language="sv-SE")
    number.policy = policy
    number.save()
    text = f"number,label,policy,language,team\n{number.e164},After,-,sv-SE,\n"
    plan = planned(text, factories.team())
    assert plan.wanted == {number.pk: {"label": "After", "policy_id": None}}
    [line] = plan.lines
    assert (line.what, line.parts) == ("change", (("label", "Before", "After"), ("policy", "Old", "")))
    [same] = planned(f"number,label\n{number.e164},Before\n").lines
    assert (same.what, same.parts) == ("unchanged", ())


def test_an_archived_number_is_added_again() -> None:
    number = factories.number(archived_at=factories.LONG_AGO)
    [line] = planned(f"number\n{number.e164}\n", factories.team()).lines
    assert line.what == "add"


def test_a_line_without_a_team_or_an_application_is_refused_unless_they_were_chosen() -> None:
    [line] = file_plan.plan(file_lines.lines("number\n+46812345678\n"), Defaults()).lines
    assert [name for name, _ in line.problems] == ["application", "team"]


def test_national_numbers_are_read_in_the_country_of_the_application_of_their_line(admin: Client) -> None:
    factories.application(name="Sverige", country="SE")
    text = "number,application\n070-123 45 67,Sverige\n070-123 45 68,\n"
    plan = planned(text, factories.team())
    assert [(line.what, line.line) for line in plan.lines] == [("add", 2), ("rejected", 3)]


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"pasted": text, **more}


def test_nothing_is_written_before_the_preview_was_confirmed(admin: Client) -> None:
    known, team = factories.number(label="Before"), factories.team(name="Support")
    text = f"number,label\n{known.e164},After\n+46812345678,New\nx,Wrong\n"
    form = body(text, application=known.application_id, team=team.pk)
    page = admin.post(reverse("numbers_import"), form)
    shown = page.content.decode()
    assert "<strong>1</strong> rejected, <strong>1</strong> to change, <strong>1</strong> to add" in shown
    assert "Import 2, skip 1" in shown
    assert set(PhoneNumber.objects.values_list("label", flat=True)) == {"Before"}
    # The plan that was previewed is the one that is carried out.
    moved = admin.post(reverse("numbers_import"), {**form, "step": "import", "plan": "another"}).content.decode()
    assert "changed since the preview" in moved
    assert PhoneNumber.objects.count() == 1
    plan = page.context["digest"]
    done = admin.post(reverse("numbers_import"), {**form, "step": "import", "plan": plan}, follow=True).content.decode()
    assert "1 number was added, 1 number was changed." in done
    assert dict(PhoneNumber.objects.values_list("digits", "label")) == {known.digits: "After", "46812345678": "New"}
    assert PhoneNumber.objects.get(digits="46812345678").team == team


def test_the_preview_is_downloaded_whole_and_harmless(admin: Client) -> None:
    known = factories.number(label="Before")
    text = f"number,label\n{known.e164},=1+1\nx,y\n"
    form = body(text, application=known.application_id, step="report")
    rows = admin.post(reverse("numbers_import"), form).content.decode().splitlines()
    assert rows[1] == f"2,'{known.e164},change,label,Before,'=1+1,"
    assert rows[2].startswith('3,x,rejected,number,,,"“x” isn’t a phone number')


def test_what_was_exported_is_imported_without_a_difference(admin: Client) -> None:
    policy, destination = factories.policy(name="=Policy"), factories.destination()
    first = factories.number(label="=SUM(A1)", policy=policy, destination=destination, language="sv-SE")
    for label in ("'=1", "-", 'a;b,"c"', "'quoted'", "@home", "Ärlig", ""):
        factories.number(label=label, application=first.application, team=first.team)
    answer = admin.get(reverse("numbers_export"), headers={"accept": "text/html"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=SUM(A1)" in text
    plan = file_plan.plan(file_lines.lines(text), Defaults())
    assert {line.what for line in plan.lines} == {"unchanged"}
    assert len(plan.lines) == 8
    assert AuditEvent.objects.filter(action="numbers.exported").count() == 1
    part = admin.get(reverse("numbers_export"), {"policy": policy.pk})
    assert len(b"".join(part.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


def test_the_text_of_a_file_stays_on_the_page_so_that_it_can_be_mended(admin: Client) -> None:
    upload = SimpleUploadedFile("numbers.csv", "number\nhundred\n".encode("utf-16"))
    page = admin.post(reverse("numbers_import"), {"file": upload}).content.decode()
    assert "number\nhundred\n</textarea>" in page


def test_a_file_that_is_no_text_or_too_large_is_refused(admin: Client) -> None:
    for data, words in ((b"\xff\xfe\x00", "isn’t UTF-8"), (b"1" * 2_100_000, "larger than 2 MB"), (b"", "empty")):
        response = admin.post(reverse("numbers_import"), {"file": SimpleUploadedFile("numbers.csv", data)})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert "Choose a file or paste lines." in admin.post(reverse("numbers_import"), {"pasted": " "}).content.decode()


def test_an_auditor_exports_and_does_not_import(client: Client) -> None:
    client.force_login(factories.user("auditor"))
    assert client.get(reverse("numbers_export")).status_code == 200
    assert client.post(reverse("numbers_import"), {"pasted": "number\n"}).status_code == 404
    client.force_login(factories.user("supervisor"))
    assert client.get(reverse("numbers_export")).status_code == 404
