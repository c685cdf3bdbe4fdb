"""One bump under physics: the greeter alone (``sim.gait_trial``), and a child at play."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.rotation import matrix_from_quaternion
from sim.gait_trial import Trial
from sim.romp import Child, RompingChild
from sim.witness import FALL_HEIGHT, FALL_TILT

RUN_UP = 1.1
"""The child starts so far from the robot's middle [m]."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an onlooker saw of one bump."""

    impulse: float
    """Given to the robot along the ground [N·s]."""
    force: float
    """Largest, mean of 10 ms [N]."""
    lasted: float
    """In touch for so long [s]."""
    tilt: float
    """Largest lean of the trunk [rad]."""
    moved: float
    """The robot stands so far from where it was [m]."""
    fell: bool
    up: bool
    """Whether it stands upright at the end."""
    gone: bool
    """Whether the child has stepped back."""


def bump(trial: Trial, child: Child, bearing: float, seconds: float, *, to_end: bool) -> Outcome:
    """Let a child run into the robot of a trial from now on.

    Args:
        trial: A greeter that has settled.
        child: Who.
        bearing: Where the child comes from, seen from the robot's front, left positive [rad].
        seconds: Looked on for so long [s].
        to_end: Also after a fall.
    """
    x, y, yaw = trial.body.true_pose()
    course = np.array([math.cos(yaw + bearing), math.sin(yaw + bearing)])
    start = np.array([x, y]) + RUN_UP * course
    romp = RompingChild(trial.world, trial.body.mechanism, child, start)
    end, tilt, fell = trial.since + seconds, 0.0, False
    while trial.since < end and (to_end or not fell):
        trial.tick()
        lean, height = _posture(trial)
        tilt = max(tilt, lean)
        fell = fell or lean > FALL_TILT or height < FALL_HEIGHT
    there, seen = trial.body.true_pose(), romp.bump
    lean, height = _posture(trial)
    return Outcome(
        impulse=float(np.hypot(*seen.impulse)),
        force=seen.peak,
        lasted=seen.lasted,
        tilt=tilt,
        moved=math.hypot(there[0] - x, there[1] - y),
        fell=fell,
        up=lean < FALL_TILT / 2 and height > FALL_HEIGHT,
        gone=seen.phase == "done",
    )


def _posture(trial: Trial) -> tuple[float, float]:
    """Return lean [rad] and height [m] of the trunk."""
    position, quaternion = trial.body.true_base()
    upright = float(matrix_from_quaternion(quaternion)[2, 2])
    return math.acos(min(1.0, upright)), float(position[2])
