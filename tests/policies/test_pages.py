"""The pages of policies, numbers and applications over HTTP: written, kept, published, compared, rolled back."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from recordings_site.policies.editor import publishing
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.schema.routes import ConnectPstn
from recordings_site.policies.models import Application, PhoneNumber, Policy
from tests import factories
from tests.policies.generated import SECRET

pytestmark = pytest.mark.django_db


KEY = "1f9b6c52-7c1f-4a8e-9d3c-2f6b8a4e0d11"


@pytest.fixture
def admin(client: Client) -> Client:
    """An admin who is signed in."""
    client.force_login(factories.admin())
    return client


def posted(**changes: Any) -> dict[str, Any]:
    """A policy's form with one rule, as a browser posts it."""
    return {
        "name": "Support EU",
        "rules-TOTAL_FORMS": "1",
        "rules-INITIAL_FORMS": "0",
        "rules-0-record": "yes",
        "rules-0-direction": "inbound",
        "rules-0-weekdays": ["1", "2"],
        "rules-0-start": "08:00",
        "rules-0-end": "18:00",
        "rules-0-holidays": "any",
        "rules-0-percent": "25",
        "rules-0-callers": "+4670*, private",
        "rules-0-ORDER": "1",
        "menu-TOTAL_FORMS": "0",
        "menu-INITIAL_FORMS": "0",
        "otherwise_record": "no",
        "time_zone": "Europe/Stockholm",
        "how_start": "connect",
        "how_method": "automatic",
        "how_announcement_kind": "say",
        "how_announcement_text": "This call\r\nis recorded.",
        "how_format": "mp3",
        "how_transcription": "on",
        "how_notification_events": "on",
        "how_locale": "sv-SE",
        "how_if_impossible": "connect",
        "how_upstream": "keep",
        "outbound": "dialled",
        "on_answer": "continue",
        "route_action": "connectPstn",
        "route_number": "+46771000000",
        "route_cli": "{cli}",
        **changes,
    }


def test_a_policy_is_written_in_the_form_and_kept_as_a_draft(admin: Client) -> None:
    response = admin.post(reverse("policy_new"), posted(how_destination=str(factories.destination().pk)))
    policy = Policy.objects.get()
    assert response.headers["Location"] == reverse("policy", args=[policy.pk])
    document = parse(policy.draft)
    (rule,) = document.rules
    assert (rule.percent, rule.when.weekdays, rule.when.callers) == (25, (1, 2), ("+4670*", "private"))
    assert document.how.announcement.text == "This call is recorded."
    page = admin.get(reverse("policy", args=[policy.pk])).content.decode()
    assert "Record 25% of inbound calls Mon-Tue 08:00-18:00 Europe/Stockholm, from +4670* or private numbers" in page


def test_a_rule_that_excludes_has_no_percentage_whatever_was_typed_before(admin: Client) -> None:
    """The field is out of sight then: an error about it could not be found."""
    body = posted(how_destination=str(factories.destination().pk)) | {"rules-0-record": "no"}
    assert admin.post(reverse("policy_new"), body).status_code == 302
    (rule,) = parse(Policy.objects.get().draft).rules
    assert (rule.record, rule.percent) == (False, 100)


