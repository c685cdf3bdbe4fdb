"""A desk with an author's files on it: poses, a song, two gestures, and whatever a test writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding
from robotics.behaviour.format.compile import Compiler, Outcome
from robotics.behaviour.format.library import Library
from robotics.core.joints import Joint, JointTable, Mode

LIMBS = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
NAMES = (
    "head_yaw",
    "head_pitch",
    *(f"{side}_{one}" for side in ("left", "right") for one in LIMBS),
)
TABLE = JointTable(tuple(Joint(name, Mode.POSITION, -2.0, 2.0, 6.0, 4.8) for name in NAMES))
"""Limits of 114.6 deg; a clip may use 3 rad/s."""

POSES = """\
rest: {joints: {head_yaw: 0, head_pitch: 0, left_shoulder_pitch: 0, left_shoulder_roll: 10,
  left_shoulder_yaw: 0, left_elbow: -15}}
open_wide: {joints: {left_shoulder_pitch: -20, left_shoulder_roll: 60, left_shoulder_yaw: 5,
  left_elbow: -30}}
look_up: {joints: {head_pitch: -20}}
"""
SONG = """\
song: tune
title: {zh: 歌, en: Tune}
tempo: [{beat: 0, bpm: 60}, {beat: 8, bpm: 120}]
beats: 16
phrases: [0, 8]
"""
NOD = """\
behaviour: nod
kind: gesture
priority: visitor
tracks:
  head:
    - {time: 0, joints: {head_pitch: 0}}
    - {time: 0.5, joints: {head_pitch: 15}}
    - {time: 1, joints: {head_pitch: 0}}
"""
WAVE = """\
behaviour: wave
kind: gesture
priority: visitor
tracks:
  arm_right:
    - {time: 0, pose: rest}
    - {time: 1.5, pose: open_wide}
    - {time: 3, pose: rest}
"""


@dataclass
class Desk:
    """Files of one author."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        """Write a behaviour; its first line is added."""
        path = self.root / "greeter" / f"{name}.yaml"
        path.write_text(f"behaviour: {name}\n{text}", encoding="utf-8")
        return path

    def library(self) -> Library:
        """Return what files may refer to."""
        return Library("greeter", TABLE, (self.root,))

    def compiled(self, name: str, **arguments: float | str) -> Outcome:
        """Return what came of a file."""
        return Compiler(self.library()).named(name, tuple(sorted(arguments.items())))

    def good(self, text: str, name: str = "one") -> Behaviour:
        """Return the behaviour of a text that has no fault, and no warning."""
        self.write(name, text)
        outcome = self.compiled(name)
        assert outcome.findings == (), [one.text() for one in outcome.findings]
        assert outcome.behaviour is not None
        return outcome.behaviour

    def bad(self, text: str, name: str = "one") -> tuple[Finding, ...]:
        """Return what is wrong with a text."""
        self.write(name, text)
        outcome = self.compiled(name)
        assert outcome.behaviour is None
        return outcome.findings


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with a few good files."""
    for folder in ("greeter", "poses", "songs"):
        (tmp_path / folder).mkdir()
    (tmp_path / "poses" / "greeter.yaml").write_text(POSES, encoding="utf-8")
    (tmp_path / "songs" / "tune.yaml").write_text(SONG, encoding="utf-8")
    (tmp_path / "greeter" / "nod.yaml").write_text(NOD, encoding="utf-8")
    (tmp_path / "greeter" / "wave.yaml").write_text(WAVE, encoding="utf-8")
    return Desk(tmp_path)
