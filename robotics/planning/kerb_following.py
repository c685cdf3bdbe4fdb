"""Leads the brush edge along the kerb that is seen, where the plan leads along that of the map.

The law. A plan with ``kerb_side`` runs so that the brush's edge is at the kerb of the map. The real
kerb is elsewhere by what the map is wrong and by what the localisation is off. Both together are
one small motion of the plane, found from what the down-tilted lidar saw beside the brush: the shift
s and the turn θ about the brush that lay the seen points pᵢ on the mapped line,

    min Σ wᵢ ρ(nᵢ · (pᵢ + s + θ J (pᵢ - b) - qᵢ)) + |s|²/σs² + θ²/σθ²,   J = [[0, -1], [1, 0]],

with qᵢ the point of the map's kerb nearest to pᵢ, nᵢ its normal, b where the brush touches the
kerb, wᵢ falling with the distance from b, ρ Cauchy's. The tracker inside drives its plan from the
pose moved by (s, θ): what it takes for its distance from the mapped kerb is its distance from the
real one, now and, since the points reach 0.8 m beyond the brush, for the next second. Along a
straight kerb the points say nothing of the place along it, and the second term leaves that at zero;
in an inner corner the kerb ahead is seen too and says where to stop.

Stability. (s, θ) is measured, not fed back: points and pose move together, whatever the robot does.
So the loop is that of the tracker: for the sideways error e of the base and its yaw φ,
ė = v sin φ and φ̇ = -k (φ + c e), with the poles -k/2 ± √(k²/4 - k c v), stable for every v > 0;
with k = 2.5 /s and c = 1.6 /m damped by 0.8 at 0.6 m/s. The brush is x = 0.50 m ahead of the axle;
its error e + x sin φ is made of the same two modes, with a zero at -v/x, in the left half plane as
long as the robot drives forwards: a brush ahead of the axle can be led, one behind it would swing
out first. The 40 ms from sensing to acting are predicted by the tracker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import rotation2, transform
from robotics.core.messages import Cover, Goal, Obstacle, Plan, State, Twist2
from robotics.planning.brush_led import BrushLed, Part, Stretch, parts_of, stretch_of
from robotics.planning.course import TURNING
from robotics.planning.cursor import Cursor, cursor_of
from robotics.planning.kerb_path import SideBrush, kerb_sides
from robotics.planning.predictive.config import PERIOD
from robotics.planning.space import Space

NEAR = 2.5
"""The map's kerbs are looked at within this of the brush [m]."""


class Follower(Protocol):
    """The tracker inside: follows a plan in the space that it is given."""

    space: Space

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""


@dataclass(frozen=True, slots=True)
class KerbFollowing:
    """The numbers of it."""

    brush: tuple[float, float]
    """Where the left brush touches a kerb beside it, in the base frame [m]; mirrored."""
    front: float
    """Foremost point of the hard body [m]."""
    half_width: float
    """Of the hard body [m]."""
    room: float = 0.05
    """That body keeps so far from any kerb [m]."""
    around: float = 1.2
    """So far along the way before and after a stretch at a kerb the robot is beside it [m]."""
    near: float = 0.45
    """Points at this distance from the brush weigh 0.6 of one beside it [m]."""
    gate: float = 0.22
    """Points farther from the mapped kerb than this are something else [m]."""
    outlier: float = 0.02
    """Scale of Cauchy's ρ: a point so far off counts half [m]."""
    sigma: float = 0.01
    """One sigma of a point [m]."""
    sigma_shift: float = 0.3
    """σs: of map and localisation [m]."""
    sigma_turn: float = 0.05
    """σθ [rad]."""
    enough: float = 2.0
    """Sum of weights from which on a kerb is seen."""
    most: float = 0.15
    """The shift never passes this [m]."""
    turn_most: float = 0.10
    """Nor the turn this [rad]."""
    settle: float = 0.15
    """Time constant with which shift and turn follow what is measured [s]."""
    rate: float = 0.15
    """And they never change faster [m/s], [rad/s]."""
    hold: float = 5.0
    """So long what was measured last holds where the kerb is hidden [s]."""
    fade: float = 3.0
    """Then it fades to nothing with this time constant [s]."""
    berth: float = 1.3
    """Around an inner corner it waits for whoever is so near to the base [m]."""
    deceleration: float = 0.3
    """Before a kerb ahead [m/s²]."""


