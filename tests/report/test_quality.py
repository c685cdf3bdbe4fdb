"""The quality report says what was done, what was left and why, from the recording alone."""

import csv
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import shape

from robotics.core.errors import InvalidMessage
from robotics.core.raster import Raster, pack
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site, Zone
from robotics.report.digest import RobotDigest, RunDigest, Span
from robotics.report.quality import write_quality
from robotics.report.quality_asked import PROMISES, amounts, spent, verdict
from robotics.report.quality_belief import believed_share
from robotics.report.quality_data import OUTSIDE, UNREACHABLE, Quality, gather
from robotics.report.quality_missed import Reason, crumbs, missed

SIDE = 0.05
ROWS, COLUMNS = 80, 200
"""A zone of 10 m × 4 m with its corner at (2, 1)."""
SECONDS = 40.0
POLYGON = np.array([[2.0, 1.0], [12.0, 1.0], [12.0, 5.0], [2.0, 5.0]])


def _cells(west: float, south: float, east: float, north: float) -> tuple[slice, slice]:
    """Return the cells of a box in the map."""
    columns = slice(round((west - 2.0) / SIDE), round((east - 2.0) / SIDE))
    return slice(round((south - 1.0) / SIDE), round((north - 1.0) / SIDE)), columns


def _passes() -> np.ndarray:
    cells = np.ones((ROWS, COLUMNS), dtype=np.uint8)
    cells[_cells(3.0, 2.0, 4.0, 3.0)] = 2
    cells[_cells(11.0, 4.0, 11.5, 4.5)] = UNREACHABLE
    cells[_cells(5.0, 2.5, 5.5, 3.0)] = 0  # somebody stands here
    cells[_cells(8.0, 4.9, 10.0, 5.0)] = 0  # along the kerb
    cells[_cells(8.0, 2.0, 8.4, 2.4)] = 0  # nobody planned to go there
    cells[_cells(11.2, 1.4, 11.8, 2.0)] = 0  # the plan's end, never driven
    cells[0, 0] = 0  # a speck
    return cells


def _summary() -> dict:
    dirt = np.full((40, 100), 20.0)
    ground = {
        "title": "试验区 (test)",
        "area_m2": 40.0,
        "passes": pack(Raster(_passes(), (2.0, 1.0), SIDE)),
        "before": pack(Raster(dirt, (2.0, 1.0), 0.1), 0.01),
        "after": pack(Raster(0.1 * dirt, (2.0, 1.0), 0.1), 0.01),
        "litter_left": [[6.0, 3.0]],
        "covered_fraction": 0.97,
        "repeat_fraction": 0.025,
        "reachable_fraction": 0.99,
        "swept_area_m2": 38.0,
        "mass_before_kg": 0.8,
        "mass_after_kg": 0.08,
    }
    kerb = {
        "name": "kerb_1",
        "along_m": [0.0, 0.1, 0.2, 0.3],
        "where": [[8.0, 5.0], [8.1, 5.0], [8.2, 5.0], [8.3, 5.0]],
        "gap_m": [0.01, -0.015, 0.05, None],
    }
    return {
        "covered_fraction": 0.97,
        "repeat_fraction": 0.025,
        "contacts_caused": 0,
        "mass_removed_fraction": 0.9,
        "swept_area_m2": 38.0,
        "battery_wh": 1000.0,
        "distance_m": {"sweeper": 10.0},
        "kerbs": [kerb],
        "ground": {"deck": ground},
    }


def _plan() -> dict:
    """Plan one lane along y = 2.0, then the way to the zone's far corner."""
    x = np.arange(2.5, 11.6, 0.1)
    path = np.column_stack([x, np.where(x < 10.4, 2.75, 1.7), np.zeros(len(x))])
    path = path[(path[:, 0] < 7.0) | (path[:, 0] > 9.0)]
    return {
        "time": 0.0,
        "plan": {"path": path.tolist(), "working": [True] * len(path)},
    }


