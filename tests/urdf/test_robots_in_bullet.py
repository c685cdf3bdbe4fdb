"""The robots stand, weigh and turn in physics as their descriptions say."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

pybullet = pytest.importorskip("pybullet")

from robotics.core.model import Model  # noqa: E402
from robotics.robots.greeter import joints as greeter_joints  # noqa: E402
from robotics.robots.sweeper import joints as sweeper_joints  # noqa: E402

STEP = 0.0025
GREETER, SWEEPER = greeter_joints.load(), sweeper_joints.load()


class Stage:
    """A plane and one robot in a physics client of its own."""

    def __init__(self, model: Model, height: float) -> None:
        self.model = model
        self.client = pybullet.connect(pybullet.DIRECT)
        pybullet.setGravity(0, 0, -9.81, physicsClientId=self.client)
        pybullet.setTimeStep(STEP, physicsClientId=self.client)
        shape = pybullet.createCollisionShape(pybullet.GEOM_PLANE, physicsClientId=self.client)
        self.plane = pybullet.createMultiBody(0, shape, physicsClientId=self.client)
        pybullet.changeDynamics(self.plane, -1, lateralFriction=0.8, physicsClientId=self.client)
        flags = pybullet.URDF_USE_INERTIA_FROM_FILE | pybullet.URDF_USE_SELF_COLLISION
        self.body = pybullet.loadURDF(
            str(model.file), [0, 0, height], flags=flags, physicsClientId=self.client
        )
        count = pybullet.getNumJoints(self.body, physicsClientId=self.client)
        infos = [pybullet.getJointInfo(self.body, k, self.client) for k in range(count)]
        self.index = {info[1].decode(): k for k, info in enumerate(infos)}
        self.links = {-1: model.base, **{k: i[12].decode() for k, i in enumerate(infos)}}
        self.parent = {k: info[16] for k, info in enumerate(infos)}
        self.driven = [self.index[name] for name in model.joints.names]
        for k in range(count):
            pybullet.setJointMotorControl2(
                self.body, k, pybullet.VELOCITY_CONTROL, force=0, physicsClientId=self.client
            )

    def height(self) -> float:
        """Return the height of the base link's own origin [m], and not of its inertia frame."""
        return self.base()[0][2]

    def base(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return position and quaternion of the base link."""
        pose = pybullet.getBasePositionAndOrientation(self.body, self.client)
        offset = pybullet.getDynamicsInfo(self.body, -1, self.client)[3:5]
        result = pybullet.multiplyTransforms(*pose, *pybullet.invertTransform(*offset))
        return result[0], result[1]

    def step(self, count: int) -> None:
        """Advance the physics."""
        for _ in range(count):
            pybullet.stepSimulation(self.client)

    def loads(self) -> dict[str, float]:
        """Return the ground's normal force by link [N]."""
        found: dict[str, float] = {}
        for contact in pybullet.getContactPoints(
            self.body, self.plane, physicsClientId=self.client
        ):
            name = self.links[contact[3]]
            found[name] = found.get(name, 0.0) + contact[9]
        return found


@pytest.fixture
def greeter() -> Iterator[Stage]:
    """Yield the greeter above the ground."""
    stage = Stage(GREETER, 0.51)
    yield stage
    pybullet.disconnect(stage.client)


@pytest.fixture
def sweeper() -> Iterator[Stage]:
    """Yield the sweeper on the ground."""
    stage = Stage(SWEEPER, 0.0)
    yield stage
    pybullet.disconnect(stage.client)


@pytest.mark.parametrize("name", ["greeter", "sweeper"])
def test_bullet_weighs_what_the_file_says(name: str, request: pytest.FixtureRequest) -> None:
    """Every link keeps its mass and principal inertia: none is defaulted or set to zero."""
    stage: Stage = request.getfixturevalue(name)
    for k, link in stage.links.items():
        info = pybullet.getDynamicsInfo(stage.body, k, stage.client)
        wanted = stage.model.links[link]
        assert info[0] == pytest.approx(wanted.mass, rel=1e-5)
        principal = np.linalg.eigvalsh(wanted.inertia_at_com)
        np.testing.assert_allclose(np.sort(info[2]), principal, rtol=1e-3, atol=1e-8)


def test_no_overlap_between_links_that_are_not_neighbours(greeter: Stage) -> None:
    """In the standing pose and with the arms slightly out, collision shapes keep apart."""
    bend = {"hip_pitch": -0.15, "knee": 0.3, "ankle_pitch": -0.15}
    for side in ("left", "right"):
        for joint, angle in bend.items():
            index = greeter.index[f"{side}_{joint}"]
            pybullet.resetJointState(greeter.body, index, angle, physicsClientId=greeter.client)
    for one, two in itertools.combinations(greeter.links, 2):
        if greeter.parent.get(two) == one or greeter.parent.get(one) == two:
            continue
        close = pybullet.getClosestPoints(
            greeter.body, greeter.body, 0.05, one, two, physicsClientId=greeter.client
        )
        gap = min((point[8] for point in close), default=0.05)
        assert gap > 0.005, f"{greeter.links[one]} and {greeter.links[two]}: {gap}"


def test_greeter_stands_on_eight_corners(greeter: Stage) -> None:
    """Held by plain proportional servos, it stands five seconds, four contacts a foot."""
    names = GREETER.joints.names
    target = np.zeros(22)
    for side in ("left", "right"):
        for joint, angle in (("hip_pitch", -0.3), ("knee", 0.6), ("ankle_pitch", -0.3)):
            target[names.index(f"{side}_{joint}")] = angle
    stiffness = np.array([150.0 if j.effort > 10 else 35.0 for j in GREETER.joints.joints])
    stiffness[[names.index("left_hip_yaw"), names.index("right_hip_yaw")]] = 75.0
    for k, angle in zip(greeter.driven, target, strict=True):
        pybullet.resetJointState(greeter.body, k, angle, physicsClientId=greeter.client)
    offset = pybullet.getDynamicsInfo(greeter.body, -1, greeter.client)[3:5]
    place = pybullet.multiplyTransforms(
        (0, 0, 0.05 + 0.46 * float(np.cos(0.3))), (0, 0, 0, 1), *offset
    )
    pybullet.resetBasePositionAndOrientation(greeter.body, *place, greeter.client)
    for _ in range(int(5.0 / STEP)):
        states = pybullet.getJointStates(greeter.body, greeter.driven, greeter.client)
        angle, speed = (np.array([state[k] for state in states]) for k in (0, 1))
        torque = stiffness * (target - angle - 0.015 * speed)
        limit = [joint.effort for joint in GREETER.joints.joints]
        pybullet.setJointMotorControlArray(
            greeter.body,
            greeter.driven,
            pybullet.TORQUE_CONTROL,
            forces=np.clip(torque, np.negative(limit), limit),
            physicsClientId=greeter.client,
        )
        greeter.step(1)
    assert greeter.height() == pytest.approx(0.49, abs=0.01)
    contacts = pybullet.getContactPoints(
        greeter.body, greeter.plane, physicsClientId=greeter.client
    )
    touching = [greeter.links[contact[3]] for contact in contacts]
    assert sorted(touching) == ["left_foot"] * 4 + ["right_foot"] * 4
    loads = greeter.loads()
    assert sum(loads.values()) == pytest.approx(9.81 * GREETER.mass, rel=0.05)
    sole = [np.array(contact[5][:2]) for contact in contacts if contact[3] in (-1, *greeter.parent)]
    spread = np.ptp(sole, axis=0)
    np.testing.assert_allclose(spread, (0.21, 0.25), atol=0.01)


def test_sweeper_stands_level_on_its_driven_wheels(sweeper: Stage) -> None:
    """At rest it is level to 0.3°, brushes clear, over half the weight on the driven wheels."""
    _hold(sweeper, 0.0, 0.0)
    sweeper.step(800)
    position, quaternion = sweeper.base()
    roll, pitch, _ = pybullet.getEulerFromQuaternion(quaternion)
    assert abs(position[2]) < 0.003
    assert abs(roll) < np.radians(0.1)
    assert abs(pitch) < np.radians(0.3)
    loads = sweeper.loads()
    driven = loads["wheel_left_link"] + loads["wheel_right_link"]
    assert sum(loads.values()) == pytest.approx(9.81 * SWEEPER.mass, rel=0.05)
    assert driven > 0.5 * 9.81 * SWEEPER.mass
    assert not any("brush" in name or "front" in name for name in loads)


def test_sweeper_drives_straight_and_turns_left(sweeper: Stage) -> None:
    """Wheel speeds give the differential drive's twist to a few per cent: no brake, no scrub."""
    for left, right in ((0.8, 0.8), (0.48, 1.12), (-0.16, 0.16)):
        _hold(sweeper, left / 0.15, right / 0.15)
        sweeper.step(600)
        before = sweeper.base()
        sweeper.step(80)
        after = sweeper.base()
        moved = np.linalg.norm(np.subtract(after[0], before[0])[:2]) / (80 * STEP)
        turn = pybullet.getEulerFromQuaternion(
            pybullet.getDifferenceQuaternion(before[1], after[1])
        )[2] / (80 * STEP)
        assert moved == pytest.approx((left + right) / 2, abs=0.03)
        assert turn == pytest.approx((right - left) / 0.64, abs=0.06)


def _hold(stage: Stage, left: float, right: float) -> None:
    for name, speed in (("wheel_left", left), ("wheel_right", right)):
        pybullet.setJointMotorControl2(
            stage.body,
            stage.index[name],
            pybullet.VELOCITY_CONTROL,
            targetVelocity=speed,
            force=60.0,
            physicsClientId=stage.client,
        )
