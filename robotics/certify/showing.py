"""What a preview shows of a behaviour: postures, tracks, words, and how far it is from falling."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.margins import Margins
from robotics.certify.balance import zmp_margin
from robotics.certify.rehearsal import START, rehearse
from robotics.certify.stage import Performance, Stage
from robotics.core.arrays import Array
from robotics.voice.speech import duration

RATE = 20
"""Pictures a second."""
LEAD, TAIL = 0.4, 1.6
"""Shown before the start and after the end [s]."""
EYES = np.array([2.2, 0.0, 1.25])
"""Where the onlooker's face is: who looks at a visitor looks there [m]."""
GROUPS = (
    ("head", ("head_",)),
    ("left arm", ("left_shoulder", "left_elbow")),
    ("right arm", ("right_shoulder", "right_elbow")),
)
STILL = 1e-3
"""A joint slower than this rests [rad/s]."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a track in which something happens."""

    start: float
    """[s]."""
    end: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Frames:
    """Where the robot is, sampled evenly; time 0 is the behaviour's start."""

    time: Array
    """Shape (f,) [s]."""
    position: Array
    """Of the base, shape (f, 3) [m]."""
    quaternion: Array
    """Of the base, (x, y, z, w), shape (f, 4)."""
    joints: Array
    """Shape (f, n) [rad]."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Everything that a preview draws."""

    robot: str
    name: str
    title: str
    duration: float
    """[s]."""
    frames: Frames
    tracks: tuple[tuple[str, tuple[Bar, ...]], ...]
    """Rows of the timeline from the top."""
    beats: tuple[float, ...] = ()
    """[s]."""
    margin: tuple[Array, Array] = field(default_factory=lambda: (np.zeros(0), np.zeros(0)))
    """Times [s] and distance of the zero-moment point to the soles' edge, less what may run beside
    [m]."""
    least: float = 0.0
    """What has to be left of it [m]."""


def show(behaviour: Behaviour, robot: str, *, language: str = "en") -> Showing:
    """Return what to draw of a behaviour.

    Standing behaviours come from the trajectory that the certificate is about; where feet step,
    from a run under physics.

    Args:
        behaviour: Compiled.
        robot: ``greeter`` or ``sweeper``.
        language: Of words in the timeline, ``zh`` or ``en``.

    Raises:
        MissingDependency: A library is missing that this needs.
    """
    which = 0 if language == "zh" else 1
    title = behaviour.title[which] or behaviour.name
    rows = tuple(_tracks(behaviour, which))
    beats = tuple(beat for beat in behaviour.grid.beats if beat <= behaviour.duration)
    if robot == "sweeper":
        frames = _wheeled(behaviour)
        return Showing(robot, behaviour.name, title, behaviour.duration, frames, rows, beats)
    stage, margins = Stage(), Margins()
    played = stage.perform(behaviour, face=EYES)
    effort = stage.dynamics.effort(played.motion)
    margin = played.instants, zmp_margin(stage, effort, margins)
    frames = _stepped(behaviour) if behaviour.feet else _standing(played)
    return Showing(
        robot, behaviour.name, title, behaviour.duration, frames, rows, beats, margin, margins.zmp
    )


def _times(behaviour: Behaviour) -> Array:
    count = round((LEAD + behaviour.duration + TAIL) * RATE)
    return np.asarray(np.arange(count) / RATE - LEAD)


def _standing(played: Performance) -> Frames:
    """Return frames of a performance on standing feet."""
    times = np.minimum(
        np.maximum(_times(played.behaviour), played.instants[0]), played.instants[-1]
    )
    place = np.searchsorted(played.instants, times - 1e-9)
    motion = played.motion
    half = 0.5 * motion.yaw[place]
    nothing = np.zeros_like(half)
    turn = np.column_stack((nothing, nothing, np.sin(half), np.cos(half)))
    return Frames(times, motion.position_base[place], turn, motion.position[place])


def _stepped(behaviour: Behaviour) -> Frames:
    """Return frames of a run under physics."""
    seen = rehearse(behaviour, rounds=1).outcomes[0].frames
    rows = [row for row in seen if START - LEAD <= row[0] <= START + behaviour.duration + TAIL]
    time, position, quaternion, joints = zip(*rows, strict=True)
    return Frames(
        np.array(time) - START, np.array(position), np.array(quaternion), np.array(joints)
    )


