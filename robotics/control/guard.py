"""The last word on every command: limits of the joints, and an independent stop before things.

It reads raw lidar returns, not tracks, and knows neither plan nor map. Nothing above it can
switch it off.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from robotics.control.stopping import Body, free_speed
from robotics.core.arrays import Array, BoolArray, clamped
from robotics.core.joints import JointTable
from robotics.core.messages import Command, State, Twist2


class Drive(Protocol):
    """How a robot's command moves its base; wheels and legs differ here only."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return the velocity of the base that the command means."""

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command with the base's velocity times ``share``, 0 to 1."""


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """Limits that no part above can pass."""

    body: Body
    """Footprint, brakes and margins."""
    tilt: float = 0.35
    """The base is stopped beyond this roll or pitch [rad]."""
    quality: float = 0.15
    """The base is stopped below this quality of the localisation."""
    scan_slow: float = 0.5
    """Returns older than this make it creep [s]."""
    scan_stop: float = 1.0
    """Returns older than this stop it [s]."""
    creep: float = 0.15
    """Speed of the fastest point of the footprint while creeping [m/s]."""


@dataclass(slots=True)
class SafetyGuard:
    """The guard of both robots (``robotics.core.parts.Guard``).

    Attributes:
        table: The joints and their limits.
        rate: Largest change of each set-point, shape (n,): [rad/s] for a position joint, [rad/s²]
            for a wheel.
        period: Time between two commands [s].
        drive: What a command means for the base.
        config: The other limits.
    """

    table: JointTable
    rate: Array
    period: float
    drive: Drive
    config: GuardConfig
    _lower: Array = field(init=False)
    _upper: Array = field(init=False)
    _effort: Array = field(init=False)
    _position: BoolArray = field(init=False)
    _last: Array | None = None

    def __post_init__(self) -> None:
        self._position = self.table.is_position
        speed = self.table.column("velocity")
        self._lower = np.where(self._position, self.table.column("lower"), -speed)
        self._upper = np.where(self._position, self.table.column("upper"), speed)
        self._effort = self.table.column("effort")
        # compile now, not in the first tick that has a return in front
        free_speed(np.ones((1, 2)), 0.0, Twist2(1.0), self.config.body)

    def allow(self, state: State, wished: Command) -> Command:
        """Return the command that may be sent; ``stopped_by`` names the rule that changed it."""
        target = clamped(wished.target, self._lower, self._upper)
        effort = clamped(wished.effort_limit, 0.0, self._effort)
        command = replace(wished, target=target, effort_limit=effort, stopped_by="")
        reason, share = self._brake(state, self.drive.twist(state, command))
        if share < 1.0:
            command = self.drive.slowed(command, share)
        limited = self._limited(state, clamped(command.target, self._lower, self._upper))
        self._last = limited
        return replace(command, target=limited, stopped_by=reason)

    def _limited(self, state: State, target: Array) -> Array:
        """Return set-points no farther from the last ones than the rates allow."""
        last = self._last
        if last is None or len(last) != len(target):
            last = np.where(self._position, state.joints.position, 0.0)
        step = self.rate * self.period
        return np.asarray(last + clamped(target - last, -step, step))

    def _brake(self, state: State, twist: Twist2) -> tuple[str, float]:
        """Return the strictest rule that applies, and the share of the velocity it leaves."""
        body, config = self.config.body, self.config
        fastest = body.fastest(twist)
        if fastest < 1e-4:
            return "", 1.0
        if float(np.abs(state.tilt).max()) > config.tilt:
            return "tilt", 0.0
        if state.quality < config.quality:
            return "localisation lost", 0.0
        if state.points_age > config.scan_stop:
            return "no scan", 0.0
        pressed = state.contacts.bumpers
        ahead = "bumper_rear" if twist.vx < 0.0 else "bumper_front"
        if ahead in pressed or (pressed and abs(twist.vx) < 0.02):
            return "bumper", 0.0
        allowed, reason = (
            free_speed(state.points_in_base, state.points_age, twist, body),
            "collision",
        )
        if state.points_age > config.scan_slow and config.creep < allowed:
            allowed, reason = config.creep, "scan late"
        return (reason, allowed / fastest) if allowed < fastest else ("", 1.0)