def test_the_form_gives_back_what_it_was_given(admin: Client) -> None:
    data = {
        "rules": [{"record": False, "when": {"holidays": "only"}}, {"record": True, "percent": 12.5, "name": "Some"}],
        "holidays": ["12-25", "2026-06-19"],
        "time_zone": "Asia/Kolkata",
        "otherwise_record": True,
        "how": {"start": "answer", "announcement": {"kind": "play", "files": ["a.wav", "b.wav"], "recorded": True}},
        "route": {
            "action": "runMenu",
            "prompt": "Press 1",
            "timeout_mills": 3000,
            "options": [
                {"dtmf": "1", "route": {"action": "connectConf", "conference_id": "room", "moh": "music2"}},
            ],
            "default": {"action": "connectSip", "endpoint": "a@b.example"},
        },
    }
    policy = publishing.create_policy(by=None, name="Odd", document=parse(data))
    response = admin.get(reverse("policy", args=[policy.pk]))
    form = response.context["form"]
    fields = {f"{f.prefix}-{name}": f[name].value() for f in (*form.rules, *form.menu) for name in f.fields}
    fields |= {name: form[name].value() for name in form.fields}
    fields |= {"rules-TOTAL_FORMS": 2, "rules-INITIAL_FORMS": 2, "menu-TOTAL_FORMS": 1, "menu-INITIAL_FORMS": 1}
    body = {name: value for name, value in fields.items() if value not in (None, False, [], ())}
    admin.post(reverse("policy", args=[policy.pk]), body)
    policy.refresh_from_db()
    assert parse(policy.draft) == parse(data)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"route_number": "08-70011"}, "has no country code"),
        ({"rules-0-end": ""}, "Enter both start and end"),
        ({"time_zone": "Mars/Olympus"}, "must be a time zone such as Europe/Stockholm"),
        ({"route_number": ""}, "is required"),
        ({"route_number": "call me"}, "isn’t a phone number with a country code"),
        ({"how_key_template": "{date}/{call_id}.{format}"}, "Sinch overwrites"),
        ({"how_announcement_text": ""}, "Enter what callers hear"),
        ({"route_action": "runMenu"}, "needs at least one choice"),
    ],
)
def test_wrong_input_names_the_remedy_and_loses_nothing(admin: Client, changes: dict[str, str], told: str) -> None:
    response = admin.post(reverse("policy_new"), posted(**changes))
    assert response.status_code == 422
    assert told in response.content.decode().replace("&#x27;", "'")
    assert "+4670*, private" in response.content.decode()
    assert not Policy.objects.exists()


def test_numbers_are_taken_as_people_write_them(admin: Client) -> None:
    spaced = {"rules-0-callers": "+46 70 *, private", "rules-0-numbers": "+1 (202) 555-0100"}
    admin.post(reverse("policy_new"), posted(route_number="+46 771-00 00 00", route_cli="+46 8 123 456 78", **spaced))
    document = parse(Policy.objects.get().draft)
    assert document.route.to_dict() | {"number": "+46771000000", "cli": "+46812345678"} == document.route.to_dict()
    assert (document.rules[0].when.callers, document.rules[0].when.numbers) == (
        ("+4670*", "private"),
        ("+12025550100",),
    )


def test_a_new_policy_begins_with_the_hours_of_its_author_and_the_only_destination(client: Client) -> None:
    client.force_login(factories.admin(time_zone="Asia/Tokyo"))
    only = factories.destination()
    form = client.get(reverse("policy_new")).context["form"]
    assert (form["time_zone"].value(), form["how_destination"].value()) == ("Asia/Tokyo", only.pk)
    factories.destination()
    assert client.get(reverse("policy_new")).context["form"]["how_destination"].value() is None


def test_the_preview_shows_the_svaml_masked_and_the_lint(admin: Client) -> None:
    destination = factories.destination()
    body = posted(how_destination=str(destination.pk), how_locale="xx-XX", try_to="+46800000001", try_cli="+4915")
    headers = {"HX-Request": "true", "HX-Target": "preview"}
    response = admin.post(reverse("policy_preview_new"), body, headers=headers)
    text = response.content.decode()
    assert text.startswith('<div id="preview"')
    assert "recordingOptions" in text
    assert factories.WRITE_CREDENTIALS not in text
    assert "Unknown locale xx-XX" in text
    assert "Not recorded: no rule of This policy (draft) matches this call." in text
    assert not Policy.objects.exists()


