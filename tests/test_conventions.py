"""The conventions of docs/conventions.md, each shown in physics."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from robotics.core.arrays import Array
from robotics.core.messages import Command, Observation
from robotics.core.model import Model
from robotics.core.rotation import matrix_from_quaternion, rpy_from_matrix
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.sweeper import joints as sweeper_joints
from sim.body import BodySpec, BulletBody, greeter_spec, sweeper_spec
from sim.bullet import BulletWorld
from sim.sensors import QUIET
from sim.world_model import Solid

GREETER = replace(greeter_spec(), noise=QUIET)
SWEEPER = replace(sweeper_spec(), noise=QUIET)
JOINTS = GREETER.model.joints


def body_of(spec: BodySpec, world: BulletWorld | None = None) -> BulletBody:
    """Return a body at the origin, facing +x."""
    body = BulletBody(world or BulletWorld(), spec, (0, 0, 0), np.random.default_rng(1))
    body.reset()
    return body


def obey(body: BulletBody, target: Array, seconds: float) -> Observation:
    """Hold a set-point and return the last observation."""
    command = Command(target, body.spec.model.joints.column("effort"))
    for _ in range(round(seconds / body.period)):
        body.act(command)
        seen = body.observe()
    return seen


def roll(vx: float, wz: float) -> BulletBody:
    """Drive the sweeper for two seconds with the wheel speeds of a twist."""
    body = body_of(SWEEPER)
    wheels = np.array([vx - 0.32 * wz, vx + 0.32 * wz]) / 0.15
    obey(body, np.array([*wheels, 0.0, 0.0, 0.0]), 2.0)
    return body


def test_forward_wheels_move_it_to_plus_x() -> None:
    """+vx is +x of the body."""
    x, y, _ = roll(0.5, 0.0).true_pose()
    assert x > 0.5
    assert abs(y) < 0.02


def test_positive_wz_turns_left() -> None:
    """+wz is counter-clockwise from above, and the gyro's z agrees."""
    body = roll(0.0, 0.5)
    assert 0.4 < body.true_pose()[2] < 1.1
    assert obey(body, np.array([-1.0, 1.0, 0, 0, 0]), 0.2).imu.angular_velocity[2] > 0.2


def test_nose_down_is_positive_pitch() -> None:
    """Pushed over its toes, the greeter pitches positively, and gravity moves to -x of the IMU."""
    body = body_of(GREETER)
    for _ in range(120):
        body.mechanism.push((60.0, 0.0, 0.0), (0.0, 0.0, 0.3))
        body.act(Command(GREETER.initial_joints, JOINTS.column("effort")))
        seen = body.observe()
    assert rpy_from_matrix(matrix_from_quaternion(body.true_base()[1]))[1] > 0.3
    assert seen.imu.angular_velocity[1] > 0.1


def test_left_down_is_negative_roll() -> None:
    """Pushed to its left, the greeter's left goes down: negative roll."""
    body = body_of(GREETER)
    for _ in range(100):
        body.mechanism.push((0.0, 60.0, 0.0), (0.0, 0.0, 0.3))
        body.observe()
    assert rpy_from_matrix(matrix_from_quaternion(body.true_base()[1]))[0] < -0.2


@pytest.mark.parametrize(
    ("joint", "angle", "link", "axis"),
    [
        ("left_shoulder_roll", 0.6, "left_hand", (0, 1, 0)),
        ("right_shoulder_roll", -0.6, "right_hand", (0, -1, 0)),
        ("left_shoulder_pitch", -0.8, "left_hand", (1, 0, 0)),
        ("right_elbow", -1.5, "right_hand", (1, 0, 0)),
        ("left_knee", 0.6, "left_sole", (-1, 0, 0)),
        ("left_hip_pitch", -0.6, "left_sole", (1, 0, 0)),
        ("left_hip_roll", 0.4, "left_sole", (0, 1, 0)),
    ],
)
def test_joints_turn_as_the_table_says(
    joint: str, angle: float, link: str, axis: tuple[int, ...]
) -> None:
    """Moved by physics to an angle, a joint takes the hand or sole the way that the table says."""
    spec = replace(GREETER, base_height=3.0)
    body = body_of(spec)
    body.observe()
    before = spec.model.pose_in_base(link, body.joint_positions())[0]
    target = np.array(GREETER.initial_joints)
    target[JOINTS.index(joint)] += angle
    obey(body, target, 0.5)
    after = spec.model.pose_in_base(link, body.joint_positions())[0]
    assert (after - before) @ np.array(axis) > 0.05


