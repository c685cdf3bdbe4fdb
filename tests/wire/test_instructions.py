"""Instructions as the host says them and as devices hear them; the answer of many in one frame."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.wire import instructions as say
from robotics.wire.fast import Block, common_answer, salvage
from robotics.wire.instructions import Change, Span, reads, writes
from robotics.wire.packet import HEADER, Decoder, Instruction, Packet, WireError, status_frame

VECTORS = Path(__file__).parents[2].parent / "shared/data/dynamixel/vectors.json"
known = pytest.mark.skipif(not VECTORS.is_file(), reason="shared/data/dynamixel is not there")

ids = st.integers(0, 252)
addresses = st.integers(0, 0xFFFF)
spans = st.builds(Span, ids, addresses, st.integers(0, 0xFFFF))
changes = st.builds(Change, ids, addresses, st.binary(min_size=1, max_size=20))


def published(name: str) -> bytes:
    """Return a frame that the manufacturer prints."""
    vectors = json.loads(VECTORS.read_text())["vectors"]
    return bytes.fromhex(next(v["hex"] for v in vectors if v["name"] == name))


@known
@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("ping_broadcast", say.ping()),
        ("reboot_id1", say.reboot(1)),
        ("read_present_position_id1", say.read(Span(1, 132, 4))),
        ("write_goal_position_512_id1", say.write(Change(1, 116, b"\0\2\0\0"))),
        (
            "reg_write_goal_velocity_200_id1",
            say.write(Change(1, 104, b"\xc8\0\0\0"), registered=True),
        ),
        ("sync_read_pos_id1_id2", say.sync_read(132, 4, (1, 2))),
        ("fast_sync_read_ids_3_7_4", say.sync_read(132, 4, (3, 7, 4), fast=True)),
        (
            "sync_write_goal_pos_id1_id2",
            say.sync_write(116, {1: b"\x96\0\0\0", 2: b"\xaa\0\0\0"}),
        ),
        ("bulk_read_v_t", say.bulk_read((Span(1, 144, 2), Span(2, 146, 1)))),
        ("bulk_write", say.bulk_write((Change(1, 32, b"\xa0\0"), Change(2, 31, b"\x50")))),
    ],
)
def test_frames_are_those_of_the_manual(name: str, frame: bytes) -> None:
    """What the host says, byte for byte as the e-manual prints it."""
    assert frame == published(name)


def heard(frame: bytes) -> Packet:
    """Return the packet of a frame."""
    (packet,) = Decoder().feed(frame)
    return packet


@given(st.lists(ids, min_size=1, max_size=30), addresses, st.integers(0, 0xFFFF), st.booleans())
def test_devices_hear_which_addresses_are_asked_for(
    asked: list[int], address: int, length: int, fast: bool
) -> None:
    """Sync Read: the same span of each, in order."""
    packet = heard(say.sync_read(address, length, asked, fast=fast))
    assert reads(packet) == tuple(Span(id, address, length) for id in asked)


@given(st.lists(spans, min_size=1, max_size=20), st.booleans())
def test_devices_hear_different_spans(asked: list[Span], fast: bool) -> None:
    """Bulk Read and Read."""
    assert reads(heard(say.bulk_read(asked, fast=fast))) == tuple(asked)
    assert reads(heard(say.read(asked[0]))) == (asked[0],)


@given(st.lists(changes, min_size=1, max_size=20), st.booleans())
def test_devices_hear_different_changes(told: list[Change], registered: bool) -> None:
    """Bulk Write and Write."""
    assert writes(heard(say.bulk_write(told))) == tuple(told)
    assert writes(heard(say.write(told[0], registered=registered))) == (told[0],)


@given(st.dictionaries(ids, st.binary(min_size=4, max_size=4), min_size=1), addresses)
def test_devices_hear_the_same_addresses_change(data: dict[int, bytes], address: int) -> None:
    """Sync Write."""
    told = tuple(Change(id, address, one) for id, one in data.items())
    assert writes(heard(say.sync_write(address, data))) == told


@given(st.sampled_from(list(Instruction)), st.binary(max_size=30))
def test_a_device_survives_any_parameters(instruction: Instruction, parameters: bytes) -> None:
    """What makes no sense is a WireError, never another exception."""
    packet = Packet(1, instruction, parameters)
    for hear in (reads, writes):
        with contextlib.suppress(WireError):
            assert len(hear(packet)) > 0


def test_a_sync_write_needs_one_length() -> None:
    """Devices could not tell where the next one begins."""
    with pytest.raises(WireError):
        say.sync_write(116, {1: b"ab", 2: b"abc"})
    with pytest.raises(WireError):
        say.sync_write(116, {})


# ------------------------------------------------------------------------------- Fast reads


ASKED = [(3, 4), (7, 4), (4, 4)]


@known
def test_a_common_answer_is_that_of_the_manual() -> None:
    """Fast Sync Read and Fast Bulk Read of ids 3, 7 and 4, as printed, written and read."""
    same = published("fast_sync_read_status_3_7_4")
    blocks = [block for _, block in salvage(same, ASKED)]
    assert [int.from_bytes(b.data, "little") for b in blocks] == [166, 2079, 1023]
    assert common_answer([4, 4, 4], blocks) == same
    bulk = published("fast_bulk_read_status_3_7_4")
    asked = [(3, 4), (7, 2), (4, 1)]
    found = [block for _, block in salvage(bulk, asked)]
    assert [int.from_bytes(b.data, "little") for b in found] == [166, 421, 31]
    assert common_answer([4, 2, 1], found) == bulk


groups: Any = st.integers(1, 12).flatmap(
    lambda length: st.lists(
        st.builds(
            Block, ids, st.binary(min_size=length, max_size=length), st.sampled_from([0, ALERTED])
        ),
        min_size=1,
        max_size=25,
    )
)
ALERTED = 0x80


@given(groups)
def test_a_whole_common_answer_gives_every_block(blocks: list[Block]) -> None:
    """Block by block; and as one frame, unless a header stands among the data."""
    lengths = [len(block.data) for block in blocks]
    answer = common_answer(lengths, blocks)
    found = Decoder().feed(answer)
    assert HEADER in answer[4:] or (len(found) == 1 and found[0].is_common)
    asked = [(block.id, len(block.data)) for block in blocks]
    assert list(salvage(answer, asked)) == list(enumerate(blocks))


@given(groups, st.data())
def test_damage_costs_the_block_that_it_hits(blocks: list[Block], data: st.DataObject) -> None:
    """One byte flipped, lost or added: all blocks but that one and the next come through."""
    lengths = [len(block.data) for block in blocks]
    answer = bytearray(common_answer(lengths, blocks))
    place = data.draw(st.integers(0, len(answer) - 1))
    kind = data.draw(st.sampled_from(["flip", "drop", "add"]))
    if kind == "flip":
        answer[place] ^= data.draw(st.integers(1, 255))
    elif kind == "drop":
        del answer[place]
    else:
        answer.insert(place, data.draw(st.integers(0, 255)))
    asked = [(block.id, len(block.data)) for block in blocks]
    found = dict(salvage(bytes(answer), asked))
    size = lengths[0] + 4
    hit = (place - 8) // size
    for number, block in enumerate(blocks):
        if number not in (hit - 1, hit, hit + 1):
            assert found.get(number) == block
        elif number in found:
            assert found[number] == block


def test_a_silent_device_ends_the_chain() -> None:
    """Nobody answers behind it; if it is the first, nobody at all."""
    one, two = Block(1, b"abcd"), Block(3, b"efgh")
    cut = common_answer([4, 4, 4], [one, None, two])
    assert dict(salvage(cut, [(1, 4), (2, 4), (3, 4)])) == {0: one}
    assert common_answer([4, 4], [None, two]) == b""
    assert list(salvage(b"", [(1, 4)])) == []


def test_an_answer_of_one_device_is_no_common_answer() -> None:
    """Nothing is taken from an ordinary status by mistake."""
    assert list(salvage(status_frame(1, b"abcd"), [(1, 4)])) == []
