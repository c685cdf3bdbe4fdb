"""What holds the greeter back: a walker stops by stepping to a stand, never by freezing.

So the stop before things acts on the wished twist, ahead of the gait, and the guard at the end
only keeps the joints within their limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.control.ground import Ground
from robotics.control.guard import SafetyGuard
from robotics.control.monitor import CollisionMonitor, GuardConfig
from robotics.core.arrays import Array
from robotics.core.messages import Command, State, Twist2

FALLEN = math.radians(50.0)
"""A trunk tilted more will not stand again by itself [rad]."""
REFLEXES = frozenset(
    {
        *("falling", "lying", "getting up", "cannot get up"),
        *("sitting down", "sits", "standing up"),
    }
)
"""What the reflexes say that they do, see ``reflexes.Plight``."""
LIMP = 0.1
"""Share of the torque that a fallen robot keeps: it yields, and drops nothing."""


@dataclass(slots=True)
class Restraint:
    """The rules of the guard for a twist.

    Attributes:
        config: Footprint, brakes, limits.
        ground: Kerbs, keep-out edges and slow zones of the site; None for none.
    """

    config: GuardConfig
    ground: Ground | None = None
    monitor: CollisionMonitor = field(init=False)

    def __post_init__(self) -> None:
        self.monitor = CollisionMonitor(self.config, self.ground)

    def limit(self, state: State, twist: Twist2) -> tuple[Twist2, str]:
        """Return the twist that may be walked, and the rule that changed it ("" if none)."""
        self.monitor.watch(state)
        reason, share = self.monitor.judge(state, twist)
        if not reason:
            return twist, ""
        return Twist2(twist.vx * share, twist.vy * share, twist.wz * share), reason


class NoDrive:
    """The guard's view of a walker: its joint targets mean no velocity of the base."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return no velocity: it was limited before the steps were placed."""
        return Twist2()

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command as it is."""
        return command


@dataclass(slots=True)
class WalkerGuard:
    """Limits the joints, and keeps the name of the rule that held the twist back.

    A robot that has fallen lies still: from then on the joints yield in the pose that they have.
    Only the reflexes (``reflexes``), which say so in ``stopped_by``, move a robot that lies.

    Attributes:
        joints: The guard of both robots, for the joints only.
    """

    joints: SafetyGuard
    _lying: Array | None = None

    def allow(self, state: State, wished: Command) -> Command:
        """Return the command that may be sent."""
        if wished.stopped_by in REFLEXES:
            self._lying = None
            return replace(self.joints.allow(state, wished), stopped_by=wished.stopped_by)
        if self._lying is None and has_fallen(state.tilt):
            self._lying = state.joints.position
        if self._lying is not None:
            limp = LIMP * np.asarray(wished.effort_limit)
            return replace(wished, target=self._lying, effort_limit=limp, stopped_by="fallen")
        sent = self.joints.allow(state, wished)
        return replace(sent, stopped_by=sent.stopped_by or wished.stopped_by)


def has_fallen(tilt: Array) -> bool:
    """Whether a trunk with this (roll, pitch) [rad] lies, or cannot be saved any more."""
    return float(np.hypot(*tilt)) > FALLEN
