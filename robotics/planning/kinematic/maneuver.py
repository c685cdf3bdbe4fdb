"""From one pose to another for a machine with a least turning radius."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, frozen
from robotics.core.errors import InvalidMessage
from robotics.core.geometry import wrap_array
from robotics.mapping.grid import Grid
from robotics.planning.kinematic.ground import cost_to_go, ground_of
from robotics.planning.kinematic.hybrid import CELL, Car, empty_nodes, moves_of, search
from robotics.planning.kinematic.scene import MARGIN, Scene, gap, scene_of
from robotics.planning.kinematic.table import load_table
from robotics.planning.kinematic.tighten import KNOT, relax, sampled, shortcut, trail
from robotics.planning.smoothing import SPACING
from robotics.planning.space import Space

SPOT = 0.05
"""Turning radius given to machines that can turn on the spot [m]."""
SHORT = 0.3
"""Steps and cells of the second, finer search, as a part of the first one's."""
FINE = 0.1
"""Most change of heading between two poses of a path [rad]."""
HASTE = 1.1
"""Weight of the search's cost to go."""
ROUNDS = 40
"""Most passes of smoothing."""
FAR = 1e3
"""Distance to obstacles where there are none [m]."""
_FARTHEST = 1e9
"""Numbers beyond this do not fit a cell's index."""
BUDGET = 60_000
"""Expansions that a plan may take, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A machine's way of moving.

    Attributes:
        turning_radius: Least radius of its curves [m]; below ``SPOT`` it turns on the spot, which
            is planned as curves of that radius.
        reverse: Whether it may drive backwards.
        reverse_weight: What a metre backwards costs, as metres forwards.
        gear_change: What changing between forwards and backwards costs [m].
        folder: Where the table of curve lengths is kept; None for the user's cache.
    """

    turning_radius: float
    reverse: bool = True
    reverse_weight: float = 1.3
    gear_change: float = 0.3
    folder: Path | None = None
    car: Car = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the numbers; load the table."""
        for name, least in (("turning_radius", 0.0), ("reverse_weight", 0.1), ("gear_change", 0.0)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= least):
                raise InvalidMessage("Vehicle", name, value, f"a number of at least {least:g}")
        radius = max(float(self.turning_radius), SPOT)
        rule = np.array([float(self.reverse), self.reverse_weight, self.gear_change / radius])
        table = load_table(reverse=self.reverse, folder=self.folder)
        car = Car(radius, rule, moves_of(radius, reverse=self.reverse), table, CELL, HASTE)
        object.__setattr__(self, "car", car)


@dataclass(frozen=True, slots=True)
class Maneuver:
    """A way to drive, or why there is none.

    Attributes:
        path: (x, y, yaw) in the map, shape (n, 3); driven backwards where it runs against its yaw.
        reason: "" if the path reaches the goal. With "budget spent" it leads as near as was found;
            otherwise it is empty.
        length: Of the path [m].
        expansions: How many poses the search opened.
    """

    path: Array = field(default_factory=lambda: np.asarray(frozen(np.zeros((0, 3)))))
    reason: str = ""
    length: float = 0.0
    expansions: int = 0


def find_maneuver(
    space: Space, start: ArrayLike, goal: ArrayLike, vehicle: Vehicle, *, budget: int = BUDGET
) -> Maneuver:
    """Return a short way from ``start`` (3,) to ``goal`` (3,) that keeps to the turning radius.

    The whole footprint is free along all of it, exactly as ``Space.clearance`` says, with a
    centimetre to spare where both ends have it. Same input, same output.

    Args:
        space: The place, and the footprint.
        start: (x, y, yaw) in the map.
        goal: (x, y, yaw) in the map.
        vehicle: How the machine moves.
        budget: How many poses may be expanded: a bound on the time that holds everywhere.

    Returns:
        The way, or a reason: start (goal) not finite, outside the map or occupied, no way
        through, budget spent.
    """
    if not np.isfinite(space.distance.cells[0, 0]):  # nothing stands anywhere
        far = np.full(space.distance.cells.shape, FAR)
        space = replace(space, distance=space.distance.like(far))
    ends = np.array([np.asarray(start, dtype=float), np.asarray(goal, dtype=float)])
    reason = _refused(space, ends)
    if reason:
        return Maneuver(reason=reason)
    ends[:, 2] = wrap_array(ends[:, 2])
    scene = scene_of(space, MARGIN)
    margin = min(MARGIN, *(gap(scene, x, y, yaw) for x, y, yaw in ends.tolist()))
    return _planned(scene._replace(margin=max(margin, 0.0)), vehicle.car, ends, max(2, int(budget)))


def _refused(space: Space, ends: Array) -> str:
    """Return why a plan between two poses (2, 3) need not be looked for, or ""."""
    for pose, name in zip(ends, ("start", "goal"), strict=True):
        if not np.isfinite(pose).all():
            return f"{name} not finite"
        if np.abs(pose).max() > _FARTHEST or not space.distance.inside(pose[:2]):
            return f"{name} outside the map"
        if not space.free(pose)[0]:
            return f"{name} occupied"
    return ""


def _planned(scene: Scene, car: Car, ends: Array, budget: int) -> Maneuver:
    """Search from the end with less room, then from the other; then so with finer steps."""
    rooms = [gap(scene._replace(margin=math.inf), x, y, yaw) for x, y, yaw in ends.tolist()]
    fine = car._replace(moves=car.moves * (1.0, SHORT), cell=car.cell * SHORT)
    backwards = rooms[1] < rooms[0]
    spent, best_effort = 0, ends[:1]
    dry = False
    for k in range(4):
        if k == 1 and dry:
            continue  # what coarse steps cannot leave they cannot enter
        turned = backwards if k % 2 == 0 else not backwards
        share = max(1, (budget - spent) // (4 - k))
        task = _Task(scene, car if k < 2 else fine, ends, turned)
        knots, used, found = _searched(task, share)
        spent += used
        if found:
            return _tightened(scene, car, knots, "", spent)
        dry = used < share
        if used == 0 or (dry and k >= 2):
            return Maneuver(reason="no way through", expansions=spent)
        if not turned and k < 2:
            best_effort = knots
        if spent >= budget:
            break
    return _tightened(scene, car, best_effort, "budget spent", spent)


class _Task(NamedTuple):
    """One search: where, with which steps, between which poses (2, 3), from the goal or not."""

    scene: Scene
    car: Car
    ends: Array
    turned: bool


def _searched(task: _Task, budget: int) -> tuple[Array, int, bool]:
    """Return the poses found, the expansions used, and whether the poses join both ends.

    A way from the goal to the start, found for the machine turned round (its footprint and its
    headings), is a way from the start to the goal when it is read from its end.
    """
    scene, car, ends, turned = task
    half_turn = np.array([0.0, 0.0, math.pi])
    if turned:
        scene = scene._replace(discs=np.asarray(frozen(scene.discs * (-1.0, -1.0, 1.0))))
        ends = ends[::-1] + half_turn
    ground = ground_of(scene, ends[0], ends[1])
    if not math.isfinite(cost_to_go(scene, ground, ends[0, 0], ends[0, 1])):
        return ends[:1], 0, False
    nodes = empty_nodes(budget, len(car.moves))
    last, used, found = search(scene, ground, car, nodes, (ends, budget))
    knots = trail(nodes, last)
    knots = np.vstack((knots, ends[1:])) if found else knots
    knots = sampled(car, knots, np.array([KNOT, math.pi]))
    return (np.ascontiguousarray(knots[::-1] - half_turn) if turned else knots), used, found


def _tightened(scene: Scene, car: Car, knots: Array, reason: str, spent: int) -> Maneuver:
    knots = shortcut(scene, car, knots)
    knots = knots[: relax(scene, car, knots, ROUNDS)]
    path = sampled(car, knots, np.array([SPACING, FINE]))
    path[:, 2] = wrap_array(path[:, 2])
    turns = wrap_array(np.diff(path[:, 2]))
    length = float((np.hypot(*np.diff(path[:, :2], axis=0).T) / np.sinc(turns / math.tau)).sum())
    return Maneuver(np.asarray(frozen(path)), reason, length, spent)


def warm_up(vehicle: Vehicle) -> None:
    """Compile what plans for ``vehicle`` need, or load it: before motion starts, not in it."""
    cells = np.zeros((64, 64), dtype=np.bool_)
    cells[[0, -1]] = cells[:, [0, -1]] = True
    cells[30:34, :40] = True
    space = Space.of(Grid(cells, 0.1, np.zeros(2)), [(0.0, 0.0, 0.3)])
    find_maneuver(space, (2.0, 1.5, 0.0), (2.0, 5.0, 0.0), vehicle)
