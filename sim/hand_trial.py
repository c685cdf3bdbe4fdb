"""One handshake under physics: the greeter as it is, and one visitor's hand. For tests and figures.

Its own estimator, locomotion, guard and handshake run; sensor noise, delays and motors are those
of ``sim.body``. The lidar is off: that the guest stands there is told. Nothing holds the robot.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.messages import Goal, Posture, State, Twist2
from robotics.robots.catalog import greeter_alone
from robotics.robots.greeter.handshake import Handshake
from robotics.robots.greeter.robot import feeling, standing_pose
from sim.body import BulletBody, greeter_spec
from sim.bullet import BulletWorld
from sim.hand import Manners, VisitorHand
from sim.sensors import LidarSpec
from sim.witness import FALL_HEIGHT, FALL_TILT

SETTLED = 1.5
"""Standing before the hand is offered [s]."""
AFTER = 1.0
"""Looked at for so long after the handshake [s]."""
LONGEST = 30.0
"""[s]."""
DECISIONS = 10
"""Ticks between two decisions of the mission."""
ELBOW = (0.62, -0.20, 0.55)
"""Where the visitor's hand hangs at first, in the robot's frame [m]."""


@dataclass(slots=True)
class Outcome:
    """What an onlooker saw of one handshake."""

    case: str
    fell: bool = False
    force: float = 0.0
    """Largest between hand and robot, 10 ms mean [N] …"""
    peak: float = 0.0
    """… and of one physics step [N]."""
    gripped: bool = False
    slipped: bool = False
    released_after: float | None = None
    """From when it should be over (the visitor lets go, or the robot's time is up: the later)
    until the arm is home [s]; None if it never is."""
    speed: float = 0.0
    """Largest joint speed over the joint's limit."""
    rest: float = math.inf
    """How far the arms are from rest at the end [rad]."""
    tilt: float = 0.0
    """Largest [rad]."""
    stages: tuple[tuple[float, str], ...] = ()
    """(time since the offer [s], state) of the handshake."""
    felt: list[tuple[float, float, float, float]] = field(default_factory=list)
    """(time, true force, force felt, frequency felt) at each tick [s, N, N, Hz]."""


class HandTrial:
    """One robot, one hand, tick by tick.

    Attributes:
        outcome: What was seen so far.
        since: Time since the hand was offered [s].
    """

    def __init__(self, case: str, manners: Manners, *, seed: int = 1) -> None:
        self.outcome = Outcome(case)
        spec = replace(greeter_spec(standing_pose()[0]), lidar=LidarSpec("lidar", period=1e9))
        self.world = BulletWorld()
        rng = np.random.default_rng(seed)
        self.body = BulletBody(self.world, spec, (0.0, 0.0, 0.0), rng)
        self.robot = greeter_alone()
        self._felt = feeling(self.robot)
        self._rest = standing_pose()[0]
        self._arms = [k for k, n in enumerate(spec.model.joints.names) if _is_arm(n)]
        self._limits = spec.model.joints.column("velocity")
        self._observation = self.body.reset()
        self.hand = VisitorHand(self.world, self.body.mechanism, manners, np.array(ELBOW))
        self.handshake = Handshake()
        self.since = self._observation.time - SETTLED
        self._ticks, self._goal = 0, Goal()
        self._over: float | None = None

    def tick(self) -> None:
        """Go on by one control period."""
        state = self.robot.estimator.update(self._observation)
        if self._ticks % DECISIONS == 0 and self.since >= -1e-9:
            self._goal = self._decide(state)
        self._ticks += 1
        wished = self.robot.locomotion.move(state, self._goal, Twist2())
        self.body.act(self.robot.guard.allow(state, wished))
        self._observation = self.body.observe()
        self.since = self._observation.time - SETTLED
        self._look()

    def _decide(self, state: State) -> Goal:
        if self._ticks * self.robot.period < SETTLED + 0.5 and self.handshake.is_over:
            self.handshake.begin(state.time)
        part = self.handshake.decide(state.time, self._felt())
        self.hand.offered = self.handshake.machine.state in ("offering", "waiting")
        face = np.array([0.9, 0.0, 1.3])
        posture = Posture(part.clip, part.start, look_at_in_map=face, hand=part.hand)
        return Goal(posture=posture)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to see."""
        ended = self._over is not None and self.since > self._over + AFTER
        return self.outcome.fell or ended or self.since > LONGEST

    def _look(self) -> None:
        outcome, grasp = self.outcome, self.hand.grasp
        motion = self.body.mechanism.motion()
        tilt = math.acos(min(1.0, float(motion.rotation[2, 2])))
        outcome.tilt = max(outcome.tilt, tilt)
        outcome.fell |= tilt > FALL_TILT or float(motion.position[2]) < FALL_HEIGHT
        outcome.force, outcome.peak = grasp.largest, grasp.peak
        outcome.gripped, outcome.slipped = grasp.gripped is not None, grasp.slipped
        velocity = np.abs(self.body.mechanism.velocity) / self._limits
        outcome.speed = max(outcome.speed, float(velocity[self._arms].max()))
        off = self.body.mechanism.position[self._arms] - self._rest[self._arms]
        outcome.rest = float(np.abs(off).max())
        felt = self._felt()
        size = float(np.linalg.norm(felt.force))
        outcome.felt.append((self.since, grasp.force, size, felt.frequency))
        self._conclude()

    def _conclude(self) -> None:
        """Note when it should be over, and when it is."""
        outcome, grasp = self.outcome, self.hand.grasp
        history = self.handshake.machine.history
        outcome.stages = tuple((round(c.time - SETTLED, 2), c.target) for c in history)
        free = grasp.phase in ("gone", "rest")
        over = self.handshake.is_over and bool(history) and free
        if not over or self._over is not None or outcome.rest > 0.15:
            return
        self._over = self.since
        ends = {state: time for time, state in outcome.stages}
        due = ends.get("releasing", ends.get("thanking", ends.get("consoling", 0.0)))
        let_go = 0.0 if grasp.released is None else grasp.released - SETTLED
        outcome.released_after = self.since - max(due, let_go)

    def close(self) -> None:
        """Leave the place."""
        self.hand.remove()
        self.body.close()
        self.world.close()


def shake_hands(
    case: str,
    manners: Manners,
    *,
    seed: int = 1,
    watch: Callable[[HandTrial], None] | None = None,
) -> Outcome:
    """Let a visitor with these manners shake the greeter's hand; return what was seen.

    Args:
        case: A name for the outcome.
        manners: How the visitor's hand behaves.
        seed: Of the sensor noise.
        watch: Called after every tick.
    """
    trial = HandTrial(case, manners, seed=seed)
    while not trial.is_over:
        trial.tick()
        if watch is not None:
            watch(trial)
    trial.close()
    return trial.outcome


def _is_arm(joint: str) -> bool:
    return "shoulder" in joint or "elbow" in joint