@pytest.fixture(scope="module")
def run() -> RunDigest:
    """Sweep east at 0.2 m/s for forty seconds; somebody stands beside the lane for a while."""
    times = np.arange(0.0, SECONDS + 1e-9, 0.2)
    robot = RobotDigest("sweeper")
    poses = [[2.2 + 0.2 * t, 2.75, 0.0] for t in times]
    robot.series["time"], robot.series["pose"] = list(times), poses
    robot.series["goal_time"] = list(times)
    robot.series["zone"] = ["deck"] * len(times)
    robot.series["brush"] = [1.0] * len(times)
    robot.series["charge"] = [1.0 - 0.001 * t for t in times]
    robot.series["water"] = [0.9 - 0.001 * t for t in times]
    robot.series["bin"] = [0.001 * t for t in times]
    robot.activities = [Span(0.0, SECONDS, "sweeping deck")]
    robot.plans = [_plan()]
    found = RunDigest({"site": "paving", "on": "sim"}, {"sweeper": robot}, summary=_summary())
    found.scene = [
        {
            "time": t,
            "robots": {"sweeper": {"position": [*pose[:2], 0.0]}},
            "visitors": [[1, 5.2, 3.2, 0.0, 0.25, 1.7]],
        }
        for t, pose in zip(times, poses, strict=True)
    ]
    found.duration = SECONDS
    return found


@pytest.fixture(scope="module")
def site() -> Site:
    """Make open ground with one zone and a kerb on its north."""
    cells = np.zeros((100, 160), dtype=np.bool_)
    grid = Grid(cells, 0.1, np.zeros(2))
    zone = Zone("deck", "Deck", "sweep", POLYGON)
    kerb = np.array([[2.0, 5.0], [12.0, 5.0]])
    free = grid.like(np.full(cells.shape, np.inf))
    return Site("paving", grid, grid, grid, free, {"deck": zone}, {}, (kerb,))


@pytest.fixture(scope="module")
def quality(run: RunDigest, site: Site) -> Quality:
    """Gather once."""
    found = gather(run, site)
    assert found is not None
    return found


def test_without_an_onlooker_there_is_no_quality_report(
    run: RunDigest, site: Site, tmp_path: Path
) -> None:
    """Neither on hardware nor where the run was torn before its end."""
    assert write_quality(tmp_path, replace(run, summary={}), site) is None
    assert write_quality(tmp_path, replace(run, robots={}), site) is None


def test_a_broken_account_is_refused(run: RunDigest, site: Site) -> None:
    """With an error that names what is wrong."""
    summary = _summary()
    del summary["ground"]["deck"]["passes"]
    with pytest.raises(InvalidMessage, match="passes"):
        gather(replace(run, summary=summary), site)


def test_every_reason_is_found(quality: Quality) -> None:
    """Each patch of the zone was left for another reason."""
    found = {patch.reason: patch for patch in missed(quality)}
    assert found[Reason.NARROW].centre == pytest.approx((11.25, 4.25), abs=0.05)
    assert found[Reason.VISITORS].centre == pytest.approx((5.25, 2.75), abs=0.05)
    assert found[Reason.EDGE].centre[1] == pytest.approx(4.95, abs=0.05)
    assert found[Reason.UNPLANNED].centre == pytest.approx((8.2, 2.2), abs=0.05)
    assert found[Reason.UNFINISHED].centre == pytest.approx((11.5, 1.7), abs=0.05)
    assert Reason.EVADED not in found


def test_patches_and_specks_add_up(quality: Quality) -> None:
    """No missed ground is told twice or not at all, and the outlines are as large as the cells."""
    work = quality.zones[0]
    patches = missed(quality)
    areas = sum(patch.area for patch in patches) + crumbs(work)
    cells = int(((work.passes.cells == 0) | (work.passes.cells == UNREACHABLE)).sum())
    assert areas == pytest.approx(cells * SIDE**2)
    for patch in patches:
        assert patch.shape.area == pytest.approx(patch.area, rel=1e-6)


def test_passes_are_shares_of_the_zone(quality: Quality) -> None:
    """Once, twice, never and out of reach are the whole."""
    work = quality.zones[0]
    cells = work.passes.cells
    assert work.repeated(2) == pytest.approx(1.0 / 40.0)
    assert work.repeated(3) == 0.0
    unreachable = float((cells == UNREACHABLE).sum()) / (cells != OUTSIDE).sum()
    assert sum(work.repeated(k) for k in range(4)) + unreachable == pytest.approx(1.0)


