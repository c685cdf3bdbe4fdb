"""Litter that was left over sends a sweep job back to it."""

from __future__ import annotations

import numpy as np
from planning_grounds import SHAPE, SWEEPING, blocked
from shapely.geometry import box

from robotics.core.messages import Litter
from robotics.mapping.places import Zone
from robotics.planning.space import Space
from robotics.planning.sweep_job import SweepJob


def test_pieces_left_over_are_swept_in_the_end() -> None:
    """A swept zone is done, unless a piece that fits is known to lie there; large ones are not."""
    zone = Zone("z", "", "sweep", np.array(box(1, 1, 9, 6).exterior.coords)[:-1])
    space = Space.of(blocked(box(0, 0, 10, 7)), SHAPE)
    job = SweepJob.begin(zone, space, SWEEPING)
    job.swept[:] = True
    here = np.array([2.0, 2.0, 0.0])
    assert job.next_plan(here, space).is_empty
    job.litter = (Litter(1, np.array([6.0, 4.0]), 0.35, 0.2, fits=False),)
    assert job.next_plan(here, space).is_empty
    job.litter = (*job.litter, Litter(2, np.array([5.0, 3.0]), 0.12, 0.06))
    plan = job.next_plan(here, space)
    swept = plan.path[plan.working]
    assert np.hypot(*(swept[:, :2] - (5.0, 3.0)).T).min() < 0.6
    job.rounds = 5
    assert job.next_plan(here, space).is_empty
