"""SEI units and what DJI writes into them: read back as written, and no harm from what is spoiled."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dji.ai_sei import (
    OVER_AGORA,
    OVER_WHIP,
    AiPicture,
    BadSei,
    Box,
    messages,
    protected,
    read,
    unit,
    unprotected,
    write,
)

BYTE, SHORT, LONG = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
BOXES = st.builds(Box, SHORT, BYTE, BYTE, SHORT, SHORT, SHORT, SHORT, LONG)
PICTURES = st.builds(
    AiPicture,
    at=LONG,
    boxes=st.lists(BOXES, max_size=150).map(tuple),
    counts=st.dictionaries(BYTE, SHORT, max_size=5),
    track=SHORT,
    version=BYTE,
    frame=BYTE,
)
# Full of what needs protection and of what looks like protection
BODIES = st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 3, 0x80, 0xFF, 0xF5]), max_size=600).map(bytes)


@given(PICTURES)
def test_a_picture_is_read_as_it_was_written(picture: AiPicture) -> None:
    assert read(write(picture)) == picture


@given(BODIES)
def test_protection_keeps_start_codes_out_and_comes_off_again(body: bytes) -> None:
    safe = protected(body)
    assert not any(code in safe for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))
    assert unprotected(safe) == body


@given(st.lists(st.tuples(st.integers(0, 700), BODIES), max_size=5))
def test_all_messages_of_a_unit_are_read(found: list[tuple[int, bytes]]) -> None:
    assert list(messages(unit(*found))) == found


@given(st.binary(max_size=400))
def test_noise_is_read_or_refused_and_nothing_else(noise: bytes) -> None:
    with contextlib.suppress(BadSei):
        read(noise)
    with contextlib.suppress(BadSei):
        list(messages(noise))


@given(PICTURES, st.data())
def test_a_unit_that_is_cut_off_gives_no_more_than_it_holds(picture: AiPicture, data: st.DataObject) -> None:
    whole = unit((OVER_WHIP, write(picture)))
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    with contextlib.suppress(BadSei):
        for _, payload in messages(cut):
            with contextlib.suppress(BadSei):
                assert len(read(payload).boxes) <= len(picture.boxes)


def test_the_layout_on_the_wire() -> None:
    """As wire.md has it: little-endian, the extension on base frames only."""
    box = Box(7, 2, 1, 5000, 2500, 100, 200, 41_000)
    base = write(AiPicture(at=0x01020304, boxes=(box,), track=7))
    assert base[:6] == b"\x01\x04\x03\x02\x01\x00"
    assert base[18:22] == b"\x07\x00\x00\x02"
    assert base[22:25] == b"\x0a\x10\x00"
    assert base[25:41] == struct.pack("<HBBHHHHI", 7, 2, 1, 5000, 2500, 100, 200, 41_000)
    other = write(AiPicture(at=0x01020304, boxes=(box,), track=7, frame=1))
    assert len(base) - len(other) == 12


def test_groups_of_unknown_types_are_passed_over() -> None:
    whole = write(AiPicture(at=1, boxes=(Box(1, 2, 0, 1, 2, 3, 4, 5),), frame=1))
    more = whole[:9] + bytes([3]) + struct.pack("<BH", 99, 3) + b"abc" + whole[10:]
    assert read(more) == read(whole)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "too early"),
        (write(AiPicture(at=1))[:20], "too early"),
        (struct.pack("<BIBHBB", 1, 1, 1, 0, 0, 1) + struct.pack("<BH", 10, 16) + b"x", "16 bytes, 1 are left"),
        (struct.pack("<BIBHBB", 1, 1, 1, 0, 0, 1) + struct.pack("<BH", 10, 3) + b"xyz", "no multiple of 16"),
    ],
)
def test_what_is_wrong_with_a_payload_is_named(payload: bytes, says: str) -> None:
    with pytest.raises(BadSei, match=says):
        read(payload)


def test_messages_before_a_broken_one_are_read() -> None:
    whole = unit((OVER_AGORA, b"good"), (OVER_WHIP, b"cut off"))
    found: list[tuple[int, bytes]] = []
    with pytest.raises(BadSei, match="type 245 says 7 bytes, 3 are left"):
        found.extend(messages(whole[:-5]))
    assert found == [(OVER_AGORA, b"good")]
