"""Text as somebody would say or send it who wants to run code in the browser of whoever reads it."""

from collections.abc import Iterator
from itertools import count, islice, product

from django.apps import apps
from django.db import models

from recordings_site.accounts.models import Letter, ProviderGrant
from recordings_site.calls.models import Call, UpstreamExchange
from recordings_site.ops.models import Heartbeat, RetentionMark
from recordings_site.policies.models import NumbersChange, PhoneNumber
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations import corrections
from recordings_site.recordings.models import AttributedRecording, Attribution, Reconciliation
from tests import factories
from tests.journeys.worlds import ADMIN, World
from tests.sinch_posts import ice

# Each carries the attribute data-hostile: an element that has it was made of text.
ATTACKS = (
    "<script data-hostile>ran()</script>",
    "<img data-hostile src=x onerror=ran()>",
    "<svg data-hostile onload=ran()>",
    "<svg data-hostile><script>ran()</script></svg>",
    '<a data-hostile href="javascript:ran()">here</a>',
    "<iframe data-hostile srcdoc='<script>parent.ran()</script>'></iframe>",
    "<style data-hostile>*{background:url(/x)}</style>",
    "<link data-hostile rel=stylesheet href=/x.css>",
    "<base data-hostile href=/x/>",
    "<meta data-hostile http-equiv=refresh content='0;url=/x'>",
    "<form data-hostile action=/x><button autofocus>Sign in</button></form>",
    "<input data-hostile autofocus onfocus=ran()>",
    "<details data-hostile open ontoggle=ran()>",
    "<video data-hostile><source onerror=ran()></video>",
    "<math data-hostile><mi xlink:href='javascript:ran()'>x</mi></math>",
    "<div data-hostile hx-get=/profile/ hx-trigger=load></div>",
    "<div data-hostile data-hx-post=/accounts/logout/ data-hx-trigger=load></div>",
    "<div data-hostile hx-on:click=ran() hx-on::load=ran()></div>",
    "<div data-hostile style=position:fixed;inset:0></div>",
    " data-hostile onmouseover=ran() autofocus onfocus=ran() x=",
    "javascript:ran()//<b data-hostile>",
    "{{ ran() }}{% now 'Y' %}<b data-hostile>",
    "${ran()}`;ran();//<b data-hostile>",
    "\\u003cscript data-hostile\\u003eran()\\u003c/script\\u003e",
    "&lt;script data-hostile&gt;ran()&lt;/script&gt;",
    "%3Cscript%20data-hostile%3Eran()%3C/script%3E",
)
# What closes the place in which the text may stand.
CLOSERS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</textarea>",
    "</title>",
    "</script>",
    "</pre>",
    "-->",
    "]]>",
    "</option></select>",
)
SPELLINGS = (str, str.upper, str.swapcase, lambda text: text.replace("<", "<\t"), lambda text: "\u202e" + text)


def payloads() -> Iterator[str]:
    """Every attack behind every closer in every spelling, again and again, the short ones first."""
    kinds = sorted(product(ATTACKS, CLOSERS, SPELLINGS), key=lambda kind: len(kind[0]) + len(kind[1]))
    for _ in count():
        for attack, closer, spelling in kinds:
            yield closer + spelling(attack)


def spoken(number: int) -> list[dict[str, object]]:
    """`number` lines of a transcript, as Sinch writes it, hostile in what is said and in who says it."""
    texts = payloads()
    return [
        {"timestamp": second / 2, "speakerLabel": next(texts)[:90] if second % 50 == 0 else "Speaker 1", "text": text}
        for second, text in enumerate(islice(payloads(), number))
    ]


# Fields whose text has a shape that the site itself gives it, or a secret in it.
SHAPED = frozenset(
    {
        "accounts.User.password",
        "accounts.User.time_zone",
        "accounts.User.preferences",
        "accounts.User.email",
        "calls.Decision.facts",
        "calls.Replay.document",
        "calls.Replay.outcome",
        "destinations.Destination.endpoint",
        "destinations.Destination.bucket",
        "destinations.Destination.write_credentials",
        "accounts.Approval.kind",
        "accounts.Approval.data",
        "destinations.Destination.read_credentials",
        "policies.NumbersChange.rows",
        "policies.NumbersChange.held",
        "destinations.Destination.check_result",
        "ops.Heartbeat.kind",
        "policies.Application.key",
        "policies.Application.secret",
        "policies.Application.second_secret",
        "policies.Application.default_route",
        "policies.Policy.draft",
        "policies.PolicyVersion.document",
        "policies.PhoneNumber.digits",
        "recordings.CallSummary.talk",
        "recordings.Reconciliation.counts",
        "recordings.Reconciliation.waiting",
        "recordings.RecordingJob.key",
        "recordings.RecordingJob.audio",
        "recordings.Transcript.problems",
        "recordings.Transcript.text",
        "recordings.TranscriptLine.text",
        "recordings.TranscriptLine.speaker_label",
        "tasks.Task.kind",
    }
)


