"""How a robot plans; one record a robot."""

from __future__ import annotations

from dataclasses import dataclass, field

from robotics.planning.coverage.shape import Sweeping
from robotics.planning.kinematic.maneuver import Vehicle
from robotics.planning.profile import Pace
from robotics.planning.recovery import Patience
from robotics.planning.search import Room


@dataclass(frozen=True, slots=True)
class NavigatorConfig:
    """How one robot plans."""

    pace: Pace
    room: Room
    sweeping: Sweeping | None = None
    """None for a robot that does not sweep."""
    approach: float = 0.0
    """Last stretch to a GoTo pose, driven straight along its yaw where there is room [m]."""
    margin: float = 0.02
    """Footprint to obstacle along a path [m]."""
    way: Patience = field(default_factory=lambda: Patience(wait=6.0, around=24.0, back=15.0))
    """With what blocks a GoTo."""
    sweep: Patience = field(default_factory=lambda: Patience(wait=4.0, around=40.0, back=15.0))
    """With what blocks a zone's path."""
    latency: float = 0.5
    """A plan for a zone is a job: it comes so long after it was asked for, on any computer [s]."""
    slows: bool = True  # heeds who will cross; off for a tracker that predicts
    vehicle: Vehicle | None = None
    """For manoeuvres in tight places; None for turns on the spot only."""
