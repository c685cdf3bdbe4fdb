"""Kerbs in the down-tilted lidar: where they are, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import compose
from robotics.core.messages import Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.mapping.kerb import Kerb, KerbLine, Mounting, detect_kerb
from sim.raycast import cast, prisms
from sim.world_model import Solid

MOUNTING = Mounting(np.array([0.62, 0.0, 0.50]), matrix_from_rpy(0.0, math.radians(35.0), 0.0))
ANGLES = np.linspace(-math.pi / 3, math.pi / 3, 180)


def look(
    pose: Array,
    rng: np.random.Generator,
    *,
    left: float | None = 0.8,
    height: float = 0.12,
    roll: float = 0.0,
) -> Scan:
    """Return what the lidar sees from ``pose`` with a kerb along y = ``left`` in the map."""
    corners = (
        [] if left is None else [(-20.0, left), (40.0, left), (40.0, left + 4), (-20, left + 4)]
    )
    ring = tuple((float(x), float(y)) for x, y in corners)
    solids = (Solid("kerb", "kerb", ring, 0.0, height, (0.5,) * 4),) if ring else ()
    base = matrix_from_rpy(0.0, 0.0, float(pose[2])) @ matrix_from_rpy(roll, 0.0, 0.0)
    start = np.array([pose[0], pose[1], 0.0]) + base @ MOUNTING.position_in_base
    flat = np.stack((np.cos(ANGLES), np.sin(ANGLES), np.zeros(180)), axis=1)
    beams = np.ascontiguousarray(flat @ MOUNTING.rotation_in_base.T @ base.T)
    among = np.arange(len(solids), dtype=np.int64)
    ranges = cast(prisms(solids), among, np.zeros((0, 4)), start, beams)
    ranges = ranges + rng.normal(0.0, 0.01, 180)
    return Scan(ANGLES, np.where(ranges < 4.0, ranges, np.inf))


@pytest.mark.parametrize("height", [0.08, 0.12, 0.18])
@pytest.mark.parametrize("left", [0.5, 0.7, 0.9, 1.1])
def test_one_turn_tells_the_distance_within_a_centimetre(left: float, height: float) -> None:
    """Over 40 turns: found every time, bias and spread of the distance at most 1 cm.

    Beyond 1 m the lidar's sector ends on the face: a high top is out of view.
    """
    rng = np.random.default_rng(1)
    found = [
        detect_kerb(look(np.zeros(3), rng, left=left, height=height), MOUNTING) for _ in range(40)
    ]
    assert all(found)
    distance = np.array([one.distance for one in found if one])
    assert abs(distance.mean() - left) < 0.01
    assert distance.std() < 0.01
    told = float(np.median([one.height for one in found if one]))
    assert told == pytest.approx(height if left < 1.0 else min(height, 0.12), abs=0.015)


def test_left_and_right_are_mirrored() -> None:
    """A kerb on the right has a negative distance."""
    rng = np.random.default_rng(2)
    right = look(np.array([0.0, 0.0, math.pi]), rng, left=0.8)
    one = detect_kerb(right, MOUNTING)
    assert one is not None
    assert one.distance == pytest.approx(-0.8, abs=0.015)


@pytest.mark.parametrize("roll", [-0.03, 0.0, 0.03])
def test_flat_ground_is_no_kerb(roll: float) -> None:
    """Nothing is found on paving, level or seen from a base that leans by 1.7°."""
    rng = np.random.default_rng(3)
    assert not any(
        detect_kerb(look(np.zeros(3), rng, left=None, roll=roll), MOUNTING) for _ in range(40)
    )


def test_the_line_is_right_after_a_metre_of_driving() -> None:
    """Driving towards a kerb at 17°: within 4 cm and 2° at the robot, 1.3 m behind the eye."""
    line, rng = KerbLine(MOUNTING), np.random.default_rng(4)
    pose, found = np.array([0.0, -0.4, 0.3]), None
    for k in range(32):
        found = line.update(0.1 * k, look(pose, rng))
        pose = compose(pose, (0.04, 0.0, 0.0))
        line.carry(np.array([0.04, 0.0, 0.0]))
    assert isinstance(found, Kerb)
    pose = compose(pose, (-0.04, 0.0, 0.0))
    assert found.distance == pytest.approx(0.8 - pose[1], abs=0.04)
    assert found.angle == pytest.approx(-0.3, abs=0.035)
    ends = line.polyline
    assert len(ends) > 10


def test_the_line_is_forgotten_when_nothing_is_seen() -> None:
    """After five seconds without a sighting there is no line; one turn alone tells no direction."""
    line, rng = KerbLine(MOUNTING), np.random.default_rng(5)
    assert line.update(0.0, look(np.zeros(3), rng)) is None
    for k in range(10):
        line.carry(np.array([0.1, 0.0, 0.0]))
        found = line.update(0.1 * k, look(np.array([0.1 * k, 0.0, 0.0]), rng))
    assert found is not None
    assert line.update(6.0, None) is None
    assert len(line.polyline) == 0


@pytest.mark.parametrize(
    "ranges", [np.full(180, np.nan), np.full(180, np.inf), np.zeros(180), np.full(180, 0.5)]
)
def test_broken_turns_are_survived(ranges: Array) -> None:
    """No return, no number, or the same number everywhere: no kerb, no exception."""
    assert detect_kerb(Scan(ANGLES, ranges), MOUNTING) is None
    assert KerbLine(MOUNTING).update(0.0, Scan(ANGLES[:0], ranges[:0])) is None
