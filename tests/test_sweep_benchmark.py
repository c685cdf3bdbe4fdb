"""The sweeping benchmark: its zone, its dry run, its figures."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import OptionError
from robotics.core.messages import Command, Tools

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from sweep import ASKED, judge
from sweeping.ground import world_with
from sweeping.trial import DryBody

DRAWN = [[20.5, 3.0], [28.0, 3.0], [28.0, 10.0], [24.0, 10.0], [24.0, 6.0], [20.5, 6.0]]


def _drawn(folder: Path, rings: list[list[list[float]]]) -> Path:
    path = folder / "zone.geojson"
    polygon = {"type": "Polygon", "coordinates": rings}
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": polygon}))
    return path


def test_a_drawn_zone_is_the_only_one_to_sweep(tmp_path: Path) -> None:
    """The rest of the world stays as it is."""
    drawn = _drawn(tmp_path, [[*DRAWN, DRAWN[0]]])
    path, world = world_with("zhanqiao", "", drawn, tmp_path)
    zone = next(zone for zone in world.zones if zone.kind == "sweep")
    assert path.name == "zhanqiao.yaml"
    assert {tuple(p) for p in zone.polygon} == {tuple(p) for p in DRAWN}
    assert [z.kind for z in world.zones].count("sweep") == 1
    assert len(world.kerbs) > 0


def test_a_zone_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """In one line that says why."""
    hole = [[25.0, 4.0], [26.0, 4.0], [26.0, 5.0], [25.0, 4.0]]
    with pytest.raises(OptionError, match="holes"):
        world_with("zhanqiao", "", _drawn(tmp_path, [[*DRAWN, DRAWN[0]], hole]), tmp_path)
    with pytest.raises(OptionError, match="nowhere"):
        world_with("zhanqiao", "nowhere", None, tmp_path)


@dataclass
class _Body:
    period: float = 0.02
    told: Command | None = None

    def act(self, command: Command) -> None:
        self.told = command


def test_a_dry_body_sprays_nothing_and_changes_nothing_else() -> None:
    """Brushes, fan and wheels are as they were told."""
    body = _Body()
    wished = Command(np.array([1.0, 2.0]), np.ones(2), Tools(brush=0.8, spray=0.5, fan=1.0))
    DryBody(body).act(wished)
    assert body.told is not None
    assert body.told.tools == Tools(brush=0.8, spray=0.0, fan=1.0)
    assert body.told.target.tolist() == [1.0, 2.0]


def test_the_figures_are_those_among_people_but_for_two() -> None:
    """Contacts are those caused; what was not measured stays empty."""
    runs = {
        "among people": {"covered_fraction": 0.9, "contacts_caused": 2, "rate_m2_h": 800.0},
        "alone": {"covered_fraction": 1.0, "contacts_caused": 0, "rate_m2_h": 1000.0},
        "alone, dry": {"raised_fraction": 0.05, "rate_m2_h": 1000.0, "kerbs": [1]},
    }
    found = judge(runs)
    assert set(ASKED) <= set(found)
    assert (found["covered_fraction"], found["contacts"]) == (0.9, 2)
    assert found["rate_ratio"] == pytest.approx(0.8)
    assert found["raised_fraction_dry"] == 0.05
    assert found["kerb_gap_mean_m"] is None
    json.dumps(found)
    assert "kerbs" not in found["runs"]["alone, dry"]
