"""Calls that go on in real time: described, managed, left and hung up; and the command that holds them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recordings_site.calls.models import Call
from recordings_site.policies.engine import snapshot
from recordings_site.simulator.management.commands import switchboard as command
from recordings_site.simulator.switchboard import Switchboard
from recordings_site.sinch import svaml
from recordings_site.sinch.svaml import RecordingOptions
from tests import factories, simulated
from tests.simulator.sinch_side import PSTN, Backend, engine

CONTINUE = {"action": {"name": "continue"}}
ROOM = {"action": {"name": "connectConf", "conferenceId": "conference"}}
NUMBER = "46800000001"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon."""
    return Clock()


@pytest.fixture
def backend() -> Backend:
    """One that connects calls and asks for no recording."""
    return Backend({"ice": {"action": PSTN}, "ace": CONTINUE})


@pytest.fixture
def board(backend: Backend, clock: Clock, tmp_path: Path) -> Iterator[Switchboard]:
    """A switchboard whose store is a folder of this test's."""
    made = Switchboard(engine(backend, tmp_path), clock=clock)
    yield made
    made.hang_up_all()


def options(tmp_path: Path, name: str) -> RecordingOptions:
    """Recording options that name an object."""
    (tmp_path / "calls").mkdir(exist_ok=True)
    return RecordingOptions(f"local://calls/{name}.mp3", "a-random-token-of-a-test")


def test_a_call_goes_on_until_it_is_hung_up(board: Switchboard, backend: Backend, clock: Clock) -> None:
    call_id = board.place(NUMBER, other="12025550100").planned.call_id
    clock.now += timedelta(seconds=65)
    described = board.describe(call_id)
    assert described is not None
    assert (described["status"], described["duration"], described["from"]["endpoint"]) == ("ONGOING", 64, "12025550100")
    assert "dice" not in backend.kinds()
    board.hang_up(call_id)
    board.hang_up(call_id)
    described = board.describe(call_id)
    assert described is not None
    assert (described["status"], described["result"]) == ("FINAL", "ANSWERED")
    assert backend.kinds().count("dice") == 1
    assert board.describe("another") is None


def test_a_recording_that_is_stopped_is_uploaded_while_the_call_goes_on(
    board: Switchboard, backend: Backend, clock: Clock, tmp_path: Path
) -> None:
    call_id = board.place(NUMBER).planned.call_id
    for name in ("one", "two"):
        clock.now += timedelta(seconds=10)
        assert board.manage(call_id, svaml.manage("start", options(tmp_path, name)))
        clock.now += timedelta(seconds=1)
        assert board.manage(call_id, svaml.manage("stop"))
        assert (tmp_path / "calls" / f"{name}.mp3").stat().st_size > 1000
    assert backend.kinds().count("recording_available") == 2
    assert "dice" not in backend.kinds()
    board.hang_up(call_id)
    assert backend.kinds().count("recording_available") == 2
    assert not board.manage(call_id, svaml.manage("stop"))


def test_a_call_can_be_ended_by_its_manager(board: Switchboard, backend: Backend) -> None:
    call_id = board.place(NUMBER).planned.call_id
    assert board.manage(call_id, svaml.document(svaml.hangup()))
    assert "dice" in backend.kinds()


def test_participants_are_those_who_are_in_the_conference(backend: Backend, board: Switchboard) -> None:
    backend.answers["ice"] = ROOM
    first, second = (board.place(NUMBER, other=other).planned.call_id for other in ("12025550101", "12025550102"))
    assert {one["id"] for one in board.participants("conference")} == {first, second}
    assert board.leave("conference", first)
    assert [one["id"] for one in board.participants("conference")] == [second]
    assert board.leave("conference", None)
    assert not board.leave("conference", None)


def test_a_call_that_nobody_answers_is_not_held(backend: Backend, board: Switchboard) -> None:
    backend.answers["ice"] = {"action": {"name": "hangup"}}
    call = board.place(NUMBER)
    described = board.describe(call.planned.call_id)
    assert described is not None
    assert described["status"] == "FINAL"


@pytest.mark.django_db
def test_the_command_holds_calls_and_hangs_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "over_http", lambda: simulated.through_django)
    number = factories.number()
    snapshot.forget()
    out = StringIO()
    call_command(
        "switchboard", url=simulated.URL, key=number.application.key, secret=factories.SECRET, number=[number.e164],
        seconds=0.01, stdout=out,
    )  # fmt: skip
    assert f"{number.e164}: in progress" in out.getvalue()
    assert "Sinch's REST API is at http://127.0.0.1:" in out.getvalue()
    assert Call.objects.get().is_over


def test_the_command_asks_for_a_secret_that_is_one() -> None:
    with pytest.raises(CommandError, match="SIMULATE_SECRET"):
        call_command("switchboard", url=simulated.URL, key="key", secret="?", number=["+4670"])
