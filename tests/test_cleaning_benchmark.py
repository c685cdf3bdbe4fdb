"""The cleaning benchmark: its strip, its manners, its command."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import cleaning

from sim.brushes import HALF_WIDTH
from sim.cleaning.laws import Laws
from sim.weather import Weather


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the strip short."""
    monkeypatch.setattr(cleaning, "LENGTH", 6.0)


def _run(number: int, laws: Laws | None = None) -> cleaning.Figures:
    return cleaning.run(cleaning.MANNERS[number], 3, laws or Laws(), Weather())


def test_lanes_cover_the_strip() -> None:
    """The first is led along the kerb, neighbours overlap, the last reaches the other side."""
    found = list(cleaning.lanes(2))
    assert [kerb for _, kerb in found[:3]] == [True, True, False]
    ys = [y for y, _ in found]
    assert ys[0] + HALF_WIDTH == pytest.approx(cleaning.WIDTH - cleaning.KERB_GAP)
    assert ys[-1] - HALF_WIDTH <= 0.0
    assert max(a - b for a, b in pairwise(ys)) < 2.0 * HALF_WIDTH


def test_water_keeps_down_what_dry_brushes_raise() -> None:
    """The figures asked for are reached in the model; dry brushes raise several times as much."""
    controlled, dry, empty = (_run(k) for k in range(3))
    assert controlled.removed >= 0.98
    assert controlled.kerb_removed >= 0.95
    assert controlled.raised <= 0.02
    assert dry.raised > 3.0 * controlled.raised
    assert controlled.raised < empty.raised < dry.raised


def test_every_constant_is_varied_both_ways() -> None:
    """Each of the model's constants appears at half and at one and a half times its value."""
    names = [name for name, _, _ in cleaning.varied()]
    assert len(set(names)) == len(names)
    for constant in Laws._fields:
        assert {f"{constant} x 0.5", f"{constant} x 1.5"} <= set(names)
    changed = [laws for name, laws, _ in cleaning.varied() if name == "side x 0.5"]
    assert changed[0].side == tuple(0.5 * rate for rate in Laws().side)


def test_the_command_ends_with_one_json_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its keys are those that the issue names, and more."""
    manners = tuple(replace(m, kerb_passes=1) for m in cleaning.MANNERS[:2])
    monkeypatch.setattr(cleaning, "MANNERS", manners)
    monkeypatch.setattr(sys, "argv", ["cleaning.py", "--quick", "--seed", "2"])
    cleaning.main()
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    asked = {"mass_removed", "kerb_mass_removed", "raised_fraction", "raised_fraction_dry"}
    assert asked <= set(answer)
    assert answer["raised_fraction"] < answer["raised_fraction_dry"]
