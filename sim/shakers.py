"""Visitors who would like to shake hands with the greeter: step up, take its hand, go on.

Who wants to, and how, is drawn once for each visitor from a random stream of its own, so that
nobody else's choices change. One at a time; the hand itself is ``sim.hand``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array
from sim.bullet import BulletWorld
from sim.hand import TYPICAL, Manners, VisitorHand
from sim.mechanism import BulletMechanism
from sim.visitors import Visitors

SEES = 3.2
"""Who stands so near before it may step up [m] …"""
FRONT = math.radians(60.0)
"""… within this angle of its front."""
STANDS = 0.3
"""[m/s]."""
THINKS = 1.5
"""Time from stopping to stepping up [s]."""
BEFORE = 0.95
"""Where visitors step up to, ahead of the robot's base [m]."""
STAYS = 14.0
"""Without a hand being offered, a visitor goes on after this [s]."""
CROWDED = 0.9
"""Nobody steps up where another stands so near to the place [m]."""
OUT = (0.22, 0.10)
"""A hand so far ahead of the base, and so high above it, is held out [m]."""
REACHES = 1.25
"""From the visitor's middle to the robot's base, at most [m]."""
HUNG = (0.30, 0.62)
"""Where a hand hangs: ahead of its visitor's middle, and above the ground [m]."""


@dataclass(slots=True)
class HandBook:
    """What the onlooker counts."""

    shaken: int = 0
    """Hands that were taken."""
    slipped: int = 0
    """… and slipped off."""
    force: float = 0.0
    """Largest between hand and robot, 10 ms mean [N]."""
    longest: float = 0.0
    """Longest time that a hand was held [s]."""


