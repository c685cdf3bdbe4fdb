"""The URDFs say what the README and the other parts of the house say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.core.joints import Mode
from robotics.core.model import Attachment, Model
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.sweeper import joints as sweeper_joints
from urdf.build import FOLDER

GREETER, SWEEPER = greeter_joints.load(), sweeper_joints.load()
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def rows() -> dict[str, list[str]]:
    """Return the joint tables' rows by joint name."""
    found = {}
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 10 and cells[0] not in {"joint", "---"}:
            found[cells[0]] = cells
    return found


def hang(model: Model, name: str) -> Attachment:
    """Return a joint by name."""
    return next(joint for joint in model.attachments if joint.name == name)


def test_joint_order_is_the_agreed_one() -> None:
    """22 joints head, arms, legs; five on the sweeper; the groups pick what they say."""
    names = greeter_joints.JOINT_NAMES
    assert GREETER.joints.names == names
    assert len(names) == 22
    assert names[greeter_joints.HEAD] == ("head_yaw", "head_pitch")
    for side in ("left", "right"):
        arm = names[getattr(greeter_joints, f"{side.upper()}_ARM")]
        leg = names[getattr(greeter_joints, f"{side.upper()}_LEG")]
        assert arm[0] == f"{side}_shoulder_pitch"
        assert arm[-1] == f"{side}_elbow"
        assert leg[0] == f"{side}_hip_yaw"
        assert leg[-1] == f"{side}_ankle_roll"
    assert SWEEPER.joints.names == sweeper_joints.JOINT_NAMES
    assert GREETER.base == "trunk"
    assert SWEEPER.base == "base"


@pytest.mark.parametrize("model", [GREETER, SWEEPER], ids=["greeter", "sweeper"])
def test_every_limit_stands_in_the_readme_with_a_reason(model: Model) -> None:
    """Axis, stops in both units, speed and torque agree; the reason is a sentence."""
    table = rows()
    for joint in model.joints.joints:
        cells = table[joint.name]
        axis = hang(model, joint.name).axis
        letter = ("-" if axis.sum() < 0 else "") + "xyz"[int(np.abs(axis).argmax())]
        assert cells[1] == letter
        assert [float(cells[6]), float(cells[7])] == [joint.velocity, joint.effort]
        if joint.mode is Mode.POSITION:
            assert [float(cells[2]), float(cells[3])] == [joint.lower, joint.upper]
            assert float(cells[4]) == pytest.approx(math.degrees(joint.lower), abs=0.051)
            assert float(cells[5]) == pytest.approx(math.degrees(joint.upper), abs=0.051)
        assert len(cells[8]) > 3
        assert len(cells[9]) >= len("as on the left")


def test_readme_has_no_other_joints_and_right_masses() -> None:
    """The tables name exactly the joints; group masses add up to the robots'."""
    assert set(rows()) == {*GREETER.joints.names, *SWEEPER.joints.names}
    for model, word in ((GREETER, "greeter's group"), (SWEEPER, "sweeper's group")):
        lines = README[README.index(word) :].splitlines()[2:6]
        total = sum(float(line.split("|")[2]) for line in lines)
        assert total == pytest.approx(model.mass, abs=0.02)


def test_leg_geometry() -> None:
    """Hip 0.065, thigh 0.23, shank 0.23, ankle 0.05; hip and ankle axes intersect."""
    for side, sign in (("left", 1), ("right", -1)):
        at = {
            name: hang(GREETER, f"{side}_{name}").position_child_in_parent
            for name in ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle_pitch", "ankle_roll")
        }
        np.testing.assert_allclose(at["hip_yaw"], (0, sign * 0.065, 0))
        np.testing.assert_allclose([at["hip_roll"], at["hip_pitch"], at["ankle_roll"]], 0.0)
        np.testing.assert_allclose(at["knee"], (0, 0, -0.23))
        np.testing.assert_allclose(at["ankle_pitch"], (0, 0, -0.23))
        np.testing.assert_allclose(
            hang(GREETER, f"{side}_sole").position_child_in_parent, (0, 0, -0.05)
        )


def test_left_and_right_joints_mirror() -> None:
    """Same place but for y, same axis; pitch keeps its range, roll and yaw mirror it."""
    table = {joint.name: joint for joint in GREETER.joints.joints}
    for name, left in table.items():
        if not name.startswith("left_"):
            continue
        other = name.replace("left_", "right_")
        right = table[other]
        one, two = hang(GREETER, name), hang(GREETER, other)
        np.testing.assert_allclose(one.axis, two.axis)
        np.testing.assert_allclose(
            one.position_child_in_parent * (1, -1, 1), two.position_child_in_parent
        )
        same = abs(one.axis[1]) > 0.5
        wanted = (left.lower, left.upper) if same else (-left.upper, -left.lower)
        assert (right.lower, right.upper) == wanted
        assert (right.velocity, right.effort) == (left.velocity, left.effort)


