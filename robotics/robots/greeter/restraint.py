"""What holds the greeter back: a walker stops by stepping to a stand, never by freezing.

So the stop before things acts on the wished twist, ahead of the gait, and the guard at the end
only keeps the joints within their limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from robotics.control.guard import GuardConfig, SafetyGuard
from robotics.control.stopping import free_speed
from robotics.core.messages import Command, State, Twist2


@dataclass(frozen=True, slots=True)
class Restraint:
    """The rules of the guard for a twist.

    Attributes:
        config: Footprint, brakes, limits.
    """

    config: GuardConfig

    def limit(self, state: State, twist: Twist2) -> tuple[Twist2, str]:
        """Return the twist that may be walked, and the rule that changed it ("" if none)."""
        config = self.config
        fastest = config.body.fastest(twist)
        if fastest < 1e-4:
            return twist, ""
        if float(np.abs(state.tilt).max()) > config.tilt:
            return Twist2(), "tilt"
        if state.quality < config.quality:
            return Twist2(), "localisation lost"
        if state.points_age > config.scan_stop:
            return Twist2(), "no scan"
        allowed = free_speed(state.points_in_base, state.points_age, twist, config.body)
        reason = "collision"
        if state.points_age > config.scan_slow and config.creep < allowed:
            allowed, reason = config.creep, "scan late"
        if allowed >= fastest:
            return twist, ""
        share = allowed / fastest
        return Twist2(twist.vx * share, twist.vy * share, twist.wz * share), reason


class NoDrive:
    """The guard's view of a walker: its joint targets mean no velocity of the base."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return no velocity: it was limited before the steps were placed."""
        return Twist2()

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command as it is."""
        return command


@dataclass(frozen=True, slots=True)
class WalkerGuard:
    """Limits the joints, and keeps the name of the rule that held the twist back.

    Attributes:
        joints: The guard of both robots, for the joints only.
    """

    joints: SafetyGuard

    def allow(self, state: State, wished: Command) -> Command:
        """Return the command that may be sent."""
        sent = self.joints.allow(state, wished)
        return replace(sent, stopped_by=sent.stopped_by or wished.stopped_by)
