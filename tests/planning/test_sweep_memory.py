"""What a sweep job remembers outlives the process, and it goes on exactly there."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
from planning_grounds import NAVIGATION, SHAPE, SWEEPING, Unicycle, blocked
from shapely.geometry import box

from robotics.core.messages import Cover, Goal, Tools
from robotics.mapping.places import Zone
from robotics.planning.navigator import Navigator
from robotics.planning.slices import whole
from robotics.planning.space import Space
from robotics.planning.sweep_job import SweepJob

ZONE = Zone("z", "", "sweep", np.array(box(1, 1, 9, 6).exterior.coords)[:-1])
SPACE = Space.of(blocked(box(0, 0, 10, 7)), SHAPE)
SWEEP = Goal(base=Cover("z"), tools=Tools(brush=1.0))


def test_progress_survives_a_round_trip() -> None:
    """Mask, rounds, plan and place are the same after a memory was written and read."""
    job = SweepJob.begin(ZONE, SPACE, SWEEPING)
    job.take(whole(job.first_plan(np.array([2.0, 2.0, 0.0]))))
    for pose in job.plan.path[:150]:
        job.touch(pose, brushing=True)
    job.index = 150
    told = pickle.loads(pickle.dumps(job.memory()))
    again = SweepJob.recall(told, ZONE, SPACE, SWEEPING)
    assert np.array_equal(again.swept, job.swept)
    assert (again.rounds, again.index, again.fraction) == (0, 150, job.fraction)
    rest, other = (whole(one.resume(job.plan.path[150], SPACE)) for one in (job, again))
    assert np.array_equal(rest.path, other.path)
    assert np.array_equal(rest.path[-1], job.plan.path[-1])


def test_what_is_resumed_is_led_along_kerbs_as_before() -> None:
    """The way to where it goes on follows no kerb; each pose of the old plan keeps its side."""
    job = SweepJob.begin(ZONE, SPACE, SWEEPING)
    plan = whole(job.first_plan(np.array([2.0, 2.0, 0.0])))
    sides = np.where(np.arange(len(plan.path)) % 90 < 60, -1.0, 0.0)
    job.take(replace(plan, kerb_side=sides))
    job.index = 150
    away = plan.path[150] + (0.0, 0.9, 0.0)
    for rest in (whole(job.resume(away, SPACE)), job.skip(away, SPACE)):
        assert rest is not None
        old = {tuple(pose): side for pose, side in zip(plan.path, sides, strict=True)}
        found = [old.get(tuple(pose), 0.0) for pose in rest.path]
        assert rest.kerb_side.any()
        assert np.array_equal(rest.kerb_side, found)


def test_a_memory_of_something_else_counts_for_nothing() -> None:
    """Another zone's memory, or one with a torn mask, leaves the job at its beginning."""
    job = SweepJob.begin(ZONE, SPACE, SWEEPING)
    job.touch(np.array([3.0, 3.0, 0.0]), brushing=True)
    told = job.memory()
    for wrong in (replace(told, zone="y"), replace(told, swept=told.swept[:-1])):
        assert SweepJob.recall(wrong, ZONE, SPACE, SWEEPING).fraction == 0.0
    assert SweepJob.recall(told, ZONE, SPACE, SWEEPING).fraction > 0.0


def test_another_navigator_goes_on_where_the_first_one_was() -> None:
    """A navigator that recalls a half-done zone begins with what is left of the plan."""
    first = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones={"z": ZONE})
    for _ in range(600):
        first.step(SWEEP)
    (told,) = first.navigator.memory()
    second = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones={"z": ZONE})
    second.navigator = Navigator(NAVIGATION, SPACE, {"z": ZONE})
    second.navigator.recall((told, replace(told, zone="unknown")))
    second.pose, second.time = first.pose, first.time
    for _ in range(12):
        second.step(SWEEP)
    rest = second.navigator.plan(second.state(), SWEEP)
    assert second.navigator.progress.fraction >= first.navigator.progress.fraction > 0.1
    assert np.array_equal(rest.path[-1], told.plan.path[-1])
    assert len(rest.path) < len(told.plan.path) - told.index + 40
