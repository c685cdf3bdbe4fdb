"""Measure one decision of the sampled predictive control among 50 walking people.

Usage: python benchmarks/predictive.py [--seed N] [--quick]

2000 motions of 56 steps are driven, judged and averaged, people sorted in anew each time: the size
of Nav2's own benchmark of its MPPI controller. Beside it in the same run the same algorithm in
plain numpy, for a round robot and without the path, i.e. with less to do. The last line is one
JSON object; times are CPU-clock milliseconds of this process, the median of several decisions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Joints, Kind, Obstacle, State
from robotics.mapping.grid import Grid
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling
from robotics.planning.predictive.control import Controller
from robotics.planning.predictive.crowd import crowd_of
from robotics.planning.predictive.sampling import noise_bank
from robotics.planning.predictive.scene import Ground, Scene, Way
from robotics.planning.space import Space
from robotics.robots.sweeper.config import footprint_discs

NAV2 = 20.0
"""One decision of Nav2's MPPI of this size: its README's "50+ Hz" [ms]; quoted, not measured."""
SAMPLES, STEPS, STEP, PEOPLE = 2000, 56, 0.05, 50
LIMITS = Limits(speed=1.2, turn_rate=1.0, acceleration=0.6, angular_acceleration=1.5, backward=0.4)
SIDE = 12.0
"""Of the place [m]."""


def main() -> None:
    """Measure, print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="not used: the scene is drawn from the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="5 decisions instead of 30")
    arguments = parser.parse_args()
    figures = measure_mppi(arguments.seed, 5 if arguments.quick else 30)
    print(f"one decision, {SAMPLES} motions of {STEPS} steps, {PEOPLE} people      CPU ms")
    print(f"{'ours, seven-disc footprint':44}{figures['mppi_ms']:10.2f}")
    print(f"{'ours, round footprint':44}{figures['mppi_round_ms']:10.2f}")
    print(f"{'ours, as the sweeper uses it (600 x 28)':44}{figures['mppi_robot_ms']:10.2f}")
    print(f"{'plain numpy, round footprint':44}{figures['mppi_numpy_ms']:10.2f}")
    print(f"{'Nav2 MPPI (quoted)':44}{NAV2:10.2f}")
    print(json.dumps(figures))


