"""The rhythm of a shaken hand: frequency, amplitude and phase of its fundamental.

A second-order generalised integrator whose centre frequency is locked to its input: Rodríguez and
others, "Multiresonant frequency-locked loop for grid synchronization of power converters", IEEE
Trans. Industrial Electronics 58 (2011). A handshake is a few periods long; this one locks within
two and needs no window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOWEST, FASTEST = 1.0, 3.2
"""People shake hands at 1.5 to 2.5 Hz; what is beyond is not taken for a handshake [Hz]."""
DAMPING = 1.2
"""k in the source: settles within about two periods, and lets little of the harmonics through."""
LOCKING = 5.0
"""Γ in the source: the frequency settles in about five over this [s]."""
LEAST = 0.03
"""Amplitude below which the frequency is left as it is [m/s]: there is nothing to lock to."""


@dataclass(slots=True)
class Rhythm:
    """Follows the fundamental of a speed.

    Attributes:
        frequency: [Hz].
    """

    frequency: float = 2.0
    _in_phase: float = 0.0
    _behind: float = 0.0
    """A quarter of a period behind the input."""

    def update(self, speed: float, duration: float) -> None:
        """Take in the speed of the hand [m/s], ``duration`` [s] after the last."""
        turn = 2.0 * math.pi * self.frequency
        error = speed - self._in_phase
        self._in_phase += duration * turn * (DAMPING * error - self._behind)
        self._behind += duration * turn * self._in_phase
        square = self._in_phase**2 + self._behind**2
        if square < LEAST**2:
            return
        drift = -LOCKING * DAMPING * error * self._behind / square
        step = min(max(drift * duration, -0.05), 0.05)
        self.frequency = min(max(self.frequency * (1.0 + step), SLOWEST), FASTEST)

    @property
    def speed_amplitude(self) -> float:
        """Of the fundamental [m/s]."""
        return math.hypot(self._in_phase, self._behind)

    @property
    def amplitude(self) -> float:
        """Of the motion, half of its whole stroke [m]."""
        return self.speed_amplitude / (2.0 * math.pi * self.frequency)

    @property
    def acceleration(self) -> float:
        """Of the fundamental now [m/s²]."""
        return -2.0 * math.pi * self.frequency * self._behind

    def ahead(self, time: float) -> float:
        """Return the speed that the fundamental will have ``time`` [s] from now [m/s]."""
        turn = 2.0 * math.pi * self.frequency * time
        return math.cos(turn) * self._in_phase - math.sin(turn) * self._behind

    def forget(self) -> None:
        """Begin anew: nobody shakes."""
        self.frequency, self._in_phase, self._behind = 2.0, 0.0, 0.0
