"""The laws of leaving against the controllers that they are taken from."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made import STAGE, behaviour, moving, swaying

from robotics.behaviour.clips import Behaviour, Priority, clips_of
from robotics.behaviour.compiled import Grid, Interruptible, Resource, Stretch
from robotics.behaviour.margins import Margins
from robotics.certify.exits import check_exits, exit_paths, exit_times, leaving, trunk_returns
from robotics.certify.feet import stopping_times, stops, worst_stop
from robotics.control.posture import UpperBody
from robotics.control.trunk import Trunk
from robotics.core.messages import Joints, Posture, State
from robotics.robots.greeter.config import PERIOD

JOINTS = STAGE.model.joints
HIGH = {"right_shoulder_pitch": -3.0, "right_shoulder_roll": -0.6, "right_elbow": -0.1}


@pytest.mark.parametrize("tick", [1, 37, 180, 333, 700])
def test_arms_come_home_as_the_posture_controller_brings_them(tick: int) -> None:
    """Broken off at any tick, the same angles all the way, and at rest when the law says so."""
    one = moving(HIGH, seconds=5.0)
    places = list(JOINTS.indices(*HIGH))
    body = UpperBody(
        JOINTS, STAGE.config.upper, clips_of({"made": one}), start=STAGE.rest, period=PERIOD
    )
    level = State(
        0.0, np.zeros(3), np.zeros(3), Joints.at_rest(STAGE.rest), np.zeros(2), np.zeros(3)
    )
    rows = []
    for k in range(-5, tick + 700):
        posture = Posture("made", 0.0) if 0 <= k <= tick else Posture()
        state = replace(level, time=k * PERIOD)
        rows.append(body.advance(state, posture, feet_apart=0.0)[places])
    played = np.array(rows)
    at = tick + 5
    law = leaving(
        played[at][None],
        (played[at] - played[at - 1])[None] / PERIOD,
        STAGE.rest[places],
        top=JOINTS.column("velocity")[places],
        parameters=STAGE.config.upper,
    )
    length = float(law.duration[0])
    for later in range(1, int(length / PERIOD)):
        share = later * PERIOD / length
        expected = law.at(share, STAGE.config.upper.blend / 4.0)[0]
        assert played[at + later] == pytest.approx(expected, abs=1e-9)
    end = at + math.ceil(length / PERIOD)
    assert np.abs(played[end] - played[end - 1]).max() / PERIOD < 0.05
    assert played[-1] == pytest.approx(STAGE.rest[places], abs=1e-6)
    assert length <= STAGE.config.upper.longest + 1e-9


def test_the_trunk_comes_back_as_its_controller_brings_it() -> None:
    """From random places and speeds."""
    rng = np.random.default_rng(2)
    parameters = STAGE.config.trunk
    offset = rng.uniform(parameters.low, parameters.high, (6, 4))
    velocity = rng.uniform(-0.5, 0.5, (6, 4)) * parameters.speed
    times = trunk_returns(parameters, offset, velocity)
    for k in range(6):
        trunk = Trunk(parameters, period=PERIOD)
        trunk._offset, trunk._velocity = offset[k].copy(), velocity[k].copy()
        trunk._target, trunk._source = offset[k].copy(), (swaying("left", 0.01, 1.0).sway, 0.0, 1.0)
        last = 0.0
        for tick in range(1, 400):
            now = trunk.advance(10.0 + tick * PERIOD, []).offset
            if (np.abs(now) > [0.003, 0.003, 0.003, 0.02]).any():
                last = tick * PERIOD
        assert times[k] == pytest.approx(last, abs=PERIOD + 1e-9)


def test_every_tick_of_a_high_arm_leaves_in_time() -> None:
    """Straight up, and still at rest within 0.8 s: half way down, if need be."""
    played = STAGE.perform(moving(HIGH, seconds=6.0))
    time, took = exit_times(STAGE, played)
    assert len(time) == 1201
    assert took.max() <= 0.8
    assert check_exits(STAGE, played, Margins())[0] == ()


def test_ways_home_end_at_rest() -> None:
    """Stage after stage, within the joints' limits."""
    played = STAGE.perform(moving(HIGH, seconds=6.0))
    times, postures = exit_paths(STAGE, played, every=0.5, phases=4)
    last = postures[times == times.max()][-1]
    places = list(JOINTS.indices(*HIGH))
    assert last[places] == pytest.approx(STAGE.rest[places], abs=1e-9)
    assert (postures >= JOINTS.column("lower") - 1e-6).all()
    assert (postures <= JOINTS.column("upper") + 1e-6).all()


def test_breaking_off_waits_for_the_beat_and_no_longer() -> None:
    """Where only beats are permitted, only beats have to be near the rest posture."""
    one = moving({"right_shoulder_pitch": -2.9}, seconds=6.0)
    beats = Grid((0.0, 0.3, 5.6))
    slow = replace(one, exit=replace(one.exit, within=0.6))
    assert check_exits(STAGE, STAGE.perform(slow), Margins())[0] != ()
    at_beat = replace(slow, interruptible=Interruptible.AT_BEAT, grid=beats)
    assert check_exits(STAGE, STAGE.perform(at_beat), Margins())[0] == ()


def test_stepping_feet_stand_soon_and_faster_ones_later() -> None:
    """On the spot within 0.8 s from any instant; the time grows with the speed."""
    spot = worst_stop(STAGE, Stretch(0.0, 3.0, (0.0, 0.0, 0.0), 0.6))
    fast = worst_stop(STAGE, Stretch(0.0, 3.0, (0.25, 0.0, 0.0), 0.6))
    assert 0.3 < spot <= 0.8 < fast < 2.0
    found = stops(STAGE, Stretch(0.0, 1.5, (0.0, 0.0, 0.0), 0.6), every=40)
    assert all(0.0 < took < 1.0 for _, took in found)
    assert behaviour(resources=frozenset({Resource.BASE})).feet == ()


def test_a_travelling_dance_may_be_left_where_its_feet_are_down() -> None:
    """In the middle of a turning step it takes longer than 0.8 s, a moment after the beat none."""
    turning = Stretch(0.0, 3.0, (0.0, 0.0, 0.31), 0.625)
    one = Behaviour(
        *("turn", "dance", Priority.SHOW, 4.0, Interruptible.AT_BEAT),
        feet=(turning,),
        grid=Grid(tuple(0.625 * k for k in range(7))),
    )
    assert worst_stop(STAGE, turning) > 0.8
    times = np.arange(0.0, 3.0, 0.01)
    stops_at = np.array([one.next_stop(float(time), 4.0) for time in times])
    assert (stops_at >= times).all()
    assert stopping_times(STAGE, one, stops_at).max() < 0.1
    assert stopping_times(STAGE, one, times).max() > 0.8
