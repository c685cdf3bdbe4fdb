"""The collision monitor: what raw lidar returns and the map's lines on the ground allow.

It works all around, knows no plan and trusts no track. Three rules, the strictest wins:

- *stop*: along the commanded arc, the body must be able to stop before every return;
- *contact ahead*: a return that came into space that an earlier scan saw through moves; the body
  must be at rest when they meet, unless its own motion leads away;
- *slow*: near such a return it is slow, and in a slow zone it keeps the zone's speed.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from robotics.control.company import LAPSE, Sight, company, moving_people, pace, sights
from robotics.control.ground import Ground
from robotics.control.stopping import RECEDES, Body, free_speed, gap_rate
from robotics.control.yielding import yielding_share
from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.core.geometry import integrate, inverse, rotation2, transform
from robotics.core.messages import State, Twist2

BASELINE = 0.25
"""Motion is seen between two scans at least so far apart [s]."""
REACH = 3.0
"""Motion is looked for within this of the footprint [m]."""
MOVED = 0.10
"""Returns nearer than this to an old one stand still [m]."""
SPEED_MOST = 3.0
"""What seems to move faster has only come into view [m/s]."""
BEAM = 0.03
"""Half angle within which an old ray passed where a return is now [rad]."""
HORIZON = 4.0
"""Of the time to contact [s]."""
BACK = 0.6
"""Who was at the body's side so short a time ago may be back there [s]."""
AT_SIDE = 0.1
"""Nearer is at the side [m]."""


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """Limits that no part above can pass."""

    body: Body
    """Footprint, brakes and margins."""
    tilt: float = 0.35
    """The base is stopped beyond this roll or pitch [rad]."""
    quality: float = 0.15
    """The base is stopped below this quality of the localisation."""
    scan_slow: float = 0.5
    """Returns older than this make it creep [s]."""
    scan_stop: float = 1.0
    """Returns older than this stop it [s]."""
    creep: float = 0.15
    """Speed of the fastest point of the footprint while creeping [m/s]."""
    near: float = 0.35
    """Beside something that moves nearer than this it is slow [m]."""
    berth: float = 0.08
    """What moves is met so much before the footprint: people do not walk straight [m]."""
    lead: float = 0.15
    """The body is at rest so long before what moves meets it [s]."""
    near_speed: float = 0.4
    """Speed of the fastest point of the footprint then [m/s]."""
    prompt: float = 0.2
    """Time from where people are now to the first braking, one tick included [s]."""
    gentle: float = 0.04
    """At a touch, no point of the footprint moves towards anybody faster [m/s]."""
    doubt: float = 0.1
    """How far off the speed of somebody followed may be [m/s]."""
    push: float = 2.5
    """How fast people change their velocity to any side [m/s²]."""
    slip: float = 0.05
    """How far over a line on the ground the footprint may be believed to be [m]."""


class Verdict(NamedTuple):
    """What the monitor says of a velocity."""

    reason: str
    """The strictest rule that applies; "" if it may be driven as it is."""
    share: float
    """Part of the velocity that is allowed, 0 to 1."""


class _Look(NamedTuple):
    """One scan, in the monitor's own dead-reckoned frame."""

    time: float
    points: Array
    origin: Array
    people: dict[int, Sight]


@compiled
def motions(points: Array, before: Array, origin: Array, look: Array) -> Array:
    """Return the velocity of each return, (k, 2) [m/s]; zero where it stands or is not known.

    A return moves if the earlier scan saw through its place; its velocity is that from the nearest
    earlier return.

    Args:
        points: Of the scan of now, shape (k, 2) [m].
        before: Of the earlier scan, in the same frame, shape (j, 2) [m].
        origin: Where that was seen from, shape (2,) [m].
        look: (time between the two [s], reach from ``centre`` [m], centre x, centre y), (4,).
    """
    duration, reach, cx, cy = look
    result = np.zeros((len(points), 2))
    most = SPEED_MOST * duration
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        if math.hypot(x - cx, y - cy) > reach:
            continue
        best, nearest = np.inf, -1
        for j in range(len(before)):
            apart = (before[j, 0] - x) ** 2 + (before[j, 1] - y) ** 2
            if apart < best:
                best, nearest = apart, j
        gap = math.sqrt(best)
        if nearest < 0 or gap < MOVED or gap > most:
            continue
        dx, dy = x - origin[0], y - origin[1]
        far = math.hypot(dx, dy)
        hidden = False
        for j in range(len(before)):
            ex, ey = before[j, 0] - origin[0], before[j, 1] - origin[1]
            ahead, side = ex * dx + ey * dy, abs(ex * dy - ey * dx)
            if ahead > 0.0 and side < BEAM * ahead and ahead < far * (far + MOVED):
                hidden = True
                break
        if not hidden:
            result[i, 0] = (x - before[nearest, 0]) / duration
            result[i, 1] = (y - before[nearest, 1]) / duration
    return result


