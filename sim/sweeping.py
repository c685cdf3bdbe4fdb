"""What brushes and water do to the dirt on the ground: fields on cells, compiled.

Side brushes throw dirt inwards, before the roller; the roller throws it into the bin. A dry brush
raises fine dust; water keeps it down until it evaporates. The laws' constants are in
``sim.cleaning.laws``. Mass is conserved to rounding.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from robotics.core.arrays import Array
from robotics.core.compiled import compiled, inner
from sim import brushes
from sim.cleaning.laws import Laws

RESOLUTION = 0.05
"""Side of a cell [m]."""
BLOCK = 10
"""Cells along the side of a block: raised dust is followed by blocks of 0.5 m."""
REACH = 1.05
"""No tool, spray included, touches the ground farther than this from the base [m]."""
WINDROW_Y = 0.13
"""Where side brushes throw dirt from their outer edge, off the middle; from their inner edge, it
lands in the middle [m]: before the roller, clear of the brushes."""
SPRAY_FROM, SPRAY_TO = brushes.SPRAY_X
STRIP = (SPRAY_TO - SPRAY_FROM) * 2.0 * brushes.HALF_WIDTH
"""Sprayed ground [m²]."""
_INNER = brushes.SIDE_Y - brushes.SIDE_RADIUS


class Ground(NamedTuple):
    """The fields on square cells; row 0 is the south. A named tuple: compiled code takes it."""

    load: Array
    """By class, shape (3, rows, columns) [kg]."""
    film: NDArray[Any]
    """Water, when ``dried`` was noted, float32 (rows, columns) [kg/m²]."""
    dried: NDArray[Any]
    """How much had evaporated from wet ground since the beginning, when ``film`` was brought up to
    date, float32 (rows, columns) [kg/m²]."""
    label: NDArray[Any]
    """0 where dirt cannot lie; else which tally counts the cell, uint8 (rows, columns)."""
    tally: Array
    """What lies on the cells of each label, by class, shape (labels, 3) [kg]."""
    flying: Array
    """Fine dust above each block, shape (rows / BLOCK, columns / BLOCK) [kg]."""
    raised: Array
    """All that was ever raised from each block, same shape [kg]."""
    x: float
    """Lower left corner [m]."""
    y: float


class Stroke(NamedTuple):
    """What the tools do for a moment."""

    x: float
    y: float
    yaw: float
    brush: float
    """0 to 1."""
    fan: float
    """0 to 1."""
    water: float
    """Sprayed in this moment [kg]."""
    takes: bool
    """Whether the bin has room."""
    duration: float
    """[s]."""
    dried: float
    """What has evaporated from wet ground since the beginning [kg/m²]."""
    rain: float
    """Film of rain, the same everywhere [kg/m²]."""


@compiled
def work(ground: Ground, laws: Laws, stroke: Stroke, taken: Array) -> None:
    """Let all tools work on the cells around the sweeper; add what came into the bin.

    A brush works on the part of a cell that it covers, so that half a cell of kerb gap counts.

    Args:
        ground: The fields, changed in place.
        laws: The constants.
        stroke: What the tools do.
        taken: Mass taken up by class, shape (3,), added to in place [kg].
    """
    rows, columns = ground.label.shape
    cos, sin = math.cos(stroke.yaw), math.sin(stroke.yaw)
    for r in range(
        max(0, int((stroke.y - REACH - ground.y) / RESOLUTION)),
        min(rows, int((stroke.y + REACH - ground.y) / RESOLUTION) + 1),
    ):
        for c in range(
            max(0, int((stroke.x - REACH - ground.x) / RESOLUTION)),
            min(columns, int((stroke.x + REACH - ground.x) / RESOLUTION) + 1),
        ):
            if ground.label[r, c] == 0:
                continue
            dx = ground.x + (c + 0.5) * RESOLUTION - stroke.x
            dy = ground.y + (r + 0.5) * RESOLUTION - stroke.y
            x, y = cos * dx + sin * dy, cos * dy - sin * dx
            away = math.fabs(y)
            sprayed = away <= brushes.HALF_WIDTH and SPRAY_FROM <= x <= SPRAY_TO
            if sprayed and stroke.water > 0.0:
                ground.film[r, c] = film_at(ground, r, c, stroke.dried) + stroke.water / STRIP
                ground.dried[r, c] = stroke.dried
            if stroke.brush <= 0.0:
                continue
            under = _edge(brushes.ROLLER_HALF_LENGTH - math.fabs(x - brushes.ROLLER_X))
            under *= _edge(brushes.ROLLER_HALF_WIDTH - away)
            if under > 0.0:
                if stroke.takes:
                    _move(ground, laws, stroke, (r, c, r, c), under, taken)
                continue
            off = math.sqrt((x - brushes.SIDE_X) ** 2 + (away - brushes.SIDE_Y) ** 2)
            under = _edge(brushes.SIDE_RADIUS - off)
            if under <= 0.0:
                continue
            y = math.copysign(WINDROW_Y * (away - _INNER) / (2.0 * brushes.SIDE_RADIUS), y)
            to_c = int((stroke.x + cos * x - sin * y - ground.x) / RESOLUTION)
            to_r = int((stroke.y + sin * x + cos * y - ground.y) / RESOLUTION)
            if 0 <= to_r < rows and 0 <= to_c < columns and ground.label[to_r, to_c] != 0:
                _move(ground, laws, stroke, (r, c, to_r, to_c), under, taken)


@inner
def film_at(ground: Ground, r: int, c: int, dried: float) -> float:
    """Return the film that was sprayed on a cell and is still there [kg/m²]."""
    left: float = max(0.0, ground.film[r, c] - (dried - ground.dried[r, c]))
    return left


@inner
def _edge(depth: float) -> float:
    """Return how much of a cell is covered when the edge is ``depth`` [m] beyond its centre."""
    covered: float = min(1.0, max(0.0, depth / RESOLUTION + 0.5))
    return covered


@inner
def _move(
    ground: Ground,
    laws: Laws,
    stroke: Stroke,
    way: tuple[int, int, int, int],
    under: float,
    taken: Array,
) -> None:
    """Move dirt from a cell to another, or into the bin where both are the same."""
    r, c, to_r, to_c = way
    into_bin = r == to_r and c == to_c
    film = film_at(ground, r, c, stroke.dried) + stroke.rain
    afloat = (film - laws.slurry[0]) / (laws.slurry[1] - laws.slurry[0])
    clean = 1.0 - laws.smear * min(1.0, max(0.0, afloat))
    bound = -laws.grip * math.expm1(-film / laws.coverage)
    caught = laws.suction * stroke.fan if into_bin else 0.0
    effort = under * stroke.brush * stroke.duration
    here, there = ground.label[r, c], ground.label[to_r, to_c]
    for k in range(3):
        excess = ground.load[k, r, c] - laws.residual[k] * RESOLUTION * RESOLUTION
        if excess <= 0.0:
            continue
        rate = laws.roller[k] if into_bin else laws.side[k]
        if k < 2:
            rate *= clean
            if into_bin:
                rate *= laws.no_suction + (1.0 - laws.no_suction) * stroke.fan
        moved = -excess * math.expm1(-rate * effort)
        ground.load[k, r, c] -= moved
        ground.tally[here, k] -= moved
        if k == 0:
            raised = laws.raised * stroke.brush * (1.0 - bound) * (1.0 - caught) * moved
            ground.flying[r // BLOCK, c // BLOCK] += raised
            ground.raised[r // BLOCK, c // BLOCK] += raised
            moved -= raised
        if into_bin:
            taken[k] += moved
        else:
            ground.load[k, to_r, to_c] += moved
            ground.tally[there, k] += moved
