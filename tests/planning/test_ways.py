"""Ways to poses: they end as asked, and do not stop where they need not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from planning_grounds import NAVIGATION, SHAPE, blocked
from shapely.geometry import box

from robotics.core.geometry import wrap_array
from robotics.core.messages import GoTo
from robotics.planning.cursor import cursor_of
from robotics.planning.space import Space
from robotics.planning.ways import Ways

SPACE = Space.of(blocked(box(0, 0, 16, 10)), SHAPE)
WAYS = Ways(NAVIGATION.pace, NAVIGATION.room, NAVIGATION.approach)


@pytest.mark.parametrize("aside", [-0.8, -0.02, 0.0, 0.3, 0.8])
def test_the_last_stretch_is_bent_into(aside: float) -> None:
    """A way that comes from the side goes on into the last stretch without coming to rest."""
    goal = np.array([12.0, 5.0, 0.0])
    plan = WAYS.plan(np.array([4.0, 5.0 + aside, 0.0]), GoTo(goal), SPACE)
    assert not plan.is_empty
    assert len(cursor_of(plan.path).course.legs) == 1
    assert plan.speed[5:-5].min() > 0.5
    assert plan.path[-1] == pytest.approx(goal, abs=1e-9)
    last = plan.path[np.hypot(*(plan.path[:, :2] - goal[:2]).T) < 0.7]
    assert np.abs(wrap_array(last[:, 2])).max() < 1e-9


def test_a_sharp_turn_before_the_last_stretch_is_made_on_the_spot() -> None:
    """The last stretch is too short for such a bend: the robot turns where it begins."""
    goal = np.array([8.0, 5.0, math.pi])
    plan = WAYS.plan(np.array([4.0, 5.0, 0.0]), GoTo(goal), SPACE)
    assert not plan.is_empty
    assert len(cursor_of(plan.path).course.legs) == 2
    assert plan.path[-1, :2] == pytest.approx(goal[:2], abs=1e-9)
    assert SPACE.free(plan.path).all()
