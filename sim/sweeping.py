"""What brushes, water and still air do to the dirt on the ground: fields on cells, compiled.

The efficiencies are assumptions, marked as such; mass is conserved to rounding.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from robotics.core.arrays import Array, BoolArray
from robotics.core.compiled import compiled
from sim import brushes
from sim.brushes import NONE, ROLLER, SIDE_LEFT, is_sprayed, tool_at

RESOLUTION = 0.1
"""Side of a cell [m]."""
SPRAY_FLOW = 0.025
"""Of the whole spray bar, fully open [kg/s]: about 0.03 kg/m² at 0.8 m/s."""
WET_FILM = 0.02
"""A film that binds all dust [kg/m²] (assumed)."""
EVAPORATION = 0.3 / 3600.0
"""Of a film on paving, a mild sunny morning [kg/(m²·s)] (assumed)."""
RAISED = 0.08
"""Part of the fine dust moved by a dry brush that flies up (assumed)."""
SETTLING_TIME = 5.0
"""Time constant with which raised dust comes down [s] (assumed)."""
DRIFT = 0.02
"""Diffusivity of raised dust in still air [m²/s] (assumed)."""

_WORKING_SPEED = 0.8
SIDE_RATE = tuple(
    -math.log(1.0 - part) / (0.5 * math.pi * brushes.SIDE_RADIUS / _WORKING_SPEED)
    for part in (0.60, 0.75, 0.85)
)
"""Rates [1/s] at which side brushes move each class: 60, 75, 85 % in one pass at 0.8 m/s (assumed);
the divisor is the mean time under the disc."""
ROLLER_RATE = tuple(
    -math.log(1.0 - part) / (2.0 * brushes.ROLLER_HALF_LENGTH / _WORKING_SPEED)
    for part in (0.85, 0.92, 0.95)
)
"""The same for the roller: 85, 92, 95 % (assumed)."""
WINDROW_Y = 0.10
"""Where side brushes throw dirt, off the middle [m]: before the roller, clear of the brushes."""
_WISP = 1e-8
"""Less than this above a cell is not followed further [kg]."""


class Ground(NamedTuple):
    """The fields on square cells; row 0 is the south. A named tuple: compiled code takes it."""

    load: Array
    """By class, shape (3, rows, columns) [kg]."""
    airborne: Array
    """Fine dust above each cell, shape (rows, columns) [kg]."""
    film: Array
    """Water at ``film_time`` [kg/m²]."""
    film_time: Array
    """When ``film`` was last brought up to date [s]."""
    inside: BoolArray
    """Where dirt can lie."""
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
    spray: float
    """0 to 1."""
    time: float
    duration: float


@compiled
def wetness_at(ground: Ground, r: int, c: int, time: float) -> float:
    """Return how well water binds the dust of a cell at ``time`` [s]: 0 dry, 1 wet."""
    film = ground.film[r, c] - EVAPORATION * (time - ground.film_time[r, c])
    wet: float = min(1.0, max(0.0, film) / WET_FILM)
    return wet


@compiled
def work(ground: Ground, stroke: Stroke, taken: Array) -> None:
    """Let all tools work on the cells around the sweeper; add what came into the bin.

    Args:
        ground: The fields, changed in place.
        stroke: What the tools do.
        taken: Mass taken up by class, shape (3,), added to in place [kg].
    """
    rows, columns = ground.inside.shape
    c0 = max(0, int((stroke.x - brushes.REACH - ground.x) / RESOLUTION))
    c1 = min(columns, int((stroke.x + brushes.REACH - ground.x) / RESOLUTION) + 1)
    r0 = max(0, int((stroke.y - brushes.REACH - ground.y) / RESOLUTION))
    r1 = min(rows, int((stroke.y + brushes.REACH - ground.y) / RESOLUTION) + 1)
    cos, sin = math.cos(stroke.yaw), math.sin(stroke.yaw)
    for r in range(r0, r1):
        for c in range(c0, c1):
            if not ground.inside[r, c]:
                continue
            dx = ground.x + (c + 0.5) * RESOLUTION - stroke.x
            dy = ground.y + (r + 0.5) * RESOLUTION - stroke.y
            x, y = cos * dx + sin * dy, cos * dy - sin * dx
            if stroke.spray > 0.0 and is_sprayed(x, y):
                _spray(ground, r, c, stroke)
            tool = tool_at(x, y)
            if stroke.brush <= 0.0 or tool == NONE:
                continue
            if tool == ROLLER:
                _take(ground, (r, c), stroke, taken)
                continue
            y = WINDROW_Y if tool == SIDE_LEFT else -WINDROW_Y
            to_c = int((stroke.x + cos * x - sin * y - ground.x) / RESOLUTION)
            to_r = int((stroke.y + sin * x + cos * y - ground.y) / RESOLUTION)
            if 0 <= to_r < rows and 0 <= to_c < columns and ground.inside[to_r, to_c]:
                _throw(ground, (r, c), (to_r, to_c), stroke)


@compiled
def _spray(ground: Ground, r: int, c: int, stroke: Stroke) -> None:
    strip = (brushes.SPRAY_X[1] - brushes.SPRAY_X[0]) * 2.0 * brushes.HALF_WIDTH
    old = WET_FILM * wetness_at(ground, r, c, stroke.time)
    ground.film[r, c] = old + stroke.spray * SPRAY_FLOW * stroke.duration / strip
    ground.film_time[r, c] = stroke.time


@compiled
def _raise(ground: Ground, r: int, c: int, moved: float, time: float) -> float:
    """Let part of the fine dust moved at a cell fly up; return that part [kg]."""
    raised = RAISED * (1.0 - wetness_at(ground, r, c, time)) * moved
    ground.airborne[r, c] += raised
    return raised


@compiled
def _take(ground: Ground, here: tuple[int, int], stroke: Stroke, taken: Array) -> None:
    r, c = here
    for k in range(3):
        part = -math.expm1(-ROLLER_RATE[k] * stroke.brush * stroke.duration)
        moved = part * ground.load[k, r, c]
        ground.load[k, r, c] -= moved
        taken[k] += moved - (_raise(ground, r, c, moved, stroke.time) if k == 0 else 0.0)


@compiled
def _throw(ground: Ground, here: tuple[int, int], there: tuple[int, int], stroke: Stroke) -> None:
    for k in range(3):
        moved = ground.load[k, here[0], here[1]] * -math.expm1(
            -SIDE_RATE[k] * stroke.brush * stroke.duration
        )
        ground.load[k, here[0], here[1]] -= moved
        raised = _raise(ground, here[0], here[1], moved, stroke.time) if k == 0 else 0.0
        ground.load[k, there[0], there[1]] += moved - raised


@compiled
def settle(
    ground: Ground, r0: int, r1: int, c0: int, c1: int, duration: float
) -> tuple[int, int, int, int]:
    """Let raised dust drift and come down in a window; return the window in which some still flies.

    The last ``_WISP`` above a cell falls at once.
    """
    part = -math.expm1(-duration / SETTLING_TIME)
    _drift(ground, r0, r1, c0, c1, min(0.2, DRIFT * duration / (RESOLUTION * RESOLUTION)))
    low_r, high_r, low_c, high_c = r1, r0, c1, c0
    for r in range(r0, r1):
        for c in range(c0, c1):
            flying = ground.airborne[r, c]
            if flying == 0.0:
                continue
            fallen = part * flying if flying > _WISP else flying
            ground.airborne[r, c] = flying - fallen
            ground.load[0, r, c] += fallen
            if flying > _WISP:
                low_r, high_r = min(low_r, r), max(high_r, r + 1)
                low_c, high_c = min(low_c, c), max(high_c, c + 1)
    return low_r, high_r, low_c, high_c


@compiled
def _drift(ground: Ground, r0: int, r1: int, c0: int, c1: int, flow: float) -> None:
    """Exchange raised dust between side neighbours: one explicit step of diffusion."""
    before = ground.airborne[r0:r1, c0:c1].copy()
    for r in range(r0, r1):
        for c in range(c0, c1):
            if not ground.inside[r, c]:
                continue
            here = before[r - r0, c - c0]
            for dr, dc in ((0, 1), (1, 0)):
                a, b = r + dr, c + dc
                if a < r1 and b < c1 and ground.inside[a, b]:
                    moved = flow * (here - before[a - r0, b - c0])
                    ground.airborne[r, c] -= moved
                    ground.airborne[a, b] += moved
