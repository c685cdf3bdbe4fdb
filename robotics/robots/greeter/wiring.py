"""The greeter's devices: 22 servos and the sensor board on one bus."""

from __future__ import annotations

from robotics.core.joints import JointTable
from robotics.robots.greeter.joints import JOINT_NAMES
from robotics.robots.wiring import ServoWire, ServoWiring
from robotics.wire.servos import XM430_W210, XM430_W350, XM540_W150

BAUD = 4_000_000
"""Speed of the bus [bit/s]: 26 devices 200 times a second."""

_REVERSED = ("shoulder_pitch", "elbow", "hip_pitch", "knee", "ankle_pitch")
"""Servos of the right limbs that are mounted as mirror images of the left ones."""

_SECOND = ("hip_roll", "hip_pitch", "knee", "ankle_pitch", "ankle_roll")
"""Joints of a leg that two servos share."""
FOLLOWERS = {101 + place: name for place, name in enumerate(JOINT_NAMES) if name.endswith(_SECOND)}
"""The second servo of such a joint, by its id: 100 more than the first one's. It has its motor's
signal from that one by a cable, but its power, and so a place on the bus, as everybody."""


def wiring(joints: JointTable) -> ServoWiring:
    """Return the servo of each joint; ids count from 1 in the order of the joint table."""
    return ServoWiring(
        tuple(_servo(place + 1, name) for place, name in enumerate(JOINT_NAMES)), joints
    )


def _servo(id: int, name: str) -> ServoWire:
    side, _, axis = name.partition("_")
    if side == "head":
        return ServoWire(id, XM430_W210)
    is_leg = axis.startswith(("hip", "knee", "ankle"))
    sign = -1 if side == "right" and axis in _REVERSED else 1
    return ServoWire(id, XM540_W150 if is_leg else XM430_W350, sign)
