"""One question, one answer: matched, bounded, refused in words, read from many at once."""

import pytest
from device_line import COUNT, SERVO, DeviceLine, greeter_line, servo

from robotics.wire.bus import Bus, Found, NoAnswer, Refused, Timing
from robotics.wire.instructions import Change, Error, Span
from robotics.wire.packet import status_frame


def bus_of(wire: DeviceLine) -> Bus:
    """Return a bus on a test's line."""
    return Bus(wire, wire, Timing(4_000_000, delay=0.0, latency=0.001, quiet=0.0005))


def test_everybody_answers_a_scan_and_each_a_ping() -> None:
    """Model and firmware of all that are there, in order of their ids."""
    wire, _ = greeter_line()
    wire.devices[5].is_cut_off = True
    bus = bus_of(wire)
    found = bus.scan()
    assert [one.id for one in found] == [*range(1, 5), *range(6, COUNT + 1), 200, 201, 202, 203]
    assert found[0] == Found(1, 1020, 46) == bus.ping(1)
    assert found[-1].model == 0x5301
    assert bus.ping(5) is None


def test_fields_are_read_and_written() -> None:
    """In counts; what the device refuses is said in words."""
    bus = bus_of(DeviceLine([servo(1)]))
    bus.set(1, SERVO["position_p_gain"], 640)
    assert bus.get(1, SERVO["position_p_gain"]) == 640
    assert bus.get(1, SERVO["present_position"]) == 2001
    with pytest.raises(
        Refused, match=r"device 1 refuses to take .* at 132: access error"
    ) as caught:
        bus.set(1, SERVO["present_position"], 0)
    assert caught.value.error is Error.ACCESS
    bus.set(1, SERVO["torque_enable"], 1)
    with pytest.raises(Refused, match="access error"):
        bus.set(1, SERVO["id"], 2)


def test_silence_is_bounded_and_named() -> None:
    """Nobody there: an error after the time of all tries, with the id and the port."""
    wire = DeviceLine([servo(1)])
    bus, begin = bus_of(wire), wire.time
    with pytest.raises(NoAnswer, match=r"device 9 does not answer on a test's line"):
        bus.read(Span(9, 132, 4), tries=3)
    assert 0.003 < wire.time - begin < 0.006


def test_answers_of_others_are_strays() -> None:
    """A status from another device, or of another length, is not the answer."""
    wire = DeviceLine([servo(1)])
    wire.to_host = lambda data: status_frame(2, b"abcd") + status_frame(1, b"abc") + data
    bus = bus_of(wire)
    assert int.from_bytes(bus.read(Span(1, 132, 4)), "little") == 2001
    assert bus.strays == 1


def test_a_damaged_answer_is_asked_for_again() -> None:
    """The first one is lost; the second question gets through."""
    wire, calls = DeviceLine([servo(1)]), []

    def harm(data: bytes) -> bytes:
        calls.append(data)
        return data[:-1] + bytes((data[-1] ^ 1,)) if len(calls) == 1 else data

    wire.to_host = harm
    assert bus_of(wire).get(1, SERVO["present_position"]) == 2001
    assert len(calls) == 2


@pytest.mark.parametrize("fast", [True, False])
def test_many_are_read_at_once(fast: bool) -> None:
    """The same addresses by Sync Read, different ones by Bulk Read; the silent are left out."""
    wire = DeviceLine([servo(id) for id in (1, 2, 3)])
    bus = bus_of(wire)
    same = bus.read_many([Span(id, 132, 4) for id in (1, 2, 3)], fast=fast)
    assert {id: int.from_bytes(data, "little") for id, data in same.items()} == {
        1: 2001,
        2: 2002,
        3: 2003,
    }
    different = bus.read_many([Span(1, 132, 4), Span(2, 7, 1), Span(3, 0, 2)], fast=fast)
    assert different == {1: same[1], 2: b"\x02", 3: b"\xfc\x03"}
    wire.devices[3].is_cut_off = True
    assert set(bus.read_many([Span(id, 132, 4) for id in (1, 2, 3)], fast=fast)) == {1, 2}


def test_many_are_told_at_once_and_nobody_answers() -> None:
    """A Sync Write; and a reboot, which is answered before it happens."""
    wire = DeviceLine([servo(1), servo(2)])
    bus = bus_of(wire)
    bus.tell(84, {1: b"\x64\x00", 2: b"\xc8\x00"})
    assert [bus.get(id, SERVO["position_p_gain"]) for id in (1, 2)] == [100, 200]
    bus.reboot(1)
    assert bus.ping(1) is None
    wire.wait_until(wire.time + 0.6)
    assert bus.get(1, SERVO["position_p_gain"]) == 800
    bus.write(Change(1, 65, b"\x01"))
    assert bus.get(1, SERVO["led"]) == 1
