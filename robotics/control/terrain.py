"""The ground as the feet find it: how high it is and how it leans under each sole.

A robot that takes the ground for level pushes itself over on a ramp: its ankles hold the soles
level, its legs are too long uphill. The joints, the tilt of the trunk and the soles' sensors tell
where the ground is under a foot that carries; steps carry that on to where the next foot goes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.control.balance import Settling
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2


@dataclass(frozen=True, slots=True)
class TerrainParameters:
    """How quickly the ground is learned, and how much of it is believed."""

    yielding: float = 0.04
    """Time in which a loaded sole comes to lie as the ground does [s]."""
    standing: float = 0.5
    """The same on both feet [s], for what is beyond …"""
    stiff: float = 0.03
    """… this lean: ankles that follow small ones, too, let it sink to a side [rad]."""
    from_sole: float = 0.15
    """Share of a carrying sole's lean that a step adds to the slope."""
    from_rise: float = 0.2
    """Share of an unforeseen rise of a step that is added to the slope."""
    steepest: float = 0.21
    """Largest slope that is believed: 12°."""
    highest: float = 0.05
    """Largest rise from foot to foot beyond the slope [m]."""
    sinking: float = 0.004
    """A rise within this is what soles and joints give under the weight [m]."""
    onward: float = 0.5
    """Share of a carrying sole's lean that the ground is believed to go on with."""
    settle: float = 0.12
    """Time constant with which the body follows the ground [s]."""


@dataclass(frozen=True, slots=True)
class Underfoot:
    """What is felt under the soles, in the walk frame."""

    pressure: Array
    """Where each sole presses, shape (2, 3) [m]; only differences of heights mean something."""
    lean: Array
    """(roll, pitch) of each sole, along its heading, shape (2, 2) [rad]."""
    edge: Array
    """Whether it presses at an edge: (+1 front, -1 rear; +1 left, -1 right), shape (2, 2)."""
    carries: tuple[bool, bool]
    """Whether each sole is loaded."""


NOTHING_FELT = Underfoot(np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((2, 2)), (False, False))


class Terrain:
    """Learns the ground.

    Args:
        parameters: Numbers.
        period: Time of a tick [s].

    Attributes:
        lean: (roll, pitch) of each sole on it, along its heading, shape (2, 2) [rad].
        slope: Rise along the axes of the walk frame, shape (2,) [m/m].
    """

    def __init__(self, parameters: TerrainParameters, *, period: float) -> None:
        self._parameters, self._period = parameters, period
        self.lean, self.slope = np.zeros((2, 2)), np.zeros(2)
        self._pivot = np.zeros((2, 3))
        self._under = Settling(0.0, parameters.settle)
        self._com = np.zeros(2)

    @property
    def level(self) -> Array:
        """Height of each sole's centre, shape (2,) [m]: it turns about where it touched first."""
        roll, pitch = np.tan(self.lean).T
        ahead, left, height = self._pivot.T
        return np.asarray(height + pitch * ahead - roll * left)

    def feel(self, felt: Underfoot, feet: tuple[int, ...]) -> None:
        """Let the soles of the ``feet`` that carry lie as the ground does.

        A sole that turns over the edge at which it presses is tipped by the robot; one that turns
        the other way comes down on the ground.
        """
        numbers, alone = self._parameters, len(feet) == 1
        share = self._period / ((numbers.yielding if alone else numbers.standing) + self._period)
        stiff = 0.0 if alone else numbers.stiff
        for side in feet:
            if felt.carries[side]:
                off = felt.lean[side] - self.lean[side]
                off = off - clamped(off, -stiff, stiff)
                front, left = felt.edge[side]
                tipped = off * (-left, front) > 0.0
                self.lean[side] += np.where(tipped, 0.0, share * off)

    def landed(self, swung: int, felt: Underfoot, soles: Array, sole_yaw: Array) -> None:
        """Take in a step: how far up it went, and how the foot before lay.

        Args:
            swung: The foot that has landed.
            felt: What is felt under both.
            soles: Their centres, shape (2, 2) [m].
            sole_yaw: Their headings, shape (2,) [rad].
        """
        numbers, before = self._parameters, 1 - swung
        lies = self._lies(before, float(sole_yaw[before]))
        step = soles[swung] - soles[before]
        off = felt.pressure[:, :2] - soles
        rise = felt.pressure[swung, 2] - felt.pressure[before, 2]
        rise += float(self.slope @ (off[before] - off[swung]))
        foreseen = float(self.slope @ step)
        unforeseen = clamped(rise - foreseen, -numbers.highest, numbers.highest)
        unforeseen -= clamped(unforeseen, -numbers.sinking, numbers.sinking)
        turned = rotation2(float(sole_yaw[swung])).T
        touched = foreseen + unforeseen + float(self.slope @ off[swung])
        self._pivot[swung] = (*(turned @ off[swung]), self.level[before] + touched)
        self.lean[swung] = felt.lean[swung]
        slope = self.slope + numbers.from_sole * (lies - self.slope)
        slope += numbers.from_rise * unforeseen * step / max(float(step @ step), 0.01)
        self.slope = clamped(slope, -numbers.steepest, numbers.steepest)

    def _lies(self, side: int, yaw: float) -> Array:
        """Return the slope under a sole with heading ``yaw`` [rad], shape (2,)."""
        roll, pitch = self.lean[side]
        return np.asarray(rotation2(yaw) @ np.array([-math.tan(pitch), math.tan(roll)]))

    def under_way(self, stance: int, way: Array, yaw: float) -> float:
        """Return the height of the ground ``way`` (2,) [m] from the centre of the stance foot.

        What lies ahead is between what steps have told and how that foot lies.
        """
        onward = self._parameters.onward
        slope = self.slope + onward * (self._lies(stance, yaw) - self.slope)
        return float(self.level[stance] + slope @ way)

    def ahead(self, stance: int, way: Array) -> float:
        """Return the height of the slope ``way`` (2,) [m] from the centre of the stance foot."""
        return float(self.level[stance] + self.slope @ way)

    def lean_at(self, yaw: float) -> Array:
        """Return (roll, pitch) of a sole with heading ``yaw`` on the slope, shape (2,) [rad]."""
        ahead, left = rotation2(yaw).T @ self.slope
        return np.array([math.atan(left), -math.atan(ahead)])

    def under(self, com: Array, height: float) -> float:
        """Return the height of the ground that the body goes by, at this tick [m].

        Args:
            com: Where the body is, shape (2,) [m].
            height: Of the ground there, as the feet that carry tell [m].
        """
        self._under.value += float(self.slope @ (com - self._com))
        self._com = np.array(com)
        return self._under.follow(height, self._period)
