"""Procedures that find a robot's own measures: at rest, by a straight drive, by turns on the spot.

They know a body only, so they are the same in physics and on hardware. Nobody looks out for people
meanwhile but the board's bumpers and cliff sensors: speeds are low, and the way has to be free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.backend import Backend
from robotics.core.errors import BackendError
from robotics.core.messages import Command, Observation
from robotics.wire.bus import Bus
from robotics.wire.lineup import Device, Line

STILL = 0.02
"""A gyro that varies by more than this did not stand still, one sigma [rad/s]."""
GRAVITY = (9.3, 10.3)
"""Specific force at rest outside of this is a broken accelerometer [m/s²]."""
FAR = 341
"""A servo farther from its zero is no calibration's business [counts]; 30 degrees: half a tooth of
a horn is less, and a limp robot hangs farther off."""
RAMP = 1.0
"""Of the wheels in a calibration drive [rad/s²]."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """What the IMU says of a robot that stands."""

    gyro_bias: tuple[float, float, float]
    """[rad/s]."""
    roll: float
    """Of the IMU against the base [rad]: rotate its readings by (roll, pitch) to level them."""
    pitch: float
    """[rad]."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What wheels and gyro say of a drive."""

    angles: tuple[float, float]
    """Turned by the left and the right wheel [rad]."""
    yaw: float
    """Turned by the gyro, its bias taken off [rad]."""


@dataclass(slots=True)
class Calibrator:
    """Moves a robot on two driven wheels and notes what it reads.

    Attributes:
        body: The robot; already reset.
        wheels: Places of the left and right wheel among its joints.
        torque: What each joint may use (n,) [N·m].
        first: The body's last observation.
    """

    body: Backend
    wheels: tuple[int, int]
    torque: Array
    first: Observation
    should_stop: Callable[[], bool] = lambda: False
    gyro_bias: Array = field(default_factory=lambda: np.zeros(3))

    def stand(self, seconds: float = 5.0) -> AtRest:
        """Listen to the IMU for a while; the ground has to be level.

        Raises:
            BackendError: The robot was moved, or its IMU is broken.
        """
        rows = []
        for _ in range(round(seconds / self.body.period)):
            seen = self._tell(0.0, 0.0)
            self._check(seen)
            rows.append((*seen.imu.angular_velocity, *seen.imu.linear_acceleration))
        table = np.array(rows)
        if table[:, :3].std(axis=0).max() > STILL:
            raise BackendError("the robot was moved while it had to stand; do it again")
        force = table[:, 3:].mean(axis=0)
        size = float(np.linalg.norm(force))
        if not GRAVITY[0] < size < GRAVITY[1]:
            raise BackendError(f"the accelerometer reads {size:.2f} m/s² at rest; check its board")
        self.gyro_bias = table[:, :3].mean(axis=0)
        x, y, z = force
        # the rotation about x, then about y, that brings the force upright
        roll = math.atan2(y, z)
        pitch = -math.atan2(x, math.hypot(y, z))
        bias = self.gyro_bias
        return AtRest((float(bias[0]), float(bias[1]), float(bias[2])), roll, pitch)

    def straight(self, angle: float, rate: float = 1.5) -> Drive:
        """Turn both wheels by ``angle`` [rad], forwards, at ``rate`` [rad/s], and stop."""
        return self._drive(angle, (rate, rate))

    def on_the_spot(self, angle: float, rate: float = 1.5) -> Drive:
        """Turn the left wheel back and the right one ahead by ``angle`` [rad], and stop."""
        return self._drive(angle, (-rate, rate))

    def _drive(self, angle: float, rates: tuple[float, float]) -> Drive:
        """Ramp up, go on until the way to stop is left, ramp down; integrate the gyro meanwhile."""
        begin = self._angles(self.first)
        yaw, speed, period = 0.0, 0.0, self.body.period
        fastest = max(abs(rate) for rate in rates)
        step = RAMP * period
        rest = 0.0
        while rest < 0.5:
            done = float(np.abs(self._angles(self.first) - begin).mean())
            stop = self.should_stop() or angle - done <= 0.5 * speed**2 / RAMP
            speed = max(0.0, speed - step) if stop else min(fastest, speed + step)
            seen = self._tell(*(speed * rate / fastest for rate in rates))
            yaw += period * float(seen.imu.angular_velocity[2] - self.gyro_bias[2])
            rest = rest + period if speed == 0.0 and stop else 0.0
            self._check(seen)
        left, right = self._angles(self.first) - begin
        return Drive((float(left), float(right)), yaw)

    def _check(self, seen: Observation) -> None:
        """End a drive at whatever is wrong; a body that is closed comes to rest.

        Raises:
            BackendError: Something is.
        """
        wrong = (*seen.faults, *seen.contacts.bumpers)
        if wrong:
            self._tell(0.0, 0.0)
            raise BackendError(f"stopped: {', '.join(wrong)}")

    def _tell(self, left: float, right: float) -> Observation:
        target = np.array(self.first.joints.position * 0.0)
        target[list(self.wheels)] = (left, right)
        self.body.act(Command(target, self.torque))
        self.first = self.body.observe()
        return self.first

    def _angles(self, seen: Observation) -> Array:
        return np.asarray(seen.joints.position[list(self.wheels)])


