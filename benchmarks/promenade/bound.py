"""How fast anybody could go through a crowd who knows everyone's way: a bound for all planners.

A body without mass that looks wherever it likes chooses every half second one of 48 velocities up
to 1 m/s. It knows where everybody will walk (nobody makes way, and nobody is stopped by it). What
holds it back is the law of the sweeper's collision monitor alone (``control/yielding.py``, with the
sweeper's footprint and brakes: at each instant it must still be able to yield to whatever people
might do), or, without that law, that it may not come nearer to anybody than a gap. Among things it
is a disc inside the footprint. All places that can be reached are followed together from instant
to instant, so that the earliest arrival is found, to the grid's accuracy. Its speed ratio is the
time that a way takes where nobody is over the time that it takes among people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely

from promenade.rig import PERIOD
from promenade.scenes import Scene
from promenade.trial import NEAR
from promenade.walkers import SocialForce
from robotics.control.yielding import yielding_share
from robotics.core.arrays import Array, BoolArray
from robotics.core.compiled import compiled, inner
from robotics.robots.sweeper.config import SweeperConfig

CELL, STEP = 0.125, 0.5
"""Side of a cell [m] and time between two choices [s]."""
REACH = 4
"""Cells that are passed in a step at full speed: 1 m/s."""
TICKS = round(STEP / PERIOD)
GENTLE = 0.04
"""What moves no faster does not come nearer [m/s]."""
AROUND = 4.0
"""Who is farther away does not matter [m]."""
RADIUS, MIDDLE = 0.49, 0.1
"""Of a disc inside the sweeper's footprint, and how far before the base its middle lies [m]."""


Pair: TypeAlias = tuple[float, float]
Body: TypeAlias = tuple[Array, Array, Array, Array, Array]
"""Half planes and sides of the footprint, brakes as for ``yielding_share``, room for a person's row
(1, 8), with what is doubted of them, and for a twist."""


class Law(NamedTuple):
    """What forbids a velocity."""

    yields: bool = True
    """Whether the monitor's law has to be kept."""
    gap: float = 0.0
    """Nobody is come nearer to than this [m]."""


def sweeper(deceleration: float | None = None) -> Body:
    """Return the sweeper as its monitor sees it, with other brakes if they are given [m/s²]."""
    config = SweeperConfig().guard
    shape, row = config.body, np.zeros((1, 8))
    row[0, 5:] = config.berth, config.doubt, config.push
    slowing = shape.deceleration if deceleration is None else deceleration
    brake = (config.prompt, slowing, shape.spin_deceleration, config.lead, config.gentle)
    return shape.edges, shape.faces, np.array([*brake, shape.radius]), row, np.zeros(3)


@inner
def _allowed(law: Law, place: Pair, velocity: Pair, crowd: Array, body: Body) -> bool:
    """Return whether a velocity [m/s] may be driven at a place among people (n, 5), heading so."""
    edges, faces, brake, row, twist = body
    speed = math.hypot(velocity[0], velocity[1])
    c, s = velocity[0] / speed, velocity[1] / speed
    twist[0] = speed
    for m in range(len(crowd)):
        dx, dy, ux, uy = crowd[m, 0] - place[0], crowd[m, 1] - place[1], crowd[m, 2], crowd[m, 3]
        away = math.hypot(dx, dy)
        if away > AROUND:
            continue
        towards = (velocity[0] * dx + velocity[1] * dy) / max(away, 1e-6)
        if away - RADIUS - crowd[m, 4] < law.gap and towards > GENTLE:
            return False
        row[0, 0], row[0, 1] = c * dx + s * dy + MIDDLE, c * dy - s * dx
        row[0, 2], row[0, 3], row[0, 4] = c * ux + s * uy, c * uy - s * ux, crowd[m, 4]
        if law.yields and yielding_share((edges, faces), row, twist, brake) < 1.0:
            return False
    return True


