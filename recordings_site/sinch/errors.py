"""Errors from reading or writing Sinch's protocol: one hierarchy, each with a message for people."""


class SinchError(Exception):
    """The base of every error of the protocol package. Its message never holds a secret."""


class SignatureError(SinchError):
    """An Authorization header, secret or timestamp doesn't follow Sinch's signing scheme."""


class EventError(SinchError):
    """The body of a callback isn't an event."""


class SvamlError(SinchError):
    """SVAML cannot be built or read."""


class DestinationUrlError(SinchError):
    """A destination URL isn't a place that Sinch can write to."""


class CredentialsError(SinchError):
    """Storage credentials do not follow the grammar of their kind."""


class TranscriptError(SinchError):
    """A transcript file is not the JSON object that Sinch writes; `reason` is one of transcript.Unreadable."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The transcript can’t be read: {reason}")
        self.reason = reason
