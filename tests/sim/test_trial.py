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
