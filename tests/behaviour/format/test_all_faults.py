"""Every fault at once: each with its line, its place, its cure, in both languages."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robotics.behaviour.songs import read_song

GOOD = """\
title: {zh: 舞, en: Dance}
kind: dance
priority: show
interruptible: always
needs: [standing]
tempo: 120
beats: 32
say:
  zh: ["大家好[nod]"]
  en: ["Hello[nod]"]
tracks:
  head:
    - {beat: 8, joints: {head_yaw: 0}}
    - {beat: 12, joints: {head_yaw: 20}}
    - {beat: 16, joints: {head_yaw: 0}}
  arms:
    - {beat: 0, pose: rest}
    - {beat: 6, pose: open_wide}
    - {beat: 12, pose: rest}
  feet:
    - {beat: 16, until: 24, step: in_place}
  lights:
    - {beat: 0, show: smile}
exit: {pose: stand, within: 0.8}
"""
"""Line 1 is the name that the desk puts before it."""

MISTAKES: dict[str, tuple[str, str, str, int, str]] = {
    # old, new, rule, line, what the English line says
    "twice": ("kind: dance\n", "kind: song\nkind: dance\n", "twice", 4, "'kind' stands twice"),
    "no": (
        'en: ["Hello[nod]"]',
        'en: ["Hello[nod]"]\n  no: [Hei]',
        "language",
        12,
        "allowed: zh, en",
    ),
    "colon": ('en: ["Hello[nod]"]', "en: [Youyou says: hi]", "unquoted", 11, "in quotes"),
    "comma": (
        "kind: dance\n",
        "kind: dance\ntitle: {zh: 你好, en: Hi, school}\n",
        "comma",
        4,
        "a key of its own",
    ),
    "translation": ('  en: ["Hello[nod]"]\n', "", "translation", 9, "add en: "),
    "clock": ("beat: 12, joints", "beat: 12:30, joints", "clock_time", 15, "write 750"),
    "joint": (
        "joints: {head_yaw: 20}",
        "joints: {head_yam: 20}",
        "joint",
        15,
        "did you mean 'head_yaw'",
    ),
    "pose": ("pose: open_wide", "pose: open_wid", "unknown", 19, "did you mean 'open_wide'"),
    "gesture": ("好[nod]", "好[nodd]", "unknown", 10, "did you mean 'nod'"),
    "limit": (
        "joints: {head_yaw: 20}",
        "joints: {head_yaw: 120}",
        "joint_limit",
        15,
        "beat 12, 6.00 s: head_yaw: out of its limits (120 deg, allowed 114.6 deg); "
        "its limits are -114.6 to 114.6 deg: use 114",
    ),
    "speed": (
        "beat: 6, pose",
        "beat: 0.5, pose",
        "joint_speed",
        19,
        "give it more time, at least",
    ),
    "two tracks": (
        "  feet:",
        "  arm_left: [{beat: 4, pose: rest}, {beat: 5, pose: rest}]\n  feet:",
        "two_tracks",
        21,
        "arms and arm_left move left_shoulder_pitch at once",
    ),
    "loop": ("tempo: 120", "tempo: 120\nloop: true", "loop", 8, "only kind: idle may loop"),
    "tempo": ("tempo: 120", "tempo: [{beat: 4, bpm: 120}]", "tempo_start", 7, "at beat 0"),
    "tempo twice": (
        "tempo: 120",
        "tempo: [{beat: 0, bpm: 90}, {beat: 0, bpm: 120}]",
        "order",
        7,
        "have to grow",
    ),
    "too quick": ("tempo: 120", "tempo: 900", "value", 7, "less than or equal to 300"),
    "parameter": ("大家好", "${who}好", "param", 10, "no parameter 'who'"),
    "need": ("needs: [standing]", "needs: [standng]", "need", 6, "did you mean 'standing'"),
    "end": (
        "until: 24",
        "until: 40",
        "after_end",
        22,
        "beat 40 is after the end; the end is at beat 32",
    ),
    "kind": ("kind: dance", "kind: danse", "value", 3, "'dance'"),
    "key": ("priority:", "priorty:", "unknown_key", 4, "did you mean 'priority'"),
    "exit": ("pose: stand", "pose: stnad", "unknown", 25, "did you mean 'stand'"),
    "never": ("interruptible: always", "interruptible: false", "never_long", 5, "at most 3 s"),
    "return": (
        "{beat: 16, joints: {head_yaw: 0}}",
        "{beat: 16, joints: {head_yaw: 5}}",
        "return",
        16,
        "bring it back to its start, 0 deg",
    ),
    "order": (
        "{beat: 16, joints",
        "{beat: 11, joints",
        "order",
        16,
        "beat 11 does not come after beat 12",
    ),
}


def planted(text: str, names: list[str]) -> str:
    """Return ``text`` with some mistakes."""
    for name in names:
        old, new, *_ = MISTAKES[name]
        assert old in text, name
        text = text.replace(old, new, 1)
    return text


def test_the_text_without_mistakes_is_good(desk: Any) -> None:
    """So whatever is found below was planted."""
    desk.good(GOOD)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_its_line_and_its_cure(desk: Any, name: str) -> None:
    """One mistake: file, line, column, place; what is wrong and what to do, in zh and en."""
    _, _, rule, line, said = MISTAKES[name]
    found = [one for one in desk.bad(planted(GOOD, [name])) if one.rule == rule]
    assert found, name
    one = found[0]
    assert (one.line, one.file.endswith("one.yaml")) == (line, True)
    assert one.column >= 1
    assert said in one.text("en")
    assert all(one.cure)
    assert all(one.problem)
    assert re.search("[\u4e00-\u9fff]", one.text("zh"))
    assert re.match(rf".*one\.yaml:{line}:\d+: ", one.text("en"))


APART = (
    *("twice", "clock", "pose", "gesture", "limit", "loop", "parameter", "need", "end"),
    *("exit", "never", "two tracks"),
)
"""Mistakes in different places, so that any of them can be made together."""


@given(names=st.sets(st.sampled_from(APART), min_size=2, max_size=len(APART)))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_all_mistakes_are_found_at_once(desk: Any, names: set[str]) -> None:
    """Whatever is wrong beside it, each mistake is told; not the first one only."""
    chosen = sorted(names - ({"limit"} if "clock" in names else set()))
    told = {(one.rule) for one in desk.bad(planted(GOOD, chosen))}
    assert {MISTAKES[name][2] for name in chosen} <= told


STEPS = """\
kind: tour
priority: visitor
steps:
  - repeat: {do: [{play: nod}]}
  - wait_for: {event: visitor_near}
  - play: nodd
  - say: {zh: 你好, en: Hi}
    wait: 2
  - act: blnk
  - go_to: pavilion
    with: {a: 1}
  - choose: [{when: maybe, do: []}]
  - play: sway
  - say: {zh: "[talks]好", en: "[talks]ok"}
  - play: wave
    with: {spoons: 2}
  - act: blink
    at_most: 0.1
