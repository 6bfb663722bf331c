"""Errors of a store, worded so that the reader can act on them; vendors' errors are translated to these."""


class StoreError(Exception):
    """A store operation failed.

    `text` says what happened and `remedy` what to do about it, both for people; `code` is the store's own word for it,
    ours (`answers`) where it sent none, or "". As a string: text and remedy.
    """

    def __init__(self, text: str, *, code: str = "", remedy: str = "") -> None:
        super().__init__(f"{text} {remedy}".strip())
        self.text, self.code, self.remedy = text, code, remedy


class ObjectMissing(StoreError):
    """There is no such object: not yet, no longer, or never."""


class ObjectChanged(StoreError):
    """The object exists, but is no longer the requested version."""


class ObjectArchived(StoreError):
    """The object is in an archive tier and can't be read until it is restored in the store."""


class AccessDenied(StoreError):
    """The store refused the credentials, or what they may do."""


class StoreUnavailable(StoreError):
    """The store didn't answer in time, broke off, or asked to slow down. Retrying may help."""


class StoreMisconfigured(StoreError):
    """The location or the credentials cannot work as they were entered: no such bucket, wrong region, malformed key."""


class OddAnswer(StoreMisconfigured):
    """The store answered, but its answer lacks what this site needs, or cannot be read."""
