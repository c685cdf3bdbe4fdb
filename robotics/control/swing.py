"""The foot in the air: a cubic to a landing place that may still change, and a lift."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, clamped

_SHORTEST = 0.03
"""What is left of a swing counts as at least this, so that nothing is divided by zero [s]."""
_SHARPEST = 60.0
"""Largest horizontal acceleration [m/s²]."""
_REACH = 0.30
"""Speed of reaching down where the ground is late [m/s]."""
_DEEPEST = 0.05
"""How far below the ground it reaches [m]."""


@dataclass(slots=True)
class Swing:
    """One step of one foot.

    Attributes:
        position: Where the sole's centre is meant to be now, shape (3,) [m].
        velocity: Horizontal, shape (2,) [m/s].
        yaw: Heading of the foot now [rad].
        yaw_start: Heading at lift-off [rad].
        target: Where it is to land, shape (2,) [m].
        acceleration: Horizontal, shape (2,) [m/s²].
    """

    position: Array
    velocity: Array
    yaw: float
    yaw_start: float
    target: Array
    """Where it is to land, as far as known, shape (2,) [m]."""
    target_yaw: float
    """Its heading then [rad]."""
    acceleration: Array
    ground_start: float
    """Height of the ground at lift-off [m]."""
    lean_start: Array
    """(roll, pitch) of the sole at lift-off, shape (2,) [rad]."""

    @staticmethod
    def lift_off(
        place: Array, yaw: float, *, ground: float = 0.0, lean: ArrayLike = (0.0, 0.0)
    ) -> Swing:
        """Begin at ``place`` (2,) on the ``ground`` [m], for the same place."""
        at, rest = np.array([place[0], place[1], ground]), np.zeros(2)
        target = np.array(place)
        return Swing(at, rest, yaw, yaw, target, yaw, rest.copy(), ground, np.array(lean))

    def pull_to_come(self, left: float, *, omega: float) -> Array:
        """Return how the rest of the swing pulls at ξ: ∫ ω e^{ω(left - u)} a(u) du, (2,) [m/s²].

        Args:
            left: Until landing [s].
            omega: Rate of the pendulum [1/s].
        """
        return pull(self.target - self.position[:2], self.velocity, left, omega=omega)

    def advance(
        self, target: Array, yaw: float, *, elapsed: float, duration: float, dt: float
    ) -> None:
        """Move on by ``dt`` [s] towards ``target`` (2,) and heading ``yaw`` [rad].

        The horizontal motion is the start of the cubic from here to rest at the target, planned
        anew at each tick, so a moved target makes no jump in position or speed.

        Args:
            target: Landing place.
            yaw: Heading on landing.
            elapsed: Time since lift-off [s].
            duration: Planned time of the step [s].
            dt: Tick [s].
        """
        self.target, self.target_yaw = target, yaw
        left = max(duration - elapsed, _SHORTEST)
        pull = 6.0 * (target - self.position[:2]) / left**2 - 4.0 * self.velocity / left
        pull = clamped(pull, -_SHARPEST, _SHARPEST)
        self.acceleration = pull
        self.position[:2] += self.velocity * dt + 0.5 * pull * dt * dt
        self.velocity = self.velocity + pull * dt
        share = min(max(elapsed / duration, 0.0), 1.0)
        self.yaw = self.yaw_start + (yaw - self.yaw_start) * share * share * (3.0 - 2.0 * share)

    def lift(self, height: float, ground: float, *, elapsed: float, duration: float) -> None:
        """Set the height: up fast, down softly; below the ground where it comes late.

        Args:
            height: How far the foot is lifted [m].
            ground: How high the ground is expected to be where it lands [m].
            elapsed: Time since lift-off [s].
            duration: Of the step [s].
        """
        share = max(elapsed / duration, 0.0)
        if share >= 1.0:
            self.position[2] = ground + max(-_DEEPEST, -_REACH * (elapsed - duration))
        else:
            rise = share * share * (3.0 - 2.0 * share) * (ground - self.ground_start)
            self.position[2] = self.ground_start + rise + height * _profile(share)

    def lean(self, lean: Array, share: float) -> Array:
        """Return (roll, pitch) of the sole on its way to ``lean`` (2,), shape (2,) [rad]."""
        share = min(max(share, 0.0), 1.0)
        eased = share * share * (3.0 - 2.0 * share)
        return np.asarray(self.lean_start + eased * (lean - self.lean_start))


def pull(way: Array, velocity: Array, left: float, *, omega: float) -> Array:
    """Return ∫ ω e^{ω(left - u)} a(u) du over the cubic that ends a swing, shape (2,) [m/s²].

    Args:
        way: Still to go, shape (2,) [m].
        velocity: Now, shape (2,) [m/s].
        left: Until landing [s].
        omega: Rate of the pendulum [1/s].
    """
    time = max(left, _SHORTEST)
    begin = 6.0 * way / time**2 - 4.0 * velocity / time
    slope = 6.0 * velocity / time**2 - 12.0 * way / time**3
    z = omega * time
    decay = math.exp(-z)
    constant = 1.0 - decay
    linear = (1.0 - decay * (1.0 + z)) / omega
    return np.asarray(math.exp(omega * time) * (begin * constant + slope * linear))


def _profile(share: float) -> float:
    """Return the lift, 0 to 1, at ``share`` of the step."""
    if share < 0.5:
        return float(math.sin(math.pi * share) ** 1.5)
    return (1.0 - math.cos(2.0 * math.pi * share)) / 2.0
