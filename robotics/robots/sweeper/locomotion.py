"""From a velocity and tool settings to the sweeper's wheels and brushes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from robotics.control.chassis import DifferentialChassis
from robotics.core.joints import JointTable
from robotics.core.messages import Command, Goal, State, Twist2
from robotics.robots.sweeper.joints import BRUSHES, WHEELS


@dataclass(slots=True)
class SweeperLocomotion:
    """Wheels with bounded acceleration, brushes at their working speed."""

    chassis: DifferentialChassis
    joints: JointTable
    brush_speed: tuple[float, float, float]
    """(left, right, roller) at full setting [rad/s]."""
    _time: float | None = None
    _twist: Twist2 = field(default_factory=Twist2)

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the wished command."""
        duration = 0.0 if self._time is None else max(0.0, state.time - self._time)
        self._time = state.time
        self._twist = self.chassis.towards(self._twist, twist, duration)
        target = np.zeros(len(self.joints))
        target[WHEELS] = self.chassis.wheels(self._twist)
        target[BRUSHES] = np.multiply(self.brush_speed, min(max(goal.tools.brush, 0.0), 1.0))
        return Command(
            target, self.joints.column("effort"), goal.tools, goal.voice, light=goal.light
        )


@dataclass(frozen=True, slots=True)
class WheelDrive:
    """What the sweeper's command means for its base (``robotics.control.guard.Drive``)."""

    chassis: DifferentialChassis

    def twist(self, state: State, command: Command) -> Twist2:
        """Return the velocity that the wheels' set-points mean."""
        return self.chassis.twist(command.target[WHEELS])

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command with both wheels slowed alike."""
        target = command.target.copy()
        target[WHEELS] *= min(max(share, 0.0), 1.0)
        return replace(command, target=target)
