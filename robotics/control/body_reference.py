"""What the legs do, and what the body should do for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from robotics.core.arrays import Array
from robotics.core.geometry import wrap


class Phase(StrEnum):
    """What the legs do."""

    STAND = "stand"
    SHIFT = "shift"
    """Both feet down, the weight moves over the first stance foot."""
    STEP = "step"


@dataclass(frozen=True, slots=True)
class BodyReference:
    """What the body should do now, in the walk frame."""

    com: Array
    """Centre of mass, shape (3,) [m]."""
    cop: Array
    """Centre of pressure, shape (2,) [m]."""
    acceleration: Array
    """Of the centre of mass, horizontal, shape (2,) [m/s²]."""
    yaw: float
    """Heading of the trunk [rad]."""
    soles: Array
    """Sole centres, shape (2, 3) [m]."""
    sole_yaw: Array
    """Headings of the soles, shape (2,) [rad]."""
    sole_lean: Array
    """(roll, pitch) of each sole along its heading, shape (2, 2) [rad]."""
    stance: int
    """The foot that carries, or carried last (0 left, 1 right)."""
    swinging: bool
    """Whether the other foot is in the air."""
    push_back: Array
    """Offsets of hip and ankle of the legs that carry, about (ahead, left), shape (2,) [rad]: they
    push the body back as one stiff post where the sole's edge is not enough."""
    landed: bool = False
    """Whether a foot has just landed: this reference jumped to where it really is."""

    @property
    def heading(self) -> float:
        """Mean heading of the two soles [rad]."""
        return heading_of(self.sole_yaw)


def heading_of(sole_yaw: Array) -> float:
    """Return the mean heading of two soles with headings ``sole_yaw`` (2,) [rad]."""
    left, right = sole_yaw
    return float(right + 0.5 * wrap(float(left - right)))
