"""Visitors of a place: who comes, where they go, where they stop, when they leave."""

from __future__ import annotations

import math

import numpy as np
import shapely

from robotics.core.arrays import Array, IntArray
from robotics.core.errors import OptionError
from sim.crowd import BLIND, SPEED_FACTOR, Walkers, step
from sim.itinerary import Guide, Trip, drawn_apart, rest_of
from sim.paths import SPACE, Paths
from sim.steering import RUN_SPEED, Ways, steer, turn
from sim.walls import walkable, walls_of
from sim.world_model import World

PERIOD = 0.05
"""Wishes are renewed this often [s]."""

INATTENTIVE = 0.2
"""Share of people who hardly look out for robots."""

STEP_UP = 0.6
"""Speed of stepping up to somebody who offers a hand [m/s]."""

RUN_REACH = 2.0
"""How far from its family's first member a child at play runs [m]."""

_SIZES = {"adult": (0.25, 1.70), "child": (0.18, 1.15), "runner": (0.18, 1.05),
          "stroller": (0.40, 1.65)}  # fmt: skip
"""Radius and mean height by kind [m]. A stroller is one disc with the person behind it."""


class Visitors:
    """People on the walkable ground; knows nothing of what robots intend.

    Everything is drawn from one generator: same seed, same robots' positions, same tracks, bit for
    bit. The number of people never changes: a group that reaches its exit leaves for good, and the
    next group of as many enters in its place, as new people with new ``id``s (of the same kinds,
    radii and heights, because whoever shows or touches them makes their bodies once).
    """

    def __init__(self, world: World, rng: np.random.Generator, count: int | None = None) -> None:
        """Let visitors be spread over their ways.

        Args:
            world: The place.
            rng: Source of every choice.
            count: Number of visitors; None for the world's own.

        Raises:
            OptionError: There is no room for so many.
        """
        self._rng = rng
        region = walkable(world)
        self._walls = walls_of(region)
        self._guide = Guide(world, Paths(region))
        self._routes = world.visitors.routes
        self._kind, group, leader = _company(
            world, world.visitors.count if count is None else count
        )
        n = len(self._kind)
        self._ways = Ways.empty(leader)
        self._pace = np.zeros(n)
        self._height = np.zeros(n)
        self._heading = np.zeros(n)
        self._errand = np.zeros((n, 2))
        self._errand_until = np.where([kind == "runner" for kind in self._kind], 0.0, np.inf)
        zero = np.zeros((n, 2))
        self._walkers = Walkers(
            zero, zero.copy(), zero.copy(), np.zeros(n), np.zeros(n), np.zeros(n), group, np.ones(n)
        )
        self._walkers.position[:] = np.inf
        self._id = np.full(n, -1, dtype=np.int64)
        self._next_id = 0
        self._invited: dict[int, Array] = {}
        self._led: dict[int, tuple[Array, Array]] = {}
        self._time = 0.0
        starts = np.array([place.pose[:2] for place in world.places if place.kind == "start"])
        for first in np.flatnonzero(leader == np.arange(n)):
            self._enter(int(first), np.insert(starts.reshape(-1, 2), 2, 0.8, axis=1), anywhere=True)
        found = int(np.isfinite(self._walkers.position[:, 0]).sum())
        if found < n:
            problem = f"{n} visitors find no room at {world.name}: {found} do"
            raise OptionError(f"{problem}; give fewer with --visitors or visitors.count")

    def advance(self, duration: float, robots: Array) -> None:
        """Let ``duration`` [s] pass.

        Args:
            duration: Best a multiple of 0.05 s.
            robots: Discs to look out for, shape (k, 3): x, y, radius [m].
        """
        if not len(self._kind):
            return
        robots = np.ascontiguousarray(robots, dtype=np.float64).reshape(-1, 3)
        count = max(1, round(duration / PERIOD))
        for _ in range(count):
            part = duration / count
            self._time += part
            self._play()
            steer(self._walkers, self._ways, self._pace, self._errand, part)
            self._step_up(part)
            step(self._walkers, self._walls, robots, part)
            self._carry()
            turn(self._walkers, self._ways, self._heading, part)
            self._replace(robots)

    @property
    def position(self) -> Array:
        """Centres (n, 2) in the map [m]."""
        return self._walkers.position.copy()

    @property
    def velocity(self) -> Array:
        """Shape (n, 2) in the map [m/s]."""
        return self._walkers.velocity.copy()

    @property
    def heading(self) -> Array:
        """Where each one faces (n,) [rad]."""
        return self._heading.copy()

    @property
    def radius(self) -> Array:
        """Of the upright body (n,) [m]."""
        return self._walkers.radius.copy()

    @property
    def height(self) -> Array:
        """Shape (n,) [m]."""
        return self._height.copy()

    @property
    def kind(self) -> list[str]:
        """What each one is: "adult", "child", "runner" (a child at play) or "stroller"."""
        return list(self._kind)

    @property
    def group(self) -> IntArray:
        """Number of each one's group (n,)."""
        return self._walkers.group.copy()

    @property
    def id(self) -> IntArray:
        """Who each one is (n,): a number that is never used again."""
        return self._id.copy()

    def rows(self) -> list[list[float]]:
        """Return (id, x, y, heading, radius, height) of everyone, as the stage's ``scene``."""
        table = zip(
            self._id, *self._walkers.position.T, self._heading, self._walkers.radius, self._height,
            strict=True,
        )  # fmt: skip
        return [[int(number), *(round(float(v), 3) for v in rest)] for number, *rest in table]

    def invite(self, who: int, place: Array | None) -> bool:
        """Let a visitor who has stopped step up to a place, and stay there until told otherwise.

        Args:
            who: The visitor's ``id``.
            place: Where, shape (2,) [m]; None lets go of the visitor.

        Returns:
            Whether the visitor does so: only while standing at one of the stops of its way.
        """
        rows = np.flatnonzero(self._id == who)
        if place is None or not len(rows) or not self._halts(int(rows[0])):
            self._invited.pop(who, None)
            return False
        self._invited[who] = np.array(place, dtype=np.float64)
        return True

    def lead(self, who: int, place: Array | None, velocity: Array | None = None) -> bool:
        """Put a visitor where its body is that pushes and is pushed, until told otherwise.

        Args:
            who: The visitor's ``id``.
            place: Where, shape (2,) [m]; None lets go of the visitor.
            velocity: How it moves, shape (2,) [m/s].

        Returns:
            Whether the visitor is still there.
        """
        if place is None or not (self._id == who).any():
            self._led.pop(who, None)
            return False
        moves = np.zeros(2) if velocity is None else np.array(velocity)
        self._led[who] = (np.array(place), moves)
        return True

    def _carry(self) -> None:
        """Put those who are led where they are."""
        for who, (place, moves) in self._led.items():
            for i in np.flatnonzero(self._id == who):
                self._walkers.position[i], self._walkers.velocity[i] = place, moves

    def _halts(self, i: int) -> bool:
        ways = self._ways
        return bool(ways.at[i] < ways.corners[i] and ways.waited[i] > 0.0)

    def _step_up(self, duration: float) -> None:
        """Lead those who were invited to their places; their time to stand waits meanwhile."""
        for who, place in list(self._invited.items()):
            rows = np.flatnonzero(self._id == who)
            if not len(rows) or not self._halts(int(rows[0])):
                del self._invited[who]
                continue
            i = int(rows[0])
            way = place - self._walkers.position[i]
            length = float(np.hypot(*way))
            speed = min(STEP_UP, 2.0 * length) if length > 0.03 else 0.0
            self._walkers.wish[i] = way * (speed / max(length, 1e-9))
            self._ways.waited[i] = max(duration, self._ways.waited[i] - duration)

    def _members(self, leader: int) -> IntArray:
        return np.flatnonzero(self._ways.leader == leader)

    def _replace(self, robots: Array) -> None:
        """Let groups whose first member has arrived leave, and new ones enter."""
        ways = self._ways
        for first in np.flatnonzero(ways.at >= ways.corners):
            if ways.leader[first] == first:
                self._enter(int(first), robots, anywhere=False)

    def _enter(self, first: int, robots: Array, *, anywhere: bool) -> None:
        """Let a new group in at an entry, or anywhere on its way; it waits if there is no room."""
        members = self._members(first)
        weights = np.array([route.weight for route in self._routes])
        for attempt in range(200 if anywhere else 4):
            route = self._routes[self._rng.choice(len(weights), p=weights / weights.sum())]
            trips = self._guide.trips(route, len(members), self._rng)
            part = self._rng.uniform(0.0, 0.9) if anywhere else 0.0
            trips = [rest_of(trip, part) for trip in trips]
            places = drawn_apart(np.array([trip.points[0] for trip in trips]), trips)
            room = 0.3 if attempt > 100 else 0.8
            if self._free(members, places, robots, room):
                self._admit(members, trips, places)
                return

    def _free(self, members: IntArray, places: Array, robots: Array, room: float) -> bool:
        position = np.delete(self._walkers.position, members, axis=0)
        others = position[np.isfinite(position[:, 0])]
        taken = [(others, np.full(len(others), room)), (robots[:, :2], robots[:, 2] + 0.7)]
        near = any(
            (np.hypot(*(places[:, None] - at[None]).transpose(2, 0, 1)) < reach).any()
            for at, reach in taken
        )
        return not near and bool(shapely.contains_xy(self._guide.paths.room, *places.T).all())

    def _admit(self, members: IntArray, trips: list[Trip], places: Array) -> None:
        rng, walkers = self._rng, self._walkers
        slowest = np.inf
        for i, trip, place in zip(members, trips, places, strict=True):
            kind = self._kind[i]
            radius, height = _SIZES[kind]
            walkers.position[i], walkers.velocity[i] = place, 0.0
            walkers.radius[i], walkers.hard[i] = radius, min(radius, SPACE) - 0.02
            walkers.attention[i] = BLIND if rng.random() < INATTENTIVE else 1.0
            if (
                self._height[i] == 0.0
            ):  # a place in the arrays keeps its stature: bodies are made once
                self._height[i] = height * np.clip(rng.normal(1.0, 0.05), 0.88, 1.12)
            mean = 0.9 if kind == "stroller" else 1.2
            slowest = min(slowest, float(np.clip(rng.normal(mean, 0.2), 0.6, 1.8)))
            self._ways.begin(int(i), trip)
            ahead = trip.points[1] - place
            self._heading[i] = math.atan2(ahead[1], ahead[0])
            self._id[i] = self._next_id
            self._next_id += 1
        self._pace[members] = slowest
        walkers.cap[members] = SPEED_FACTOR * slowest
        runners = members[np.isfinite(self._errand_until[members])]
        walkers.cap[runners] = SPEED_FACTOR * RUN_SPEED
        self._errand_until[runners] = self._time

    def _play(self) -> None:
        """Give children at play a new place to run to, as seen from their family."""
        for i in np.flatnonzero(self._errand_until <= self._time):
            self._errand_until[i] = self._time + self._rng.uniform(1.0, 4.0)
            home = self._walkers.position[self._ways.leader[i]]
            for _ in range(4):
                bearing = self._rng.uniform(-math.pi, math.pi)
                reach = self._rng.uniform(0.7, RUN_REACH)
                self._errand[i] = reach * np.array([math.cos(bearing), math.sin(bearing)])
                if self._guide.paths.clear(home, home + self._errand[i]):
                    break


