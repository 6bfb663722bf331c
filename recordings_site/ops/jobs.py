"""Which function does which kind of task: the one place where the queue and the work meet."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.callbacks import actions as callback_actions
from recordings_site.callbacks import later
from recordings_site.callbacks.handlers import APPLY, LEARN, VERIFY, apply_delivery
from recordings_site.calls import actions_replay
from recordings_site.calls import replay as replaying
from recordings_site.calls.replays import Replay
from recordings_site.destinations import actions as destination_actions
from recordings_site.destinations.models import Destination
from recordings_site.recordings import actions_notes, actions_saved, inspection, looking, transcripts
from recordings_site.recordings.actions import INDEX_TRANSCRIPT, INSPECT, LOAD_TRANSCRIPT, LOOK
from recordings_site.recordings.actions_media import ALERTS, LOOK_FOR_TRANSCRIPT
from recordings_site.recordings.actions_reconcile import RECONCILE
from recordings_site.recordings.reconcile import walk
from recordings_site.recordings.runs import Reconciliation
from recordings_site.tasks.models import Task

Handler = Callable[[Task], datetime | None]
"""Does a task. Returns None when it is done, or the time at which it has to be done again (its time has not come).
An exception is a failure: the task is tried again after a delay, and buried after the last one. It may be done twice,
when a worker dies in between: its effects must be the same as of once.
"""


def apply(task: Task) -> None:
    """Apply a stored callback that the request could not apply."""
    apply_delivery(int(task.subject))


def verify(task: Task) -> None:
    """Apply a suspect notification if the object that it names is there."""
    later.verify_suspect(int(task.subject))


def inspect(task: Task) -> None:
    """Find out what audio a recording is."""
    inspection.inspect(task.subject)


def load_transcript(task: Task) -> None:
    """Read a transcript and have it found by searches."""
    transcripts.load(task.subject)


def alert(task: Task) -> None:
    """Tell people of a new recording that their saved searches find."""
    actions_saved.alert(task.subject)


def index_transcript(task: Task) -> None:
    """Have searches know whose a transcript is now."""
    transcripts.index(task.subject)


def look(task: Task) -> datetime | None:
    """Look for a recording of which nobody told."""
    return looking.look(task.subject, since=task.created_at)


def look_for_transcript(task: Task) -> datetime | None:
    """Look for a transcript of which nobody told."""
    return looking.look_for_transcript(task.subject, since=task.created_at)


def check_destination(task: Task) -> datetime | None:
    """Check a destination, now and then every night."""
    destination = Destination.objects.in_use().filter(pk=task.subject).first()
    if destination is None:
        return None
    destination_actions.check_destination(destination=destination)
    return timezone.now() + timedelta(days=1)


def learn(task: Task) -> None:
    """Learn which of our numbers a callout is made from."""
    later.learn_callout(int(task.subject))


def forward(task: Task) -> datetime | None:
    """Tell an application's upstream of what it need not answer."""
    return callback_actions.forward(int(task.subject))


def tell_mentioned(task: Task) -> datetime | None:
    """Write to those whom a comment mentions."""
    actions_notes.tell_mentioned(int(task.subject))
    return None


def index_number(task: Task) -> datetime | None:
    """Index a number's transcripts under the new names of their speakers."""
    actions_notes.index_number(int(task.subject))
    return None


def reconcile(task: Task) -> datetime | None:
    """Walk through a destination, from where the walk stands."""
    run = Reconciliation.objects.open().filter(pk=task.subject).first()
    if run is not None:
        walk(run)
    return None


def replay(task: Task) -> None:
    """Replay a draft of a policy over past calls, from where the replay stands."""
    found = Replay.objects.open().select_related("policy").filter(pk=task.subject).first()
    if found is not None:
        replaying.walk(found)


JOBS: Mapping[str, Handler] = {
    APPLY: apply,
    callback_actions.FORWARD: forward,
    LEARN: learn,
    VERIFY: verify,
    INSPECT: inspect,
    LOAD_TRANSCRIPT: load_transcript,
    INDEX_TRANSCRIPT: index_transcript,
    ALERTS: alert,
    LOOK: look,
    LOOK_FOR_TRANSCRIPT: look_for_transcript,
    destination_actions.CHECK: check_destination,
    actions_notes.INDEX_NUMBER: index_number,
    actions_notes.TELL_MENTIONED: tell_mentioned,
    RECONCILE: reconcile,
    actions_replay.REPLAY: replay,
}
