"""Where and when the next foot lands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control import pendulum, steps
from robotics.control.swing import Swing, pull
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array

WALK = WalkParameters()
OMEGA = pendulum.rate(WALK.com_height)


@pytest.mark.parametrize("twist", [(0.0, 0.0, 0.0), (0.25, 0.0, 0.0), (0.2, 0.08, 0.0)])
@pytest.mark.parametrize("out", [1, -1])
def test_nominal_gait_is_periodic(twist: tuple[float, float, float], out: int) -> None:
    """From the nominal offset, with the pressure under the ankle, ξ ends at the next one.

    What the swinging leg, which goes twice as far, pulls at it on the way is counted.
    """
    command = np.array(twist)
    start = steps.nominal_offset(WALK, command, out, omega=OMEGA)
    end = pendulum.divergent_after(start, np.zeros(2), omega=OMEGA, time=WALK.step_time)
    swing_time = WALK.step_time - WALK.response
    way = 2.0 * WALK.step_time * command[:2]
    end = end + WALK.leg_reaction * pull(way, np.zeros(2), swing_time, omega=OMEGA)
    step = steps.nominal_step(WALK, command, out)
    following = steps.nominal_offset(WALK, command, -out, omega=OMEGA)
    assert end == pytest.approx(step + following, abs=1e-9)


def test_steps_never_tread_on_the_other_foot() -> None:
    """Whatever is asked for, soles stay apart, within reach of the leg and of the time left."""
    rng = np.random.default_rng(2)
    for out in (1, -1):
        foot = np.array([-0.1, 0.2 * out])
        room = steps.Room(out, 0.0, foot)
        for x, y, left in rng.uniform((-1.0, -1.0, 0.0), (1.0, 1.0, 0.4), (200, 3)):
            place = np.array([x, y])
            landing = steps.limit_step(WALK, place, room, left=left)
            outward = out * landing.place[1]
            assert WALK.least_width <= outward <= WALK.widest_step
            assert abs(landing.place[0]) <= WALK.longest_step
            assert np.linalg.norm(landing.place - foot) <= WALK.swiftest * left + 1e-9
            assert landing.missed == pytest.approx(np.linalg.norm(place - landing.place))


def test_time_is_changed_within_limits() -> None:
    """Steps get shorter or longer, never beyond the limits, and not without a reason."""
    same = steps.adapt_time(WALK, 0.36, usual=0.36, elapsed=0.1, arrival=math.inf)
    assert same == 0.36
    for arrival in (0.0, 0.1, 0.5, 3.0):
        duration = WALK.step_time
        for _ in range(100):
            duration = steps.adapt_time(WALK, duration, usual=0.36, elapsed=0.1, arrival=arrival)
        assert 0.5 * WALK.step_time - 1e-9 <= duration <= 1.35 * WALK.step_time + 1e-9


def outlook_of(dcm: Array, cop: Array, offset: Array, out: int = 1) -> steps.Outlook:
    """What is foreseen in the middle of a step."""
    return steps.Outlook(dcm, cop, offset, steps.Room(out, 0.0, np.array([0.0, 0.17 * out])))


def landing_in(outlook: steps.Outlook, left: float) -> steps.Landing:
    """The nearest footprint in ``left`` [s]."""
    at_landing = pendulum.divergent_after(outlook.dcm, outlook.cop, omega=OMEGA, time=left)
    return steps.limit_step(WALK, at_landing - outlook.offset, outlook.room, left=left)


@pytest.mark.parametrize("out", [1, -1])
def test_a_step_lasts_while_the_outer_edge_holds_the_body(out: int) -> None:
    """ξ inside the edge comes back: the step is made longer. Beyond it, it ends at once."""
    edge, offset = np.array([0.0, -out * WALK.cop_outward]), np.array([0.02, -out * 0.03])
    for inside, longest in ((0.015, True), (-0.015, False)):
        dcm = edge + np.array([0.0, out * inside])
        outlook = outlook_of(dcm, edge, offset, out)
        landing = landing_in(outlook, 0.2)
        arrival = steps.arrival(WALK, outlook, landing, left=0.2, omega=OMEGA)
        assert arrival > 0.3 if longest else arrival < 0.1


def test_a_foot_lands_when_it_has_caught_up() -> None:
    """ξ runs ahead of what a leg can do in time: of all times, that of the smallest miss."""
    cop, offset = np.array([0.09, 0.03]), np.array([0.03, -0.03])
    outlook = outlook_of(np.array([0.28, 0.07]), cop, offset)
    landing = landing_in(outlook, 0.05)
    assert landing.is_cut
    arrival = steps.arrival(WALK, outlook, landing, left=0.05, omega=OMEGA)
    least = min(float(landing_in(outlook, left).missed) for left in np.arange(0.02, 0.4, 0.002))
    chosen = landing_in(outlook, arrival - WALK.response)
    assert chosen.missed == pytest.approx(least, abs=0.004)
    assert least < landing.missed - 0.05


def test_swing_lands_at_rest_on_a_target_that_moves() -> None:
    """The foot is there, slow and low, although its landing place was changed half-way."""
    swing, time, dt = Swing.lift_off(np.zeros(2), 0.0), 0.0, 0.005
    highest = 0.0
    while time < 0.36 - 1e-9:
        time += dt
        target = np.array([0.1, 0.0]) if time < 0.18 else np.array([0.14, 0.02])
        before = swing.position.copy()
        swing.advance(target, 0.2, elapsed=time, duration=0.36, dt=dt)
        swing.lift(0.045, 0.0, elapsed=time, duration=0.36)
        highest = max(highest, float(swing.position[2]))
        assert np.abs(swing.position - before).max() < 0.02
    assert swing.position[:2] == pytest.approx([0.14, 0.02], abs=0.01)
    assert np.abs(swing.velocity).max() < 0.25
    assert swing.yaw == pytest.approx(0.2)
    assert highest == pytest.approx(0.045, abs=0.002)


@pytest.mark.parametrize(("way", "speed"), [((0.3, 0.0), (0.0, 0.0)), ((0.1, -0.05), (0.8, 0.2))])
def test_pull_is_the_integral_over_the_swing(
    way: tuple[float, float], speed: tuple[float, float]
) -> None:
    """The closed form agrees with summing ω e^{ω(T - u)} a(u) over the cubic."""
    left, n = 0.3, 20000
    go, start = np.array(way), np.array(speed)
    u = (np.arange(n) + 0.5) * left / n
    begin = 6.0 * go / left**2 - 4.0 * start / left
    slope = 6.0 * start / left**2 - 12.0 * go / left**3
    rate = begin[:, None] + slope[:, None] * u
    summed = (OMEGA * np.exp(OMEGA * (left - u)) * rate).sum(axis=1) * left / n
    assert pull(go, start, left, omega=OMEGA) == pytest.approx(summed, rel=1e-6)
