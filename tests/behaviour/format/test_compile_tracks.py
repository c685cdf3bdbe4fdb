"""Tracks come out as the author's numbers say, on seconds, in radians."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robotics.behaviour.clips import Behaviour, Priority
from robotics.behaviour.compiled import (
    Interruptible,
    Light,
    Look,
    OnConflict,
    Resource,
    ToolCue,
)

HEAD = "kind: dance\npriority: show\n"


def angle(one: Behaviour, joint: str, time: float) -> float:
    """Return where a joint of the clip is [deg]."""
    assert one.clip is not None
    place = one.clip.joints.index(joint)
    return math.degrees(float(one.clip.evaluate(time)[place]))


def test_beats_are_seconds_by_the_song(desk: Any) -> None:
    """60 a minute for 8 beats, then 120: beat 4 is at 4 s, beat 12 at 10 s, the end at 12 s."""
    one = desk.good(
        HEAD
        + """\
music: tune
tracks:
  head:
    - {beat: 0, joints: {head_yaw: 0}}
    - {beat: 4, joints: {head_yaw: 20}}
    - {beat: 12, joints: {head_yaw: -20}}
    - {beat: 14, joints: {head_yaw: 0}}
"""
    )
    assert one.clip is not None
    assert one.clip.curves[0].times == (0.0, 4.0, 10.0, 11.0)
    assert (one.duration, one.music) == (12.0, "tune")
    assert one.grid.beats == (*map(float, range(9)), 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12)
    assert one.grid.phrases == (0.0, 8.0)
    assert angle(one, "head_yaw", 4.0) == pytest.approx(20.0)
    assert angle(one, "head_yaw", 10.0) == pytest.approx(-20.0)


@given(
    tempi=st.lists(st.tuples(st.integers(1, 12), st.integers(40, 200)), max_size=4),
    first=st.integers(40, 200),
    beat=st.floats(0.5, 40.0),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_tempo_is_the_sum_of_its_beats(
    desk: Any, tempi: list[tuple[int, int]], first: int, beat: float
) -> None:
    """The second of a beat is the integral of 60 / bpm, computed here in small steps."""
    starts, bpm = [0], [first]
    for gap, speed in tempi:
        starts.append(starts[-1] + gap)
        bpm.append(speed)
    rows = ", ".join(f"{{beat: {b}, bpm: {s}}}" for b, s in zip(starts, bpm, strict=True))
    beat = round(beat, 3)
    text = (
        f"{HEAD}tempo: [{rows}]\ntracks:\n  lights:\n"
        f"    - {{beat: 0, show: smile}}\n    - {{beat: {beat}, show: wink}}\n"
    )
    one = desk.good(text)
    edges = sorted({0.0, beat, *(float(s) for s in starts if s < beat)})
    wanted = 0.0
    for low, high in pairwise(edges):
        speed = bpm[max(i for i, s in enumerate(starts) if s <= low)]
        wanted += (high - low) * 60.0 / speed
    assert one.lights[1].start == pytest.approx(wanted, abs=1e-9)


def test_an_arm_pose_is_mirrored_for_the_right(desk: Any) -> None:
    """Pitch and elbow stay, roll and yaw change sign; `arms` moves both."""
    both = desk.good(
        HEAD
        + "tracks: {arms: [{time: 0, pose: rest}, {time: 2, pose: open_wide},"
        + " {time: 4, pose: rest}]}\n"
    )
    for joint, sign in (("pitch", 1), ("roll", -1), ("yaw", -1)):
        left = angle(both, f"left_shoulder_{joint}", 2.0)
        assert angle(both, f"right_shoulder_{joint}", 2.0) == pytest.approx(sign * left)
    assert angle(both, "right_elbow", 2.0) == pytest.approx(-30.0)
    assert both.resources == {Resource.ARM_LEFT, Resource.ARM_RIGHT}
    wave = desk.compiled("wave").behaviour
    assert wave.resources == {Resource.ARM_RIGHT}
    assert angle(wave, "right_shoulder_roll", 1.5) == pytest.approx(-60.0)


def test_a_joint_that_joins_later_starts_from_rest(desk: Any) -> None:
    """Not named in the first keyframe, it is where the pose `rest` has it."""
    one = desk.good(
        HEAD
        + """\
tracks:
  arm_left:
    - {time: 1, joints: {left_shoulder_roll: 10}}
    - {time: 2, joints: {left_shoulder_roll: 30, left_elbow: -60}}
    - {time: 4, pose: rest}