def _wheeled(behaviour: Behaviour) -> Frames:
    """Return frames of a base that moves as asked, its brushes turning as asked."""
    times = _times(behaviour)
    place, spin = np.zeros((len(times), 3)), np.zeros((len(times), 5))
    for k in range(1, len(times)):
        now, step = float(times[k]), 1.0 / RATE
        twist = next((s.twist for s in behaviour.feet if s.start <= now < s.end), (0.0, 0.0, 0.0))
        yaw = place[k - 1, 2]
        c, s = math.cos(yaw), math.sin(yaw)
        ahead = np.array([c * twist[0] - s * twist[1], s * twist[0] + c * twist[1], twist[2]])
        place[k] = place[k - 1] + step * ahead
        levels = [
            cue.brush for cue in behaviour.tools if cue.start <= now and cue.brush is not None
        ]
        level = levels[-1] if levels and now <= behaviour.duration else 0.0
        spin[k] = spin[k - 1] + step * level * np.array([0.0, 0.0, 10.0, -10.0, 30.0])
    half = 0.5 * place[:, 2]
    nothing = np.zeros_like(half)
    turn = np.column_stack((nothing, nothing, np.sin(half), np.cos(half)))
    return Frames(times, np.column_stack((place[:, :2], nothing)), turn, spin)


# ---------------------------------------------------------------------------------- timeline


def _tracks(behaviour: Behaviour, which: int) -> Iterator[tuple[str, tuple[Bar, ...]]]:
    said = tuple(_words(behaviour, which))
    if said:
        yield "voice", said
    for name, begins in GROUPS:
        bars = tuple(_moves(behaviour, begins))
        if name == "head":
            bars += tuple(_looks(behaviour))
        if bars:
            yield name, bars
    if behaviour.sway is not None:
        yield "trunk", tuple(_sways(behaviour))
    if behaviour.feet:
        yield "feet", tuple(Bar(one.start, one.end) for one in behaviour.feet)
    if behaviour.lights:
        shown = [(one.start, one.show) for one in behaviour.lights]
        yield "lights", tuple(_each_until_next(shown, behaviour.duration))
    if behaviour.tools:
        set_to = [(one.start, one.chime) for one in behaviour.tools]
        yield "tools", tuple(_each_until_next(set_to, behaviour.duration))


def _words(behaviour: Behaviour, which: int) -> Iterator[Bar]:
    for words in behaviour.words:
        texts = (words.zh, words.en)[which]
        if words.song:
            yield Bar(words.start, behaviour.duration, words.song)
        elif texts:
            yield Bar(words.start, words.start + duration(texts[0]), texts[0])


def _moves(behaviour: Behaviour, begins: tuple[str, ...]) -> Iterator[Bar]:
    """Yield the stretches in which one of some joints moves."""
    if behaviour.clip is None:
        return
    curves = [
        one
        for joint, one in zip(behaviour.clip.joints, behaviour.clip.curves, strict=True)
        if joint.startswith(begins)
    ]
    times = np.arange(0.0, behaviour.duration, 0.05)
    moving = [any(abs(one.speed(float(time))) > STILL for one in curves) for time in times]
    yield from _stretches(times, np.array(moving, dtype=np.bool_))


def _sways(behaviour: Behaviour) -> Iterator[Bar]:
    assert behaviour.sway is not None
    times = np.arange(0.0, behaviour.duration, 0.05)
    offsets = np.array([behaviour.sway.offset(float(time)) for time in times])
    moving = np.abs(np.gradient(offsets, axis=0)).max(axis=1) > 1e-5
    yield from _stretches(times, moving)


def _looks(behaviour: Behaviour) -> Iterator[Bar]:
    looked = [(one.start, one.target) for one in behaviour.looks]
    for bar in _each_until_next(looked, behaviour.duration):
        if bar.text:
            yield bar


def _each_until_next(cues: list[tuple[float, str]], end: float) -> Iterator[Bar]:
    """Yield cues (start [s], text) as bars that last until the next one."""
    for place, (start, text) in enumerate(cues):
        yield Bar(start, cues[place + 1][0] if place + 1 < len(cues) else end, text)


def _stretches(times: Array, on: Array) -> Iterator[Bar]:
    """Yield the stretches of time (t,) in which ``on`` (t,) holds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(int), [0]))))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        yield Bar(float(times[first]), float(times[min(last, len(times) - 1)]))
