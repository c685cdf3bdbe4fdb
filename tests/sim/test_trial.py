"""The trial under physics: settings drawn from a seed, pushes, falls, slips."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.behaviour.clips import Behaviour, Clip, Priority, curve
from robotics.certify.rehearsal import START, assembled, rehearse, wish_for
from robotics.core.messages import Goal, State, Twist2
from sim.trial import Push, Setting, run

STILL = Behaviour("still", "gesture", Priority.SHOW, 1.0)


def test_settings_follow_from_their_seed() -> None:
    """The same twice, another for another seed; impulses as asked."""
    one = Setting.drawn(3, seconds=20.0, impulse=2.0)
    assert one == Setting.drawn(3, seconds=20.0, impulse=2.0)
    assert one != Setting.drawn(4, seconds=20.0, impulse=2.0)
    assert 0.45 <= one.friction <= 0.9
    for push in one.pushes:
        assert math.hypot(*push.force) * push.duration == pytest.approx(2.0)
    assert Setting.drawn(3, seconds=20.0, impulse=0.0).pushes == ()


def test_a_hard_push_fells_it_and_is_seen() -> None:
    """25 N·s are twice its weight for a tenth of a second: no step catches that."""
    setting = Setting(pushes=(Push(1.0, (-250.0, 0.0)),))

    def stand(state: State) -> tuple[Goal, Twist2]:
        return Goal(), Twist2()

    outcome = run(assembled(STILL), stand, seconds=3.5, setting=setting)
    assert outcome.fell is not None
    assert 1.0 < outcome.fell < 3.5
    assert outcome.tilt > 0.5


def test_a_wave_is_rehearsed_and_the_same_seed_gives_the_same_run() -> None:
    """Upright, no step, no slip, nothing touched; bit for bit."""
    arm = curve((0.0, 0.7, 1.4), (-0.18, -1.3, -0.18))
    clip = Clip("wave", 1.4, False, ("right_shoulder_roll",), (arm,))
    wave = Behaviour("wave", "gesture", Priority.SHOW, 1.4, clip=clip)
    wish = wish_for(wave)
    seconds = START + 1.6
    first, second = (
        run(assembled(wave), wish, seconds=seconds, setting=Setting(seed=2)) for _ in range(2)
    )
    assert first.fell is None
    assert first.steps == 0
    assert first.slip < 0.003
    assert first.self_distance > 0.03
    raised = min(joints[7] for _, _, _, joints in first.frames)
    assert raised == pytest.approx(-1.3, abs=0.08)
    for a, b in zip(first.frames, second.frames, strict=True):
        assert np.array_equal(a[3], b[3])


def test_a_rehearsal_says_what_it_measured() -> None:
    """Figures for the certificate, no findings for a robot that stands."""
    found = rehearse(STILL, rounds=1)
    assert found.findings == ()
    assert found.figures["runs"] == 1.0
    assert found.figures["fell"] == 0.0
    assert found.figures["tilt_deg"] < 5.0


def test_broken_off_with_an_arm_straight_up_it_rests_within_the_deadline() -> None:
    """Measured at the joints, 0.75 to 0.8 s later: slower than 0.15 rad/s, and still upright."""
    up = curve((0.0, 1.6, 4.0), (0.0, -3.0, -3.0))
    clip = Clip("up", 4.0, False, ("right_shoulder_pitch",), (up,))
    one = Behaviour("up", "gesture", Priority.SHOW, 4.0, clip=clip)
    wish, end = wish_for(one, until=1.9), START + 1.9
    outcome = run(assembled(one), wish, seconds=end + 0.86, setting=Setting(seed=1))
    times = np.array([frame[0] for frame in outcome.frames]) - end
    arm = np.array([frame[3][6] for frame in outcome.frames])
    speed = np.abs(np.diff(arm) / np.diff(times))
    assert speed[(times[:-1] > 0.2) & (times[:-1] < 0.5)].max() > 2.0
    assert speed[(times[:-1] >= 0.7) & (times[1:] <= 0.8)].min() < 0.15
    assert outcome.tilt < 0.05
