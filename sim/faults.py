"""Faults to live through: of the line, of devices, of the host. Each can begin and, mostly, end.

They act on an emulated robot (``sim.emulator.open.EmulatedBackend``) from outside: nothing in the
robot's own code knows of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from robotics.core.messages import Command
from robotics.wire.boards import SENSOR_IDS
from sim.body import BulletBody
from sim.emulator.board import ChassisBoard
from sim.emulator.line import Noise, unharmed
from sim.emulator.open import EmulatedBackend
from sim.emulator.robots import RAIL, GreeterDevices
from sim.emulator.servo import ENCODER, OVERLOAD, Servo
from sim.emulator.watching import Board
from sim.mechanism import BulletMechanism

Act = Callable[[EmulatedBackend], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    where: str
    """``line``, ``device`` or ``host``."""
    begin: Act
    end: Act | None = None
    """What ends it; None where it lasts."""
    lasts: float = np.inf
    """For so long [s]."""


def noise(share: float, seed: int) -> Noise:
    """Return a line that damages ``share`` of its bytes.

    Of these 60 % have a flipped bit, 20 % are lost, 20 % have a random byte added behind them.
    """
    rng = np.random.default_rng(seed)

    def harm(data: bytes) -> bytes:
        spoiled = bytearray()
        for byte, chance in zip(data, rng.random(len(data)), strict=True):
            if chance >= share:
                spoiled.append(byte)
            elif chance < 0.6 * share:
                spoiled.append(byte ^ 1 << int(rng.integers(8)))
            elif chance >= 0.8 * share:
                spoiled += bytes((byte, int(rng.integers(256))))
        return bytes(spoiled)

    return harm


def deaf(data: bytes) -> bytes:
    """Lose everything."""
    del data
    return b""


# ---------------------------------------------------------------------------------- the line


def noisy(share: float) -> Fault:
    """Damage this share of all bytes, both ways."""

    def begin(robot: EmulatedBackend) -> None:
        robot.line.to_devices, robot.line.to_host = noise(share, 1), noise(share, 2)

    return Fault(f"{share:.1%} of bytes damaged", "line", begin, _clear)


def interrupted(duration: float) -> Fault:
    """Lose all bytes for ``duration`` [s]: a loose contact."""

    def begin(robot: EmulatedBackend) -> None:
        robot.line.to_devices = robot.line.to_host = deaf

    return Fault(f"line interrupted for {1e3 * duration:.0f} ms", "line", begin, _clear, duration)


def _clear(robot: EmulatedBackend) -> None:
    robot.line.to_devices = robot.line.to_host = unharmed


def unplugged(duration: float) -> Fault:
    """Pull the plug; after ``duration`` [s] it comes back under another name."""

    def begin(robot: EmulatedBackend) -> None:
        robot.line.unplug()

    def end(robot: EmulatedBackend) -> None:
        robot.line.plug()

    if np.isinf(duration):
        return Fault("unplugged", "line", begin)
    return Fault(f"unplugged for {1e3 * duration:.0f} ms", "line", begin, end, duration)


def gathering() -> Fault:
    """Let the adapter hand bytes over 16 ms late: an FTDI chip as it comes, without the udev rule.

    Source: FTDI application note AN232B-04, "Data Throughput, Latency and Handshaking".
    """

    def begin(robot: EmulatedBackend) -> None:
        robot.line.gathered = 0.016

    return Fault("adapter gathers bytes for 16 ms", "line", begin)


# --------------------------------------------------------------------------------- devices


def silent(identity: int, what: str) -> Fault:
    """Let one device hear and say nothing any more; a servo keeps its last goal."""

    def begin(robot: EmulatedBackend) -> None:
        for device in robot.line.segment.named(identity):
            device.is_cut_off = True

    def end(robot: EmulatedBackend) -> None:
        for device in robot.line.segment.devices:
            device.is_cut_off = device.is_cut_off and device.identity != identity

    return Fault(f"{what} silent", "device", begin, end)


def restarted(identity: int | None, what: str) -> Fault:
    """Let one device, or all (None), lose power for a moment: torque off, silent for 0.5 s."""

    def begin(robot: EmulatedBackend) -> None:
        for device in robot.line.segment.devices:
            if identity in (None, device.identity):
                device.restart(robot.clock.now())

    return Fault(f"{what} restarts", "device", begin)


def overheated(identity: int, what: str) -> Fault:
    """Let a servo's winding be hotter than its limit: it shuts down."""

    def begin(robot: EmulatedBackend) -> None:
        devices = robot.robot.devices
        if isinstance(devices, GreeterDevices):
            for place, servo in enumerate(devices.rack.servos):
                if servo.identity == identity:
                    devices.rack.heat[place] = 120.0

    return Fault(f"{what} overheated", "device", begin)


