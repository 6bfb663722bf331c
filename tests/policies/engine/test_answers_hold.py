"""What every answer must keep, over ten thousand generated policies and each event of a call."""

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import Answer, DecisionFacts
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch import svaml
from tests.policies import generated

POLICIES, CHUNKS = 10_000, 10
RECORDING = UUID("6f1c1d5e-6f2b-4a55-9a38-0c1a54f6d3a1")


def answers(seed: int) -> Iterator[tuple[str, Answer, Snapshot]]:
    """Each answer of one generated call under one generated policy: (event, answer, what was in force)."""
    random = Random(seed)
    snapshot = generated.in_force(
        generated.document(random),
        destination_id=random.choice([None, None, 1, 4]),
        language=random.choice(["", "sv-SE"]),
    )
    call = generated.call(random)
    ice = answer.answer_ice(call, snapshot, application_key=generated.KEY, recording_id=RECORDING)
    yield "ice", ice, snapshot
    stored = DecisionFacts.from_dict(json.loads(json.dumps(ice.decision.to_dict())))
    yield "ace", answer.answer_ace(stored, snapshot), snapshot
    for value in (*"129#", "", "timeout"):
        yield "pie", answer.answer_pie(stored, value, snapshot), snapshot
    yield "ice", answer.answer_again(stored, snapshot), snapshot
    refused = answer.answer_ice(
        call,
        snapshot,
        application_key=generated.KEY,
        recording_id=RECORDING,
        may_record=False,
        refusal="stale_clock",
    )
    yield "ice", refused, snapshot
    yield (
        "ace",
        answer.answer_callout(replace(call, direction="callout"), 1, snapshot, recording_id=RECORDING),
        snapshot,
    )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_answer_is_valid_and_gives_credentials_only_to_record(chunk: int) -> None:
    for seed in range(chunk, POLICIES, CHUNKS):
        for event, given, _ in answers(seed):
            assert svaml.problems(given.svaml, event) == [], seed
            assert set(given.svaml) <= {"instructions", "action"}, seed
            records = svaml.recording_requests(given.svaml)
            assert len(records) <= 1, seed
            assert (generated.SECRET in json.dumps(given.svaml)) == bool(records), seed
            assert generated.SECRET not in json.dumps(svaml.masked(given.svaml)), seed
            assert generated.SECRET not in json.dumps(given.decision.to_dict()), seed
            assert generated.SECRET not in repr(given), seed
            if records:
                assert given.decision.record, seed
                assert given.decision.plan is not None, seed
                assert records[0].options.destination_url == given.decision.plan.destination_url, seed
                assert records[0].origin == given.decision.plan.origin, seed
                assert records[0].conference == bool(given.decision.plan.conference_id), seed
            assert sentences.decision(given.decision.grounds).endswith("."), seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nobody_is_recorded_before_the_notice_nor_by_an_instruction_beside_connect_mxp(chunk: int) -> None:
    for seed in range(chunk, POLICIES, CHUNKS):
        for _, given, _ in answers(seed):
            names = [svaml.name_of(instruction) for instruction in svaml.instructions_of(given.svaml)]
            action = svaml.name_of(svaml.action_of(given.svaml))
            if action == "connectmxp":
                assert "startrecording" not in names, seed
            notice = [place for place, name in enumerate(names) if name in ("say", "playfiles")]
            if "startrecording" in names and notice and not given.decision.announcement.recorded:
                assert max(notice) < names.index("startrecording"), seed
            records = svaml.recording_requests(given.svaml)
            if records and given.decision.announcement.kind != "none":
                assert notice, seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_same_call_gets_the_same_decision_and_starts_at_most_once(chunk: int) -> None:
    for seed in range(chunk, POLICIES, CHUNKS):
        first, again = list(answers(seed)), list(answers(seed))
        assert [a.decision for _, a, _ in first] == [a.decision for _, a, _ in again], seed
        ice, ace = first[0][1], first[1][1]
        repeated = next(a for event, a, _ in first[2:] if event == "ice")
        assert repeated.svaml == ice.svaml, seed
        starts = [a for a in (ice, ace) if svaml.recording_requests(a.svaml)]
        assert len(starts) <= 1, seed
        # What was planned starts, unless the ACE's own decision says why it does not; nothing else starts.
        assert len(starts) == (len(ice.recordings) if ace.decision.record else 0), seed


def test_a_document_survives_its_json_unchanged() -> None:
    for seed in range(2000):
        document = parse(generated.document(Random(seed)))
        assert parse(json.loads(document.to_json())) == document
        assert parse(document.to_dict()).to_json() == document.to_json()
