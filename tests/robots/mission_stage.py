"""A small stage for missions: synthetic states, people who walk, a perfect base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, relative, wrap
from robotics.core.messages import (
    Cover,
    Drive,
    Goal,
    GoTo,
    Joints,
    Kind,
    Obstacle,
    State,
    Stay,
)
from robotics.core.parts import Mission, Progress, Status
from robotics.mapping.grid import Grid
from robotics.mapping.places import Place, Site, Zone

TICK = 0.05


def open_site(
    zones: Mapping[str, tuple[float, float, float, float]] | None = None,
    dock: tuple[float, float, float] = (9.5, 2.0, -np.pi / 2),
) -> Site:
    """Return a free square of 100 m with rectangular sweep zones (x0, y0, x1, y1)."""
    empty = Grid(np.zeros((500, 500), dtype=np.bool_), 0.2, np.array([-50.0, -50.0]))
    places = {"charge": Place("charge", "", "dock_charge", np.array(dock))}
    built = {
        name: Zone(name, "", "sweep", np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
        for name, (x0, y0, x1, y1) in (zones or {}).items()
    }
    limit = empty.like(np.full((500, 500), np.inf))
    return Site("square", empty, empty, empty, limit, built, places, ())


@dataclass
class Walker:
    """Somebody on a straight line between two times."""

    id: int
    start: tuple[float, float]
    velocity: tuple[float, float]
    kind: Kind = Kind.PERSON
    between: tuple[float, float] = (0.0, np.inf)
    stands_at: float = np.inf
    """From this time on it stands still [s]."""

    def seen(self, time: float) -> Obstacle | None:
        """Return the track of it at ``time``; None while it is not there."""
        if not self.between[0] <= time <= self.between[1]:
            return None
        walked = min(time, self.stands_at) - self.between[0]
        velocity = np.array(self.velocity) if time < self.stands_at else np.zeros(2)
        position = np.array(self.start) + walked * np.array(self.velocity)
        return Obstacle(self.id, position, velocity, 0.25, self.kind, 1.0)


@dataclass
class Stage:
    """Carries a mission's wishes out perfectly, and tells it the planner's progress."""

    pose: Array
    people: list[Walker] = field(default_factory=list)
    cover_seconds: float = 60.0
    """How long one zone takes [s]."""
    transit_speed: float = 0.7
    turn_speed: float = 0.6
    more: Callable[[float], dict[str, object]] = lambda time: {}
    """Further fields of the state."""
    blocked: tuple[float, float] = (np.inf, np.inf)
    """From when to when nothing moves [s]."""
    time: float = 0.0
    goals: list[tuple[float, Goal]] = field(default_factory=list)
    told: Progress = field(default_factory=Progress)
    covered: dict[str, float] = field(default_factory=dict)
    path: list[Array] = field(default_factory=list)
    twist: Array = field(default_factory=lambda: np.zeros(3))

    def progress(self) -> Progress:
        """Stand for the planner."""
        return self.told

    def run(self, mission: Mission, until: float) -> Goal:
        """Go on until ``until`` [s]; return the last goal."""
        goal = Goal()
        while self.time < until - 1e-9:
            goal = mission.decide(self.state())
            self.goals.append((self.time, goal))
            self._carry_out(goal)
            self.path.append(self.pose)
            self.time += TICK
        return goal

    def state(self) -> State:
        """Return the present state."""
        seen = (walker.seen(self.time) for walker in self.people)
        state = State(
            self.time,
            self.pose,
            self.twist,
            Joints.at_rest(np.zeros(1)),
            np.zeros(2),
            np.zeros(3),
            obstacles=tuple(one for one in seen if one is not None),
        )
        return replace(state, **self.more(self.time))  # type: ignore[arg-type]

    def spoken(self) -> list[tuple[float, str]]:
        """Return when which behaviour began to speak."""
        starts: dict[tuple[float, str], None] = {}
        for _, goal in self.goals:
            if goal.voice is not None:
                starts.setdefault((goal.voice.start, goal.voice.behaviour))
        return list(starts)

    def _carry_out(self, goal: Goal) -> None:
        before = self.pose
        self.twist = np.zeros(3)
        if self.blocked[0] <= self.time < self.blocked[1] and not isinstance(goal.base, Stay):
            self.told = Progress(Status.BLOCKED, "somebody is there")
            return
        match goal.base:
            case Stay():
                self.told = Progress()
            case Drive(twist=twist):
                self.told = Progress(Status.MOVING)
                self.twist = np.array(twist)
                self.pose = integrate(self.pose, twist, TICK)
            case GoTo(pose_in_map=target, speed=speed):
                self._go(target, min(speed, self.transit_speed))
            case Cover(zone=zone):
                self._cover(zone)
        if not isinstance(goal.base, Drive):
            moved = float(np.hypot(*(self.pose - before)[:2]))
            self.twist = np.array([moved / TICK, 0.0, 0.0])

    def _go(self, target: Array, speed: float) -> None:
        offset = relative(self.pose, target)
        far = float(np.hypot(offset[0], offset[1]))
        if far < 0.05 and abs(offset[2]) < 0.05:
            self.told = Progress(Status.DONE, fraction=1.0)
            return
        self.told = Progress(Status.MOVING)
        step = min(far, speed * TICK)
        turn = float(np.clip(offset[2], -self.turn_speed * TICK, self.turn_speed * TICK))
        direction = (target[:2] - self.pose[:2]) / max(far, 1e-9)
        self.pose = np.array([*(self.pose[:2] + step * direction), wrap(self.pose[2] + turn)])

    def _cover(self, zone: str) -> None:
        done = self.covered.get(zone, 0.0) + TICK / self.cover_seconds
        self.covered[zone] = min(done, 1.0)
        status = Status.DONE if done >= 1.0 else Status.MOVING
        self.told = Progress(status, fraction=min(done, 1.0), working=True)
        self.pose = self.pose + np.array([0.0, 0.8 * TICK if done < 0.1 else 0.0, 0.0])
