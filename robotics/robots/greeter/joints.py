"""The greeter's 22 joints, in bus order, and the groups they form."""

from __future__ import annotations

from pathlib import Path

from robotics.assets import asset
from robotics.core.model import Model, load_model
from robotics.robots.greeter.physique import check_physique

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
        ModelError: The URDF is broken, its joints are not ``JOINT_NAMES``, or it is of another
            size than the walk was made for.
    """
    return load_from(asset("urdf/greeter/greeter.urdf"))


def load_from(path: str | Path) -> Model:
    """Return the geometry and limits of a greeter's URDF, see ``load``.

    Raises:
        ModelError: As ``load``.
    """
    model = load_model(path, joints=JOINT_NAMES)
    check_physique(model)
    return model
