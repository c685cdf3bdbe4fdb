"""Numbers of the greeter that are not in its URDF."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.control.balance import StandParameters
from robotics.control.com_observer import ObserverParameters
from robotics.control.feedforward import Servos
from robotics.control.posture import PostureParameters
from robotics.control.walk_parameters import WalkParameters
from robotics.core.joints import JointTable

PERIOD = 0.005
"""Time of a tick [s]."""

_STIFFNESS = ((15.0, 150.0), (7.0, 75.0), (4.0, 35.0), (0.0, 15.0))
"""Kp [N·m/rad] of the servo family whose stall torque is above a limit [N·m]."""

REST = {
    "left_shoulder_roll": 0.18,
    "right_shoulder_roll": -0.18,
    "left_elbow": -0.5,
    "right_elbow": -0.5,
}
"""Arms hang a little off the body, elbows slightly bent [rad]."""


def servos(joints: JointTable) -> Servos:
    """Return stiffness and damping of the greeter's servos.

    The damping is that of a DC motor: stall torque over free speed.
    """
    effort, velocity = joints.column("effort"), joints.column("velocity")
    stiffness = [next(kp for above, kp in _STIFFNESS if torque > above) for torque in effort]
    return Servos(stiffness=np.array(stiffness), damping=effort / velocity)


@dataclass(frozen=True, slots=True)
class GreeterConfig:
    """All that may be tuned of the greeter's body."""

    walk: WalkParameters = field(default_factory=WalkParameters)
    observer: ObserverParameters = field(default_factory=ObserverParameters)
    stand: StandParameters = field(default_factory=StandParameters)
    upper: PostureParameters = field(
        default_factory=lambda: PostureParameters(
            rest=REST, head_in_base=(0.08, 0.0, 0.49), base_height=0.46
        )
    )
    still_twist: tuple[float, float, float] = (0.02, 0.02, 0.04)
    """A twist within this is no reason to lift a foot: [m/s], [m/s], [rad/s]."""