def test_rate_and_energy(quality: Quality) -> None:
    """38 m² in 40 s of work; 4 % of 1000 Wh; refilling is not set off against use."""
    work = quality.zones[0]
    assert work.seconds == pytest.approx(SECONDS)
    assert work.rate == pytest.approx(38.0 / 40.0 * 3600.0)
    energy = next(one for one in amounts(quality) if one.en == "energy")
    assert energy.value == pytest.approx(40.0)
    assert spent([1.0, 0.8, 1.0, 0.9]) == pytest.approx(0.3)


def test_believed_ground_is_that_of_the_believed_path(quality: Quality) -> None:
    """A straight lane of the brushes' width, cut off at the zone's end."""
    lane = 1.12 * (0.2 * SECONDS) / 40.0
    reach = 1.0 - 0.25 / 40.0
    assert believed_share(quality) == pytest.approx(lane / reach, rel=0.03)


def test_the_verdict_keeps_to_the_bounds(quality: Quality) -> None:
    """Kept, broken, and not measured are three things."""
    found = {promise.key: kept for promise, _, kept in verdict(quality)}
    assert found["repeat_fraction"] is True
    assert found["covered_fraction"] is False
    assert found["raised_fraction"] is None
    for promise in PROMISES:
        assert promise.is_kept(promise.bound) is True
        assert promise.is_kept(promise.bound + (0.01 if promise.at_most else -0.01)) is False
        assert promise.is_kept(math.nan) is None


def test_times_of_day_follow_the_plan(quality: Quality) -> None:
    """From the clock that was given, else from when the day opens, else from the start."""
    plan = {"opens": "06:30", "zones": [{"zone": "deck"}], "title": "早班"}
    run = quality.run
    timed = replace(quality, run=replace(run, config=run.config | {"day": {"plan": plan}}))
    assert timed.clock(95.0) == "06:31:35"
    later = {"day": {"plan": plan, "clock": "23:59"}}
    assert replace(quality, run=replace(run, config=later)).clock(60.0) == "00:00:00"
    assert quality.clock(95.0) == "1:35"
    assert timed.not_begun == ()
    nowhere = replace(timed, zones=tuple(replace(w, spans=()) for w in timed.zones))
    assert nowhere.not_begun == ("Deck",)


class _Balance(HTMLParser):
    """Every element is closed in the order in which it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """An element without content leaves nothing open."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(run: RunDigest, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report once."""
    written = tmp_path_factory.mktemp("quality")
    assert write_quality(written, run, site) == written / "quality.html"
    return written


def test_the_page_stands_alone(folder: Path) -> None:
    """It is well formed and loads nothing from anywhere."""
    page = (folder / "quality.html").read_text(encoding="utf-8")
    checker = _Balance()
    checker.feed(page)
    assert checker.open == []
    assert not re.search(r"(src|href)=\"(?!data:|report\.html|quality)", page)
    assert "http" not in page.replace("http-equiv", "")
    assert "nan" not in re.sub(r"base64,[^\"]+", "", page)


def test_the_page_says_what_its_figures_rest_on(folder: Path) -> None:
    """In both languages; truth and belief are marked; what was not measured is not claimed."""
    page = (folder / "quality.html").read_text(encoding="utf-8")
    for words in ("脏物模型", "dirt model", "机器人自己以为", "the onlooker saw", "未测"):
        assert words in page
    assert "试验区" in page
    assert "97.0 %" in page


def test_the_tables_can_be_read_by_programs(folder: Path) -> None:
    """Every row is as long as its head; the gap keeps its sign, and nothing stands for never."""
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            tables[path.stem] = list(csv.reader(stream))
    assert set(tables) == {
        *("quality", "quality_zones", "quality_missed", "quality_kerbs", "quality_day")
    }
    for rows in tables.values():
        assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[4] for row in tables["quality_kerbs"][1:]] == ["1.0", "-1.5", "5.0", ""]
    assert len(tables["quality_missed"]) == 1 + 5


def test_the_map_file_is_geojson(folder: Path) -> None:
    """Valid shapes with their reasons; the zone keeps its area."""
    found = json.loads((folder / "quality.geojson").read_text(encoding="utf-8"))
    kinds = [feature["properties"]["kind"] for feature in found["features"]]
    assert {"zone", "missed", "kerb", "litter_left"} == set(kinds)
    shapes = [shape(feature["geometry"]) for feature in found["features"]]
    assert all(one.is_valid for one in shapes)
    assert shapes[kinds.index("zone")].area == pytest.approx(40.0)
