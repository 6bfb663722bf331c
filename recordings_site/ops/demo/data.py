"""The demo's data: two teams, five numbers, their policies, a folder for recordings, a user of each role.

It is created by the same actions that the pages use; existing data is left unchanged.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from recordings_site.accounts.actions import change_person, create_team, ensure_admin, invite_person
from recordings_site.accounts.models import Role, Team, User
from recordings_site.destinations.actions import CredentialSets, create_destination
from recordings_site.destinations.kinds import local
from recordings_site.destinations.models import Destination
from recordings_site.policies.applications.actions import create_application, create_number
from recordings_site.policies.editor.publishing import create_policy, publish
from recordings_site.policies.engine.schema import document
from recordings_site.policies.engine.schema.document import Announcement, How, PolicyDocument, Rule, When
from recordings_site.policies.engine.schema.routes import ConnectConf, ConnectPstn, MenuOption, RunMenu
from recordings_site.policies.models import Application, Policy

SUPPORT, SUPERVISOR = "support@demo.example", "supervisor@demo.example"
ADMIN, AUDITOR = "admin@demo.example", "auditor@demo.example"
# Address, name, and what the user is for: printed with the sign-ins.
PEOPLE = (
    (SUPPORT, "Sam Support", "plays and searches the calls of both teams"),
    (SUPERVISOR, "Sofia Supervisor", "also exports, corrects and tags; on the Billing team, so sees only its calls"),
    (ADMIN, "Ada Admin", "sees everything, and manages policies, numbers, destinations and people"),
    (AUDITOR, "Otto Auditor", "reads everything, changes nothing"),
)
# Public, as the demo is local: production refuses DEMO.
PASSWORD = "calls-for-everybody"  # noqa: S105
KEY = "5e1f3c0d-0dde-4d0c-8a11-ca11ab1e0001"
SECRET = "ZGVtby1hcHBsaWNhdGlvbi1zZWNyZXQtMzItYnl0ZXM="  # noqa: S105
TOKEN = "write-token-of-the-demo"  # noqa: S105
BUCKET = "demo-recordings"
# Numbers that the regulators of the three countries reserve for fiction.
SWEDISH, AMERICAN, BRITISH, MENU, ROOM = "46846500411", "12025550142", "442079460018", "442079460102", "46846500455"
AGENTS, AGENTS_AT_NIGHT = "+12025550190", "+442079460199"


@dataclass(frozen=True)
class Demo:
    """What the demo's calls are placed against."""

    application: Application
    plain: tuple[str, ...] = (SWEDISH, AMERICAN, BRITISH, MENU)
    conference: tuple[str, ...] = (ROOM,)


@transaction.atomic
def make() -> Demo:
    """Create the demo's missing users, teams, numbers and policies."""
    known = Application.objects.filter(key=KEY).first()
    if known is not None:
        return Demo(known)
    admin = ensure_admin(email=ADMIN)
    support, billing = create_team(by=admin, name="Support"), create_team(by=admin, name="Billing")
    _make_people(admin, support, billing)
    folder = create_destination(
        by=admin, name="Demo folder", kind=local.KIND.name, bucket=BUCKET, sets=CredentialSets(write=TOKEN, read=TOKEN)
    )
    (settings.LOCAL_STORE_ROOT / BUCKET).mkdir(parents=True, exist_ok=True)
    application = create_application(
        by=admin, name="Demo application", key=KEY, secret=SECRET,
        default_route=ConnectPstn(number=AGENTS).to_dict(),
    )  # fmt: skip
    _make_numbers(admin, application, folder, support, billing)
    return Demo(application)


def _make_people(admin: User, support: Team, billing: Team) -> None:
    names = {email: name for email, name, _ in PEOPLE}
    change_person(by=admin, person=admin, name=names[ADMIN], role=Role.ADMIN, teams=[])
    _give_password(admin)
    for email, role, teams in (
        (SUPPORT, Role.SUPPORT, [support, billing]),
        (SUPERVISOR, Role.SUPERVISOR, [billing]),
        (AUDITOR, Role.AUDITOR, []),
    ):
        _give_password(invite_person(by=admin, email=email, role=role, teams=teams, name=names[email]))


def _make_numbers(admin: User, application: Application, folder: Destination, support: Team, billing: Team) -> None:
    policies = {name: _published(admin, name, what, text) for name, what, text in _documents(folder)}
    for digits, label, team, policy in (
        (SWEDISH, "Kundtjänst", support, "Svensk kundtjänst"),
        (AMERICAN, "Support US", support, "Record every call"),
        (BRITISH, "Billing UK", billing, "Announce, then record"),
        (MENU, "Billing menu", billing, "Menu before the agent"),
        (ROOM, "Team room", support, "Conference room"),
    ):
        create_number(by=admin, digits=digits, application=application, team=team, label=label, policy=policies[policy])


def _documents(folder: Destination) -> tuple[tuple[str, PolicyDocument, str], ...]:
    def how(locale: str, **more: object) -> How:
        return How(destination=folder.pk, locale=locale, **more)  # type: ignore[arg-type]

    agents = ConnectPstn(number=AGENTS)
    announced = Announcement(kind="say", text="This call is recorded for training.", locale="en-GB")
    announced_in_swedish = Announcement(kind="say", text="Samtalet spelas in.", locale="sv-SE")
    menu = RunMenu(
        prompt="For invoices press one. For refunds press two.",
        locale="en-GB",
        options=(MenuOption("1", agents), MenuOption("2", ConnectPstn(number=AGENTS_AT_NIGHT))),
        default=agents,
    )
    weekend = Rule(record=True, percent=50, name="Half of weekend calls", when=When(weekdays=(6, 7)))
    return (
        (
            "Record every call",
            PolicyDocument(otherwise_record=True, route=agents, how=how("en-US", start="answer")),
            "From the moment someone answers. Callers agreed in their contract.",
        ),
        (
            "Svensk kundtjänst",
            PolicyDocument(
                otherwise_record=True, time_zone="Europe/Stockholm", route=agents,
                how=how("sv-SE", announcement=announced_in_swedish, method="instruction"),
            ),
            "Swedish, with an announcement first.",
        ),
        (
            "Announce, then record",
            PolicyDocument(
                rules=(weekend,), otherwise_record=True, time_zone="Europe/London", route=agents,
                how=how("en-GB", announcement=announced, method="instruction"),
            ),
            "Callers are told they’re being recorded. On weekends, half of the calls are recorded.",
        ),
        (
            "Menu before the agent",
            PolicyDocument(otherwise_record=True, time_zone="Europe/London", route=menu, how=how("en-GB")),
            "The caller’s choice decides who answers.",
        ),
        (
            "Conference room",
            PolicyDocument(otherwise_record=True, route=ConnectConf(conference_id="room-{number}"), how=how("en-US")),
            "Everyone who calls the number joins one conference, with one recording.",
        ),
    )  # fmt: skip


def _published(admin: User, name: str, what: PolicyDocument, description: str) -> Policy:
    policy = create_policy(by=admin, name=name, document=document.parse(what.to_dict()), description=description)
    publish(by=admin, policy=policy, reason="First version of the demo.")
    return policy


def _give_password(person: User) -> None:
    """Set a password: the demo sends no mail with a link to set one."""
    User.objects.filter(pk=person.pk).update(password=make_password(PASSWORD))