def wheel_scale(drive: Drive, measured: float, nominal_radius: float) -> float:
    """Return true over nominal radius.

    Args:
        drive: A straight one.
        measured: How far the robot came, by a tape [m].
        nominal_radius: [m].

    Raises:
        BackendError: The result is impossible.
    """
    turned = 0.5 * sum(drive.angles)
    return _plausible(measured / (turned * nominal_radius) if turned else 0.0, "wheel radius")


def track_scale(drive: Drive, radius: float, nominal_track: float) -> float:
    """Return true over nominal distance between the wheels.

    Args:
        drive: Turns on the spot.
        radius: The true one [m].
        nominal_track: [m].

    Raises:
        BackendError: The result is impossible.
    """
    left, right = drive.angles
    track = radius * (right - left) / drive.yaw if drive.yaw else 0.0
    return _plausible(track / nominal_track, "track")


def _plausible(scale: float, what: str) -> float:
    if not 0.8 < scale < 1.25:
        raise BackendError(
            f"the {what} would be {scale:.2f} times the nominal one; measure again, "
            "on hard and level ground, without slipping"
        )
    return scale


def set_offsets(bus: Bus, line: Line, zeros: Array) -> dict[str, int]:
    """Let servos read ``zeros`` (n,) where they are now, by their homing offset.

    The robot is held in its zero pose, by a jig or by hand, without torque. The offset is kept in
    the servo: a servo that is exchanged has to be calibrated, the computer may be any.

    Returns:
        How far each was off, by name [counts].

    Raises:
        WireError: A servo does not answer, or its torque is on.
        BackendError: A joint is far from its zero; no servo was written then.
    """
    off, offsets = dict[str, int](), list[tuple[Device, int]]()
    servos = [one for one in line.devices if "homing_offset" in one.table]
    for device, zero in zip(servos, zeros, strict=False):
        error = int(zero) - bus.get(device.id, device.table["present_position"])
        offsets.append((device, bus.get(device.id, device.table["homing_offset"]) + error))
        off[device.name] = error
    turn = 360.0 / 4096
    far = [f"{name} by {turn * counts:.0f}°" for name, counts in off.items() if abs(counts) > FAR]
    if far:
        raise BackendError(
            f"not in the zero pose: {', '.join(far)}; at most {turn * FAR:.0f}° are taken for an "
            "offset. Hold it in its jig; else a horn is on a wrong tooth. Nothing was written"
        )
    for device, counts in offsets:
        bus.set(device.id, device.table["homing_offset"], counts)
    return off
