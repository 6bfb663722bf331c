"""What the pages of policies show: a draft in words and SVAML, its lint, a tried call, versions beside each other."""

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.formatting import digits, e164
from recordings_site.destinations.models import Destination
from recordings_site.policies.editor import publishing
from recordings_site.policies.editor.publishing import NotAllowed
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.call_facts import CallFacts, draw
from recordings_site.policies.engine.decide import decide_by
from recordings_site.policies.engine.decision import DecisionFacts
from recordings_site.policies.engine.explain import descriptions, sentences
from recordings_site.policies.engine.lint import lint
from recordings_site.policies.engine.preview import (
    SAMPLE_CALLER,
    SAMPLE_NUMBER,
    SAMPLE_RECORDING,
    Shown,
    every_answer,
    recorded_call,
)
from recordings_site.policies.engine.schema.document import PolicyDocument, parse
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.engine.schema.sequence import Segment
from recordings_site.policies.engine.snapshot import NumberFacts, PolicyFacts, Snapshot
from recordings_site.policies.engine.timeline import timeline
from recordings_site.policies.models import Policy, PolicyVersion
from recordings_site.sinch.ends import NUMBER, end_type
from recordings_site.web.seen_form import mark

if TYPE_CHECKING:
    from recordings_site.policies.editor.forms import PolicyForm

STARTING_POINT = parse(
    {
        "rules": [{"record": True, "when": {"direction": "inbound"}}],
        "time_zone": settings.TIME_ZONE,
        "how": {
            "announcement": {"kind": "say", "text": "This call may be recorded.", "locale": "en-US"},
        },
        "route": {"action": "connectPstn", "number": "{to}"},
    }
)
# No row has it: the id of a policy that is not kept yet.
DRAFT_ID = -1


@dataclass(frozen=True)
class Summary:
    """One policy in the list."""

    policy: Policy
    sentences: Sequence[str]
    state: str
    word: str
    reason: str


@dataclass(frozen=True)
class Tried:
    """What would happen to one call: the decision, and the answers in full."""

    decision: DecisionFacts
    answers: Sequence[Shown]
    drawn: float

    @property
    def sentence(self) -> str:
        """Whether the call would be recorded, and why."""
        return sentences.decision(self.decision.grounds)


@dataclass(frozen=True)
class Preview:
    """What a draft would do. Without a readable document only `problems` are known."""

    problems: Sequence[Problem]
    answers: Sequence[Shown] = ()
    sentences: Sequence[str] = ()
    # The beginning of a recorded call, with the file that holds each stretch of it.
    timeline: Sequence[Segment] = ()
    # Each rule in words, by the prefix of its fields: rules may have moved on the page by the time these arrive.
    rules: Sequence[tuple[str, str]] = ()
    tried: Tried | None = None


def starting_point() -> PolicyDocument:
    """What a new policy begins with: the hours of who writes it, and the destination where there is one alone."""
    places = Destination.objects.in_use()[:2]
    how = replace(STARTING_POINT.how, destination=places[0].pk) if len(places) == 1 else STARTING_POINT.how
    return replace(STARTING_POINT, how=how, time_zone=timezone.get_current_timezone_name())


def document_of(policy: Policy | None) -> PolicyDocument:
    """What is being edited: the draft, else what is published; the starting point when neither can be read."""
    if policy is None:
        return STARTING_POINT
    return _first_readable(policy.draft, policy.published.document if policy.published else None)


def _first_readable(*documents: Any) -> PolicyDocument:
    for data in documents:
        if data is not None:
            try:
                return parse(data)
            except DocumentError:
                continue
    return STARTING_POINT


def summary(policy: Policy, *, failing: Collection[int] = ()) -> Summary:
    """A policy of the list: what is in force of it, in words, else its draft; `failing` are ids of destinations that
    fail their check.
    """
    document = _first_readable(policy.published.document if policy.published else None, policy.draft)
    sentences = [descriptions.rule_sentence(rule, document.time_zone) for rule in document.rules]
    if not sentences:
        sentences.append("Record all calls" if document.otherwise_record else "Record no calls")
    elif document.otherwise_record:
        sentences.append("Record all other calls")
    waits = f"v{policy.proposed} is waiting for approval" if policy.proposed else ""
    if policy.published is None:
        return Summary(policy, sentences, "pending" if waits else "draft", "Not active", waits or "Never published")
    if document.how.destination in failing:
        return Summary(
            policy, sentences, "failed", "Destination failing", "Recordings may be lost. See its check results"
        )
    changed = waits or ("Draft saved with changes" if policy.draft is not None else "")
    return Summary(policy, sentences, "published", f"Active: v{policy.published.number}", changed)


def preview(form: "PolicyForm", policy: Policy | None, asked: Mapping[str, Any]) -> Preview:
    """What the form's document, or else the policy's own, would do; with the call that was asked to be tried."""
    document = form.read()
    if form.is_bound and document is None:
        problems = [Problem(name, str(error)) for name, errors in form.errors.items() for error in errors]
        return Preview(list(form.problems) or problems)
    document = document or form.before
    in_force = snapshot.current()
    facts = draft_facts(policy, document)
    rules = [descriptions.rule_sentence(rule, document.time_zone) for rule in document.rules]
    number = next((n for n in in_force.numbers.values() if n.policy_id == facts.id), None)
    return Preview(
        problems=lint(facts, in_force, failing=failing_destinations()),
        answers=recorded_call(facts, number, in_force, timezone.now()),
        sentences=descriptions.document_sentences(document, destination_names()),
        timeline=timeline(document),
        rules=list(zip(form.rule_prefixes(), rules, strict=True)),
        tried=tried(facts, in_force, number, asked) if any(map(asked.get, ("try", "try_to", "try_cli"))) else None,
    )