def test_the_preview_does_not_wait_for_a_name(admin: Client) -> None:
    body = posted(name="", how_destination=str(factories.destination().pk))
    assert "recordingOptions" in admin.post(reverse("policy_preview_new"), body).content.decode()
    assert admin.post(reverse("policy_new"), body).status_code == 422


def test_a_call_is_tried_without_javascript_too(admin: Client) -> None:
    body = posted(how_destination=str(factories.destination().pk), try_cli="private", try_at="2026-11-23T09:00")
    body["rules-0-percent"] = "100"
    text = admin.post(reverse("policy_preview_new"), body).content.decode()
    assert "<!doctype html>" in text
    assert "Recorded: rule 1 of This policy (draft) records inbound calls Mon-Tue 08:00-18:00" in text


def test_a_call_is_tried_as_the_empty_fields_show_it(admin: Client) -> None:
    body = posted(how_destination=str(factories.destination().pk), try_at="2026-11-23T09:00")
    body["rules-0-percent"] = "100"
    assert "<h2>This call</h2>" not in admin.post(reverse("policy_preview_new"), body).content.decode()
    text = admin.post(reverse("policy_preview_new"), body | {"try": "1"}).content.decode()
    # From +46701234567, whom the rule records, to a sample number.
    assert "Recorded: rule 1 of This policy (draft) records inbound calls" in text
    assert "46800000000" in text[text.index("<h2>This call</h2>") :]
    assert '<input type="hidden" name="try" value="1">' in text


def test_the_list_says_what_is_in_force_whatever_is_drafted_or_proposed(admin: Client) -> None:
    place = factories.destination().pk
    rules = [{"record": True, "when": {"callers": ["+4670*"]}}]
    policy = factories.policy({"rules": rules, "how": {"destination": place}, "route": factories.CONNECT})
    draft = parse({"otherwise_record": True, "how": {"destination": place}, "route": factories.CONNECT})
    publishing.save_draft(by=None, policy=policy, document=draft)
    text = admin.get(reverse("policies")).content.decode()
    assert "Record calls from +4670*" in text
    assert "Active: v1" in text
    assert "Draft saved with changes" in text
    with override_settings(POLICY_APPROVAL=True):
        publishing.publish(by=factories.admin(), policy=policy, reason="All of them")
    text = admin.get(reverse("policies")).content.decode()
    assert "Record calls from +4670*" in text
    assert "Active: v1" in text
    assert "v2 is waiting for approval" in text


