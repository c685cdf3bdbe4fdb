"""Laws of the inverted pendulum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control import pendulum

OMEGA = pendulum.rate(0.5)
COM, VELOCITY = np.array([0.02, -0.03]), np.array([0.1, 0.2])
COP = np.array([0.05, 0.01])


def test_advance_solves_the_differential_equation() -> None:
    """The closed form has the acceleration ω² (c - p), by finite differences."""
    h = 1e-4
    before, here, after = (
        pendulum.advance(COM, VELOCITY, COP, omega=OMEGA, time=t)[0]
        for t in (0.3 - h, 0.3, 0.3 + h)
    )
    acceleration = (before - 2.0 * here + after) / h**2
    assert acceleration == pytest.approx(OMEGA**2 * (here - COP), abs=1e-5)


def test_two_halves_make_a_whole() -> None:
    """Advancing twice by half the time is advancing once."""
    whole = pendulum.advance(COM, VELOCITY, COP, omega=OMEGA, time=0.4)
    half = pendulum.advance(COM, VELOCITY, COP, omega=OMEGA, time=0.2)
    again = pendulum.advance(*half, COP, omega=OMEGA, time=0.2)
    assert again[0] == pytest.approx(whole[0], abs=1e-12)
    assert again[1] == pytest.approx(whole[1], abs=1e-12)


def test_divergent_component_runs_away_alone() -> None:
    """ξ of the advanced pendulum is the advanced ξ: it needs nothing but itself."""
    com, velocity = pendulum.advance(COM, VELOCITY, COP, omega=OMEGA, time=0.3)
    start = pendulum.divergent(COM, VELOCITY, OMEGA)
    assert pendulum.divergent(com, velocity, OMEGA) == pytest.approx(
        pendulum.divergent_after(start, COP, omega=OMEGA, time=0.3), abs=1e-12
    )


def test_standing_on_the_capture_point_stops() -> None:
    """With the pressure under ξ, the body comes to rest there."""
    target = pendulum.divergent(COM, VELOCITY, OMEGA)
    com, velocity = pendulum.advance(COM, VELOCITY, target, omega=OMEGA, time=4.0)
    assert com == pytest.approx(target, abs=1e-6)
    assert velocity == pytest.approx(np.zeros(2), abs=1e-6)


def test_cop_to_reach_reaches() -> None:
    """The pressure that is to bring ξ somewhere in a time brings it there in that time."""
    start, target = np.array([0.01, 0.02]), np.array([0.08, -0.05])
    cop = pendulum.cop_to_reach(start, target, omega=OMEGA, time=0.3)
    there = pendulum.divergent_after(start, cop, omega=OMEGA, time=0.3)
    assert there == pytest.approx(target, abs=1e-12)


def test_time_to_reach_is_the_inverse() -> None:
    """The time to a target is when ξ is there; 0 when past it, infinite on the other side."""
    time = pendulum.time_to_reach(0.02, 0.07, omega=OMEGA)
    assert 0.02 * math.exp(OMEGA * time) == pytest.approx(0.07)
    assert pendulum.time_to_reach(0.07, 0.02, omega=OMEGA) == 0.0
    assert pendulum.time_to_reach(0.02, -0.07, omega=OMEGA) == math.inf
    assert pendulum.time_to_reach(0.0, 0.07, omega=OMEGA) == math.inf


def test_steady_offsets_repeat_at_every_step() -> None:
    """With the steady offsets, each step ends as it began, seen from its own foot."""
    step, width, time = 0.1, 0.16, 0.36
    offset = pendulum.steady_offset(step, omega=OMEGA, time=time)
    assert pendulum.divergent_after(offset, 0.0, omega=OMEGA, time=time) == pytest.approx(
        step + offset
    )
    sway = pendulum.steady_sway(width, omega=OMEGA, time=time)
    assert pendulum.divergent_after(sway, 0.0, omega=OMEGA, time=time) == pytest.approx(
        width - sway
    )
