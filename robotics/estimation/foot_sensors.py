"""A foot whose load cells have died, told from the other foot, the accelerometer and the legs.

What the soles carry together is mass times the specific force that the accelerometer feels: a
robot that is not in free fall cannot be without ground. A foot that says nothing although the other
one does not carry all of it, or although it is its turn to carry, has lost its sensor. A robot that
is lifted loses the load of both feet at once, and is no such case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array

GRAVITY = 9.81
NAMES = ("left foot sensor silent", "right foot sensor silent")
"""Faults."""


@dataclass(slots=True)
class FootSensors:
    """Watches the load cells of both feet, and stands in for those that are lost.

    Attributes:
        weight: Of the robot [N].
        silent: Share of the weight below which a foot says nothing.
        short: Share of the load that has to be missing.
        lasting: The load has to be missing for so long [s].
        longest_step: A foot that walks is in the air for less [s].
        level: A sole this much above the other one does not stand [m].
        filter: Time constant of the accelerometer [s].
        lost: Which sensors are lost, (left, right); for good.
    """

    weight: float
    silent: float = 0.05
    short: float = 0.35
    lasting: float = 0.06
    longest_step: float = 0.45
    level: float = 0.02
    filter: float = 0.03
    lost: list[bool] = field(default_factory=lambda: [False, False])
    _felt: float = GRAVITY
    _unloaded: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _missing: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @property
    def faults(self) -> tuple[str, ...]:
        """Names of the lost ones."""
        return tuple(name for name, lost in zip(NAMES, self.lost, strict=True) if lost)

    def update(
        self, force: Array, *, felt: float, soles: Array, stands: bool, duration: float
    ) -> Array:
        """Return the force on the corners of both soles, shape (2, 4) [N].

        Args:
            force: As it was read, shape (2, 4) [N].
            felt: Specific force along the vertical, by the accelerometer [m/s²].
            soles: How high each sole is, shape (2,) [m].
            stands: Whether nothing but the soles can carry: upright, on its legs.
            duration: Since the last call [s].
        """
        self._felt += duration / (self.filter + duration) * (felt - self._felt)
        load = force.sum(axis=1)
        missing = self._felt / GRAVITY * self.weight - float(load.sum())
        for side in (0, 1):
            said = float(load[side]) > self.silent * self.weight
            self._unloaded[side] = 0.0 if said else self._unloaded[side] + duration
        for side in (0, 1):
            short = stands and missing > self.short * self.weight and self._unloaded[side] > 0.0
            self._missing[side] = self._missing[side] + duration if short else 0.0
            if self._missing[side] >= self.lasting and self._is_its_turn(side, soles):
                self.lost[side] = True
        if not any(self.lost):
            return force
        return self._stood_in(force, missing if stands else 0.0, soles)

    def _is_its_turn(self, side: int, soles: Array) -> bool:
        """Whether this foot should carry: the other one carries too little, or is in the air."""
        if soles[side] > soles[1 - side] + self.level:
            return False
        other = self._unloaded[1 - side]
        carries = other == 0.0  # all the time, for ``lasting``
        steps = self._unloaded[side] > self.longest_step and other < self.longest_step
        return carries or steps

    def _stood_in(self, force: Array, missing: float, soles: Array) -> Array:
        """Return ``force`` with what is ``missing`` [N] on the lost foot, if it is down."""
        whole = np.array(force)
        for side in (0, 1):
            if self.lost[side]:
                down = soles[side] <= soles[1 - side] + self.level
                shared = 2.0 if all(self.lost) else 1.0
                whole[side] = max(missing, 0.0) / shared / force.shape[1] if down else 0.0
        return whole
