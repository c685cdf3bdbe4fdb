"""How the greeter sits down on the ground and stands up from there: its keyframes.

Down: a deep squat, the arms go back, the trunk leans back until the hands are on the ground behind;
then the feet are put out ahead one after the other, and the seat is let down between hands and
heels. In the sit the legs lie straight ahead, the trunk is upright against the stops of the hips
(they allow 1.9 rad), the arms hang beside: nothing of it needs torque.

Up: the hands, behind, lift the seat with the heels (nearly straight arms: their 4.8 N·m would not
carry bent ones), the feet come back one after the other. From a squat there is no way forward: the
centre of mass would be behind the heels. But with the knees pushed ahead and the pelvis lifted it
is 5 cm inside the soles while the hands still touch; so the hands let go there, and the trunk
comes up over the soles.

At every stage the robot could stay where it is. Angles are those of the left limb, see
``keyframes``.
"""

from __future__ import annotations

from robotics.control.keyframes import Keyframe
from robotics.control.rising_moves import Stage

Triple = tuple[float, float, float]
_STANCE = {"hip_roll": 0.08, "ankle_roll": -0.08}
_ARM = ("shoulder_pitch", "shoulder_roll", "elbow")
_LEG = ("hip_pitch", "knee", "ankle_pitch")


def _stage(
    time: float, pitch: float, arm: Triple, legs: tuple[Triple, Triple], *, balanced: bool = False
) -> Stage:
    """Return a stage.

    Args:
        time: Of the way there [s].
        pitch: Of the trunk at its end, nose down [rad].
        arm: Shoulder pitch, shoulder roll, elbow [rad].
        legs: Hip pitch, knee, ankle pitch [rad] of the left and the right leg.
        balanced: Whether the soles carry all the weight.
    """
    left, right = (dict(zip(_LEG, leg, strict=True)) for leg in legs)
    both = {**_STANCE, **dict(zip(_ARM, arm, strict=True))}
    return Stage(Keyframe(time, both, left, right), pitch, balanced)


def _alike(time: float, pitch: float, arm: Triple, leg: Triple, *, balanced: bool = False) -> Stage:
    """Return a stage with both legs alike, see ``_stage``."""
    return _stage(time, pitch, arm, (leg, leg), balanced=balanced)


_PROPPED = (1.35, 0.3, -0.05)
"""The arms, hands on the ground behind, the trunk leaning back by 1.05 rad."""
_NEAR, _LIFTED, _FAR = (-0.25, 2.28, -0.98), (-0.97, 2.05, -0.03), (-0.47, 0.69, 0.53)
"""The foot under the knee, in the air, and on its heel ahead."""
_SITTING = {"hip_yaw": 0.1, "hip_roll": 0.0, "ankle_roll": 0.0}
SEAT = Stage(
    Keyframe(
        0.8,
        {
            **_SITTING,
            **dict(zip(_ARM, (0.18, 0.3, -0.1), strict=True)),
            **dict(zip(_LEG, (-1.88, 0.42, 1.15), strict=True)),
        },
    ),
    0.02,
)
"""The sit."""
DOWN = (
    _alike(2.0, 0.12, (-0.9, 0.2, -0.3), (-1.35, 2.33, -1.1), balanced=True),
    _alike(1.2, -0.2, (1.0, 0.3, -0.05), (-1.0, 2.33, -1.15), balanced=True),
    _alike(1.0, -1.05, _PROPPED, (-0.25, 2.33, -1.15)),
    _alike(0.8, -1.05, _PROPPED, (-0.34, 2.26, -0.87)),
    _stage(0.8, -1.05, _PROPPED, (_LIFTED, _NEAR)),
    _stage(0.8, -1.05, _PROPPED, (_FAR, _NEAR)),
    _stage(0.8, -1.05, _PROPPED, (_FAR, _LIFTED)),
    _alike(0.8, -1.05, _PROPPED, _FAR),
    _alike(1.0, -0.65, (1.02, 0.3, -0.05), (-1.16, 0.77, 0.71)),
    _alike(1.0, -0.27, (0.67, 0.3, -0.05), (-1.69, 0.72, 0.88)),
    _alike(1.0, -0.06, (0.36, 0.3, -0.05), (-1.88, 0.59, 1.09)),
    SEAT,
)
"""From standing into the sit."""
UP = (
    _alike(0.8, -0.05, (0.55, 0.3, -0.05), (-1.87, 0.58, 1.04)),
    _alike(1.0, -0.57, (0.95, 0.3, -0.05), (-1.31, 0.78, 0.72)),
    _alike(1.0, -1.07, _PROPPED, _FAR),
    _stage(0.8, -1.06, _PROPPED, (_FAR, _LIFTED)),
    _stage(0.8, -1.08, _PROPPED, (_FAR, _NEAR)),
    _stage(0.8, -1.07, _PROPPED, (_LIFTED, _NEAR)),
    _alike(0.8, -1.10, _PROPPED, _NEAR),
    _alike(1.2, -1.33, (1.5, 0.3, -0.05), (0.45, 2.05, -1.18)),
    _alike(1.0, -1.38, (1.5, 0.3, -0.05), (0.8, 1.75, -1.18)),
    _alike(1.0, -1.25, (1.0, 0.3, -0.05), (0.59, 1.75, -1.18), balanced=True),
    _alike(1.0, -0.85, (0.0, 0.3, -0.2), (0.24, 1.75, -1.18), balanced=True),
    _alike(1.0, -0.40, (-0.5, 0.25, -0.3), (-0.25, 1.6, -0.95), balanced=True),
    _alike(1.0, 0.0, (-0.3, 0.2, -0.4), (-0.66, 1.3, -0.64), balanced=True),
)
"""From the sit into a squat on flat soles."""
BACK = (11, 10, 8, 8, 7, 6, 5)
"""Where to go on in ``DOWN`` for each of the first stages of ``UP``, if it is to sit again."""