"""


def test_steps_without_an_end_and_other_mistakes(desk: Any) -> None:
    """A repeat without end, a wait without end, a loop that is played: all in one go."""
    desk.write(
        "sway", "kind: idle\npriority: idle\nloop: true\ntracks: {head: [{time: 0, pose: rest}]}\n"
    )
    desk.write("talks", "kind: report\npriority: visitor\nsay: {zh: 好, en: ok}\n")
    found = {(one.line, one.rule) for one in desk.bad(STEPS)}
    assert found == {
        *((5, "endless"), (6, "endless_wait"), (7, "unknown"), (8, "step"), (10, "unknown")),
        *((12, "step_extra"), (13, "need"), (14, "plays_loop"), (15, "speaks"), (17, "param")),
        (19, "bound"),
    }


def test_behaviours_that_play_one_another_never_end(desk: Any) -> None:
    """Both files are told the whole way around."""
    desk.write("a", "kind: show\npriority: show\nsteps: [{play: b}]\n")
    desk.write("b", "kind: show\npriority: show\nsteps: [{play: c}]\n")
    desk.write("c", "kind: show\npriority: show\nsteps: [{play: a}]\n")
    for name in "abc":
        (one,) = desk.compiled(name).findings
        assert one.rule == "cycle"
        assert {"a", "b", "c"} <= set(one.problem[1])


def test_a_fault_elsewhere_is_told_where_it_matters(desk: Any) -> None:
    """Who plays a broken behaviour is told so; the fault itself stands with its own file."""
    desk.write("broken", "kind: gesture\npriority: show\ntracks: {head: [{time: 0, pose: x}]}\n")
    (one,) = desk.bad("kind: show\npriority: show\nsteps: [{play: broken}]\n")
    assert (one.rule, one.line) == ("broken", 4)


def test_polyphonic_characters_are_a_warning(desk: Any) -> None:
    """Only where no word around them settles the reading, and not with a tag."""
    pytest.importorskip("pypinyin")
    desk.write("one", "kind: report\npriority: show\nsay: {zh: 我长得高, en: I am tall}\n")
    outcome = desk.compiled("one")
    assert outcome.behaviour is not None
    assert [(f.rule, f.is_fault) for f in outcome.findings] == [("polyphone", False)]
    assert "[长:zhang3]" in outcome.findings[0].text("zh")
    desk.good("kind: report\npriority: show\nsay: {zh: '我[长:zhang3]得高', en: I am tall}\n")
    desk.good("kind: report\npriority: show\nsay: {zh: 我在银行, en: At the bank}\n")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("- 1\n- 2\n", "mapping"),
        ("behaviour: [one\n", "syntax"),
        ("say: {zh: 你好[wave], en: x}\n", "syntax"),
        ("a: &a [*a]\n", "syntax"),
    ],
)
def test_files_that_are_no_behaviour(desk: Any, text: str, rule: str) -> None:
    """One finding with a place; never an exception."""
    path: Path = desk.root / "greeter" / "one.yaml"
    path.write_text(text, encoding="utf-8")
    (one, *_) = desk.compiled("one").findings
    assert (one.rule, one.line >= 1, all(one.cure)) == (rule, True, True)


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode()))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_file_whatever_breaks_the_reader(desk: Any, content: bytes) -> None:
    """Any bytes give findings."""
    (desk.root / "greeter" / "one.yaml").write_bytes(content)
    outcome = desk.compiled("one")
    assert outcome.behaviour is None
    assert outcome.findings


def _sound(path: Path, seconds: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * int(8000 * seconds)))


def test_audio_has_to_be_there_and_as_long_as_the_song(tmp_path: Path) -> None:
    """Missing, no WAV, too short: each told; right: nothing."""
    path = tmp_path / "tune.yaml"
    path.write_text("song: tune\ntempo: 120\nbeats: 8\naudio: tune.wav\n", encoding="utf-8")

    def told() -> list[str]:
        return [one.rule for one in read_song(path)[0].findings]

    assert told() == ["audio_missing"]
    (tmp_path / "tune.wav").write_bytes(b"no sound")
    assert told() == ["audio_broken"]
    _sound(tmp_path / "tune.wav", 2.0)
    assert told() == ["audio_length"]
    _sound(tmp_path / "tune.wav", 4.0)
    assert told() == []


def test_an_arms_pose_out_of_limits_is_told_in_the_poses_file(desk: Any) -> None:
    """With joint, value, limit and line."""
    path = desk.root / "poses" / "greeter.yaml"
    path.write_text(
        "rest: {joints: {left_elbow: -15}}\nbad: {joints: {left_elbow: -150}}\n", "utf-8"
    )
    (one,) = desk.library().pose_findings
    assert (one.rule, one.line, one.joint, one.value) == ("joint_limit", 2, "left_elbow", -150)
    assert one.limit == pytest.approx(-114.6)
    text = "kind: gesture\npriority: show\ntracks: {arm_right: [{time: 0, pose: bad}]}\n"
    used = desk.bad(text)
    assert [(f.rule, f.line, f.joint) for f in used] == [("joint_limit", 4, "right_elbow")]


def test_a_fault_of_a_song_keeps_its_dance_from_running(desk: Any) -> None:
    """Told with the song's file and line, once, however often it is used."""
    path = desk.root / "songs" / "tune.yaml"
    path.write_text(path.read_text("utf-8") + "audio: missing.wav\n", encoding="utf-8")
    text = "kind: song\npriority: show\nmusic: tune\ntracks: {voice: [{beat: 0, sing: tune}]}\n"
    (one,) = desk.bad(text)
    assert (one.rule, one.file, one.line) == ("audio_missing", str(path), 6)
