"""A walk made ready to be drawn: beliefs laid on the ground, capture point, speeds, footfalls.

What the walk believes is in a frame of its own that drifts. It is laid on the true ground at the
foot that carries: what is drawn is the error that balance sees, not the drift, which harms nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.geometry import wrap
from robotics.core.walked import Legs, Sole, Walked

GRAVITY = 9.81
LOADED = 0.2
"""Of the weight: a sole with more stands, and must not slide."""
LIFTED = 0.02
"""Of the weight: a sole with less is in the air."""
LATE = 0.15
"""A foot may land so long after the walk takes it as landed [s]."""


@dataclass(frozen=True, slots=True)
class Footfall:
    """One step."""

    number: int
    side: int
    """0 left, 1 right."""
    lifted: float
    """When the walk lifts the foot [s]."""
    landed: float
    """When it truly carries [s]; NaN if it never did."""
    planned: Array
    """Where it was to land when it was lifted, (x, y, yaw) in the map, shape (3,)."""
    aimed: Array
    """The same at the last moment."""
    place: Array
    """Where it landed, shape (3,); NaN if it never did."""
    step: Array
    """From the standing foot, along its heading and to the left, shape (2,) [m]."""
    slip: float
    """How far it slid while it stood after that [m]."""
    peak: float
    """Largest force on it in the first 0.15 s [N]."""

    @property
    def miss(self) -> Array:
        """Landed minus aimed, ahead and to the left in the heading aimed at, shape (2,) [m]."""
        turn = _turn(float(self.aimed[2]))
        return np.asarray(turn.T @ (self.place[:2] - self.aimed[:2]))


@dataclass(frozen=True, slots=True)
class Seen:
    """A walk in the map frame; arrays with a row for each tick."""

    walked: Walked
    xi: Array
    """True capture point, shape (t, 2) [m]."""
    believed_com: Array
    """Shape (t, 2) [m]."""
    believed_xi: Array
    """Shape (t, 2) [m]."""
    wanted_cop: Array
    """Shape (t, 2) [m]."""
    cop: Array
    """True centre of pressure of both feet together, shape (t, 2) [m]; NaN in the air."""
    margin: Array
    """From the centre of pressure to the edge of what carries, shape (t,) [m]; NaN in the air."""
    beyond: Array
    """How far ξ is outside the hull of both soles, negative inside, shape (t,) [m]."""
    reached: Array
    """True twist, a stride's mean, shape (t, 3)."""
    middle: Array
    """A frame that glides with the robot, (x, y, yaw), shape (t, 3)."""
    footfalls: tuple[Footfall, ...]

    @property
    def upright(self) -> BoolArray:
        """Rows before a fall, shape (t,)."""
        fall = self.walked.fall
        return np.asarray(self.walked.time < (math.inf if fall is None else fall.time))

    @property
    def lost(self) -> float:
        """When ξ left the hull of both soles for good [s]; infinite if it did not fall."""
        if self.walked.fall is None:
            return math.inf
        inside = np.flatnonzero((self.beyond <= 0.0) & self.upright)
        return float(self.walked.time[inside[-1]]) if len(inside) else 0.0

    @property
    def landed(self) -> list[Footfall]:
        """The steps that landed, without those of a fall that could not be saved."""
        good = (one for one in self.footfalls if math.isfinite(one.landed))
        return [one for one in good if one.lifted < self.lost]

    def gliding(self, points: Array) -> Array:
        """Return points (t, 2) as seen from the gliding frame, ahead and to the left [m]."""
        return turned(-self.middle[:, 2], points - self.middle[:, :2])


def see(walked: Walked) -> Seen:
    """Return ``walked`` made ready."""
    truth, belief = walked.truth, walked.belief
    xi = truth.com[:, :2] + truth.velocity[:, :2] / omega(walked)[:, None]
    cop = _pressure(walked)
    soles = outlines(truth.soles[:, :, :2], truth.sole_yaw, walked.sole)
    return Seen(
        walked=walked,
        xi=xi,
        believed_com=laid(walked, belief.com),
        believed_xi=laid(walked, belief.xi),
        wanted_cop=laid(walked, belief.cop),
        cop=cop,
        margin=_margin(walked, soles, cop),
        beyond=_outside(shapely.convex_hull(shapely.multipoints(soles.reshape(-1, 8, 2))), xi),
        reached=_reached(walked),
        middle=_gliding(walked),
        footfalls=_footfalls(walked),
    )


