"""The greeter dances under physics, by its own sensors with their noise: sways, dips, steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from greeter_trial import Witness, run

from robotics.behaviour.clips import Clip, Curve, curve
from robotics.behaviour.compiled import Stretch, Sway
from robotics.core.messages import Goal, Playing, Posture, Twist2
from robotics.robots.greeter.joints import load
from sim.body import BulletBody
from sim.bullet import BulletWorld

START = 2.2


def on_beats(bpm: float, values: list[float]) -> Curve:
    """Return the curve through a value a beat, from rest to rest."""
    times = tuple(60.0 / bpm * place for place in range(len(values)))
    return curve(times, tuple(values))


def dance(clip: Clip, watch: object = None) -> Witness:
    """Let it play one clip, and a second more."""

    def wish(time: float) -> tuple[Goal, Twist2]:
        twist = next((s.twist for s in clip.feet if s.start <= time - START < s.end), (0, 0, 0))
        posture = Posture(clip.name, START) if time >= START else Posture()
        return Goal(posture=posture), Twist2(*twist)

    more = {} if watch is None else {"watch": watch}
    return run(START + clip.duration + 1.2, wish, clips={clip.name: clip}, **more)  # type: ignore[arg-type]


def test_it_sways_dips_and_turns_on_its_feet() -> None:
    """3 cm aside, 2 cm down, 10 degrees, on every beat at 96 a minute: it stands."""
    beats = 14
    inner = range(1, beats)
    side = [0.0, *(0.03 if k % 2 else -0.03 for k in inner), 0.0]
    down = [0.0, *(-0.02 if k % 2 else 0.0 for k in inner), 0.0]
    turn = [0.0, *(math.radians(10.0 if k % 4 in (1, 2) else -10.0) for k in inner), 0.0]
    sway = Sway(left=on_beats(96, side), up=on_beats(96, down), turn=on_beats(96, turn))
    witness = dance(Clip("sway", beats * 60.0 / 96.0, False, (), (), sway=sway))
    assert not witness.fell
    soles = np.array(witness.soles)[300:]
    assert np.abs(soles - soles[0]).max() < 0.01  # no step to catch a fall, no slip
    pose = np.array(witness.pose)[round((START + 2.5) / 0.005) : round((START + 8.0) / 0.005)]
    assert np.ptp(pose[:, 1]) > 0.035
    assert np.ptp(np.unwrap(pose[:, 2])) > math.radians(18.0)
    assert np.ptp(np.array(witness.height)[600:1800]) > 0.015
    assert min(witness.upright[300:]) > math.cos(math.radians(3.0))


@pytest.mark.parametrize(("bpm", "seconds"), [(90.0, 20.0), (110.0, 12.0)])
def test_it_steps_in_place_on_the_beat(bpm: float, seconds: float) -> None:
    """With its arms swinging; every footfall within 20 ms of its beat; it stays where it is."""
    beat = 60.0 / bpm
    beats = int(seconds / beat)
    names = ("left_shoulder_pitch", "right_shoulder_pitch")
    swing = [0.0, *(0.25 if k % 2 else -0.25 for k in range(1, beats)), 0.0]
    curves = (on_beats(bpm, swing), on_beats(bpm, [-one for one in swing]))
    feet = (Stretch(0.0, beats * beat, (0.0, 0.0, 0.0), beat),)
    falls = Footfalls()
    witness = dance(Clip("step", beats * beat, False, names, curves, feet=feet), falls.watch)
    assert not witness.fell
    late = [(time - START + beat / 2) % beat - beat / 2 for time in falls.times]
    late = [one for one, time in zip(late, falls.times, strict=True) if time > START + beat]
    assert len(late) >= beats - 3
    assert np.percentile(np.abs(late[:-1]), 95) < 0.020
    assert np.hypot(*np.array(witness.pose)[-1, :2]) < 0.15


class Footfalls:
    """Writes down when a foot that was in the air comes down."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._time = 0.0
        self._aloft = [0, 0]
        self._sides: dict[int, int] = {}

    def watch(self, world: BulletWorld, body: BulletBody) -> None:
        """Look at one tick."""
        engine = world.engine
        handle = next(key for key, name in world.names.items() if name == "greeter")
        if not self._sides:
            for link in range(engine.getNumJoints(handle)):
                name = engine.getJointInfo(handle, link)[12].decode()
                self._sides[link] = 0 if name.startswith("left") else 1
        force = [0.0, 0.0]
        for contact in engine.getContactPoints(bodyA=handle):
            if contact[2] != handle and contact[3] >= 0:
                force[self._sides[contact[3]]] += contact[9]
        self._time += 0.005
        for side in (0, 1):
            if force[side] >= 5.0 and self._aloft[side] >= 16:
                self.times.append(self._time)
            self._aloft[side] = self._aloft[side] + 1 if force[side] < 5.0 else 0


def test_clips_share_the_body() -> None:
    """A nod in the foreground leaves the arm to the wave that has begun before."""
    joints = load().joints
    arm, head = joints.index("right_elbow"), joints.index("head_pitch")
    wave = Clip(
        "wave", 4.0, False, ("right_elbow",), (on_beats(60, [-0.5, -1.4, -0.6, -1.4, -0.5]),)
    )
    nod = Clip("nod", 1.0, False, ("head_pitch",), (on_beats(120, [0.0, 0.3, 0.0]),))

    def wish(time: float) -> tuple[Goal, Twist2]:
        beside = (Playing("wave", 1.0),)
        posture = Posture("nod", 2.5, beside=beside) if time >= 2.5 else Posture("wave", 1.0)
        return Goal(posture=posture if time >= 1.0 else Posture()), Twist2()

    witness = run(5.2, wish, clips={"wave": wave, "nod": nod})
    target = np.array(witness.target)
    assert target[560:720, head].max() > 0.2
    assert target[round(4.0 / 0.005), arm] < -1.2
    assert np.abs(np.diff(target[200:, [arm, head]], axis=0)).max() / 0.005 < 6.0