def fill(world: World) -> None:
    """Add one of each thing that holds text and that the small world does without."""
    admin, recording = world.people[ADMIN], world.recording
    call = Call.objects.get(pk=recording.call_id)
    application = call.application
    annotations.name_speaker(by=admin, recording=recording, speaker_label="Speaker 1", name="Anna", for_number=False)
    corrections.correct_line(by=admin, transcript=recording.transcript, position=0, text="Good evening")
    factories.decision(call)
    asked = factories.delivery(application, ice("46700000000", call_id=call.call_id), call=call)
    UpstreamExchange.objects.create(application=application, delivery=asked, outcome=UpstreamExchange.Outcome.FAILED)
    Reconciliation.objects.create(destination=recording.destination, done_at=factories.LONG_AGO, error="?")
    Heartbeat.objects.beat("worker")
    number = PhoneNumber.objects.order_by("pk")[0]
    NumbersChange.objects.create(made_by=admin, words="?", rows={str(number.pk): {"label": ["?", "?"]}})
    rule = Attribution.objects.create(destination=recording.destination, number=number, started_by=admin, expected=1)
    AttributedRecording.objects.create(attribution=rule, recording=recording, number=number)
    RetentionMark.objects.create(kind="?", until=1)
    ProviderGrant.objects.create(user=admin, uid="?", checked_at=factories.LONG_AGO)
    Letter.objects.create(to=["anna@example.com"], subject="?", body="?")


def unfilled() -> list[str]:
    """The tables with fields of text, but without a row to write it into."""
    return [model._meta.label for model in own_models() if text_fields(model) and not model._default_manager.exists()]


def own_models() -> list[type[models.Model]]:
    """The site's own; but for audit rows, which are append-only: what becomes of the others fills them."""
    own = (model for model in apps.get_models() if model.__module__.startswith("recordings_site."))
    return [model for model in own if model._meta.label != "accounts.AuditEvent"]


def text_fields(model: type[models.Model]) -> list[models.Field]:
    """Those that hold any text."""
    return [field for field in model._meta.concrete_fields if _is_text(model, field)]


def poison() -> int:
    """Write hostile text into every text field of every row of the site's own; gives how many values were written."""
    texts, written = payloads(), 0
    for model in own_models():
        fields = text_fields(model)
        for row in model._default_manager.all()[:50] if fields else ():
            values = {field.attname: _fitting(field, next(texts), row.pk) for field in fields}
            model._default_manager.filter(pk=row.pk).update(**values)
            written += len(values)
    return written


def _is_text(model: type[models.Model], field: models.Field) -> bool:
    if field.choices or field.name in _codes(model) or f"{model._meta.label}.{field.name}" in SHAPED:
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.primary_key


def _codes(model: type[models.Model]) -> set[str]:
    """The fields whose values a constraint lists."""

    def names(condition: models.Q) -> Iterator[str]:
        for child in condition.children:
            if isinstance(child, models.Q):
                yield from names(child)
            elif isinstance(child, tuple):
                yield child[0]

    checks = (each for each in model._meta.constraints if isinstance(each, models.CheckConstraint))
    found = (name for check in checks if isinstance(check.condition, models.Q) for name in names(check.condition))
    return {name.removesuffix("__in") for name in found if name.endswith("__in")}


def _fitting(field: models.Field, text: str, pk: object) -> object:
    if isinstance(field, models.JSONField):
        empty = field.get_default()
        return [text] if isinstance(empty, list) else {text: text, "reason": text, "instructions": [text]}
    if field.unique:
        text = f"{str(pk)[:8]} {text}"
    return text[: field.max_length] if field.max_length else text
