"""The field of a few scans: distance, sign, what is joined."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.mapping.field import sample
from robotics.mapping.submap import Seen, submap_field


def arc_of_wall(x: float) -> np.ndarray:
    """Return points on the wall at ``x``, seen from the origin, one each degree."""
    angle = np.radians(np.arange(-40.0, 41.0))
    return np.stack((np.full(len(angle), x), x * np.tan(angle)), axis=1)


def test_a_wall_has_its_distance_and_its_side() -> None:
    """Positive towards the lidar, negative behind, to a millimetre."""
    field = submap_field([Seen(arc_of_wall(3.0), np.zeros(2))])
    for x in (2.6, 2.9, 3.0, 3.1, 3.4):
        d, gx, gy = sample(field, x, 0.3)
        assert d == pytest.approx(3.0 - x, abs=1e-3)
        assert (gx, gy) == pytest.approx((-1.0, 0.0), abs=0.02)


def test_the_same_wall_from_its_other_side_has_the_other_sign() -> None:
    """Positive is where the lidar was."""
    points = arc_of_wall(3.0)[::-1]
    field = submap_field([Seen(points, np.array([6.0, 0.0]))])
    assert sample(field, 3.2, 0.0)[0] == pytest.approx(0.2, abs=1e-3)


def test_a_gap_stays_open_and_a_lone_return_counts() -> None:
    """Two pieces of wall with a door between; a single return is a small thing."""
    points = arc_of_wall(3.0)
    door = points[np.abs(points[:, 1]) > 0.6]
    field = submap_field([Seen(door, np.zeros(2))])
    assert sample(field, 3.0, 0.0)[0] > 0.4
    lone = submap_field([Seen(np.array([[2.0, 0.0]]), np.zeros(2))])
    assert sample(lone, 1.8, 0.0)[0] == pytest.approx(0.2, abs=0.01)


def test_turning_everything_turns_the_field() -> None:
    """Distances do not depend on the frame, to the interpolation's millimetres."""
    points = arc_of_wall(3.0)
    c, s = math.cos(0.6), math.sin(0.6)
    turn = np.array([[c, -s], [s, c]])
    field = submap_field([Seen(points @ turn.T, np.zeros(2))])
    for x in (2.7, 2.95, 3.2):
        at = turn @ (x, 0.2)
        assert sample(field, at[0], at[1])[0] == pytest.approx(3.0 - x, abs=5e-3)


def test_nothing_seen_is_an_empty_field() -> None:
    """No scans, empty scans, NaN: everything is beyond reach."""
    for scans in (
        [],
        [Seen(np.zeros((0, 2)), np.zeros(2))],
        [Seen(np.full((3, 2), np.nan), np.zeros(2))],
    ):
        field = submap_field(scans)
        assert sample(field, 0.0, 0.0)[0] == field.reach
