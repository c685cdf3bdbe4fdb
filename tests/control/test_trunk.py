"""The trunk's way: along its source, within its limits, without a jump wherever that changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control.trunk import Trunk, TrunkParameters

PERIOD = 0.005
LIMITS = TrunkParameters()


class Swing:
    """From side to side as a sine, with a dip and a turn."""

    def __init__(self, amplitude: float, frequency: float) -> None:
        self.amplitude, self.rate = amplitude, 2.0 * math.pi * frequency

    def offset(self, time: float) -> tuple[float, float, float, float]:
        """Return where it is."""
        wave = math.sin(self.rate * time)
        return 0.0, self.amplitude * wave, -0.01 * wave * wave, 0.1 * wave


def follow(sources: list[tuple[float, Swing | None]]) -> np.ndarray:
    """Return offsets, velocities and accelerations (k, 3, 4) of following each for a time [s]."""
    trunk, rows, time = Trunk(LIMITS, period=PERIOD), [], 0.0
    for duration, swing in sources:
        start = time
        for _ in range(round(duration / PERIOD)):
            time += PERIOD
            seen = trunk.advance(time, [(swing, start, math.inf)])
            rows.append((seen.offset, seen.velocity, seen.acceleration))
    return np.array(rows)


def test_it_is_where_its_source_wants_it_a_little_ahead() -> None:
    """After the blend, exactly, by the lead that the body's lag asks for."""
    swing = Swing(0.02, 0.4)
    rows = follow([(4.0, swing)])
    late = [swing.offset(4.0 + lead)[axis] for lead, axis in zip(LIMITS.lead, (1, 3), strict=True)]
    assert rows[-1, 0, [1, 3]] == pytest.approx(late, abs=1e-3)


def test_changes_make_no_jump_and_limits_hold() -> None:
    """Cut off in full swing, begun anew, driven wider and faster than a body can."""
    rows = follow(
        [(1.3, Swing(0.03, 0.8)), (0.3, None), (1.0, Swing(0.2, 3.0)), (1.7, Swing(0.02, 0.3))]
    )
    offset, velocity, acceleration = rows[:, 0], rows[:, 1], rows[:, 2]
    assert np.abs(np.diff(offset, axis=0) / PERIOD - velocity[1:]).max() < 1e-9
    assert (np.abs(velocity) <= np.array(LIMITS.speed) + 1e-9).all()
    assert (np.abs(acceleration) <= np.array(LIMITS.acceleration) + 1e-9).all()
    slack = 0.01  # while it brakes from a way that was too fast
    assert (offset <= np.array(LIMITS.high) + slack).all()
    assert (offset >= np.array(LIMITS.low) - slack).all()


def test_it_comes_home_in_time() -> None:
    """From anywhere in a swing it is back within 0.8 s, and still."""
    for cut in np.arange(1.0, 2.3, 0.1):
        rows = follow([(float(cut), Swing(0.03, 0.8)), (0.8, None)])
        assert np.abs(rows[-1, 0]).max() < 0.002
        assert np.abs(rows[-1, 1, :3]).max() < 0.02
    trunk = Trunk(LIMITS, period=PERIOD)
    assert trunk.advance(1.0, []).is_still
