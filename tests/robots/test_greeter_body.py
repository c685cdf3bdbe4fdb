"""The greeter's locomotion, restraint and guard, without physics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.core.arrays import Array
from robotics.core.messages import Contacts, Goal, Joints, Posture, State, Twist2
from robotics.robots.greeter.config import GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import WalkingLocomotion
from robotics.robots.greeter.restraint import Restraint
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
CONFIG = GreeterConfig()
LOAD = np.full((2, 4), MODEL.mass * 9.81 / 8.0)


def state(time: float, joints: Array, **changes: object) -> State:
    """Return the state of a robot that stands in ``joints``."""
    level = State(
        time,
        np.zeros(3),
        np.zeros(3),
        Joints.at_rest(joints),
        np.zeros(2),
        np.zeros(3),
        contacts=Contacts(LOAD),
    )
    return replace(level, **changes)  # type: ignore[arg-type]  # fields by name


def targets(twist: Twist2, *, ticks: int, start: Array, posture: Posture | None = None) -> Array:
    """Return the targets (ticks, n) for a robot with perfect servos that follows them."""
    locomotion = WalkingLocomotion(MODEL, CONFIG, {})
    goal, rows = Goal(posture=posture or Posture()), []
    for tick in range(ticks):
        rows.append(locomotion.move(state(0.005 * tick, start), goal, twist).target)
    return np.array(rows)


def test_standing_pose_has_flat_soles_under_the_centre_of_mass() -> None:
    """Soles are level, on the ground, and the centre of mass is between them."""
    joints, height = standing_pose()
    dynamics = Dynamics(MODEL)
    com = dynamics.place(joints, position_base=np.array([0.0, 0.0, height]))
    places = np.array([dynamics.sole(side)[0] for side in (0, 1)])
    for side in (0, 1):
        assert dynamics.sole(side)[1] == pytest.approx(np.eye(3), abs=1e-9)
    assert places[:, 2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert com[:2] == pytest.approx(places.mean(axis=0)[:2], abs=1e-6)
    assert places[0, 1] - places[1, 1] == pytest.approx(CONFIG.walk.stance_width)


def test_takes_over_from_any_posture_without_a_jump() -> None:
    """Switched on up to 0.1 rad off its standing pose, the first target is where the joints are."""
    joints, _ = standing_pose()
    found = joints + np.random.default_rng(0).uniform(-0.1, 0.1, len(joints))
    found = np.clip(found, MODEL.joints.column("lower"), MODEL.joints.column("upper"))
    rows = targets(Twist2(), ticks=60, start=found)
    assert rows[0] == pytest.approx(found, abs=1e-9)
    assert np.abs(np.diff(rows, axis=0)).max() < 0.05


def test_same_states_same_targets() -> None:
    """Two locomotions given the same give the same, bit for bit, while walking too."""
    joints, _ = standing_pose()
    twist = Twist2(0.2, 0.0, 0.1)
    once = targets(twist, ticks=500, start=joints)
    again = targets(twist, ticks=500, start=joints)
    assert (once == again).all()


def test_targets_stay_within_the_joints() -> None:
    """Torque is asked for as an offset, but never beyond a joint's limits."""
    joints, _ = standing_pose()
    rows = targets(Twist2(0.3, 0.0, 0.0), ticks=700, start=joints)
    assert (rows >= MODEL.joints.column("lower")).all()
    assert (rows <= MODEL.joints.column("upper")).all()


def test_crouch_bends_the_knees() -> None:
    """The protective crouch goes down by bending both knees alike."""
    joints, _ = standing_pose()
    rows = targets(Twist2(), ticks=600, start=joints, posture=Posture(crouch=True))
    knees = rows[-1, list(MODEL.joints.indices("left_knee", "right_knee"))]
    assert (knees > joints[MODEL.joints.index("left_knee")] + 0.3).all()
    assert knees[0] == pytest.approx(knees[1], abs=0.02)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"tilt": np.array([0.5, 0.0])}, "tilt"),
        ({"quality": 0.05}, "localisation lost"),
        ({"points_age": 2.0}, "no scan"),
        ({"points_in_base": np.array([[0.30, 0.0], [0.30, 0.05]])}, "collision"),
    ],
)
def test_restraint_holds_the_twist_back(changes: dict[str, object], rule: str) -> None:
    """Before a thing ahead, or without knowing, it is not walked on; turning away stays free."""
    restraint = Restraint(CONFIG.guard)
    joints, _ = standing_pose()
    free, none = restraint.limit(state(0.0, joints), Twist2(0.25))
    assert (free, none) == (Twist2(0.25), "")
    held, found = restraint.limit(state(0.0, joints, **changes), Twist2(0.25))
    assert found == rule
    assert held.vx < 0.05
