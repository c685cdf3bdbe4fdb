"""Who is near a body and how they move at this moment, for the collision monitor.

The tracker smooths a velocity over a third of a second: somebody who starts, stops or turns is
known late. Here the returns of each one followed are taken by themselves: where their middle was
one fifth of a second ago and is now says how fast they go, a tenth of a second late. That needs
both sights to be alike; where they are not, the tracker's velocity stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import inverse, rotation2, transform
from robotics.core.messages import Kind, Obstacle, State

AROUND = 0.15
"""Returns so far outside of somebody's circle may still be theirs [m]."""
LEAST = 5
"""Returns that say where somebody is."""
ALIKE = 0.75
"""Share of the one sight's returns that the other must have, lest somebody hides a part."""
HOLLOW = 0.7
"""The middle of the side that is seen lies before the middle of a round body by this part of its
radius (between that of a half circle, 2 / π, and that of a smaller arc)."""
LAPSE = (0.15, 0.35)
"""Two sights are compared that are so far apart at least and at most [s]."""
WIDEST = 0.45
"""Radius of what could be somebody [m]."""
STIRS = 0.25
"""What was taken for a thing is somebody if it moves faster than this [m/s]."""
UNTOLD = 0.8
"""What is not known to stand and whose pace nothing tells may go so fast [m/s]."""
MOST = 3.0
"""Faster is nobody [m/s]."""


class Sight(NamedTuple):
    """Where somebody was seen."""

    place: Array
    """Middle of the body, shape (2,) [m]."""
    returns: int
    """How many returns there were."""


def company(state: State, reach: float) -> tuple[Obstacle, ...]:
    """Return who is followed within ``reach`` [m] of the base, and all that could be somebody."""
    x, y, _ = state.pose_base_in_map
    near = []
    for one in state.obstacles:
        place = one.position_in_map
        if math.hypot(place[0] - x, place[1] - y) < reach and (_walks(one) or one.radius < WIDEST):
            near.append(one)
    return tuple(near)


def _walks(one: Obstacle) -> bool:
    """Return whether something moves, or did: who has only been seen standing may be a thing."""
    return one.kind not in (Kind.STATIC, Kind.UNKNOWN) or bool(one.velocity_in_map.any())


def sights(state: State, people: Sequence[Obstacle]) -> dict[int, Sight]:
    """Return where each one is by the returns alone, seen from the base, by ``id``."""
    points = state.points_in_base
    if not people or len(points) == 0:
        return {}
    there = np.array([one.position_in_map for one in people])
    middles = transform(inverse(state.pose_base_in_map), there)
    radius = np.array([one.radius for one in people])
    away = np.hypot(*(points[:, None, :] - middles[None, :, :]).transpose(2, 0, 1)) - radius
    owner = np.where(away.min(axis=1) < AROUND, away.argmin(axis=1), -1)
    found = {}
    for k, one in enumerate(people):
        theirs = points[owner == k]
        if len(theirs) < LEAST:
            continue
        seen = theirs.mean(axis=0)
        beyond = HOLLOW * one.radius / max(1e-6, float(np.hypot(*seen)))
        found[one.id] = Sight(seen * (1.0 + beyond), len(theirs))
    return found


def pace(now: Sight, before: Sight, duration: float) -> Array | None:
    """Return a velocity (2,) [m/s] from two sights in one frame; None if they are not alike."""
    few, many = sorted((now.returns, before.returns))
    velocity = (now.place - before.place) / duration
    if few < ALIKE * many or np.hypot(*velocity) > MOST:
        return None
    return np.asarray(velocity)


def moving_people(
    state: State,
    people: Sequence[Obstacle],
    paces: Mapping[int, tuple[Array, Array]],
    doubt: tuple[float, float, float],
) -> Array:
    """Return people as ``yielding_share`` wants them, shape (k, 8).

    Who is seen by themselves stands there twice: where the tracker has them, which is late, and
    where their returns are, of which a part may be hidden.

    Args:
        state: Of now.
        people: Who is followed.
        paces: Places and velocities by the returns, by ``id``, in the base frame, shape (2,) each
            [m, m/s].
        doubt: (berth [m], doubt of a speed [m/s], acceleration [m/s²]).
    """
    pose, rows = state.pose_base_in_map, []
    turn = rotation2(float(pose[2]))
    for one in people:
        seen = paces.get(one.id)
        berth, blur, push = doubt
        if not _walks(one):
            if seen is None and one.kind is Kind.UNKNOWN:
                blur = max(blur, UNTOLD)
            elif seen is None or float(np.hypot(*seen[1])) < STIRS:
                continue
        place = transform(inverse(pose), [one.position_in_map])[0]
        speed = one.velocity_in_map @ turn if seen is None else seen[1]
        places = [place] if seen is None else [place, seen[0]]
        rows += [
            (*(spot + state.points_age * speed), *speed, one.radius, berth, blur, push)
            for spot in places
        ]
    return np.array(rows) if rows else np.zeros((0, 8))
