"""The localisation benchmark: logs in CARMEN's format, where lost robots are drawn, its command."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import localise
from finding.body import PERIOD, Body
from finding.ground import BEAMS, MOUNT, Ground
from finding.logs import log
from finding.recovery import is_unique, longest

from robotics.core.arrays import Array
from robotics.core.geometry import compose
from sim.visitors import Visitors


@pytest.fixture(scope="module")
def yard() -> Ground:
    """Return the small site without visitors."""
    return Ground("yard", 0)


Writer = Callable[[Array, Array, Array, float], str]


def numbers(*values: float) -> str:
    """Return numbers as logs have them."""
    return " ".join(f"{value:.6f}" for value in values)


def flaser(ranges: Array, laser: Array, odometry: Array, time: float) -> str:
    """Return a line of a laser that looks 180° ahead, a reading each degree."""
    ahead = np.where(np.isfinite(ranges), ranges, 81.83)[90:271]
    readings = numbers(*ahead)
    return f"FLASER 181 {readings} {numbers(*laser, *odometry, time)} robot {time:.6f}"


def robotlaser(ranges: Array, laser: Array, odometry: Array, time: float) -> str:
    """Return a line of a laser that looks all round."""
    head = f"ROBOTLASER1 0 {numbers(-math.pi, 2 * math.pi, math.radians(1.0), 20.0, 0.01)} 0 360"
    readings = numbers(*np.minimum(ranges, 20.0))
    tail = f"{numbers(*laser, *odometry)} 0 0 0 0 0 {time:.6f} robot {time:.6f}"
    return f"{head} {readings} 0 {tail}"


def recorded_drive(ground: Ground, path: Path, line: Writer) -> int:
    """Drive two rounds, write a log with corrected poses, and return how many scans it has."""
    rng = np.random.default_rng(4)
    start = next(p for p in ground.site.places.values() if p.kind == "start").pose
    body = Body("sweeper", np.array(start), rng)
    nobody, guess, lines = Visitors(ground.world, rng, 0), np.array(start), ["# a drive"]
    ticks = round(4.0 * math.pi / 0.5 / PERIOD)
    for tick in range(ticks):
        if tick % 10 == 0:
            scan = ground.scan("sweeper", body.pose, nobody, tilt=np.zeros(2), rng=rng)
            laser = compose(body.pose, (*MOUNT["sweeper"][:2], 0.0))
            lines += [
                f"ODOM {numbers(*guess)} 0 0 0",
                line(scan.range, laser, guess, tick * PERIOD),
            ]
        body.move(0.4, 0.5)
        step = body.increment()
        guess = compose(guess, (step.dx, step.dy, step.dyaw))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(range(0, ticks, 10))


@pytest.mark.parametrize("line", [flaser, robotlaser])
def test_a_log_in_either_form_of_carmen_is_localised(
    yard: Ground, tmp_path: Path, line: Writer
) -> None:
    """The second round is found in the map of the first one, to three centimetres and half a °."""
    path = tmp_path / "drive.log"
    scans = recorded_drive(yard, path, line)
    figures = log(path)
    assert figures["log_scans"] == scans - scans // 2
    assert figures["log_position_m_p95"] < 0.03
    assert figures["log_heading_deg_p95"] < 0.5
    assert len(BEAMS) == 360


def test_the_command_reads_a_log(
    yard: Ground,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`localise.py --data LOG` prints one JSON object last, with the log's figures in it."""
    path = tmp_path / "drive.log"
    recorded_drive(yard, path, robotlaser)
    arguments = ["localise.py", "--site", "yard", "--quick", "--walkers", "2", "--data", str(path)]
    monkeypatch.setattr(sys, "argv", arguments)
    localise.main()
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    wanted = {"position_p95_m", "heading_p95_deg", "recovery_fraction", "scan_match_ms_360"}
    assert wanted <= set(figures)
    assert figures["log_position_m_p95"] < 0.03


def test_lost_robots_are_drawn_from_ground_that_they_use(yard: Ground) -> None:
    """Every such cell is reachable, and the zones' and starts' free cells are among them."""
    used, anywhere = ({tuple(cell) for cell in cells} for cells in (yard.used, yard.anywhere))
    assert used < anywhere
    grid = yard.site.occupied
    for place in yard.site.places.values():
        row, column = (int(k) for k in grid.index(place.pose[:2]))
        if place.kind != "visitors" and (row, column) in anywhere:
            assert (row, column) in used
    assert yard.walkable.cells[tuple(np.array(sorted(anywhere)).T)].all()


def test_no_place_on_the_pier_has_a_twin() -> None:
    """Robots that stand anywhere along it, turned anyhow, see where they are."""
    pier = Ground("zhanqiao", 0)
    rng = np.random.default_rng(12)
    for y in np.linspace(-30.0, -435.0, 7):
        pose = np.array([rng.uniform(-2.5, 2.5), y, rng.uniform(-math.pi, math.pi)])
        assert is_unique(pier, pose), pose


def test_the_longest_stretch_of_truth() -> None:
    """It is what counts as being sure of a wrong place together."""
    assert longest(np.array([False, True, True, False, True])) == 2
    assert longest(np.zeros(3, dtype=np.bool_)) == 0
