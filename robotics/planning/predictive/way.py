"""The way ahead of a robot that follows a path: line, speed caps, cost to go."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.planning.course import pose_at
from robotics.planning.cursor import Cursor
from robotics.planning.predictive.config import PredictiveConfig
from robotics.planning.predictive.nominal import CREEP
from robotics.planning.predictive.scene import Way

SPACING = 0.1
"""Between the rows of a line [m]."""
ONSET = 1.2
"""A profile has reached its speed after this [m]."""
ROWS = 60
"""Most rows of a line."""


def line_ahead(cursor: Cursor, reach: float) -> Array:
    """Return (x, y, yaw, way left) along this leg from here on, shape (n, 4).

    A robot that turns on the spot has one row: where it stands and whither it turns.

    Args:
        cursor: Where the robot is.
        reach: How far to look [m].
    """
    if cursor.done or cursor.leg >= len(cursor.course.legs):
        return np.array([[*cursor.path[-1, :2], cursor.yaw_wanted, 0.0]])
    if cursor.turning:
        x, y, _ = pose_at(cursor.course, cursor.leg, cursor.place)
        return np.array([[x, y, cursor.yaw_wanted, 0.0]])
    first, last, _ = cursor.course.legs[cursor.leg]
    along = cursor.course.along[first : last + 1] - cursor.course.along[first]
    poses = cursor.path[first : last + 1]
    count = max(2, min(ROWS, int(np.ceil(min(reach, cursor.remaining) / SPACING)) + 1))
    place = cursor.place + np.linspace(0.0, min(reach, cursor.remaining), count)
    yaw = np.unwrap(poses[:, 2])
    columns = [np.interp(place, along, values) for values in (poses[:, 0], poses[:, 1], yaw)]
    return np.ascontiguousarray(np.column_stack((*columns, along[-1] - place)))


def caps_ahead(cursor: Cursor, speed: Array, cap: float, config: PredictiveConfig) -> Array:
    """Return the profile's speed along the fastest drive that it allows, shape (steps,) [m/s]."""
    steps, dt = config.sampling.steps, config.sampling.step
    caps = np.full(steps, min(cap, config.limits.speed))
    if cursor.done or cursor.leg >= len(cursor.course.legs):
        return caps
    first, last, _ = cursor.course.legs[cursor.leg]
    along = cursor.course.along[first : last + 1] - cursor.course.along[first]
    profile, place = onset(speed[first : last + 1], along), cursor.place
    for k in range(steps):
        caps[k] = min(caps[k], max(CREEP, float(np.interp(place, along, profile))))
        place += caps[k] * dt
    return caps


def onset(profile: Array, along: Array) -> Array:
    """Return a leg's profile (n,) [m/s] without its onset: motions have their own acceleration.

    ``along`` is the way to each pose, shape (n,) [m].
    """
    early = along - along[0] <= ONSET
    if not early.any() or len(profile) < 2:
        return profile
    # the largest speed that still comes in the onset; past its peak nothing changes
    later = np.maximum.accumulate(profile[early][::-1])[::-1]
    return np.concatenate((later, profile[~early]))


def way_ahead(cursor: Cursor, config: PredictiveConfig, working: bool) -> Way:
    """Return where the robot shall go, without a cost to go."""
    reach = config.limits.speed * config.sampling.steps * config.sampling.step + 1.0
    gear = float(cursor.gear) if len(cursor.course.legs) else 1.0
    return Way(line_ahead(cursor, reach), gear, working, np.zeros((0, 0)), np.zeros(3))
