"""Falling softly: lower the body, meet the ground with the limbs, yield.

A fall from a lower height carries less energy, and what yields takes less force (Fujiwara et al.,
"UKEMI: falling motion control", IROS 2002): the legs fold, the arms go where the ground comes from,
the head away from it, and no joint pushes with more than a share of its torque.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control.keyframes import Keyframe, Way
from robotics.core.arrays import Array
from robotics.core.joints import JointTable

_TIME = 0.25
"""Of the way into the posture [s]."""
_AHEAD = Keyframe(
    _TIME,
    {
        **{"shoulder_pitch": -1.5, "shoulder_roll": 0.4, "elbow": -0.9},
        **{"hip_pitch": -1.0, "knee": 1.5, "ankle_pitch": -0.6, "hip_roll": 0.25},
    },
    head_pitch=-0.45,
)
_BACK = Keyframe(
    _TIME,
    {
        **{"shoulder_pitch": -0.6, "shoulder_roll": 0.6, "elbow": -1.2},
        **{"hip_pitch": -1.5, "knee": 1.6, "ankle_pitch": -0.5, "hip_roll": 0.25},
    },
    head_pitch=0.55,
)
_ASIDE = Keyframe(
    _TIME,
    {
        **{"shoulder_pitch": -0.9, "shoulder_roll": 0.5, "elbow": -1.4},
        **{"hip_pitch": -1.0, "knee": 1.5, "ankle_pitch": -0.6, "hip_roll": 0.25},
    },
)
_SHARES = {"hip": 0.6, "knee": 0.5, "ankle": 0.5, "shoulder": 0.5, "elbow": 0.4, "head": 0.7}
"""Of the torque that a joint may use in a fall."""


def brace(direction: float, joints: JointTable) -> Way:
    """Return the posture for a fall towards ``direction``, seen from the base [rad]."""
    if abs(direction) < math.pi / 3.0:
        return _AHEAD.way(joints)
    if abs(direction) > 2.0 * math.pi / 3.0:
        return _BACK.way(joints)
    return _ASIDE.way(joints)


def yielding(joints: JointTable) -> Array:
    """Return the torque that each joint may use in a fall, shape (n,) [N·m]."""
    shares = [
        next(share for part, share in _SHARES.items() if part in name) for name in joints.names
    ]
    return np.asarray(joints.column("effort") * np.array(shares))
