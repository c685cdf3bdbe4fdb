"""The last word on every command: limits of the joints, and what the collision monitor allows.

It reads raw lidar returns, not tracks, and knows no plan. Nothing above it can switch it off. What
lies too low for that lidar and must not be driven over counts as returns, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from robotics.control.ground import Ground
from robotics.control.monitor import CollisionMonitor, GuardConfig
from robotics.core.arrays import Array, BoolArray, clamped, frozen
from robotics.core.geometry import inverse, transform
from robotics.core.joints import JointTable
from robotics.core.messages import Command, State, Twist2
from robotics.mapping.litter import outlines

__all__ = ["Drive", "GuardConfig", "SafetyGuard"]

NEAR = 3.0
"""Litter within this of the base is looked at [m]."""


class Drive(Protocol):
    """How a robot's command moves its base; wheels and legs differ here only."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return the velocity of the base that the command means."""

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command with the base's velocity times ``share``, 0 to 1."""


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
        ground: Kerbs, keep-out edges and slow zones of the site; None for none.
    """

    table: JointTable
    rate: Array
    period: float
    drive: Drive
    config: GuardConfig
    ground: Ground | None = None
    monitor: CollisionMonitor = field(init=False)
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
        self.monitor = CollisionMonitor(self.config, self.ground)

    def allow(self, state: State, wished: Command) -> Command:
        """Return the command that may be sent; ``stopped_by`` names the rule that changed it.

        What is judged is what would be sent: the wish within the limits and rates of the joints,
        whose arc may differ from that of the wish.
        """
        self.monitor.watch(state)
        target = clamped(wished.target, self._lower, self._upper)
        effort = clamped(wished.effort_limit, 0.0, self._effort)
        target = self._limited(state, target)
        command = replace(wished, target=target, effort_limit=effort, stopped_by="")
        verdict = self.monitor.judge(_with_litter(state), self.drive.twist(state, command))
        if verdict.share < 1.0:
            slowed = self.drive.slowed(command, verdict.share).target
            target = self._limited(state, clamped(slowed, self._lower, self._upper))
            command = replace(command, target=target, stopped_by=verdict.reason)
        self._last = target
        return command

    def _limited(self, state: State, target: Array) -> Array:
        """Return set-points no farther from the last ones than the rates allow."""
        last = self._last
        if last is None or len(last) != len(target):
            last = np.where(self._position, state.joints.position, 0.0)
        step = self.rate * self.period
        return np.asarray(last + clamped(target - last, -step, step))


def _with_litter(state: State) -> State:
    """Return the state with the outlines of litter that is too large among its returns."""
    if all(piece.fits for piece in state.ground.litter):
        return state
    pose = state.pose_base_in_map
    low = transform(inverse(pose), outlines(state.ground.litter, pose[:2], NEAR))
    return replace(state, points_in_base=frozen(np.vstack((state.points_in_base, low))))
