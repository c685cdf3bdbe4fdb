"""From one pose to another where there is little room to turn at either."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import compose
from robotics.planning.coverage.corners import onto
from robotics.planning.search import Room, Route, find_route
from robotics.planning.smoothing import along, joined, rounded, straight
from robotics.planning.space import Space

ALONG = (0.6, 1.0, 1.5, 2.0, 2.5)
"""How far ahead of a pose (or behind it) room to turn is looked for [m]."""
ASIDE = (0.0, 0.12, -0.12, 0.24, -0.24, 0.4, -0.4, 0.8, -0.8)
"""How far to its side [m]. Beside a wall only slight angles are free: the nose swings out."""
BESIDE = (0.2, -0.2, 0.28, -0.28, 0.4, -0.4)
"""How far to its side room is looked for where slight bends lead to a wall [m]."""
BACK = (0.0, 0.4, 0.8, 1.2, 1.6, 2.0)
"""How far back it goes to leave a kerb [m]."""
SAME = 2e-3
"""Gaps that differ by less are the same [m]: what the tracker, too, allows at a kerb."""
BEND = 0.6
"""Radius of the bends on a way [m]."""


def way_out(space: Space, pose: Array, least: float, *, backing: bool = False) -> Array | None:
    """Return poses from ``pose`` (3,) to the nearest place with room to turn, (n, 3).

    Forwards, or else backwards, or else, if ``backing``, back a little on its own line and forwards
    from there, as one leaves a kerb beside which neither nose nor tail has room to swing. One pose
    if it can turn where it is; None if nothing was found.
    """
    if space.roomy(pose, least):
        return pose[None, :].copy()
    ahead = _best_link(space, pose, least, sign=1.0)
    if ahead is not None:
        return ahead
    behind = _best_link(space, pose, least, sign=-1.0, leave=True)
    return behind if behind is not None or not backing else _back_and_out(space, pose, least)


def _back_and_out(space: Space, pose: Array, least: float) -> Array | None:
    """Return a way straight back and then aside on a line ahead, coming no nearer to anything."""
    worst = min(0.0, float(space.clearance(pose)[0])) - SAME
    for back in BACK:
        spot = compose(pose, (-back, 0.0, 0.0))
        if back and not space.free(straight(pose, spot, reverse=True), worst).all():
            return None
        link = _best_link(space, spot, least, sign=1.0, floor=worst)
        if link is not None:
            return joined([straight(pose, spot, reverse=True), link]) if back else link
    return None


def way_in(space: Space, pose: Array, least: float) -> Array | None:
    """Return poses from a place with room to turn to ``pose`` (3,), the last one, (n, 3)."""
    if space.roomy(pose, least):
        return pose[None, :].copy()
    link = _best_link(space, pose, least, sign=-1.0)
    return link if link is not None else _sidling(space, pose, least)


def _sidling(space: Space, pose: Array, least: float) -> Array | None:
    """Return a way from a place with room aside, on two slight bends, to a pose at a wall."""
    for aside in BESIDE:
        local = onto(np.zeros(3), aside)
        spot = compose(pose, (-local[-1, 0], -aside, 0.0))
        if space.roomy(spot, least):
            link = onto(spot, aside)
            link[-1] = pose
            if space.free(link, 0.0).all():
                return link
    return None


def _best_link(
    space: Space,
    pose: Array,
    least: float,
    *,
    sign: float,
    leave: bool = False,
    floor: float = 0.0,
) -> Array | None:
    """Return the cheapest straight link ahead of (sign 1) or behind (sign -1) a pose.

    From behind it leads forwards to the pose, or with ``leave`` backwards away from it. Nothing
    comes nearer than ``floor`` [m] on it.
    """
    choices = sorted((along + 2.0 * abs(aside), along, aside) for along in ALONG for aside in ASIDE)
    for _, along_it, aside in choices:
        spot = compose(pose, (sign * along_it, aside, 0.0))
        if not space.roomy(spot, least):
            continue
        if leave:
            link = straight(pose, spot, reverse=True)
        else:
            link = straight(pose, spot) if sign > 0.0 else straight(spot, pose)
        if space.free(link, floor).all() and space.can_turn(pose, float(link[0, 2]), floor):
            return link
    return None


def transit(
    space: Space, start: Array, target: Array, *, room: Room, least: float, backing: bool = False
) -> Array | None:
    """Return poses from ``start`` (3,) to ``target`` (3,), shape (n, 3); None if there is no way.

    First a way that leaves room to turn everywhere is looked for, then a narrower one. With
    ``backing`` it may begin as ``way_out`` says.
    """
    out = way_out(space, start, least, backing=backing)
    into = way_in(space, target, least)
    out = start[None, :].copy() if out is None else out
    if into is None:
        return None
    route = Route(reason="no way through")
    for radius in (space.turning_radius + least, room.radius):
        wide = Room(radius, max(room.comfort, radius + 0.1), space.standing)
        route = find_route(space.distance, out[-1, :2], into[0, :2], wide)
        if not route.reason:
            break
    if route.reason:
        return None
    smooth = rounded(route.points, BEND)
    if not space.free(smooth, least).all():
        smooth = along(route.points)
    last = smooth[-1:] if len(smooth) else out[-1:]
    gap = math.dist(last[0, :2], into[0, :2])
    bridge = straight(last[0], into[0]) if gap > 1e-6 else np.zeros((0, 3))
    return joined([out, smooth, bridge, into])
