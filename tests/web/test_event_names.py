"""What the audit trail and the list of failed tasks call things."""

import pytest

from recordings_site.tasks import registry
from recordings_site.web.wording import event_names


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("policy.draft_discarded", "Policy draft discarded"),
        ("audio.heard", "Audio played"),
        ("number.change_refused", "Number change rejected"),
        ("alert.completeness.below_target", "Completeness below target"),
    ],
)
def test_an_event_has_a_readable_name(code: str, name: str) -> None:
    assert event_names.event_name(code) == name


def test_each_kind_of_task_has_a_name_of_its_own() -> None:
    names = {kind: event_names.event_name(kind) for kind in registry.load()}
    derived = {kind.removeprefix("alert.").replace(".", " ").replace("_", " ").capitalize() for kind in names}
    assert not derived & set(names.values())
