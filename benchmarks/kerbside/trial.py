"""One drive under physics with the robot as assembled, an onlooker beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from robotics.app import StageTimes, tick
from robotics.core.arrays import Array
from robotics.core.messages import Cover, Goal, Plan, State, Tick, Tools
from robotics.core.parts import Progress, Robot
from robotics.mapping.places import Site
from robotics.planning.kerb_following import KerbTracker
from robotics.robots.sweeper.robot import build
from sim.body import BulletBody, sweeper_spec
from sim.bullet import BulletWorld
from sim.kerb_gap import KerbGap
from sim.world_model import World

MISPLACED = (0.03, 0.03, 0.02)
"""Standard deviation of where it really stands: x, y [m], yaw [rad]."""
WAIT = 3.0
"""It first stands so long and finds itself [s]."""
SLOWEST = 0.12
"""A drive that is slower on average has failed [m/s]."""


@dataclass(slots=True)
class Laid:
    """A planner whose plan was laid by hand (``robotics.core.parts.Planner``)."""

    laid: Plan
    progress: Progress = field(default_factory=Progress)

    def plan(self, state: State, goal: Goal) -> Plan:
        """Return it, once the robot has found itself."""
        return self.laid if state.time > WAIT else Plan.none("not yet")


@dataclass(slots=True)
class Sweep:
    """A mission that sweeps (``robotics.core.parts.Mission``)."""

    def decide(self, state: State) -> Goal:
        """Return always the same."""
        return Goal(base=Cover("court"), tools=Tools(brush=1.0), activity="kerb")

    def stop(self, reason: str) -> None:
        """Nobody asks."""


@dataclass(slots=True)
class Trial:
    """Drives.

    Attributes:
        world: As it is.
        site: As the robot's map shows it.
        onlooker: Sees the true gaps.
        follow: Whether the kerb that is seen counts.
        ticks: What happened, for those who look closer: (time, true pose, tick).
    """

    world: World
    site: Site
    onlooker: KerbGap
    follow: bool = True
    ticks: list[tuple[float, Array, Tick]] = field(default_factory=list)
    keep: bool = False

    def run(self, plan: Plan, rng: np.random.Generator) -> str:
        """Drive a plan; return how it ended."""
        start = plan.path[0]
        place = BulletWorld(self.world)
        body = BulletBody(place, sweeper_spec(), start + rng.normal(0.0, MISPLACED), rng)
        robot = self._robot(start, plan)
        length = float(np.hypot(*np.diff(plan.path[:, :2], axis=0).T).sum())
        until = WAIT + 30.0 + length / SLOWEST
        mission, times, rest = Sweep(), StageTimes(), 0.0
        observation = body.reset()
        try:
            while observation.time < until:
                done = tick(robot, mission, observation, times)
                body.act(done.sent)
                pose = np.array(body.true_pose())
                self.onlooker.mark(pose, observation.time, observation.time > WAIT)
                if self.keep:
                    self.ticks.append((observation.time, pose, done))
                still = observation.time > WAIT + 1.0 and not done.twist.vx and not done.twist.wz
                rest = rest + robot.period if still else 0.0
                if rest > 1.0 and np.hypot(*(pose[:2] - plan.path[-1, :2])) < 0.3:
                    return f"done after {observation.time:.0f} s"
                if rest > 15.0:
                    return (
                        f"stands at {pose.round(2).tolist()} ({done.sent.stopped_by or 'tracker'})"
                    )
                observation = body.observe()
        finally:
            body.close()
            place.close()
        return f"not done after {until:.0f} s, at {pose.round(2).tolist()} ({done.sent.stopped_by})"

    def _robot(self, start: Array, plan: Plan) -> Robot:
        robot = build(self.site, start)
        tracker = robot.tracker
        if not self.follow and isinstance(tracker, KerbTracker):
            tracker = replace(tracker, kerbs=())
        return replace(robot, planner=Laid(plan), tracker=tracker)
