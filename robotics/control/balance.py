"""Standing: the centre of pressure under two feet, sway and breath, the crouch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.control.trunk import TrunkReference
from robotics.core.arrays import Array, clamped


@dataclass(frozen=True, slots=True)
class StandParameters:
    """Points are (forward, left) from the middle between the soles, along the heading [m]."""

    feedback: float = 1.0
    """ξ returns to its target with time constant 1 / (feedback ω)."""
    polygon_low: tuple[float, float] = (-0.07, -0.13)
    """Rear right corner of the region for the centre of pressure: the soles less a margin."""
    polygon_high: tuple[float, float] = (0.095, 0.13)
    capture_low: tuple[float, float] = (-0.05, -0.11)
    """ξ beyond this region is caught by a step: the soles' edges cannot bring it back."""
    capture_high: tuple[float, float] = (0.075, 0.11)
    loaded: float = 0.7
    """A foot that carries more than this share is not lifted to catch a fall."""
    sway: float = 0.01
    """Amplitude of the idle weight shift to the sides [m]."""
    sway_frequency: float = 0.2
    """[Hz]."""
    breath: float = 0.003
    """Amplitude of the rise and fall of the body [m]."""
    breath_frequency: float = 0.27
    """[Hz]."""
    late: float = 0.05
    """A wanted sway is seen so late in the joints and the gyro [s]."""
    settle: float = 0.35
    """Time constant of changes of height and of the idle motion's return [s]."""


def standing_cop(
    parameters: StandParameters, dcm: Array, target: Array, *, pressure: Array | None = None
) -> Array:
    """Return the centre of pressure (2,) that brings ``dcm`` (2,) back to ``target`` (2,).

    From ξ̇ = ω (ξ - p) with p = p* + (1 + k) (ξ - ξ*), where p* keeps ξ on ξ*: the error decays as
    e^{-kωt}, as long as the soles are large enough.

    Args:
        parameters: Gain and soles.
        dcm: ξ.
        target: ξ*.
        pressure: p*; None where ξ* rests, so that p* is ξ*.
    """
    base = target if pressure is None else pressure
    cop = base + (1.0 + parameters.feedback) * (dcm - target)
    return clamped(cop, parameters.polygon_low, parameters.polygon_high)


def swaying_cop(
    parameters: StandParameters,
    error: Array,
    trunk: TrunkReference,
    *,
    idle: float,
    omega: float,
) -> Array:
    """Return the centre of pressure (2,) that keeps the centre of mass on the trunk's way.

    Args:
        parameters: Gain and soles.
        error: ξ from the middle between the soles, along the heading, shape (2,) [m].
        trunk: Where the centre of mass should be, with speed and acceleration.
        idle: Sideways, beside that [m].
        omega: Rate of the pendulum [1/s].
    """
    place = trunk.offset[:2] + np.array([0.0, idle])
    pressure = place - trunk.acceleration[:2] / omega**2
    return standing_cop(parameters, error, place + trunk.velocity[:2] / omega, pressure=pressure)


def needs_step(parameters: StandParameters, dcm: Array) -> bool:
    """Whether ``dcm`` (2,) has left the region that standing can hold."""
    low, high = parameters.capture_low, parameters.capture_high
    return bool((dcm < low).any() or (dcm > high).any())


def idle_sway(parameters: StandParameters, time: float) -> float:
    """Return the sideways offset of the weight at ``time`` since standing began [m].

    A sine and a slower one that is no multiple of it, so that it does not look like a machine.
    """
    turn = 2.0 * math.pi * parameters.sway_frequency * time
    ease = 1.0 - math.exp(-time / 2.0)
    return parameters.sway * ease * (0.7 * math.sin(turn) + 0.3 * math.sin(0.43 * turn))


def breath(parameters: StandParameters, time: float) -> float:
    """Return the offset of the body's height at ``time`` [m]."""
    return parameters.breath * math.sin(2.0 * math.pi * parameters.breath_frequency * time)


@dataclass(slots=True)
class Settling:
    """A number that follows its target without a jump in speed: two equal lags in a row.

    Attributes:
        value: Where it is.
        speed: Its derivative [1/s].
        time_constant: Of each lag [s].
    """

    value: float
    time_constant: float
    speed: float = 0.0

    def follow(self, target: float, dt: float) -> float:
        """Move on by ``dt`` [s]: the exact solution, so it never overshoots from rest."""
        rate = 1.0 / self.time_constant
        away = self.value - target
        drift = (self.speed + rate * away) * dt
        decay = math.exp(-rate * dt)
        self.speed = (self.speed - rate * drift) * decay
        self.value = target + (away + drift) * decay
        return self.value
