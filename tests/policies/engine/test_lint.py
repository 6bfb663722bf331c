"""What lint says of a policy, each in its own case; nothing of one that is in order."""

from typing import Any

import pytest

from recordings_site.policies.engine.lint import lint
from recordings_site.policies.engine.schema.parsing import Problem
from tests.policies.generated import in_force

PHONE = {"action": "connectPstn", "number": "+46771000000"}
HEARD = {"kind": "say", "text": "This call is recorded.", "locale": "en-US"}


def problems(how: dict[str, Any] | None = None, failing: tuple[int, ...] = (), **changes: Any) -> list[Problem]:
    """The lint of a policy that is in order but for these changes."""
    document = {
        "otherwise_record": True,
        "route": PHONE,
        "how": {"destination": 1, "announcement": HEARD, **(how or {})},
        **changes,
    }
    snapshot = in_force(document)
    return lint(snapshot.policies[1], snapshot, failing=failing)


def told(found: list[Problem]) -> str:
    """All messages."""
    return " ".join(problem.message for problem in found)


def test_a_policy_in_order_gets_no_word() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("how", "changes", "message"),
    [
        ({"destination": None}, {}, "No destination. Choose one"),
        ({"destination": 99}, {}, "This destination no longer exists"),
        ({}, {"route": {"action": "connectPstn", "number": "+467012345678901"}}, "has the wrong length for"),
    ],
)
def test_errors_keep_it_from_being_published(how: dict[str, Any], changes: dict[str, Any], message: str) -> None:
    found = problems(how, **changes)
    assert message in told(found)
    assert any(problem.severity == "error" for problem in found)


@pytest.mark.parametrize(
    ("how", "changes", "message"),
    [
        ({"destination": 4}, {}, "Store 4 has no write credentials"),
        ({"announcement": {}}, {}, "No announcement before recording starts"),
        ({"announcement": {**HEARD, "recorded": True}}, {}, "Recording starts before the announcement"),
        (
            {"announcement": {**HEARD, "recorded": True}},
            {"route": {"action": "connectMxp", "username": "alice"}},
            "The announcement isn’t on the recording",
        ),
        ({"announcement": {**HEARD, "locale": "sv-SE"}}, {}, "Announced in sv-SE, transcribed in en-US"),
        ({"locale": "xx-XX"}, {}, "Unknown locale xx-XX"),
        ({"start": "answer"}, {"route": {**PHONE, "suppress_callbacks": True}}, "This route sends no answer event"),
        (
            {"method": "instruction"},
            {"route": {"action": "connectMxp", "username": "alice"}},
            "doesn’t support instructions",
        ),
        ({"method": "flag"}, {"route": {"action": "park"}}, "The record flag is undocumented on park"),
        ({"format": "wav"}, {}, "Sinch documents wav only for Voice v2"),
        ({"notification_events": False}, {}, "Without notifications"),
        ({}, {"route": {"action": "hangup"}}, "nothing is recorded"),
        ({}, {"route": {"action": "connectPstn", "number": "{to}"}}, "go back to the number the caller dialed"),
        ({}, {"on_answer": "hangup"}, "Calls are ended as soon as they are answered"),
        ({}, {"rules": [{"record": True}, {"record": False}]}, "Rule 1 matches every call, so rule 2 is never used"),
        ({}, {"rules": [{"when": {"holidays": "only"}}]}, "the list of holidays is empty"),
        ({}, {"rules": [{"when": {"callers": ["070*"]}}]}, "Rule 1: 070* matches no phone number"),
        (
            {"start": "answer"},
            {
                "route": {
                    "action": "runMenu",
                    "prompt": "Press",
                    "options": [
                        {"dtmf": "1", "route": PHONE},
                        {"dtmf": "2", "route": {"action": "connectConf", "conference_id": "room"}},
                    ],
                }
            },
            "No answer event after key 2",
        ),
    ],
)
def test_what_is_doubtful_is_said_and_does_not_stand_in_the_way(
    how: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    found = problems(how, **changes)
    assert message in told(found)
    assert all(problem.severity == "warning" for problem in found)


def test_a_destination_that_fails_its_check_is_named() -> None:
    assert "Store 1 fails its check" in told(problems(failing=(1,)))


def test_a_number_that_speaks_another_language_than_the_announcement_is_named() -> None:
    snapshot = in_force(
        {"otherwise_record": True, "route": PHONE, "how": {"destination": 1, "announcement": HEARD}}, language="sv-SE"
    )
    assert "Callers of Support Stockholm speak a different language" in told(lint(snapshot.policies[1], snapshot))


def test_a_policy_that_records_nothing_needs_no_destination() -> None:
    assert problems({"destination": None}, otherwise_record=False) == []


def test_an_answer_that_would_be_wrong_is_an_error_with_its_reason() -> None:
    found = problems({"destination": 5})
    assert found[0].severity == "error"
    assert "ICE: incoming call. Not recorded: the answer was invalid" in found[0].message
