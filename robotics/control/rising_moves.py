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

_STANCE = {"hip_roll": 0.08, "ankle_roll": -0.08}
"""Feet a little wider apart than in standing: thighs and soles must not rub."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A keyframe of getting up, and how the trunk should lie when it is reached."""

    frame: Keyframe
    pitch: float | None = None
    """Nose down, beyond a right angle where the head hangs below the hips [rad]; None where it may
    still lie on an arm, and lean."""
    balanced: bool = False
    """Whether the soles carry all the weight, so that the ankles keep it over them."""


def _up(
    time: float,
    pitch: float | None,
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
    Stage(
        Keyframe(
            0.5,
            {
                **{"shoulder_pitch": -2.6, "shoulder_roll": 0.3, "elbow": -0.6},
                **{"hip_roll": 0.25, "ankle_roll": -0.1},
            },
        )
    ),
    _up(0.5, None, (-2.0, 0.5, -2.2), (-0.3, 0.6, -1.2)),
    _up(0.8, None, (-2.4, 0.4, -1.2), (-1.9, 2.0, -1.2)),
    _up(0.6, None, (-2.4, 0.3, -0.6), (-1.9, 1.4, -1.2)),
    _up(0.8, 2.26, (-2.4, 0.3, -0.6), (-1.9, 0.5, -0.8), head=-0.5),
    _up(0.6, 2.33, (-2.4, 0.3, -2.1), (-1.9, 0.2, -0.6), head=-0.5),
    _up(0.4, 2.36, (-1.6, 0.2, -2.2), (-1.9, 0.0, -0.5)),
    _up(0.4, 2.36, (-1.25, 0.2, -2.1), (-1.9, 0.0, -0.5)),
    _up(0.7, 2.00, (-1.9, 0.2, -0.2), (-1.9, 0.05, 0.0)),
    _up(0.4, 1.55, (-1.6, 0.2, -0.1), (-1.9, 0.4, 0.0)),
    _up(0.8, 1.20, (-1.2, 0.2, -0.2), (-1.75, 0.65, -0.05), balanced=True),
    _up(0.8, 0.60, (-0.6, 0.2, -0.3), (-1.2, 0.8, -0.2), balanced=True),
    _up(0.8, 0.06, (0.0, 0.18, -0.5), (-0.42, 0.75, -0.39), balanced=True),
)
"""From flat on the front to standing."""

_OVER = {"shoulder_pitch": -2.9, "shoulder_roll": 0.2, "elbow": -0.2}
"""The arm that it rolls over lies beside the head."""
ROLL_LEFT = (
    Keyframe(
        0.5,
        left=_OVER,
        right={
            **{"shoulder_pitch": 0.5, "shoulder_roll": 0.6, "elbow": -0.3},
            **{"hip_pitch": -1.0, "knee": 2.2, "ankle_pitch": -0.6},
        },
    ),
    Keyframe(
        1.0,
        left={**_OVER, "hip_yaw": 0.34, "hip_roll": -0.04},
        right={
            **{"shoulder_pitch": 1.06, "shoulder_roll": 0.2, "shoulder_yaw": 0.07, "elbow": -0.22},
            **{"hip_yaw": -0.34, "hip_roll": -0.63, "hip_pitch": 0.59},
            **{"knee": 2.03, "ankle_pitch": -0.54},
        },
    ),
    Keyframe(
        0.5,
        left={**_OVER, "hip_yaw": -0.18, "hip_roll": -0.22, "hip_pitch": 0.31, "knee": 0.19},
        right={
            **{"shoulder_pitch": -0.54, "shoulder_yaw": 0.47, "elbow": -0.56},
            **{"hip_yaw": -0.9, "hip_roll": -0.33, "hip_pitch": 0.95},
            **{"knee": 1.35, "ankle_pitch": -0.04},
        },
    ),
    Keyframe(
        0.7,
        left={**_OVER, "hip_yaw": -0.49, "hip_roll": 0.14, "knee": 0.58},
        right={
            **{"shoulder_pitch": -2.26, "shoulder_roll": -0.15, "shoulder_yaw": 0.25},
            **{"elbow": -0.23, "hip_yaw": -0.69, "hip_roll": -0.62, "hip_pitch": 0.59},
            **{"knee": 1.38, "ankle_pitch": -0.49},
        },
    ),
    Keyframe(
        0.5,
        {
            **{"shoulder_pitch": -2.6, "shoulder_roll": 0.3, "elbow": -0.6},
            **{"hip_roll": 0.15, "ankle_roll": -0.1},
        },
    ),
)
"""From the back or the left side over the left side onto the front."""
