"""A behaviour that is edited while the robot runs counts once it has passed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.errors import OptionError
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import build_mission
from robotics.robots.renewing import Renewal
from robotics.session import Options, open_stage


def test_an_edit_is_taken_in_and_a_broken_one_is_not(tmp_path: Path) -> None:
    """Told once; in force when nothing runs; a fault leaves the behaviour as it was."""
    for folder in ("greeter", "poses", "songs"):
        shutil.copytree(asset(f"behaviours/{folder}"), tmp_path / folder)
    table = load().joints
    behaviours = load_behaviours(tmp_path / "greeter", table)
    stage = Stage(np.zeros(3), list[Walker]())
    mission = build_mission(
        open_site(), seconds=60.0, behaviours=behaviours, progress=stage.progress
    )
    renewal = Renewal("greeter", table, tmp_path)
    runner = mission.acts.runner
    assert renewal.renew(mission) == ()
    nod, bow = (tmp_path / "greeter" / f"{name}.yaml" for name in ("nod", "bow"))
    nod.write_text(
        "behaviour: nod\nkind: gesture\npriority: visitor\ntracks:\n  head:\n"
        "    - {time: 0, joints: {head_pitch: 0}}\n    - {time: 1, joints: {head_pitch: 9}}\n"
        "    - {time: 2.25, joints: {head_pitch: 0}}\n",
        encoding="utf-8",
    )
    bow.write_text(bow.read_text("utf-8").replace("kind: gesture", "kind: gestrue"), "utf-8")
    told = renewal.renew(mission)
    assert "nod: changed" in told
    assert any("bow.yaml" in line and "'gestrue'" in line for line in told)
    assert not any(line.startswith("bow: changed") for line in told)
    assert renewal.renew(mission) == ()
    stage.run(mission, 30.0)
    assert runner.repertoire["nod"].duration == 2.25
    assert runner.repertoire["bow"] == behaviours["bow"]


def test_a_real_robot_reads_no_files(tmp_path: Path) -> None:
    """Reading takes longer than a tick."""
    with pytest.raises(OptionError, match="--reload is for simulations"):
        open_stage(Options("yard", on="/dev/ttyUSB0", reload=True), tmp_path)
