"""The undisturbed law: how a robot follows its path while nobody is in the way."""

from __future__ import annotations

import math
from typing import NamedTuple

from robotics.core.arrays import Array
from robotics.core.compiled import compiled, inner
from robotics.planning.course import (
    DONE,
    LEG,
    PLACE,
    TURNING,
    Course,
    advance,
    curvature_at,
    errors_at,
    leg_length,
    place_of,
    wrapped,
    yaw_wanted,
)
from robotics.planning.predictive.config import Limits

CREEP = 0.12
"""Least speed on a path: it gets the robot going [m/s]."""


class Road(NamedTuple):
    """A path that is being driven."""

    course: Course
    progress: Array
    """Where on it the robot is, shape (4,)."""
    speed: Array
    """Profile at the path's poses, shape (n,) [m/s]."""
    step: float
    """Time step of looks ahead [s]."""


@inner
def clamp(value: float, low: float, high: float) -> float:
    """Return ``value`` brought into [low, high]."""
    return min(max(value, low), high)


@compiled
def speed_here(course: Course, progress: Array, speed: Array) -> float:
    """Return the profile's speed here [m/s], from ``speed`` (n,) at the path's poses."""
    leg = min(int(progress[LEG]), len(course.legs) - 1)
    first, last = course.legs[leg, 0], course.legs[leg, 1]
    way = course.along[first] + progress[PLACE]
    k = place_of(course.along, way, first, last)
    return float(max(CREEP, speed[max(k - 1, first)], speed[min(k, last)]))


@inner
def turn_on_the_spot(error: float, limits: Limits, share: float) -> float:
    """Return the turn rate [rad/s] that takes ``error`` [rad] away without overshoot."""
    slope = math.sqrt(1.2 * limits.angular_acceleration * abs(error))
    rate = min(limits.turn_rate * share, slope, limits.yaw_gain * abs(error))
    least = 0.05 if abs(error) > 0.01 else 0.0
    return math.copysign(max(rate, least), error)


@compiled
def wanted_twist(
    course: Course, progress: Array, pose: Array, limits: Limits, top: float
) -> tuple[float, float, float]:
    """Return the twist of the law at ``pose`` (3,) on a leg, at most ``top`` [m/s] fast."""
    leg = int(progress[LEG])
    gear = course.legs[leg, 2]
    remaining = leg_length(course, leg) - progress[PLACE]
    speed = min(top, math.sqrt(2.0 * limits.acceleration * max(0.0, remaining)) + 0.02)
    across, off = errors_at(course, progress, pose)
    bend = curvature_at(course, progress, 0.05 + 0.15 * speed)
    if limits.sideways > 0.0:
        c, s = math.cos(off), math.sin(off)
        side = clamp(-across, -limits.sideways, limits.sideways)
        ahead = speed * max(0.0, c) * gear
        vx = clamp(c * ahead + s * side, -limits.backward, limits.speed)
        vy = clamp(-s * ahead + c * side, -limits.sideways, limits.sideways)
        rate = abs(ahead) * bend - 0.6 * limits.yaw_gain * off
        return vx, vy, clamp(rate, -limits.turn_rate, limits.turn_rate)
    back = clamp(limits.cross_gain * across, -1.0, 1.0) * gear
    turn = wrapped(-back - off)
    slow = max(0.1, math.cos(min(1.5, 1.3 * abs(turn))) - 0.3 * min(1.0, abs(across)))
    rate = speed * slow * bend + limits.yaw_gain * turn
    return gear * speed * slow, 0.0, clamp(rate, -limits.turn_rate, limits.turn_rate)


@inner
def drive(pose: Array, twist: Array, wanted: Array, limits: Limits, dt: float) -> None:
    """Move ``pose`` and ``twist`` (3,) on by ``dt`` [s] towards a wanted twist (3,), in place.

    The twist changes no faster than the accelerations allow; then the midpoint rule.
    """
    linear, angular = limits.acceleration * dt, limits.angular_acceleration * dt
    twist[0] += clamp(wanted[0] - twist[0], -linear, linear)
    twist[1] += clamp(wanted[1] - twist[1], -linear, linear)
    twist[2] += clamp(wanted[2] - twist[2], -angular, angular)
    yaw = pose[2] + 0.5 * twist[2] * dt
    c, s = math.cos(yaw), math.sin(yaw)
    pose[0] += (c * twist[0] - s * twist[1]) * dt
    pose[1] += (s * twist[0] + c * twist[1]) * dt
    pose[2] += twist[2] * dt


@compiled
def follow(road: Road, start: Array, limits: Limits, pace: tuple[float, float], out: Array) -> None:
    """Drive the law from ``start`` and write its wanted twists to ``out`` (steps, 3).

    Args:
        road: The path.
        start: Pose and twist (x, y, yaw, vx, vy, wz), shape (6,).
        limits: Of the base.
        pace: Part of the profile's speed that is driven, and an upper bound [m/s].
        out: Written; its steps are ``road.step`` long.
    """
    out[:] = 0.0
    here, pose, twist = road.progress.copy(), start[:3].copy(), start[3:].copy()
    for k in range(len(out)):
        if here[DONE] > 0.0:
            break
        if here[TURNING] > 0.0:
            error = wrapped(yaw_wanted(road.course, here) - pose[2])
            out[k, 2] = turn_on_the_spot(error, limits, pace[0])
        else:
            top = min(speed_here(road.course, here, road.speed), pace[1], limits.speed)
            twist_here = wanted_twist(road.course, here, pose, limits, pace[0] * top)
            out[k, 0], out[k, 1], out[k, 2] = twist_here
        drive(pose, twist, out[k], limits, road.step)
        advance(road.course, here, pose[0], pose[1], pose[2])
