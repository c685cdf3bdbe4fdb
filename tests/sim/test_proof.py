"""What the onlooker hands to the quality report."""

import json

import numpy as np
import pytest

from robotics.core.raster import unpack
from sim.dirt import Dirt
from sim.kerb_gap import KerbGap
from sim.proof import OUTSIDE, Proof, kerb_account
from sim.swept import RESOLUTION, SweptMask
from sim.world import load_world
from sim.world_model import World

YARD = load_world("yard")
ZONE = next(zone for zone in YARD.zones if zone.kind == "sweep")


@pytest.fixture(scope="module")
def swept() -> tuple[Dirt, SweptMask, Proof]:
    """Sweep one lane through the yard's zone."""
    dirt = Dirt(YARD, np.random.default_rng(1))
    mask, proof = SweptMask(YARD, ZONE), Proof(YARD, dirt)
    for k, x in enumerate(np.arange(0.0, 5.0, 0.04)):
        pose = np.array([x, 2.0, 0.0])
        mask.mark(pose, 0.05 * k)
        dirt.sweep(pose, brush=1.0, spray=0.2, duration=0.05)
    return dirt, mask, proof


def test_the_maps_hold_the_same_mass_as_the_account(swept) -> None:
    """Dust, sand and leaves of the cells add up to what lay and lies, litter and rim apart."""
    dirt, mask, proof = swept
    account = proof.account(ZONE.name, mask)
    whole = dirt.first.astype(float)
    for key, load in (("before", whole), ("after", dirt.load())):
        shown = unpack(account[key])
        west, south, east, north = shown.extent
        first = [round((a - b) / 0.05) for a, b in ((west, dirt.ground.x), (south, dirt.ground.y))]
        last = [round((a - b) / 0.05) for a, b in ((east, dirt.ground.x), (north, dirt.ground.y))]
        cells = load[first[1] : last[1], first[0] : last[0]]
        mass = shown.cells.sum() * shown.resolution**2 / 1000.0
        assert mass == pytest.approx(cells.sum(), rel=0.01)
    assert account["mass_after_kg"] < account["mass_before_kg"]


def test_the_passes_are_the_mask(swept) -> None:
    """Cell by cell; what is not in the zone is marked."""
    _, mask, proof = swept
    passes = unpack(proof.account(ZONE.name, mask)["passes"])
    assert passes.resolution == RESOLUTION
    assert ((passes.cells == OUTSIDE) == ~mask.zone).all()
    seen = mask.zone & (mask.visits > 0)
    assert (passes.cells[seen] == mask.visits[seen]).all()


def test_shares_are_those_of_the_dirt(swept) -> None:
    """One zone's shares are what the dirt itself says."""
    dirt, _, proof = swept
    shares = proof.shares((ZONE.name,))
    assert shares["mass_removed_fraction"] == pytest.approx(
        dirt.removed_fraction(ZONE.name), abs=1e-5
    )
    assert shares["raised_g"] == pytest.approx(1000.0 * dirt.raised_in(ZONE.name), abs=1e-3)
    assert 0.0 < shares["raised_fraction"] < 0.1


@pytest.fixture(scope="module")
def pier() -> World:
    """A place with kerbs."""
    return load_world("zhanqiao")


def test_the_gap_is_told_kerb_by_kerb(pier: World) -> None:
    """A straight pass 3 cm from the kerb; what was not passed has no gap."""
    zone = next(zone for zone in pier.zones if zone.name == "huatan")
    gaps = KerbGap.of(kerb.line for kerb in pier.kerbs)
    for k, x in enumerate(np.arange(9.0, 14.0, 0.02)):
        gaps.mark(np.array([x, 13.0 - 0.56 - 0.03, 0.0]), 0.05 * k, True)
    told = kerb_account(gaps, [zone])
    json.dumps(told)
    assert told["kerb_gap_mean_m"] == pytest.approx(0.03, abs=0.003)
    assert told["kerb_touches"] == 0
    assert 0.4 < told["kerb_missed_fraction"] < 0.7
    (line,) = told["kerbs"]
    along = dict(zip((x for x, _ in line["where"]), line["gap_m"], strict=True))
    passed = [gap for x, gap in along.items() if 10.0 < x < 14.0]
    assert passed == pytest.approx([0.03] * len(passed), abs=0.003)
    assert all(gap is None for x, gap in along.items() if x > 16.0)


def test_no_kerb_no_figures() -> None:
    """Nothing is claimed where there is none."""
    told = kerb_account(KerbGap.of([]), [ZONE])
    assert told["kerb_gap_mean_m"] is None
    assert told["kerbs"] == []
