"""A child of the place runs into the greeter in the middle of a run; the account says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from robotics.app import Member, run
from robotics.core.messages import Tick
from robotics.mapping.places import load_site
from robotics.robots.catalog import assemble
from robotics.session import Options, open_stage
from sim import romp_stage
from sim.scenario import SimStage

YARD = Path(romp_stage.__file__).parent / "worlds" / "yard.yaml"


def test_one_of_its_visitors_runs_into_it_and_it_keeps_its_feet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who touched whom is told; the child did; and then it is a visitor again."""
    monkeypatch.setattr(romp_stage, "EARLIEST", 5.0)
    monkeypatch.setattr(romp_stage, "LATEST", 5.5)
    site = tmp_path / "yard.yaml"
    text = YARD.read_text(encoding="utf-8").replace("families: 0.5", "families: 1.0\n  bumps: 1")
    site.write_text(text, encoding="utf-8")
    options = Options(str(site), ("greeter",), minutes=0.5, seed=2)
    stage = open_stage(options, tmp_path / "site")
    assert isinstance(stage, SimStage)
    robot, mission = assemble("greeter", load_site(tmp_path / "site"), seconds=60.0)
    due = [0.0]

    def on_tick(member: Member, tick: Tick) -> None:
        if tick.observation.time >= due[0]:
            due[0] = tick.observation.time + 0.05
            stage.look(tick.observation.time)

    run([Member(robot, mission, stage.backends["greeter"])], until=20.0, on_tick=on_tick)
    summary = stage.summary()
    assert (summary["bumps"], summary["bump_falls"], summary["falls"]) == (1, 0, 0)
    met = summary["run_ins"][0]
    assert met["impulse_ns"] > 1.0
    touches = [one for one in summary["contacts"] if one["partner"] == met["partner"]]
    assert touches
    assert not any(one["caused"] for one in touches)
    assert "working/bumped" in [line.target for line in mission.history]
    assert not stage._visitors._led
    assert stage._romps._child is None
    stage.close()
