"""Who came near the greeter, and whom it greeted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.messages import Utterance

NEAR = 2.5
"""[m], from the greeter's base to the visitor's centre."""
NEAR_TIME = 2.0
"""Shorter stays do not count: people who hurry past [s]."""
AWAY_TIME = 1.0
"""A stay ends when the visitor has been farther off for this long [s]."""
HEARING = 4.0
"""A greeting reaches visitors within this distance [m] …"""
FRONT = math.radians(120.0)
"""… and within this angle of the greeter's forward direction [rad]."""
EARLY = 3.0
"""A greeting may begin this long before the visitor comes near [s]."""
GREETING_PREFIX = "greet"
"""Names of behaviours that are greetings begin with this."""


@dataclass(slots=True)
class _Stay:
    entered: float
    last_near: float
    greeted: bool = False


@dataclass(slots=True)
class Encounters:
    """Follows every visitor (by ``id``) around the greeter.

    * A *stay* begins when the visitor's centre comes within ``NEAR`` and ends when it has been
      farther away for ``AWAY_TIME``.
    * The visitor *came near* if a stay lasts ``NEAR_TIME`` (from the first to the last instant
      within ``NEAR``). Each person counts once, however often they come back.
    * The visitor *was greeted* if, during a stay that counts as near or up to ``EARLY`` before it,
      a greeting *began* while the visitor was within ``HEARING`` and ``FRONT``. A sentence that is
      not a greeting, a greeting behind the visitor's back of more than 120°, or one that began
      before the visitor could hear it, does not count. Sight lines are not tested.
    * A visitor who is still near at the end counts like all others.
    """

    _stays: dict[int, _Stay] = field(default_factory=dict)
    _heard: dict[int, float] = field(default_factory=dict)
    """When each visitor last heard a greeting begin [s]."""
    _said: set[float] = field(default_factory=set)
    _near: set[int] = field(default_factory=set)
    _greeted: set[int] = field(default_factory=set)

    def observe(
        self, time: float, pose: Array, said: tuple[Utterance, ...], *, who: IntArray, where: Array
    ) -> None:
        """Take note of one instant.

        Args:
            time: [s].
            pose: The greeter's true base (x, y, yaw) in the map.
            said: What it has begun to say by now; an utterance may be shown any number of times.
            who: Visitors' ids (n,).
            where: Their centres (n, 2) in the map [m].
        """
        off = where - pose[:2]
        distance = np.hypot(*off.T)
        bearing = np.arctan2(off[:, 1], off[:, 0]) - pose[2]
        ahead = np.abs((bearing + np.pi) % (2.0 * np.pi) - np.pi) <= FRONT
        if self._new_greeting(said):
            for number in who[(distance <= HEARING) & ahead]:
                self._heard[int(number)] = time
        for number in who[distance <= NEAR]:
            stay = self._stays.setdefault(int(number), _Stay(time, time))
            stay.last_near = time
        for number, stay in list(self._stays.items()):
            self._judge(number, stay)
            if time - stay.last_near > AWAY_TIME:
                del self._stays[number]

    @property
    def near(self) -> int:
        """How many people came near."""
        return len(self._near)

    @property
    def greeted(self) -> int:
        """How many of those were greeted."""
        return len(self._near & self._greeted)

    def _new_greeting(self, said: tuple[Utterance, ...]) -> bool:
        new = [
            one.start
            for one in said
            if one.behaviour.startswith(GREETING_PREFIX) and one.start not in self._said
        ]
        self._said.update(new)
        return bool(new)

    def _judge(self, number: int, stay: _Stay) -> None:
        if stay.last_near - stay.entered >= NEAR_TIME - 1e-9:
            self._near.add(number)
            if self._heard.get(number, -math.inf) >= stay.entered - EARLY - 1e-9:
                self._greeted.add(number)
