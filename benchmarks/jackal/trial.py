"""One run through one BARN world, and what the challenge gives for it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jackal.body import PERIOD, SENSING, place
from jackal.robot import MakeTracker, build
from robotics.app import StageTimes, tick
from robotics.core.arrays import Array, frozen
from robotics.core.messages import Goal, GoTo, State, Stay

LIMIT = 100.0
"""A run that takes longer has failed [s]."""
MOVED = 0.1
"""The watch starts when the robot is this far from its start [m]."""
NEAR = 1.0
"""The goal counts as reached within this [m]."""
TOP_SPEED = 2.0
"""Speed of the reference drive T* [m/s]."""
STANDING = 1.5
"""The robot stands so long before it gets its goal, and learns its gyro's bias [s]."""


def score(success: bool, duration: float, reference: float) -> float:
    """Return the challenge's score of one run, at most 0.5.

    success · T* / clip(T, 2 T*, 8 T*) (Xiao et al. 2022, "Autonomous Ground Navigation in Highly
    Constrained Spaces: Lessons learned from the BARN Challenge", eq. 1).

    Args:
        success: Whether the goal was reached without a touch, in time.
        duration: T, from the first motion to the goal [s].
        reference: Length of the reference path [m], driven at 2 m/s in T*.
    """
    best = reference / TOP_SPEED
    return float(success) * best / float(np.clip(duration, 2.0 * best, 8.0 * best))


@dataclass(slots=True)
class Outcome:
    """How a run went."""

    world: int
    success: bool = False
    collision: bool = False
    timeout: bool = False
    duration: float = LIMIT
    """[s]."""
    score: float = 0.0
    touched: str = ""
    drift: float = 0.0
    """Between the believed place at the end and the true one at the time of sensing [m]."""
    held: int = 0
    """Ticks in which the guard changed the command."""
    ticks: list[float] = field(default_factory=list)
    """CPU time of every tick of the robot [s]."""
    trace: Array = field(default_factory=lambda: np.zeros((0, 3)))
    """True poses, 40 a second, shape (n, 3)."""
    believed: Array = field(default_factory=lambda: np.zeros((0, 3)))
    """What the robot believed at the same times, shape (n, 3)."""
    seen: Any = None
    """The robot's map at the end (a Grid)."""


@dataclass(slots=True)
class Errand:
    """The mission: stand, then go to the goal (``robotics.core.parts.Mission``)."""

    goal: Array

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        if state.time < STANDING:
            return Goal(Stay(), activity="stand")
        pose = frozen((*self.goal, 0.5 * np.pi))
        return Goal(GoTo(pose, tolerance=0.3, tolerance_yaw=7.0), activity="go")

    def stop(self, reason: str) -> None:
        """Nobody asks for it here."""


def attempt(world: dict[str, Any], seed: int, make: MakeTracker | None = None) -> Outcome:
    """Return how the robot fares in one world; ``seed`` draws all its sensors' errors."""
    start, goal = np.array(world["start"]), np.array(world["goal"])
    seed = int(np.random.SeedSequence([seed, world["world"]]).generate_state(1)[0])
    bullet, body, umpire = place(world["cylinders"], world["cylinder_radius_m"], start, seed)
    robot, errand = build(start, seed, make), Errand(goal)
    outcome, times = Outcome(world["world"]), StageTimes(time.process_time)
    observation, begun, believed = body.reset(), np.inf, []
    while observation.time < begun + LIMIT and bullet.time < LIMIT + 60.0:
        done = tick(robot, errand, observation, times)
        believed.append(done.state.pose_base_in_map)
        outcome.held += bool(done.sent.stopped_by)
        body.act(done.sent)
        before = len(umpire.poses)
        observation = body.observe()
        fresh = np.array(umpire.poses[before:])
        moved = np.hypot(*(fresh[:, :2] - start[:2]).T) > MOVED
        if not np.isfinite(begun) and moved.any():
            begun = bullet.step * (before + int(moved.argmax()))
        near = np.hypot(*(fresh[:, :2] - goal).T) <= NEAR
        if umpire.touched or near.any():
            outcome.collision, outcome.success = bool(umpire.touched), not umpire.touched
            outcome.duration = bullet.step * (before + int(near.argmax())) - begun
            break
    outcome.timeout = not (outcome.success or outcome.collision)
    outcome.touched = umpire.touched
    outcome.score = score(outcome.success, outcome.duration, world["reference_path_length_m"])
    outcome.trace = np.array(umpire.poses)[:: round(PERIOD / bullet.step)]
    outcome.believed = np.array(believed)
    sensed = outcome.trace[-1 - round(SENSING / PERIOD)]
    outcome.drift = float(np.hypot(*(outcome.believed[-1] - sensed)[:2]))
    outcome.ticks = [sum(parts) for parts in zip(*times.seconds.values(), strict=True)]
    outcome.seen = robot.planner.local_map.obstacles  # type: ignore[attr-defined]
    bullet.close()
    return outcome
