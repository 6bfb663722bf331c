"""The setup steps until the first recording can be played, each with the page that does it."""

from dataclasses import dataclass

from django.urls import reverse

from recordings_site.accounts.models import Team
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.recordings.models import RecordingJob


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step: its title, its purpose, whether it is done, and the URL of its page ("" for none)."""

    title: str
    purpose: str
    done: bool
    url: str = ""


def setup_steps() -> list[SetupStep]:
    """Return the steps in their order; none once a recording has arrived."""
    if RecordingJob.objects.filter(available_at__isnull=False).exists():
        return []
    applications = list(Application.objects.in_use())
    connect = [reverse("connect", args=[application.pk]) for application in applications]
    published, answered = Policy.objects.with_published(), PhoneNumber.objects.in_use().with_policy()
    return [
        SetupStep(
            "Make a team",
            "Each number belongs to one, whose people hear its calls.",
            Team.objects.exists(),
            reverse("teams"),
        ),
        _destination(),
        SetupStep(
            "Enter your voice application",
            "Its key and secret from the Sinch dashboard, and where calls go when nothing better can be decided.",
            bool(applications),
            reverse("application_new"),
        ),
        SetupStep(
            "Publish a policy",
            "It says which calls are recorded, what callers are told, and where they are taken.",
            published.exists(),
            reverse("policies" if Policy.objects.listed().exists() else "policy_new"),
        ),
        SetupStep(
            "Bring in your numbers",
            "From Sinch or from a file, each with its team and policy.",
            answered.exists(),
            connect[0] if connect and not PhoneNumber.objects.in_use().exists() else reverse("numbers"),
        ),
        SetupStep(
            "Have Sinch send its callbacks here",
            "From then on each call is answered as your policies say.",
            any(application.first_callback_at for application in applications),
            connect[0] if connect else reverse("applications"),
        ),
        SetupStep(
            "Call one of your numbers", "Its recording appears on this page when the call has ended.", done=False
        ),
    ]


def _destination() -> SetupStep:
    there = list(Destination.objects.in_use())
    failing = [destination for destination in there if destination.failing_since]
    return SetupStep(
        "Give recordings a place",
        f"{failing[0]} fails its check." if failing else "A bucket of yours, into which Sinch writes.",
        bool(there) and not failing,
        reverse("destination", args=[failing[0].pk]) if failing else reverse("destinations"),
    )
