"""Follows a plan among people: on the path while it is free, politely slower, around if need be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.geometry import compose, integrate, relative, wrap
from robotics.core.messages import Drive, Goal, GoTo, Plan, State, Twist2
from robotics.planning.cursor import Cursor, cursor_of
from robotics.planning.rollout import gap_to_movers, roll_out
from robotics.planning.space import Space

PERIOD = 0.05
"""Time between two decisions [s]; the answer is held between."""
HORIZON = 2.0
"""How far ahead motions are predicted [s]."""
STEP = 0.1
"""Time step of the prediction [s]."""
FAR = 6.0
"""Obstacles beyond this are not looked at [m]."""


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """A robot's limits and manners. Gaps are between footprint and obstacle."""

    speed: float
    """Largest forward speed [m/s]."""
    turn_rate: float
    """[rad/s]."""
    acceleration: float
    """[m/s²]."""
    angular_acceleration: float
    """[rad/s²]."""
    sideways: float = 0.0
    """Largest sideways speed [m/s]; 0 for a robot on wheels."""
    backward: float = 0.25
    """Largest backward speed [m/s]."""
    hard: float = 0.12
    """Gap that no motion may be planned to go below [m]."""
    personal: float = 0.5
    """Gap that people like to have [m]."""
    patience: float = 1.5
    """Wait this long for someone to pass before going around [s]."""
    cross_gain: float = 1.6
    """Angle of return to the path per sideways error [rad/m]."""
    yaw_gain: float = 2.5
    """Turn rate per error of yaw [1/s]."""

    @property
    def holonomic(self) -> bool:
        """Whether the robot can move sideways."""
        return self.sideways > 0.0


def _at_rest() -> Array:
    return np.zeros(3)


