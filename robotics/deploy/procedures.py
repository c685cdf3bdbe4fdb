"""What the command does with a robot and a person together, one question after the other."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from robotics.core.backend import Backend
from robotics.core.errors import OptionError
from robotics.deploy.calibrate import AtRest, Calibrator, set_offsets, track_scale, wheel_scale
from robotics.deploy.calibration import Calibration, check_place, write
from robotics.deploy.doctor import on_wire
from robotics.deploy.hardware import Ports, backend_of
from robotics.robots.greeter.joints import load as load_greeter
from robotics.robots.greeter.wiring import wiring
from robotics.robots.sweeper.config import SweeperConfig
from robotics.wire.bus import Bus
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock

WAY = 4.0
"""Length of the straight drive [m]."""
TURNS = 3.0
"""On the spot."""
TORQUE = 20.0
"""Most that a wheel may use in a calibration drive [N·m]."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands beside the robot."""

    tell: Callable[[str], None]
    """Says something."""
    agree: Callable[[str], object]
    """Asks for a yes, and ends everything without."""
    measure: Callable[[str], float]
    """Asks for a length [m]."""


def sweeper_at(port: str) -> Backend:
    """Return the sweeper's body on its port, in real time."""
    return backend_of("sweeper", Ports(port, derate=True), WallClock())


def calibrate(
    port: str,
    robot: str,
    file: Path,
    person: Person,
    open_sweeper: Callable[[str], Backend] = sweeper_at,
) -> None:
    """Find what differs from the drawing, write it, keep the old file.

    Args:
        port: Of the bus.
        robot: greeter or sweeper.
        file: Where the result goes.
        person: Who stands beside the robot.
        open_sweeper: Returns the sweeper's body on a port; closed after each drive.

    Raises:
        OptionError: There is no such robot, or the file cannot be written.
        RoboticsError: The robot does not answer, or a measurement is impossible.
    """
    check_place(file)
    if robot == "sweeper":
        found = _sweeper(lambda: open_sweeper(port), person)
    elif robot == "greeter":
        found = _greeter(port, person)
    else:
        raise OptionError(f"--robot is '{robot}'; allowed: greeter, sweeper")
    kept = write(file, found)
    person.tell(f"written: {file}" + (f", the old one is {kept}" if kept else ""))
    person.tell(f"use it: robotics run … --on {port} --calibration {file}")


def _sweeper(connect: Callable[[], Backend], person: Person) -> Calibration:
    chassis = SweeperConfig().chassis
    person.agree(f"Hard, level ground, {WAY + 1:.0f} m free ahead, stop button at hand?")
    with _driving(connect()) as one:
        person.tell("standing for five seconds, then driving straight ahead")
        rest = one.stand()
        straight = one.straight(WAY / chassis.wheel_radius)
    measured = person.measure("How far did it come, in metres?")
    scale = wheel_scale(straight, measured, chassis.wheel_radius)
    person.agree(f"It will turn on the spot, {TURNS:.0f} times. Is there 1 m around it?")
    with _driving(connect()) as one:
        one.gyro_bias = np.asarray(rest.gyro_bias)
        turn = math.pi * TURNS * chassis.track / chassis.wheel_radius
        track = track_scale(one.on_the_spot(turn), scale * chassis.wheel_radius, chassis.track)
    person.tell(f"wheels {scale:.4f}, track {track:.4f} of the nominal ones")
    return _with_rest(rest, wheel_scale=scale, track_scale=track)


@contextlib.contextmanager
def _driving(body: Backend) -> Generator[Calibrator, None, None]:
    """Take the sweeper's wheels, and let go of them again: nobody drives while it is measured."""
    try:
        first = body.reset()
        yield Calibrator(body, (0, 1), np.full(len(first.joints.position), TORQUE), first)
    finally:
        body.close()


def _greeter(port: str, person: Person) -> Calibration:
    line = on_wire("greeter").line
    person.agree("Torque off, and the robot held in its zero pose by its jig?")
    link = SerialLink(port, line.timing.baud)
    try:
        zeros = wiring(load_greeter().joints).zero
        timing = replace(line.timing, delay=0.001, latency=0.02)  # nobody is in a hurry
        off = set_offsets(Bus(link, WallClock(), timing), line, zeros)
    finally:
        link.close()
    worst = max(off, key=lambda name: abs(off[name]))
    person.tell(f"{len(off)} offsets are in the servos; largest: {worst}, {off[worst]} counts")
    return Calibration(notes=("offsets are in the servos",))


def _with_rest(rest: AtRest, *, wheel_scale: float, track_scale: float) -> Calibration:
    return Calibration(
        wheel_scale=wheel_scale,
        track_scale=track_scale,
        gyro_bias=rest.gyro_bias,
        imu_roll_deg=math.degrees(rest.roll),
        imu_pitch_deg=math.degrees(rest.pitch),
        notes=(f"robotics calibrate: {WAY:g} m straight, {TURNS:g} turns, 5 s at rest",),
    )
