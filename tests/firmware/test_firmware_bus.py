"""The boards' side of the protocol: every published frame, every kind of reading, any garbage."""

from __future__ import annotations

import ctypes
import json
import random
from pathlib import Path
from typing import Any

import pytest

from robotics.wire.packet import (
    Decoder,
    Instruction,
    Packet,
    crc16,
    encode,
    instruction_frame,
    status_frame,
    stuff,
)

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "dynamixel" / "vectors.json"


def vectors() -> list[dict[str, Any]]:
    """Return the published and captured frames."""
    if not VECTORS.exists():
        pytest.skip("shared/data/dynamixel is not here")
    return list(json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"])


def words(*values: int) -> bytes:
    """Return 16-bit numbers, little-endian."""
    return b"".join(value.to_bytes(2, "little") for value in values)


def test_the_checksum_is_right_on_every_published_frame(library: ctypes.CDLL) -> None:
    """CRC check value FEE8, and of all vectors but the one that is known to be wrong."""
    assert library.board_crc(b"123456789", 9) == 0xFEE8
    for vector in vectors():
        frame = bytes.fromhex(vector["hex"])
        found = library.board_crc(frame[:-2], len(frame) - 2) == int.from_bytes(
            frame[-2:], "little"
        )
        assert found == vector["crc_verified"], vector["name"]


def test_every_published_frame_is_heard_out(chassis: Any) -> None:
    """Valid frames for others disturb nothing: none counts as damaged, the ping behind is answered.

    The board is moved to an id that none of the frames asks.
    """
    assert chassis.write("id", 77) == 0
    for vector in vectors():
        if not vector["crc_verified"] or vector["name"].startswith("UNSTUFFED"):
            continue
        before = chassis.damaged
        said = chassis.hear(bytes.fromhex(vector["hex"]))
        assert chassis.damaged == before, vector["name"]
        if vector["fields"].get("id") == 254 or bytes.fromhex(vector["hex"])[4] == 0xFE:
            continue
        assert said == b"", vector["name"]
        assert len(chassis.ask(77, Instruction.PING)) == 1, vector["name"]


def test_the_manuals_frames_are_understood_and_answered_byte_for_byte(chassis: Any) -> None:
    """Answers are those of an independent coder for the same registers."""
    said = chassis.hear(instruction_frame(200, Instruction.PING))
    assert said == status_frame(200, words(0x5302) + b"\x01")
    said = chassis.hear(instruction_frame(200, Instruction.READ, words(0, 7)))
    assert said == status_frame(200, words(0x5302) + b"\0\0\0\0\x01")
    said = chassis.hear(instruction_frame(0xFE, Instruction.PING))
    assert said == status_frame(200, words(0x5302) + b"\x01")


def test_stuffing_both_ways(chassis: Any) -> None:
    """Every pattern of marks in what is written comes back in what is read."""
    rng = random.Random(5)
    for _ in range(300):
        goal = bytes(rng.choice((0xFF, 0xFD, 0x00)) for _ in range(20))
        written = chassis.ask(200, Instruction.WRITE, words(104) + goal)
        assert [answer.error for answer in written] == [0]
        (read,) = chassis.ask(200, Instruction.READ, words(104, 20))
        assert read.parameters == goal
        raw = chassis.hear(instruction_frame(200, Instruction.READ, words(104, 20)))
        assert raw == status_frame(200, goal)
        assert stuff(goal) in raw


def test_unstuffing_undoes_stuffing(library: ctypes.CDLL) -> None:
    """On 20 000 strings of marks, as an independent coder stuffs them."""
    rng = random.Random(6)
    for _ in range(20_000):
        plain = bytes(rng.choice((0xFF, 0xFD, 0xFD, 0x00)) for _ in range(rng.randrange(16)))
        stuffed = ctypes.create_string_buffer(stuff(plain), 64)
        size = library.board_unstuff(stuffed, len(stuff(plain)))
        assert stuffed.raw[:size] == plain


def test_refusals(chassis: Any) -> None:
    """Read only, out of range, half a field, beyond the table, unknown instruction."""
    assert chassis.write("model_number", 1) == 7
    assert chassis.write("limit_wheel_left", 1001) == 4
    assert chassis.write("bus_watchdog", 128) == 4
    ask = chassis.ask
    assert [one.error for one in ask(200, Instruction.WRITE, words(104) + b"\1\2")] == [5]
    assert [one.error for one in ask(200, Instruction.WRITE, words(105) + b"\1\2\3")] == [7]
    assert [one.error for one in ask(200, Instruction.WRITE, words(20) + b"\1")] == [7]
    assert [one.error for one in ask(200, Instruction.WRITE, words(244) + b"\1\2\3\4")] == [5]
    assert [one.error for one in ask(200, Instruction.READ, words(200, 60))] == [5]
    assert [one.error for one in ask(200, Instruction.READ, words(0, 0))] == [5]
    assert [one.error for one in ask(200, Instruction.READ, b"\0")] == [5]
    assert [one.error for one in ask(200, Instruction.FACTORY_RESET, b"\xff")] == [2]
    assert chassis.write("torque_enable", 1) == 0
    assert chassis.write("id", 5) == 7, "EEPROM is locked while the torque is on"
    half = words(104) + (5).to_bytes(4, "little") * 2 + b"\0"
    ask(200, Instruction.WRITE, half)
    assert chassis.read("goal_wheel_left") == 0, "all of it or nothing"


def test_what_a_silent_board_answers(chassis: Any) -> None:
    """Status return level 1: reads and pings; 0: pings only."""
    assert chassis.ask(200, Instruction.WRITE, words(68) + b"\1") == []
    assert chassis.ask(200, Instruction.WRITE, words(65) + b"\1") == []
    assert chassis.read("led") == 1
    chassis.ask(200, Instruction.WRITE, words(68) + b"\0")
    assert chassis.ask(200, Instruction.READ, words(0, 2)) == []
    assert len(chassis.ask(200, Instruction.PING)) == 1


def test_sync_write_gives_each_board_its_own(chassis: Any) -> None:
    """Among 22 servos; nobody answers."""
    block = b"".join(bytes((id,)) + bytes((id,)) * 4 for id in (*range(1, 23), 200))
    frame = instruction_frame(0xFE, Instruction.SYNC_WRITE, words(104, 4) + block)
    assert chassis.hear(frame) == b""
    assert chassis.read("goal_wheel_left") == int.from_bytes(b"\xc8" * 4, "little", signed=True)


def test_bulk_write(chassis: Any) -> None:
    """Each device its own address and length."""
    parts = bytes((3,)) + words(116, 4) + b"\1\2\3\4" + bytes((200,)) + words(136, 2) + words(700)
    assert chassis.hear(instruction_frame(0xFE, Instruction.BULK_WRITE, parts)) == b""
    assert chassis.read("spray") == 700


def test_sync_read_waits_for_those_before(chassis: Any) -> None:
    """The answer comes behind those of the devices named earlier; a dead one is waited for 1 ms."""
    asked = instruction_frame(0xFE, Instruction.SYNC_READ, words(0, 2) + bytes((1, 2, 200, 3)))
    before = status_frame(1, words(1)) + status_frame(2, words(2))
    answer = status_frame(200, words(0x5302))
    assert chassis.hear(asked + before) == answer
    assert chassis.hear(asked + status_frame(2, words(2))) == answer
    assert chassis.hear(asked + status_frame(1, words(1))) == answer
    assert chassis.hear(asked) == answer


def common(blocks: list[tuple[int, int, bytes]]) -> bytes:
    """Return the common answer of devices (error, id, data), by the rule of the manual."""
    length = 1 + sum(len(data) + 4 for _, _, data in blocks)
    frame = b"\xff\xff\xfd\x00\xfe" + words(length) + b"\x55"
    for error, id, data in blocks:
        frame += bytes((error, id)) + data
        frame += words(crc16(frame))
    return frame


@pytest.mark.parametrize("kind", [Instruction.FAST_SYNC_READ, Instruction.FAST_BULK_READ])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_block_in_a_fast_read(chassis: Any, kind: Instruction, place: int) -> None:
    """First, in the middle, last: the block lands where it belongs, with the chained CRC."""
    ids = [1, 2]
    ids.insert(place, 200)
    asked = words(0, 2) + bytes(ids)
    if kind == Instruction.FAST_BULK_READ:
        asked = b"".join(bytes((id,)) + words(0, 2) for id in ids)
    said = {1: b"\xff\xff", 2: b"\xfd\x00", 200: words(0x5302)}
    whole = common([(0, id, said[id]) for id in ids])
    begin = 0 if place == 0 else 8 + 6 * place
    end = 8 + 6 * (place + 1)
    frame = instruction_frame(0xFE, kind, asked)
    assert chassis.hear(frame + (whole[:begin] if place else b"")) == whole[begin:end]
    assert chassis.hear(frame + whole[: max(0, begin - 3)]) == (
        whole[begin:end] if not place else b""
    )


def test_four_ids_of_one_board_speak_together(sensors: Any) -> None:
    """The greeter's Fast Sync Read: 22 servos, then four pages in one go."""
    sensors.sensed.gyro[:] = (1, -2, 3)
    sensors.sensed.acceleration[:] = (0, 0, 1962)
    sensors.sensed.foot[0][:] = (10, 20, 30, 40)
    sensors.sensed.foot[1][:] = (50, 60, 70, 80)
    sensors.sensed.battery_voltage = 24_100
    sensors.step()
    servos = [(0, id, bytes(range(id, id + 10))) for id in range(1, 23)]
    pages = [
        *((0, 200, words(1, 65534, 3, 0, 1)), (0, 201, words(0, 0, 1962, 24_100, 0))),
        *((0, 202, words(10, 20, 30, 40, 1)), (0, 203, words(50, 60, 70, 80, 1))),
    ]
    whole = common([*servos, *pages])
    ids = bytes((*range(1, 23), 200, 201, 202, 203))
    asked = instruction_frame(0xFE, Instruction.FAST_SYNC_READ, words(126, 10) + ids)
    begin = 8 + 22 * 14
    assert sensors.hear(asked + whole[:begin]) == whole[begin:]
    damaged = sensors.damaged
    assert sensors.hear(asked + whole[: begin - 14]) == b"", "one before is dead: keep silent"
    assert sensors.damaged <= damaged + 1
    assert len(sensors.ask(203, Instruction.PING)) == 1


def test_broadcast_ping_and_sync_read_of_pages(sensors: Any) -> None:
    """Four answers, one behind the other."""
    assert [one.id for one in sensors.ask(0xFE, Instruction.PING)] == [200, 201, 202, 203]
    pages = words(0, 2) + bytes((200, 201, 202, 203))
    assert [one.id for one in sensors.ask(0xFE, Instruction.SYNC_READ, pages)] == [
        *(200, 201, 202, 203)
    ]


def test_a_truncated_frame_costs_nothing_behind_it(chassis: Any) -> None:
    """Wherever it is cut, and whatever its length says, the very next frame is answered."""
    whole = instruction_frame(200, Instruction.WRITE, words(104) + b"\xff\xff\xfd" * 5 + b"\0")
    ping = instruction_frame(200, Instruction.PING)
    answer = status_frame(200, words(0x5302) + b"\x01")
    for cut in range(len(whole)):
        assert chassis.hear(whole[:cut] + ping) == answer, cut
    for length in (0, 2, 3, 40, 400, 505, 506, 0xFFFF):
        torn = whole[:5] + words(length) + whole[7:]
        assert chassis.hear(torn + ping).endswith(answer), length


def test_a_pause_ends_a_frame(chassis: Any) -> None:
    """More than 1.5 ms within a frame: what comes then is another."""
    ping = instruction_frame(200, Instruction.PING)
    assert chassis.hear(ping[:6]) == b""
    assert chassis.hear(ping[6:]) == b""
    assert len(chassis.decoder.feed(chassis.hear(ping))) == 1


@pytest.mark.parametrize("seed", range(4))
def test_garbage_never_moves_anything_and_the_next_frame_is_heard(chassis: Any, seed: int) -> None:
    """Noise, damaged frames, frames within frames: no crash, no write, no frame lost behind it.

    Damaged are frames that would move a wheel; the CRC lets one of 65 536 pass, so bits are
    flipped one to three at a time, of which it finds all.
    """
    rng = random.Random(seed)
    for value in (1, 0):
        assert chassis.write("torque_enable", value) == 0
    answer = status_frame(200, words(0x5302) + b"\x01")
    ping = instruction_frame(200, Instruction.PING)
    for _ in range(1500):
        kind = rng.randrange(4)
        if kind == 0:
            data = rng.randbytes(rng.randrange(1, 60))
        elif kind == 1:
            data = bytes(rng.choice((0xFF, 0xFF, 0xFD, 0x00, 0xFE, 0xC8)) for _ in range(40))
        else:
            torn = bytearray(
                instruction_frame(200, Instruction.WRITE, words(100) + rng.randbytes(40))
            )
            for bit in rng.sample(range(8 * len(torn)), rng.randrange(1, 4)):
                torn[bit // 8] ^= 1 << bit % 8
            data = bytes(torn) if kind == 2 else bytes(torn)[: rng.randrange(len(torn))]
        chassis.hear(data)
        assert chassis.hear(ping) == answer
        assert chassis.read("goal_wheel_left") == 0
        chassis.step()
        assert list(chassis.out.duty) == [0] * 5


def test_what_is_said_is_what_an_independent_decoder_hears(chassis: Any) -> None:
    """Answers cut into pieces and glued behind each other are all found by the host's decoder."""
    frames = [instruction_frame(200, Instruction.READ, words(at, 60)) for at in range(0, 180, 7)]
    said = b"".join(chassis.hear(frame) for frame in frames)
    found = Decoder().feed(said)
    assert len(found) == len(frames)
    assert (
        b"".join(encode(Packet(one.id, one.instruction, one.parameters)) for one in found) == said
    )
