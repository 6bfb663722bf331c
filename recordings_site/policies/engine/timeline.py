"""What each file of a recorded call will hold, as a policy's document says it: a small timeline for its preview."""

from recordings_site.policies.engine.decide import method, starts
from recordings_site.policies.engine.schema import sequence
from recordings_site.policies.engine.schema.document import Announcement, PolicyDocument
from recordings_site.policies.engine.schema.routes import ConnectMxp, Hangup, RunMenu
from recordings_site.policies.engine.schema.sequence import Segment, Step


def timeline(document: PolicyDocument) -> list[Segment]:
    """The call from its beginning, stretch by stretch; of a menu, what each choice changes."""
    how, route = document.how, document.route
    if isinstance(route, Hangup):
        return []
    steps = how.steps or _of_announcement(how.announcement, method(how, route))
    if how.steps and isinstance(route, ConnectMxp):
        steps = (*(step for step in how.steps if step.heard), Step("start"))
    conversation = "The menu" if isinstance(route, RunMenu) else "The conversation"
    found = sequence.segments(steps, conversation)
    if how.steps and starts(how, route) == "ace" and not isinstance(route, RunMenu):
        found = [Segment("Ringing", None), *found]
    return [*found, *_choices(route, found)] if isinstance(route, RunMenu) else found


def _of_announcement(announcement: Announcement, means: str) -> tuple[Step, ...]:
    heard = {
        "say": (Step("say", announcement.text),),
        "play": (Step("play", files=announcement.files),),
    }.get(announcement.kind, ())
    start = (Step("start"),)
    return (*start, *heard) if announcement.recorded and means == "instruction" else (*heard, *start)


def _choices(menu: RunMenu, before: list[Segment]) -> list[Segment]:
    """The conversation after each choice: in the file of the menu, in one of its own, or in none."""
    files = [segment.file for segment in before if segment.file]
    running, made = before[-1].file, max(files, default=0)
    found = []
    for name, chosen in [
        *((f"After key {option.dtmf}", option.recording) for option in menu.options),
        ("After anything else", menu.default_recording),
    ]:
        file = {"stop": None, "start": running or made + 1}.get(chosen, running)
        found.append(Segment(f"{name}: the conversation", file))
    return found
