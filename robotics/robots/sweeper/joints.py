"""The sweeper's joints, in bus order."""

from __future__ import annotations

from robotics.assets import asset
from robotics.core.model import Model, load_model

JOINT_NAMES = ("wheel_left", "wheel_right", "brush_left", "brush_right", "brush_roller")
WHEELS = slice(0, 2)
BRUSHES = slice(2, 5)


def load() -> Model:
    """Return the sweeper's geometry and limits.

    Raises:
        ModelError: The URDF is broken or its joints are not ``JOINT_NAMES``.
    """
    return load_model(asset("urdf/sweeper/sweeper.urdf"), joints=JOINT_NAMES)
