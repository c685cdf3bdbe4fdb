"""The benchmarks of the wire: what they damage, what they count, and that the count can fail."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import bus
import fuzz
from wired.clients import ours
from wired.damage import KINDS
from wired.devices import READING, SERVOS, Devices, build, goals, lies

needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: apt install gcc")


def test_every_kind_of_damage_damages() -> None:
    """In most cases, that is: a splice may hit the seam."""
    rng = np.random.default_rng(2)
    frames = [fuzz.goal_frame(row) for row in rng.integers(1024, 3072, (40, SERVOS))]
    for kind in KINDS:
        pairs = zip(frames, frames[1:] + frames[:1], strict=True)
        damaged = [kind(frame, before, rng) for before, frame in pairs]
        harmed = sum(one not in frames for one in damaged)
        assert harmed >= 35, kind.__name__


@pytest.mark.parametrize("way", [fuzz.to_devices, fuzz.to_host])
def test_fuzzed_frames_do_no_harm(way: object) -> None:
    """No crash, no wrong motion, found again at once: a thousandth of the benchmark."""
    account = way(1000, np.random.default_rng(5))  # type: ignore[operator]
    assert account.frames == 1000
    assert account.crashes == account.wrong_motions == 0
    assert account.resync <= 1
    assert account.worst <= fuzz.LIMIT


def test_a_decoder_without_checks_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the check were always the same, the fuzz would count wrong goals."""
    monkeypatch.setattr("robotics.wire.packet.crc16", lambda data, start=0: 0)
    monkeypatch.setattr("robotics.wire.pieces.seal", lambda rows: rows[:, -2:].fill(0))
    account = fuzz.to_devices(200, np.random.default_rng(5))
    assert account.accepted > 0


def test_lies_are_found() -> None:
    """A reading whose load or speed does not follow from its position."""
    readings = np.zeros(3, dtype=READING)
    assert lies(readings) == 0
    readings["load"][1] = 1
    readings["velocity"][2] = 1
    assert lies(readings) == 2


@needs_cc
def test_the_devices_in_c_follow_our_driver(tmp_path: Path) -> None:
    """Through a real terminal: goals arrive, readings come back and are true."""
    rows = goals(60, np.random.default_rng(1))
    run = bus.drive(Devices(build(tmp_path)), ours, rows)
    assert run.delivered > 0.9  # a machine that is very busy answers late now and then
    assert run.lies == run.wrong_goals == 0
    assert len(run.took) == 60