def measure_mppi(seed: int = 1, decisions: int = 30) -> dict[str, float]:
    """Return every figure by key [ms]."""
    large = Sampling(samples=SAMPLES, steps=STEPS, step=STEP)
    state = among_people(seed)
    round_shape = np.array([(0.0, 0.0, 0.35)])
    figures = {
        "mppi_ms": _decide(state, footprint_discs(), large, decisions),
        "mppi_round_ms": _decide(state, round_shape, large, decisions),
        "mppi_robot_ms": _decide(state, footprint_discs(), Sampling(), decisions),
        "mppi_numpy_ms": _in_numpy(state, large, max(3, decisions // 6)),
        "mppi_nav2_quoted_ms": NAV2,
    }
    return {key: round(value, 3) for key, value in figures.items()}


def among_people(seed: int) -> State:
    """Return a robot at the origin with ``PEOPLE`` around it, each walking his own way."""
    rng = np.random.default_rng(seed)
    people: list[Obstacle] = []
    while len(people) < PEOPLE:
        place = rng.uniform(-0.5 * SIDE, 0.5 * SIDE, 2)
        velocity = rng.uniform(-0.9, 0.9, 2)
        if np.hypot(*place) > 2.0:
            people.append(Obstacle(len(people), place, velocity, 0.25, Kind.PERSON))
    rest, twist = np.zeros(3), np.array([0.6, 0.0, 0.0])
    joints = Joints.at_rest(np.zeros(0))
    return State(0.0, rest, twist, joints, rest[:2], rest, obstacles=tuple(people))


def place() -> Grid:
    """Return a square with 60 posts in it, one cell each."""
    rng = np.random.default_rng(0)
    cells = np.zeros((240, 240), dtype=np.bool_)
    cells[rng.integers(0, 240, 60), rng.integers(0, 240, 60)] = True
    cells[95:145, 95:145] = False
    return Grid(cells, SIDE / 240, np.full(2, -0.5 * SIDE))


def _decide(state: State, discs: Array, sampling: Sampling, decisions: int) -> float:
    config = PredictiveConfig(LIMITS, sampling=sampling)
    controller, space = Controller(config), Space.of(place(), discs)
    ground = Ground(space.distance.cells, space.frame, np.array(discs), space.turning_radius)
    along = np.linspace(0.0, 4.5, 46)
    line = np.column_stack((along, 0.0 * along, 0.0 * along, along[::-1]))
    start = np.concatenate((state.pose_base_in_map, state.twist_base_in_base))
    way = Way(line, 1.0, False, np.zeros((0, 0)), np.zeros(3))
    caps = np.full(sampling.steps, LIMITS.speed)
    laws = np.zeros((3, sampling.steps, 3))
    laws[:, :, 0] = np.array([[1.0], [0.6], [0.3]])

    def once() -> None:
        crowd = crowd_of(state, ground, start=start, config=config)
        scene = Scene(ground, crowd, way, start, caps, np.zeros(3), 0.02, sampling.step)
        controller.sample(scene, laws)

    return _median(once, decisions)


def _in_numpy(state: State, sampling: Sampling, decisions: int) -> float:
    bank = noise_bank(sampling, LIMITS, np.random.default_rng(2))[: sampling.samples]
    space = Space.of(place(), np.array([(0.0, 0.0, 0.35)]))
    mean = np.zeros((sampling.steps, 3))
    mean[:, 0] = 0.8
    people = np.array([(*one.position_in_map, *one.velocity_in_map) for one in state.obstacles])
    return _median(lambda: plain_mppi(mean, bank, space, people), decisions)


def plain_mppi(mean: Array, bank: Array, space: Space, people: Array) -> Array:
    """Return the next mean (steps, 3): the textbook's algorithm with whole arrays.

    Args:
        mean: Of the control sequences so far, (steps, 3).
        bank: Noise, (samples, steps, 3).
        space: Distance field around a round robot.
        people: (x, y, vx, vy), shape (m, 4).
    """
    wanted = mean + bank
    forward = np.clip(wanted[..., 0], -LIMITS.backward, LIMITS.speed)
    turn = np.clip(wanted[..., 2], -LIMITS.turn_rate, LIMITS.turn_rate)
    yaw = np.cumsum(turn * STEP, axis=1)
    x = np.cumsum(forward * np.cos(yaw) * STEP, axis=1)
    y = np.cumsum(forward * np.sin(yaw) * STEP, axis=1)
    gap = space.distance.value(np.stack((x, y), axis=-1), 0.0) - 0.35
    cost = (1.5 * STEP * np.clip(1.0 - gap / 0.35, 0.0, 1.5) ** 2).sum(axis=1)
    cost += 100.0 * (gap < 0.0).any(axis=1) + (4.5 - x[:, -1]) / LIMITS.speed
    time_then = STEP * np.arange(1, x.shape[1] + 1)[1::2]
    for px, py, vx, vy in people:
        away = np.hypot(x[:, 1::2] - px - vx * time_then, y[:, 1::2] - py - vy * time_then)
        close = np.clip(1.0 - (away - 0.6) / 0.5, 0.0, 1.5)
        cost += (6.0 * 2.0 * STEP * close**2).sum(axis=1) + 100.0 * (away < 0.75).any(axis=1)
    weight = np.exp((cost.min() - cost) / 0.06)
    weight /= weight.sum()
    return np.asarray(np.tensordot(weight, np.stack((forward, 0 * turn, turn), axis=-1), axes=1))


def _median(call: Callable[[], object], count: int) -> float:
    call()
    taken = []
    for _ in range(count):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return 1e3 * float(np.median(taken))


if __name__ == "__main__":
    main()
