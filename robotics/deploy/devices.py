"""Checks of what is on a bus: who is there, what it is, and how it is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from robotics.deploy.findings import Finding, bad, good, warning
from robotics.robots.greeter.wiring import FOLLOWERS
from robotics.wire import boards
from robotics.wire.bus import Bus, Found
from robotics.wire.lineup import Device, Line
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError
from robotics.wire.servos import FOLLOWS, SERVOS

LEAST_FIRMWARE = {
    model: 12 if table.name.startswith("PH") else 45 for model, table in SERVOS.items()
}
"""X and P servos know Fast Sync Read from here on, as the bus cycle has it."""
WARM = 0.85
"""Part of its temperature limit at which a servo is called warm."""
SLOW = 0.003
"""An answer that takes longer than this is reported [s]; an FTDI chip at 1 ms needs 2."""
GATHERED = 0.008
"""An answer that takes longer than this was kept by the adapter [s]: FTDI chips do so for 16 ms
unless told otherwise, whatever their driver shows of it."""
_PINGS = 20


def names_of_models() -> dict[int, str]:
    """Return what each model number is called."""
    names = {model: table.name for model, table in SERVOS.items()}
    names[boards.CHASSIS_BOARD.model] = "chassis board"
    names[boards.SENSOR_PAGES[0].model] = "sensor board"
    return names


def followers(line: Line, found: Mapping[int, Found]) -> list[Device]:
    """Return the second servos of a line's joints that answer, as devices with their settings."""
    leaders = {one.name: one.table for one in line.devices}
    return [
        Device(id, f"second servo of {name}", leaders[name], (("drive_mode", FOLLOWS),))
        for id, name in FOLLOWERS.items()
        if id in found and name in leaders and found[id].model == leaders[name].model
    ]


def check_followers(there: Sequence[Device]) -> list[Finding]:
    """Return who is missing of the second servos, if there are any at all."""
    missing = sorted(set(FOLLOWERS) - {one.id for one in there}) if there else []
    cure = "check its power and cable; the joint has half of its torque without it"
    return [
        warning(f"second servo of {FOLLOWERS[id]} (id {id})", "does not answer", cure)
        for id in missing
    ]


def check_lineup(
    line: Line, found: Mapping[int, Found], *, elsewhere: Mapping[int, Found] | None = None
) -> list[Finding]:
    """Return who is missing, who is something else and who should not be there.

    Args:
        line: Who should be there.
        found: Who answers at the robot's speed, by id.
        elsewhere: Who answers at whatever speed; these are not missing.
    """
    names, findings = names_of_models(), list[Finding]()
    for device in line.devices:
        who, there = f"{device.name} (id {device.id})", found.get(device.id)
        if there is None and device.id in (elsewhere or {}):
            continue
        if there is None:
            cure = "check its power and cable; two devices with one id silence each other"
            findings.append(bad(who, "does not answer", cure))
        elif there.model != device.table.model:
            is_a = names.get(there.model, f"model {there.model}")
            cure = f"put a {device.table.name} there, or give this one its own id"
            findings.append(bad(who, f"is a {is_a}, not a {device.table.name}", cure))
        elif there.firmware < LEAST_FIRMWARE.get(there.model, 0):
            cure = "update it with ROBOTIS' DYNAMIXEL Wizard"
            findings.append(bad(who, f"firmware {there.firmware} has no Fast Sync Read", cure))
    known = {one.id for one in (*line.devices, *followers(line, found))}
    for id, stranger in found.items():
        if id not in known:
            is_a = names.get(stranger.model, f"model {stranger.model}")
            cure = "take it off the bus, or give it the id of a missing device"
            findings.append(warning(f"id {id}", f"a {is_a} that nobody expects", cure))
    if not findings and all(one.id in found for one in line.devices):
        findings.append(good("bus", f"all {len(line.devices)} ids answer, all as expected"))
    return findings


