"""Shows of the parked sweeper: slow, on a leash, never before toes, and parked again afterwards."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from mission_stage import TICK, Stage, Walker, open_site

from robotics.behaviour.compiled import ToolCue
from robotics.behaviour.runs import Performance
from robotics.core.geometry import relative
from robotics.core.messages import Cover, Drive, Goal, Stay
from robotics.robots.sweeper.antics import BRUSH, LEASH, SLOW, Antics

DOCK = np.array(open_site().place("dock_charge").pose)
WILD = Performance(
    twist=(0.7, 0.0, 0.9), tools=ToolCue(0.0, brush=1.0, spray=1.0), running=("show",)
)


class _Wild:
    """A mission whose behaviour wants to drive away for ten seconds."""

    def __init__(self, antics: Antics, wish: Performance) -> None:
        self.antics, self.wish = antics, wish

    def decide(self, state):  # type: ignore[no-untyped-def]
        """Return the goal for this tick."""
        seen = self.wish if state.time < 10.0 else Performance()
        return self.antics.allow(Goal(), seen, state, parked=True)

    def stop(self, reason: str) -> None:
        """Nobody stops it."""


@pytest.mark.parametrize("twist", [(0.7, 0.0, 0.0), (-0.7, 0.0, 0.3), (0.1, 0.0, -0.9)])
def test_it_keeps_to_its_place_slowly_and_is_parked_again(twist: tuple[float, ...]) -> None:
    """Whatever is wished: no faster and no farther than for a show; then back to the centimetre."""
    antics = Antics(DOCK)
    wish = replace(WILD, twist=twist)
    stage = Stage(DOCK)
    stage.run(_Wild(antics, wish), 10.0)
    assert antics.is_away
    assert max(math.dist(pose[:2], DOCK[:2]) for pose in stage.path) < LEASH + 2.0 * TICK * SLOW[0]
    twists = [g.base.twist for _, g in stage.goals if isinstance(g.base, Drive)]
    assert len(twists) > 100
    assert max(abs(one[0]) for one in twists) <= SLOW[0]
    assert max(abs(one[2]) for one in twists) <= SLOW[1]
    stage.run(_Wild(antics, wish), 90.0)
    error = relative(DOCK, stage.pose)
    assert not antics.is_away
    assert math.hypot(error[0], error[1]) < 0.012
    assert abs(error[2]) < math.radians(1.0)


def test_nobody_is_brushed_or_sprayed() -> None:
    """Toes near the brushes: it stands still, dry; two metres off: brushes, but no water."""
    for gap, moves, sprays in ((1.0, False, False), (2.0, True, False), (4.0, True, True)):
        person = Walker(1, (float(DOCK[0]) + gap, float(DOCK[1])), (0.0, 0.0))
        goal = Antics(DOCK).allow(Goal(), WILD, Stage(DOCK, [person]).state(), parked=True)
        assert isinstance(goal.base, Drive) == moves
        assert goal.tools.brush == (BRUSH if moves else 0.0)
        assert (goal.tools.spray > 0.0) == sprays


def test_at_work_base_and_tools_belong_to_the_work() -> None:
    """A behaviour that plays while it sweeps changes neither."""
    work = Goal(Cover("plaza"))
    antics = Antics(DOCK)
    assert antics.allow(work, WILD, Stage(DOCK).state(), parked=False) == work
    assert not antics.is_away


def test_who_only_talks_leaves_it_parked() -> None:
    """Words without a movement do not unpark it."""
    antics, said = Antics(DOCK), Performance(running=("finished",))
    goal = antics.allow(Goal(), said, Stage(DOCK).state(), parked=True)
    assert goal == Goal()
    assert isinstance(goal.base, Stay)
    assert not antics.is_away
