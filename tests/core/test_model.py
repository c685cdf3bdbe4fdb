"""A URDF is read whole or refused with its place; kinematics obey the textbook."""

from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import ModelError, UnknownName
from robotics.core.joints import Mode
from robotics.core.model import load_model

ARM = """<robot name="arm">
<link name="base"><inertial><mass value="2"/><inertia ixx="1" iyy="1" izz="1"/></inertial></link>
<link name="upper"><inertial><origin xyz="0 0 0.5"/><mass value="1"/>
  <inertia ixx="1" iyy="1" izz="1"/></inertial></link>
<link name="hand"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1"/></inertial></link>
<link name="wheel"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1"/></inertial></link>
<joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/>
  <origin xyz="0 0 1"/><axis xyz="0 1 0"/>
  <limit lower="-1" upper="2" effort="5" velocity="6"/></joint>
<joint name="grip" type="fixed"><parent link="upper"/><child link="hand"/>
  <origin xyz="0 0 1"/></joint>
<joint name="drive" type="continuous"><parent link="base"/><child link="wheel"/>
  <axis xyz="0 1 0"/><limit effort="5" velocity="6"/></joint>
</robot>"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "arm.urdf"
    path.write_text(text)
    return path


def test_joints_come_in_file_order_with_their_limits(tmp_path: Path) -> None:
    """A wheel has no angle limits and takes speeds."""
    table = load_model(_write(tmp_path, ARM)).joints
    assert table.names == ("shoulder", "drive")
    assert table.joints[0].mode is Mode.POSITION
    assert table.joints[1].mode is Mode.VELOCITY
    assert (table.joints[0].lower, table.joints[0].upper) == (-1.0, 2.0)
    assert np.isinf(table.joints[1].upper)


def test_a_positive_turn_about_y_tips_the_hand_forward(tmp_path: Path) -> None:
    """At 90° the hand is ahead of the shoulder and as high."""
    model = load_model(_write(tmp_path, ARM))
    position, rotation = model.pose_in_base("hand", np.array([np.pi / 2, 0.0]))
    assert position == pytest.approx([1.0, 0.0, 1.0])
    assert rotation @ [0, 0, 1] == pytest.approx([1, 0, 0])


def test_the_centre_of_mass_is_the_weighted_mean(tmp_path: Path) -> None:
    """2 kg at 0, 1 kg at 1.5, 1 kg at 2, 1 kg at 0: 0.7 m up."""
    model = load_model(_write(tmp_path, ARM))
    assert model.mass == 5.0
    assert model.com_in_base(np.zeros(2)) == pytest.approx([0.0, 0.0, 0.7])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<robot", "<robt", ["not XML"]),
        ('<robot name="arm">', '<robot name="arm"><link/>', ["<link>", "it has no name"]),
        ('name="hand"', 'name="upper"', ["link upper", "stands twice"]),
        ('<child link="hand"/>', '<child link="hnd"/>', ["joint grip", "'hnd'", "links: base"]),
        ('type="fixed"', 'type="planar"', ["joint grip", "'planar'", "fixed"]),
        ('upper="2"', 'upper="-2"', ["joint shoulder", "contradictory"]),
        ('velocity="6"', 'velocity="fast"', ["joint shoulder velocity", "'fast'"]),
        ('mass value="1"', 'mass value="0"', ["not positive"]),
        ('mass value="1"', 'mass value="nan"', ["finite"]),
        ('<axis xyz="0 1 0"/>\n', '<axis xyz="0 0 0"/>\n', ["axis", "zero"]),
        ('<parent link="base"/><child link="upper"/>', '<parent link="hand"/><child link="upper"/>',
         ["joint shoulder", "hangs in a loop"]),
    ],
)  # fmt: skip
def test_a_broken_urdf_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """File, joint or link, value, cure."""
    assert old in ARM
    with pytest.raises(ModelError) as caught:
        load_model(_write(tmp_path, ARM.replace(old, new, 1)))
    for word in ["arm.urdf", *words]:
        assert word in str(caught.value)


def test_a_missing_or_misplaced_joint_is_named(tmp_path: Path) -> None:
    """The code's order of joints has to be the URDF's."""
    path = _write(tmp_path, ARM)
    with pytest.raises(ModelError, match="joint elbow: it is missing"):
        load_model(path, joints=("shoulder", "elbow"))
    with pytest.raises(ModelError, match="the order must be drive, shoulder"):
        load_model(path, joints=("drive", "shoulder"))


def test_an_unknown_link_lists_those_that_exist(tmp_path: Path) -> None:
    """The error helps to find the name."""
    model = load_model(_write(tmp_path, ARM))
    with pytest.raises(UnknownName, match="did you mean 'hand'"):
        model.pose_in_base("hnd", np.zeros(2))
