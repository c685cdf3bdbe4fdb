"""Postures one after another: how a robot moves while it is not in balance.

A posture is written for the left side and mirrored for the right one: about the axes of roll and
yaw the sign changes. Joints that are not named stay at zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, clamped
from robotics.core.joints import JointTable

_FASTEST = 1.875
"""A minimum-jerk move is at its fastest so many times its mean speed (Flash and Hogan 1985)."""
_SPEED_SHARE = 1.2
"""Of a joint's top speed that a move may use: far ways take longer than their keyframe says."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A posture and how to get there. Angles by name without the side [rad]."""

    time: float
    """Of the way there, at least [s]."""
    both: Mapping[str, float] = field(default_factory=dict)
    left: Mapping[str, float] = field(default_factory=dict)
    """Of the left limbs only, instead of those in ``both``."""
    right: Mapping[str, float] = field(default_factory=dict)
    """Of the right limbs only; with the signs of the left ones."""
    head_pitch: float = 0.0
    """[rad]."""

    def mirrored(self) -> Keyframe:
        """Return the same for the other side."""
        return Keyframe(self.time, self.both, self.right, self.left, self.head_pitch)

    def way(self, joints: JointTable) -> Way:
        """Return the move of all joints, see ``posture``."""
        return Way(self.time, self.posture(joints))

    def posture(self, joints: JointTable) -> Array:
        """Return the joint angles within their limits, shape (n,) [rad].

        Raises:
            UnknownName: A limb has no joint of that name.
        """
        position = np.zeros(len(joints))
        position[joints.index("head_pitch")] = self.head_pitch
        for side, own in (("left", self.left), ("right", self.right)):
            for name, angle in {**self.both, **own}.items():
                turned = side == "right" and name.endswith(("roll", "yaw"))
                position[joints.index(f"{side}_{name}")] = -angle if turned else angle
        return clamped(position, joints.column("lower"), joints.column("upper"))


@dataclass(frozen=True, slots=True)
class Way:
    """A move of all joints to a posture."""

    time: float
    """At least [s]."""
    posture: Array
    """Shape (n,) [rad]."""


@dataclass(slots=True)
class Moves:
    """Plays one way after another with minimum-jerk moves.

    Attributes:
        joints: The joint table.
        period: Time of a tick [s].
        position: Where the joints should be now, shape (n,) [rad].
        number: Of the way that is being gone.
    """

    joints: JointTable
    period: float
    position: Array
    number: int = 0
    _ways: tuple[Way, ...] = ()
    _from: Array = field(default_factory=lambda: np.zeros(0))
    _elapsed: float = 0.0
    _duration: float = 0.0

    def start(self, ways: tuple[Way, ...], position: Array) -> None:
        """Begin with ``ways`` from ``position`` (n,) [rad]."""
        self._ways, self.number = ways, 0
        self.position = np.array(position, dtype=np.float64)
        self._begin()

    @property
    def is_over(self) -> bool:
        """Whether the last posture has been reached."""
        return self.number >= len(self._ways)

    def advance(self) -> Array:
        """Go on by one tick; return where the joints should be, shape (n,) [rad]."""
        if self.is_over:
            return self.position
        self._elapsed += self.period
        share = min(self._elapsed / self._duration, 1.0)
        eased = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        target = self._ways[self.number].posture
        self.position = self._from + eased * (target - self._from)
        if share >= 1.0:
            self.number += 1
            self._begin()
        return self.position

    def _begin(self) -> None:
        if self.is_over:
            return
        way = self._ways[self.number]
        self._from, self._elapsed = self.position, 0.0
        speed = _SPEED_SHARE * self.joints.column("velocity")
        needed = float((_FASTEST * np.abs(way.posture - self._from) / speed).max())
        self._duration = max(way.time, needed, self.period)
