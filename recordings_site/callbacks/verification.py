"""Takes a POST that claims to come from Sinch: read, verify, judge its age. Nothing is stored of what is not signed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from recordings_site.base.wsgi_body import BodyError, read_body
from recordings_site.callbacks.relaying.relay import UpstreamReply
from recordings_site.calls.models import CallbackDelivery, DeliveryVerdict
from recordings_site.policies.engine.snapshot import ApplicationFacts
from recordings_site.sinch import events, signing
from recordings_site.sinch.errors import EventError, SignatureError
from recordings_site.sinch.events import Event, Notify
from recordings_site.sinch.signing import Authorization

# An exact repeat within this time is a retry of a slow answer; later it is a replay.
REPEAT_WITHIN = timedelta(seconds=10)


class WrongSignature(SignatureError):
    """The key is one of ours, the signature is not: `signed_for` is the path that it was made for, "" if unknown."""

    def __init__(self, application: ApplicationFacts, signed_for: str) -> None:
        super().__init__("The signature isn’t this application’s.")
        self.application, self.signed_for = application, signed_for


@dataclass(frozen=True)
class VerifiedCallback:
    """A signed callback, understood."""

    application: ApplicationFacts
    event: Event
    body: bytes
    received_at: datetime
    x_timestamp: str
    content_type: str
    signature_digest: bytes
    fresh: bool
    # What the application's upstream answered, when its callbacks are relayed.
    reply: UpstreamReply | None = None

    @property
    def upstream(self) -> UpstreamReply | None:
        """Return the upstream's reply; None when no upstream was asked, or it gave no usable reply."""
        return self.reply if self.reply is not None and self.reply.is_usable else None

    @property
    def happened_at(self) -> datetime:
        """The event's own time, or its receipt when it has none (a notify never has)."""
        return self.event.timestamp or self.received_at


def claimed(request: HttpRequest) -> Authorization:
    """The application that it claims to come from, and the signature, not yet verified. Raises SignatureError."""
    return signing.parse_authorization(request.META.get("HTTP_AUTHORIZATION", ""))


@dataclass(frozen=True)
class SignedRequest:
    """A callback as it was sent; whether it is signed as it claims is still to be verified."""

    claim: Authorization
    body: bytes
    content_type: str
    x_timestamp: str
    # The paths that it may have been signed for when CALLBACK_PATH is not what a proxy makes of the URL. They only
    # explain a refusal: a callback that is signed for one of them is refused all the same.
    paths_as_sent: tuple[str, ...]

    def is_signed_by(self, application: ApplicationFacts, paths: Iterable[str] = ()) -> str | None:
        """The first of these paths (CALLBACK_PATH unless given) for which the application signed it, else None."""
        signed = (path for path in paths or signed_paths() if self._is_signed_for(path, application))
        return next(signed, None)

    def _is_signed_for(self, path: str, application: ApplicationFacts) -> bool:
        return signing.verify(
            application.secrets, method="POST", path=path, body=self.body, content_type=self.content_type,
            x_timestamp=self.x_timestamp, signature=self.claim.signature,
        )  # fmt: skip


def read(request: HttpRequest, claim: Authorization) -> SignedRequest:
    """Read the body and what is signed with it.

    Raises EventError, or OSError when the body does not arrive in time (answer 400).
    """
    meta: Mapping[str, str] = request.META
    # Not request.read(): Django takes a body in chunks for an empty one.
    try:
        body = read_body(meta, limit=events.MAX_BODY)
    except BodyError as problem:
        raise EventError(str(problem)) from None
    sent = urlsplit(meta.get("RAW_URI", request.path)).path
    prefix = meta.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
    named = (urlsplit(meta.get(name, "")).path for name in ("HTTP_X_ORIGINAL_URI", "HTTP_X_FORWARDED_URI"))
    return SignedRequest(
        claim=claim,
        body=body,
        # Not request.content_type: that drops the parameters, which are signed.
        content_type=meta.get("CONTENT_TYPE", ""),
        x_timestamp=meta.get("HTTP_X_TIMESTAMP", ""),
        paths_as_sent=(sent, prefix + sent, *named),
    )


def verified(sent: SignedRequest, application: ApplicationFacts, *, received_at: datetime) -> VerifiedCallback:
    """Verify and parse. Raises WrongSignature, SignatureError (answer 401) or EventError (answer 400)."""
    if sent.is_signed_by(application) is None:
        raise WrongSignature(application, sent.is_signed_by(application, sent.paths_as_sent) or "")
    age = abs((received_at - signing.parse_timestamp(sent.x_timestamp)).total_seconds())
    return VerifiedCallback(
        application=application,
        event=events.parse(sent.body),
        body=sent.body,
        received_at=received_at,
        x_timestamp=sent.x_timestamp,
        content_type=sent.content_type,
        signature_digest=hashlib.sha256(f"{sent.claim.application_key}:{sent.claim.signature}".encode()).digest(),
        fresh=age <= settings.CALLBACK_MAX_AGE,
    )


def signed_paths() -> tuple[str, ...]:
    """The path that Sinch signs is the one configured there, which may or may not end in a slash."""
    path: str = settings.CALLBACK_PATH.rstrip("/")
    return (path + "/", path)


def delivery_of(callback: VerifiedCallback, verdict: DeliveryVerdict) -> CallbackDelivery:
    """The delivery's row, not yet saved."""
    event = callback.event
    return CallbackDelivery(
        application_id=callback.application.id,
        received_at=callback.received_at,
        verdict=verdict,
        signature_digest=callback.signature_digest,
        x_timestamp=callback.x_timestamp[:64],
        content_type=callback.content_type[:100],
        body=callback.body,
        event=(event.event if isinstance(event, events.Unknown) else type(event).__name__.lower())[:40],
        notify_type=event.type[:60] if isinstance(event, Notify) else "",
        reported_call_id=event.call_id[:200],
        conference_id=event.conference_id[:200] if isinstance(event, Notify) else "",
    )


def verdict_of(callback: VerifiedCallback, *, is_new: bool = False) -> DeliveryVerdict:
    """What is thought of the delivery's age. `is_new`: it is the first of its call, so it repeats nothing."""
    if not callback.fresh:
        return DeliveryVerdict.STALE
    if is_new:
        return DeliveryVerdict.ACCEPTED
    first = (
        CallbackDelivery.objects.filter(signature_digest=callback.signature_digest)
        .order_by("id")
        .values_list("received_at", flat=True)
        .first()
    )
    if first is None:
        return DeliveryVerdict.ACCEPTED
    return DeliveryVerdict.REPEATED if callback.received_at - first <= REPEAT_WITHIN else DeliveryVerdict.REPLAYED
