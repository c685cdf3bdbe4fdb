"""The trunk over the standing feet: what a clip asks of it, without a jump in place or speed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array, clamped


class Sway(Protocol):
    """A motion of the trunk, as a pure function of time."""

    def offset(self, time: float) -> tuple[float, float, float, float]:
        """Return (forward, left, up) [m] and turn [rad], ``time`` [s] after its start."""


@dataclass(frozen=True, slots=True)
class TrunkParameters:
    """How far and how fast a clip may move the trunk."""

    low: tuple[float, float, float, float] = (-0.025, -0.045, -0.06, -0.30)
    """Least forward, left, up of the centre of mass [m], and turn of the pelvis [rad]."""
    high: tuple[float, float, float, float] = (0.03, 0.045, 0.012, 0.30)
    """Largest of the same."""
    speed: tuple[float, float, float, float] = (0.16, 0.26, 0.30, 2.0)
    """Largest rates: [m/s], [m/s], [m/s], [rad/s]."""
    acceleration: tuple[float, float, float, float] = (1.2, 1.6, 4.0, 20.0)
    """Largest: [m/s²], [m/s²], [m/s²], [rad/s²]."""
    lead: tuple[float, float] = (0.055, 0.02)
    """So much ahead a sway is read, because the body comes late by as much: forward and left, up
    and turn (measured in the physics, ``benchmarks/beat.py``) [s]."""
    blend: float = 0.6
    """Time of going over from one motion to the next [s]."""


@dataclass(frozen=True, slots=True)
class TrunkReference:
    """Where the trunk should be: (forward, left, up) [m] and turn [rad], shapes (4,)."""

    offset: Array = field(default_factory=lambda: np.zeros(4))
    velocity: Array = field(default_factory=lambda: np.zeros(4))
    acceleration: Array = field(default_factory=lambda: np.zeros(4))

    @property
    def is_still(self) -> bool:
        """Whether nothing is asked of the trunk."""
        return not (self.offset.any() or self.velocity.any())


STILL = TrunkReference()
Source = tuple[Sway | None, float, float]
"""What moves the trunk, since when [s], and after what time it begins again (infinite: never)."""
_NOTHING: Source = (None, 0.0, math.inf)


class Trunk:
    """Follows the sway of the foremost clip that has one.

    At each change the trunk runs on from where it was, slowing down, and crosses over with a
    minimum-jerk share (Flash and Hogan, J. Neurosci. 1985), as the joints do (`posture`).

    Args:
        parameters: Limits.
        period: Time of a tick [s].
    """

    def __init__(self, parameters: TrunkParameters, *, period: float) -> None:
        self._parameters, self._period = parameters, period
        self._low, self._high = np.array(parameters.low), np.array(parameters.high)
        self._leads = parameters.lead
        self._top = np.array(parameters.speed)
        self._hardest = np.array(parameters.acceleration)
        self._source: Source = _NOTHING
        self._offset, self._velocity = np.zeros(4), np.zeros(4)
        self._from, self._from_velocity = np.zeros(4), np.zeros(4)
        self._target = np.zeros(4)
        self._since = math.inf

    def advance(self, time: float, sources: Iterable[Source]) -> TrunkReference:
        """Return the reference for this tick.

        Args:
            time: Now, in the time of the sources' starts [s].
            sources: The foremost first; those without a sway are passed over.
        """
        source = next((one for one in sources if one[0] is not None), _NOTHING)
        if source != self._source:
            self._source, self._since = source, 0.0
            self._from, self._from_velocity = self._offset, self._velocity
        sway, start, again = source
        target = np.zeros(4)
        if sway is not None:
            along, other = (sway.offset((time - start + lead) % again) for lead in self._leads)
            target[:] = (*along[:2], *other[2:])
        self._since += self._period
        return self._move(self._blend(clamped(target, self._low, self._high)))

    def _blend(self, target: Array) -> Array:
        blend = self._parameters.blend
        share = self._since / blend
        if share >= 1.0:
            return target
        weight = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        slowing = blend / 4.0
        ran_on = slowing * (1.0 - math.exp(-self._since / slowing))
        return (1.0 - weight) * (self._from + self._from_velocity * ran_on) + weight * target

    def _move(self, target: Array) -> TrunkReference:
        """Go with ``target`` (4,), as fast and as hard as the limits let."""
        period, last = self._period, self._velocity
        hardest = self._hardest * period
        going, behind = (target - self._target) / period, self._target - self._offset
        self._target = target
        # what can still be braked before the target is met, at each channel's own deceleration
        braked = np.sqrt(2.0 * self._hardest * np.abs(behind)) + hardest
        wanted = going + clamped(behind / period, -braked, braked)
        wanted = clamped(wanted, -self._top, self._top)
        velocity = last + clamped(wanted - last, -hardest, hardest)
        self._offset = self._offset + period * velocity
        self._velocity = velocity
        return TrunkReference(self._offset, velocity, (velocity - last) / period)