def test_the_list_of_policies_takes_a_fixed_number_of_queries(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.policy()
    admin.get(reverse("profile"))  # the first request enters the session
    with django_assert_max_num_queries(7):
        assert len(admin.get(reverse("policies")).context["policies"]) == 12
    for _ in range(30):
        factories.number()
    with django_assert_max_num_queries(10):
        assert len(admin.get(reverse("numbers")).context["page"].rows) == 30


def test_rules_are_added_moved_and_removed_without_javascript(admin: Client) -> None:
    def ask(do: str, body: dict[str, Any]) -> list[list[str]]:
        form = admin.post(reverse("policy_new"), {**body, "do": do}).context["form"]
        return [[rule["direction"].value(), rule["ORDER"].value()] for rule in form.rules]

    body = posted(**{"rules-TOTAL_FORMS": "2", "rules-1-direction": "outbound", "rules-1-ORDER": "2"})
    assert ask("add_rule", body) == [["inbound", "1"], ["outbound", "2"], ["inbound", "3"]]
    assert ask("up-1", body) == [["outbound", "1"], ["inbound", "2"]]
    assert ask("down-0", body) == [["outbound", "1"], ["inbound", "2"]]
    assert ask("up-0", body) == [["inbound", "1"], ["outbound", "2"]]
    assert ask("remove_rule-0", body) == [["outbound", "1"]]
    assert ask("up-0", {**body, "rules-1-ORDER": "0"}) == [["outbound", "1"], ["inbound", "2"]]


def test_a_rule_that_was_added_is_open_and_the_others_keep_their_words(admin: Client) -> None:
    body = posted(name="", how_destination=str(factories.destination().pk), do="add_rule")
    answer = admin.post(reverse("policy_new"), body)
    old, new = answer.context["form"].rules
    assert "Record 25% of inbound calls" in old.sentence
    assert [old.is_open, new.is_open, "autofocus" in str(old["record"]), "autofocus" in str(new["record"])] == [
        False, True, False, True,
    ]  # fmt: skip
    page = answer.content.decode()
    assert page.count("<details open>") == 1
    assert "recordingOptions" in page
    assert "This field is required" not in page


def test_publishing_asks_for_a_reason_and_refuses_what_lint_calls_wrong(admin: Client) -> None:
    policy = publishing.create_policy(
        by=None, name="Nowhere", document=parse({"otherwise_record": True, "route": factories.CONNECT})
    )
    url = reverse("policy_publish", args=[policy.pk])
    assert "Enter a reason" not in admin.get(url).content.decode()
    refused = admin.post(url, {"reason": "Because"})
    assert (refused.status_code, "No destination" in refused.content.decode()) == (422, True)
    document = {
        "otherwise_record": True,
        "how": {"destination": factories.destination().pk},
        "route": factories.CONNECT,
    }
    publishing.save_draft(by=None, policy=policy, document=parse(document))
    snapshot.forget()
    assert "Enter a reason" in admin.post(url, {"reason": ""}).content.decode()
    assert admin.post(url, {"reason": "Because " * 50}).status_code == 302
    policy.refresh_from_db()
    assert policy.published is not None


def test_versions_are_compared_in_words_and_svaml_and_rolled_back(admin: Client) -> None:
    destination = factories.destination()
    first = {"otherwise_record": True, "how": {"destination": destination.pk}, "route": factories.CONNECT}
    policy = publishing.create_policy(by=None, name="Support", document=parse(first))
    publishing.publish(by=None, policy=policy, reason="one")
    publishing.save_draft(by=None, policy=policy, document=parse({**first, "route": {"action": "hangup"}}))
    publishing.publish(by=None, policy=policy, reason="two")
    page = admin.get(reverse("policy_versions", args=[policy.pk]), {"before": "1", "after": "2"})
    marked = page.context["difference"].words
    assert ("-", "Connect by phone to +46700000001.") in marked
    assert ("+", "Hang up.") in marked
    assert ("+", '    "name": "hangup"') in page.context["difference"].svaml
    admin.post(reverse("policy_roll_back", args=[policy.pk, 1]))
    policy.refresh_from_db()
    assert policy.published is not None
    assert (policy.published.number, parse(policy.published.document)) == (3, parse(first))


def test_an_application_is_added_and_its_secret_is_never_shown_again(admin: Client) -> None:
    body = {
        "name": "Voice",
        "key": KEY,
        "secret": "c2VjcmV0LW9uZQ==",
        "callback_mode": "answer",
        "upstream_timeout_ms": "2000",
        "route_action": "connectPstn",
        "route_number": "+46771000000",
        "route_cli": "{cli}",
    }
    # Nobody's callers are hung up on because a form was left as it came.
    assert admin.get(reverse("application_new")).context["form"]["route_action"].value() == "connectPstn"
    assert admin.post(reverse("application_new"), {**body, "route_number": ""}).status_code == 422
    for wrong in ({"secret": "not base64!"}, {"key": "clé"}, {"key": "key 1"}, {"key": KEY[:-1]}):
        assert admin.post(reverse("application_new"), body | wrong).status_code == 422
    assert admin.post(reverse("application_new"), body).status_code == 302
    application = Application.objects.get()
    page = admin.get(reverse("application", args=[application.pk])).content.decode()
    assert "c2VjcmV0" not in page
    assert application.secret_fingerprint in page
    url = reverse("application_secret", args=[application.pk])
    admin.post(url, {"field": "second_secret", "secret": "c2VjcmV0LXR3bw=="})
    snapshot.forget()
    assert snapshot.current().applications[KEY].secrets == ("c2VjcmV0LW9uZQ==", "c2VjcmV0LXR3bw==")
    assert admin.post(url, {"field": "secret", "secret": ""}).status_code == 422


def test_a_key_that_sinch_never_made_is_refused_and_one_that_is_kept_stays(admin: Client) -> None:
    application = factories.application()
    url = reverse("application", args=[application.pk])
    body = {
        "name": "Renamed", "key": application.key, "callback_mode": "answer", "upstream_timeout_ms": "2000",
        "route_action": "hangup",
    }  # fmt: skip
    wrong = admin.post(url, {**body, "key": "another-key"})
    assert wrong.status_code == 422
    assert "This isn’t an application key" in wrong.content.decode()
    assert admin.post(url, body).status_code == 302


def test_a_form_with_an_error_says_that_a_secret_has_to_be_typed_again(admin: Client) -> None:
    again = "Enter it again. Secrets aren’t kept"
    body = {"name": "", "key": KEY, "secret": SECRET, "callback_mode": "answer", "route_action": "hangup"}
    page = admin.post(reverse("application_new"), body).content.decode()
    assert again in page
    assert SECRET not in page
    assert again not in admin.post(reverse("application_new"), {**body, "secret": ""}).content.decode()
    assert again not in admin.get(reverse("application_new")).content.decode()


def test_what_is_wrong_with_both_parts_of_a_destination_is_summed_up_once(admin: Client) -> None:
    page = admin.post(reverse("destination_new", args=["s3"]), {"name": "", "write_key": "x"}).content.decode()
    assert page.count("error-summary") == 1


def test_a_number_is_added_however_it_is_written(admin: Client) -> None:
    body = {"number": "+46 8-123 456 78", "application": factories.application().pk, "team": factories.team().pk}
    assert admin.post(reverse("number_new"), body).status_code == 302
    assert PhoneNumber.objects.get().digits == "46812345678"
    again = admin.post(reverse("number_new"), {**body, "number": "46812345678"})
    assert "This number already exists" in again.content.decode()
    assert "country code" in admin.post(reverse("number_new"), {**body, "number": "08-1"}).content.decode()


def test_who_adds_a_number_is_led_to_what_it_needs(admin: Client) -> None:
    url, led = reverse("number_new"), "</a> first."
    page = admin.get(url).content.decode()
    assert f'<a href="{reverse("application_new")}">Add yours{led}' in page
    assert f'<a href="{reverse("teams")}">Create one{led}' in page
    factories.number()
    assert led not in admin.get(url).content.decode()


def test_a_number_without_a_label_is_shown_as_numbers_are_read(admin: Client) -> None:
    number = factories.number(digits="46812345678", label="")
    assert "+46 8 123 456 78</h1>" in admin.get(reverse("number", args=[number.pk])).content.decode()


def test_support_finds_none_of_these_pages_and_an_auditor_only_reads(client: Client) -> None:
    number = factories.number(policy=factories.policy())
    pages = ["policies", "policy_new", "numbers", "number_new", "applications"]
    urls = [reverse(page) for page in pages]
    urls += [reverse("policy", args=[number.policy_id]), reverse("policy_versions", args=[number.policy_id])]
    client.force_login(factories.user())
    assert {client.get(url).status_code for url in urls} == {404}
    client.force_login(factories.user("auditor"))
    assert {client.get(url).status_code for url in urls} == {200}
    assert client.post(reverse("policy_new"), posted()).status_code == 404
    for page in (
        reverse("number", args=[number.pk]),
        reverse("application", args=[number.application_id]),
        reverse("connect", args=[number.application_id]),
    ):
        assert '<fieldset class="plain form" disabled>' in client.get(page).content.decode()


def test_a_number_leads_to_its_policy_its_recordings_and_its_calls(admin: Client) -> None:
    number = factories.number(policy=factories.policy())
    html = admin.get(reverse("number", args=[number.pk])).content.decode()
    assert f'answered by <a href="{reverse("policy", args=[number.policy_id])}">' in html
    assert f'href="{reverse("recordings")}?number={number.pk}"' in html
    assert f'href="{reverse("calls")}?q={number.digits}"' in html
    assert '<fieldset class="plain form">' in html
    bare = admin.get(reverse("number", args=[factories.number().pk])).content.decode()
    assert "answered by the default route of" in bare


def test_no_page_shows_a_storage_credential(admin: Client) -> None:
    destination = factories.destination(kind="s3", bucket="bucket")
    destination.write_credentials = factories.seal(
        f"AKIAIOSFODNN7EXAMPLE:{SECRET}:eu-central-1", "destination", destination.pk, "write_credentials"
    )
    destination.save()
    data = {"otherwise_record": True, "how": {"destination": destination.pk}, "route": factories.CONNECT}
    policy = factories.policy(data)
    for page in ("policy", "policy_versions", "policy_publish"):
        text = admin.get(reverse(page, args=[policy.pk])).content.decode()
        assert SECRET not in text


def test_numbers_in_a_policy_are_read_in_the_country_of_all_applications(admin: Client) -> None:
    factories.application(country="SE")
    changes = {"route_number": "08-70011", "rules-0-callers": "070*, +46 (0)8 123 456 78, alice"}
    assert admin.post(reverse("policy_new"), posted(**changes)).status_code == 302
    document = parse(Policy.objects.get().draft)
    assert document.route == ConnectPstn(number="+46870011")
    assert document.rules[0].when.callers == ("+4670*", "+46812345678", "alice")


def test_a_default_route_takes_no_number_without_its_country_code(admin: Client) -> None:
    form = {
        "name": "Voice", "key": KEY, "secret": SECRET, "callback_mode": "answer", "upstream_timeout_ms": "2000",
        "route_action": "connectPstn", "route_number": "08-70011", "route_cli": "{cli}",
    }  # fmt: skip
    page = admin.post(reverse("application_new"), form)
    assert page.status_code == 422
    assert "has no country code" in page.content.decode()
    admin.post(reverse("application_new"), {**form, "country": "SE"})
    assert Application.objects.get().default_route["number"] == "+46870011"


def test_steps_are_added_moved_kept_and_shown_as_what_each_file_holds(admin: Client) -> None:
    steps = {
        "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-do": "start", "steps-1-do": "say",
        "steps-1-text": "Not recorded", "steps-1-locale": "en-US/female",
    }  # fmt: skip
    page = admin.post(reverse("policy_new"), posted(**steps, do="up_step-1")).content.decode()
    assert page.index("Not recorded") < page.index('id="id_steps-1-do"')
    assert 'name="steps-2-do"' in admin.post(reverse("policy_new"), posted(**steps, do="add_step")).content.decode()
    assert (
        'name="steps-1-do"'
        not in admin.post(reverse("policy_new"), posted(**steps, do="remove_step-0")).content.decode()
    )
    assert admin.post(reverse("policy_new"), posted(**steps)).status_code == 302
    policy = Policy.objects.get()
    assert [step["do"] for step in policy.draft["how"]["steps"]] == ["start", "say"]
    shown = admin.get(reverse("policy", args=[policy.pk])).content.decode()
    assert "What each file contains" in shown
    assert "File 1" in shown
    # A program that posts the form without its steps leaves them.
    admin.post(reverse("policy", args=[policy.pk]), posted())
    policy.refresh_from_db()
    assert len(policy.draft["how"]["steps"]) == 2
    wrong = admin.post(reverse("policy", args=[policy.pk]), posted(**{**steps, "steps-1-text": ""}))
    assert wrong.status_code == 422
    assert "Enter what callers hear" in wrong.content.decode()