def test_positive_angles_bend_the_agreed_way() -> None:
    """Knee folds the foot back, elbow lifts the hand forward, left roll lifts the arm out."""
    straight = np.zeros(22)
    poses = {}
    for name, angle in (("left_knee", 0.5), ("left_elbow", -0.5), ("left_shoulder_roll", 0.5)):
        bent = straight.copy()
        bent[GREETER.joints.names.index(name)] = angle
        poses[name] = GREETER.poses_in_base(bent)
    rest = GREETER.poses_in_base(straight)
    assert poses["left_knee"]["left_foot"][0][0] < rest["left_foot"][0][0] - 0.05
    assert poses["left_elbow"]["left_hand"][0][0] > rest["left_hand"][0][0] + 0.05
    assert poses["left_shoulder_roll"]["left_hand"][0][1] > rest["left_hand"][0][1] + 0.05


def test_gestures_fit_the_limits() -> None:
    """Hand above the head, a crouch with the knee at 2.3, a face turned to a child."""
    limits = {joint.name: (joint.lower, joint.upper) for joint in GREETER.joints.joints}
    wanted = {"left_knee": 2.3, "left_ankle_pitch": -1.15, "left_hip_pitch": -1.7}
    for name, angle in wanted.items():
        assert limits[name][0] <= angle <= limits[name][1]
    up = np.zeros(22)
    up[GREETER.joints.names.index("right_shoulder_roll")] = -2.5
    palm, _ = GREETER.pose_in_base("right_hand", up)
    assert palm[2] > 0.55
    assert limits["head_pitch"] == (-0.7, 0.7)
    assert limits["head_yaw"] == (-1.6, 1.6)


def _heights(folder: Path, model: Model) -> tuple[float, float]:
    low, high = math.inf, -math.inf
    poses = model.poses_in_base(np.zeros(len(model.joints.names)))
    for name, (origin, rotation) in poses.items():
        file = folder / "meshes" / f"{name}.obj"
        if file.is_file():
            lines = [line.split()[1:] for line in file.read_text().splitlines() if line[:2] == "v "]
            z = origin[2] + np.array(lines, dtype=float) @ rotation[2]
            low, high = min(low, float(z.min())), max(high, float(z.max()))
    return low, high


def test_greeter_is_child_sized() -> None:
    """From the soles to the cap 1.08 to 1.12 m, and nothing hangs below the soles."""
    low, high = _heights(FOLDER / "greeter", GREETER)
    assert low == pytest.approx(-0.51, abs=1e-3)
    assert 1.08 <= high - low <= 1.12


def test_lidars_see_over_what_is_around_them() -> None:
    """No mesh of the sweeper but the lidar's own crosses its scan plane; kerb lidar looks down."""
    low, high = _heights(FOLDER / "sweeper", SWEEPER)
    assert low >= -1e-6
    assert high < 0.75
    poses = SWEEPER.poses_in_base(np.zeros(5))
    for name, (origin, rotation) in poses.items():
        file = FOLDER / "sweeper" / "meshes" / f"{name}.obj"
        if name == "lidar" or not file.is_file():
            continue
        lines = [line.split()[1:] for line in file.read_text().splitlines() if line[:2] == "v "]
        assert (origin[2] + np.array(lines, dtype=float) @ rotation[2]).max() < 0.59, name
    ahead = poses["kerb_lidar"][1] @ [1.0, 0.0, 0.0]
    assert math.degrees(math.asin(-ahead[2])) == pytest.approx(35.0, abs=1e-3)
    assert GREETER.poses_in_base(np.zeros(22))["lidar"][0] == pytest.approx([0.07, 0.0, 0.40])


def test_sweeping_width() -> None:
    """Bristles reach 0.20 m about (0.50, ±0.36), so 1.12 m are swept, beyond the body."""
    poses = SWEEPER.poses_in_base(np.zeros(5))
    for name, sign in (("brush_left_link", 1), ("brush_right_link", -1)):
        np.testing.assert_allclose(poses[name][0][:2], (0.50, sign * 0.36))
        text = (FOLDER / "sweeper" / "meshes" / f"{name}.obj").read_text()
        lines = [line.split()[1:3] for line in text.splitlines() if line[:2] == "v "]
        reach = np.hypot(*np.array(lines, dtype=float).T).max()
        assert reach == pytest.approx(0.20, abs=0.004)
