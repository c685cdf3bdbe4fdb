"""Torque, zero-moment point and distances against independent judges."""

from __future__ import annotations

import numpy as np
import pytest
from made import STAGE, moving, swaying

from robotics.certify.stage import COARSE
from robotics.control.dynamics import Motion
from robotics.core.arrays import Array
from robotics.robots.greeter.config import PERIOD
from sim.engine import Engine

GRAVITY = 9.81
MODEL = STAGE.model


def motion() -> Motion:
    """Return a lively motion of trunk and arms."""
    angles = {"right_shoulder_pitch": -1.8, "right_elbow": -1.6, "left_shoulder_roll": 1.2}
    upper = STAGE.perform(moving(angles, seconds=3.0))
    trunk = STAGE.perform(swaying("left", 0.03, 0.7, times=3))
    count = min(len(upper.upper), len(trunk.trunk))
    coarse = slice(0, count, COARSE)
    return STAGE.pose(upper.upper[coarse], trunk.trunk[coarse])[0]


def link_states(motion: Motion, sample: int) -> list[tuple[float, Array, Array, Array]]:
    """Return mass, inertia in the world, centre of mass and rotation of every link."""
    yaw = motion.yaw[sample]
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    found = []
    for name, (place, rotation) in MODEL.poses_in_base(motion.position[sample]).items():
        link = MODEL.links[name]
        world = turn @ rotation
        com = motion.position_base[sample] + turn @ place + world @ link.com_in_link
        found.append((link.mass, world @ link.inertia_at_com @ world.T, com, world))
    return found


def momentum(motion: Motion, sample: int) -> tuple[Array, Array]:
    """Return linear and angular momentum about the origin halfway to the next sample."""
    linear, angular = np.zeros(3), np.zeros(3)
    before, after = link_states(motion, sample), link_states(motion, sample + 1)
    for (mass, inertia, a, turned), (_, later, b, turns) in zip(before, after, strict=True):
        velocity, middle = (b - a) / motion.period, 0.5 * (a + b)
        skew = (turns - turned) @ (0.5 * (turned + turns)).T / motion.period
        rate = 0.5 * np.array(
            [skew[2, 1] - skew[1, 2], skew[0, 2] - skew[2, 0], skew[1, 0] - skew[0, 1]]
        )
        linear += mass * velocity
        angular += mass * np.cross(middle, velocity) + 0.5 * (inertia + later) @ rate
    return linear, angular


def test_zero_moment_point_is_that_of_momentum_by_finite_differences() -> None:
    """Newton and Euler for every link of the URDF, without any dynamics library."""
    some = motion()
    effort = STAGE.dynamics.effort(some)
    for sample in range(60, 240, 12):
        first, second = momentum(some, sample - 1), momentum(some, sample)
        force = (second[0] - first[0]) / some.period
        force[2] += MODEL.mass * GRAVITY
        turning = (second[1] - first[1]) / some.period
        com = sum(mass * place for mass, _, place, _ in link_states(some, sample)) / MODEL.mass
        moment = turning + np.cross(com, [0.0, 0.0, MODEL.mass * GRAVITY])
        zmp = np.array([-moment[1], moment[0]]) / force[2]
        assert effort.push[sample] == pytest.approx(force, abs=0.05)
        assert effort.zmp[sample] == pytest.approx(zmp, abs=3e-4)
        assert effort.com[sample] == pytest.approx(com, abs=1e-9)


