"""The linear inverted pendulum: closed forms of walking, as pure functions.

With the centre of mass c at constant height and the centre of pressure p under the feet,
c̈ = ω² (c - p). Its unstable half is the divergent component of motion ξ = c + ċ/ω, also called the
capture point, which obeys ξ̇ = ω (ξ - p) (Kajita 2001; Pratt 2006; Englsberger 2015). Points are
horizontal, shape (2,) [m]; each function works for scalars too.
"""

from __future__ import annotations

import math

from robotics.core.arrays import Array

GRAVITY = 9.81
"""[m/s²]."""


def rate(height: float) -> float:
    """Return ω [1/s] of a centre of mass at ``height`` [m] above the ground."""
    return math.sqrt(GRAVITY / height)


def divergent(com: Array, velocity: Array, omega: float) -> Array:
    """Return the divergent component of motion ξ = c + ċ/ω."""
    return com + velocity / omega


def advance(
    com: Array, velocity: Array, cop: Array, *, omega: float, time: float
) -> tuple[Array, Array]:
    """Return the centre of mass and its velocity after ``time`` [s] over a fixed ``cop``."""
    c, s = math.cosh(omega * time), math.sinh(omega * time)
    away = com - cop
    return cop + away * c + velocity * (s / omega), away * (omega * s) + velocity * c


def divergent_after(dcm: Array, cop: Array, *, omega: float, time: float) -> Array:
    """Return ξ after ``time`` [s] over a fixed ``cop``: ξ runs away from it exponentially."""
    return cop + (dcm - cop) * math.exp(omega * time)


def cop_to_reach(dcm: Array, target: Array, *, omega: float, time: float) -> Array:
    """Return the fixed centre of pressure that brings ξ to ``target`` in ``time`` > 0 [s]."""
    growth = math.exp(omega * time)
    return (target - dcm * growth) / (1.0 - growth)


def time_to_reach(away: float, target: float, *, omega: float) -> float:
    """Return when ξ, at distance ``away`` from the centre of pressure, is ``target`` away [s].

    0 where it is there or past it; infinite where it will never be (other side, or not moving).
    """
    if away == 0.0 or target / away <= 0.0:
        return math.inf
    return max(math.log(target / away) / omega, 0.0)


def steady_offset(step: float, *, omega: float, time: float) -> float:
    """Return ξ ahead of the new stance foot at touch-down, where every step is ``step`` [m] long.

    From ξ(T) = p + b e^{ωT} = p + step + b, so b = step / (e^{ωT} - 1).
    """
    return step / math.expm1(omega * time)


def steady_sway(width: float, *, omega: float, time: float) -> float:
    """Return ξ inside the new stance foot at touch-down, where steps alternate by ``width`` [m].

    From b e^{ωT} = width - b, so b = width / (e^{ωT} + 1).
    """
    return width / (math.exp(omega * time) + 1.0)
