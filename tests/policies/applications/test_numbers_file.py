"""Numbers from a file: read in the spellings that spreadsheets write, refused line by line, imported all or none."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recordings_site.policies.applications import numbers_file
from recordings_site.policies.models import PhoneNumber
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_file_is_read_with_labels_teams_and_policies() -> None:
    team, policy = factories.team(name="Support"), factories.policy(name="All calls")
    read = numbers_file.read(
        "\ufeffNumber;Label;Team;Policy\r\n"
        '+46 8 123 456 78;Reception;support;ALL CALLS\r\n46812345679;"a;b";Support;\r\n\r\n'
    )
    assert read.problems == ()
    assert [(one.digits, one.label, one.team, one.policy) for one in read.numbers] == [
        ("46812345678", "Reception", team, policy),
        ("46812345679", "a;b", team, None),
    ]


def test_what_no_database_keeps_is_left_out() -> None:
    read = numbers_file.read("number,label\n+46812345678,Rece\0ption\n", team=factories.team())
    assert [one.label for one in read.numbers] == ["Reception"]


def test_a_column_of_numbers_takes_the_team_that_was_chosen() -> None:
    team = factories.team()
    read = numbers_file.read("number\n+46812345678\n+46812345679\n", team=team)
    assert [one.team for one in read.numbers] == [team, team]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("phone,label\n", "The first line must contain the column names"),
        ("number\nnot a number\n", "Line 2: “not a number” isn’t a phone number"),
        ("number\n070123456\n", "Line 2: “070123456” is a national number: write it with its country code"),
        ("number\n46812345678.0\n", "Line 2: “46812345678.0” was changed by a spreadsheet (decimal point)"),
        ("number,label\n4.68E+10,x\n", "Line 2: “4.68E+10” was changed by a spreadsheet (exponent)"),
        ("sep=;\nnumber;label\n;x\n", "Line 3: “” isn’t a phone number"),
        ('number,label\n"+46812345678","two\nlines"\n112,x\n', "Line 4: “112” is too short"),
        ("sep=;\n", "empty"),
        ("number\n+46812345678\n46812345678\n", "Line 3: +46812345678 is in the file twice"),
        ("number,team\n+46812345678,Nobody\n", "Line 2: there is no team “Nobody”. Teams: Support."),
        ("number,policy\n+46812345678,None\n", "Line 2: there is no policy “None”."),
        ("number\n" + "1\n" * 5001, "more than 5000 lines"),
        ("number,label\n+46812345678," + "x" * 200_000, "cannot be read as CSV: field larger than field limit"),
    ],
)
def test_each_wrong_line_is_named(text: str, words: str) -> None:
    team = factories.team(name="Support")
    assert words in numbers_file.read(text, team=team).problems[0]


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
    read = numbers_file.read(text, team=factories.team(), country="SE")
    assert read.problems == ()
    assert [(one.digits, one.label) for one in read.numbers] == [("46812345678", "Reception, first")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_save(encoding: str) -> None:
    text = "number\tlabel\n+46812345678\tVäxel\n"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    read = numbers_file.read(numbers_file.decoded((mark + text).encode(encoding)), team=factories.team())
    assert [one.label for one in read.numbers] == ["Växel"]


def test_national_numbers_are_read_in_the_applications_country(client: Client) -> None:
    client.force_login(factories.admin())
    team, application = factories.team(), factories.application()
    form = {"application": application.pk, "team": team.pk}
    refused = client.post("/numbers/import/", {**form, "pasted": "number\n070-123 45 67\n"}).content.decode()
    assert "is a national number" in refused
    assert "set the application" in client.post("/numbers/new/", {**form, "number": "070-123 45 67"}).content.decode()
    application.country = "SE"
    application.save()
    client.post("/numbers/import/", {**form, "pasted": "number\n070-123 45 67\n"})
    client.post("/numbers/new/", {**form, "number": "08-123 456 78"})
    assert set(PhoneNumber.objects.values_list("digits", flat=True)) == {"46701234567", "46812345678"}


def test_a_line_without_a_team_is_wrong_unless_one_was_chosen() -> None:
    assert "names no team" in numbers_file.read("number\n+46812345678\n").problems[0]


def test_the_page_imports_all_or_nothing(client: Client) -> None:
    client.force_login(factories.admin())
    team, known = factories.team(name="Support"), factories.number()
    application = known.application
    bad = {"application": application.pk, "pasted": "number,team\n+46812345678,Support\nx,Support\n"}
    response = client.post("/numbers/import/", bad)
    assert response.status_code == 422
    assert "Line 3" in response.content.decode()
    assert PhoneNumber.objects.count() == 1
    good = {"application": application.pk, "team": team.pk, "pasted": f"number\n+46812345678\n{known.e164}\n"}
    page = client.post("/numbers/import/", good, follow=True).content.decode()
    assert "1 number imported, 1 were known already" in page
    assert PhoneNumber.objects.get(digits="46812345678").team == team


def test_a_file_that_is_no_text_is_refused(client: Client) -> None:
    client.force_login(factories.admin())
    upload = SimpleUploadedFile("numbers.csv", b"\xff\xfe\x00")
    response = client.post("/numbers/import/", {"application": factories.application().pk, "file": upload})
    assert "isn’t UTF-8" in response.content.decode()
