"""Predicted people as the compiled judge wants them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import State
from robotics.mapping.grid import Grid
from robotics.planning.predictive.config import PredictiveConfig
from robotics.planning.predictive.people import STANDING, pairs_of, predict
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


def crowd_of(
    state: State,
    ground: Ground,
    *,
    start: Array,
    config: PredictiveConfig,
    pressed: float = 0.0,
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
    people = predict(
        _nearby(state, start, half),
        dt=every * sampling.step,
        steps=sampling.steps // every,
        distance=Grid(ground.distance, float(ground.frame[2]), ground.frame[:2]),
        personal=config.personal,
        start=config.delay,
    )
    gone = people.position[1] - people.position[0]
    stands = np.hypot(gone[:, 0], gone[:, 1]) < STANDING * every * sampling.step
    ease = np.where(stands, 1.0 - pressed, 1.0)
    least = np.where(people.personal > 0.0, weights.hard, weights.touch)
    margin = least + ease * np.minimum(weights.doubt * people.sigma, MOST)
    margin = kept(ground, start, (people.position, margin, people.radius))
    wish = people.personal * (0.2 + 0.8 * ease)
    reach = ground.reach + people.radius + np.maximum(2.0 * wish, margin.max(axis=0, initial=0.0))
    frame = np.array([start[0] - half, start[1] - half, CELL])
    many, who = sort_in(people.position, reach, frame, SIDE)
    pairs = pairs_of(people.group, people.position[0])
    return Crowd(
        every, people.position, margin, people.radius, wish, reach, pairs, frame, many, who
    )


def _nearby(state: State, start: Array, half: float) -> State:
    """Return the state with those only who are within ``half`` [m] of a square's middle."""
    near = tuple(
        one
        for one in state.obstacles
        if abs(one.position_in_map[0] - start[0]) < half + 1.0
        and abs(one.position_in_map[1] - start[1]) < half + 1.0
    )
    return state if len(near) == len(state.obstacles) else replace(state, obstacles=near)


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
