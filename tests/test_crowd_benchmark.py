"""The crowd benchmark's campaign: recorded tracks, parts, resuming, and its last line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet", reason="the benchmark uses the simulation")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import crowd
from promenade.scenes import GATE
from promenade.sight import ranges
from promenade.walkers import Recorded, read_tracks

from sim.raycast import cast

KEYS = {"hours", "caused_contacts", "speed_ratio", "personal_space_fraction"}


def tracks(folder: Path) -> Path:
    """Write two people who cross a place of 8 m in 8 s, 2.5 rows a second, as ETH does."""
    rows = [
        f"{10 * k} {who} {x:.3f} {y:.3f}"
        for k in range(21)
        for who, x, y in ((1, 0.4 * k, 2.0), (2, 8.0 - 0.4 * k, 6.0))
    ]
    file = folder / "tracks.txt"
    file.write_text("frame person x y\n" + "\n".join(rows), encoding="utf-8")
    return file


def test_recorded_people_walk_as_they_did(tmp_path: Path) -> None:
    """At 1 m/s, on their lines; who is not there yet or no longer is far away."""
    recording = read_tracks(tracks(tmp_path), 25.0)
    assert recording.duration == pytest.approx(8.0)
    people = Recorded(recording, 2.0)
    before = people.position.copy()
    people.advance(1.0)
    step = people.position - before
    assert np.allclose(step, [(1.0, 0.0), (-1.0, 0.0)], atol=1e-6)


def test_the_lidar_sees_what_rays_in_space_meet() -> None:
    """In the gate, from ten places, inside of nobody: every beam as ``sim.raycast`` has it."""
    rng, solids = np.random.default_rng(4), GATE.prisms()
    for _ in range(10):
        place = rng.uniform((1.0, 1.0, -3.0), (29.0, 3.5, 3.0))
        people = np.column_stack((rng.uniform((0, 0), (30, 14), (25, 2)), np.full(25, 0.25)))
        people = people[np.hypot(*(people[:, :2] - place[:2]).T) > 0.3]
        people = np.column_stack((people, np.full(len(people), 1.6)))
        angle = place[2] + np.arange(360) * (2.0 * np.pi / 360)
        beams = np.column_stack((np.cos(angle), np.sin(angle), np.zeros(360)))
        among, start = np.arange(len(solids.height)), np.array([*place[:2], 0.4])
        truth = cast(solids, among, people, start, beams)
        assert ranges(solids, people, place, 360) == pytest.approx(truth, abs=1e-6)


def test_a_campaign_runs_to_its_end_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last line has the issue's keys; what was saved is not run again, to the same figures."""
    monkeypatch.setattr(crowd, "SECONDS", 4.0)
    save = tmp_path / "runs.jsonl"
    words = ["crowd.py", "--robot", "greeter", "--hours", "0.0022", "--peer-hours", "0"]
    words += ["--data", str(tracks(tmp_path)), "--save", str(save)]
    said = []
    for part in ("1/2", "2/2", "1/1"):
        monkeypatch.setattr(sys, "argv", [*words, "--part", part])
        crowd.main()
        said.append(json.loads(capsys.readouterr().out.splitlines()[-1])["greeter"])
    assert set(said[0]) >= KEYS
    assert len(save.read_text(encoding="utf-8").splitlines()) == 2
    assert said[2]["hours"] == pytest.approx(said[0]["hours"] + said[1]["hours"], abs=2e-3)
