"""Numbers of the greeter that are not in its URDF."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.control.balance import StandParameters
from robotics.control.com_observer import ObserverParameters
from robotics.control.feedforward import Servos
from robotics.control.guard import GuardConfig
from robotics.control.posture import PostureParameters
from robotics.control.stopping import Body
from robotics.control.touch import TouchParameters
from robotics.control.trunk import TrunkParameters
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, frozen
from robotics.core.joints import JointTable
from robotics.planning.navigator import NavigatorConfig
from robotics.planning.predictive.config import Limits, PredictiveConfig
from robotics.planning.profile import Pace
from robotics.planning.search import Room

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


def footprint_discs() -> Array:
    """Return the footprint, shoulders and arms included, as discs (x, y, radius), (3, 3) [m]."""
    return np.asarray(frozen([(0.0, 0.12, 0.16), (0.0, -0.12, 0.16), (0.02, 0.0, 0.18)]))


def footprint_outline() -> Array:
    """Return points whose convex hull is the footprint, shape (k, 2) [m]."""
    around = np.arange(12) * (2.0 * np.pi / 12)
    return np.asarray(
        frozen(
            [
                (x + radius * np.cos(angle), y + radius * np.sin(angle))
                for x, y, radius in footprint_discs()
                for angle in around
            ]
        )
    )


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
    touch: TouchParameters = field(default_factory=TouchParameters)
    upper: PostureParameters = field(
        default_factory=lambda: PostureParameters(
            rest=REST, head_in_base=(0.06, 0.0, 0.55), base_height=0.49
        )
    )
    trunk: TrunkParameters = field(default_factory=TrunkParameters)
    lead: float = 0.01
    """Clips of joints are read so much ahead, for the body comes late by as much: see
    ``benchmarks/beat.py`` [s]."""
    tracker: PredictiveConfig = field(
        default_factory=lambda: PredictiveConfig(
            Limits(
                speed=0.45,
                turn_rate=0.6,
                acceleration=0.3,
                angular_acceleration=0.9,
                sideways=0.08,
                backward=0.2,
            )
        )
    )
    navigator: NavigatorConfig = field(
        default_factory=lambda: NavigatorConfig(
            pace=Pace(speed=0.45, acceleration=0.2, turn_rate=0.6),
            room=Room(0.28, 0.20),
            approach=0.0,  # it turns on the spot
            slows=False,
        )
    )
    guard: GuardConfig = field(
        default_factory=lambda: GuardConfig(
            # measured (benchmarks/braking.py): from 0.45 m/s to rest in 0.9 s and 0.26 m at most,
            # where this keeps 0.34 m free; from 0.6 rad/s in 0.7 s and 0.23 rad of 0.28
            Body(footprint_outline(), deceleration=0.45, reaction=0.25, spin_deceleration=1.35)
        )
    )
    target_rate: float = 60.0
    """Largest change of a joint target [rad/s]: torque asked for as an offset changes in one tick
    when a foot lands; the servo's own speed is limited by its motor."""
    still_twist: tuple[float, float, float] = (0.02, 0.02, 0.04)
    """A twist within this is no reason to lift a foot: [m/s], [m/s], [rad/s]."""