@dataclass(frozen=True, slots=True)
class Examiner:
    """Reads the registers of devices that are there."""

    bus: Bus

    def examine(self, device: Device) -> list[Finding]:
        """Return what is wrong with one device."""
        try:
            return list(self._of(device))
        except WireError as error:
            cure = "check its cable: it answers, but not always"
            return [bad(f"{device.name} (id {device.id})", str(error), cure)]

    def _of(self, device: Device) -> Iterator[Finding]:
        who = f"{device.name} (id {device.id})"
        yield from self._errors(device, who)
        yield from self._manners(device, who)
        if "present_voltage" in device.table:
            yield from self._servo(device, who)
        elif "battery_voltage" in device.table:
            volts = self._value(device, "battery_voltage")
            yield good(who, f"battery {volts:.1f} V, {self._value(device, 'battery_charge'):.0%}")
        if "status" in device.table:
            yield from self._status(device, who)

    def _errors(self, device: Device, who: str) -> Iterator[Finding]:
        for word in device.table.alerts(self._count(device, "hardware_error")):
            cure = "let it cool down or find the cause, then reboot it (power off and on)"
            yield bad(who, f"hardware error: {word}", cure)

    def _manners(self, device: Device, who: str) -> Iterator[Finding]:
        """How it answers."""
        delay = self._value(device, "return_delay")
        if delay > 0.0001 and "return_delay" not in dict(device.settings):
            what = f"waits {1e6 * delay:.0f} µs before it answers"
            yield warning(who, what, "set return_delay to 0: robotics doctor --fix")
        if self._count(device, "status_return_level") != 2:
            cure = "set status_return_level to 2: robotics doctor --fix"
            yield bad(who, "does not answer all instructions", cure)
        if self._count(device, "bus_watchdog") == -1:
            what = "its watchdog has tripped: a program died or hung while it was on"
            yield warning(who, what, "nothing: the next start clears it")
        wrong = [
            f"{name} is {held}, not {counts}"
            for name, counts in device.settings
            if (held := self._count(device, name)) != counts
        ]
        if wrong:
            if device.id in FOLLOWERS:
                cure = "robotics doctor --fix: it would work against the first servo of its joint"
                yield bad(who, "; ".join(wrong), cure)
            else:
                cure = "nothing: the next start sets it; or robotics doctor --fix"
                yield warning(who, "; ".join(wrong), cure)

    def _servo(self, device: Device, who: str) -> Iterator[Finding]:
        """Voltage, temperature, limits."""
        volts = self._value(device, "present_voltage")
        least, most = (self._value(device, f"{end}_voltage_limit") for end in ("min", "max"))
        if not least <= volts <= most:
            what = f"{volts:.1f} V; it works from {least:.1f} to {most:.1f} V"
            yield bad(who, what, "check battery, fuse and the voltage drop of long cables")
        warm, limit = (self._count(device, f"{n}temperature{e}") for n, e in _TEMPERATURE)
        if warm > WARM * limit:
            yield warning(who, f"{warm} °C of {limit} °C allowed", "let it cool down")
        low, high = (self._count(device, f"{end}_position_limit") for end in ("min", "max"))
        here = self._count(device, "present_position")
        if not low - 64 <= here <= high + 64:
            what = f"stands at {here}, outside of its limits {low} to {high}"
            yield bad(who, what, "bring it back by hand, or calibrate its offset")

    def _status(self, device: Device, who: str) -> Iterator[Finding]:
        """Bits of a board."""
        status = self._count(device, "status")
        for bit, (what, cure) in STATUS.items():
            is_chassis = device.table is boards.CHASSIS_BOARD
            if status >> bit & 1 and (is_chassis or bit < 8):
                yield bad(who, what, cure)

    def _count(self, device: Device, name: str) -> int:
        return self.bus.get(device.id, device.table[name])

    def _value(self, device: Device, name: str) -> float:
        return device.table[name].value(self._count(device, name))


_TEMPERATURE = (("present_", ""), ("", "_limit"))
STATUS = {
    boards.STOP_BUTTON: ("the stop button is pressed", "pull it out, then reset"),
    boards.IMU_FAILED: ("the IMU does not answer", "check the board's SPI cable"),
    boards.SUPPLY_LOW: ("the supply is low", "charge the battery"),
    boards.BUMPER_FRONT: ("the front bumper is pressed", "free it; else its wire is broken"),
    boards.BUMPER_REAR: ("the rear bumper is pressed", "free it; else its wire is broken"),
    boards.CLIFF_LEFT: ("the left cliff sensor sees no ground", "put the robot on the ground"),
    boards.CLIFF_RIGHT: ("the right cliff sensor sees no ground", "put the robot on the ground"),
    boards.DRIVE_FAILED: ("a drive has failed", "check the drives' fuses and fault lines"),
    boards.STOPPED: ("a stop is latched", "remove its cause; starting the robot resets it"),
}
"""Bits of ``status`` that a person has to do something about: what it is, and the cure."""


def mend(bus: Bus, device: Device) -> list[str]:
    """Write what can be mended without moving anything; return what was written.

    Raises:
        WireError: The device refuses, or its torque is on.
    """
    done = []
    wanted = {"return_delay": 0, "status_return_level": 2, **dict(device.settings)}
    for name, counts in wanted.items():
        field = device.table[name]
        if bus.get(device.id, field) != counts:
            bus.set(device.id, field, counts)
            done.append(f"{name} set to {counts}")
    return done


def time_answers(bus: Bus, clock: Clock, id: int) -> Finding:
    """Return how long a device's answer to a ping takes."""
    taken = []
    for _ in range(_PINGS):
        begun = clock.now()
        bus.ping(id, tries=1)
        taken.append(clock.now() - begun)
    middle, longest = float(np.median(taken)), max(taken)
    what = f"a ping takes {1e3 * middle:.2f} ms, at most {1e3 * longest:.2f} ms"
    if middle > GATHERED:
        what += ": the adapter gathers bytes before it passes them on"
        cure = "set its latency timer to 1 ms: run 'robotics install-service' (udev rule)"
        return bad("timing", what, cure)
    if middle > SLOW:
        return warning("timing", what, "see the adapter's latency timer, and return_delay")
    return good("timing", what)
