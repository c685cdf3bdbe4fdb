"""What the gait asks of the body: the seam between steps and joints."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.core.arrays import Array


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
    stance: int
    """The foot that carries, or carried last (0 left, 1 right)."""
    swinging: bool
    """Whether the other foot is in the air."""
    landed: bool = False
    """Whether a foot has just landed: this reference jumped to where it really is."""
