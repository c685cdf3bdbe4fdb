"""One episode: a robot goes round its places among people for some minutes."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from promenade.judge import Judge, pushed_out
from promenade.rig import PERIOD, Base, MakeTracker, Rig, kit_of, own_tracker
from promenade.scenes import Scene
from promenade.walkers import Recorded, Recording, SocialForce, Throng, cylinders
from robotics.core.arrays import Array, frozen
from robotics.core.messages import Goal, GoTo, State, Stay, Twist2

NEAR = 0.6
"""A place counts as reached within this [m]."""
LEG_MOST = 120.0
"""A way that takes longer is given up [s]; it counts as far as the robot came."""


@dataclass(frozen=True, slots=True)
class Contender:
    """What drives the robot."""

    name: str
    make: MakeTracker = own_tracker
    guarded: bool = True
    without_prediction: bool = False


OURS = Contender("ours")


@dataclass(frozen=True, slots=True)
class Episode:
    """Which one."""

    robot: str
    scene: Scene
    seed: int
    number: int
    seconds: float
    recording: Recording | None = None


@dataclass(slots=True)
class Outcome:
    """What came of an episode."""

    row: dict[str, Any]
    trace: Array
    """(x, y, yaw) at each tick, shape (n, 3)."""
    people: Array
    """Where all were at each tick, shape (n, m, 2) [m], float32; empty unless kept."""
    radius: Array


@dataclass(slots=True)
class Errand:
    """The round: the first place (with a stand there), the second, and so on."""

    places: tuple[tuple[float, float], ...]
    stand: float
    free: dict[int, float] = field(default_factory=dict)
    """Time that each way takes without people, by its number in the round [s]."""
    leg: int = 0
    due: float = 0.0
    worked: float = 0.0
    """Time on ways [s]."""
    credit: float = 0.0
    """Time that the same ways take without people [s]."""
    given_up: int = 0
    _begun: float = 0.0
    _goal: Goal | None = None
    log: dict[int, list[float]] = field(default_factory=dict)

    def decide(self, now: float, pose: Array) -> Goal:
        """Return what to do."""
        if now < self.due:
            return Goal(Stay())
        there = self._place(self.leg + 1)
        if self._goal is None:
            self._begun = now
            before = self._place(self.leg)
            yaw = math.atan2(there[1] - before[1], there[0] - before[0])
            self._goal = Goal(GoTo(frozen((*there, yaw)), 0.3, math.pi))
        gap = math.hypot(there[0] - pose[0], there[1] - pose[1])
        if gap < NEAR or now - self._begun > LEG_MOST:
            self._close(now, gap)
            if self.leg % len(self.places) == 0:
                self.due = now + self.stand
            return self.decide(now, pose)
        return self._goal

    def _place(self, k: int) -> tuple[float, float]:
        return self.places[k % len(self.places)]

    def _close(self, now: float, gap: float) -> None:
        way = self.leg % len(self.places)
        self.log.setdefault(way, []).append(now - self._begun)
        self._count(now, gap)
        self.given_up += gap >= NEAR
        self.leg += 1
        self._goal = None

    def _count(self, now: float, gap: float) -> None:
        way = self.leg % len(self.places)
        a, b = self._place(self.leg), self._place(self.leg + 1)
        length = math.dist(a, b) - NEAR
        part = 1.0 if gap < NEAR else min(1.0, max(0.0, 1.0 - (gap - NEAR) / length))
        self.worked += now - self._begun
        self.credit += part * self.free.get(way, 0.0)

    def finish(self, now: float, pose: Array) -> None:
        """Count the way that was not finished."""
        if self._goal is not None:
            there = self._place(self.leg + 1)
            self._count(now, math.hypot(there[0] - pose[0], there[1] - pose[1]))


class Nobody:
    """No people."""

    is_bodily = False

    position = np.zeros((0, 2))
    radius = np.zeros(0)

    def advance(self, duration: float) -> None:
        """Nothing changes."""


def run(
    episode: Episode,
    contender: Contender = OURS,
    *,
    keep: bool = False,
    free: Mapping[int, float] | None = None,
) -> Outcome:
    """Run an episode; the same one with the same seed is the same bit for bit.

    Args:
        episode: Which one.
        contender: What drives the robot.
        keep: Whether to keep where everybody was.
        free: What ``free_times`` said of it before.
    """
    scene = episode.scene
    places = scene.rounds[episode.number % len(scene.rounds)]
    begin = time.process_time()
    known = free_times(episode) if free is None else free
    rng = np.random.default_rng([episode.seed, episode.number])
    start = _start(places)
    throng: Throng
    if episode.recording is not None:
        throng = Recorded(episode.recording, episode.seconds * episode.number)
    else:
        throng = SocialForce(scene, rng, start[:2])
    errand = Errand(places, scene.stand, dict(known))
    rig = _rig(episode, start, rng, contender)
    judge, outcome = _drive(rig, errand, throng, (episode.seconds, keep))
    errand.finish(rig.time, rig.base.pose)
    contacts = judge.touches.contacts
    outcome.row = {
        "robot": episode.robot,
        "contender": contender.name,
        "scene": scene.name,
        "people": scene.people,
        "seed": episode.seed,
        "number": episode.number,
        "seconds": round(judge.time, 3),
        "contacts": len(contacts),
        "caused": sum(one.caused for one in contacts),
        "caused_at": [[round(c.time, 2), c.partner] for c in contacts if c.caused],
        "worked": round(errand.worked, 3),
        "credit": round(errand.credit, 3),
        "given_up": errand.given_up,
        "near": round(judge.near, 3),
        "near_moving": round(judge.near_moving, 3),
        "intruded": round(judge.intruded, 3),
        "held": rig.held,
        "cpu": round(time.process_time() - begin, 2),
    }
    return outcome


def _rig(episode: Episode, start: Array, rng: np.random.Generator, contender: Contender) -> Rig:
    kit = kit_of(episode.robot, episode.scene.site(), start)
    base = Base(kit.tracker, kit.braking, start.copy(), kit.half_track)
    tracker = contender.make(kit)
    rig = Rig(kit, episode.scene.prisms(), base, rng, tracker, contender.guarded)
    if contender.without_prediction:
        rig.blurred = frozen_people
    return rig


def _drive(
    rig: Rig, errand: Errand, throng: Throng, span: tuple[float, bool]
) -> tuple[Judge, Outcome]:
    seconds, keep = span
    judge = Judge(rig.kit.outline)
    trace, people = [], []
    for _ in range(round(seconds / PERIOD)):
        believed = rig.base.pose if rig.state is None else rig.state.pose_base_in_map
        goal = errand.decide(rig.time, believed)
        rig.step(goal, cylinders(throng))
        before = throng.position.copy()
        throng.advance(PERIOD)
        if throng.is_bodily:
            people_now = (throng.position, throng.radius)
            step = throng.position - before
            throng.position[:] = pushed_out(judge.outline, rig.base.pose, people_now, step)
        judge.watch(
            PERIOD,
            (rig.base.pose, Twist2(*(float(v) for v in rig.base.twist))),
            (throng.position, throng.radius),
        )
        if keep:
            trace.append(rig.base.pose.copy())
            people.append(throng.position.astype(np.float32))
    return judge, Outcome({}, np.array(trace), np.array(people), throng.radius)


def frozen_people(state: State) -> State:
    """Return the state with everybody standing still."""
    still = tuple(replace(one, velocity_in_map=np.zeros(2)) for one in state.obstacles)
    return replace(state, obstacles=still)


def free_times(episode: Episode) -> Mapping[int, float]:
    """Return how long each way of an episode's round takes where nobody is [s]."""
    scene = episode.scene
    return _free_times(episode.robot, scene, episode.number % len(scene.rounds))


@lru_cache(maxsize=64)
def _free_times(robot: str, scene: Scene, which: int) -> dict[int, float]:
    """Return how long each way of a round takes where nobody is [s]."""
    places = scene.rounds[which]
    start = _start(places)
    episode = Episode(robot, scene, 0, which, 0.0)
    rig = _rig(episode, start, np.random.default_rng(0), OURS)
    errand = Errand(places, 0.0)
    crowd = cylinders(Nobody())
    while errand.leg < 2 * len(places) and rig.time < 3600.0:
        believed = rig.base.pose if rig.state is None else rig.state.pose_base_in_map
        rig.step(errand.decide(rig.time, believed), crowd)
    # the first round begins at rest; the second is as all later ones are
    return {way: times[-1] for way, times in errand.log.items()}


def _start(places: tuple[tuple[float, float], ...]) -> Array:
    """Return the first place of a round, looking towards the second, shape (3,)."""
    (x, y), (u, v) = places[:2]
    return np.array([x, y, math.atan2(v - y, u - x)])
