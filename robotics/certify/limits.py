"""Joints along the way: angle, speed, torque."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding, Texts
from robotics.behaviour.margins import Margins
from robotics.certify.stage import Performance, Stage
from robotics.certify.when import beat_of
from robotics.control.dynamics import Effort
from robotics.core.arrays import Array, IntArray
from robotics.robots.greeter.config import PERIOD

ROUNDING = 1e-6
"""Angles and speeds are asked for in decimal degrees [rad], [rad/s]."""


@dataclass(frozen=True, slots=True)
class Excess:
    """What is compared with a limit, sample by sample."""

    rule: str
    time: Array
    """Shape (t,) [s]."""
    value: Array
    """Shape (t, k)."""
    limit: Array
    """Shape (t, k) or (k,); positive, and so is what is compared."""
    names: tuple[str, ...]
    """Of the columns."""
    unit: str = ""
    scale: float = 1.0
    """From SI to ``unit``."""


def exceeded(behaviour: Behaviour, one: Excess, problem: Texts, cure: Texts) -> tuple[Finding, ...]:
    """Return a finding for each column whose value is beyond its limit: the worst instant.

    ``{factor}`` in a cure is how many times too large it is.
    """
    limit = np.broadcast_to(one.limit, one.value.shape)
    over = one.value - limit
    found = []
    for column in np.flatnonzero((over > ROUNDING).any(axis=0)):
        worst = int(over[:, column].argmax())
        value, most = float(one.value[worst, column]), float(limit[worst, column])
        factor = value / max(most, 1e-9)
        time = float(one.time[worst])
        found.append(
            Finding(
                one.rule,
                problem,
                (cure[0].format(factor=factor), cure[1].format(factor=factor)),
                time=time,
                beat=beat_of(behaviour.grid, time),
                joint=one.names[column],
                value=value * one.scale,
                limit=most * one.scale,
                unit=one.unit,
            )
        )
    return tuple(found)


def check_angles(stage: Stage, played: Performance, margins: Margins) -> tuple[Finding, ...]:
    """Return where a joint is asked beyond its limits; a leg keeps ``leg_angle`` from them."""
    joints, behaviour = stage.model.joints, played.behaviour
    lower, upper = joints.column("lower"), joints.column("upper")
    legs = np.array(["hip" in n or "knee" in n or "ankle" in n for n in joints.names])
    spare = np.where(legs, margins.leg_angle, margins.angle)
    found: tuple[Finding, ...] = ()
    problem = ("关节超出范围", "the joint is asked beyond its range")
    cure = ("请改小角度", "keep the angle inside the range")
    for sign, limit in ((1.0, upper), (-1.0, lower)):
        asked = _authored_angles(stage, played)
        whole = np.vstack((asked, played.motion.position))
        time = np.concatenate((played.time[_on(played)], played.instants))
        # compared as a distance from the middle, so that both ends read as "too large"
        middle = 0.5 * (lower + upper)
        excess = Excess(
            "joint_angle",
            time,
            sign * (whole - middle),
            sign * (limit - middle) - spare,
            joints.names,
        )
        found += tuple(
            _as_angles(one, sign, float(np.degrees(middle[joints.index(one.joint)])))
            for one in exceeded(behaviour, excess, problem, cure)
        )
    return found


def check_speeds(stage: Stage, played: Performance, margins: Margins) -> tuple[Finding, ...]:
    """Return where a joint moves too fast, in the curves and in the blends."""
    joints, behaviour = stage.model.joints, played.behaviour
    free = joints.column("velocity")
    unit, scale = "deg/s", float(np.degrees(1.0))
    problem = ("关节太快", "the joint moves too fast")
    cure = ("给这个动作 {factor:.2f} 倍的时间", "give this movement {factor:.2f} times the time")
    found: tuple[Finding, ...] = ()
    if behaviour.clip is not None:
        places = list(joints.indices(*behaviour.clip.joints))
        time = played.time[_on(played)]
        speed = np.abs([behaviour.clip.velocity(float(t)) for t in time])
        limit = margins.clip_speed * free[places]
        authored = Excess("joint_speed", time, speed, limit, behaviour.clip.joints, unit, scale)
        found += exceeded(behaviour, authored, problem, cure)
    blended = np.abs(np.diff(played.upper, axis=0)) / PERIOD
    legs = np.abs(np.diff(played.motion.position, axis=0)) / played.motion.period
    named = {one.joint for one in found}
    for time, speed, share in (
        (played.time[1:], blended, margins.blended_speed),
        (played.instants[1:], legs, margins.blended_speed),
    ):
        excess = Excess("joint_speed", time, speed, share * free, joints.names, unit, scale)
        new = exceeded(behaviour, excess, problem, cure)
        found += tuple(one for one in new if one.joint not in named)
        named |= {one.joint for one in new}
    return found


def check_torques(
    stage: Stage, played: Performance, effort: Effort, margins: Margins
) -> tuple[Finding, ...]:
    """Return where a motor would have to give more than it has, at once or for long."""
    joints, behaviour = stage.model.joints, played.behaviour
    stall, free = joints.column("effort"), joints.column("velocity")
    speeds, _ = played.motion.rates()
    torque = np.abs(effort.torque)
    left = stall * np.maximum(margins.supply - np.abs(speeds[:, 6:]) / free, 0.0)
    peak = Excess(
        "joint_torque", played.instants, torque, margins.peak_torque * left, joints.names, "N·m"
    )
    found = exceeded(
        behaviour,
        peak,
        ("电机力矩不够", "the motor has not that much torque"),
        ("动作慢一点，手臂弯一点", "move slower, or keep the limb nearer to the body"),
    )
    heat = Excess(
        "joint_heat",
        played.instants,
        root_mean_square(effort.torque, played.motion.period, margins.thermal_time),
        margins.continuous_torque * stall,
        joints.names,
        "N·m",
    )
    return found + exceeded(
        behaviour,
        heat,
        ("电机会过热", "the motor gets hot: mean torque over the last seconds"),
        ("少举一会儿，或少蹲一点", "hold it for less long, or bend the knees less"),
    )


def root_mean_square(torque: Array, period: float, window: float) -> Array:
    """Return the running root mean square over ``window`` [s], of as much as there is, (t, n)."""
    count = max(1, round(window / period))
    summed = np.vstack((np.zeros(torque.shape[1]), np.cumsum(torque**2, axis=0)))
    ends = np.arange(1, len(torque) + 1)
    starts = np.maximum(ends - count, 0)
    least = min(count, len(torque))
    mean = (summed[ends] - summed[starts]) / np.maximum(ends - starts, least)[:, None]
    return np.asarray(np.sqrt(np.maximum(mean, 0.0)))


def _on(played: Performance) -> IntArray:
    """Return the ticks at which the behaviour itself plays, shape (k,)."""
    return np.flatnonzero((played.time >= 0.0) & (played.time <= played.behaviour.duration))


def _authored_angles(stage: Stage, played: Performance) -> Array:
    """Return the angles that the curves ask for; the other joints are at rest, (k, n) [rad]."""
    clip, ticks = played.behaviour.clip, _on(played)
    asked = np.tile(stage.rest, (len(ticks), 1))
    if clip is not None:
        places = list(stage.model.joints.indices(*clip.joints))
        asked[:, places] = [clip.evaluate(float(time)) for time in played.time[ticks]]
    return asked


def _as_angles(one: Finding, sign: float, middle: float) -> Finding:
    """Return a finding about a distance from the middle of a range as one about angles [deg]."""
    assert one.value is not None
    assert one.limit is not None
    value, limit = (middle + sign * float(np.degrees(v)) for v in (one.value, one.limit))
    return replace(one, value=value, limit=limit, unit="deg")