@dataclass(slots=True)
class HandShakers:
    """Stages the handshakes of a place.

    Attributes:
        book: What happened so far.
    """

    visitors: Visitors
    share: float
    rng: np.random.Generator
    bullet: BulletWorld | None = None
    """None where there are no forces: visitors step up, and nobody takes a hand."""
    robot: BulletMechanism | None = None
    book: HandBook = field(default_factory=HandBook)
    _wishes: dict[int, Manners | None] = field(default_factory=dict)
    _stopped: dict[int, float] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)
    _who: int | None = None
    _since: float = 0.0
    _hand: VisitorHand | None = None

    def look(self, time: float, pose: Array) -> None:
        """Go on; to be called 20 times a second.

        Args:
            time: [s].
            pose: The greeter's true base (x, y, yaw) in the map, shape (3,).
        """
        if self.share == 0.0:
            return
        if self._who is None:
            self._choose(time, pose)
        else:
            self._attend(time, pose)

    def _choose(self, time: float, pose: Array) -> None:
        """Let the first who wants to, and has stood long enough, step up."""
        near = self._standing(pose)
        self._stopped = {who: self._stopped.get(who, time) for who in near}
        for who, since in self._stopped.items():
            if who not in self._wishes:
                self._wishes[who] = self._drawn()
            ready = time - since >= THINKS and who not in self._done
            if ready and self._wishes[who] is not None and self._is_free(who, self._place(pose)):
                if self.visitors.invite(who, self._place(pose)):
                    self._who, self._since = who, time
                return

    def _attend(self, time: float, pose: Array) -> None:
        """Follow whom was let step up, until the hands have parted or the time is over."""
        assert self._who is not None
        where = self._where(self._who)
        there = where is not None and self.visitors.invite(self._who, self._place(pose))
        if self._hand is None:
            self._offer(where, pose)
        held = self._hand is not None and self._hand.grasp.phase == "hold"
        over = self._hand is not None and self._hand.grasp.phase == "gone"
        late = time - self._since > STAYS and not held
        if self._hand is not None:
            self._hand.offered = self._is_out(pose)
        if over or late or not there:
            self._part(time)

    def _offer(self, where: Array | None, pose: Array) -> None:
        """Bring the visitor's hand into being when the robot's is held out before it."""
        if where is None or self.bullet is None or self.robot is None or not self._is_out(pose):
            return
        away = pose[:2] - where
        distance = float(np.hypot(*away))
        manners = self._wishes[self._who] if self._who is not None else None
        if distance > REACHES or manners is None:
            return
        ahead, height = HUNG
        rest = np.array([*(where + away * (ahead / distance)), height])
        self._hand = VisitorHand(self.bullet, self.robot, manners, rest)

    def _part(self, time: float) -> None:
        assert self._who is not None
        self.visitors.invite(self._who, None)
        self._done.add(self._who)
        self._who = None
        if self._hand is None:
            return
        grasp, book = self._hand.grasp, self.book
        self._hand.remove()
        self._hand = None
        book.force = max(book.force, grasp.largest)
        if grasp.gripped is not None:
            book.shaken += 1
            book.slipped += grasp.slipped
            ended = time if grasp.released is None else grasp.released
            book.longest = max(book.longest, ended - grasp.gripped)

    @property
    def standing(self) -> Array | None:
        """Where the visitor is who was let step up, shape (2,) [m]; None for nobody."""
        return None if self._who is None else self._where(self._who)

    def figures(self) -> dict[str, float]:
        """Return the figures so far: plain JSON values; a hand that is held counts already."""
        force, shaken = self.book.force, self.book.shaken
        if self._hand is not None:
            force = max(force, self._hand.grasp.largest)
            shaken += self._hand.grasp.gripped is not None
        return {
            "hands_shaken": shaken,
            "hands_slipped": self.book.slipped,
            "hand_force_max_n": round(force, 2),
            "hand_held_max_s": round(self.book.longest, 2),
        }

    # ------------------------------------------------------------------------------- inside

    def _drawn(self) -> Manners | None:
        """Draw whether somebody wants to shake hands, and how; always as many numbers."""
        wants, frequency, amplitude, shakes, holds, odd = self.rng.random(6)
        if wants >= self.share:
            return None
        manners = replace(
            TYPICAL,
            frequency=1.5 + frequency,
            amplitude=0.015 + 0.025 * amplitude,
            shakes=1.2 + 1.6 * shakes,
            holds=0.2 + 0.8 * holds,
        )
        return replace(manners, holds=6.0) if odd < 0.1 else manners

    def _standing(self, pose: Array) -> list[int]:
        """Return the ids of those who stand before the robot, nearest first."""
        off = self.visitors.position - pose[:2]
        distance = np.hypot(*off.T)
        bearing = np.arctan2(off[:, 1], off[:, 0]) - pose[2]
        bearing = np.abs((bearing + np.pi) % (2.0 * np.pi) - np.pi)
        slow = np.hypot(*self.visitors.velocity.T) < STANDS
        rows = np.flatnonzero((distance < SEES) & (bearing < FRONT) & slow)
        ids, kinds = self.visitors.id, self.visitors.kind
        return [int(ids[i]) for i in rows[np.argsort(distance[rows])] if kinds[i] != "stroller"]

    def _where(self, who: int) -> Array | None:
        rows = np.flatnonzero(self.visitors.id == who)
        return self.visitors.position[rows[0]] if len(rows) else None

    @staticmethod
    def _place(pose: Array) -> Array:
        return pose[:2] + BEFORE * np.array([math.cos(pose[2]), math.sin(pose[2])])

    def _is_free(self, who: int, place: Array) -> bool:
        others = self.visitors.position[self.visitors.id != who]
        return bool((np.hypot(*(others - place).T) > CROWDED).all())

    def _is_out(self, pose: Array) -> bool:
        """Whether the robot's right hand is held out."""
        if self.robot is None:
            return False
        _, link = self.robot.link("right_hand")
        off = self.robot.place_of(link)
        base = self.robot.motion().position
        ahead = (off[0] - pose[0]) * math.cos(pose[2]) + (off[1] - pose[1]) * math.sin(pose[2])
        return bool(ahead > OUT[0] and off[2] - base[2] > OUT[1])
