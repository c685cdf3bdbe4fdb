"""The phase machine of walking, on a pendulum that does what it is told."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from robotics.control import pendulum
from robotics.control.balance import StandParameters
from robotics.control.body_reference import BodyReference
from robotics.control.com_observer import Seen
from robotics.control.gait import Gait, Phase
from robotics.control.walk_parameters import WalkParameters

WALK, STAND = WalkParameters(), StandParameters()
MASS, PERIOD = 13.5, 0.005


ACTS, SEEN = 4, 2
"""A wish acts so many ticks later, and is seen so many ticks after that: ``WALK.response``."""


class Puppet:
    """A pendulum over the centre of pressure that is asked for, late; feet where they are put."""

    def __init__(self) -> None:
        self.gait = Gait(WALK, STAND, period=PERIOD, mass=MASS)
        self.phases: list[Phase] = []
        self.steps: list[float] = []
        self.com, self.velocity = np.zeros(2), np.zeros(2)
        self._pivots = deque([np.zeros(2)] * ACTS)
        self._motion = deque([(np.zeros(2), np.zeros(2))] * SEEN)
        self._stance = self.gait.stance
        self._seen = Seen(
            com=np.zeros(2),
            velocity=np.zeros(2),
            soles=self.gait.soles.copy(),
            sole_yaw=np.zeros(2),
            force=np.full(2, MASS * 9.81 / 2.0),
            yaw=0.0,
            tilt=np.zeros(2),
            tilt_rate=np.zeros(2),
        )

    def walk(self, seconds: float, twist: tuple[float, float, float]) -> BodyReference:
        """Follow ``twist`` for a time; return the last reference."""
        for _ in range(round(seconds / PERIOD)):
            body = self.gait.advance(self._seen, np.array(twist))
            self._move(body)
            self._seen = self._look(body)
            self.phases.append(self.gait.phase)
            if body.swinging:
                apart = body.soles[0, :2] - body.soles[1, :2]
                self.steps.append(float(np.linalg.norm(apart)))
        return body

    def push(self, velocity: tuple[float, float]) -> None:
        """Let the body be found moving."""
        self.velocity = np.array(velocity)

    def _move(self, body: BodyReference) -> None:
        if body.landed:  # the weight goes over to that foot at once
            self._pivots = deque([body.soles[body.stance, :2]] * ACTS)
        self._pivots.append(body.cop)
        self.com, self.velocity = pendulum.advance(
            self.com,
            self.velocity,
            self._pivots.popleft(),
            omega=pendulum.rate(float(body.com[2])),
            time=PERIOD,
        )
        self._motion.append((self.com, self.velocity))

    def _look(self, body: BodyReference) -> Seen:
        weight = MASS * 9.81
        force = np.full(2, weight / 2.0)
        if body.swinging:
            force[body.stance] = weight
            landed = body.soles[1 - body.stance, 2] <= 0.002
            force[1 - body.stance] = weight / 4.0 if landed else 0.0
        com, velocity = self._motion.popleft()
        return Seen(
            com,
            velocity,
            body.soles[:, :2].copy(),
            np.arctan2(np.sin(body.sole_yaw), np.cos(body.sole_yaw)),  # as sensors tell it
            force,
            yaw=body.yaw,
            tilt=np.zeros(2),
            tilt_rate=np.zeros(2),
        )


@pytest.mark.parametrize("twist", [(0.25, 0.0, 0.0), (0.0, 0.08, 0.0), (0.15, 0.0, 0.3)])
def test_follows_the_twist_and_stops(twist: tuple[float, float, float]) -> None:
    """It stands, shifts, steps at the asked speed, and stands again with its feet together."""
    puppet = Puppet()
    puppet.walk(2.1, (0.0, 0.0, 0.0))
    assert set(puppet.phases) == {Phase.STAND}
    before = puppet.walk(3.0, twist)
    after = puppet.walk(4.0, twist)
    middle = 0.5 * (before.yaw + after.yaw)
    c, s = np.cos(middle), np.sin(middle)
    dx, dy = (after.com - before.com)[:2] / 4.0
    assert c * dx + s * dy == pytest.approx(twist[0], abs=0.05)
    assert c * dy - s * dx == pytest.approx(twist[1], abs=0.05)
    assert (after.yaw - before.yaw) / 4.0 == pytest.approx(twist[2], abs=0.06)
    puppet.walk(3.0, (0.0, 0.0, 0.0))
    assert puppet.gait.phase is Phase.STAND
    assert Phase.SHIFT in puppet.phases
    assert np.linalg.norm(puppet.gait.soles[0] - puppet.gait.soles[1]) == pytest.approx(
        WALK.stance_width, abs=0.05
    )


def test_feet_never_come_together() -> None:
    """Whatever the twist, the soles stay farther apart than they are wide."""
    puppet = Puppet()
    puppet.walk(2.1, (0.0, 0.0, 0.0))
    rng = np.random.default_rng(4)
    for _ in range(8):
        puppet.walk(1.5, tuple(rng.uniform((-0.1, -0.1, -0.5), (0.3, 0.1, 0.5))))
    assert min(puppet.steps) > 0.13


def test_a_push_is_caught_by_steps_and_ends_in_standing() -> None:
    """Found moving too fast to stand, it steps, then stands again."""
    puppet = Puppet()
    puppet.walk(2.1, (0.0, 0.0, 0.0))
    for _ in range(30):
        puppet.push((0.5, 0.0))
        puppet.walk(PERIOD, (0.0, 0.0, 0.0))
    puppet.walk(4.0, (0.0, 0.0, 0.0))
    assert puppet.gait.steps_taken >= 1
    assert puppet.gait.phase is Phase.STAND


def test_more_than_half_a_turn_is_forgotten_by_nobody() -> None:
    """Turned by 4 rad it stands and turns on: the first foot swings by no whole turn."""
    puppet = Puppet()
    puppet.walk(2.1, (0.0, 0.0, 0.0))
    turned = puppet.walk(6.7, (0.0, 0.0, -0.6)).yaw
    assert turned < -3.5
    puppet.walk(4.0, (0.0, 0.0, 0.0))
    assert puppet.gait.phase is Phase.STAND
    last = puppet.walk(PERIOD, (0.0, 0.0, -0.4)).sole_yaw
    for _ in range(400):
        now = puppet.walk(PERIOD, (0.0, 0.0, -0.4)).sole_yaw
        assert np.abs(now - last).max() < 0.02
        last = now


def test_foot_that_carries_is_not_lifted() -> None:
    """Falling towards a foot that has all the load, it lifts the other one."""
    puppet = Puppet()
    puppet.walk(2.1, (0.0, 0.0, 0.0))
    seen = puppet._seen
    tilted = Seen(
        np.array([0.0, 0.14]),
        seen.velocity,
        seen.soles,
        seen.sole_yaw,
        np.array([MASS * 9.81, 0.0]),
        yaw=0.0,
        tilt=seen.tilt,
        tilt_rate=seen.tilt_rate,
    )
    body = puppet.gait.advance(tilted, np.zeros(3))
    assert body.swinging
    assert body.stance == 0
