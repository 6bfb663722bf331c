"""Templates of object keys: which are refused and why, and what they render."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.destinations.key_template import FIELDS, names_the_file, problems, render
from recordings_site.destinations.models import DEFAULT_KEY_TEMPLATE

VALUES = {**dict.fromkeys(FIELDS, "x"), "format": "mp3"}


@pytest.mark.parametrize(
    "template",
    [DEFAULT_KEY_TEMPLATE, "", "calls/", "{date}/{number}/", "{recording}.{format}", "a b/{recording}.{format}"],
)
def test_a_template_that_keeps_recordings_apart_is_accepted(template: str) -> None:
    assert problems(template) == []


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("fixed.{format}", "overwrites existing files"),
        ("{call_id}.{format}", "stopped and started again"),
        ("{recording}.{format}x", "End with"),
        ("{recording}-{nothing}.{format}", "Only these placeholders"),
        ("{recording}}.{format}", "Only these placeholders"),
        ("/{recording}.{format}", "leading slash"),
        ("a//{recording}.{format}", "empty parts"),
        ("../{recording}.{format}", "“..”"),
        ("a\\{recording}.{format}", "backslashes"),
        ("x" * 300 + "{recording}.{format}", "at most 300"),
    ],
)
def test_a_template_that_could_lose_recordings_is_refused_with_the_reason(template: str, says: str) -> None:
    assert any(says in problem for problem in problems(template)), problems(template)


@given(st.text(max_size=60))
def test_what_callers_send_never_adds_a_part_to_the_key(value: str) -> None:
    values = {**VALUES, "call_id": value}
    key = render(DEFAULT_KEY_TEMPLATE, values)
    assert key.count("/") == 2
    assert all(part.strip(".") for part in key.split("/"))
    assert key.isascii()
    assert key.isprintable()


@given(st.uuids(), st.uuids())
def test_two_recordings_never_share_a_key(one: uuid.UUID, other: uuid.UUID) -> None:
    keys = [render(DEFAULT_KEY_TEMPLATE, {**VALUES, "recording": str(each)}) for each in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_a_folder_leaves_the_name_to_sinch() -> None:
    assert not names_the_file("calls/")
    assert not names_the_file("")
    assert names_the_file(DEFAULT_KEY_TEMPLATE)
