"""Ways away from places where there is no room to turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from planning_grounds import SHAPE, blocked
from shapely.geometry import box

from robotics.core.geometry import wrap_array
from robotics.planning.coverage.mask import densely
from robotics.planning.coverage.transit import way_out
from robotics.planning.space import Space

YARD = Space.of(blocked(box(0, 0, 14, 8)), SHAPE)


@pytest.mark.parametrize("gap", [0.0, -0.06])
def test_beside_a_kerb_with_something_ahead_it_backs_off_and_leaves(gap: float) -> None:
    """Neither nose nor tail can swing where it stands: back along the kerb, then out forwards.

    Nothing comes nearer on the way than it was at the start, bristles over the kerb included.
    """
    pose = np.array([8.0, 0.56 + gap, 0.0])
    space = YARD.with_standing([(9.1, 0.9, 0.3)])
    at_start = float(space.clearance(pose)[0])
    assert at_start == pytest.approx(gap, abs=0.03)
    way = way_out(space, pose, 0.02, backing=True)
    assert way is not None
    assert np.array_equal(way[0], pose)
    assert space.roomy(way[-1], 0.02)
    assert space.clearance(densely(way)).min() >= at_start - 0.005
    step = np.diff(way[:, :2], axis=0)
    assert step[0] @ (math.cos(way[0, 2]), math.sin(way[0, 2])) < 0.0
    moved = np.hypot(*step.T) > 1e-6
    yaw = way[1:, 2][moved]
    off = wrap_array(np.arctan2(*step[moved].T[::-1]) - yaw)
    assert np.minimum(np.abs(off), np.pi - np.abs(off)).max() < 0.02


def test_where_it_is_boxed_in_there_is_no_way_out() -> None:
    """Something ahead and something behind, beside a wall: None, not a way through them."""
    pose = np.array([8.0, 0.56, 0.0])
    space = YARD.with_standing([(9.1, 0.9, 0.3), (7.0, 0.9, 0.3)])
    assert way_out(space, pose, 0.02, backing=True) is None