def omega(walked: Walked) -> Array:
    """Return the rate of the pendulum of the true height over the lower sole, (t,) [1/s]."""
    height = walked.truth.com[:, 2] - walked.truth.soles[:, :, 2].min(axis=1)
    return np.asarray(np.sqrt(GRAVITY / np.maximum(height, 0.1)))


def turned(yaw: Array, vectors: Array) -> Array:
    """Return ``vectors`` (t, 2), each turned by its ``yaw`` (t,) [rad]."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.column_stack(
        (c * vectors[:, 0] - s * vectors[:, 1], s * vectors[:, 0] + c * vectors[:, 1])
    )


def laid(walked: Walked, points: Array) -> Array:
    """Return points (t, 2) of the walk frame in the map, laid at the foot that carries."""
    truth, belief = walked.truth, walked.belief
    rows, foot = np.arange(len(points)), belief.stance
    angle = truth.sole_yaw[rows, foot] - belief.sole_yaw[rows, foot]
    away = turned(angle, points - belief.soles[rows, foot])
    return np.asarray(truth.soles[rows, foot, :2] + away)


def outlines(places: Array, yaw: Array, sole: Sole) -> Array:
    """Return the corners of soles at ``places`` (…, 2) with headings ``yaw`` (…), (…, 4, 2) [m]."""
    corners = np.array(
        [
            [sole.front, sole.side],
            [sole.rear, sole.side],
            [sole.rear, -sole.side],
            [sole.front, -sole.side],
        ]
    )
    c, s = np.cos(yaw)[..., None], np.sin(yaw)[..., None]
    x, y = corners[:, 0], corners[:, 1]
    return np.asarray(places[..., None, :] + np.stack((c * x - s * y, s * x + c * y), axis=-1))


def loaded(walked: Walked) -> BoolArray:
    """Return which soles stand, shape (t, 2)."""
    return np.asarray(walked.truth.force > LOADED * walked.mass * GRAVITY)


def _turn(yaw: float) -> Array:
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s], [s, c]])


def _pressure(walked: Walked) -> Array:
    """Return the centre of pressure of both feet together in the map, shape (t, 2) [m]."""
    truth = walked.truth
    weight = np.where(np.isfinite(truth.cop[:, :, 0]), truth.force, 0.0)
    each = np.stack(
        [
            truth.soles[:, side, :2]
            + turned(truth.sole_yaw[:, side], np.nan_to_num(truth.cop[:, side]))
            for side in (0, 1)
        ],
        axis=1,
    )
    total = weight.sum(axis=1, keepdims=True)
    mean = (weight[:, :, None] * each).sum(axis=1) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 1.0, mean, np.nan))


def _margin(walked: Walked, soles: Array, cop: Array) -> Array:
    """Return how far the centre of pressure is inside the hull of the soles that carry, (t,)."""
    weight = walked.mass * GRAVITY
    down = walked.truth.force > LIFTED * weight
    # a foot that does not carry lends its corners to the one that does
    corners = np.where(down[:, :, None, None], soles, soles[:, ::-1])
    hulls = shapely.convex_hull(shapely.multipoints(corners.reshape(-1, 8, 2)))
    return np.where(down.any(axis=1), -_outside(hulls, cop), np.nan)


def _outside(hulls: Any, points: Array) -> Array:
    """Return how far points (t, 2) are outside of hulls (t,), negative inside, (t,) [m]."""
    known = np.asarray(np.isfinite(points).all(axis=1))
    spots = shapely.points(np.where(known[:, None], points, 0.0))
    edge = shapely.distance(shapely.boundary(hulls), spots)
    signed = np.where(np.asarray(shapely.contains(hulls, spots)), -edge, edge)
    return np.asarray(np.where(known, signed, np.nan))


def _smoothed(values: Array, window: int) -> Array:
    """Return the mean of rows (t, k) over ``window`` ticks around each; shorter at the ends."""
    total = np.vstack((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    rows = np.arange(len(values))
    low = np.maximum(rows - window // 2, 0)
    high = np.minimum(rows + window // 2 + 1, len(values))
    return np.asarray((total[high] - total[low]) / (high - low)[:, None])


def _stride(walked: Walked) -> int:
    return max(2, round(2.0 * walked.step_time / walked.period))


def _reached(walked: Walked) -> Array:
    """Return the base's twist along its own heading, a stride's mean, shape (t, 3)."""
    place, yaw = walked.truth.base[:, :2], np.unwrap(walked.truth.attitude[:, 2])
    if len(yaw) < 3:
        return np.zeros((len(yaw), 3))
    speed = np.gradient(place, walked.period, axis=0)
    rate = np.gradient(yaw, walked.period)
    own = turned(-yaw, speed)
    return _smoothed(np.column_stack((own, rate)), _stride(walked))


def _gliding(walked: Walked) -> Array:
    truth = walked.truth
    yaw = np.unwrap(truth.attitude[:, 2])
    return _smoothed(np.column_stack((truth.base[:, :2], yaw)), _stride(walked))


def _footfalls(walked: Walked) -> tuple[Footfall, ...]:
    belief = walked.belief
    found = []
    for number in range(1, int(belief.steps.max(initial=0)) + 1):
        rows = np.flatnonzero((belief.steps == number) & (belief.legs == Legs.STEP))
        if len(rows) > 2:
            found.append(_footfall(walked, number, rows))
    return tuple(found)


def _footfall(walked: Walked, number: int, rows: IntArray) -> Footfall:
    """Return the step that the walk makes in ``rows``; its first row has no landing place yet."""
    truth, belief = walked.truth, walked.belief
    first, last = int(rows[1]), int(rows[-1])
    if belief.stance[last] != belief.stance[first]:
        last -= 1  # the row in which it is taken as landed
    side = 1 - int(belief.stance[first])
    weight = walked.mass * GRAVITY
    until = min(len(walked.time), last + round(LATE / walked.period))
    force = truth.force[:, side]
    lifted = np.flatnonzero(force[first:until] < LIFTED * weight)
    begin = first + (int(lifted[0]) if len(lifted) else 0)
    down = np.flatnonzero(force[begin:until] > LOADED * weight)
    planned, aimed = (_landing(walked, row) for row in (first, last))
    if not len(down) or not len(lifted):
        nothing = np.full(3, np.nan)
        place, slip, peak, landed, step = nothing, math.nan, math.nan, math.nan, nothing[:2]
    else:
        row = begin + int(down[0])
        place, landed = _pose(walked, row, side), float(walked.time[row])
        slip, peak = _slip(walked, row, side), float(force[row : row + 30].max())
        other = _pose(walked, row, 1 - side)
        step = _turn(float(other[2])).T @ (place[:2] - other[:2])
    return Footfall(
        number,
        side,
        float(walked.time[first]),
        landed,
        planned,
        aimed,
        place,
        step,
        slip,
        peak,
    )


def _pose(walked: Walked, row: int, side: int) -> Array:
    truth = walked.truth
    return np.array([*truth.soles[row, side, :2], truth.sole_yaw[row, side]])


def _landing(walked: Walked, row: int) -> Array:
    """Return where the foot in the air is to land, in the map, (x, y, yaw)."""
    truth, belief = walked.truth, walked.belief
    foot = int(belief.stance[row])
    angle = float(truth.sole_yaw[row, foot] - belief.sole_yaw[row, foot])
    away = _turn(angle) @ (belief.landing[row, :2] - belief.soles[row, foot])
    place = truth.soles[row, foot, :2] + away
    return np.array([*place, wrap(float(belief.landing[row, 2]) + angle)])


def _slip(walked: Walked, row: int, side: int) -> float:
    """Return how far a sole that carries at ``row`` moved until it carries no more [m]."""
    stands = loaded(walked)[row:, side]
    ends = np.flatnonzero(~stands)
    last = row + (int(ends[0]) if len(ends) else len(stands)) - 1
    track = walked.truth.soles[:, side, :2]
    return float(np.linalg.norm(track[last] - track[row]))
