"""What the proof refuses, and what it lets pass."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made import BOTH, STAGE, behaviour, moving, swaying

from robotics.behaviour.clips import curve
from robotics.behaviour.compiled import (
    Exit,
    Grid,
    Interruptible,
    Resource,
    Step,
    Stretch,
    ToolCue,
    Words,
)
from robotics.behaviour.finding import Finding
from robotics.certify import Prover, check
from robotics.certify.rehearsal import rehearse
from robotics.core.errors import UnknownName

PROVER = Prover("greeter", known=("wave",))
WAVE = {"right_shoulder_roll": -1.4, "right_shoulder_yaw": -1.4, "right_elbow": -1.5}


def rules(one: object) -> list[str]:
    """Return the rules that a behaviour breaks, each once."""
    return sorted({found.rule for found in PROVER.prove(one).findings})  # type: ignore[arg-type]  # short


def the(rule: str, one: object) -> Finding:
    """Return the finding of a rule."""
    found = PROVER.prove(one).findings  # type: ignore[arg-type]  # short
    return next(finding for finding in found if finding.rule == rule)


def test_a_wave_passes_with_its_margins() -> None:
    """Nothing to say; the figures are those of a robot that stands with an arm up."""
    proof = PROVER.prove(moving(WAVE, seconds=5.0))
    assert proof.holds
    assert proof.findings == ()
    assert 0.02 < proof.figures["self_distance_m"] < 0.06
    assert 0.05 < proof.figures["zmp_margin_m"] < 0.09
    assert 0.2 < proof.figures["torque_share"] < 0.5
    assert 0.1 < proof.figures["speed_share"] < 0.65
    assert 0.45 <= proof.figures["exit_s"] <= 0.8


def test_an_angle_beyond_the_range_is_named_with_joint_time_and_limit() -> None:
    """The worst instant of the joint, in degrees."""
    found = the("joint_angle", moving({"right_elbow": -2.5}))
    assert found.joint == "right_elbow"
    assert found.value == pytest.approx(math.degrees(-2.5), abs=0.1)
    assert found.limit == pytest.approx(math.degrees(-2.3), abs=0.1)
    assert found.time == pytest.approx(2.7, abs=0.4)


def test_a_movement_that_is_too_fast_says_how_much_longer_it_needs() -> None:
    """A minimum-jerk move is at its fastest 1.875 times its mean speed."""
    one = moving({"left_shoulder_pitch": -2.0}, seconds=1.6)
    found = the("joint_speed", one)
    assert found.joint == "left_shoulder_pitch"
    assert found.limit == pytest.approx(math.degrees(3.0))
    assert found.value == pytest.approx(math.degrees(1.875 * 2.0 / 0.72), rel=0.01)
    assert "1.74 times" in found.text()
    assert "1.74 倍" in found.text("zh")


def test_a_hand_in_the_chest_is_a_collision() -> None:
    """The forearm across, elbow bent: PyBullet finds the same links inside one another."""
    across = {"left_shoulder_pitch": -0.4, "left_shoulder_yaw": -1.5, "left_elbow": -1.9}
    found = the("self_collision", moving(across, seconds=8.0))
    assert "trunk" in found.joint
    assert "forearm" in found.joint
    assert found.value is not None
    assert found.value < 2.0


def test_a_collision_only_on_the_way_home_is_found() -> None:
    """Two hands that pass each other in front, one after the other; straight home they meet."""
    names = ("left_shoulder_pitch", "left_shoulder_yaw", "left_elbow")
    one = moving(dict.fromkeys(names, 0.0))
    proof = PROVER.prove(one)
    assert proof.figures["self_distance_m"] <= 0.05  # the ways home count, too


def test_a_trunk_that_would_fall_is_refused_and_has_to_step_under_physics() -> None:
    """Deliberately too much: far to the sides in half a second; a calm one passes and stands."""
    wild, calm = swaying("left", 0.045, 0.45), swaying("left", 0.03, 0.8, times=3)
    assert "balance" in rules(wild)
    assert rules(calm) == []
    assert rehearse(wild, rounds=1).outcomes[0].steps > 0
    outcome = rehearse(calm, rounds=1).outcomes[0]
    assert outcome.fell is None
    assert outcome.steps == 0
    assert outcome.slip < 0.005


def test_leaning_beyond_the_soles_is_refused() -> None:
    """No trunk controller would do it, and the soles would not hold it."""
    assert {"balance", "trunk_range"} <= set(rules(swaying("forward", 0.15, 3.0)))


def test_knees_bent_too_fast_ask_too_much_of_the_motors() -> None:
    """Down 6 cm and up again in a quarter of a second each."""
    found = rules(swaying("up", -0.06, 0.25, times=8))
    assert "joint_torque" in found or "joint_speed" in found


def test_conflicts_within_a_behaviour() -> None:
    """A joint twice, an arm that is not held, two sentences at once, steps at once."""
    wave = moving(WAVE)
    clip = wave.clip
    assert clip is not None
    twice = replace(
        clip, joints=(*clip.joints, "right_elbow"), curves=(*clip.curves, clip.curves[0])
    )
    assert "joint_twice" in rules(replace(wave, clip=twice))
    assert the("resource_undeclared", replace(wave, resources=frozenset())).joint == "arm_right"
    words = (Words(0.0, ("你好你好你好你好",), ("Hello",)), Words(0.5, ("好",), ("Yes",)))
    speaking = behaviour(words=words, resources=frozenset({Resource.VOICE}))
    assert rules(speaking) == ["voice_overlap"]
    feet = (Stretch(1.0, 3.0), Stretch(2.0, 4.0))
    assert "steps_twice" in rules(behaviour(feet=feet, resources=frozenset({Resource.BASE})))


def test_an_arm_over_the_middle_has_to_hold_the_other_arm() -> None:
    """Another behaviour could move the other arm there."""
    across = {"left_shoulder_pitch": -1.1, "left_shoulder_yaw": -1.4, "left_elbow": -1.3}
    alone = moving(across, seconds=8.0)
    assert "beside_arm" in rules(alone)
    assert "beside_arm" not in rules(replace(alone, resources=BOTH))


def test_missing_texts_and_files() -> None:
    """Both languages, in the right letters, and songs that are there."""
    voice = frozenset({Resource.VOICE})
    for words in (Words(0.0, ("你好",)), Words(0.0, (), ("Hi",)), Words(0.0, ("hi",), ("Hi",))):
        assert "missing_text" in rules(behaviour(words=(words,), resources=voice))
    unpaired = Words(0.0, ("你好", "好"), ("Hi",))
    assert rules(behaviour(words=(unpaired,), resources=voice)) == ["words_paired"]
    song = the("missing_file", behaviour(music="nobody_wrote_it", resources=voice))
    assert song.joint == "songs/nobody_wrote_it.yaml"


def test_steps_that_never_end_are_refused() -> None:
    """A loop without an end, a wait without one, a behaviour that is not there or is itself."""
    inner = (("", (Step("wait", seconds=1.0),)),)
    assert rules(behaviour(steps=(Step("repeat", times=10**6, branches=inner),))) == ["endless"]
    assert rules(behaviour(steps=(Step("wait_for", name="visitor_near"),))) == ["endless"]
    assert rules(behaviour(steps=(Step("play", name="nothing"),))) == ["missing_behaviour"]
    assert rules(behaviour(steps=(Step("play", name="wave"),))) == []


def test_leaving_late_is_refused_by_rule_and_by_deadline() -> None:
    """Never for 8 s; a deadline that the arms cannot keep; walking that stops too late."""
    assert "exit_never" in rules(behaviour(seconds=8.0, interruptible=Interruptible.NEVER))
    assert rules(replace(moving(WAVE), exit=Exit(within=0.3))) == ["exit_time"]
    base = frozenset({Resource.BASE})
    walk = behaviour(
        seconds=6.0, feet=(Stretch(1.0, 5.0, (0.25, 0.0, 0.0)),), needs=("room>2",), resources=base
    )
    assert rules(walk) == ["exit_time"]
    step = replace(walk, feet=(Stretch(1.0, 5.0, (0.0, 0.0, 0.0), 0.6),))
    assert rules(step) == []


def test_a_way_without_room_is_refused_with_the_room_that_it_needs() -> None:
    """0.05 m/s for 10 s leads 0.5 m away."""
    feet = (Stretch(0.5, 10.5, (0.05, 0.0, 0.0)),)
    one = behaviour(seconds=11.0, feet=feet, resources=frozenset({Resource.BASE}))
    found = the("base_room", one)
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert "room>0.5" in found.text()


def test_findings_name_the_beat() -> None:
    """Half a second a beat: 2.7 s is beat 5 and a half."""
    beats = Grid(tuple(0.5 * k for k in range(13)))
    found = the("joint_angle", replace(moving({"right_elbow": -2.5}), grid=beats))
    assert found.beat is not None
    assert found.time is not None
    assert found.beat == pytest.approx(2.0 * found.time, abs=0.13)


def test_the_sweeper_is_proved_by_its_own_rules() -> None:
    """No arms, tools from 0 to 1, a base that stops in time."""
    tools = frozenset({Resource.TOOLS})
    assert check(behaviour(tools=(ToolCue(0.0, brush=0.5),), resources=tools), "sweeper") == ()
    full = check(behaviour(tools=(ToolCue(0.0, spray=1.5),), resources=tools), "sweeper")
    assert [found.rule for found in full] == ["tool"]
    assert "joint_missing" in [found.rule for found in check(moving(WAVE), "sweeper")]
    fast = behaviour(
        feet=(Stretch(0.0, 1.0, (0.7, 0.0, 0.0)),),
        needs=("room>2",),
        resources=frozenset({Resource.BASE}),
    )
    assert [found.rule for found in check(fast, "sweeper")] == ["exit_time"]


def test_a_joint_or_robot_that_does_not_exist() -> None:
    """Said plainly, without a crash."""
    clip = moving({"right_elbow": -1.0}).clip
    assert clip is not None
    odd = behaviour(clip=replace(clip, joints=("tail",)), resources=frozenset())
    assert "joint_missing" in rules(odd)
    with pytest.raises(UnknownName, match="greeter"):
        Prover("greter")


def test_the_same_behaviour_gives_the_same_figures() -> None:
    """Bit for bit."""
    one = moving(WAVE)
    assert PROVER.prove(one).figures == Prover("greeter").prove(one).figures


def test_entry_from_the_rest_posture_is_part_of_the_proof() -> None:
    """A curve that starts with the arm up: the robot goes there at half speed, and is checked."""
    up = curve((0.0, 4.0), (-2.5, -2.5))
    one = moving({"right_shoulder_pitch": -2.5})
    assert one.clip is not None
    clip = replace(one.clip, curves=(up,))
    played = STAGE.perform(replace(one, clip=clip))
    place = STAGE.model.joints.index("right_shoulder_pitch")
    speed = np.abs(np.diff(played.upper[:, place])) / 0.005
    assert played.upper[0, place] == pytest.approx(STAGE.rest[place])
    assert 2.0 < speed.max() < 3.1
    assert played.upper[-1, place] == pytest.approx(STAGE.rest[place], abs=1e-6)
