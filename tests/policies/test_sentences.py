"""Why a call is or is not recorded, in words: each reason has its own, and keeps them when it is stored."""

import json
from typing import Any

import pytest

from recordings_site.policies.engine.decision import Reason
from recordings_site.policies.engine.explain import sentences

RULE = {"rule": 2, "values": {"when": {"callers": ["+4670*"], "weekdays": [1, 2]}, "time_zone": "Europe/Stockholm"}}
WRONG = {"values": {"path": "action.number", "message": "must be a number."}}
GROUNDS: dict[Reason, dict[str, Any]] = {
    Reason.RULE_RECORDS: RULE,
    Reason.RULE_EXCLUDES: RULE,
    Reason.SAMPLED_OUT: {**RULE, "draw": 61.5, "percent": 25},
    Reason.OTHERWISE_RECORDS: {"values": {"has_rules": True}},
    Reason.NO_RULE_MATCHES: {"values": {"has_rules": True}},
    Reason.NO_POLICY: {"values": {"number": "Support"}},
    Reason.UNDIALABLE: {"values": {"dialled": "0701234567"}},
    Reason.UNKNOWN_NUMBER: {"values": {"number": "+4670"}},
    Reason.CREDENTIALS_UNUSABLE: {"values": {"destination": "Archive"}},
    Reason.WRONG_ANSWER: WRONG,
    Reason.WRONG_RECORDING: WRONG,
}


def said(reason: Reason, **more: Any) -> str:
    """The sentence, from grounds as a database gives them back."""
    grounds = {"reason": reason, "policy_name": "Support EU", "version_number": 7, **GROUNDS.get(reason, {}), **more}
    return sentences.decision(json.loads(json.dumps(grounds)))


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_words_of_its_own(reason: Reason) -> None:
    sentence = said(reason)
    assert sentence.startswith("Not recorded: ")
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    assert [said(other) for other in Reason].count(sentence) == 1


def test_the_values_are_in_the_words() -> None:
    assert said(Reason.RULE_RECORDS, record=True) == (
        "Recorded: rule 2 of “Support EU” v7 records calls Mon-Tue Europe/Stockholm, from +4670*."
    )
    assert "records 25% of calls Mon-Tue" in said(Reason.SAMPLED_OUT)
    assert "this call was not selected" in said(Reason.SAMPLED_OUT)
    assert "the write credentials of Archive can’t be used" in said(Reason.CREDENTIALS_UNUSABLE)
    assert "(action.number: must be a number)" in said(Reason.WRONG_ANSWER)


@pytest.mark.parametrize("reason", [Reason.NO_POLICY, Reason.UNKNOWN_NUMBER, Reason.NOT_A_NUMBER])
def test_where_an_upstream_answers_no_default_route_is_named(reason: Reason) -> None:
    assert "the application’s default route answered" in said(reason)
    assert "the upstream’s answer was used unchanged" in said(reason, relayed=True)


def test_a_draft_has_no_number_and_a_policy_without_rules_no_rule_that_matches() -> None:
    draft = {"version_number": None, "values": {"has_rules": False}}
    assert said(Reason.NO_RULE_MATCHES, **draft) == "Not recorded: Support EU (draft) doesn’t record calls."
    assert said(Reason.OTHERWISE_RECORDS, **draft, record=True) == "Recorded: Support EU (draft) records every call."
