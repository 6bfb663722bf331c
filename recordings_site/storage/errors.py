"""What can go wrong with a store, in words that its reader can act on; vendors' errors end here."""


class StoreError(Exception):
    """A store did not do what it was asked.

    `text` says what happened and `remedy` what to do about it, both for people; `code` is the store's own word for it,
    ours (`answers`) where it sent none, or "". As a string: text and remedy.
    """

    def __init__(self, text: str, *, code: str = "", remedy: str = "") -> None:
        super().__init__(f"{text} {remedy}".strip())
        self.text, self.code, self.remedy = text, code, remedy


class ObjectMissing(StoreError):
    """There is no such object: not yet, no longer, or never."""


class ObjectChanged(StoreError):
    """The object is there, but no longer the version that was asked for."""


class ObjectArchived(StoreError):
    """The object is in a tier from which it cannot be read until somebody restores it in the store."""


class AccessDenied(StoreError):
    """The store refused the credentials, or what they may do."""


class StoreUnavailable(StoreError):
    """The store did not answer in time, broke off, or asked to slow down: trying again may help."""


class StoreMisconfigured(StoreError):
    """The location or the credentials cannot work as they were entered: no such bucket, wrong region, malformed key."""


class OddAnswer(StoreMisconfigured):
    """The store answered, but its answer lacks what this site needs, or cannot be read."""