@dataclass(slots=True)
class PathTracker:
    """The tracker of both robots (``robotics.core.parts.Tracker``).

    The nominal law is simulated two seconds ahead among the obstacles, each at constant velocity.
    If it stays free it is used as it is, at most slowed near people; else slower versions of it
    are tried; else the robot waits; and after some patience, or at once before something that
    stands, sampled drives (Fox, Burgard, Thrun 1997) look for a way around.
    """

    config: TrackerConfig
    space: Space
    _plan: Plan | None = None
    _cursor: Cursor | None = None
    _time: float = -np.inf
    _held: Twist2 = field(default_factory=Twist2)
    _last: Array = field(default_factory=_at_rest)
    _waiting: float = 0.0

    def __post_init__(self) -> None:
        """Compile the sampled drives now, not when somebody is in the way."""
        rest = np.zeros(3)
        place = (self.space.distance.cells, self.space.frame, self.space.discs)
        limits = np.array([1.0, 1.0, 0.0, 0.0, STEP, STEP])
        roll_out(place, np.zeros((0, 5)), np.zeros(6), (rest, limits), np.zeros((1, 3)))

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""
        fresh = plan is not self._plan
        if state.time - self._time < PERIOD - 1e-6 and not fresh:
            return self._held
        self._time = state.time
        if fresh:
            self._plan = plan
            self._cursor = None if plan.is_empty else cursor_of(plan.path)
            self._waiting = 0.0
        self._last = self._decide(state, goal)
        self._held = Twist2(*(float(value) for value in self._last))
        return self._held

    def _decide(self, state: State, goal: Goal) -> Array:
        movers = movers_near(state)
        if isinstance(goal.base, Drive):
            return self._first_free(state, movers, self._clip(goal.base.twist))
        if self._cursor is None or self._plan is None:
            return np.zeros(3)
        self._cursor.update(state.pose_base_in_map)
        if self._cursor.done:
            return np.zeros(3)
        cap = goal.base.speed if isinstance(goal.base, GoTo) else np.inf
        for share in (1.0, 0.6, 0.3):
            if self._is_free(state, movers, share, cap):
                self._waiting = 0.0
                return self._near_people(
                    state, movers, self._nominal(self._cursor, state.pose_base_in_map, share, cap)
                )
        self._waiting += PERIOD
        if self._waiting <= self.config.patience:
            return np.zeros(3)
        return self._around(state, movers)

    # ------------------------------------------------------------------ along the path

    def _nominal(self, cursor: Cursor, pose: Array, share: float, cap: float) -> Array:
        """Return the twist of the undisturbed law, shape (3,)."""
        if cursor.turning or cursor.done:
            error = 0.0 if cursor.done else wrap(cursor.yaw_wanted - float(pose[2]))
            slope = math.sqrt(2.0 * 0.6 * self.config.angular_acceleration * abs(error))
            rate = min(self.config.turn_rate * share, slope, self.config.yaw_gain * abs(error))
            return np.array([0.0, 0.0, math.copysign(max(rate, 0.05 * (abs(error) > 0.01)), error)])
        speed = share * min(self._speed_here(cursor), cap, self.config.speed)
        speed = min(speed, math.sqrt(2.0 * self.config.acceleration * cursor.remaining) + 0.02)
        across, yaw_error = cursor.errors(pose)
        bend = cursor.curvature(0.05 + 0.15 * speed)
        if self.config.holonomic:
            return self._walking(speed, across, yaw_error, bend)
        back = float(np.clip(self.config.cross_gain * across, -1.0, 1.0)) * cursor.gear
        off = wrap(-back - yaw_error)
        slow = max(0.1, math.cos(min(1.5, 1.3 * abs(off))) - 0.3 * min(1.0, abs(across)))
        rate = speed * slow * bend + self.config.yaw_gain * off
        limit = self.config.turn_rate
        return np.array([cursor.gear * speed * slow, 0.0, float(np.clip(rate, -limit, limit))])

    def _walking(self, speed: float, across: float, yaw_error: float, bend: float) -> Array:
        """Return the twist of a robot that can step sideways."""
        c, s = math.cos(yaw_error), math.sin(yaw_error)
        side = float(np.clip(-1.0 * across, -self.config.sideways, self.config.sideways))
        ahead = speed * max(0.0, c)
        rate = ahead * bend - self.config.yaw_gain * 0.6 * yaw_error
        return self._clip((c * ahead + s * side, -s * ahead + c * side, rate))

    def _speed_here(self, cursor: Cursor) -> float:
        """Return the profile's speed here, at least what gets the robot going [m/s]."""
        speeds = self._plan.speed if self._plan is not None else np.zeros(1)
        k = cursor.index
        low = max(k - 1, cursor.first)
        return float(max(0.12, min(max(speeds[low], speeds[min(k, len(speeds) - 1)]), np.inf)))

    def _clip(self, twist: ArrayLike) -> Array:
        c = self.config
        low = np.array([-c.backward, -c.sideways, -c.turn_rate])
        return np.clip(twist, low, [c.speed, c.sideways, c.turn_rate])

    # ------------------------------------------------------------------ prediction

    def _is_free(self, state: State, movers: Array, share: float, cap: float) -> bool:
        """Return whether following the path at this share of the speed keeps the gaps."""
        if self._cursor is None:
            return True
        cursor, pose = self._cursor.copy(), state.pose_base_in_map.copy()
        twist, rates = state.twist_base_in_base.copy(), self._rates() * STEP
        poses = [pose]
        for _ in range(round(HORIZON / STEP)):
            wanted = self._nominal(cursor, pose, share, cap)
            twist = twist + np.clip(wanted - twist, -rates, rates)
            pose = integrate(pose, twist, STEP)
            cursor.update(pose)
            poses.append(pose)
        fixed = self.space.clearance(np.array(poses))
        if (fixed < min(-0.03, float(fixed[0]) - 0.005)).any():
            return False
        return self._keeps_away(movers, poses)

    def _keeps_away(self, movers: Array, poses: list[Array]) -> bool:
        if len(movers) == 0:
            return True
        discs = self.space.discs
        gaps = [gap_to_movers(discs, movers, pose, k * STEP) for k, pose in enumerate(poses)]
        wanted = min(self.config.hard, gaps[0] - 0.005)
        moved = [math.dist(pose[:2], poses[0][:2]) for pose in poses]
        turned = [abs(wrap(pose[2] - poses[0][2])) for pose in poses]
        return not any(
            gap < wanted and way + angle > 0.02
            for gap, way, angle in zip(gaps, moved, turned, strict=True)
        )

    def _rates(self) -> Array:
        a = self.config.acceleration
        return np.array([a, a, self.config.angular_acceleration])

    def _near_people(self, state: State, movers: Array, twist: Array) -> Array:
        """Return ``twist``, slower the nearer someone is to the way ahead."""
        if len(movers) == 0 or abs(twist[0]) + abs(twist[1]) < 1e-6:
            return twist
        ahead = compose(state.pose_base_in_map, (0.4 * np.sign(twist[0]), 0.0, 0.0))
        gap = gap_to_movers(self.space.discs, movers, ahead, 0.5)
        factor = float(np.clip(0.3 + 0.7 * gap / self.config.personal, 0.3, 1.0))
        return twist * factor

    # ------------------------------------------------------------------ around

    def _candidates(self) -> Array:
        c = self.config
        forward = np.concatenate(
            (np.linspace(-c.backward, 0.0, 3), np.linspace(0.1, 0.8, 6) * c.speed)
        )
        side = np.linspace(-c.sideways, c.sideways, 5 if c.holonomic else 1)
        rate = np.linspace(-c.turn_rate, c.turn_rate, 9 if c.holonomic else 25)
        return np.array(np.meshgrid(forward, side, rate)).reshape(3, -1).T.copy()

    def _around(self, state: State, movers: Array) -> Array:
        """Return the sampled twist that gets nearest to the path further on, or rest."""
        twists = np.vstack((np.zeros((1, 3)), self._candidates()))
        cost, _ = self._roll(state, movers, twists, self._target(state))
        cost[0] -= 0.05  # moving has to be worth it
        best = int(cost.argmin())
        return np.asarray(twists[best]) if np.isfinite(cost[best]) else np.zeros(3)

    def _first_free(self, state: State, movers: Array, wanted: Array) -> Array:
        """Return ``wanted``, or the largest share of it that is free."""
        shares = np.array([1.0, 0.7, 0.4, 0.2, 0.0])
        cost, _ = self._roll(state, movers, shares[:, None] * wanted, state.pose_base_in_map)
        free = np.flatnonzero(np.isfinite(cost))
        return wanted * (shares[free[0]] if len(free) else 0.0)

    def _roll(
        self, state: State, movers: Array, twists: Array, target: Array
    ) -> tuple[Array, Array]:
        c = self.config
        start = np.concatenate((state.pose_base_in_map, state.twist_base_in_base))
        limits = np.array(
            [c.acceleration, c.angular_acceleration, c.hard, c.personal, HORIZON, STEP]
        )
        place = (self.space.distance.cells, self.space.frame, self.space.discs)
        return roll_out(place, movers, start, (target, limits), np.ascontiguousarray(twists))

    def _target(self, state: State) -> Array:
        """Return a pose on the path, ahead by what can be driven within the horizon."""
        if self._cursor is None or self._plan is None:
            return state.pose_base_in_map
        path = self._plan.path
        k = self._cursor.index
        way = np.cumsum(np.hypot(*np.diff(path[k:, :2], axis=0).T))
        reach = max(1.2, self.config.speed * HORIZON)
        return np.asarray(path[min(k + int(np.searchsorted(way, reach)), len(path) - 1)])


def movers_near(state: State) -> Array:
    """Return the tracked obstacles within reach as (x, y, vx, vy, radius), shape (m, 5)."""
    rows = [
        (*one.position_in_map, *one.velocity_in_map, one.radius)
        for one in state.obstacles
        if math.hypot(*relative(state.pose_base_in_map, (*one.position_in_map, 0.0))[:2]) < FAR
    ]
    return np.array(rows, dtype=float).reshape(-1, 5)
