"""Predicted people as the compiled judge wants them."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.messages import Kind, State
from robotics.planning.predictive.config import PredictiveConfig
from robotics.planning.predictive.rollout import gaps_now
from robotics.planning.predictive.scene import Crowd, Ground

FAR = 7.0
"""Who is farther off is not looked at [m]."""
GIVE = 0.002
"""A robot that is too near already must not come nearer by more than this [m]."""
MOST = 0.45
"""Doubt never widens the gap that has to be kept by more [m]."""


def crowd_of(state: State, ground: Ground, start: Array, config: PredictiveConfig) -> Crowd:
    """Return who is near, where each will be during a motion, and which gap has to be kept."""
    sampling, weights = config.sampling, config.weights
    near = [
        one
        for one in state.obstacles
        if math.dist(one.position_in_map, state.pose_base_in_map[:2]) < FAR
    ]
    count = len(near)
    place = np.array([one.position_in_map for one in near]).reshape(count, 2)
    speed = np.array([one.velocity_in_map for one in near]).reshape(count, 2)
    radius = np.array([one.radius for one in near]).reshape(count)
    thing = np.array([one.kind is Kind.STATIC for one in near], dtype=np.bool_).reshape(count)
    speed[thing] = 0.0
    time = config.delay + sampling.step * np.arange(sampling.steps + 1)
    position = np.ascontiguousarray(place + time[:, None, None] * speed)
    sigma = np.where(thing, 0.0, 0.05 + 0.15 * time[:, None])
    margin = np.where(thing, weights.touch, weights.hard) + np.minimum(weights.doubt * sigma, MOST)
    personal = np.where(thing, 0.0, config.personal)
    return Crowd(
        position, kept(ground, start, (position, margin, radius)), radius, personal, no_pairs()
    )


def kept(ground: Ground, start: Array, people: tuple[Array, Array, Array]) -> Array:
    """Return the margins, smaller for those to whom the robot is nearer already.

    Args:
        ground: Holds the footprint.
        start: Pose and twist of the robot, shape (6,).
        people: Positions (steps + 1, m, 2), margins (steps + 1, m), radii (m,), all [m].
    """
    position, margin, radius = people
    now = np.column_stack((position[0], radius))
    gaps = gaps_now(ground, start[:3].copy(), np.ascontiguousarray(now))[:-1]
    return np.ascontiguousarray(np.minimum(margin, gaps - GIVE))


def no_pairs() -> IntArray:
    """Return an empty list of pairs, shape (0, 2)."""
    return np.zeros((0, 2), dtype=np.int64)
