"""A robot behind a serial line does what the same robot does without one, bit for bit."""

from pathlib import Path

import numpy as np
import pytest

from robotics.core.backend import Backend
from robotics.core.messages import Command, Observation, Tools
from sim.emulator.open import EmulatorStage, open_emulator
from sim.scenario import SimStage, open_stage


def _moves(name: str, tick: int, count: int) -> Command:
    """Return a command that changes with every tick and fits no register exactly."""
    wave = np.sin(0.37 * tick + np.arange(count))
    if name == "sweeper":
        effort = np.array([60.0, 60.0, 8.0, 8.0, 15.0]) * (0.9 + 0.1 * wave)
        tools = Tools(0.5 + 0.3 * wave[0], 0.123456, 0.5 + 0.4 * wave[1])
        return Command(1.5 * wave, effort, tools)
    stand = np.zeros(count)
    return Command(stand + 0.05 * wave, np.full(count, 4.0 + 0.5 * wave[0]))


def _ride(stage: SimStage | EmulatorStage, ticks: int) -> list[Observation]:
    """Drive all robots, whose turn it is first; return all that they sensed."""
    seen, due = [], {}
    bodies: dict[str, Backend] = dict(stage.backends)
    for name, body in bodies.items():
        seen.append(body.reset())
        due[name] = body.period
        body.act(_moves(name, 0, len(seen[-1].joints.position)))
    for tick in range(1, ticks):
        name = min(due, key=lambda one: due[one])
        seen.append(bodies[name].observe())
        bodies[name].act(_moves(name, tick, len(seen[-1].joints.position)))
        due[name] += bodies[name].period
    stage.close()
    return seen


def _same(one: Observation, other: Observation) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("robots", [("sweeper",), ("greeter", "sweeper")], ids=" and ".join)
def test_every_observation_is_the_same_bit_for_bit(robots: tuple[str, ...], tmp_path: Path) -> None:
    """Joints, torques, IMU, feet, battery, tanks, scans, times; also when two share the place."""
    np.set_printoptions(precision=17, threshold=10_000, floatmode="unique")
    ticks = 60 * len(robots)
    plain = _ride(open_stage("yard", robots=robots, seed=4, site_folder=tmp_path / "a"), ticks)
    wired = _ride(open_emulator("yard", robots=robots, seed=4, site_folder=tmp_path / "b"), ticks)
    assert len(plain) == len(wired) == ticks + len(robots) - 1
    for tick, (one, other) in enumerate(zip(plain, wired, strict=True)):
        assert _same(one, other), f"tick {tick}: {one} is not {other}"
    assert np.ptp([one.imu.linear_acceleration[2] for one in plain]) > 0.0
