"""Who stands around the greeter, and what that asks of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.behaviour.guests import Guest, GuestBook
from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.core.messages import State

NOTICE, COMING = 3.2, 5.0
"""Somebody so near, or so near and coming closer, is noticed [m]."""
GREET, CALL = 2.8, 4.0
"""Somebody so near is greeted at once; so near, after ``LINGER`` [m]."""
LINGER, STOPPED = 1.0, 2.2
"""Who walks, and who has stopped there and may be walked to first [s]."""
SLOW = 0.35
"""Somebody slower has stopped, or strolls [m/s]."""
CLOSER, SINCE = 2.4, 3.0
"""Who was greeted from farther away is greeted once more who comes so near [m] so much later [s]:
people who look on from afar and come up, or pass, in their own time."""
FRONT = math.radians(115.0)
"""People are greeted so far to either side [rad]."""
ASIDE = math.radians(60.0)
"""Beyond this the body turns, not only the head [rad]."""
STRAIGHT = 0.6
"""Who comes closer by less than this part of the speed does not come straight."""
APPROACH = 0.2
"""Closing speed of somebody who comes [m/s]."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One guest as seen from the robot now."""

    guest: Guest
    distance: float
    """[m]."""
    bearing: float
    """From the robot's front, left positive [rad]."""
    closing: float
    """Speed towards the robot [m/s]."""


@dataclass(slots=True)
class Audience:
    """The people around, nearest first."""

    book: GuestBook = field(default_factory=GuestBook)
    seen: tuple[Seen, ...] = ()
    awaited: Guest | None = None
    """Who is greeted when it has come to them, not before; None for nobody."""
    _time: float = 0.0

    def update(self, state: State) -> None:
        """Take in one estimate."""
        self._time = state.time
        guests = self.book.update(state.obstacles, state.time)
        looks = [_look(guest, state.pose_base_in_map) for guest in guests]
        self.seen = tuple(sorted(looks, key=lambda one: one.distance))
        for one in self.seen:
            close = one.distance <= CALL and abs(one.bearing) <= FRONT
            if not close:
                one.guest.close_since = None
            elif one.guest.close_since is None:
                one.guest.close_since = state.time
            if close and one.guest.greeted is not None and has_come_up(one):
                self._meet(one.guest, state.time - one.guest.greeted)

    def within(self, distance: float) -> list[Seen]:
        """Return who is at most so far away [m]."""
        return [one for one in self.seen if one.distance <= distance]

    def coming(self) -> bool:
        """Whether somebody is near, or on the way here."""
        return any(
            one.distance <= NOTICE or one.closing > APPROACH
            for one in self.within(COMING)
            if abs(one.bearing) <= FRONT
        )

    def strangers(self) -> list[Seen]:
        """Return who could be greeted: close, in front, and not greeted within a minute."""
        return [
            one
            for one in self.seen
            if one.guest.close_since is not None
            and one.guest is not self.awaited
            and not one.guest.is_greeted(self._time)
        ]

    def waiting(self) -> bool:
        """Whether a stranger is so near, or has been close for so long, that it is time."""
        return any(
            one.distance <= GREET
            or self._time - (one.guest.close_since or 0.0)
            >= (STOPPED if is_slow(one.guest) else LINGER)
            for one in self.strangers()
        )

    def greet(self) -> list[Guest]:
        """Enter the greeting of all strangers; return them."""
        strangers = self.strangers()
        for one in strangers:
            one.guest.greeted = self._time
            one.guest.afar = one.distance > CLOSER
        return [one.guest for one in strangers]

    @staticmethod
    def _meet(guest: Guest, since: float) -> None:
        """Let somebody who comes up be a stranger again, unless it was greeted on its way here."""
        if since < SINCE:
            guest.afar = False
        else:
            guest.greeted = None

    def aside(self) -> Seen | None:
        """Return who stands aside (behind: only strangers) while nobody is in front; or None."""
        near = self.within(NOTICE)
        if any(abs(one.bearing) <= ASIDE for one in near):
            return None
        for one in near:
            standing = float(np.hypot(*one.guest.velocity)) < 0.3
            if standing and (abs(one.bearing) <= FRONT or not one.guest.is_greeted(self._time)):
                return one
        return None

    def find(self, guest: Guest | None) -> Seen | None:
        """Return how ``guest`` is seen now; None if it is gone."""
        return next((one for one in self.seen if one.guest is guest), None)

    def face_of(self, one: Seen) -> Array:
        """Return where to look, shape (3,) in the map [m]: a child's or an adult's face."""
        height = 1.05 if one.guest.child else 1.5
        return np.array([*one.guest.position, height])


def is_slow(guest: Guest) -> bool:
    """Whether somebody has stopped, or strolls."""
    return float(np.hypot(*guest.velocity)) < SLOW


def has_come_up(one: Seen) -> bool:
    """Whether somebody was greeted from afar before, and is near now."""
    return one.guest.afar and one.distance <= CLOSER


def passes_by(one: Seen) -> bool:
    """Whether somebody walks past: neither stops nor comes straight."""
    speed = float(np.hypot(*one.guest.velocity))
    return speed >= SLOW and one.closing < STRAIGHT * speed


def _look(guest: Guest, pose: Array) -> Seen:
    offset = np.asarray(guest.position) - pose[:2]
    distance = max(float(np.hypot(*offset)), 1e-6)
    bearing = wrap(math.atan2(offset[1], offset[0]) - float(pose[2]))
    closing = -float(np.dot(guest.velocity, offset)) / distance
    return Seen(guest, distance, bearing, closing)
