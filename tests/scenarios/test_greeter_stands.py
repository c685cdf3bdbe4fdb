"""The greeter stands, sways and waves under physics, by its own sensors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from greeter_trial import START, Witness, empty_site, run

from robotics.core.messages import Goal, Posture, Twist2
from robotics.robots.greeter.config import GreeterConfig
from robotics.robots.greeter.joints import JOINT_NAMES
from robotics.robots.greeter.robot import build
from sim.body import BulletBody
from sim.bullet import BulletWorld


class Wave:
    """The right arm up, waving."""

    joints = ("right_shoulder_pitch", "right_shoulder_roll", "right_elbow")
    duration = 2.5
    loop = False

    def evaluate(self, time: float) -> np.ndarray:
        """Return the targets at ``time``."""
        return np.array([-2.6, -0.4 + 0.35 * math.sin(2.0 * math.pi * 1.2 * time), -0.8])


def wish(time: float) -> tuple[Goal, Twist2]:
    """Stand, and wave from 1.5 s on, looking aside."""
    aside = np.array([1.0, 1.0, 1.0])
    waving = Posture(clip="wave", start=1.5, look_at_in_map=aside)
    return Goal(posture=waving if time >= 1.5 else Posture()), Twist2()


@pytest.fixture(scope="module")
def standing() -> Witness:
    """Five seconds of standing with a wave."""
    return run(5.0, wish, clips={"wave": Wave()})


def test_stands_still_on_its_feet(standing: Witness) -> None:
    """It neither falls nor steps, and no sole slips by 5 mm."""
    assert not standing.fell
    soles = np.array(standing.soles)[100:]
    assert np.abs(soles - soles[0]).max() < 0.005


def test_moves_like_something_alive(standing: Witness) -> None:
    """It sways and breathes by millimetres, and stays upright within two degrees."""
    place = np.array(standing.pose)[200:, :2]
    assert 0.001 < np.ptp(place[:, 1]) < 0.05
    assert min(standing.upright[200:]) > math.cos(math.radians(2.0))


def test_arm_and_head_go_where_they_are_sent_without_jumps(standing: Witness) -> None:
    """The arm is raised, the head turned, and no target jumps."""
    target = np.array(standing.target)
    shoulder, head = JOINT_NAMES.index("right_shoulder_pitch"), JOINT_NAMES.index("head_yaw")
    assert target[:, shoulder].min() < -2.3
    assert target[-1, head] == pytest.approx(math.pi / 4, abs=0.15)
    arm = target[200:, [shoulder, head]]
    assert np.abs(np.diff(arm, axis=0)).max() / 0.005 < 6.0


def test_knows_its_tilt(standing: Witness) -> None:
    """Gyro and accelerometer, noisy and biased, give the pitch to a degree, once settled."""
    assert max(standing.tilt_error[200:]) < math.radians(1.0)


def test_falls_without_feedback() -> None:
    """With the balance gain at zero the same body falls: nothing else holds it up."""
    config = GreeterConfig()
    numb = replace(config.stand, feedback=0.0, capture_low=(-9.0, -9.0), capture_high=(9.0, 9.0))
    robot = build(empty_site(), START, config=replace(config, stand=numb))
    assert run(8.0, robot=robot).fell


def test_only_contact_and_gravity_act() -> None:
    """Momentum changes by the ground's push and the weight, and by nothing else."""
    rows: list[tuple[np.ndarray, np.ndarray]] = []

    def watch(world: BulletWorld, body: BulletBody) -> None:
        engine = world.engine
        handle = next(key for key, name in world.names.items() if name == "greeter")
        links = range(engine.getNumJoints(handle))
        base_speed = np.array(engine.getBaseVelocity(handle)[0])
        momentum = engine.getDynamicsInfo(handle, -1)[0] * base_speed
        for link in links:
            state = engine.getLinkState(handle, link, computeLinkVelocity=1)
            momentum = momentum + engine.getDynamicsInfo(handle, link)[0] * np.array(state[6])
        push = np.zeros(3)
        for contact in engine.getContactPoints(bodyA=handle):
            if contact[2] != handle:
                for direction, force in ((7, 9), (11, 10), (13, 12)):
                    push += np.array(contact[direction]) * contact[force]
        rows.append((momentum, push))

    witness = run(
        4.0, lambda time: (Goal(), Twist2(0.2 if time > 2.2 else 0.0)), step=0.005, watch=watch
    )
    weight = np.array([0.0, 0.0, -witness.model.mass * 9.81])
    momentum = np.array([row[0] for row in rows])
    impulse = 0.005 * np.cumsum([row[1] + weight for row in rows], axis=0)
    unexplained = (momentum - momentum[0]) - (impulse - impulse[0])
    assert np.abs(unexplained).max() < 0.02 * np.abs(weight).max() * 0.1
