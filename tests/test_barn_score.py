"""The scoring formula of the BARN benchmark, against values worked out by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet", reason="the benchmark needs the simulator")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from jackal.body import ranges_to_cylinders
from jackal.robot import HALF_LENGTH, HALF_WIDTH, footprint_discs
from jackal.trial import score


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