@pytest.mark.parametrize(("joint", "axis"), [("head_yaw", (0, 1, 0)), ("head_pitch", (0, 0, -1))])
def test_the_head_looks_left_and_down_with_positive_angles(
    joint: str, axis: tuple[int, ...]
) -> None:
    """Positive yaw turns the camera's x axis to the left, positive pitch turns it down."""
    body = body_of(GREETER)
    target = np.array(GREETER.initial_joints)
    target[JOINTS.index(joint)] = 0.5
    obey(body, target, 0.5)
    forward = GREETER.model.pose_in_base("camera", body.joint_positions())[1][:, 0]
    assert forward @ np.array(axis) > 0.4


def test_the_accelerometer_reads_plus_g_on_z_at_rest() -> None:
    """Specific force, not acceleration."""
    body = body_of(SWEEPER)
    seen = obey(body, np.zeros(5), 1.0)
    assert np.allclose(seen.imu.linear_acceleration, (0.0, 0.0, 9.81), atol=0.05)


def test_the_beam_at_plus_90_degrees_sees_what_is_on_the_left() -> None:
    """A post on the left stands in the beam at +π/2, one ahead would in the middle beam."""

    class _Post:
        solids = (
            Solid(
                "post", "post", ((-0.5, 3.0), (0.5, 3.0), (0.5, 3.4), (-0.5, 3.4)), 0, 2, (1,) * 4
            ),
        )
        places = ()

    for spec in (SWEEPER, GREETER):
        body = BulletBody(BulletWorld(_Post()), spec, (0, 0, 0), np.random.default_rng(1))  # type: ignore[arg-type]
        scan = body.reset().scan
        assert scan is not None
        seen = np.isfinite(scan.range)
        assert np.isclose(scan.range[270], 3.0, atol=0.01)
        assert np.isclose(scan.angle[270], np.pi / 2)
        assert np.all(np.abs(scan.angle[seen] - np.pi / 2) < 0.3)


def test_the_kerb_lidar_looks_down_and_ahead() -> None:
    """Its middle beam meets the ground half a metre high over the sine of 35° away."""
    scan = body_of(SWEEPER).reset().kerb_scan
    assert scan is not None
    middle = scan.range[np.abs(scan.angle) < 0.02]
    assert np.allclose(middle, 0.5 / np.sin(np.radians(35.0)), atol=0.01)


def test_quaternions_are_x_y_z_w() -> None:
    """Ours, SciPy's and the physics engine's order are the same."""
    body = BulletBody(BulletWorld(), SWEEPER, (0, 0, 1.2), np.random.default_rng(1))
    quaternion = body.true_base()[1]
    assert np.allclose(quaternion, Rotation.from_euler("z", 1.2).as_quat(), atol=1e-6)
    assert np.allclose(
        matrix_from_quaternion(quaternion), Rotation.from_quat(quaternion).as_matrix()
    )


def test_foot_cells_are_front_left_front_right_rear_left_rear_right() -> None:
    """Leaning forward loads the front cells; leaning left loads the left foot."""
    for push, loaded in (((8.0, 0, 0), "front"), ((0, 8.0, 0), "left")):
        body = body_of(GREETER)
        for _ in range(30):
            body.mechanism.push(push, (0.0, 0.0, 0.2))
            body.mechanism.push(push, (0.0, 0.0, 0.2))
            seen = body.observe()
        force = seen.contacts.foot_force
        if loaded == "front":
            assert force[:, :2].sum() > force[:, 2:].sum()
        else:
            assert force[0].sum() > force[1].sum()


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (greeter_joints.load(), greeter_joints.JOINT_NAMES),
        (sweeper_joints.load(), sweeper_joints.JOINT_NAMES),
    ],
)
def test_joint_order_is_urdf_order(model: Model, names: tuple[str, ...]) -> None:
    """The table, the file and the array agree."""
    assert model.joints.names == names


def test_each_array_place_moves_its_own_joint() -> None:
    """In physics, set-point k moves reading k and no other: the engine's order does not leak."""
    spec = replace(GREETER, base_height=50.0, sensor_delay=0.0)
    body = body_of(spec)
    for place in range(len(JOINTS)):
        body.reset()
        low, high = JOINTS.joints[place].lower, JOINTS.joints[place].upper
        start = GREETER.initial_joints[place]
        target = np.array(GREETER.initial_joints)
        target[place] += 0.3 if start + 0.3 < high else max(-0.3, low - start)
        moved = obey(body, target, 0.2).joints.position - GREETER.initial_joints
        assert int(np.argmax(np.abs(moved))) == place
