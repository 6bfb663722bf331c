"""The ends of a call are told by the type that Sinch names, not by what they look like."""

import pytest

from recordings_site.sinch import ends


@pytest.mark.parametrize(
    ("said", "endpoint", "kind"),
    [
        ("did", "+46812345678", "number"),
        ("Number", "46812345678", "number"),
        ("username", "10023", "username"),
        ("Username", "+46812345678", "username"),
        ("conference", "4711", "conference"),
        ("sip", "4711", "sip"),
        ("", "46812345678", "number"),
        ("", "alice", "username"),
        ("", "alice@example.com", "sip"),
        ("fax", "46812345678", "number"),
        ("", "", "number"),
    ],
)
def test_an_end_has_the_type_that_sinch_names_and_else_looks(said: str, endpoint: str, kind: str) -> None:
    assert ends.end_type(said, endpoint) == kind


@pytest.mark.parametrize(
    ("origination", "cli", "kind"),
    [
        ("sip", "4711", "sip"),
        ("sip", "+46812345678", "number"),
        ("sip", "alice@pbx.example.com", "sip"),
        ("sip", "private", "number"),
        ("pstn", "46812345678", "number"),
        ("mxp", "", "number"),
    ],
)
def test_an_extension_behind_a_sip_trunk_is_no_phone_number(origination: str, cli: str, kind: str) -> None:
    assert ends.caller_type(origination, cli) == kind


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("46701234567", "number", "+46 70 123 45 67"),
        ("46701234567", "username", "46701234567"),
        ("46701234567", "", "+46 70 123 45 67"),
        ("anonymous", "number", ""),
        ("anonymous", "username", "anonymous"),
        ("4711", "conference", "4711"),
    ],
)
def test_a_name_is_never_grouped_as_a_number(text: str, kind: str, shown: str) -> None:
    assert ends.shown(text, kind) == shown


@pytest.mark.parametrize(
    ("caller", "called", "agent"),
    [
        (("dana", "username"), ("+46701740660", "number"), "dana"),
        (("+46701740660", "number"), ("dana", "username"), "dana"),
        # Two app users: which of them is on our side is not known.
        (("dana", "username"), ("kim", "username"), ""),
        (("+46701740660", "number"), ("+4684650040", "did"), ""),
        (("", ""), ("4711", "username"), "4711"),
        (("private", "number"), ("", ""), ""),
    ],
)
def test_the_agent_is_the_only_app_user_of_a_call(caller: tuple[str, str], called: tuple[str, str], agent: str) -> None:
    assert ends.in_app_user(caller, called) == agent
