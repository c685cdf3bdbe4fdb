"""The doctor: looks at a robot through its port and at the computer, and says what is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from robotics.core.errors import OptionError
from robotics.deploy.devices import (
    Examiner,
    check_followers,
    check_lineup,
    followers,
    mend,
    names_of_models,
    time_answers,
)
from robotics.deploy.findings import Finding, bad, good
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.greeter.on_wire import GreeterOnWire
from robotics.robots.on_wire import OnWire
from robotics.robots.sweeper import joints as sweeper_joints
from robotics.robots.sweeper.on_wire import SweeperOnWire
from robotics.wire import boards
from robotics.wire.bus import Bus, Found, Timing
from robotics.wire.lineup import Device, Line
from robotics.wire.links import Link
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError
from robotics.wire.setup import Setup

BOARDS = {boards.CHASSIS_BOARD.model, *(page.model for page in boards.SENSOR_PAGES)}
"""Model numbers of our own boards, whose microcontroller may be one or another."""
BAUDS = (1_000_000, 4_000_000, 57_600, 2_000_000, 3_000_000, 115_200)
"""Speeds at which devices are looked for; 57 600 is what new X servos have."""


def on_wire(robot: str) -> OnWire:
    """Return how a robot speaks.

    Raises:
        OptionError: There is no such robot.
    """
    if robot == "sweeper":
        return SweeperOnWire(sweeper_joints.load().joints)
    if robot == "greeter":
        return GreeterOnWire(greeter_joints.load().joints)
    raise OptionError(f"--robot is '{robot}'; allowed: greeter, sweeper")


@dataclass(slots=True)
class Doctor:
    """One visit.

    Attributes:
        open_link: Opens the port at a speed [bit/s].
        clock: Whose time counts.
        robot: Which robot it is; "" to find out.
        findings: What was found so far.
    """

    open_link: Callable[[int], Link]
    clock: Clock
    robot: str = ""
    findings: list[Finding] = field(default_factory=list)

    def visit(self, *, fix: bool = False, prove: bool = False) -> None:
        """Look at everything.

        Args:
            fix: Write what can be mended without moving anything.
            prove: Switch the torque on for a moment, where all devices are, and see that their
                watchdogs bite.

        Raises:
            WireError: The port cannot be opened, or is lost meanwhile.
            OptionError: There is no such robot.
        """
        found = self._look_for_all()
        everybody = {id: one for there in found.values() for id, one in there.items()}
        if not everybody:
            cure = "check power, the cable, which port it is, and that two wires are not swapped"
            self.findings.append(bad("bus", "nobody answers at any speed", cure))
        robot = self.robot or _robot_of(everybody)
        if not robot and everybody:
            names = names_of_models()
            models = sorted({names.get(one.model, str(one.model)) for one in everybody.values()})
            what = f"{', '.join(models)}: neither a greeter nor a sweeper"
            self.findings.append(bad("robot", what, "name it with --robot"))
        if not robot:
            return
        self.findings.append(good("robot", robot))
        line = on_wire(robot).line
        self._check_speeds(line, found)
        here = found.get(line.timing.baud, {})
        self.findings += check_lineup(line, here, elsewhere=everybody) if everybody else []
        if here:
            self._examine(line, here, fix=fix, prove=prove)

    def _look_for_all(self) -> dict[int, dict[int, Found]]:
        """Return who answers at which speed, each at the first at which it does."""
        found: dict[int, dict[int, Found]] = {}
        known: set[int] = set()
        for baud in BAUDS:
            with _opened(self.open_link, self.clock, _patient(baud)) as bus:
                there = {one.id: one for one in bus.scan() if one.id not in known}
            if there:
                found[baud] = there
                known |= set(there)
            if self._is_complete(baud, there):
                break
        return found

    def _is_complete(self, baud: int, there: dict[int, Found]) -> bool:
        """Return whether all of a robot's devices are there, at its own speed."""
        robot = self.robot or _robot_of(there)
        if not robot:
            return False
        line = on_wire(robot).line
        return line.timing.baud == baud and all(one.id in there for one in line.devices)

    def _check_speeds(self, line: Line, found: dict[int, dict[int, Found]]) -> None:
        for baud, devices in found.items():
            if baud != line.timing.baud:
                ids = ", ".join(str(id) for id in sorted(devices))
                code = {speed: number for number, speed in line.devices[0].table.baud_codes.items()}
                cure = f"set their baud_rate to {code.get(line.timing.baud)} with the Wizard"
                if any(one.model in BOARDS for one in devices.values()):
                    cure += "; a board that refuses it is too slow (an ATmega2560 does 2000000)"
                what = f"answers at {baud} bit/s, the robot speaks at {line.timing.baud}"
                self.findings.append(bad(f"id {ids}", what, cure))

    def _examine(self, line: Line, found: dict[int, Found], *, fix: bool, prove: bool) -> None:
        """Read the registers of those that are there."""
        there = [
            one
            for one in line.devices
            if one.id in found and found[one.id].model == one.table.model
        ]
        seconds = followers(line, found)
        self.findings += check_followers(seconds)
        with _opened(self.open_link, self.clock, _patient(line.timing.baud)) as bus:
            for device in (*there, *seconds):
                if fix:
                    self._mend(bus, device)
                self.findings += Examiner(bus).examine(device)
            if there:
                self.findings.append(time_answers(bus, self.clock, there[0].id))
            if prove and len(there) == len(line.devices):
                self._prove(bus, line)

    def _mend(self, bus: Bus, device: Device) -> None:
        who = f"{device.name} (id {device.id})"
        try:
            self.findings += [good(who, done) for done in mend(bus, device)]
        except WireError as error:
            self.findings.append(bad(who, str(error), "switch the torque off first"))

    def _prove(self, bus: Bus, line: Line) -> None:
        """See that every watchdog bites; the torque is on meanwhile, where the devices are.

        It was off before, or the robot is held: it is off afterwards.
        """
        setup = Setup(bus, line)
        try:
            setup.apply_settings()
            setup.engage(self.clock, are_proven=False)
            self.findings.append(good("watchdogs", "all of them bite"))
        except WireError as error:
            cure = "see the lines above; else update its firmware"
            self.findings.append(bad("watchdogs", str(error), cure))
        with contextlib.suppress(WireError):
            setup.switch_torque(on=False)


def _patient(baud: int) -> Timing:
    """Return a timing for questions that nobody is in a hurry about, on a busy machine, too."""
    return Timing(baud, delay=0.001, latency=0.03)


@contextlib.contextmanager
def _opened(
    open_link: Callable[[int], Link], clock: Clock, timing: Timing
) -> Generator[Bus, None, None]:
    """Open a bus that is closed again."""
    link = open_link(timing.baud)
    try:
        yield Bus(link, clock, timing)
    finally:
        link.close()


def _robot_of(found: dict[int, Found]) -> str:
    """Return which robot these devices are of; "" if that cannot be said."""
    models = {one.model for one in found.values()}
    if boards.CHASSIS_BOARD.model in models:
        return "sweeper"
    servos = {device.table.model for device in on_wire("greeter").line.devices}
    return "greeter" if models & servos else ""
