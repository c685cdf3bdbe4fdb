"""The lidar's packets: the manual's example, torn streams, whole turns, and the way back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array
from robotics.core.messages import Scan
from robotics.wire.ld19 import (
    CLOCK,
    LENGTH,
    Decoder,
    Packet,
    Turn,
    as_seen_at_the_end,
    crc8,
    decode_packet,
    encode_packet,
    packets_of,
    scan_of,
)

EXAMPLE = bytes.fromhex(
    "542C6808AB7EE000E4DC00E2D900E5D500E3D300E4D000E9CD00E4CA00E2C700E9C500E5C200E5C000E5BE823A1A50"
)
"""The packet that the LD19's development manual takes apart."""

GRID = np.linspace(-np.pi, np.pi, 360, endpoint=False)
SPEED = 2.0 * math.pi * 10.0


def stream(scans: list[Scan], *, begin: float = 29.95) -> bytes:
    """Return what a lidar sends for turns of 0.1 s each; its clock starts anew on the way."""
    sent = b""
    for number, scan in enumerate(scans):
        for packet in packets_of(scan, speed=SPEED, time=begin + 0.1 * number):
            sent += encode_packet(packet)
    return sent


def scans(count: int, seed: int = 1) -> list[Scan]:
    """Return random turns in whole millimetres, a tenth of the beams without return."""
    rng = np.random.default_rng(seed)
    ranges = rng.integers(100, 12_000, (count, 360)) / 1000.0
    ranges[rng.random(ranges.shape) < 0.1] = np.inf
    return [Scan(GRID, row) for row in ranges]


def test_the_manuals_example_is_read_as_the_manual_reads_it() -> None:
    """2152 °/s, from 324.27° to 334.70°, 224 mm first, 192 mm last, at 6714 ms; CRC 0x50."""
    assert crc8(EXAMPLE[:-1]) == 0x50
    packet = decode_packet(EXAMPLE)
    assert packet is not None
    assert (packet.speed, packet.first, packet.last, packet.time) == (2152, 32427, 33470, 6714)
    assert packet.distance[0] == 224
    assert packet.intensity[0] == 228
    assert packet.distance[-1] == 192
    assert encode_packet(packet) == EXAMPLE


packets = st.builds(
    Packet,
    st.integers(1, 0xFFFF),
    st.integers(0, 35_999),
    st.integers(0, 35_999),
    st.tuples(*[st.integers(0, 0xFFFF)] * 12),
    st.tuples(*[st.integers(0, 0xFF)] * 12),
    st.integers(0, CLOCK - 1),
)


@given(packets)
@settings(max_examples=60, deadline=None)
def test_what_is_encoded_is_decoded(packet: Packet) -> None:
    """Every packet comes back as it was; one flipped bit makes it none."""
    data = encode_packet(packet)
    assert len(data) == LENGTH
    assert decode_packet(data) == packet
    for bit in range(0, 8 * LENGTH, 7):
        torn = bytearray(data)
        torn[bit // 8] ^= 1 << bit % 8
        assert decode_packet(bytes(torn)) is None


def test_whole_turns_come_back_bit_for_bit() -> None:
    """The emulator's turns through the decoder are the scans they were made of."""
    sent = scans(4)
    decoder = Decoder()
    turns = decoder.feed(stream(sent))
    assert len(turns) == 4, "each is complete with its last packet, without waiting for the next"
    for turn, scan in zip(turns, sent, strict=True):
        assert np.array_equal(scan_of(turn, GRID).range, scan.range)
        assert np.isclose(turn.speed, SPEED)
        assert np.all(np.diff(turn.time) > -1.1e-3), "the packet's time is rounded to 1 ms"
        assert np.isclose(turn.duration, 0.1, atol=2e-3)
    assert (decoder.bad_crc, decoder.skipped) == (0, 0)


@pytest.mark.parametrize("piece", [1, 7, 46, 48, 1000])
def test_how_bytes_are_cut_does_not_matter(piece: int) -> None:
    """Fed byte by byte or in lumps, the same turns come out."""
    data = stream(scans(4))
    decoder = Decoder()
    turns = []
    for at in range(0, len(data), piece):
        turns += decoder.feed(data[at : at + piece])
    whole = Decoder().feed(data)
    assert len(turns) == len(whole)
    assert all(np.array_equal(a.range, b.range) for a, b in zip(turns, whole, strict=True))


def test_a_torn_packet_costs_itself_only() -> None:
    """One byte lost, flipped or added: one packet is gone, its bearings read 0, the rest stays."""
    sent = scans(5)
    data = stream(sent)
    at = 2 * 30 * LENGTH + 10 * LENGTH + 20
    cut = data[:at] + data[at + 1 :]
    flipped = data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]
    added = data[:at] + b"\x54" + data[at:]
    for torn in (cut, flipped, added):
        decoder = Decoder()
        turns = decoder.feed(torn)
        assert len(turns) == 5
        assert decoder.packets == 5 * 30 - 1
        assert decoder.bad_crc >= 1
        seen = scan_of(turns[2], GRID).range
        lost = seen != sent[2].range
        assert lost.sum() <= 12
        assert np.all(seen[lost] == 0.0), "never infinite: that would say that the way is free"