def shut_down(identity: int, what: str) -> Fault:
    """Let a servo protect itself, overloaded: its torque is off, it answers, and says why."""

    def begin(robot: EmulatedBackend) -> None:
        for device in robot.line.segment.named(identity):
            if isinstance(device, Servo):
                device.fail(OVERLOAD)

    return Fault(f"{what} shuts down", "device", begin)


def sagging(volts: float = 9.0) -> Fault:
    """Let the supply sag to so much [V]: servos are weak, and below 9.5 V they say so."""

    def begin(robot: EmulatedBackend) -> None:
        robot.robot.body.sag = volts / RAIL
        for board in _boards(robot):
            board.is_low = True

    return Fault(f"supply sags to {volts:g} V", "device", begin)


def failed_imu() -> Fault:
    """Let the IMU answer its board no more: that says so, and what it was told last."""

    def begin(robot: EmulatedBackend) -> None:
        for board in _boards(robot):
            board.is_frozen = board.has_failed = True

    return Fault("imu fails", "device", begin)


def numb_foot() -> Fault:
    """Let the left foot's load cells say nothing: a torn cable."""

    def begin(robot: EmulatedBackend) -> None:
        for board in _boards(robot):
            board.is_numb = board.identity == SENSOR_IDS[2]

    return Fault("left foot sensor silent", "device", begin)


def frozen_imu() -> Fault:
    """Let the IMU say again and again what it said last."""

    def begin(robot: EmulatedBackend) -> None:
        for board in _boards(robot):
            board.is_frozen = True

    return Fault("imu frozen", "device", begin)


def blocked(joint: int, what: str) -> Fault:
    """Let a joint or a wheel be blocked: its motor pulls in vain."""

    def begin(robot: EmulatedBackend) -> None:
        _mechanism(robot).block(joint)

    return Fault(f"{what} blocked", "device", begin)


def slipping(link: str, what: str) -> Fault:
    """Let a wheel stand on wet leaves: hardly any friction."""

    def begin(robot: EmulatedBackend) -> None:
        _mechanism(robot).grip(link, 0.05)

    return Fault(f"{what} slips", "device", begin)


def _mechanism(robot: EmulatedBackend) -> BulletMechanism:
    body = robot.robot.body
    assert isinstance(body, BulletBody)
    return body.mechanism


def _boards(robot: EmulatedBackend) -> list[Board]:
    return [one for one in robot.line.segment.devices if isinstance(one, Board)]


def failing(identity: int, what: str) -> Fault:
    """Let a servo report an error that does not stop it: the encoder's."""

    def begin(robot: EmulatedBackend) -> None:
        for device in robot.line.segment.named(identity):
            if isinstance(device, Servo):
                device.fail(ENCODER)

    return Fault(f"{what} reports an error", "device", begin)


def pressed_button() -> Fault:
    """Press the stop button, which the board reads."""

    def begin(robot: EmulatedBackend) -> None:
        for board in _boards(robot):
            board.is_pressed = True

    def end(robot: EmulatedBackend) -> None:
        for board in _boards(robot):
            board.is_pressed = False

    return Fault("stop button", "device", begin, end, 0.5)


def cliff() -> Fault:
    """Let the left cliff sensor look into a hole."""

    def begin(robot: EmulatedBackend) -> None:
        _board(robot).cliffs = (True, False)

    return Fault("cliff", "device", begin)


def _board(robot: EmulatedBackend) -> ChassisBoard:
    board = robot.line.segment.devices[0]
    assert isinstance(board, ChassisBoard)
    return board


# ---------------------------------------------------------------------------------- the host


def repeating() -> Fault:
    """Let the host go on, but with the command that it has: whoever thinks is stuck.

    What TurtleBot3's heartbeat does not notice (issue 1154 of its repository).
    """

    def begin(robot: EmulatedBackend) -> None:
        def ignored(command: Command) -> None:
            del command

        robot.host.act = ignored  # type: ignore[method-assign]

    return Fault("host repeats its last command", "host", begin)


def paused(duration: float) -> Fault:
    """Let the host stand still for ``duration`` [s]: SIGSTOP, a swapped page, a long computation.

    An infinite pause is SIGKILL: nothing is ever said again.
    """

    def begin(robot: EmulatedBackend) -> None:
        robot.clock.wait_until(robot.clock.now() + min(duration, 3.0))

    if np.isinf(duration):
        return Fault("host killed", "host", lambda robot: None)
    return Fault(f"host stands still for {1e3 * duration:.0f} ms", "host", begin)
