"""A child at play runs into the greeter: it keeps its feet or gets up, comforts, and goes on."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.app import Member, run
from robotics.core.messages import Tick
from robotics.mapping.places import load_site
from robotics.robots.catalog import assemble
from robotics.session import Options, open_stage
from sim.bullet import BulletWorld
from sim.gait_trial import Setting, Trial
from sim.romp import CHILD, Child, RompingChild
from sim.romp_trial import Outcome, bump
from sim.touches import APPROACH

STANDS = (0.0, 0.0, 0.0)


def bumped(child: Child, bearing: float, *, seconds: float = 3.0, rises: bool = False) -> Outcome:
    """Return what came of a bump into a greeter that stands."""
    trial = Trial(Setting(lambda since: STANDS, 99.0, reflexes=rises))
    while trial.since < 1.0:
        trial.tick()
    outcome = bump(trial, child, bearing, seconds, to_end=rises)
    trial.close()
    return outcome


@pytest.mark.parametrize(("bearing", "speed"), [(0.0, 0.8), (0.5 * math.pi, 1.2), (math.pi, 1.0)])
def test_a_child_that_runs_into_it_does_not_fell_it(bearing: float, speed: float) -> None:
    """From ahead, the left and behind; 5 to 10 N·s, as much as a child's arms pass on."""
    seen = bumped(Child(speed=speed), bearing)
    assert not seen.fell
    assert seen.up
    assert seen.gone
    assert 4.5 < seen.impulse < 10.0
    assert seen.force < 120.0
    assert seen.moved < 0.6


def test_felled_by_a_harder_one_it_gets_up_by_itself() -> None:
    """From ahead at 1.2 m/s it steps back too late, falls softly, and stands again."""
    seen = bumped(Child(speed=1.2), 0.0, seconds=26.0, rises=True)
    assert seen.impulse > 7.0
    assert seen.up


def test_the_child_pushes_with_hands_and_chest_only() -> None:
    """What the robot's momentum changes by in the first moments is what was measured there.

    Its soles hold it as well, so the change is no larger than the impulse, and of its direction.
    """
    trial = Trial(Setting(lambda since: STANDS, 99.0))
    while trial.since < 0.5:
        trial.tick()
    x, y, _ = trial.body.true_pose()
    start = np.array([x + 0.75, y])
    romp = RompingChild(trial.world, trial.body.mechanism, Child(speed=1.0), start)
    before = trial.body.true_velocity()[0]
    speeds = [before]
    while romp.bump.touched is None:
        speeds.append(trial.body.true_velocity()[0])
        trial.tick()
        assert trial.since < 3.0
    # nothing before the touch; the engine tells of one a step after it has pushed
    assert np.abs(np.array(speeds[:-1]) - before).max() < 0.02
    for _ in range(8):
        trial.tick()
    gained = trial.body.spec.model.mass * trial.body.true_velocity()[0]
    assert romp.bump.impulse[0] < -0.5
    assert 1.3 * romp.bump.impulse[0] < gained < 0.0
    romp.remove()
    assert CHILD not in trial.world.names.values()
    trial.close()


def test_with_its_mission_it_comforts_the_child_and_goes_on(tmp_path: Path) -> None:
    """Seen by its lidar only; no fall; then it takes its few steps as it would have.

    It did not move towards the child before the touch: by the rules of ``sim.touches`` the child
    caused it.
    """
    options = Options("yard", ("greeter",), minutes=0.4, seed=2, visitors=0)
    stage = open_stage(options, tmp_path)
    robot, mission = assemble("greeter", load_site(tmp_path), seconds=60.0)
    world, body = stage._timeline, stage.bodies["greeter"].body  # type: ignore[attr-defined]
    assert isinstance(world, BulletWorld)
    romps: list[RompingChild] = []
    due = [0.0]
    towards: list[tuple[float, float]] = []

    def on_tick(member: Member, tick: Tick) -> None:
        time = tick.observation.time
        if time >= due[0]:
            due[0] = time + 0.05
            stage.look(time)
        if time >= 5.0 and not romps:
            x, y, yaw = body.true_pose()
            start = np.array([x, y]) + 2.2 * np.array([math.cos(yaw), math.sin(yaw)])
            romps.append(RompingChild(world, body.mechanism, Child(speed=0.8), start))
        if romps and romps[0].bump.touched is None:
            off = romps[0].position() - np.array(body.true_pose()[:2])
            speed = float(body.true_velocity()[:2] @ off) / float(np.hypot(*off))
            towards.append((time, speed))
        if romps and romps[0].bump.phase == "done":
            romps[0].remove()

    run([Member(robot, mission, stage.backends["greeter"])], until=24.0, on_tick=on_tick)
    summary, states = stage.summary(), [line.target for line in mission.history]
    assert romps[0].bump.touched is not None
    assert "working/bumped" in states
    assert "bumped" in [one.behaviour for one in stage.bodies["greeter"].spoken]
    assert states.index("working/bumped") < len(states) - 1
    assert "working/stroll/out" in states
    assert summary["falls"] == 0
    before = [speed for time, speed in towards if time > towards[-1][0] - 0.15]
    assert max(before) < APPROACH