def _company(world: World, count: int) -> tuple[list[str], IntArray, IntArray]:
    """Return kind, group and leader of each visitor.

    Families of two to four take up the world's share of the visitors: one or two adults first
    (one with a stroller, where there are strollers), then children; the last child of a family is
    a runner as long as there are runners. All others walk alone.
    """
    plan = world.visitors
    kinds: list[str] = []
    group: list[int] = []
    leader: list[int] = []
    runners, strollers = plan.runners, plan.strollers
    in_families = min(count, max(round(plan.families * count), 2 if runners else 0))
    sizes: list[int] = []
    cycle = (3, 4, 2)
    while in_families >= 2:
        size = min(cycle[len(sizes) % 3], in_families)
        size = size if in_families - size != 1 else size - 1 if size > 2 else size + 1
        sizes.append(size)
        in_families -= size
    sizes += [1] * (count - sum(sizes))
    for number, size in enumerate(sizes):
        members = ["adult"] * min(2, max(1, size - 1)) + ["child"] * (
            size - min(2, max(1, size - 1))
        )
        if strollers and (size > 1 or number == len(sizes) - 1):
            members[0], strollers = "stroller", strollers - 1
        if runners and size > 1:
            members[-1], runners = "runner", runners - 1
        leader += [len(kinds)] * size
        group += [number] * size
        kinds += members
    return kinds, np.array(group, dtype=np.int64), np.array(leader, dtype=np.int64)
