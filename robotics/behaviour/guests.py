"""Remembers people: who is there, who was greeted, although a tracker's numbers may change."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from robotics.core.arrays import Array
from robotics.core.messages import Kind, Obstacle

PEOPLE = (Kind.PERSON, Kind.CHILD)
PRESENT = 0.8
"""A guest unseen for longer is not there [s]."""
REJOIN = 5.0
"""A new number near where a guest vanished at most so long ago is that guest [s]."""
REJOIN_RADIUS = 0.6
"""Of the search around the place where the guest would be now, at first [m]."""
REJOIN_GROWTH = 0.4
"""Growth of that radius, for at most 2 s [m/s]."""
FORGET = 60.0
"""A guest unseen for longer is a stranger again, and so is one greeted longer ago [s]."""


@dataclass(slots=True)
class Guest:
    """One person, as far as the robot can tell."""

    number: int
    """The tracker's latest number for it."""
    position: Array
    """In the map, shape (2,) [m]."""
    velocity: Array
    """In the map, shape (2,) [m/s]."""
    child: bool
    seen: float
    """Last time [s]."""
    close_since: float | None = None
    """Since when it has been close to the robot [s]; None if it is not."""
    greeted: float | None = None
    """When it was greeted [s]."""
    afar: bool = False
    """Whether it was greeted from afar only, and never from near."""

    def is_greeted(self, time: float) -> bool:
        """Whether a greeting within the last ``FORGET`` seconds counts for it."""
        return self.greeted is not None and time - self.greeted < FORGET


@dataclass(slots=True)
class GuestBook:
    """All guests of the last minute."""

    guests: list[Guest] = field(default_factory=list)

    def update(self, obstacles: Iterable[Obstacle], time: float) -> list[Guest]:
        """Enter what is seen at ``time`` [s] and return the guests who are there now.

        A thing once taken for a person stays one while it keeps its number: people who stop to
        look are easily taken for posts.
        """
        self.guests = [guest for guest in self.guests if time - guest.seen < FORGET]
        known = {guest.number: guest for guest in self.guests}
        fresh = [one for one in obstacles if one.unseen < PRESENT]
        strangers = []
        for one in fresh:
            guest = known.get(one.id)
            if guest is not None and math.dist(guest.position, one.position_in_map) < 3.0:
                _renew(guest, one, time)
            elif one.kind in PEOPLE:
                strangers.append(one)
        for one in strangers:
            guest = self._lost_near(one, time)
            if guest is None:
                guest = Guest(one.id, one.position_in_map, one.velocity_in_map, False, time)
                self.guests.append(guest)
            _renew(guest, one, time)
        return [guest for guest in self.guests if time - guest.seen < PRESENT]

    def _lost_near(self, one: Obstacle, time: float) -> Guest | None:
        """Return the guest that was lost where ``one`` turned up; the nearest of several."""
        found: tuple[float, Guest] | None = None
        for guest in self.guests:
            gap = time - guest.seen
            if not 0.0 < gap < REJOIN:
                continue
            expected = guest.position + guest.velocity * min(gap, 1.0)
            distance = math.dist(expected, one.position_in_map)
            if distance < REJOIN_RADIUS + REJOIN_GROWTH * min(gap, 2.0) and (
                found is None or distance < found[0]
            ):
                found = distance, guest
        return None if found is None else found[1]


def _renew(guest: Guest, one: Obstacle, time: float) -> None:
    guest.number = one.id
    guest.position, guest.velocity = one.position_in_map, one.velocity_in_map
    guest.child = one.kind is Kind.CHILD or (guest.child and one.kind is not Kind.PERSON)
    guest.seen = time
