"""Byte ranges against a second, slow model that follows RFC 9110 word for word."""

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recordings_site.web.ranges import Selected, Unsatisfiable, select

ETAG = '"v1"'
# Thorough on demand: RANGE_REQUESTS=200000
REQUESTS = int(os.environ.get("RANGE_REQUESTS", "1500"))


def reference(size: int, header: str | None, if_range: str | None) -> tuple[int, list[int] | None]:
    """(status, offsets sent) by listing every byte that each spec names; None for the whole."""
    whole = (200, None)
    if not header or len(header) > 256:
        return whole
    if if_range is not None and if_range.strip() != ETAG:
        return whole
    head, sign, tail = header.strip(" \t").partition("=")
    if sign == "" or head.lower() != "bytes":
        return whole
    members = [member.strip(" \t") for member in tail.split(",")]
    members = [member for member in members if member]
    if len(members) != 1:
        return whole
    spec = members[0]
    if spec.count("-") != 1:
        return whole
    left, right = spec.split("-")
    if any(character not in "0123456789" for character in left + right) or not left + right:
        return whole
    if left and right and int(right) < int(left):
        return whole
    every = range(size)
    if left:
        sent = [offset for offset in every if offset >= int(left) and (not right or offset <= int(right))]
    else:
        if int(right) > 0 and size == 0:
            return whole
        sent = [offset for offset in every if offset >= size - int(right)]
    return (206, sent) if sent else (416, None)


number = st.integers(min_value=0, max_value=70).map(str) | st.sampled_from(
    ["", "007", "99999999999999999999", "-1", "+2", "٣", "1.5"]
)
spec = st.tuples(number, number).map("-".join) | st.sampled_from(["", " ", "-", "0", "a-b", "0--1", "- 5"])
members = st.lists(spec, min_size=1, max_size=3).flatmap(
    lambda found: st.sampled_from([",", " , ", ",,", "\t,"]).map(lambda comma: comma.join(found))
)
unit = st.sampled_from(["bytes", "bytes", "bytes", "BYTES", "items", "", " bytes", "bytes "])
header = (
    st.none()
    | st.tuples(unit, st.sampled_from(["=", "=", "=", "= ", "", "=="]), members).map("".join)
    | st.text(max_size=300)
)


@settings(max_examples=REQUESTS, deadline=None)
@given(
    st.integers(min_value=0, max_value=64),
    header,
    st.sampled_from([None, None, None, ETAG, '"v2"', f"W/{ETAG}", "", "Sat, 29 Oct 1994 19:43:31 GMT"]),
)
@example(0, "bytes=0-", None)
@example(0, "bytes=-5", None)
@example(10, "bytes=-0", None)
@example(10, "bytes=0-" + " " * 300, None)
def test_every_request_is_answered_as_the_reference_model_answers_it(
    size: int, asked: str | None, if_range: str | None
) -> None:
    status, sent = reference(size, asked, if_range)
    answer = select(size, asked, if_range=if_range, etag=ETAG)
    assert answer.status == status
    if isinstance(answer, Unsatisfiable):
        assert answer.content_range == f"bytes */{size}"
        return
    offsets = list(range(answer.start, answer.stop))
    assert offsets == (list(range(size)) if sent is None else sent)
    if answer.partial:
        assert answer.content_range == f"bytes {offsets[0]}-{offsets[-1]}/{size}"
    else:
        assert answer.content_range is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-", Selected(0, 100, 100, partial=True)),
        ("bytes=10-19", Selected(10, 20, 100, partial=True)),
        ("bytes=90-1000", Selected(90, 100, 100, partial=True)),
        ("bytes=-7", Selected(93, 100, 100, partial=True)),
        ("bytes=-700", Selected(0, 100, 100, partial=True)),
        ("bytes=100-", Unsatisfiable(100)),
        ("bytes=5-2", Selected(0, 100, 100, partial=False)),
        ("bytes=0-1,5-6", Selected(0, 100, 100, partial=False)),
        ("lines=0-1", Selected(0, 100, 100, partial=False)),
    ],
)
def test_the_common_requests(asked: str, expected: Selected | Unsatisfiable) -> None:
    assert select(100, asked, etag=ETAG) == expected


def test_a_weak_etag_never_lets_a_part_be_sent() -> None:
    assert select(100, "bytes=1-2", if_range='W/"v1"', etag='W/"v1"').status == 200