@dataclass(slots=True)
class CollisionMonitor:
    """Judges velocities of one body, tick after tick.

    Attributes:
        config: Footprint, brakes and limits.
        ground: Lines and speed limits of the map; None for none.
    """

    config: GuardConfig
    ground: Ground | None = None
    _pose: Array = field(default_factory=lambda: np.zeros(3))
    _time: float = -math.inf
    _backwards: bool = False
    _looks: deque[_Look] = field(default_factory=lambda: deque(maxlen=4))
    _moving: Array = field(default_factory=lambda: np.zeros((0, 4)))
    _paces: dict[int, tuple[Array, Array]] = field(default_factory=dict)
    _beside: deque[tuple[float, Array]] = field(default_factory=lambda: deque(maxlen=16))
    """When, and who was at the side then: (x, y, radius) in the dead-reckoned frame, (k, 3) [m]."""

    def __post_init__(self) -> None:
        """Compile now, not in the first tick that has a return in front."""
        body = self.config.body
        points = np.ones((1, 2))
        for twist in (Twist2(1.0), Twist2(1.0, 0.0, 1.0)):
            free_speed(points, 0.0, twist, body)
        motions(frozen(points), frozen(points), np.zeros(2), np.ones(4))
        gap_rate(body.edges, 0.0, 0.0, np.ones(3))
        yielding_share((body.edges, body.faces), np.ones((1, 8)), np.ones(3), np.ones(6))

    def watch(self, state: State) -> None:
        """Take in what is seen now; to be called once a tick, also at rest."""
        duration = state.time - self._time
        self._backwards = duration < 0.0
        self._time = state.time
        if not 0.0 <= duration <= 1.0:
            self._looks.clear()
            self._beside.clear()
            self._moving = np.zeros((0, 4))
            self._paces = {}
            duration = 0.0
        self._pose = integrate(self._pose, state.twist_base_in_base, duration)
        if not math.isfinite(state.points_age):
            return
        taken = state.time - state.points_age
        if not self._looks or taken > self._looks[-1].time + 1e-6:
            self._compare(taken, state)

    def _compare(self, taken: float, state: State) -> None:
        points = frozen(transform(self._pose, state.points_in_base))
        age = state.points_age
        origin = integrate(self._pose, state.twist_base_in_base, -age)[:2]
        earlier = [look for look in self._looks if taken - look.time >= BASELINE - 1e-6]
        seen = sights(state, company(state, self.config.body.radius + REACH))
        people = {
            k: Sight(transform(self._pose, [one.place])[0], one.returns) for k, one in seen.items()
        }
        self._paces = self._hurry(taken, people)
        self._looks.append(_Look(taken, points, origin, people))
        self._remember(state.time, self._followed(state))
        self._moving = np.zeros((0, 4))
        if earlier and taken - earlier[-1].time < 4.0 * BASELINE:
            last = earlier[-1]
            reach = self.config.body.radius + REACH
            look = np.array([taken - last.time, reach, self._pose[0], self._pose[1]])
            velocity = motions(points, last.points, last.origin, look)
            there = (velocity != 0.0).any(axis=1)
            self._moving = np.hstack((points[there], velocity[there]))

    def _hurry(self, taken: float, people: Mapping[int, Sight]) -> dict[int, tuple[Array, Array]]:
        """Return where people are and how fast, by what was seen of them just before, by ``id``."""
        before = [one for one in self._looks if LAPSE[0] <= taken - one.time <= LAPSE[1]]
        if not before:
            return {}
        last = before[-1]
        result = {}
        for who, sight in people.items():
            if who in last.people:
                velocity = pace(sight, last.people[who], taken - last.time)
                if velocity is not None:
                    result[who] = (sight.place, velocity)
        return result

    def judge(self, state: State, twist: Twist2) -> Verdict:
        """Return how much of ``twist`` may be driven; ``watch`` was called for this state."""
        config = self.config
        fastest = config.body.fastest(twist)
        if fastest < 1e-4:
            return Verdict("", 1.0)
        reason = self._forbidden(state, twist)
        if reason:
            return Verdict(reason, 0.0)
        rules = [
            (free_speed(state.points_in_base, state.points_age, twist, config.body), "collision"),
            *self._among_moving(state, twist),
        ]
        if state.points_age > config.scan_slow:
            rules.append((config.creep, "scan late"))
        if self.ground is not None:
            rules += self.ground.rules(state.pose_base_in_map, twist, config.body, config.slip)
        allowed, reason = min(rules, key=lambda rule: rule[0])
        return Verdict(reason, allowed / fastest) if allowed < fastest else Verdict("", 1.0)

    def _forbidden(self, state: State, twist: Twist2) -> str:
        """Return the rule that forbids any motion, or this one; "" for none."""
        config = self.config
        if self._backwards:
            return "time backwards"
        if float(np.abs(state.tilt).max()) > config.tilt:
            return "tilt"
        if not state.quality >= config.quality:
            return "localisation lost"
        if not 0.0 <= state.points_age <= config.scan_stop:
            return "no scan"
        pressed = state.contacts.bumpers
        ahead = "bumper_rear" if twist.vx < 0.0 else "bumper_front"
        if ahead in pressed or (pressed and abs(twist.vx) < 0.02):
            return "bumper"
        return ""

    def _among_moving(self, state: State, twist: Twist2) -> list[tuple[float, str]]:
        """Return the rules about what moves."""
        config = self.config
        body = config.body
        people = np.vstack((self._seen_moving(state), self._followed(state)))
        back = self._back(state.time)
        if len(people) + len(back) == 0:
            return []
        motion = np.array([twist.vx, twist.vy, twist.wz])
        brake = np.array(
            [
                config.prompt,
                body.deceleration,
                body.spin_deceleration,
                config.lead,
                config.gentle,
                body.radius,
            ]
        )
        everybody = np.vstack((people, back))
        share = yielding_share((body.edges, body.faces), everybody, motion, brake)
        rules = [(share * body.fastest(twist), "contact ahead")] if share < 1.0 else []
        gaps = (people[:, :2] @ body.edges[:, :2].T - body.edges[:, 2]).max(axis=1)
        leaving = RECEDES * body.fastest(twist)
        for x, y in people[gaps < config.near, :2].tolist():
            if gap_rate(body.edges, x, y, motion) <= leaving:
                rules.append((config.near_speed, "something near"))
                break
        return rules

    def _seen_moving(self, state: State) -> Array:
        """Return the returns that move as ``yielding_share`` wants them, shape (k, 8)."""
        here = inverse(self._pose)
        later = self._moving[:, :2] + state.points_age * self._moving[:, 2:]
        speeds = transform((0.0, 0.0, here[2]), self._moving[:, 2:])
        rest = np.tile((0.0, self.config.berth, 0.0, 0.0), (len(later), 1))
        return np.hstack((transform(here, later), speeds, rest))

    def _remember(self, time: float, people: Array) -> None:
        """Keep who is at the side now."""
        edges = self.config.body.edges
        gaps = (people[:, :2] @ edges[:, :2].T - edges[:, 2]).max(axis=1, initial=-np.inf)
        beside = people[gaps - people[:, 4] < AT_SIDE]
        if len(beside):
            places = np.column_stack((transform(self._pose, beside[:, :2]), beside[:, 4]))
            self._beside.append((time, places))

    def _back(self, time: float) -> Array:
        """Return who was at the side, as if they stood there still, shape (k, 8).

        Who slides along a side to and fro is behind every motion that leads away from them now.
        """
        while self._beside and not 0.0 <= time - self._beside[0][0] <= BACK:
            self._beside.popleft()
        if not self._beside:
            return np.zeros((0, 8))
        there = np.vstack([places for _, places in self._beside])
        rows = np.zeros((len(there), 8))
        rows[:, :2], rows[:, 4] = transform(inverse(self._pose), there[:, :2]), there[:, 2]
        return rows

    def _followed(self, state: State) -> Array:
        """Return who is followed near the body as ``yielding_share`` wants them, shape (k, 8)."""
        config = self.config
        people = company(state, config.body.radius + REACH)
        here, turn = inverse(self._pose), rotation2(float(self._pose[2]))
        paces = {
            who: (transform(here, [place])[0], velocity @ turn)
            for who, (place, velocity) in self._paces.items()
        }
        return moving_people(state, people, paces, (config.berth, config.doubt, config.push))
