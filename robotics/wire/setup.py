"""From found to ready to move: what the devices of a line are asked and told, until all agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from robotics.wire.bus import Bus, Found, NoAnswer
from robotics.wire.commanding import watchdog_counts
from robotics.wire.instructions import Span
from robotics.wire.lineup import Device, Line
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError
from robotics.wire.servos import WATCHDOG_TRIPPED
from robotics.wire.table import Access

_LATE = 0.04
"""A watchdog may trip by so much late [s]: it counts in steps of 20 ms."""
_TRIES = 12
"""So often something is said until it is understood: a line that damages every hundredth byte both
ways loses half of the longer instructions."""
_SHARE = 0.8
"""Part of a period that is there for an exchange."""
_PINGS, _SETTLED = 5, 0.05
"""An answer that came late is timed so often again, each time after so long [s]: late answers to
questions asked twice are over by then."""
_OUTSIDE = 64
"""A servo may stand so far beyond its limits [counts]: it gives way a little under load."""


class Setup:
    """Prepares devices for motion.

    Every method raises ``WireError`` with the names of the devices that do not do what they must.
    """

    def __init__(self, bus: Bus, line: Line) -> None:
        """Nothing is said yet."""
        self._bus, self._line = bus, line

    def check_models(self) -> None:
        """Every device answers, and is what it should be."""
        wrong, missing, taken = [], 0, list[float]()
        for device in self._line.devices:
            found = self._ping(device, taken)
            if found is None:
                missing += 1
                wrong.append(f"{_who(device)} does not answer")
            elif found.model != device.table.model:
                wanted = f"{device.table.model} ({device.table.name})"
                wrong.append(f"{_who(device)} is model {found.model}, not {wanted}")
        count = len(self._line.devices)
        if missing == count > 1:
            raise WireError(
                f"none of the {count} devices answers. Check power, the cable, and whether this "
                "robot is on this port, at this speed"
            )
        if wrong:
            raise WireError(f"{'; '.join(wrong)}. Check power, wiring and ids")
        self._check_pace(taken)

    def _ping(self, device: Device, taken: list[float]) -> Found | None:
        """Ask a device who it is, and note how long that has taken [s]."""
        clock = self._bus.clock
        begun = clock.now()
        found = self._bus.ping(device.id, tries=_TRIES)
        if found is not None:
            taken.append(clock.now() - begun)
        return found

    def _check_pace(self, taken: list[float]) -> None:
        """See that answers come within a period: later ones would be taken for the next one's."""
        room = _SHARE * self._line.period
        if median(taken) < room:
            return
        again, clock = list[float](), self._bus.clock
        for _ in range(_PINGS):
            clock.wait_until(clock.now() + _SETTLED)
            self._ping(self._line.devices[0], again)
        took = median(again or taken)
        if took > room:
            raise WireError(
                f"an answer takes {1e3 * took:.0f} ms, there are {1e3 * room:.0f}: the adapter "
                "gathers bytes; set its latency timer to 1 ms (robotics install-service)"
            )

    def apply_settings(self) -> None:
        """Write the settings that differ; for those in EEPROM the torque has to be off."""
        for device in self._line.devices:
            for name, counts in device.settings:
                field = device.table[name]
                if self._bus.get(device.id, field) != counts:
                    if field.access is Access.SETUP:
                        self._bus.set(device.id, device.table["torque_enable"], 0)
                    self._bus.set(device.id, field, counts)

    def engage(self, clock: Clock, *, are_proven: bool) -> None:
        """Switch the torque on where the devices are, and prove their watchdogs; nothing jumps.

        A servo whose torque is on keeps its goal: it stands a little beside it under load, and
        would give way by as much again each time its place were made its goal. It is not put to the
        proof a second time, unless it was switched off in between.

        Args:
            clock: Whose time counts.
            are_proven: Whether all watchdogs were proven before.
        """
        devices = self._line.devices
        servos = [one for one in devices if "goal_position" in one.table]
        torque, watchdog = (self._get(name, devices) for name in ("torque_enable", "bus_watchdog"))
        here, goals = (self._get(f"{name}_position", servos) for name in ("present", "goal"))
        held = {id for id in here if torque[id] and watchdog[id] != WATCHDOG_TRIPPED}
        self._hold({id: goals[id] if id in held else at for id, at in here.items()}, servos)
        self.switch_torque(on=True)
        if not (are_proven and all(torque.values())):
            off = [one for one in devices if not torque[one.id]]
            self._prove_watchdogs(clock, servos, off)

    def switch_torque(self, *, on: bool) -> None:
        """Switch the torque of all devices; where they are is their business."""
        self._set_all("torque_enable", int(on))

    def _hold(self, wanted: Mapping[int, int], servos: Sequence[Device]) -> None:
        """Free the watchdogs, give servos these goals, within their limits, and boards none."""
        self._set_all("bus_watchdog", 0)
        least, most = (self._get(f"{end}_position_limit", servos) for end in ("min", "max"))
        goals = {id: min(max(at, least[id]), most[id]) for id, at in wanted.items()}
        outside = [one for one in servos if abs(goals[one.id] - wanted[one.id]) > _OUTSIDE]
        if outside:
            names = ", ".join(_who(one) for one in outside)
            raise WireError(f"{names}: outside of the limits; bring it back by hand")
        self._set("goal_position", goals, servos)
        still = bytes(self._line.told.length)
        boards = {one.id: still for one in self._line.devices if one not in servos}
        if boards:
            self._bus.tell(self._line.told.first, boards)

    def _prove_watchdogs(
        self, clock: Clock, servos: Sequence[Device], off: Sequence[Device]
    ) -> None:
        """Arm every watchdog, say nothing, and see that each has tripped; then disarm them.

        Servos hold the place where their watchdog tripped: it becomes their goal. If a watchdog
        sleeps, the torque of those that were ``off`` is switched off again.
        """
        here = self._get("present_position", servos)
        self._set_all("bus_watchdog", watchdog_counts(self._line))
        clock.wait_until(clock.now() + self._line.watchdog + _LATE)
        tripped = self._get("bus_watchdog", self._line.devices)
        asleep = [one for one in self._line.devices if tripped[one.id] != WATCHDOG_TRIPPED]
        self._hold(here, servos)
        if asleep:
            names = ", ".join(_who(one) for one in asleep)
            self._set("torque_enable", {one.id: 0 for one in off}, off)
            raise WireError(
                f"{names}: the watchdog does not trip; it would go on if this program died. "
                "Update its firmware"
            )

    def watchdogs(self, until: float) -> dict[int, int]:
        """Return what the watchdogs of those devices that answer are set to, by id."""
        spans = self._spans("bus_watchdog", self._line.devices)
        found = self._bus.read_many(spans, fast=self._line.fast, until=until)
        fields = {one.id: one.table["bus_watchdog"] for one in self._line.devices}
        return {id: fields[id].from_bytes(data) for id, data in found.items()}

    def rest(self) -> None:
        """Leave the line: boards stop and switch off, servos keep their goals."""
        still = bytes(self._line.told.length)
        boards = [one for one in self._line.devices if "goal_position" not in one.table]
        for board in boards:
            self._bus.tell(self._line.told.first, {board.id: still})
        self._set("torque_enable", {one.id: 0 for one in boards}, boards)

    # ------------------------------------------------------------------------------ many at once

    @staticmethod
    def _spans(name: str, devices: Sequence[Device]) -> list[Span]:
        fields = ((one.id, one.table[name]) for one in devices)
        return [Span(id, field.address, field.size) for id, field in fields]

    def _get(self, name: str, devices: Sequence[Device]) -> dict[int, int]:
        """Return the counts of a field of several devices, asking again for what is missing."""
        found: dict[int, bytes] = {}
        for _ in range(_TRIES):
            spans = [one for one in self._spans(name, devices) if one.id not in found]
            if not spans:
                break
            found |= self._bus.read_many(spans, fast=self._line.fast)
        silent = [one for one in devices if one.id not in found]
        if silent:
            raise NoAnswer(f"{', '.join(_who(one) for one in silent)}: no answer about {name}")
        return {one.id: one.table[name].from_bytes(found[one.id]) for one in devices}

    def _set_all(self, name: str, counts: int) -> None:
        self._set(name, {one.id: counts for one in self._line.devices}, self._line.devices)

    def _set(self, name: str, counts: Mapping[int, int], devices: Sequence[Device]) -> None:
        """Write a field of several devices, and again what was not taken."""
        left = list(devices)
        for _ in range(_TRIES):
            if not left:
                return
            for address in sorted({one.table[name].address for one in left}):
                same = [one for one in left if one.table[name].address == address]
                data = {one.id: one.table[name].to_bytes(counts[one.id]) for one in same}
                self._bus.tell(address, data)
            held = self._get(name, left)
            left = [one for one in left if held[one.id] != counts[one.id]]
        if left:
            names = "; ".join(f"{_who(one)}{self._excuse(one)}" for one in left)
            raise WireError(f"{name} is not taken by {names}")

    def _excuse(self, device: Device) -> str:
        """Return what a device says is wrong with it."""
        bits = self._bus.get(device.id, device.table["hardware_error"])
        words = ", ".join(device.table.alerts(bits))
        return f": {words}; let it cool down or find the cause, then reboot it" if words else ""


def _who(device: Device) -> str:
    return f"{device.name} (id {device.id})"
