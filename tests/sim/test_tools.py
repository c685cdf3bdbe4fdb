"""The sweeper's tools in the simulated body: one account of water, sensors that read the dirt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from robotics.core.messages import Command, Observation, Tools
from robotics.robots.sweeper import joints
from sim.scenario import Begin, SimStage, open_kinematic

MODEL = joints.load()
LOOK = 0.05


def _stage(folder: Path, *, water: float = 1.0, bin_level: float = 0.0) -> SimStage:
    begin = {"sweeper": Begin(pose=(2.5, 2.0, 0.0), water=water, bin=bin_level)}
    return open_kinematic(
        "yard", robots=("sweeper",), seed=3, site_folder=folder, visitors=0, begin=begin
    )


def _work(stage: SimStage, tools: Tools, seconds: float, *, wheels: float = 0.0) -> Observation:
    """Hold tools and wheel speed [rad/s]; look as often as a run does; return the last reading."""
    body = stage.backends["sweeper"]
    seen = body.reset()
    target = np.array([wheels, wheels, 10.0, -10.0, 30.0])
    command = Command(target, MODEL.joints.column("effort"), tools)
    looked = seen.time
    stage.look(looked)
    while seen.time < seconds:
        body.act(command)
        seen = body.observe()
        if seen.time >= looked + LOOK - 1e-9:
            looked = seen.time
            stage.look(looked)
    return seen


def test_what_leaves_the_tank_lies_on_the_ground(tmp_path: Path) -> None:
    """The tank's level and the dirt model's water are one account."""
    stage = _stage(tmp_path)
    tools = Tools(brush=0.0, spray=0.5, fan=0.0)
    seen = _work(stage, tools, 10.0, wheels=0.5)
    used = stage._dirt.water_used
    assert used == pytest.approx(0.5 * 0.025 * 10.0, rel=0.02)
    assert (1.0 - seen.tools.water) * 60.0 == pytest.approx(used, abs=0.025 * LOOK)
    stage.close()


def test_an_empty_tank_wets_nothing(tmp_path: Path) -> None:
    """However far the spray bar is open, no more comes out than was in."""
    stage = _stage(tmp_path, water=0.001)
    seen = _work(stage, Tools(spray=1.0), 6.0, wheels=0.5)
    assert seen.tools.water == 0.0
    assert stage._dirt.water_used == pytest.approx(0.06)
    stage.close()


def test_sensors_read_wet_ground_and_dusty_air(tmp_path: Path) -> None:
    """Brushing dry raises dust that the sensor reads; standing over a film, it reads wet."""
    stage = _stage(tmp_path)
    first = _work(stage, Tools(), 0.3)
    assert (first.tools.dust, first.tools.wetness, first.tools.rain) == (0.0, 0.0, 0.0)
    weather = stage._dirt.weather
    assert first.tools.temperature == weather.temperature
    dusty = _work(stage, Tools(brush=1.0, fan=1.0), 3.0)
    assert dusty.tools.dust > 1.0
    stage.close()


def test_a_full_bin_fills_no_further(tmp_path: Path) -> None:
    """The roller takes nothing that has no room."""
    stage = _stage(tmp_path, bin_level=1.0)
    seen = _work(stage, Tools(brush=1.0, fan=1.0), 3.0, wheels=1.0)
    assert seen.tools.bin == 1.0
    assert stage._dirt.bin_mass == 0.0
    stage.close()


def test_rain_is_read(tmp_path: Path) -> None:
    """While a shower lasts the sensor reads it, and the ground is wet."""
    stage = _stage(tmp_path)
    wet = replace(stage._dirt.weather, showers=((0.5, 100.0, 30.0),))
    stage._dirt.weather = wet
    seen = _work(stage, Tools(), 10.0)
    assert seen.tools.rain == 30.0
    assert seen.tools.wetness > 0.2
    stage.close()
