"""People who do not know of the robot: by the social force, or as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from promenade.scenes import Box, Scene
from robotics.core.arrays import Array, frozen
from robotics.core.errors import ConfigError
from sim.crowd import SPEED_FACTOR, Walkers, step
from sim.walls import walls_of

RADIUS, RADIUS_CHILD = 0.25, 0.18
"""Of a person on the ground [m]."""
PASSED = 2.0
"""… or, where it is only on the way, walks on from there [m]."""
HEIGHT = 1.6
"""[m]."""
ARRIVED = 0.8
"""Somebody this near to a place has reached it [m]."""
CHILDREN = 0.12
"""Share of children."""
AWAY = 1e4
"""Who is not there stands here [m]."""


class Throng(Protocol):
    """People at one time."""

    position: Array
    """Shape (n, 2) [m]."""
    radius: Array
    """Shape (n,) [m]."""
    is_bodily: bool
    """Whether a robot stops them, as it does in the world; recorded ones go on regardless."""

    def advance(self, duration: float) -> None:
        """Let ``duration`` [s] pass."""


class SocialForce:
    """People with places to go to, alone and in groups (Helbing, Molnár 1995; Moussaïd 2010)."""

    is_bodily = True

    def __init__(self, scene: Scene, rng: np.random.Generator, keep: Array) -> None:
        """Spread them over the scene, nobody within 2 m of ``keep`` (2,)."""
        self._scene, self._rng = scene, rng
        self._walls = walls_of(scene.walkable())
        n = scene.people
        group, self._leader = _company(n, rng)
        child = (rng.random(n) < CHILDREN) & (self._leader != np.arange(n))
        self.radius = np.where(child, RADIUS_CHILD, RADIUS)
        pace = np.clip(rng.normal(1.3, 0.2, n), 0.7, 1.8)
        self._pace = pace[self._leader]
        self._flow = rng.integers(0, len(scene.flows) or 1, n)[self._leader]
        self._leg = np.zeros(n, dtype=np.int64)
        self._is_between = np.zeros(n, dtype=np.bool_)
        self._sense = rng.choice([-1, 1], n)[self._leader]
        self._until = np.zeros(n)
        self._goal = np.zeros((n, 2))
        self._time = 0.0
        self._none = np.zeros((0, 3))
        place = self._spread(keep)
        cap = SPEED_FACTOR * self._pace
        hard = self.radius + 0.02
        zero = np.zeros((n, 2))
        self._w = Walkers(place, zero, zero.copy(), cap, self.radius, hard, group, np.ones(n))
        self.position = self._w.position
        for k in range(n):
            flow = self._scene.flows[self._flow[k]]
            self._leg[k] = rng.integers(0, len(flow)) if self._leader[k] == k else 0
            self._next(k)

    def advance(self, duration: float) -> None:
        """Let ``duration`` [s] pass."""
        self._time += duration
        w = self._w
        off = self._goal - w.position
        far = np.hypot(off[:, 0], off[:, 1])
        standing = self._time < self._until
        near = np.where(self._is_between, PASSED, ARRIVED)
        for k in np.flatnonzero((far < near) & ~standing):
            self._arrive(int(k))
        pace = np.where(standing, 0.0, self._pace)
        w.wish[:] = off * (pace / np.maximum(far, 1e-6))[:, None]
        step(w, self._walls, self._none, duration)

    def _arrive(self, k: int) -> None:
        if self._leader[k] != k:  # who follows goes where the leader goes
            self._goal[k] = self._goal[self._leader[k]] + self._rng.normal(0.0, 0.5, 2)
            return
        if self._leg[k] in (0, len(self._scene.flows[self._flow[k]]) - 1):
            pause = self._rng.uniform(*self._scene.pause)
            self._until[self._leader == k] = self._time + pause
        self._next(k)

    def _next(self, k: int) -> None:
        """Draw the next place of a leader; the others of the group go there, too."""
        if self._leader[k] != k:
            return
        flow = self._scene.flows[self._flow[k]]
        if len(flow) > 1:
            if not 0 <= self._leg[k] + self._sense[k] < len(flow):
                self._sense[k] *= -1
            self._leg[k] += self._sense[k]
        goal = _inside(flow[self._leg[k]], self._rng)
        for member in np.flatnonzero(self._leader == k):
            self._is_between[member] = 0 < self._leg[k] < len(flow) - 1
            self._goal[member] = goal if member == k else goal + self._rng.normal(0.0, 0.4, 2)

    def _spread(self, keep: Array) -> Array:
        """Return places with room around them, groups together, shape (n, 2)."""
        w, h = self._scene.size
        place = np.zeros((len(self._leader), 2))
        for k in range(len(place)):
            for _ in range(2000):
                if self._leader[k] == k:
                    point = self._rng.uniform((0.8, 0.8), (w - 0.8, h - 0.8))
                else:
                    point = place[self._leader[k]] + self._rng.normal(0.0, 0.6, 2)
                apart = np.hypot(*(place[:k] - point).T).min(initial=np.inf)
                if apart > 0.6 and self._is_free(point) and np.hypot(*(point - keep)) > 2.0:
                    break
            place[k] = point
        return place

    def _is_free(self, point: Array) -> bool:
        w, h = self._scene.size
        inside = 0.3 < point[0] < w - 0.3 and 0.3 < point[1] < h - 0.3
        return bool(inside) and all(
            not (x0 - 0.4 < point[0] < x1 + 0.4 and y0 - 0.4 < point[1] < y1 + 0.4)
            for x0, y0, x1, y1 in self._scene.solids
        )


def _inside(one: Box, rng: np.random.Generator) -> Array:
    return np.asarray(rng.uniform(one[:2], one[2:]))


def _company(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return each one's group number and leader, shape (n,) int: alone, in pairs, threes, fours."""
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(int(rng.choice([1, 2, 3, 4], p=[0.45, 0.35, 0.12, 0.08])))
    group = np.repeat(np.arange(len(sizes)), sizes)[:n].astype(np.int64)
    first = np.searchsorted(group, np.arange(len(sizes)))
    return group, first[group]


