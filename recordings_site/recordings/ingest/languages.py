"""Which language a transcript is in: as its file says, as was requested, as its words show, as its number speaks."""

from contextlib import suppress

from recordings_site.recordings import search
from recordings_site.recordings.models import LocaleSource, Origin, RecordingJob
from recordings_site.sinch.transcript import Transcript

# Characters that are enough to tell a language.
_SAMPLE = 10_000
# Percent of a text that must be of one language.
_MOST = 60


def language_of(job: RecordingJob, transcript: Transcript) -> tuple[str, LocaleSource]:
    """The locale of a transcript, "" when nothing shows it, and where it is known from.

    Of an adopted recording nobody knows what was requested.
    """
    if transcript.locale:
        return transcript.locale, LocaleSource.FILE
    if job.locale and job.origin != Origin.ADOPTED:
        return job.locale, LocaleSource.REQUESTED
    if guess := guess_language(" ".join(line.text for line in transcript.lines[:_SAMPLE])[:_SAMPLE]):
        return guess, LocaleSource.GUESSED
    return _of_number(job), LocaleSource.NUMBER


def _of_number(job: RecordingJob) -> str:
    """The language of the recording's number, else of the policy that answers it."""
    if job.number is None:
        return ""
    if job.number.language:
        return job.number.language
    policy = job.number.policy
    document = policy.published.document if policy is not None and policy.published is not None else {}
    return str(document.get("how", {}).get("locale", ""))


def guess_language(text: str) -> str:
    """The code of a text's language, as far as search knows its forms ("en"); "" when it cannot be told."""
    with suppress(ImportError):
        # Imported where it is used: its tables take some MB that web processes never need.
        import pycld2

        # It refuses marks and characters that nobody prints.
        plain = "".join(each if each.isprintable() else " " for each in text)
        with suppress(pycld2.error):
            is_reliable, _, found = pycld2.detect(plain)
            _, code, percent, _ = found[0]
            if is_reliable and percent >= _MOST:
                return search.language_of(code)
    return ""
