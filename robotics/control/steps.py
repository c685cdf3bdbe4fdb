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
from numpy.typing import ArrayLike

from robotics.control import pendulum
from robotics.control.body_reference import heading_of
from robotics.control.swing import pull
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2, wrap

STOPPED, HELD = (0.05, 0.045), (0.05, 0.07)
"""ξ (ahead, aside) from the middle between the feet with which a walk may end; with which both feet
can hold it for a moment [m]."""
_SHORTEN, _STRETCH = 0.4, 0.15
"""Share of a wanted change of step time that is made in one tick."""
_RELAX = 0.05
"""Share of what a step is too long or too short that is taken back in a tick without a reason."""
_NEAR = 0.004
"""A footprint so near to where ξ needs it is good enough [m]."""
_TIMES = np.arange(0.02, 0.42, 0.01)
"""Until landing, as far as tried [s]."""
_PATIENCE = 0.01
"""A change of step time by 0.1 s has to bring the footprint nearer by a tenth of this [m/s]."""


class Landing(NamedTuple):
    """The next footprint, in the axes of the stance foot."""

    place: Array
    """Where the foot is to land, shape (2,) or (k, 2)."""
    missed: Array
    """How far that is from where ξ needs it, shape () or (k,) [m]."""

    @property
    def is_cut(self) -> bool:
        """Whether the footprint is not where ξ needs it."""
        return bool(self.missed > _NEAR)


class Room(NamedTuple):
    """What limits a footprint; places (2,), in the axes of the stance foot [m]."""

    out: int
    """+1 where the swing foot is the left one, else -1."""
    turning: float
    """By how much the foot turns [rad]."""
    foot: Array
    """Where the swing foot is now."""


class Outlook(NamedTuple):
    """What decides when a step ends; places (2,), in the axes of the stance foot [m]."""

    dcm: Array
    """ξ now."""
    cop: Array
    """Centre of pressure now."""
    offset: Array
    """ξ from the next footprint, as it should be on landing."""
    room: Room
    """For the footprint."""


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


def limit_step(
    parameters: WalkParameters, wanted: Array, room: Room, *, left: ArrayLike
) -> Landing:
    """Keep footprints within reach of the leg, of the time that is left, off the other foot.

    Args:
        parameters: Limits.
        wanted: Where ξ needs it, shape (2,) or (k, 2) [m].
        room: What limits it.
        left: Until landing, shape () or (k,) [s].
    """
    reach = parameters.swiftest * np.maximum(left, 0.0)
    way = wanted - room.foot
    far = np.maximum(np.linalg.norm(way, axis=-1), 1e-9)
    place = room.foot + np.minimum(reach / far, 1.0)[..., None] * way
    longest = parameters.longest_step
    least = least_width(parameters, room.turning, room.out)
    ahead = clamped(place[..., 0], -longest, longest)
    outward = clamped(room.out * place[..., 1], least, parameters.widest_step)
    kept = np.stack((ahead, room.out * outward), axis=-1)
    return Landing(kept, np.linalg.norm(wanted - kept, axis=-1))


def limit_cop(parameters: WalkParameters, cop: Array) -> Array:
    """Keep a centre of pressure (2,) well inside the stance sole."""
    low, high = parameters.cop_forward
    side = parameters.cop_outward
    return np.array([min(max(cop[0], low), high), min(max(cop[1], -side), side)])


def arrival(
    parameters: WalkParameters, outlook: Outlook, landing: Landing, *, left: float, omega: float
) -> float:
    """Return in how long the foot should land where it cannot be put where ξ needs it [s].

    Infinite where it can: centre of pressure and footprint do it alone. Of the times that a step
    may last, the one at which the nearest footprint misses least.

    Args:
        parameters: Limits.
        outlook: What is foreseen.
        landing: Where it would land by plan.
        left: Until then [s].
        omega: Rate of the pendulum [1/s].
    """
    if not landing.is_cut:
        return math.inf
    growth = np.exp(omega * _TIMES)[:, None]
    wanted = outlook.cop + (outlook.dcm - outlook.cop) * growth - outlook.offset
    missed = limit_step(parameters, wanted, outlook.room, left=_TIMES).missed
    missed = missed + _PATIENCE * np.abs(_TIMES - left)
    return float(_TIMES[int(np.argmin(missed))]) + parameters.response


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
