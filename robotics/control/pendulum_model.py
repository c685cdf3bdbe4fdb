"""The pendulum beside the robot: where the body will be when what is wished now acts.

A wish becomes a force on the ground some hundredths of a second later, and is seen some hundredths
after that. The model lives that much ahead: its state is the body's at the time at which what is
wished now acts. What is measured is therefore held against the state that the model had then (a
Smith predictor), and only the difference pulls at it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from robotics.control import pendulum
from robotics.control.com_observer import Seen
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2


@dataclass(slots=True)
class PendulumModel:
    """A point mass over its centre of pressure.

    Attributes:
        walk: Numbers of the walk.
        period: Time of a tick [s].
        com: Centre of mass ahead of time, in the walk frame, shape (2,) [m].
        velocity: Its velocity, shape (2,) [m/s].
        drift: How much farther (ahead, left) the body behaves as if its centre of pressure were:
            landings that brake, slopes, a load, a hand that pulls; shape (2,) [m].
    """

    walk: WalkParameters
    period: float
    com: Array
    velocity: Array
    drift: Array
    _past: deque[tuple[Array, Array]]

    @staticmethod
    def at_rest(walk: WalkParameters, period: float) -> PendulumModel:
        """Begin over the origin."""
        delay = max(1, round(walk.response / period))
        past = deque([(np.zeros(2), np.zeros(2))] * delay, maxlen=delay)
        return PendulumModel(walk, period, np.zeros(2), np.zeros(2), np.zeros(2), past)

    def correct(self, seen: Seen, *, omega: float, stepping: bool, awake: bool = True) -> None:
        """Pull the model towards the measured motion, more where they differ more."""
        walk = self.walk
        com, velocity = self._past[0]
        off, faster = seen.com - com, seen.velocity - velocity
        least, most = walk.model_gain
        away = float(np.linalg.norm(off + faster / omega))
        most = most if awake else least
        share = min(max(least + walk.model_slope * (away - walk.model_trust), least), most)
        self._shift(share * off, share * faster)
        self._learn(off + faster / omega, seen.yaw if stepping else None)

    def _learn(self, wrong: Array, heading: float | None) -> None:
        """Change the drift so that the model would have foreseen what is ``wrong`` with ξ (2,) [m].

        Large errors are pushes, not a drift. Without a heading the drift is forgotten.
        """
        walk = self.walk
        if heading is None:
            self.drift = (1.0 - self.period * walk.drift_gain) * self.drift
            return
        known = clamped(wrong, -walk.drift_trust, walk.drift_trust)
        change = self.period * walk.drift_gain * (rotation2(heading).T @ known)
        self.drift = clamped(self.drift - change, -walk.largest_drift, walk.largest_drift)

    def _shift(self, com: Array, velocity: Array) -> None:
        """Move the present state and those that are not measured yet."""
        self.com, self.velocity = self.com + com, self.velocity + velocity
        self._past = deque(
            ((c + com, v + velocity) for c, v in self._past), maxlen=self._past.maxlen
        )

    def advance(self, pivot: Array, *, omega: float) -> None:
        """Go on by a tick over ``pivot`` (2,)."""
        self._past.append((self.com, self.velocity))
        self.com, self.velocity = pendulum.advance(
            self.com, self.velocity, pivot, omega=omega, time=self.period
        )

    def land(self, pivot: Array, *, omega: float) -> None:
        """Take in a landing: since then the body has been over ``pivot`` (2,), unforeseen."""
        self.com, self.velocity = self._past[0]
        for _ in range(len(self._past)):
            self.advance(pivot, omega=omega)