def test_garbage_gives_no_turn_and_no_exception() -> None:
    """200 kB of noise with headers strewn in; then the stream is found at once."""
    rng = np.random.default_rng(3)
    noise = bytearray(rng.integers(0, 256, 200_000).astype(np.uint8).tobytes())
    for at in rng.integers(0, len(noise) - 2, 3000):
        noise[at : at + 2] = b"\x54\x2c"
    decoder = Decoder()
    before = decoder.feed(bytes(noise))
    assert before == []
    sent = scans(4)
    turns = decoder.feed(stream(sent))
    assert len(turns) >= 2
    assert np.array_equal(scan_of(turns[-1], GRID).range, sent[3].range)


def test_a_long_hole_begins_a_new_turn() -> None:
    """What was gathered before a hole of 300 ms is never joined to what comes after it."""
    sent = scans(8)
    data = stream(sent[:2])[: 45 * LENGTH] + stream(sent, begin=30.45)
    turns = Decoder().feed(data)
    for turn in turns:
        found = scan_of(turn, GRID).range
        assert any(np.array_equal(found, scan.range) for scan in sent)


@pytest.mark.parametrize(("rate", "hertz"), [(4_500.0, 10.3), (4_500.0, 5.9), (21_600.0, 10.0)])
def test_turns_are_cut_where_the_mirror_passes_the_arrow(rate: float, hertz: float) -> None:
    """As the lidars really send: packets straddle the seam, and a turn is no whole number of them.

    In a room of 3 × 2 m every point of every turn lies on a wall; turns follow each other without
    a gap, and none has a bearing twice.
    """
    decoder, turns = Decoder(), []
    for number in range(int(0.5 * rate / 12)):
        cycles = (12 * number + np.arange(12)) / rate * hertz + 0.4
        angle = -2.0 * np.pi * cycles
        reach = np.minimum(3.0 / np.abs(np.cos(angle)), 2.0 / np.abs(np.sin(angle)))
        at = np.rint(cycles % 1.0 * 36_000).astype(int) % 36_000
        distance = tuple(np.rint(1e3 * reach).astype(int).tolist())
        when = int(12e3 * number / rate)
        packet = Packet(round(360 * hertz), at[0], at[-1], distance, (9,) * 12, when)
        turns += decoder.feed(encode_packet(packet))
    assert len(turns) == int(0.5 * hertz + 0.4) - 1
    for turn in turns:
        assert abs(len(turn.angle) - rate / hertz) <= 1
        assert len(np.unique(turn.angle)) == len(turn.angle)
        x, y = turn.range * np.cos(turn.angle), turn.range * np.sin(turn.angle)
        assert np.allclose(np.maximum(np.abs(x) / 3.0, np.abs(y) / 2.0), 1.0, atol=0.003)
        assert np.isfinite(scan_of(turn, GRID).range).all()
        assert scan_of(turn, GRID).range.min() > 1.9


def test_bearings_between_and_holes() -> None:
    """A point is used if it is less than a spacing away, also across the seam at ±π."""
    angle = np.radians(np.array([-179.6, -90.0, 0.2, 90.0]))
    turn = Turn(angle, np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), np.arange(4.0), SPEED)
    ranges = scan_of(turn, np.radians(np.arange(-180.0, 180.0, 90.0))).range
    assert ranges.tolist() == [1.0, 2.0, 3.0, 4.0]
    sparse = scan_of(turn, GRID).range
    assert np.isfinite(sparse).all()


def arc(twist: tuple[float, float, float], times: Array) -> list[tuple[float, float, float]]:
    """Return poses along a constant twist from the origin, integrated in small steps."""
    pose = np.zeros(3)
    poses, step = [], 1e-5
    for k in range(round(times[-1] / step) + 1):
        if k * step >= times[len(poses)] - 1e-9:
            poses.append((float(pose[0]), float(pose[1]), float(pose[2])))
            if len(poses) == len(times):
                break
        c, s = math.cos(pose[2]), math.sin(pose[2])
        pose = pose + step * np.array([c * twist[0] - s * twist[1], s * twist[0] + c * twist[1], 0])
        pose[2] += step * twist[2]
    return poses


def test_a_moving_lidars_turn_is_straightened() -> None:
    """A wall seen while driving a bend lies, after correction, where the last pose sees it."""
    times = np.linspace(0.0, 0.1, 12)
    twist = (1.0, 0.2, 1.5)
    points = np.stack((np.full(12, 4.0), np.linspace(-3, 3, 12)), axis=1)
    poses = arc(twist, times)
    angle, reach = [], []
    for (x, y, yaw), point in zip(poses, points, strict=True):
        off = point - (x, y)
        angle.append(math.atan2(off[1], off[0]) - yaw)
        reach.append(math.hypot(*off))
    turn = Turn(np.array(angle), np.array(reach), np.ones(12), times, SPEED)
    fixed = as_seen_at_the_end(turn, twist)
    x, y, yaw = poses[-1]
    in_map = np.stack(
        (
            x + fixed.range * np.cos(fixed.angle + yaw),
            y + fixed.range * np.sin(fixed.angle + yaw),
        ),
        axis=1,
    )
    assert np.allclose(in_map, points, atol=1e-4)
    still = as_seen_at_the_end(turn, (0.0, 0.0, 0.0))
    assert np.allclose(still.range, turn.range)
    assert np.allclose(still.angle, turn.angle)
