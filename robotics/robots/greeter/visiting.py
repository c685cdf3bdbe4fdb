"""Whom the greeter walks to: people who linger some metres off; where it stands before them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.behaviour.guests import Guest
from robotics.core.arrays import Array, frozen
from robotics.core.geometry import wrap
from robotics.core.messages import State
from robotics.core.parts import Progress, Status
from robotics.robots.greeter.audience import GREET, Audience, Seen, is_slow
from robotics.robots.greeter.strolling import SPEED, Strolls

FARTHEST = 8.0
"""Nobody farther is walked to [m]."""
LEASH = 8.0
"""Nor to a place farther from the station [m]."""
LINGERED = 1.2
"""Somebody who is slow for so long lingers [s]."""
POLITE = 1.4
"""It stands so far before them: the near end of the social distance of strangers is 1.2 m (Hall,
"The hidden dimension", 1966) [m]."""
SIDES = tuple(math.radians(angle) for angle in (0.0, 35.0, -35.0, 70.0, -70.0))
"""Where it stands, seen from them, off the line to it [rad]."""
WALKS, BEHIND = 0.15, 3.0
"""Who is faster [m/s] faces that way; to come from behind counts as so much more way [m]."""
ROOM = 0.9
"""Nobody else may be so near to its place [m]."""
ALONE = 3.0
"""A child without an adult so near is left to its parents [m]."""
AFTER = 4.0
"""Between two visits, at least [s]."""
AGAIN = 60.0
"""Somebody who was walked to is left alone for so long [s]."""
MOVED = 0.6
"""The place is chosen anew when they have moved so far [m]."""
LOST_SIGHT = 2.0
"""Out of sight for so long they have gone [s]."""
LEAVES, LEAVING = 0.5, 1.2
"""Walking away faster than this [m/s] for so long [s] they are not to be disturbed."""
MET, FACING = 1.8, math.radians(40.0)
"""It has come to them with them so near [m] and so near to straight ahead [rad]."""
WAITS = 6.0
"""For a way that is blocked [s]."""
SLOWEST, SPARE = 0.5 * SPEED, 8.0
"""A way may take as long as at this speed [m/s], and so much longer [s]."""
STAYS = 8.0
"""With them, before it goes home, at least [s]."""
ASIDE = 2.0
"""A stranger who stands so near comes first [m]."""
RESERVE = 45.0
"""Time left of its work for the way home [s]."""


@dataclass(slots=True)
class Visits:
    """Whom it walks to, and when it gives that up.

    Attributes:
        strolls: Its station, and what is free of the map.
        audience: Who is near.
        guest: Who is walked to; None for nobody.
        goal: Where it will stand, pose (3,) in the map; the same object until it changes.
        count: How many it has begun.
        met: How many it has come to.
    """

    strolls: Strolls
    audience: Audience
    guest: Guest | None = None
    goal: Array = field(default_factory=lambda: frozen(np.zeros(3)))
    count: int = 0
    met: int = 0
    _slow: list[tuple[Guest, float]] = field(default_factory=list)
    """Who is slow, and since when [s]."""
    _tried: list[tuple[Guest, float]] = field(default_factory=list)
    _next: float = 0.0
    _aimed: Array = field(default_factory=lambda: np.zeros(2))
    """Where the guest was when the place was chosen, (2,) [m]."""
    _until: float = math.inf
    _seen: float = 0.0
    _leaves: float | None = None
    _free: float = 0.0
    """When the way was free last [s]."""

    def look(self, state: State) -> None:
        """Take note of who is slow; to be called at every decision."""
        known = {id(guest): since for guest, since in self._slow}
        self._slow = [
            (one.guest, known.get(id(one.guest), state.time))
            for one in self.audience.within(FARTHEST)
            if is_slow(one.guest)
        ]
        self._tried = [(guest, at) for guest, at in self._tried if state.time - at < AGAIN]

    def wishes(self, state: State, left: float) -> bool:
        """Whether somebody is to be walked to now; guest and place are set if so.

        Args:
            state: Where it is.
            left: Until its work is over [s].
        """
        if state.time < self._next or left < RESERVE or state.quality < 0.5:
            return False
        found = [
            (cost, goal, one)
            for one in self._lingering(state.time)
            for cost, goal in self._places(state, one)
        ]
        if not found:
            return False
        cost, goal, one = min(found, key=lambda choice: choice[0])
        self.guest, self.goal = one.guest, frozen(goal)
        self._aimed = np.array(one.guest.position)
        self._until = state.time + cost / SLOWEST + SPARE
        self._seen = self._free = state.time
        self._leaves = None
        return True

    def begin(self, time: float) -> None:
        """Set out."""
        self.count += 1
        if self.guest is not None:
            self._tried.append((self.guest, time))

    def end(self, time: float, *, interrupted: bool) -> None:
        """Stand again, wherever; who was walked to may be walked to again if it was interrupted."""
        self._next = time + AFTER
        if interrupted:
            self._tried = [(guest, at) for guest, at in self._tried if guest is not self.guest]
        self.strolls.next_return = max(self.strolls.next_return, time + STAYS)

    def due(self, state: State, lasted: float, told: Progress) -> str:
        """Return the event that is due on the way, "" for none.

        Args:
            state: Where it is.
            lasted: So long it has been on its way [s].
            told: What the planner says about it.
        """
        one = self.audience.find(self.guest)
        if one is None:
            return "gave_up" if state.time - self._seen > LOST_SIGHT else ""
        self._seen = state.time
        if one.distance < MET and abs(one.bearing) < FACING and not self._turns(state, one):
            return self._arrived(state)
        if self._goes_away(state.time, one) or state.time > self._until:
            return "gave_up"
        if lasted <= 0.5:  # the planner still speaks of the last goal
            return ""
        if told.status is Status.DONE:
            return self._arrived(state) if one.distance < GREET else "gave_up"
        if told.status is not Status.BLOCKED:
            self._free = state.time
        if told.status is Status.IMPOSSIBLE or state.time - self._free > WAITS:
            return "gave_up"
        if math.dist(one.guest.position, self._aimed) > MOVED:
            return self._aim(state, one)
        return ""

    def others_wait(self) -> bool:
        """Whether a stranger waits nearer than the one who is walked to, standing."""
        here = self.audience.find(self.guest)
        return here is None or any(
            one.guest is not self.guest
            and one.distance < min(here.distance, ASIDE)
            and is_slow(one.guest)
            for one in self.audience.strangers()
        )

    def _turns(self, state: State, one: Seen) -> bool:
        """Whether it has still to come round them to the place that it has chosen."""
        return (
            one.distance > POLITE + 0.25
            and math.dist(self.goal[:2], state.pose_base_in_map[:2]) > 0.5
        )

    def _arrived(self, state: State) -> str:
        self.met += 1
        assert self.guest is not None
        return "joined" if self.guest.is_greeted(state.time) else "met"

    def _goes_away(self, time: float, one: Seen) -> bool:
        away = -one.closing if one.distance > GREET else float(np.hypot(*one.guest.velocity))
        if away < LEAVES:
            self._leaves = None
            return one.distance > FARTHEST + 1.0
        self._leaves = time if self._leaves is None else self._leaves
        return time - self._leaves > LEAVING

    def _aim(self, state: State, one: Seen) -> str:
        """Choose the place anew; give up if there is none."""
        places = self._places(state, one)
        if not places:
            return "gave_up"
        self.goal = frozen(min(places, key=lambda choice: choice[0])[1])
        self._aimed = np.array(one.guest.position)
        return ""

    def _lingering(self, time: float) -> list[Seen]:
        """Return who may be walked to."""
        long = [guest for guest, since in self._slow if time - since >= LINGERED]
        tried = [guest for guest, _ in self._tried]
        return [
            one
            for one in self.audience.within(FARTHEST)
            if one.distance > GREET
            and _among(one.guest, long)
            and not _among(one.guest, tried)
            and not one.guest.is_greeted(time)
            and not self._is_alone(one)
        ]

    def _is_alone(self, one: Seen) -> bool:
        return one.guest.child and not any(
            not other.guest.child and math.dist(other.guest.position, one.guest.position) < ALONE
            for other in self.audience.seen
        )

    def _places(self, state: State, one: Seen) -> list[tuple[float, Array]]:
        """Return places before somebody that can be stood at, each with its cost [m]."""
        here, guest = state.pose_base_in_map, one.guest
        towards = math.atan2(*(here[:2] - guest.position)[::-1])
        found = []
        for side in SIDES:
            angle = towards + side
            place = guest.position + POLITE * np.array([math.cos(angle), math.sin(angle)])
            if not self._may_stand(place, guest):
                continue
            way = math.dist(place, here[:2]) + abs(side)
            found.append((way + _from_behind(guest, angle), np.array([*place, angle + math.pi])))
        return [(cost, np.array([*goal[:2], wrap(float(goal[2]))])) for cost, goal in found]

    def _may_stand(self, place: Array, guest: Guest) -> bool:
        near = any(
            one.guest is not guest and math.dist(one.guest.position, place) < ROOM
            for one in self.audience.seen
        )
        tethered = math.dist(place, self.strolls.station[:2]) <= LEASH
        return tethered and not near and self.strolls.is_free(place)


def _among(guest: Guest, others: list[Guest]) -> bool:
    return any(guest is other for other in others)


def _from_behind(guest: Guest, angle: float) -> float:
    """Return what it costs to stand at ``angle`` [rad] from somebody who may walk [m]."""
    if float(np.hypot(*guest.velocity)) < WALKS:
        return 0.0
    course = math.atan2(guest.velocity[1], guest.velocity[0])
    return BEHIND if abs(wrap(angle - course)) > math.radians(100.0) else 0.0
