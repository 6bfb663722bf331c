"""Names that must stay with those who may see what bears them: each thing of two teams has the word of its team."""

from collections.abc import Iterator

from recordings_site.accounts.models import Role, Team
from recordings_site.accounts.picking.choices import KINDS
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.applications.actions import update_number
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.ingest import actions as ingest
from recordings_site.recordings.models import SavedSearch
from tests import factories

# One slip away from each is what somebody might type who has heard of it.
OURS, THEIRS = "wombatous", "quokkaish"
SLIPS = {OURS: "wombatus", THEIRS: "quokkais"}


def plant(word: str, team: Team, *, conference: ConferenceSession | None = None) -> PhoneNumber:
    """Give a team one of everything, each named with the word, on a number of its own; `conference` is joined."""
    Team.objects.filter(pk=team.pk).update(name=f"{word} team")
    team.refresh_from_db()
    admin = factories.admin()
    places = [factories.destination(name=f"{word} {which} place") for which in ("past", "policy", "own")]
    past = factories.policy(name=f"{word} past policy")
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": {"destination": places[1].pk}}
    number = factories.number(
        label=f"{word} line", team=team, application=factories.application(name=f"{word} application"), policy=past,
        destination=places[0],
    )  # fmt: skip
    update_number(by=admin, number=number, policy=factories.policy(document, name=f"{word} policy"))
    update_number(by=admin, number=number, destination=places[2])
    call = factories.call(number=number, caller=f"{word}-caller", call_id=f"{word}-call")
    decision = factories.decision(call, policy_version=past.published)
    recording = factories.recording(call=call, destination=places[2], decision=decision)
    said = [(1.0, f"{word} label", f"the {word} word"), (2.0, "Speaker 1", "good morning")]
    ingest.index_transcript(factories.transcript(recording, said))
    person = factories.user(Role.SUPERVISOR, teams=[team], name=f"{word} person", email=f"{word}@example.com")
    annotations.tag_recording(by=person, recording=recording, name=f"{word} tag")
    annotations.add_comment(by=person, recording=recording, at=1, end=None, text=f"{word} comment")
    for for_number in (True, False):
        annotations.name_speaker(
            by=person, recording=recording, speaker_label="Speaker 1", name=f"{word} speaker", for_number=for_number
        )
    SavedSearch.objects.create(owner=person, team=team, name=f"{word} saved", page="search", query=f"q={word}")
    if conference is not None:
        Call.objects.filter(pk=call.pk).update(conference_session=conference)
        posted = {"event": "ace", "callid": f"{word}-call", "cli": f"{word}-caller"}
        factories.delivery(number.application, posted, call=call)
    return number


def questions(word: str) -> Iterator[str]:
    """The addresses at which somebody asks for names that they have heard of, or mistyped."""
    for typed in (word[:4], SLIPS[word]):
        yield from (f"/choices/{kind}/?text={typed}" for kind in KINDS)
        yield from (f"/search/?q={field}:{typed}" for field in [*SEARCHED, "speaker"])
        yield from (f"/recordings/?{field}-text={typed}" for field in SEARCHED)
        yield from (f"/{page}/?q={typed}" for page in ("search", "calls"))
    yield from (f"/choices/{kind}/" for kind in KINDS)
    yield from ("/search/?q=morning", "/search/?q=good&facets=1", "/recordings/", "/live/")