@compiled
def spread(
    reached: BoolArray, free: BoolArray, rules: tuple[Law, Body], now: Array, later: Array
) -> BoolArray:
    """Return where somebody could be a step later, (rows, cols), who could be at ``reached`` now.

    Args:
        reached: Shape (rows, cols).
        free: Where the disc fits among things, shape (rows, cols).
        rules: What is forbidden, and the body.
        now: People, (x, y, vx, vy, radius), shape (n, 5).
        later: The same half a step later.
    """
    law, body = rules
    rows, cols = reached.shape
    result = reached.copy()  # at rest it may always be
    for r in range(rows):
        for c in range(cols):
            if not reached[r, c]:
                continue
            x, y = (c + 0.5) * CELL, (r + 0.5) * CELL
            for i in range(-REACH, REACH + 1):
                for j in range(-REACH, REACH + 1):
                    a, b = r + i, c + j
                    if not 0 < i * i + j * j <= REACH * REACH or not (
                        0 <= a < rows and 0 <= b < cols
                    ):
                        continue
                    if result[a, b] or not free[a, b] or not free[r + i // 2, c + j // 2]:
                        continue
                    vx, vy = j * CELL / STEP, i * CELL / STEP
                    middle = (x + 0.5 * STEP * vx, y + 0.5 * STEP * vy)
                    if _allowed(law, (x, y), (vx, vy), now, body) and _allowed(
                        law, middle, (vx, vy), later, body
                    ):
                        result[a, b] = True
    return result


@dataclass(frozen=True, slots=True)
class Course:
    """A place with the ways of everybody who will walk there.

    Attributes:
        free: Where the disc fits among things, shape (rows, cols).
        people: (x, y, vx, vy, radius) at each tick, shape (ticks, n, 5).
        body: Who drives.
    """

    free: BoolArray
    people: Array
    body: Body

    def arrival(self, law: Law, way: tuple[Array, Array], tick: int) -> tuple[int, Array] | None:
        """Return at which tick the end of a way is reached, and where; None if not in time.

        Args:
            law: What is forbidden.
            way: Where it begins and ends, shape (2,) each [m].
            tick: At which it begins.
        """
        begin, end = way
        rows, cols = self.free.shape
        reached = np.zeros((rows, cols), dtype=np.bool_)
        reached[int(begin[1] / CELL), int(begin[0] / CELL)] = True
        x, y = (np.arange(cols) + 0.5) * CELL, (np.arange(rows) + 0.5) * CELL
        near = np.hypot(x[None, :] - end[0], y[:, None] - end[1]) < NEAR
        while not (reached & near).any():
            if tick + TICKS >= len(self.people):
                return None
            now, later = self.people[tick], self.people[tick + TICKS // 2]
            reached = spread(reached, self.free, (law, self.body), now, later)
            tick += TICKS
        row, col = (int(k[0]) for k in np.nonzero(reached & near))
        return tick, np.array([(col + 0.5) * CELL, (row + 0.5) * CELL])


def course_of(scene: Scene, seed: int, number: int, seconds: float) -> Course:
    """Return a scene with the people of an episode, as they walk where no robot is."""
    cols, rows = (round(side / CELL) for side in scene.size)
    x, y = np.meshgrid((np.arange(cols) + 0.5) * CELL, (np.arange(rows) + 0.5) * CELL)
    free = shapely.contains_xy(scene.walkable().buffer(-RADIUS), x.ravel(), y.ravel())
    start = np.array(scene.rounds[number % len(scene.rounds)][0])
    throng = SocialForce(scene, np.random.default_rng([seed, number]), start)
    rows_of = np.zeros((round(seconds / PERIOD), scene.people, 5))
    rows_of[:, :, 4] = throng.radius
    for table in rows_of:
        before = throng.position.copy()
        throng.advance(PERIOD)
        table[:, :2], table[:, 2:4] = throng.position, (throng.position - before) / PERIOD
    return Course(np.asarray(free).reshape(rows, cols), rows_of, sweeper())


def ratio(course: Course, scene: Scene, number: int, law: Law) -> tuple[float, float]:
    """Return how long the ways of a round would take where nobody is, and how long they took [s].

    The round goes on until the people's ways are over; a way that is not finished then is left out.
    """
    places = [np.array(place) for place in scene.rounds[number % len(scene.rounds)]]
    alone = Course(course.free, np.zeros((100_000, 0, 5)), course.body)
    tick, leg, here, credit, worked = round(scene.stand / PERIOD), 0, places[0], 0.0, 0.0
    while True:
        way = (here, places[(leg + 1) % len(places)])
        there = course.arrival(law, way, tick)
        quickest = alone.arrival(law, way, 0)
        if there is None or quickest is None:
            return credit, worked
        credit, worked = credit + PERIOD * quickest[0], worked + PERIOD * (there[0] - tick)
        (tick, here), leg = there, leg + 1
        if leg % len(places) == 0:
            tick += round(scene.stand / PERIOD)
