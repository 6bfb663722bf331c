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
            "Create a team",
            "Each number belongs to a team, whose members can play its calls.",
            Team.objects.exists(),
            reverse("teams"),
        ),
        _destination(),
        SetupStep(
            "Add your voice application",
            "Its key and secret from the Sinch dashboard, and a default route.",
            bool(applications),
            reverse("application_new"),
        ),
        SetupStep(
            "Publish a policy",
            "Which calls are recorded, what callers hear, and where calls go.",
            published.exists(),
            reverse("policies" if Policy.objects.listed().exists() else "policy_new"),
        ),
        SetupStep(
            "Add your numbers",
            "Import them from Sinch or a file, with their team and policy.",
            answered.exists(),
            connect[0] if connect and not PhoneNumber.objects.in_use().exists() else reverse("numbers"),
        ),
        SetupStep(
            "Connect Sinch",
            "From then on, your policies answer every call.",
            any(application.first_callback_at for application in applications),
            connect[0] if connect else reverse("applications"),
        ),
        SetupStep("Call one of your numbers", "Its recording appears here after the call.", done=False),
    ]


def _destination() -> SetupStep:
    there = list(Destination.objects.in_use())
    failing = [destination for destination in there if destination.failing_since]
    return SetupStep(
        "Add a destination",
        f"{failing[0]} fails its check." if failing else "A bucket you own, where Sinch uploads recordings.",
        bool(there) and not failing,
        reverse("destination", args=[failing[0].pk]) if failing else reverse("destinations"),
    )
