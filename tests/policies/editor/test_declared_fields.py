"""A field of a policy's document is declared once: JSON, form and page know every one of them by its declaration."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from recordings_site.policies.editor import publishing
from recordings_site.policies.editor.forms import PolicyForm
from recordings_site.policies.editor.forms_fields import SINGLE, form_fields
from recordings_site.policies.engine.schema.document import PolicyDocument, Rule, parse
from recordings_site.policies.engine.schema.fields import (
    Choice,
    Declared,
    Flag,
    Format,
    Integers,
    Kind,
    Number,
    Part,
    Parts,
    Reference,
    Text,
    Texts,
)
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.policies.engine.schema.sequence import Step
from tests import factories

# As a version stores it: what is in force of `how`, and of the rest what differs from its default; in this order.
STORED = {
    "rules": [
        {
            "record": True,
            "when": {"direction": "inbound", "weekdays": [1, 2], "start": "08:00", "end": "24:00", "callers": ["+4*"]},
            "percent": 12.5,
            "name": "Some",
        },
        {"record": False, "when": {}},
    ],
    "otherwise_record": True,
    "time_zone": "Asia/Kolkata",
    "holidays": ["12-25", "2026-06-19"],
    "how": {
        "method": "automatic",
        "start": "connect",
        "announcement": {"kind": "say", "text": "This call is recorded.", "locale": "en-IN"},
        "steps": [],
        "format": "mp3",
        "notification_events": True,
        "transcription": True,
        "locale": "en-US",
        "destination": None,
        "key_template": "",
        "if_impossible": "connect",
        "notice": "",
        "upstream": "keep",
    },
    "route": {"action": "connectPstn", "number": "+46771000000"},
    "outbound": "dialled",
    "on_answer": "continue",
    "answer_conference": "",
}  # fmt: skip
# One rule that records all of some calls, so that any one field may be changed.
PLAIN = replace(
    parse(STORED),
    rules=(replace(parse(STORED).rules[0], percent=100),),
    how=replace(parse(STORED).how, steps=(Step("say", "Hello"), Step("start"))),
)
READABLE = st.characters(codec="ascii", min_codepoint=33, exclude_characters=",()./-")


def places(part: type[Declared], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Kind]]:
    """Where each declared field of one value is, and its kind."""
    for name, kind, _ in part.declared():
        if isinstance(kind, Part | Parts):
            yield from places(kind.of, (*path, name))
        elif isinstance(kind, SINGLE):
            yield (*path, name), kind


def changed(part: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy with another value at this place, in the first of several parts."""
    name, *rest = path
    if rest:
        inner = getattr(part, name)
        several = isinstance(inner, tuple)
        new = changed(inner[0] if several else inner, tuple(rest), value)
        value = (new, *inner[1:]) if several else new
    return replace(part, **{name: value})


def values(kind: Kind, destination: int) -> st.SearchStrategy[Any]:
    """Values that a field of this kind may hold."""
    match kind:
        case Flag():
            return st.booleans()
        case Choice():
            return st.sampled_from(kind.choices)
        case Format():
            return st.sampled_from(["mp3", "wav"])
        case Number():
            return st.integers(int(kind.least) * 100, int(kind.most) * 100).map(
                lambda hundredths: hundredths // 100 if hundredths % 100 == 0 else hundredths / 100
            )
        case Reference():
            return st.sampled_from([None, destination])
        case Integers():
            return st.sets(st.integers(kind.least, kind.most)).map(lambda found: tuple(sorted(found)))
        case Texts() if kind.pattern[0] == "(":
            return st.lists(st.from_regex(kind.pattern, fullmatch=True), max_size=3).map(tuple)
        case Texts():
            one = st.from_regex(kind.pattern, fullmatch=True, alphabet=READABLE)
            return st.lists(one, max_size=3).map(tuple)
        case Text() if kind.pattern:
            return st.just("") | st.from_regex(kind.pattern, fullmatch=True)
        case Text():
            words = st.text(READABLE, min_size=1, max_size=20)
            return st.sampled_from(["", "UTC", "{date}/{recording}.{format}"]) | words
    raise TypeError(f"no values of a {type(kind).__name__} are known")


def as_browsers_post(form: PolicyForm) -> dict[str, Any]:
    """What a browser posts of the form as it is shown."""
    shown = [field for each in (form, *form.rules, *form.menu, *form.steps) for field in each]
    formsets = {"rules": form.rules, "menu": form.menu, "steps": form.steps}
    counts = {f"{name}-TOTAL_FORMS": len(formset) for name, formset in formsets.items()}
    counts |= {name.replace("TOTAL", "INITIAL"): count for name, count in counts.items()}
    values = {field.html_name: field.value() for field in shown}
    return counts | {name: each for name, each in values.items() if each not in (None, "", ()) and each is not False}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"), [pytest.param(*each, id=".".join(each[0])) for each in places(PolicyDocument)]
)
def test_a_field_comes_back_from_json_and_from_the_form(path: tuple[str, ...], kind: Kind) -> None:
    user = factories.admin()

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(values(kind, factories.destination().pk))
    def comes_back(value: Any) -> None:
        document = changed(PLAIN, path, value)
        try:
            parse(document.to_dict())
        except DocumentError:
            assume(False)
        assert parse(json.loads(document.to_json())) == document
        posted = PolicyForm(as_browsers_post(shown(document)), user=user, document=PLAIN)
        assert posted.is_valid(), posted.errors
        assert posted.document == document
        assert as_browsers_post(shown(posted.document)).items() <= posted.data.items()

    def shown(document: PolicyDocument) -> PolicyForm:
        return PolicyForm(user=user, document=document, name="Any")

    comes_back()


def test_the_json_of_stored_versions_stays_as_it_is() -> None:
    assert json.dumps(parse(STORED).to_dict()) == json.dumps(STORED)
    assert PolicyDocument().to_dict()["how"].keys() == STORED["how"].keys()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_every_field_stands_on_the_page_once(client: Client) -> None:
    client.force_login(factories.admin())
    policy = publishing.create_policy(by=None, name="Any", document=PLAIN)
    page = client.get(reverse("policy", args=[policy.pk])).content.decode()
    names = [*form_fields(PolicyDocument), *(f"rules-0-{name}" for name in form_fields(Rule))]
    assert [name for name in names if page.count(f'id="id_{name}"') != 1] == []
