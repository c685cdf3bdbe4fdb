"""A load cell that has died is found out and stood in for; a robot that is lifted is none."""

import numpy as np
import pytest

from robotics.estimation.foot_sensors import GRAVITY, FootSensors

WEIGHT, TICK = 130.0, 0.005
LEVEL = np.array([-0.5, -0.5])


def _feet(left: float, right: float) -> np.ndarray:
    """Return loads as shares of the weight, evenly on the corners."""
    return np.outer([left, right], np.full(4, WEIGHT / 4))


def _live(
    sensors: FootSensors,
    seconds: float,
    loads: tuple[float, float],
    *,
    soles: np.ndarray = LEVEL,
    felt: float = GRAVITY,
    stands: bool = True,
) -> np.ndarray:
    force = np.zeros((2, 4))
    for _ in range(round(seconds / TICK)):
        force = sensors.update(_feet(*loads), felt=felt, soles=soles, stands=stands, duration=TICK)
    return force


@pytest.mark.parametrize("side", [0, 1])
def test_a_silent_foot_of_a_standing_robot_is_found_and_stood_in_for(side: int) -> None:
    """Within a tenth of a second, with the load that is missing."""
    sensors = FootSensors(WEIGHT)
    loads = (0.0, 0.5) if side == 0 else (0.5, 0.0)
    _live(sensors, 1.0, (0.5, 0.5))
    force = _live(sensors, 0.1, loads)
    assert sensors.lost == [side == 0, side == 1]
    assert sensors.faults[0].startswith(("left", "right")[side])
    assert force.sum(axis=1) == pytest.approx([0.5 * WEIGHT, 0.5 * WEIGHT])


def test_standing_on_one_leg_is_no_fault() -> None:
    """The other one carries all of it."""
    sensors = FootSensors(WEIGHT)
    _live(sensors, 5.0, (0.0, 1.0), soles=np.array([-0.45, -0.5]))
    assert not sensors.faults


def test_a_silent_foot_is_found_when_it_is_its_turn_to_carry() -> None:
    """While walking: the other one is in the air, this one has said nothing for a whole step."""
    sensors = FootSensors(WEIGHT)
    for _ in range(2):
        _live(sensors, 0.36, (0.0, 1.0), soles=np.array([-0.46, -0.5]))
        force = _live(sensors, 0.36, (0.0, 0.0), soles=np.array([-0.5, -0.46]))
    assert sensors.lost == [True, False]
    assert force.sum(axis=1) == pytest.approx([WEIGHT, 0.0])
    force = _live(sensors, 0.2, (0.0, 1.0), soles=np.array([-0.46, -0.5]))
    assert force.sum(axis=1) == pytest.approx([0.0, WEIGHT])


def test_a_lifted_robot_has_lost_no_sensor() -> None:
    """Both feet lose their load at once; nor one that is thrown, nor one that lies or sits."""
    sensors = FootSensors(WEIGHT)
    _live(sensors, 1.0, (0.5, 0.5))
    _live(sensors, 10.0, (0.0, 0.0))
    _live(sensors, 0.4, (0.0, 0.0), felt=0.0)
    _live(sensors, 3.0, (0.1, 0.0), stands=False)
    assert not sensors.faults


def test_good_readings_pass_untouched() -> None:
    """Whatever they are."""
    sensors = FootSensors(WEIGHT)
    rng = np.random.default_rng(1)
    for _ in range(200):
        force = rng.uniform(0.05, 0.3, (2, 4)) * WEIGHT
        given = sensors.update(force, felt=GRAVITY, soles=LEVEL, stands=True, duration=TICK)
        assert given is force