def test_torques_of_the_arms_are_those_of_pybullet() -> None:
    """Bullet's own inverse dynamics of the robot on a fixed base, a second implementation."""
    engine = Engine()
    body = engine.loadURDF(
        str(MODEL.file), useFixedBase=True, flags=engine.URDF_USE_INERTIA_FROM_FILE
    )
    engine.setGravity(0.0, 0.0, -GRAVITY)
    infos = [engine.getJointInfo(body, k) for k in range(engine.getNumJoints(body))]
    order = [info[1].decode() for info in infos if info[2] == engine.JOINT_REVOLUTE]
    places = list(MODEL.joints.indices(*order))
    angles = {"right_shoulder_pitch": -1.8, "right_shoulder_roll": -0.7, "right_elbow": -1.6}
    played = STAGE.perform(moving(angles, seconds=2.0)).motion
    still = Motion(played.position, np.zeros_like(played.position_base), played.yaw, played.period)
    speeds, rates = still.rates()
    effort = STAGE.dynamics.effort(still)
    upper = MODEL.joints.indices(
        *(n for n in MODEL.joints.names if "shoulder" in n or "elbow" in n)
    )
    for sample in range(20, 250, 10):
        found = engine.calculateInverseDynamics(
            body,
            still.position[sample, places].tolist(),
            speeds[sample, 6:][places].tolist(),
            rates[sample, 6:][places].tolist(),
        )
        theirs = np.empty(len(places))
        theirs[places] = found
        assert effort.torque[sample, list(upper)] == pytest.approx(theirs[list(upper)], abs=2e-3)
    engine.close()


def test_standing_torques_hold_the_robot() -> None:
    """Virtual work: bending both legs, soles held, costs what it lifts the robot by."""
    rest = np.tile(STAGE.rest, (3, 1))
    base = np.tile([0.0, 0.0, 0.5], (3, 1))
    effort = STAGE.dynamics.effort(Motion(rest, base, np.zeros(3), COARSE * PERIOD))
    torque = effort.torque[1]
    left, right = (MODEL.joints.index(f"{side}_knee") for side in ("left", "right"))
    assert torque[left] == pytest.approx(torque[right], abs=1e-6)
    assert effort.push[1] == pytest.approx([0.0, 0.0, MODEL.mass * GRAVITY], abs=0.2)
    # both legs bend together by the same pattern: hip, knee, ankle as -a, 2a, -a lowers the base
    pattern = np.zeros(len(torque))
    for side in ("left", "right"):
        for joint, share in (("hip_pitch", -1.0), ("knee", 2.0), ("ankle_pitch", -1.0)):
            pattern[MODEL.joints.index(f"{side}_{joint}")] = share
    small = 1e-4

    def height(angle: float) -> float:
        posture = STAGE.rest + angle * pattern
        com = STAGE.dynamics.place(posture)
        return float(com[2] - STAGE.dynamics.sole(0)[0][2])

    work = float(torque @ pattern)
    lifted = MODEL.mass * GRAVITY * (height(small) - height(-small)) / (2.0 * small)
    assert work == pytest.approx(lifted, rel=0.03)


def test_distances_are_those_of_pybullet() -> None:
    """Random postures of the arms: coal's distances and Bullet's agree where they are near."""
    engine = Engine()
    body = engine.loadURDF(str(MODEL.file), useFixedBase=True)
    infos = [engine.getJointInfo(body, k) for k in range(engine.getNumJoints(body))]
    joints = {info[1].decode(): k for k, info in enumerate(infos)}
    links = {info[12].decode(): k for k, info in enumerate(infos)} | {MODEL.base: -1}
    names = [n for n in MODEL.joints.names if "shoulder" in n or "elbow" in n]
    arms = list(MODEL.joints.indices(*names))
    low, high = (MODEL.joints.column(end)[arms] for end in ("lower", "upper"))
    rng, compared = np.random.default_rng(0), 0
    pairs = dict.fromkeys(STAGE.collision.pairs)
    for _ in range(70):
        posture = STAGE.rest.copy()
        posture[arms] = rng.uniform(low, high)
        for name, angle in zip(MODEL.joints.names, posture, strict=True):
            engine.resetJointState(body, joints[name], float(angle))
        engine.performCollisionDetection()
        ours = STAGE.collision.distances(posture)
        for pair in pairs:
            least = min(d for d, p in zip(ours, STAGE.collision.pairs, strict=True) if p == pair)
            points = engine.getClosestPoints(body, body, 0.04, links[pair[0]], links[pair[1]])
            theirs = min((point[8] for point in points), default=0.04)
            if 0.0 < theirs < 0.04 or 0.0 < least < 0.04:
                assert min(least, 0.04) == pytest.approx(theirs, abs=1.5e-3), pair
                compared += 1
            elif theirs < -2e-3:
                assert least < 0.0, pair
    assert compared > 20
    engine.close()
