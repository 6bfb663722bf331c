"""The names of the audit trail's events and of background tasks, as people read them.

Most follow from their code: "policy.draft_discarded" is "Policy draft discarded". Those that would read badly are here.
"""

_NAMES = {
    "activity.exported": "Activity exported",
    "application.asked_sinch": "Sinch connection checked",
    "audio.heard": "Audio played",
    "audio.sent_whole": "Full audio file loaded",
    "audit.anchored_anew": "Audit trail re-anchored",
    "backup.drilled": "Backup restore tested",
    "callback.believed": "Callback applied by an admin",
    "credentials.resealed": "Credentials re-encrypted",
    "person.access_ended": "Access removed",
    "person.code_failed": "Wrong verification code",
    "person.confirmation_failed": "Identity check failed",
    "person.made_admin": "Made an admin",
    "person.password_set": "Password set",
    "person.second_factors_removed": "Two-step verification removed",
    "person.session_ended": "Signed out of a device",
    "person.sessions_ended": "Signed out of all devices",
    "person.sign_in_failed": "Sign-in failed",
    "person.sign_in_refused": "Sign-in rejected",
    "person.signed_in": "Signed in",
    "recording.adopted": "Recording found in storage",
    "recording.returned": "Recording back in storage",
    "task.tried_again": "Task retried",
    "transcript.nudged": "Transcript offset changed",
    "transcript.read": "Transcript viewed",
    "transcript.reverted": "Original transcript restored",
    "alert.call.broken": "Call dropped by our answer",
    "alert.recording.elsewhere": "Recording stored elsewhere",
    "alert.upstream.given_up": "Event not passed on to your back end",
    # Background tasks.
    "alert.below_target": "Completeness alert",
    "alert.call_broken": "Alert about a dropped call",
    "call.learn": "Look up a call’s number",
    "comment.notify_mentioned": "Email people who were mentioned",
    "delivery.apply": "Apply a callback",
    "delivery.verify": "Confirm a suspect callback",
    "destination.check": "Check a destination",
    "destination.covers": "Link recordings to a destination",
    "destination.reconcile": "Import existing files",
    "mail.send": "Send an email",
    "policy.replay": "Replay a policy",
    "recording.inspect": "Read a recording’s audio file",
    "recording.look": "Look for a late recording",
    "recordings.attribute": "Assign recordings to numbers",
    "retention.apply": "Delete old data",
    "saved.alerts": "Notify about new matches",
    "single_sign_on.check": "Check single sign-on accounts",
    "transcript.index": "Index a transcript for search",
    "transcript.load": "Read a transcript",
    "transcript.look": "Look for a late transcript",
    "transcripts.index_number": "Index a number’s transcripts",
    "upstream.forward": "Pass an event on to your back end",
}


def event_name(code: str) -> str:
    """The name of an event or task: "policy.draft_discarded" is "Policy draft discarded"."""
    if code in _NAMES:
        return _NAMES[code]
    # Recorded codes say "refused", pages say "rejected".
    words = code.removeprefix("alert.").replace(".", " ").replace("_", " ").replace("refused", "rejected")
    return words.capitalize()
