"""Falling softly: lower the body, meet the ground with the limbs, yield.

A fall from a lower height carries less energy, and what yields takes less force (Fujiwara et al.,
"UKEMI: falling motion control", IROS 2002): the legs fold, the arms go where the ground comes from,
the head away from it, and no joint pushes with more than a share of its torque. Two things do not
yield: the legs stay apart (a thigh that is knocked against the other is a blow, too), and a joint
that is driven towards the end of its range is held back with all that it has.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control.keyframes import Keyframe, Way
from robotics.core.arrays import Array, clamped
from robotics.core.joints import JointTable
from robotics.core.messages import Joints

_TIME = 0.25
"""Of the way into the posture [s]."""
_SPREAD = 0.35
"""Of each leg to its side [rad]."""
_OUT = 0.4
"""Of each knee: of a thigh that is bent ahead it is the yaw that keeps it off the other [rad]."""
_APART = {"hip_roll": _SPREAD, "hip_yaw": _OUT}
_FOLDED = {"hip_pitch": -1.0, "knee": 1.5, "ankle_pitch": -0.6, **_APART}
_AHEAD = Keyframe(
    _TIME,
    {"shoulder_pitch": -1.5, "shoulder_roll": 0.4, "elbow": -0.9, **_FOLDED},
    head_pitch=-0.45,
)
_BACK = Keyframe(
    _TIME,
    {
        **{"shoulder_pitch": -0.6, "shoulder_roll": 0.6, "elbow": -1.2},
        **{"hip_pitch": -1.5, "knee": 1.6, "ankle_pitch": -0.5, **_APART},
    },
    head_pitch=0.45,
)
_ASIDE = Keyframe(_TIME, {"shoulder_pitch": -2.2, "shoulder_roll": 0.9, "elbow": -0.9, **_FOLDED})
_SHARES = {
    **{"hip_roll": 1.0, "hip_yaw": 1.0, "hip": 0.6, "knee": 0.5, "ankle": 0.5},
    **{"shoulder": 0.5, "elbow": 0.4, "head": 0.7},
}
"""Of the torque that a joint may use in a fall."""
_KEPT = 0.4
"""Share of the torque with which the legs of a robot that lies are kept apart: on its side, the
upper one would rest on the lower one."""
_ROOM, _FORESIGHT = 0.25, 0.03
"""A joint that will be nearer to its end [rad] after so long [s] is held back."""
_INSIDE = 0.12
"""A robot that lies holds its joints so far from their ends [rad]."""


def brace(direction: float, joints: JointTable) -> Way:
    """Return the posture for a fall towards ``direction``, seen from the base [rad]."""
    if abs(direction) < math.pi / 3.0:
        return _AHEAD.way(joints)
    if abs(direction) > 2.0 * math.pi / 3.0:
        return _BACK.way(joints)
    return _ASIDE.way(joints)


def apart(joints: JointTable, position: Array) -> Array:
    """Return ``position`` (n,) with the legs at least as far apart as in a fall [rad].

    At once, as fast as the motors can: feet that were about to pass each other would knock while
    the other joints begin to move. The leg that carries cannot go aside, and one that is out
    already must not come back; so both go by as much from where they are, within their limits.
    """
    left, right = joints.index("left_hip_roll"), joints.index("right_hip_roll")
    most = min(float(joints.column("upper")[left]), -float(joints.column("lower")[right]))
    spread = np.array(position)
    middle = 0.5 * (spread[left] + spread[right])
    half = max(0.5 * (spread[left] - spread[right]), _SPREAD)
    over = max(abs(middle) + half - most, 0.0)
    middle -= math.copysign(over, middle)
    spread[left], spread[right] = middle + half, middle - half
    return spread


def yielding(joints: JointTable) -> Array:
    """Return the torque that each joint may use in a fall, shape (n,) [N·m]."""
    shares = [
        next(share for part, share in _SHARES.items() if part in name) for name in joints.names
    ]
    return np.asarray(joints.column("effort") * np.array(shares))


def limp(joints: JointTable, share: float) -> Array:
    """Return the torque that each joint may use lying, a ``share`` of its own, (n,) [N·m]."""
    shares = [_KEPT if name.endswith(("hip_roll", "hip_yaw")) else share for name in joints.names]
    return np.asarray(joints.column("effort") * np.array(shares))


def at_rest(joints: JointTable, position: Array) -> Array:
    """Return where a robot that lies at ``position`` holds its joints, (n,) [rad]."""
    return clamped(position, joints.column("lower") + _INSIDE, joints.column("upper") - _INSIDE)


def cushioned(joints: JointTable, state: Joints, effort: Array) -> Array:
    """Return torque limits (n,) [N·m] that grow to the full torque towards the ends of a joint.

    Args:
        joints: The joint table.
        state: How the joints are.
        effort: What they may use otherwise, shape (n,) [N·m].
    """
    there = state.position + _FORESIGHT * state.velocity
    room = np.minimum(there - joints.column("lower"), joints.column("upper") - there)
    near = np.clip(1.0 - room / _ROOM, 0.0, 1.0)
    return np.asarray(effort + near * (joints.column("effort") - effort))
