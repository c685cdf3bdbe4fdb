"""The peers: the dynamic window approach, ORCA, and our own planner without prediction."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from peers_dwa import DynamicWindow, Window

from promenade.rig import PERIOD, Kit
from promenade.trial import Contender
from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.core.messages import Goal, Plan, State, Twist2
from robotics.core.parts import Tracker
from robotics.mapping.local_map import LocalMap

AHEAD = 1.2
"""The point of the path that ORCA heads for is so far ahead [m]."""


def contenders() -> Sequence[tuple[Contender, str]]:
    """Return the peers, each with why it cannot run ("" if it can).

    DWA and ORCA drive without our collision monitor, as they do elsewhere.
    """
    missing = "" if importlib.util.find_spec("pyrvo") else "not installed"
    return (
        (Contender("without prediction", without_prediction=True), ""),
        (Contender("DWA", dynamic_window, guarded=False), ""),
        (Contender("ORCA", orca, guarded=False), missing),
    )


@dataclass(slots=True)
class Window2:
    """DWA on a map of everything that the lidar sees now, people too."""

    inner: DynamicWindow

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""
        self.inner.local_map.update(replace(state, obstacles=()))
        return self.inner.track(state, goal, plan)


def dynamic_window(kit: Kit) -> Tracker:
    """Return DWA with the robot's limits."""
    c = kit.tracker.limits
    window = Window(c.speed, c.turn_rate, c.acceleration, c.angular_acceleration)
    blocked = kit.site.occupied.like(kit.site.occupied.cells | kit.site.keepout.cells)
    return Window2(DynamicWindow(window, LocalMap(blocked), kit.discs.copy()))


@dataclass(slots=True)
class Orca:
    """Optimal reciprocal collision avoidance (van den Berg and others 2011) on our tracks.

    The robot is the disc around its footprint; its velocity is driven by turning towards it.
    """

    kit: Kit
    library: Any
    radius: float
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
        c, pose = self.kit.tracker.limits, state.pose_base_in_map
        sim = self.library.RVOSimulator()
        sim.set_time_step(PERIOD)
        sim.set_agent_defaults(8.0, 12, 3.0, 1.0, self.radius, c.speed, (0.0, 0.0))
        me = sim.add_agent((float(pose[0]), float(pose[1])))
        ahead = _ahead(path, pose) - pose[:2]
        wanted = c.speed * ahead / max(1e-6, float(np.hypot(*ahead)))
        forward = _turned(pose[2], state.twist_base_in_base[:2])
        sim.set_agent_velocity(me, (float(forward[0]), float(forward[1])))
        sim.set_agent_pref_velocity(me, (float(wanted[0]), float(wanted[1])))
        for one in state.obstacles:
            place, speed = one.position_in_map, one.velocity_in_map
            other = sim.add_agent((float(place[0]), float(place[1])))
            sim.set_agent_radius(other, float(one.radius))
            sim.set_agent_max_speed(other, 2.0)
            velocity = (float(speed[0]), float(speed[1]))
            sim.set_agent_velocity(other, velocity)
            sim.set_agent_pref_velocity(other, velocity)
        sim.do_step()
        chosen = sim.get_agent_velocity(me)
        return self._driven(state, np.array([chosen.x, chosen.y]))

    def _driven(self, state: State, velocity: Array) -> Twist2:
        """Return the twist towards a velocity (2,) in the map."""
        c, yaw = self.kit.tracker.limits, float(state.pose_base_in_map[2])
        speed = float(np.hypot(*velocity))
        if speed < 0.02:
            return Twist2()
        off = wrap(math.atan2(velocity[1], velocity[0]) - yaw)
        turn = float(np.clip(2.0 * off, -c.turn_rate, c.turn_rate))
        ahead = min(c.speed, speed * max(0.0, math.cos(off)))
        side = float(np.clip(speed * math.sin(off), -c.sideways, c.sideways))
        return Twist2(ahead, side, turn)


def orca(kit: Kit) -> Tracker:
    """Return ORCA with the robot's limits."""
    import pyrvo

    radius = float((np.hypot(*kit.discs[:, :2].T) + kit.discs[:, 2]).max())
    return Orca(kit, pyrvo, radius)


def _turned(yaw: float, velocity: Array) -> Array:
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([c * velocity[0] - s * velocity[1], s * velocity[0] + c * velocity[1]])


def _ahead(path: Array, pose: Array) -> Array:
    """Return the point of a path (k, 3) that lies ``AHEAD`` beyond the nearest one, (2,)."""
    gap = np.hypot(*(path[:, :2] - pose[:2]).T)
    k = int(gap.argmin())
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(path[k:, :2], axis=0).T)))
    return np.asarray(path[k + min(int(np.searchsorted(way, AHEAD)), len(way) - 1), :2])
