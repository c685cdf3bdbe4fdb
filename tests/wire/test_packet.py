"""Frames of Dynamixel Protocol 2.0: published vectors, laws, and damage of every kind."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.wire.packet import (
    BROADCAST,
    HEADER,
    LAST_ID,
    LONGEST,
    Decoder,
    Instruction,
    Packet,
    WireError,
    crc16,
    encode,
    instruction_frame,
    status_frame,
    stuff,
    unstuff,
)

VECTORS = Path(__file__).parents[2].parent / "shared/data/dynamixel/vectors.json"
known = pytest.mark.skipif(not VECTORS.is_file(), reason="shared/data/dynamixel is not there")

nasty = st.lists(st.sampled_from([0xFF, 0xFD, 0x00, 0x55, 0x01, 0xFE]), max_size=40).map(bytes)
"""Bytes that look like headers."""
payloads = st.one_of(nasty, st.binary(max_size=60))
instructions = st.sampled_from([i for i in Instruction if i is not Instruction.STATUS])
packets = st.one_of(
    st.builds(Packet, st.integers(0, BROADCAST), instructions, payloads),
    st.builds(
        Packet, st.integers(0, LAST_ID), st.just(Instruction.STATUS), payloads, st.integers(0, 255)
    ),
)


def vectors() -> list[dict[str, object]]:
    """Return the published frames; none where the data are not there."""
    return list(json.loads(VECTORS.read_text())["vectors"]) if VECTORS.is_file() else []


@known
@pytest.mark.parametrize("vector", vectors(), ids=lambda v: str(v["name"]))
def test_published_frames_are_read_and_written_byte_for_byte(vector: dict[str, object]) -> None:
    """Each right one decodes to its fields and encodes to its bytes; wrong ones are refused."""
    frame = bytes.fromhex(str(vector["hex"]))
    found = Decoder().feed(frame)
    if not vector["crc_verified"] or "NON-CONFORMING" in str(vector["note"]):
        assert found == []
        return
    (packet,) = found
    assert encode(packet) == frame
    fields = vector["fields"]
    assert isinstance(fields, dict)
    assert packet.is_status == (vector["kind"] == "status")
    if "id" in fields:
        assert packet.id == fields["id"]
    if "inst" in fields:
        assert packet.instruction == fields["inst"]
    if "data" in fields:
        assert packet.parameters[2:].hex() == fields["data"]
    if "addr" in fields:
        assert int.from_bytes(packet.parameters[:2], "little") == fields["addr"]
    if "err" in fields:
        assert packet.error == fields["err"]


def test_the_check_value_of_the_crc() -> None:
    """CRC-16/UMTS of "123456789" is 0xFEE8 (catalogue of parametrised CRCs)."""
    assert crc16(b"123456789") == 0xFEE8
    assert crc16(b"6789", crc16(b"12345")) == 0xFEE8
    assert crc16(b"") == 0


@given(packets)
def test_what_is_encoded_is_decoded(packet: Packet) -> None:
    """decode(encode(x)) == x, whatever the parameters look like."""
    assert Decoder().feed(encode(packet)) == [packet]


@given(payloads)
def test_stuffing_is_undone_and_hides_headers(data: bytes) -> None:
    """unstuff(stuff(x)) == x, and no header stands in stuff(x)."""
    assert unstuff(stuff(data)) == data
    assert HEADER not in stuff(data)


@given(st.lists(packets, max_size=4), st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_frames_may_come_in_any_pieces(said: list[Packet], sizes: list[int]) -> None:
    """Cut anywhere, the same packets come out."""
    stream, decoder, found, at, turn = b"".join(map(encode, said)), Decoder(), [], 0, 0
    while at < len(stream):
        found += decoder.feed(stream[at : at + sizes[turn % len(sizes)]])
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    assert found == said
    assert decoder.damaged == 0


@given(payloads, packets)
def test_garbage_delays_nobody(garbage: bytes, packet: Packet) -> None:
    """A frame after any garbage is found as soon as it is whole."""
    assert Decoder().feed(garbage + encode(packet))[-1:] == [packet]


@given(st.lists(packets, min_size=3, max_size=3), st.data())
def test_a_damaged_frame_takes_no_other_with_it(said: list[Packet], data: st.DataObject) -> None:
    """One byte flipped, lost or added in the middle of three frames: the other two are found."""
    frames = [bytearray(encode(packet)) for packet in said]
    place = data.draw(st.integers(0, len(frames[1]) - 1))
    kind = data.draw(st.sampled_from(["flip", "drop", "add"]))
    if kind == "flip":
        frames[1][place] ^= data.draw(st.integers(1, 255))
    elif kind == "drop":
        del frames[1][place]
    else:
        frames[1].insert(place, data.draw(st.integers(0, 255)))
    found = Decoder().feed(b"".join(frames))
    assert found[0] == said[0]
    assert found[-1] == said[2]
    assert len(found) <= 3


@settings(max_examples=200)
@given(packets, st.data())
def test_one_burst_never_passes(packet: Packet, data: st.DataObject) -> None:
    """Any burst of up to 16 bits is found: what CRC-16 promises."""
    frame = encode(packet)
    burst = data.draw(st.integers(1, 0xFFFF)) << data.draw(st.integers(0, 8 * len(frame) - 16))
    damaged = (int.from_bytes(frame, "big") ^ burst).to_bytes(len(frame), "big")
    assert packet not in Decoder().feed(damaged)
    assert all(len(found.parameters) < len(frame) for found in Decoder().feed(damaged))


def test_silence_ends_an_unfinished_frame() -> None:
    """After more than 1.5 ms a frame begins anew; before, it goes on."""
    frame = instruction_frame(1, Instruction.PING)
    decoder = Decoder()
    assert decoder.feed(frame[:6], 1.0) == []
    assert decoder.feed(frame[6:], 1.001) == [Packet(1, Instruction.PING)]
    assert decoder.feed(frame[:6], 2.0) == []
    assert decoder.feed(frame[6:], 2.002) == []
    assert decoder.damaged == 1
    assert decoder.feed(frame, 2.0021) == [Packet(1, Instruction.PING)]


def test_a_damaged_length_makes_nobody_wait() -> None:
    """The header of the next frame ends the wait for 4000 bytes that never come."""
    frame = bytearray(status_frame(3, b"abc"))
    frame[6] = 0x0F
    good = status_frame(4, b"def")
    assert Decoder().feed(bytes(frame) + good) == [Packet(4, Instruction.STATUS, b"def")]


def test_what_cannot_be_said_is_refused() -> None:
    """Ids, errors and lengths have limits."""
    for packet in (
        Packet(255, Instruction.PING),
        Packet(1, Instruction.STATUS, b"", 256),
        Packet(1, Instruction.WRITE, bytes(LONGEST)),
    ):
        with pytest.raises(WireError):
            encode(packet)
