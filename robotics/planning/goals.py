"""Base goals: whether two are the same, whether one is reached."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from robotics.core.geometry import wrap
from robotics.core.messages import BaseGoal, Cover, GoTo, State


def same_goal(a: BaseGoal, b: BaseGoal | None) -> bool:
    """Return whether two base goals ask for the same (their arrays forbid ``==``)."""
    if isinstance(a, GoTo) and isinstance(b, GoTo):
        return bool(np.array_equal(a.pose_in_map, b.pose_in_map)) and a.speed == b.speed
    if isinstance(a, Cover) and isinstance(b, Cover):
        return a.zone == b.zone
    return type(a) is type(b) and not isinstance(a, GoTo | Cover)


def has_arrived(state: State, base: GoTo) -> bool:
    """Return whether the robot is at its goal, within the goal's tolerances."""
    gap = math.dist(state.pose_base_in_map[:2], base.pose_in_map[:2])
    turn = abs(wrap(float(state.pose_base_in_map[2] - base.pose_in_map[2])))
    return gap <= base.tolerance and turn <= base.tolerance_yaw


def no_zone(base: Cover, zones: Iterable[str] | None) -> str:
    """Return why a zone is not swept that is not among ``zones``; None if the robot sweeps none."""
    if zones is None:
        return "this robot does not sweep"
    known = ", ".join(sorted(zones)) or "none"
    return f"there is no zone '{base.zone}' to sweep; zones: {known}"
