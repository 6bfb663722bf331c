"""Checks a destination: what each set of credentials can and cannot do there, step by step, with the remedy."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import SealingError
from recordings_site.destinations.steps import BAD, OK, SKIPPED, WARN, CheckStep
from recordings_site.storage import (
    AccessDenied,
    ObjectMissing,
    Store,
    StoreError,
    StoreFacts,
    StoreMisconfigured,
    StoreUnavailable,
)

PROBE = os.urandom(4096)
MIDDLE = (1000, 3000)
CLOCK_WARNS, CLOCK_FAILS = 60, 300
SIGNATURE_CODES = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed", "InvalidAuthenticationInfo"}


def examine(destination: Destination) -> "Examination":
    """A check of the destination, ready to take its steps."""
    return Examination(destination)


class Examination:
    """One check of one destination. Nothing is raised: what fails is a step's outcome."""

    def __init__(self, destination: Destination) -> None:
        self.destination, self.kind = destination, destination.store_kind
        self.key = f"{destination.prefix}.check-{self.kind.probe_mark(destination.pk)}.txt"
        # What the store says of itself, once its steps are taken; None when it says nothing.
        self.facts: StoreFacts | None = None
        self.written = False
        self.readable = False
        self.swapped = False

    def __iter__(self) -> Iterator[CheckStep]:
        return self.steps()

    def steps(self) -> Iterator[CheckStep]:
        """The steps in order; those that an earlier failure makes pointless are skipped."""
        writer = self._open(self.destination.write_store)
        reader = self._open(self.destination.read_store)
        try:
            yield from self._steps(writer, reader)
        finally:
            for store in (writer, reader):
                if not isinstance(store, StoreError):
                    store.close()

    def _steps(self, writer: Store | StoreError, reader: Store | StoreError) -> Iterator[CheckStep]:
        yield self._write(writer, reader)
        if self.swapped:
            writer, reader = reader, writer
        yield self._write_only(writer)
        yield self._list(reader)
        yield self._stat(reader)
        yield self._range(reader)
        self.facts = facts = self._facts(reader)
        own = bool(self.destination.endpoint)
        yield self.kind.check_place(self.destination.region, facts, own_endpoint=own)
        yield self._clock(facts)
        yield self._rules(facts)
        yield self._remove(reader, writer)

    def _open(self, open_store: Callable[..., Store]) -> Store | StoreError:
        try:
            return open_store(anew=True)
        except StoreError as error:
            return error
        except SealingError as error:
            return StoreMisconfigured(str(error), code="sealed")

    def _write(self, writer: Store | StoreError, reader: Store | StoreError) -> CheckStep:
        if not self.destination.write_credentials:
            return CheckStep(
                "write", BAD, "No write credentials were entered.", "Enter the credentials Sinch uploads with."
            )
        try:
            if isinstance(writer, StoreError):
                raise writer
            writer.write(self.key, PROBE, content_type="text/plain")
        except StoreError as error:
            self.swapped = self._are_swapped(writer, reader, error)
            if self.swapped:
                return CheckStep(
                    "write",
                    BAD,
                    "The credentials are swapped: the read credentials can write, the write credentials can only read.",
                    "Swap them and check again.",
                )
            return _failed("write", error, self.kind.write_remedy)
        self.written = True
        return CheckStep("write", OK, f"Wrote {len(PROBE)} bytes to {self.key}.")

    def _are_swapped(self, writer: Store | StoreError, reader: Store | StoreError, error: StoreError) -> bool:
        if not isinstance(error, AccessDenied) or error.code in SIGNATURE_CODES:
            return False
        if isinstance(writer, StoreError) or isinstance(reader, StoreError):
            return False
        try:
            writer.list(self.destination.prefix, limit=1)
            reader.write(self.key, PROBE, content_type="text/plain")
        except StoreError:
            return False
        self.written = True
        return True

    def _write_only(self, writer: Store | StoreError) -> CheckStep:
        if self.kind.rights_unknown:
            return CheckStep("write_only", SKIPPED, self.kind.rights_unknown)
        if isinstance(writer, StoreError) or not self.written:
            return CheckStep("write_only", SKIPPED, "No test file could be written.")
        can = [what for what, does in (("read", self._can_read), ("list", self._can_list)) if does(writer)]
        if not can:
            return CheckStep(
                "write_only", OK, "Reading and listing are rejected, as they should be. Sinch only needs to write."
            )
        return CheckStep("write_only", WARN, *self.kind.excess(can))

    def _can_read(self, store: Store) -> bool:
        try:
            with store.read(self.key, 0, 16) as body:
                return bool(b"".join(body))
        except StoreError:
            return False

    def _can_list(self, store: Store) -> bool:
        try:
            store.list(self.destination.prefix, limit=1)
        except StoreError:
            return False
        return True

    def _list(self, reader: Store | StoreError) -> CheckStep:
        try:
            if isinstance(reader, StoreError):
                raise reader
            page = reader.list(self.destination.prefix, limit=10)
        except StoreError as error:
            return _failed("list", error, self.kind.read_remedy("list the bucket"))
        return CheckStep("list", OK, f"Listed the first {len(page.objects)} objects.")

    def _stat(self, reader: Store | StoreError) -> CheckStep:
        if isinstance(reader, StoreError) or not self.written:
            return CheckStep("stat", SKIPPED, "There is no test file to look for.")
        try:
            found = reader.stat(self.key)
        except ObjectMissing:
            return CheckStep(
                "stat",
                BAD,
                "The test file isn’t where the read credentials look.",
                "The credentials belong to different accounts or endpoints. Enter credentials for the same bucket.",
            )
        except StoreError as error:
            return _failed("stat", error, self.kind.read_remedy("read objects"))
        self.readable = True
        if found.size != len(PROBE):
            return CheckStep(
                "stat",
                BAD,
                f"The test file has {found.size} bytes instead of {len(PROBE)}.",
                "Something else is writing there.",
            )
        text = f"Found, {found.size} bytes, version {found.etag.strip(chr(34))[:16]}."
        if found.modified is None:
            remedy = "A proxy may remove the Last-Modified header. Imported files then get the date they were found."
            return CheckStep("stat", WARN, f"{text} The storage service doesn’t report when it was written.", remedy)
        return CheckStep("stat", OK, text)

    def _range(self, reader: Store | StoreError) -> CheckStep:
        if isinstance(reader, StoreError) or not self.readable:
            return CheckStep("range", SKIPPED, "There is no test file to read.")
        try:
            with reader.read(self.key, *MIDDLE) as body:
                same = b"".join(body) == PROBE[slice(*MIDDLE)]
        except StoreError as error:
            return _failed("range", error, self.kind.read_remedy("read objects"))
        if not same:
            return CheckStep(
                "range",
                BAD,
                "The bytes differ from those written.",
                "Something between this site and the storage service changes them.",
            )
        return CheckStep("range", OK, "Read 2,000 bytes; they match.")

    def _facts(self, reader: Store | StoreError) -> StoreFacts | None:
        if isinstance(reader, StoreError):
            return None
        try:
            return reader.describe(self.key if self.readable else "")
        except StoreError:
            return None

    def _clock(self, facts: StoreFacts | None) -> CheckStep:
        if facts is None or facts.clock is None:
            return CheckStep("clock", SKIPPED, "The storage service didn’t report its time.")
        ahead = (datetime.now(UTC) - facts.clock).total_seconds()
        apart = abs(ahead)
        text = f"This machine’s clock and the storage service’s are {apart:.0f} s apart."
        if apart >= CLOCK_WARNS:
            text += " This machine is ahead." if ahead > 0 else " This machine is behind."
        if apart < CLOCK_WARNS:
            return CheckStep("clock", OK, text)
        outcome = WARN if apart < CLOCK_FAILS else BAD
        return CheckStep("clock", outcome, text, "Synchronize this machine’s clock (NTP).")

    def _rules(self, facts: StoreFacts | None) -> CheckStep:
        if facts is None:
            return CheckStep("rules", SKIPPED, "These credentials can’t read the bucket’s settings.")
        findings = []
        if facts.versioning is not None:
            findings.append("old and deleted versions are kept" if facts.versioning else "no versioning")
        if facts.object_lock:
            findings.append("files are locked and can’t be deleted until the lock ends")
        if facts.lifecycle:
            findings.append("lifecycle rules: " + "; ".join(facts.lifecycle))
        text = (
            (", ".join(findings)[:1].upper() + ", ".join(findings)[1:] + ".")
            if findings
            else "The storage service doesn’t report these settings."
        )
        if facts.lifecycle and any(
            "xpir" in rule or "ransition" in rule or "elete" in rule for rule in facts.lifecycle
        ):
            remedy = "These rules automatically remove or archive recordings. Make sure this is intended."
            return CheckStep("rules", WARN, text, remedy)
        return CheckStep("rules", OK if findings else SKIPPED, text)

    def _remove(self, *stores: Store | StoreError) -> CheckStep:
        if not self.written:
            return CheckStep("remove", SKIPPED, "Nothing was written.")
        for store in stores:
            if not isinstance(store, StoreError):
                try:
                    store.delete(self.key)
                except StoreError:
                    continue
                return CheckStep("remove", OK, "Deleted.")
        return CheckStep(
            "remove",
            OK,
            "Neither set of credentials can delete files, which is good. "
            f"The test file {self.key} ({len(PROBE)} bytes) stays in the bucket.",
        )


def _failed(name: str, error: StoreError, remedy: str) -> CheckStep:
    """The step that ended with this error: its own remedy first, else what its kind is mended by."""
    code = f" ({error.code})" if error.code and error.code not in str(error) else ""
    if isinstance(error, StoreUnavailable):
        remedy = "Check the endpoint and whether this machine can reach it, then try again."
    elif isinstance(error, StoreMisconfigured) or error.code in SIGNATURE_CODES:
        remedy = "Correct the entry and check again."
    return CheckStep(name, BAD, f"{error.text}{code}", error.remedy or remedy)
