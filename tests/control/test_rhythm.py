"""The rhythm of a shaken hand against sines whose numbers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control.rhythm import FASTEST, SLOWEST, Rhythm

PERIOD = 0.005


def shaken(frequency: float, amplitude: float, seconds: float, noise: float = 0.0) -> Rhythm:
    """Return a rhythm that has followed the speed of a sine of ``amplitude`` [m]."""
    rhythm, rng = Rhythm(), np.random.default_rng(3)
    turn = 2.0 * math.pi * frequency
    for tick in range(round(seconds / PERIOD)):
        speed = amplitude * turn * math.cos(turn * tick * PERIOD)
        rhythm.update(speed + noise * float(rng.standard_normal()), PERIOD)
    return rhythm


@pytest.mark.parametrize("frequency", [1.5, 1.8, 2.0, 2.5])
def test_finds_frequency_and_amplitude_within_a_handshake(frequency: float) -> None:
    """After two seconds with noise of 0.05 m/s it knows both to a few per cent."""
    rhythm = shaken(frequency, 0.03, 2.0, noise=0.05)
    assert rhythm.frequency == pytest.approx(frequency, abs=0.08)
    assert rhythm.amplitude == pytest.approx(0.03, rel=0.12)


def test_knows_what_comes() -> None:
    """The speed ahead of now is that of the sine, to a tenth of its amplitude."""
    rhythm, turn = shaken(2.0, 0.03, 4.0), 2.0 * math.pi * 2.0
    for ahead in (0.0, 0.02, 0.1):
        wanted = 0.03 * turn * math.cos(turn * (4.0 - PERIOD + ahead))
        assert rhythm.ahead(ahead) == pytest.approx(wanted, abs=0.1 * 0.03 * turn)


def test_acceleration_is_the_slope_of_the_speed() -> None:
    """It agrees with the difference quotient of ``ahead``."""
    rhythm, h = shaken(1.7, 0.02, 3.0), 1e-5
    slope = (rhythm.ahead(h) - rhythm.ahead(-h)) / (2.0 * h)
    assert rhythm.acceleration == pytest.approx(slope, rel=1e-6)


def test_dies_away_when_nobody_shakes() -> None:
    """A second after the last stroke its amplitude is a tenth; the frequency stays in range."""
    rhythm = shaken(2.0, 0.03, 2.0)
    for _ in range(200):
        rhythm.update(0.0, PERIOD)
    assert rhythm.amplitude < 0.003
    assert SLOWEST <= rhythm.frequency <= FASTEST


@pytest.mark.parametrize("frequency", [0.2, 8.0])
def test_what_is_no_handshake_does_not_run_away(frequency: float) -> None:
    """Motions far too slow or too fast leave the frequency within its bounds, finite."""
    rhythm = shaken(frequency, 0.05, 5.0)
    assert SLOWEST <= rhythm.frequency <= FASTEST
    assert math.isfinite(rhythm.amplitude)