@dataclass(slots=True)
class KerbTracker:
    """A tracker around another that leads the brush along what is seen of the kerb.

    Attributes:
        inner: What follows the plan.
        kerbs: Feet of the kerbs on the map, (k, 2) each [m].
        beside: The space for the stretches along a kerb on the left, and on the right: without the
            brush on that side, since bristles may touch; elsewhere the inner tracker keeps its own.
        numbers: Of the following.
        law: Leads the brush around inner corners.
        shift: How far the pose is moved for the inner tracker now, (x, y) in the map [m].
        turn: And turned [rad].
    """

    inner: Follower
    kerbs: tuple[Array, ...]
    beside: tuple[Space, Space]
    numbers: KerbFollowing
    law: BrushLed
    shift: Array = field(default_factory=lambda: np.zeros(2))
    turn: float = 0.0
    _whole: Space = field(init=False)
    _starts: Array = field(init=False)
    _ways: Array = field(init=False)
    _plan: Plan | None = None
    _parts: list[Part] = field(default_factory=lambda: [Part(Plan(), False)])
    _part: int = 0
    _stretch: Stretch | None = None
    _cursor: Cursor | None = None
    _time: float = -math.inf
    _seen: float = -math.inf
    _on: float = 1.0
    _held: Twist2 = field(default_factory=Twist2)

    def __post_init__(self) -> None:
        self._whole = self.inner.space
        lines = [line for line in self.kerbs if len(line) > 1]
        self._starts = np.vstack([np.zeros((0, 2)), *(line[:-1] for line in lines)])
        self._ways = np.vstack([np.zeros((0, 2)), *(np.diff(line, axis=0) for line in lines)])

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""
        if state.time < self._time:
            self._start_over()
            self._time = -math.inf
        passed = state.time - self._time
        fresh = plan is not self._plan
        if fresh:
            self._begin(plan)
        side = self._side(state)
        self._on = side or self._on
        if passed < PERIOD - 1e-6 and not fresh:
            passed = 0.0
        else:
            self._time, passed = state.time, min(passed, 2.0 * PERIOD)
            self._follow(state, side, passed)
        self.inner.space = self._whole if not side else self.beside[0 if side > 0.0 else 1]
        part = self._parts[self._part]
        if self._stretch is not None:
            if passed > 0.0:
                self._held = self._led(state, goal, self._stretch, passed)
            return self._slowed(state, self._held)
        twist = self.inner.track(self._moved(state), goal, part.plan)
        return self._slowed(state, twist) if side else twist

    def _start_over(self) -> None:
        """Time ran backwards: this is another run."""
        self.shift, self.turn, self._seen = np.zeros(2), 0.0, -math.inf
        self._begin(Plan())
        self._plan = None

    def _begin(self, plan: Plan) -> None:
        """Take in a new plan; one that does not say where kerbs are is held against the map's."""
        self._plan = plan
        if plan.working.any() and not plan.kerb_side.any():
            brush = SideBrush(self.law.x, self.law.y, self.numbers.brush[1] - self.law.y)
            plan = replace(plan, kerb_side=kerb_sides(plan.path, plan.working, self.kerbs, brush))
        self._parts = parts_of(plan) if plan.kerb_side.any() else [Part(self._plan, False)]
        self._enter(0)

    def _enter(self, number: int) -> None:
        """Begin a part of the plan."""
        part = self._parts[number]
        self._part, self._cursor = number, None
        self._stretch = stretch_of(part.plan, self.law) if part.led else None
        self._held = Twist2()
        if not part.led and (len(self._parts) > 1 or part.plan.kerb_side.any()):
            self._cursor = cursor_of(part.plan.path)
            self._cursor.progress[TURNING] = 0.0

    def _led(self, state: State, goal: Goal, stretch: Stretch, passed: float) -> Twist2:
        """Return the twist that leads the brush itself; at rest while somebody is near."""
        pose, berth = state.pose_base_in_map, self.numbers.berth
        away = [math.dist(one.position_in_map, pose[:2]) - one.radius for one in state.obstacles]
        if any(gap < berth for gap in away):
            stretch.speed = 0.0
            return Twist2()
        law = self.law
        if isinstance(goal.base, Cover):
            law = replace(law, speed=min(law.speed, goal.base.speed))
        return stretch.twist(law, self._pose(state), state.twist_base_in_base, passed)

    def _side(self, state: State) -> float:
        """Return on which side a kerb is followed here: 1 left, -1 right, 0 none.

        That also holds for ``numbers.around`` before and after: the brush is at the kerb still.
        """
        more = self._part + 1 < len(self._parts)
        if self._stretch is not None:
            side = self._stretch.side
            if self._stretch.done and more:
                self._enter(self._part + 1)
            return side
        cursor = self._cursor
        if cursor is None:
            return 0.0
        cursor.update(self._pose(state))
        if cursor.done and more:
            self._enter(self._part + 1)
            return self._on
        sides = self._parts[self._part].plan.kerb_side
        along, here = cursor.course.along, cursor.index
        off = np.abs(along - along[here])
        off[sides == 0.0] = np.inf
        nearest = int(off.argmin())
        return float(sides[nearest]) if off[nearest] <= self.numbers.around else 0.0

    # ------------------------------------------------------------------ what is seen

    def _follow(self, state: State, side: float, passed: float) -> None:
        """Let shift and turn follow the kerb that is seen, or fade."""
        numbers = self.numbers
        measured = self._measured(state, side) if side else None
        if measured is not None:
            self._seen = state.time
            gain = 1.0 - math.exp(-passed / numbers.settle)
            change = gain * (measured - (*self.shift, self.turn))
        elif side and state.time - self._seen < numbers.hold:
            return
        else:
            change = -(1.0 - math.exp(-passed / numbers.fade)) * np.array([*self.shift, self.turn])
        step = numbers.rate * passed
        size = max(float(np.hypot(*change[:2])), 1e-12)
        self.shift = self.shift + change[:2] * min(1.0, step / size)
        self.turn += float(np.clip(change[2], -step, step))

    def _measured(self, state: State, side: float) -> Array | None:
        """Return shift (2,) [m] and turn [rad] in one array; None where no kerb is seen."""
        numbers = self.numbers
        points, brush = state.ground.kerb_in_map, self._brush(state, side)
        if not len(points) or not len(self._starts):
            return None
        away = points - brush
        weight = np.exp(-0.5 * (away**2).sum(axis=1) / numbers.near**2)
        points, away, weight = (one[weight > 0.02] for one in (points, away, weight))
        found = np.array([*self.shift, self.turn])
        middle = self._starts + 0.5 * self._ways - brush
        close = np.hypot(*middle.T) - 0.5 * np.hypot(*self._ways.T) < NEAR
        if not close.any():
            return None
        lines = self._starts[close], self._ways[close]
        for _ in range(3):
            gap, normal, on = _gaps(lines, points, away, found)
            used = on & (np.abs(gap) < numbers.gate)
            if (weight * used).sum() < numbers.enough:
                return None
            found = self._solved(found, (gap, normal, away), weight * used)
        size = float(np.hypot(found[0], found[1]))
        found[:2] *= min(1.0, numbers.most / max(size, 1e-12))
        found[2] = np.clip(found[2], -numbers.turn_most, numbers.turn_most)
        return found

    def _solved(self, found: Array, seen: tuple[Array, Array, Array], weight: Array) -> Array:
        """Return one step of the robust least squares from ``found`` (3,) on."""
        numbers = self.numbers
        gap, normal, away = seen
        weight = weight / (1.0 + (gap / numbers.outlier) ** 2)
        lever = normal[:, 1] * away[:, 0] - normal[:, 0] * away[:, 1]
        rows = np.column_stack((normal, lever))
        prior = np.array([numbers.sigma_shift, numbers.sigma_shift, numbers.sigma_turn]) ** -2.0
        matrix = (rows * weight[:, None]).T @ rows / numbers.sigma**2 + np.diag(prior)
        wanted = rows @ found - gap
        return np.asarray(np.linalg.solve(matrix, rows.T @ (weight * wanted) / numbers.sigma**2))

    # ------------------------------------------------------------------ what is told

    def _brush(self, state: State, side: float) -> Array:
        """Return where the brush touches a kerb on a side, in the map, shape (2,) [m]."""
        x, y = self.numbers.brush
        return np.asarray(transform(state.pose_base_in_map, (x, side * y))[0])

    def _pose(self, state: State) -> Array:
        """Return the pose for the inner tracker, shape (3,): moved, and turned about the brush."""
        pose = state.pose_base_in_map
        brush = self._brush(state, self._on)
        base = brush + self.shift + rotation2(self.turn) @ (pose[:2] - brush)
        return np.array([*base, pose[2] + self.turn])

    def _moved(self, state: State) -> State:
        """Return the state as the inner tracker shall see it: robot and people moved alike."""
        if not self.turn and not self.shift.any():
            return state
        moved: tuple[Obstacle, ...] = tuple(
            replace(one, position_in_map=one.position_in_map + self.shift)
            for one in state.obstacles
        )
        return replace(state, pose_base_in_map=self._pose(state), obstacles=moved)

    def _slowed(self, state: State, twist: Twist2) -> Twist2:
        """Return a twist with which the nose stops before a kerb that was seen ahead.

        A bottle's step looks like a kerb's: what stands where a small piece of litter is known to
        lie does not count, and what the nose has passed was none.
        """
        numbers, seen = self.numbers, state.ground.kerb_in_map
        for piece in state.ground.litter if len(seen) else ():
            if piece.fits:
                reach = 0.5 * piece.size + numbers.gate
                seen = seen[np.hypot(*(seen - piece.position_in_map).T) > reach]
        if twist.vx <= 0.0 or not len(seen):
            return twist
        x, y, yaw = state.pose_base_in_map
        c, s = math.cos(yaw), math.sin(yaw)
        dx, dy = (seen - (x, y)).T
        ahead, aside = c * dx + s * dy, c * dy - s * dx
        gap = ahead[np.abs(aside) < numbers.half_width] - numbers.front
        gap = gap[gap > -2.0 * numbers.room]
        if not len(gap):
            return twist
        free = max(0.0, float(gap.min()) - numbers.room)
        most = math.sqrt(2.0 * numbers.deceleration * free)
        share = min(1.0, most / twist.vx)
        return Twist2(twist.vx * share, twist.vy * share, twist.wz * share)


def _gaps(
    lines: tuple[Array, Array], points: Array, away: Array, found: Array
) -> tuple[Array, Array, BoolArray]:
    """Return how far moved points are from the map's kerb, its normals, and if it is there."""
    starts, ways = lines
    moved = points + found[:2] + found[2] * np.column_stack((-away[:, 1], away[:, 0]))
    from_start = moved[:, None] - starts
    length = np.hypot(*ways.T)
    along = (from_start * ways).sum(axis=2) / length**2
    part = np.clip(along, 0.0, 1.0)
    off = from_start - part[:, :, None] * ways
    nearest = np.hypot(off[:, :, 0], off[:, :, 1]).argmin(axis=1)
    rows = np.arange(len(points))
    normal = (np.column_stack((-ways[:, 1], ways[:, 0])) / length[:, None])[nearest]
    beyond = np.abs(along - part)[rows, nearest] * length[nearest]
    return (off[rows, nearest] * normal).sum(axis=1), normal, beyond < 0.05