"""
    )
    assert angle(one, "left_elbow", 0.0) == angle(one, "left_elbow", 1.0) == pytest.approx(-15.0)
    assert angle(one, "left_elbow", 2.0) == pytest.approx(-60.0)
    assert one.duration == 4.0


def test_trunk_feet_and_the_rest(desk: Any) -> None:
    """Metres, degrees, beats and words end where the runner looks for them."""
    one = desk.good(
        HEAD
        + """\
title: {zh: 题, en: Title}
on_conflict: queue
interruptible: at_beat
needs: [standing, "battery>20%"]
tempo: [{beat: 0, bpm: 60}, {beat: 4, bpm: 120}]
beats: 12
tracks:
  head: [{beat: 0, look: visitor}, {beat: 4, look: ahead}]
  trunk: [{beat: 0}, {beat: 2, left: 0.03, turn: 9}, {beat: 4}]
  feet: [{beat: 2, until: 8, step: in_place}, {beat: 8, until: 10, forward: 0.1, turn: 18}]
  lights: [{beat: 1, show: smile}]
exit: {pose: stand, within: 0.5}
"""
    )
    assert one.sway is not None
    assert one.sway.offset(2.0) == pytest.approx((0.0, 0.03, 0.0, math.radians(9.0)))
    assert one.sway.offset(4.0) == pytest.approx((0.0, 0.0, 0.0, 0.0), abs=1e-12)
    spans = [number for s in one.feet for number in (s.start, s.end, s.step_time)]
    assert spans == pytest.approx([2, 4, 1.0, 4, 6, 0.5, 6, 7, 0.5])
    assert one.feet[2].twist == pytest.approx((0.1, 0.0, math.radians(18.0)))
    assert one.looks == (Look(0.0, "visitor"), Look(4.0, "ahead"))
    assert one.lights == (Light(1.0, "smile"),)
    assert one.duration == 8.0
    assert one.resources == {Resource.HEAD, Resource.TRUNK, Resource.BASE, Resource.LIGHTS}
    assert (one.priority, one.on_conflict) == (Priority.SHOW, OnConflict.QUEUE)
    assert one.interruptible is Interruptible.AT_BEAT
    assert (one.title, one.needs) == (("题", "Title"), ("standing", "battery>20%"))
    assert (one.exit.pose, one.exit.within) == ("stand", 0.5)
    assert one.grid.next_stop(one.interruptible, 4.1, one.duration) == 4.5


def test_the_head_is_the_clips_again_after_a_look(desk: Any) -> None:
    """A keyframe after a look gives the head back; a look at the end brings it home unseen."""
    one = desk.good(
        HEAD
        + """\
duration: 9
tracks:
  head:
    - {time: 0, joints: {head_yaw: 0}}
    - {time: 1, joints: {head_yaw: 20}}
    - {time: 2, look: visitor}
    - {time: 4, joints: {head_yaw: 10}}
    - {time: 5, look: ahead}
"""
    )
    assert one.looks == (Look(2.0, "visitor"), Look(4.0, ""), Look(5.0, "ahead"))
    assert angle(one, "head_yaw", 9.0) == pytest.approx(0.0)


def test_the_sweepers_tools(desk: Any) -> None:
    """Brush, spray and chime in one list, in order of time; driving is the base's."""
    one = desk.good(
        HEAD
        + """\
tracks:
  drive: [{time: 1, until: 2, forward: 0.3}]
  brush: [{time: 0, level: 0.5}, {time: 2, level: 0}]
  spray: [{time: 1, level: 1}]
  chime: [{time: 1.5, chime: ding}]
"""
    )
    assert one.tools == (
        ToolCue(0.0, brush=0.5),
        ToolCue(1.0, spray=1.0),
        ToolCue(1.5, chime="ding"),
        ToolCue(2.0, brush=0.0),
    )
    assert one.resources == {Resource.BASE, Resource.TOOLS}
    assert (one.clip, one.duration, one.feet[0].step_time) == (None, 2.0, 0.0)


def test_the_shipped_numbers_are_kept(desk: Any) -> None:
    """Through every knot, at rest at both ends; what is between is the curve's business."""
    one = desk.compiled("nod").behaviour
    for time, wanted in ((0.0, 0.0), (0.5, 15.0), (1.0, 0.0)):
        assert angle(one, "head_pitch", time) == pytest.approx(wanted)
    assert one.clip is not None
    np.testing.assert_allclose(one.clip.velocity(0.0), 0.0)
    assert (one.duration, one.interruptible) == (1.0, Interruptible.ALWAYS)
