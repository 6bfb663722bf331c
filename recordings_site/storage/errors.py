"""What can go wrong with a store, in words that its reader can act on; vendors' errors end here."""


class StoreError(Exception):
    """A store did not do what it was asked. The text is for people; `code` is the store's own word for it, or ""."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ObjectMissing(StoreError):
    """There is no such object: not yet, no longer, or never."""


class ObjectChanged(StoreError):
    """The object is there, but no longer the version that was asked for."""


class AccessDenied(StoreError):
    """The store refused the credentials, or what they may do."""


class StoreUnavailable(StoreError):
    """The store did not answer in time, broke off, or asked to slow down: trying again may help."""


class StoreMisconfigured(StoreError):
    """The location or the credentials cannot work as they were entered: no such bucket, wrong region, malformed key."""


# No redirect is followed: a store could send us into the networks that this site stands in.
ELSEWHERE = "The store sends whoever asks it to another address, and this site does not follow. Check the endpoint."
