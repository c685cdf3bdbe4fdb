"""The dynamic window approach (Fox, Burgard, Thrun 1997), for comparison.

"The Dynamic Window Approach to Collision Avoidance", IEEE Robotics & Automation Magazine 4(1): arcs
that the accelerations can reach within one decision, admissible if the robot can stop before it
touches, judged by heading, clearance and speed. As in navigation stacks the heading is that to a
point a little ahead on the planned path. It shares map, path and footprint with ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.core.messages import Goal, Plan, State, Twist2
from robotics.mapping.local_map import LocalMap
from robotics.planning.space import clearance_of

PERIOD = 0.05
"""Time between two decisions [s]."""
LOOK = 1.5
"""An arc's clearance is looked at for so long [s]."""
STEP = 0.05
"""[s]."""


@dataclass(frozen=True, slots=True)
class Window:
    """Limits and weights of the approach."""

    speed: float
    """[m/s]."""
    turn_rate: float
    """[rad/s]."""
    acceleration: float
    """[m/s²]."""
    angular_acceleration: float
    """[rad/s²]."""
    heading: float = 0.8
    """Weight of looking towards the point ahead."""
    clearance: float = 0.3
    """Weight of the way to the first touch, at most 2 m of it."""
    velocity: float = 0.4
    """Weight of the speed."""
    ahead: float = 1.2
    """How far ahead on the path the point lies [m]."""
    margin: float = 0.03
    """Gap that counts as a touch [m]."""


@compiled
def free_way(place: tuple[Array, Array, Array], pose: Array, twist: Array, margin: float) -> float:
    """Return how long an arc with ``twist`` (v, w) from ``pose`` (3,) is free, at most LOOK [s]."""
    cells, frame, discs = place
    here, time, none = np.empty((1, 3)), 0.0, np.zeros((0, 3))
    here[0] = pose
    while time < LOOK:
        here[0, 2] += 0.5 * twist[1] * STEP
        here[0, 0] += math.cos(here[0, 2]) * twist[0] * STEP
        here[0, 1] += math.sin(here[0, 2]) * twist[0] * STEP
        here[0, 2] += 0.5 * twist[1] * STEP
        if clearance_of(cells, frame, discs, none, here)[0] < margin:
            return time
        time += STEP
    return LOOK


@dataclass(slots=True)
class DynamicWindow:
    """The tracker of the peer (``robotics.core.parts.Tracker``)."""

    window: Window
    local_map: LocalMap
    discs: Array
    _time: float = -math.inf
    _held: Twist2 = field(default_factory=Twist2)

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""
        if state.time - self._time < PERIOD - 1e-6:
            return self._held
        self._time = state.time
        self._held = Twist2() if plan.is_empty else self._choose(state, plan.path)
        return self._held

    def _choose(self, state: State, path: Array) -> Twist2:
        """Return the best admissible arc; if there is none, a turn towards the point ahead."""
        window, pose = self.window, np.array(state.pose_base_in_map)
        point = _ahead(path, pose, window.ahead)
        now, _, turn = state.twist_base_in_base
        reach, spin = window.acceleration * PERIOD, window.angular_acceleration * PERIOD
        speeds = np.linspace(max(0.0, now - reach), min(window.speed, max(now, 0.0) + reach), 7)
        turns = np.linspace(
            max(-window.turn_rate, turn - spin), min(window.turn_rate, turn + spin), 21
        )
        distance = self.local_map.distance
        frame = np.array([*distance.origin, distance.resolution])
        place = (distance.cells, frame, np.array(self.discs))
        best, chosen = -math.inf, None
        for v in speeds:
            for w in turns:
                time = free_way(place, pose, np.array([v, w]), window.margin)
                if v > math.sqrt(2.0 * window.acceleration * v * time) + 1e-9:
                    continue
                value = self._value(pose, point, v, w, time)
                if value > best:
                    best, chosen = value, Twist2(float(v), 0.0, float(w))
        if chosen is not None and (chosen.vx > 0.02 or abs(chosen.wz) > 0.02):
            return chosen
        bearing = math.atan2(point[1] - pose[1], point[0] - pose[0]) - float(pose[2])
        return Twist2(0.0, 0.0, math.copysign(0.5, math.sin(bearing)))

    def _value(self, pose: Array, point: Array, v: float, w: float, time: float) -> float:
        """Return heading, clearance and speed, each 0 to 1, weighted (Fox 1997, eq. 13)."""
        window = self.window
        yaw = float(pose[2]) + 0.25 * w
        x = float(pose[0]) + 0.25 * v * math.cos(yaw)
        y = float(pose[1]) + 0.25 * v * math.sin(yaw)
        off = math.atan2(point[1] - y, point[0] - x) - float(pose[2]) - 0.5 * w
        heading = 1.0 - abs(math.remainder(off, 2.0 * math.pi)) / math.pi
        clearance = min(1.0, time / LOOK)
        return (
            window.heading * heading
            + window.clearance * clearance
            + window.velocity * v / window.speed
        )


def _ahead(path: Array, pose: Array, ahead: float) -> Array:
    """Return the point of a path (k, 3) that lies ``ahead`` [m] beyond the nearest one, (2,)."""
    gap = np.hypot(*(path[:, :2] - pose[:2]).T)
    k = int(gap.argmin())
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(path[k:, :2], axis=0).T)))
    return np.asarray(path[k + min(int(np.searchsorted(way, ahead)), len(way) - 1), :2])


def warm_up() -> None:
    """Compile the arcs."""
    place = (np.ones((4, 4)), np.array([0.0, 0.0, 1.0]), np.zeros((1, 3)))
    free_way(place, np.zeros(3), np.zeros(2), 0.0)
