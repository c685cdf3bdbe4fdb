"""What the emulated devices say on the line, against the published packets."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.wire.packet import Decoder, Packet, encode
from sim.emulator.frames import Code, Instruction, Listener, crc16, fast_block, fast_head, status

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "dynamixel" / "vectors.json"


def _vectors(kind: str) -> list[dict[str, object]]:
    if not VECTORS.is_file():
        return []
    found = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    good = [one for one in found if one["crc_verified"] and "UNSTUFFED" not in one["name"]]
    return [one for one in good if one["kind"] == kind]


def test_the_crc_is_the_published_one() -> None:
    """CRC-16/UMTS of the digits 1 to 9."""
    assert crc16(b"123456789") == 0xFEE8


@pytest.mark.skipif(
    not VECTORS.is_file(), reason="shared/data/dynamixel is not beside the checkout"
)
def test_every_published_instruction_is_heard() -> None:
    """In one piece, byte by byte, and after garbage."""
    for vector in _vectors("instruction"):
        packet = bytes.fromhex(str(vector["hex"]))
        whole = list(Listener().hear(packet, 0.0))
        assert len(whole) == 1, vector["name"]
        listener = Listener()
        pieces = [one for byte in packet for one in listener.hear(bytes((byte,)), 0.0)]
        assert pieces == whole
        assert list(Listener().hear(b"\xff\xff\xfd\x00\x01" + packet, 0.0))[-1:] == whole


def test_a_status_is_the_published_one() -> None:
    """Ping and read of the e-manual; stuffing, captured from a real library."""
    assert status(1, 0, b"\x06\x04\x26").hex() == "fffffd000107005500060426655d"
    stuffed = status(200, 0, bytes.fromhex("fffffdffffff00000000"))
    assert stuffed.hex() == "fffffd00c80f005500fffffdfdffffff000000005344"


def test_a_fast_status_is_the_published_one() -> None:
    """Three servos in one packet, each with its running CRC (e-manual, Fast Sync Read)."""
    packet = fast_head([4, 4, 4])
    crc = crc16(packet)
    for device, value in ((3, 166), (7, 2079), (4, 1023)):
        block, crc = fast_block(device, 0, value.to_bytes(4, "little"), crc)
        packet += block
    assert packet.hex().startswith("fffffd00fe1900550003a6000000840800071f08000016ca0004ff030000")
    assert packet[-2:] == crc16(packet[:-2]).to_bytes(2, "little")


@given(st.binary(max_size=60), st.integers(0, 252), st.sampled_from([1, 2, 3, 0x83]))
def test_the_driver_and_the_devices_understand_each_other(
    data: bytes, target: int, code: int
) -> None:
    """Two codecs that were written apart agree on every payload, both ways."""
    heard = list(Listener().hear(encode(Packet(target, code, data)), 0.0))
    assert heard == [Instruction(target, code, data)]
    assert Decoder().feed(status(target, 0x84, data)) == [Packet(target, Code.STATUS, data, 0x84)]


@given(st.binary(max_size=40), st.integers(1, 12))
def test_a_torn_packet_costs_only_itself(rest: bytes, kept: int) -> None:
    """After a pause of 1.5 ms whatever came before is forgotten."""
    packet = encode(Packet(5, Code.READ, b"\x84\x00\x04\x00"))
    listener = Listener()
    list(listener.hear(packet[:kept] + rest, 0.0))
    assert list(listener.hear(packet, 0.01)) == [Instruction(5, Code.READ, b"\x84\x00\x04\x00")]
