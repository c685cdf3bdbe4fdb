"""One provoked fall from push to standing again, as an onlooker sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.robots.greeter.joints import JOINT_NAMES, load
from robotics.robots.greeter.reflexes import Plight, Reflexes
from sim.gait_trial import Push, Setting, Trial

WAYS = {
    "standing": (0.0, 0.0, 0.0),
    "walking": (0.3, 0.0, 0.0),
    "turning": (0.1, 0.0, 0.5),
    "sideways": (0.0, 0.12, 0.0),
    "backwards": (-0.2, 0.0, 0.0),
}
"""What it does when it is pushed: twists."""
TOUCH = 1.0
"""Least force of a touch [N]."""
_BODY_B, _LINK_A, _LINK_B, _FORCE = 2, 3, 4, 9


@dataclass(frozen=True, slots=True)
class Provocation:
    """How a fall is provoked."""

    way: str
    direction: float
    """Of the push, from the robot's heading [rad]."""
    impulse: float
    """Of the first push per mass [N·s/kg]; each further one is half as strong again."""
    length: float
    """Of a push [s]."""
    seed: int

    @staticmethod
    def drawn(number: int, seed: int) -> Provocation:
        """Return the provocation of a trial: every way in turn, all else at random."""
        rng = np.random.default_rng([seed, number])
        way = list(WAYS)[number % len(WAYS)]
        direction = float(rng.uniform(-math.pi, math.pi))
        impulse, length = float(rng.uniform(0.7, 1.2)), float(rng.uniform(0.1, 0.3))
        return Provocation(way, direction, impulse, length, int(rng.integers(1, 10**6)))


@dataclass(slots=True)
class Fall:
    """What was seen.

    Attributes:
        seen: When the robot knew that it falls [s]; NaN if it did not fall.
        touched: When something else than a sole first touched the ground after that [s].
        risen: Whether it stood again by itself and stayed up.
        attempts: To get up.
        over: How far a joint was beyond its limit [rad].
        joint: Which one.
        collisions: Largest force of each pair of links that touched each other, and what the robot
            was doing [N].
        speed_ratio: Largest joint speed over the motor's no-load speed while it got up.
    """

    seen: float = math.nan
    touched: float = math.nan
    risen: bool = False
    attempts: int = 0
    took: float = math.nan
    over: float = 0.0
    joint: str = ""
    collisions: dict[tuple[str, str, str], float] = field(default_factory=dict)
    speed_ratio: float = 0.0


class Provoked:
    """A trial in which the robot falls and gets up.

    Args:
        provocation: How it is made to fall.
        longest: Time that it is given from its fall on [s].
    """

    def __init__(self, provocation: Provocation, *, longest: float = 60.0) -> None:
        self._provocation, self._longest = provocation, longest
        twist = WAYS[provocation.way]
        self._fallen = False
        self.trial = Trial(
            Setting(
                lambda since: (0.0, 0.0, 0.0) if self._fallen else twist,
                1e9,
                provocation.seed,
                reflexes=True,
            )
        )
        assert isinstance(self.trial.locomotion, Reflexes)
        self.reflexes = self.trial.locomotion
        engine, body = self.trial.world.engine, self.trial.seen._handle
        links = range(engine.getNumJoints(body))
        self._names = {link: engine.getJointInfo(body, link)[12].decode() for link in links}
        self._names[-1] = "trunk"
        joints = load().joints
        self._lower, self._upper = joints.column("lower"), joints.column("upper")
        self._top = joints.column("velocity")
        self.fall = Fall()

    def run(self) -> Fall:
        """Push until it falls, look on until it stands again or its time is up."""
        trial, one = self.trial, self._provocation
        pushed, strength, mass = 2.5, one.impulse, load().mass
        steady = 0.0
        while steady < 3.0:
            if not self._fallen and trial.since >= pushed:
                along = (
                    strength * mass * np.array([math.cos(one.direction), math.sin(one.direction)])
                )
                trial.push = Push(trial.since, (float(along[0]), float(along[1])), one.length)
                pushed, strength = trial.since + 2.5, 1.5 * strength
            trial.tick()
            self._look()
            if self._fallen and trial.since - self.fall.seen > self._longest:
                break
            on_feet = self._fallen and self.reflexes.plight is Plight.FEET
            steady = steady + 0.005 if on_feet else 0.0
        self.fall.risen = steady >= 3.0
        self.fall.took = trial.since - 3.0 - self.fall.seen
        trial.close()
        return self.fall

    def _look(self) -> None:
        fall, since = self.fall, self.trial.since
        if not self._fallen and self.reflexes.plight is Plight.FALLING:
            self._fallen, fall.seen = True, since
        mechanism = self.trial.body.mechanism
        position: Array = mechanism.position
        over = np.maximum(position - self._upper, self._lower - position)
        if over.max() > fall.over:
            fall.over, fall.joint = float(over.max()), JOINT_NAMES[int(over.argmax())]
        if self.reflexes.plight is Plight.RISING:
            ratio = float((np.abs(mechanism.velocity) / self._top).max())
            fall.speed_ratio = max(fall.speed_ratio, ratio)
        fall.attempts = sum(plight is Plight.RISING for _, plight, _ in self.reflexes.log)
        self._look_at_contacts()

    def _look_at_contacts(self) -> None:
        fall, body, seen = self.fall, self.trial.seen._handle, self.trial.seen
        for contact in self.trial.world.engine.getContactPoints(bodyA=body):
            if contact[_FORCE] < TOUCH:
                continue
            if contact[_BODY_B] == body:
                names = sorted(self._names[contact[place]] for place in (_LINK_A, _LINK_B))
                pair = (names[0], names[1], self.reflexes.plight.value or "on its feet")
                fall.collisions[pair] = max(fall.collisions.get(pair, 0.0), contact[_FORCE])
            elif contact[_LINK_A] not in seen._feet and math.isnan(fall.touched):
                fall.touched = self.trial.since if self._fallen else math.nan
