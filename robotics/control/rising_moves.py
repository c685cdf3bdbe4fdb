"""How the greeter gets up: its keyframes, found by hand under physics.

From the front: the legs draw in under the trunk, the hips go up until only feet and head carry,
the arms (4.8 N·m, too weak to lift the trunk) are put under the shoulders meanwhile and push only
where that takes little, back over the feet; then the trunk comes up over the soles. At no time is
swing needed. From the back and from the sides it rolls onto its front first: one foot, planted,
pushes the pelvis over the other side.

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

_LIMBS = (
    *("shoulder_pitch", "shoulder_roll", "elbow"),
    *("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle_pitch"),
)


def _limb(
    arm: tuple[float, float, float], leg: tuple[float, float, float, float, float]
) -> dict[str, float]:
    """Return the angles of one side [rad], in the order of ``_LIMBS``."""
    return dict(zip(_LIMBS, (*arm, *leg), strict=True))


_OVER = (-2.9, 0.2, -0.2)
"""The arm that it rolls over lies beside the head."""
_BENT = _limb(_OVER, (0.3, 0.1, -1.0, 1.5, 0.0))
"""The lower leg bent ahead: on its side, it does not roll back."""
FLAT = Keyframe(0.5, _limb((-0.3, 0.6, -0.6), (0.0, 0.25, -0.2, 0.4, 0.0)))
"""Limbs alike on both sides and apart: the same start for each roll."""
ROLL_LEFT = (
    FLAT,
    Keyframe(0.6, left=_BENT, right=_limb((0.5, 0.35, -0.3), (0.0, 0.0, -1.0, 2.2, -0.6))),
    Keyframe(1.0, left=_BENT, right=_limb((1.1, 0.35, -0.2), (0.5, 0.65, 0.95, 1.7, -0.5))),
    Keyframe(0.6, left=_BENT, right=_limb((-1.2, 0.0, -0.4), (0.6, 0.65, 0.95, 1.2, -0.3))),
    Keyframe(
        0.6,
        left=_limb(_OVER, (0.0, 0.1, 0.2, 0.4, 0.0)),
        right=_limb((-1.8, 0.1, -0.3), (0.6, 0.65, 0.95, 0.8, 0.0)),
    ),
    Keyframe(
        0.6,
        left=_limb(_OVER, (0.0, 0.1, 0.2, 0.1, 0.0)),
        right=_limb((-2.2, 0.0, -0.3), (0.3, 0.3, 0.3, 0.6, 0.0)),
    ),
    Keyframe(0.6, _limb((-2.6, 0.3, -0.6), (0.0, 0.2, 0.0, 0.0, 0.0))),
)
"""From the back, or the left side, over the left side onto the front: the right foot, planted,
pushes the pelvis up and over; the bent lower leg keeps it on its side; as that straightens, the
body comes down on its front."""
