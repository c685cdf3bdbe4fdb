"""Predicted people as the compiled judge wants them."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.messages import Kind, State
from robotics.planning.predictive.config import PredictiveConfig
from robotics.planning.predictive.rollout import gaps_now
from robotics.planning.predictive.scene import Crowd, Ground, sort_in

LOOK = 0.1
"""People are looked at every so often along a motion [s]."""
GIVE = 0.002
"""A robot that is too near already must not come nearer by more than this [m]."""
MOST = 0.15
"""Doubt never widens the gap that has to be kept by more [m]."""
CELL = 0.5
"""Of the coarse grid of who may matter where [m]."""
SIDE = 24
"""Its cells a side."""
STANDING = 0.15
"""Who is slower stands [m/s]."""


def crowd_of(
    state: State, ground: Ground, start: Array, config: PredictiveConfig, *, pressed: float = 0.0
) -> Crowd:
    """Return who is near, where each will be during a motion, and which gap has to be kept.

    Args:
        state: Who was seen, and where.
        ground: Holds the footprint.
        start: Pose and twist (6,) from which motions begin.
        config: Manners and time steps.
        pressed: How much nearer to those who stand the robot may pass than they would like,
            0 (not at all) to 1 (as near as to things).
    """
    sampling, weights = config.sampling, config.weights
    every = max(1, round(LOOK / sampling.step))
    half = 0.5 * CELL * SIDE
    near = [
        one
        for one in state.obstacles
        if math.dist(one.position_in_map, state.pose_base_in_map[:2]) < half + 1.0
    ]
    count = len(near)
    place = np.array([one.position_in_map for one in near]).reshape(count, 2)
    speed = np.array([one.velocity_in_map for one in near]).reshape(count, 2)
    radius = np.array([one.radius for one in near]).reshape(count)
    thing = np.array([one.kind is Kind.STATIC for one in near], dtype=np.bool_).reshape(count)
    speed[thing] = 0.0
    looks = sampling.steps // every + 1
    time = config.delay + every * sampling.step * np.arange(looks)
    position = np.ascontiguousarray(place + time[:, None, None] * speed)
    pace = np.hypot(speed[:, 0], speed[:, 1])
    sigma = np.where(thing, 0.0, 0.02 + 0.15 * pace * time[:, None])
    least = np.where(thing, weights.touch, weights.hard)
    margin = kept(
        ground,
        start,
        (position, least + np.minimum(weights.doubt * sigma, MOST), radius),
    )
    wish = config.personal * np.where(pace < STANDING, 1.0 - 0.8 * pressed, 1.0)
    personal = np.where(thing, 0.0, wish)
    reach = ground.reach + radius + np.maximum(2.0 * personal, margin.max(axis=0, initial=0.0))
    frame = np.array([start[0] - half, start[1] - half, CELL])
    number, who = sort_in(position, reach, frame, SIDE)
    return Crowd(every, position, margin, radius, personal, reach, no_pairs(), frame, number, who)


def kept(ground: Ground, start: Array, people: tuple[Array, Array, Array]) -> Array:
    """Return the margins, smaller for those to whom the robot is nearer already.

    Args:
        ground: Holds the footprint.
        start: Pose and twist of the robot, shape (6,).
        people: Positions (looks + 1, m, 2), margins (looks + 1, m), radii (m,), all [m].
    """
    position, margin, radius = people
    now = np.column_stack((position[0], radius))
    gaps = gaps_now(ground, start[:3].copy(), np.ascontiguousarray(now))[:-1]
    return np.ascontiguousarray(np.minimum(margin, gaps - GIVE))


def no_pairs() -> IntArray:
    """Return an empty list of pairs, shape (0, 2)."""
    return np.zeros((0, 2), dtype=np.int64)