@dataclass(frozen=True, slots=True)
class Recording:
    """Tracks of people."""

    time: Array
    """Of each row, sorted, shape (k,) [s], from 0."""
    number: Array
    """Of the person, from 0, int, shape (k,)."""
    place: Array
    """Shape (k, 2) [m], 3 m inside the scene's corner at least."""
    low: Array
    high: Array

    @property
    def duration(self) -> float:
        """[s]."""
        return float(self.time[-1])


def read_tracks(file: Path, rate: float) -> Recording:
    """Read rows of frame, person, x, y, separated by blanks, tabs or commas (ETH/UCY style).

    Args:
        file: One row for each person and frame; more columns are ignored.
        rate: Frames per second: the first column is divided by it.

    Raises:
        ConfigError: It holds no such rows.
    """
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        words = line.replace(",", " ").split()
        try:
            rows.append([float(word) for word in words[:4]])
        except ValueError:
            continue  # a heading
    table = np.array([row for row in rows if len(row) == 4])
    if len(table) < 2:
        raise ConfigError(f"{file}: no rows of frame, person, x, y")
    table = table[np.argsort(table[:, 0], kind="stable")]
    time = (table[:, 0] - table[0, 0]) / rate
    _, number = np.unique(table[:, 1], return_inverse=True)
    low, high = table[:, 2:].min(axis=0), table[:, 2:].max(axis=0)
    return Recording(time, number, frozen(table[:, 2:] - low + 3.0), low, high)


class Recorded:
    """People who walk as they once did; the recording begins again when it is over."""

    is_bodily = False

    def __init__(self, recording: Recording, start: float) -> None:
        """Begin ``start`` [s] into the recording."""
        self._recording, self._time = recording, start % max(recording.duration, 1e-6)
        order = np.lexsort((recording.time, recording.number))
        self._rows = np.split(order, np.flatnonzero(np.diff(recording.number[order])) + 1)
        self._spans = np.array([recording.time[rows[[0, -1]]] for rows in self._rows])
        self.radius = np.full(len(self._rows), RADIUS)
        self.position = np.full((len(self._rows), 2), AWAY)
        self.advance(0.0)

    def advance(self, duration: float) -> None:
        """Let ``duration`` [s] pass."""
        self._time = (self._time + duration) % max(self._recording.duration, 1e-6)
        self.position[:] = AWAY
        there = (self._spans[:, 0] <= self._time) & (self._time <= self._spans[:, 1])
        for k in np.flatnonzero(there):
            rows = self._rows[k]
            when = self._recording.time[rows]
            for axis in range(2):
                values = self._recording.place[rows, axis]
                self.position[k, axis] = np.interp(self._time, when, values)


def cylinders(throng: Throng) -> Array:
    """Return what a lidar sees of them, x, y, radius, height; shape (n, 4) [m]."""
    high = np.full(len(throng.radius), HEIGHT)
    return np.ascontiguousarray(np.column_stack((throng.position, throng.radius, high)))
