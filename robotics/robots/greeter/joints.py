"""The greeter's 22 joints, in bus order, and the groups they form."""

from __future__ import annotations

from robotics.assets import asset
from robotics.core.model import Model, load_model

_ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
_LEG = ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle_pitch", "ankle_roll")

JOINT_NAMES: tuple[str, ...] = (
    "head_yaw",
    "head_pitch",
    *(f"left_{name}" for name in _ARM),
    *(f"right_{name}" for name in _ARM),
    *(f"left_{name}" for name in _LEG),
    *(f"right_{name}" for name in _LEG),
)
HEAD = slice(0, 2)
LEFT_ARM = slice(2, 6)
RIGHT_ARM = slice(6, 10)
LEFT_LEG = slice(10, 16)
RIGHT_LEG = slice(16, 22)


def load() -> Model:
    """Return the greeter's geometry and limits.

    Raises:
        ModelError: The URDF is broken or its joints are not ``JOINT_NAMES``.
    """
    return load_model(asset("urdf/greeter/greeter.urdf"), joints=JOINT_NAMES)
