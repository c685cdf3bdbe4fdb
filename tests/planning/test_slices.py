"""Work in slices: however it is cut, the answer is the same, and no slice is long."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.messages import GoTo, Plan
from robotics.mapping.grid import Grid
from robotics.planning.profile import Pace
from robotics.planning.search import Room, find_route, find_route_in_slices
from robotics.planning.slices import Job, Slices, at_once, whole
from robotics.planning.space import Space
from robotics.planning.ways import Ways

WAYS = Ways(Pace(0.8, 0.5, 0.8), Room(0.45, 0.9), approach=0.5)


def counted(costs: list[int]) -> Slices[int]:
    """Return the sum of all costs, each a slice."""
    total = 0
    for cost in costs:
        total += cost
        yield cost
    return total


def maze() -> Space:
    """Return a long corridor that winds: 40 m by 12 m, walls with gaps in turn left and right."""
    cells = np.zeros((120, 400), dtype=np.bool_)
    cells[[0, -1]] = cells[:, [0, -1]] = True
    for k in range(1, 10):
        cells[:95, 40 * k] = True
        if k % 2:
            cells[:, 40 * k] = ~cells[:, 40 * k]
            cells[25:, 40 * k] = True
    cells[[0, -1]] = True
    return Space.of(Grid(cells, 0.1, np.zeros(2)), [(0.0, 0.0, 0.4)])


@pytest.mark.parametrize("budget", [1, 7, 100, 10_000])
def test_a_job_is_done_after_its_work_at_any_pace(budget: int) -> None:
    """It takes as many calls as its work has budgets; what a slice overdraws is paid back."""
    costs = [5, 80, 1, 1, 300, 13]
    job = Job(counted(costs))
    calls = 1
    while not job.advance(budget):
        calls += 1
    assert job.answer == sum(costs)
    assert calls == sum(costs) // budget + 1


def test_there_is_no_answer_before_the_end() -> None:
    """Asked too early, a job says so; advanced once more after its end, it stays as it is."""
    job = Job(counted([3, 3]))
    with pytest.raises(ValueError, match="not done yet"):
        _ = job.answer
    assert not job.advance(3)
    assert job.advance(100)
    assert job.advance(100)
    assert job.answer == 6


def test_a_call_that_cannot_be_cut_is_done_at_the_first_look() -> None:
    """Its answer is the call's, whatever the budget."""
    job = Job(at_once(math.hypot, 3.0, 4.0))
    assert job.advance(1)
    assert job.answer == whole(at_once(math.hypot, 3.0, 4.0)) == 5.0
    assert job.spent == 0


@pytest.mark.parametrize("comfort", [0.0, 0.9])
def test_a_route_in_slices_is_the_route(comfort: float) -> None:
    """Cut into the smallest slices there are, the search finds the same corners."""
    space, room = maze(), Room(0.45, comfort)
    job = Job(find_route_in_slices(space.distance, (2.0, 2.0), (38.0, 2.0), room))
    calls = 1
    while not job.advance(1):
        calls += 1
    wanted = find_route(space.distance, (2.0, 2.0), (38.0, 2.0), room)
    assert wanted.reason == ""
    assert np.array_equal(job.answer.points, wanted.points)
    assert calls > 1


def test_a_plan_in_slices_is_the_plan_and_every_slice_is_short() -> None:
    """Path and speeds are bit-equal; no slice counts more than five milliseconds."""
    space = maze()
    pose, goal = np.array([2.0, 2.0, 1.0]), GoTo(np.array([38.0, 2.0, 0.5]))
    wanted = WAYS.plan(pose, goal, space)
    work, spent = WAYS.plan_in_slices(pose, goal, space), []
    found: Plan | None = None
    while found is None:
        try:
            spent.append(next(work))
        except StopIteration as end:
            found = end.value
    assert len(wanted.path) > 500
    assert np.array_equal(found.path, wanted.path)
    assert np.array_equal(found.speed, wanted.speed)
    assert max(spent) <= 5000
    assert sum(spent) > 10_000


@pytest.mark.parametrize("goal", [(50.0, 2.0, 0.0), (4.05, 3.0, 0.0)])
def test_a_refused_goal_costs_no_slice(goal: tuple[float, float, float]) -> None:
    """The reason is there at once."""
    job = Job(WAYS.plan_in_slices(np.array([2.0, 2.0, 0.0]), GoTo(np.array(goal)), maze()))
    assert job.advance(1)
    assert job.answer.reason in ("goal outside the map", "goal occupied")
