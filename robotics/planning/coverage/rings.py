"""Closed ways along outlines: corners turned on the spot or rounded, begun where it suits."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.planning.coverage.corners import cornered
from robotics.planning.coverage.region import ROUND, polygons_in
from robotics.planning.smoothing import arc, joined, straight
from robotics.planning.space import Space

SHARP = 0.6
"""A bend by more than this may be a turn on the spot [rad]."""
LEAST_RING = 1.0
"""Shorter outlines are left to the lanes [m]."""
RADII = (0.4, 0.6, 0.8, 1.0, 1.2, 1.6, 2.2, 3.0)
"""Of the bends that are tried where there is no room to turn on the spot [m]."""
FAR = 1e3
"""More than any zone is wide [m]."""
TIGHT = 2.5
"""So much farther before a corner without room is begun [m]."""


def outlines(area: BaseGeometry, inset: float) -> list[Array]:
    """Return the closed outlines (k, 2) of polygons drawn in by ``inset`` [m], first = last.

    The area lies on the left of each. Dents are gone around on a circle.
    """
    inner = area.buffer(-inset, quad_segs=ROUND) if inset > 0.0 else area
    found = []
    for part in polygons_in(inner):
        part = orient(part)
        for line in (part.exterior, *part.interiors):
            if line.length > LEAST_RING:
                found.append(shapely.get_coordinates(line.simplify(0.02)))
    return found


def turns_of(corners: Array) -> Array:
    """Return the change of direction at each corner of a closed outline (k, 2), (k - 1,) [rad]."""
    step = np.diff(corners, axis=0)
    yaw = np.arctan2(step[:, 1], step[:, 0])
    change = yaw - np.roll(yaw, 1)
    return np.asarray(np.mod(change + np.pi, 2.0 * np.pi) - np.pi)


def begun_at(corners: Array, place: Array) -> Array:
    """Return a closed outline (k, 2) that begins at its point nearest to ``place`` (2,)."""
    line = shapely.LineString(corners)
    along = float(line.project(shapely.Point(place)))
    step = np.hypot(*np.diff(corners, axis=0).T)
    way = np.append(0.0, np.cumsum(step))
    k = int(np.searchsorted(way, along, side="right")) - 1
    k = min(max(k, 0), len(step) - 1)
    t = (along - way[k]) / max(step[k], 1e-9)
    first = corners[k] + t * (corners[k + 1] - corners[k])
    body = np.vstack((first, corners[k + 1 : -1], corners[: k + 1], first))
    keep = np.append(True, np.hypot(*np.diff(body, axis=0).T) > 1e-6)
    return np.asarray(body[keep])


def spiral(rings: list[Array], place: Array, spacing: float, lead: float, space: Space) -> Array:
    """Return one open line (k, 2) along closed outlines, each inside the one before.

    Each ring is left ``spacing`` [m] before its first corner, where it meets the line of the next
    ring's first side; the first one is begun there, too, so that its first corner is swept by a
    turn like the others.

    Args:
        rings: Closed outlines, the outermost first, each (k, 2) [m].
        place: The corner nearest to it is the first, shape (2,) [m].
        spacing: Distance of two rings.
        lead: How much before its first corner the first ring is begun.
        space: The map: where there is no room at a corner, the first ring begins elsewhere.
    """
    points: list[Array] = []
    for ring in rings:
        sharp = np.flatnonzero(turns_of(ring) > SHARP)
        sharp = sharp if len(sharp) else np.arange(len(ring) - 1)
        gaps = np.hypot(*(ring[sharp] - place).T)
        if not points:
            tight = np.array([not space.roomy(ring[k]) for k in sharp])
            gaps += FAR * tight
            lead += TIGHT * bool(tight.all())
        k = int(sharp[int(gaps.argmin())])
        corners = np.vstack((ring[k:-1], ring[: k + 1]))
        last = corners[-2] - corners[-1]
        length = math.hypot(*last)
        place = corners[-1] + last * (min(spacing, 0.8 * length) / length)
        begin = corners[-1] + last * (min(lead, 0.8 * length) / length)
        points += (
            [corners[:-1], place[None]] if points else [begin[None], corners[:-1], place[None]]
        )
    line = np.vstack(points)
    return np.asarray(line[np.append(True, np.hypot(*np.diff(line, axis=0).T) > 1e-6)])


def way_along(corners: Array, space: Space, least: float) -> Array:
    """Return poses along corners (k, 2), shape (n, 3).

    Slight corners are rounded; sharp ones are turned on the spot where there is room, else in the
    way of ``corners.cornered``, else rounded with the least radius that fits.
    """
    pieces, start = [], corners[0]
    for a, b, c in zip(corners[:-2], corners[1:-1], corners[2:], strict=True):
        yaw, after = (math.atan2(*(q - p)[::-1]) for p, q in ((a, b), (b, c)))
        turn = wrap(after - yaw)
        spot = abs(turn) > SHARP and space.can_turn((*b, yaw), after, least)
        bend = None
        if abs(turn) > SHARP and not spot:  # away from a wall, or along one in both directions
            bend = _bend((start, b, c), turn, space, least, RADII[:2])
            bend = cornered((start, b, c), space, least) if bend is None else bend
        if bend is None and not spot:
            bend = _bend((start, b, c), turn, space, least, RADII)
        if bend is None:
            pieces.append(straight(start, b))
            start = b
        else:
            pieces += [straight(start, bend[0, :2]), bend]
            start = bend[-1, :2]
    pieces.append(straight(start, corners[-1]))
    return joined([piece for piece in pieces if len(piece) > 1 and _moves(piece)])


def _moves(piece: Array) -> bool:
    return bool(np.ptp(piece[:, :2], axis=0).max() > 1e-3)


def _bend(
    corner: tuple[Array, Array, Array],
    turn: float,
    space: Space,
    least: float,
    radii: tuple[float, ...],
) -> Array | None:
    """Return the rounding of a corner with the least of ``radii`` that is free; None if none is."""
    a, b, c = corner
    half = math.tan(min(abs(turn), 2.8) / 2.0)
    if half < 1e-3:
        return None
    room = min(math.dist(a, b), 0.6 * math.dist(b, c))
    yaw = math.atan2(*(b - a)[::-1])
    for radius in (1.0,) if abs(turn) < SHARP else radii:
        radius = min(radius, room / half)
        entry = b - radius * half * np.array([math.cos(yaw), math.sin(yaw)])
        bend = arc((*entry, yaw), radius=max(radius, 1e-3), angle=turn)
        if abs(turn) < SHARP or space.free(bend, least).all():
            return bend
    return None