def tried(facts: PolicyFacts, in_force: Snapshot, number: NumberFacts | None, asked: Mapping[str, Any]) -> Tried:
    """The decision and answers for one call: `try_cli`, `try_to`, `try_direction`, `try_at`, `try_call_id`.

    What is left out is as the empty fields show it: a caller, and a number of this policy.
    """
    # A number that was picked comes with its label before it.
    own = digits(str(asked.get("try_to", "")).rpartition("+")[2]) or (number or SAMPLE_NUMBER).digits
    direction = "outbound" if asked.get("try_direction") == "outbound" else "inbound"
    caller, called = str(asked.get("try_cli", "")).strip() or SAMPLE_CALLER, f"+{own}"
    # What was typed has no type: alice is an app user, alice@example.com a SIP address.
    kind = end_type("", caller)
    call = CallFacts(
        call_id=str(asked.get("try_call_id", "")).strip() or "sample-call",
        direction=direction,
        cli=e164(caller) if direction == "inbound" else called,
        cli_type=kind if direction == "inbound" else NUMBER,
        to=called if direction == "inbound" else e164(caller),
        to_type=NUMBER if direction == "inbound" else kind,
        number_digits=own,
        at=_time(str(asked.get("try_at", "")), facts.document),
    )
    known = in_force.numbers.get(own, number)
    decision = decide_by(facts, call, known, in_force, recording_id=SAMPLE_RECORDING)
    return Tried(decision, every_answer(facts, call, in_force, known), draw(call.call_id))


def draft_facts(policy: Policy | None, document: PolicyDocument) -> PolicyFacts:
    """A document as if it were in force."""
    return PolicyFacts(
        policy.pk if policy else DRAFT_ID, policy.name if policy else "This policy", None, None, document
    )


def destination_names() -> dict[int, str]:
    """Every destination's name by its id, those put away too."""
    return dict(Destination.objects.values_list("pk", "name"))


def failing_destinations() -> set[int]:
    """Destinations that failed their last check."""
    return set(Destination.objects.filter(~Q(failing_since=None)).values_list("pk", flat=True))


def publish(*, by: User, policy: Policy, reason: str, seen: str = "") -> PolicyVersion:
    """Publish the draft unless lint finds an error; NotAllowed says which. `seen`: the mark of the draft shown."""
    if policy.draft is None:
        raise NotAllowed("There is nothing to publish.")
    in_force = snapshot.current()
    errors = [p for p in lint(draft_facts(policy, parse(policy.draft)), in_force) if p.severity == "error"]
    if errors:
        raise NotAllowed(errors[0].message)
    return publishing.publish(by=by, policy=policy, reason=reason, seen=seen or mark(policy.draft))


def about_to_publish(policy: Policy) -> dict[str, Any]:
    """What the page before publishing shows: the lint, the difference, the numbers that it will answer."""
    document = document_of(policy)
    before = parse(policy.published.document) if policy.published else None
    return {
        "problems": lint(draft_facts(policy, document), snapshot.current(), failing=failing_destinations()),
        "difference": difference(before, document),
        "answers": policy.numbers.in_use().count(),
        "needs_approval": settings.POLICY_APPROVAL,
        "seen": mark(policy.draft),
    }


@dataclass(frozen=True)
class Difference:
    """Two documents beside each other: lines of words and of SVAML, each marked `+`, `-` or ` `."""

    words: Sequence[tuple[str, str]]
    svaml: Sequence[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return self.answers_stay and all(mark == " " for mark, _ in self.words)

    @property
    def answers_stay(self) -> bool:
        """Whether a recorded call gets the same SVAML from both."""
        return all(mark == " " for mark, _ in self.svaml)


def difference(before: PolicyDocument | None, after: PolicyDocument) -> Difference:
    """How `after` differs from `before`, in words and in the SVAML of a recorded sample call."""
    names = destination_names()
    old = descriptions.document_sentences(before, names) if before else []
    return Difference(
        words=_marked(old, descriptions.document_sentences(after, names)),
        svaml=_marked(_svaml_lines(before) if before else [], _svaml_lines(after)),
    )


def comparison(versions: Sequence[PolicyVersion], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The two versions that were asked for, or the newest and the one before, and their difference."""
    by_number = {version.number: version for version in versions}

    def chosen(name: str, default: int) -> PolicyVersion | None:
        text = str(asked.get(name, ""))
        return by_number.get(int(text)) if text.isdecimal() and len(text) < 9 else by_number.get(default)

    newest = versions[0].number if versions else 0
    after, before = chosen("after", newest), chosen("before", newest - 1)
    return {
        "before": before,
        "after": after,
        "difference": difference(parse(before.document) if before else None, parse(after.document)) if after else None,
    }


def _svaml_lines(document: PolicyDocument) -> list[str]:

    facts = draft_facts(None, document)
    lines = []
    for shown in recorded_call(facts, None, snapshot.current(), datetime.fromisoformat("2026-01-14T12:00:00+00:00")):
        lines += [shown.title, *json.dumps(shown.svaml, indent=2, ensure_ascii=False).splitlines()]
    return lines


def _marked(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    return [(line[0], line[2:]) for line in difflib.ndiff(before, after) if line[0] in "+- "]


def _time(text: str, document: PolicyDocument) -> datetime:
    """The moment that was typed, in the policy's time zone; now when it cannot be read."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=document.zone)
    except ValueError:
        return timezone.now()
