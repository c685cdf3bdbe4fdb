"""Where and when to put the next foot down: pure functions.

Step adjustment keeps the divergent component of motion at its nominal offset from the new stance
foot; timing adjustment helps where the foot cannot reach (after Khadiv et al., "Walking control
based on step timing adaptation", 2020). Points are (forward, left) in the axes of the stance foot
with its sole centre as origin [m]; ``out`` is +1 where the swing foot is the left one, else -1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.control import pendulum
from robotics.control.body_reference import heading_of
from robotics.control.swing import pull
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array
from robotics.core.geometry import rotation2, wrap

STOPPED, HELD = (0.05, 0.045), (0.05, 0.07)
"""ξ (ahead, aside) from the middle between the feet with which a walk may end; with which both feet
can hold it for a moment [m]."""
_SHORTEN, _STRETCH = 0.4, 0.15
"""Share of a wanted change of step time that is made in one tick."""
_RELAX = 0.05
"""Share of what a step is too long or too short that is taken back in a tick without a reason."""
_TIPPING = 0.01
"""ξ nearer than this to a centre of pressure at the outer edge counts as so far inside [m]."""


class Landing(NamedTuple):
    """The next footprint, in the axes of the stance foot."""

    place: Array
    """Where the foot is to land, shape (2,)."""
    is_longest: bool
    """The length was cut at its limit."""


class Outlook(NamedTuple):
    """What decides when a step ends; places (2,), in the axes of the stance foot [m]."""

    dcm: Array
    """ξ now."""
    cop: Array
    """Centre of pressure now."""
    offset: Array
    """ξ from the next footprint, as it should be on landing."""
    out: int
    """+1 where the swing foot is the left one, else -1."""


def step_time(parameters: WalkParameters, twist: Array) -> float:
    """Return the time of a step [s]: fast steps come sooner, for a leg is only so long."""
    speed = float(np.linalg.norm(twist[:2]))
    if speed * parameters.step_time <= parameters.usual_step:
        return parameters.step_time
    return max(parameters.usual_step / speed, parameters.briskest)


def least_width(parameters: WalkParameters, turning: float, out: int) -> float:
    """Return how near to the other foot a foot may come that turns by ``turning`` [rad], in [m].

    Turning in, its toe comes nearer than its middle; turning out, its heel.
    """
    inward = math.sin(-out * turning)
    return parameters.least_width + max(parameters.toe * inward, -parameters.heel * inward)


def width(parameters: WalkParameters, twist: Array) -> float:
    """Return the mean distance of the feet across the direction of walking [m]."""
    time = step_time(parameters, twist)
    sides = (least_width(parameters, float(twist[2]) * time, out) for out in (1, -1))
    room = 0.5 * sum(sides) + abs(float(twist[1])) * time
    return max(parameters.stance_width, room)


def walking_height(parameters: WalkParameters, twist: Array) -> float:
    """Return the centre of mass's height [m], so low that the leg behind reaches its footprint."""
    half = 0.5 * float(np.linalg.norm(twist[:2])) * step_time(parameters, twist)
    behind = min(half + parameters.left_behind, 0.8 * parameters.longest_leg)
    reach = math.sqrt(parameters.longest_leg**2 - behind**2)
    return min(parameters.com_height, parameters.com_over_leg + reach)


def nominal_step(parameters: WalkParameters, twist: Array, out: int) -> Array:
    """Return the next footprint (2,) of an undisturbed walk with ``twist`` (vx, vy, wz)."""
    time = step_time(parameters, twist)
    across = out * width(parameters, twist) + float(twist[1]) * time
    least = least_width(parameters, float(twist[2]) * time, out)
    return np.array([twist[0] * time, out * max(out * across, least)])


def nominal_offset(parameters: WalkParameters, twist: Array, out: int, *, omega: float) -> Array:
    """Return ξ from the new stance foot at touch-down (2,), undisturbed.

    ``out`` tells the new swing foot.
    """
    time = step_time(parameters, twist)
    sway = pendulum.steady_sway(width(parameters, twist), omega=omega, time=time)
    step = twist[:2] * time
    pulled = parameters.leg_reaction * pull(
        2.0 * step, np.zeros(2), time - parameters.response, omega=omega
    )
    ahead, aside = step - pulled
    return np.array(
        [
            pendulum.steady_offset(float(ahead), omega=omega, time=time),
            out * sway + pendulum.steady_offset(float(aside), omega=omega, time=time),
        ]
    )


def limit_step(parameters: WalkParameters, place: Array, out: int, turning: float = 0.0) -> Landing:
    """Keep a footprint (2,), turned by ``turning`` [rad], within reach and off the other foot."""
    longest = parameters.longest_step
    forward = min(max(float(place[0]), -longest), longest)
    outward = out * float(place[1])
    least = least_width(parameters, turning, out)
    kept = min(max(outward, least), parameters.widest_step)
    return Landing(
        np.array([forward, out * kept]),
        abs(float(place[0])) > longest,
    )


def limit_cop(parameters: WalkParameters, cop: Array) -> Array:
    """Keep a centre of pressure (2,) well inside the stance sole."""
    low, high = parameters.cop_forward
    side = parameters.cop_outward
    return np.array([min(max(cop[0], low), high), min(max(cop[1], -side), side)])


def arrival(
    parameters: WalkParameters, outlook: Outlook, landing: Landing, *, omega: float
) -> float:
    """Return in how long ξ is where the step should end, at full length or sideways [s].

    Infinite where that says nothing: the centre of pressure does it alone.
    """
    dcm, cop, offset, out = outlook
    away = out * float(dcm[1] - cop[1])
    target = out * float((landing.place + offset - cop)[1])
    outward = out * float(cop[1])
    if landing.is_longest:
        away, target = float(dcm[0] - cop[0]), float((landing.place + offset - cop)[0])
    elif outward <= -parameters.cop_outward:
        # at the outer edge: no footprint inside can catch ξ, so stay as long as that holds it
        away = max(away, _TIPPING)
    elif outward < parameters.cop_outward or away < 0.004 or target < 0.01:
        return math.inf
    return pendulum.time_to_reach(away, target, omega=omega) + parameters.response


def adapt_time(
    parameters: WalkParameters,
    planned: float,
    *,
    usual: float,
    elapsed: float,
    arrival: float,
) -> float:
    """Return the new duration of this step [s].

    Args:
        parameters: Limits.
        planned: Duration so far [s].
        usual: Undisturbed, see ``step_time`` [s].
        elapsed: Time since lift-off [s].
        arrival: Time until ξ is where this step should end [s]; infinite if that says nothing.
    """
    shortest = parameters.quickest_step * usual
    longest = parameters.slowest_step * usual
    if math.isfinite(arrival):
        wanted = min(max(elapsed + arrival, shortest, elapsed + 0.03), longest)
        share = _STRETCH if wanted > planned else _SHORTEN
        planned += share * (wanted - planned)
    else:
        planned += _RELAX * (usual - planned)
    return planned


def are_beside(parameters: WalkParameters, soles: Array, sole_yaw: Array) -> bool:
    """Whether two feet, (2, 2) [m] with headings (2,) [rad], stand as they do at rest."""
    apart = rotation2(heading_of(sole_yaw)).T @ (soles[0] - soles[1])
    astray = np.linalg.norm(apart - (0.0, parameters.stance_width))
    twisted = abs(wrap(float(sole_yaw[0] - sole_yaw[1])))
    return bool(astray < 0.05 and twisted < 0.1)
