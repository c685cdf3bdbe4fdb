"""How the greeter gets up: its keyframes, found by hand and by search under physics.

From the front: the legs draw in under the trunk, the hips go up until only feet and head carry,
the arms (4.8 N·m, too weak to lift the trunk) are put under the shoulders meanwhile and push only
where that takes little, back over the feet; then the trunk comes up over the soles. At no time is
swing needed. From the back and from the sides it rolls onto its front first: one foot, planted,
pushes the pelvis over the other side. The roll was found by CMA-ES (Hansen, "The CMA evolution
strategy: a tutorial", 2016) on the robot under physics, with a price on self-contact.

Angles are those of the left limb, see ``keyframes``.
"""

from __future__ import annotations

from dataclasses import dataclass

from robotics.control.keyframes import Keyframe

_STANCE = {"hip_roll": 0.06, "ankle_roll": -0.06}
"""Feet side by side, as far apart as in standing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A keyframe of getting up, and how the trunk should lie when it is reached."""

    frame: Keyframe
    pitch: float
    """Nose down, beyond a right angle where the head hangs below the hips [rad]."""
    balanced: bool = False
    """Whether the soles carry all the weight, so that the ankles keep it over them."""


def _up(
    time: float,
    pitch: float,
    arm: tuple[float, float, float],
    leg: tuple[float, float, float],
    *,
    head: float = 0.0,
    balanced: bool = False,
) -> Stage:
    """Return a stage with both sides alike.

    Args:
        time: Of the way there [s].
        pitch: Of the trunk at its end [rad].
        arm: Shoulder pitch, shoulder roll, elbow [rad].
        leg: Hip pitch, knee, ankle pitch [rad].
        head: Head pitch [rad].
        balanced: See ``Stage``.
    """
    names = ("shoulder_pitch", "shoulder_roll", "elbow", "hip_pitch", "knee", "ankle_pitch")
    angles = dict(zip(names, (*arm, *leg), strict=True))
    return Stage(Keyframe(time, {**_STANCE, **angles}, {}, {}, head), pitch, balanced)


FROM_FRONT = (
    _up(0.5, 1.57, (-2.6, 0.3, -0.6), (0.0, 0.0, 0.0)),
    _up(0.5, 1.57, (-2.0, 0.5, -2.2), (-0.3, 0.6, -1.2)),
    _up(0.8, 1.85, (-2.4, 0.4, -1.2), (-1.9, 2.0, -1.2)),
    _up(0.6, 2.03, (-2.4, 0.3, -0.6), (-1.9, 1.4, -1.2)),
    _up(0.8, 2.26, (-2.4, 0.3, -0.6), (-1.9, 0.5, -0.8), head=-0.5),
    _up(0.6, 2.33, (-2.4, 0.3, -2.1), (-1.9, 0.2, -0.6), head=-0.5),
    _up(0.4, 2.36, (-1.6, 0.2, -2.2), (-1.9, 0.0, -0.5)),
    _up(0.4, 2.36, (-1.25, 0.2, -2.1), (-1.9, 0.0, -0.5)),
    _up(0.8, 2.05, (-1.9, 0.2, -0.2), (-1.9, 0.0, 0.0)),
    _up(0.6, 1.65, (-1.9, 0.2, -0.1), (-1.9, 0.05, 0.21), balanced=True),
    _up(0.8, 1.15, (-1.2, 0.2, -0.2), (-1.7, 0.5, 0.05), balanced=True),
    _up(0.8, 0.60, (-0.6, 0.2, -0.3), (-1.2, 0.8, -0.2), balanced=True),
    _up(0.8, 0.06, (0.0, 0.18, -0.5), (-0.42, 0.75, -0.39), balanced=True),
)
"""From flat on the front to standing."""
