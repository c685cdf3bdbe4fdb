"""Where a robot is along its path."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.planning.course import (
    DONE,
    LEG,
    PLACE,
    TURNING,
    Course,
    advance,
    course_of,
    errors_at,
    leg_length,
    yaw_wanted,
)


def _at_start() -> Array:
    return np.array([0.0, 0.0, 1.0, 0.0])


@dataclass(slots=True)
class Cursor:
    """Walks along a path with the robot.

    Attributes:
        course: The path, cut into legs.
        progress: Leg, place, turning, done: see ``robotics.planning.course``; shape (4,).
    """

    course: Course
    progress: Array = field(default_factory=_at_start)

    @property
    def path(self) -> Array:
        """The whole path, shape (m, 3)."""
        return self.course.poses

    @property
    def leg(self) -> int:
        """Index of the present leg; the number of legs when only the last turn is left."""
        return int(self.progress[LEG])

    @property
    def place(self) -> float:
        """How far along the leg [m]."""
        return float(self.progress[PLACE])

    @property
    def turning(self) -> bool:
        """Whether the robot turns on the spot before this leg."""
        return bool(self.progress[TURNING] > 0.0)

    @property
    def done(self) -> bool:
        """Whether the end was reached."""
        return bool(self.progress[DONE] > 0.0)

    @property
    def index(self) -> int:
        """Index of the path's pose that comes next."""
        if self.leg >= len(self.course.legs):
            return len(self.path) - 1
        first, last, _ = self.course.legs[self.leg]
        along = self.course.along[first : last + 1]
        return int(first + np.searchsorted(along, along[0] + self.place))

    @property
    def remaining(self) -> float:
        """Way to the end of this leg [m]."""
        if self.leg >= len(self.course.legs):
            return 0.0
        return float(leg_length(self.course, self.leg)) - self.place

    def update(self, pose: Array) -> None:
        """Move on to where the robot is now, ``pose`` (3,) in the map."""
        advance(self.course, self.progress, float(pose[0]), float(pose[1]), float(pose[2]))

    def copy(self) -> Cursor:
        """Return a second cursor at the same place."""
        return Cursor(self.course, self.progress.copy())

    @property
    def gear(self) -> int:
        """1 where this leg is driven forwards, -1 backwards."""
        return int(self.course.legs[min(self.leg, len(self.course.legs) - 1), 2])

    @property
    def yaw_wanted(self) -> float:
        """Yaw at which the turn on the spot ends [rad]."""
        return float(yaw_wanted(self.course, self.progress))

    def errors(self, pose: Array) -> tuple[float, float]:
        """Return (sideways, yaw) errors against the path here [m, rad]; left is positive."""
        across, yaw = errors_at(self.course, self.progress, np.array(pose, dtype=np.float64))
        return float(across), float(yaw)


def cursor_of(path: Array) -> Cursor:
    """Return a cursor at the start of a path (m, 3)."""
    return Cursor(course_of(path))
