"""The BARN benchmark: its score, its lidar, its delay, its umpire, and one easy world."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet", reason="the benchmark needs the simulator")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from jackal.body import PERIOD, SENSING, place, ranges_to_cylinders
from jackal.robot import HALF_LENGTH, HALF_WIDTH, footprint_discs
from jackal.trial import attempt, score

from robotics.core.messages import Command


@pytest.mark.parametrize(
    ("success", "duration", "expected"),
    [
        (True, 3.0, 0.5),
        (True, 10.0, 0.5),
        (True, 20.0, 0.25),
        (True, 40.0, 0.125),
        (True, 90.0, 0.125),
        (False, 3.0, 0.0),
    ],
)
def test_score_of_a_ten_metre_way(success: bool, duration: float, expected: float) -> None:
    """T* is 5 s: half at most, falling with the time from 2 T* on, no less than 1/8 if reached."""
    assert score(success, duration, 10.0) == pytest.approx(expected)


def test_ranges_equal_geometry() -> None:
    """A beam through a cylinder's axis ends on its face; beams beside it find nothing."""
    bearings = np.linspace(-0.75 * np.pi, 0.75 * np.pi, 721)
    cylinders = np.array([(2.0, 0.0), (3.0, 0.0), (0.0, 1.5), (-4.0, 0.0)])
    ranges = ranges_to_cylinders(cylinders, 0.075, np.zeros(3), bearings)
    assert ranges[360] == pytest.approx(2.0 - 0.075)
    assert ranges[600] == pytest.approx(1.5 - 0.075)
    assert np.isinf(ranges[300])
    rng = np.random.default_rng(0)
    cylinders, pose = rng.uniform(-5.0, 5.0, (60, 2)), np.array([0.1, -0.2, 2.0])
    cylinders = cylinders[np.hypot(*(cylinders - pose[:2]).T) > 0.3]
    found = ranges_to_cylinders(cylinders, 0.075, pose, bearings)
    for k in range(0, 721, 7):
        ray = np.array([np.cos(pose[2] + bearings[k]), np.sin(pose[2] + bearings[k])])
        along = (cylinders - pose[:2]) @ ray
        inner = 0.075**2 - ((cylinders - pose[:2]) ** 2).sum(axis=1) + along**2
        hit = (inner > 0.0) & (along > 0.0)
        nearest = (along[hit] - np.sqrt(inner[hit])).min() if hit.any() else np.inf
        assert found[k] == pytest.approx(nearest, abs=1e-9)


def test_the_discs_cover_the_rectangle() -> None:
    """No point of the edge is farther than 1.2 cm from a disc; none reaches out by more than 1."""
    discs, t = footprint_discs(), np.linspace(-1.0, 1.0, 201)
    edge = [np.column_stack((HALF_LENGTH * t, np.full(201, s * HALF_WIDTH))) for s in (1, -1)]
    edge += [np.column_stack((np.full(201, s * HALF_LENGTH), HALF_WIDTH * t)) for s in (1, -1)]
    points = np.vstack(edge)
    gap = np.hypot(*(points[:, None] - discs[None, :, :2]).transpose(2, 0, 1)) - discs[:, 2]
    assert gap.min(axis=1).max() < 0.012
    assert (np.abs(discs[:, 0]) + discs[:, 2]).max() < HALF_LENGTH + 0.01
    assert (np.abs(discs[:, 1]) + discs[:, 2]).max() < HALF_WIDTH + 0.01


def drive(cylinders: list[list[float]], speed: float, ticks: int) -> tuple[list[float], str]:
    """Command a wheel speed [rad/s] at once; return the wheel's angles seen, and what is hit."""
    bullet, body, umpire = place(cylinders, 0.075, (0.0, 0.0, 0.0), 1)
    seen = [float(body.reset().joints.position[0])]
    for _ in range(ticks):
        body.act(Command(np.full(2, speed), np.full(2, 10.0)))
        seen.append(float(body.observe().joints.position[0]))
    bullet.close()
    return seen, umpire.touched


def test_what_is_decided_is_seen_to_act_150_ms_later() -> None:
    """Sensing and actuation take 150 ms together: until then the wheels seem to stand."""
    angles, touched = drive([[9.0, 9.0]], 5.0, 20)
    first = next(k for k, angle in enumerate(angles) if abs(angle - angles[0]) > 0.003)
    delay = SENSING + PERIOD
    assert delay == pytest.approx(0.15)
    assert delay < first * PERIOD <= delay + PERIOD + 1e-9
    assert touched == ""


def test_physics_says_what_is_touched() -> None:
    """A robot that drives into a cylinder is seen to touch it."""
    _, touched = drive([[1.0, 0.15]], 10.0, 60)
    assert touched == "cylinder at (1.00, 0.15)"


def test_an_easy_world_gets_the_full_score() -> None:
    """Three cylinders in the way do not cost a thing, and the same seed gives the same run."""
    world = {
        "world": 7,
        "cylinder_radius_m": 0.075,
        "start": [0.0, 0.0, 0.0],
        "goal": [5.0, 0.0],
        "reference_path_length_m": 5.0,
        "cylinders": [[2.0, 0.0], [2.5, 0.4], [3.0, -0.3]],
    }
    one, two = attempt(world, 3), attempt(world, 3)
    assert one.success
    assert one.score == 0.5
    assert one.drift < 0.2
    assert np.array_equal(one.trace, two.trace)
