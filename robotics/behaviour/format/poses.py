"""Poses by name, and how one of the left arm becomes one of the right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from robotics.behaviour.format.read import open_sheet
from robotics.behaviour.format.schema import Pose
from robotics.behaviour.format.sheet import Sheet, Spot, did_you_mean
from robotics.core.config import Location
from robotics.core.joints import JointTable

GROUPS: dict[str, tuple[str, ...]] = {
    "head": ("head_",),
    "arm_left": ("left_shoulder_", "left_elbow"),
    "arm_right": ("right_shoulder_", "right_elbow"),
    "arms": ("left_shoulder_", "left_elbow", "right_shoulder_", "right_elbow"),
}
"""How the names of a group's joints begin."""
REST = "rest"
"""The pose in which a movement begins that does not say where it begins."""
_TURNED = ("_roll", "_yaw")
"""Angles that change sign in the mirror."""
_POSES: TypeAdapter[Pose] = TypeAdapter(Pose)


def joints_of(pose: Mapping[str, float], group: str) -> dict[str, float]:
    """Return the part of a pose that belongs to a group [deg by joint].

    What it says of the right arm counts; what it leaves open there is the left arm in the mirror.
    """
    whole = mirrored(pose) | dict(pose)
    return {name: angle for name, angle in whole.items() if name.startswith(GROUPS[group])}


def mirrored(pose: Mapping[str, float]) -> dict[str, float]:
    """Return the left arm of a pose as the right one: roll and yaw change sign [deg]."""
    found = {}
    for name, angle in pose.items():
        if name.startswith(GROUPS["arm_left"]):
            turned = -angle if name.endswith(_TURNED) else angle
            found[name.replace("left_", "right_", 1)] = turned + 0.0
    return found


def read_poses(path: Path, table: JointTable) -> tuple[Sheet, dict[str, Mapping[str, float]]]:
    """Return what is wrong with a file of poses, and those that are right.

    Args:
        path: ``name: {joints: {joint: deg}}``.
        table: The robot's joints.
    """
    sheet = open_sheet(path)
    found: dict[str, Mapping[str, float]] = {}
    data = sheet.marked.data
    if not isinstance(data, dict):
        sheet.fault((), "empty" if data is None else "mapping", keys="rest")
        return sheet, found
    for name, value in data.items():
        try:
            pose = _POSES.validate_python(value)
        except ValidationError as error:
            for one in error.errors():
                words = {"value": repr(one["input"]), "mend": one["msg"], "mend_en": one["msg"]}
                sheet.fault((name, *one["loc"]), "value", **words)
            continue
        for joint, angle in pose.joints.items():
            check_angle(sheet, table, (name, "joints", joint), (joint, angle))
        found[name] = pose.joints
    return sheet, found


def check_angle(
    sheet: Sheet,
    table: JointTable,
    at: Location,
    asked: tuple[str, float],
    spot: Spot | None = None,
) -> bool:
    """Return whether a joint exists and can be at an angle; else the fault is noted.

    Args:
        sheet: Of the file.
        table: The robot's joints.
        at: Where the angle stands.
        asked: Joint, and angle [deg].
        spot: When, if it is a movement.
    """
    name, angle = asked
    if name not in table.names:
        mend, mend_en = did_you_mean(name, table.names)
        sheet.fault(at, "joint", name=name, mend=mend, mend_en=mend_en)
        return False
    joint = table.joints[table.index(name)]
    low, high = math.degrees(joint.lower), math.degrees(joint.upper)
    if low <= angle <= high:
        return True
    limit = high if angle > high else low
    when = spot or Spot()
    where = Spot(when.time, when.beat, name, angle, round(limit, 1), "deg")
    mend = f"{math.floor(high) if angle > high else math.ceil(low)}"
    sheet.fault(at, "joint_limit", where, low=f"{low:.1f}", high=f"{high:.1f}", mend=mend)
    return False
