"""The onlooker's account of small scenes."""

import json
import math

import numpy as np
import pytest

from robotics.core.errors import InvalidMessage, UnknownName
from sim.dirt import Dirt
from sim.visitors import Visitors
from sim.witness import TrueBody, Witness
from sim.world import load_world

YARD = load_world("yard")
BOX = np.array([[-0.5, -0.56], [0.7, -0.56], [0.7, 0.56], [-0.5, 0.56]])
STAND = np.array([-3.0, 1.0, 0.0])


def _witness(count=0):
    rng = np.random.default_rng(0)
    visitors, dirt = Visitors(YARD, rng, count), Dirt(YARD, rng)
    return Witness(YARD, visitors, dirt), visitors, dirt


def _sweeper(x, y, **values):
    return TrueBody(np.array([x, y, 0.0]), BOX, np.array([0.8, 0.0, 0.0]), **values)


def test_a_pass_is_summed_up():
    """Distance, covered part, removed dirt and clearance of one pass through the zone."""
    witness, _, dirt = _witness()
    for k, x in enumerate(np.arange(0.0, 5.0, 0.04)):
        witness.observe(0.05 * k, {"sweeper": _sweeper(x, 2.0, brush=1.0)})
        dirt.sweep(np.array([x, 2.0, 0.0]), brush=1.0, spray=0.0, duration=0.05)
    account = witness.summary()
    assert account["distance_m"]["sweeper"] == pytest.approx(4.96, abs=0.06)
    assert account["covered_whole_fraction"] == pytest.approx(1.12 / 3.0, abs=0.05)
    assert account["covered_fraction"] >= account["covered_whole_fraction"]
    assert 0.1 < account["mass_removed_fraction"] < 0.4
    assert account["min_clearance_m"]["sweeper"] == pytest.approx(0.94, abs=0.05)
    assert account["contacts_total"] == 0
    assert "falls" not in account  # nothing there has legs
    assert len(witness.paths()["sweeper"]) == 13


def test_nothing_is_swept_with_the_brushes_off():
    """Driving alone covers nothing."""
    witness, _, _ = _witness()
    witness.observe(0.0, {"sweeper": _sweeper(2.0, 2.0)})
    assert witness.summary()["covered_fraction"] == 0.0


def test_clearance_is_the_gap_between_outlines():
    """To the nearest visitor's edge and to the wall, compared with plain geometry."""
    witness, visitors, _ = _witness(count=1)
    position, radius = visitors.position[0], visitors.radius[0]
    x, y = position[0] - 1.7 - radius, position[1]
    witness.observe(0.0, {"sweeper": _sweeper(x, y)})
    snapshot = witness.snapshot()
    assert snapshot["clearance_visitor_m"]["sweeper"] == pytest.approx(1.0, abs=1e-3)
    witness, _, _ = _witness()
    witness.observe(0.0, {"sweeper": _sweeper(0.0, -4.0)})
    assert witness.snapshot()["clearance_solid_m"]["sweeper"] == pytest.approx(0.34, abs=1e-3)
    assert witness.snapshot()["clearance_visitor_m"]["sweeper"] is None


def test_contacts_name_the_person_and_the_guilty():
    """A touch of row 0 is booked on that person's id; the robot that drives towards it did it."""
    witness, visitors, _ = _witness(count=1)
    x, y = visitors.position[0] - np.array([0.7 + visitors.radius[0], 0.0])
    witness.observe(0.0, {"sweeper": _sweeper(x, y, contacts=(("visitor 0", 12.0),))})
    account = witness.summary()
    assert (account["contacts_total"], account["contacts_caused"]) == (1, 1)
    assert account["contacts"][0]["partner"] == f"visitor {visitors.id[0]}"


def test_a_fall_counts_once_until_the_robot_stands_again():
    """Tilting over, lying, getting up and sinking to the ground are two falls."""
    witness, _, _ = _witness()
    story = [(0.0, 0.5), (0.9, 0.4), (1.5, 0.2), (1.5, 0.2), (0.1, 0.5), (0.1, 0.25), (0.1, 0.25)]
    for k, (tilt, height) in enumerate(story):
        body = TrueBody(STAND, BOX * 0.4, np.zeros(3), tilt=tilt, height=height)
        witness.observe(0.05 * k, {"greeter": body})
    assert witness.summary()["falls"] == 2


def test_swaying_on_the_spot_is_no_distance():
    """A greeter that sways by 2 cm for a minute has not travelled."""
    witness, _, _ = _witness()
    for k in range(1200):
        pose = STAND + np.array([0.02 * math.sin(0.3 * k), 0.0, 0.0])
        body = TrueBody(pose, BOX * 0.4, np.zeros(3), height=0.5)
        witness.observe(0.05 * k, {"greeter": body})
    assert witness.summary()["distance_m"]["greeter"] == 0.0


def test_everything_is_plain_json_and_only_says_what_was_there():
    """Snapshot and summary pass through JSON; no coverage without a sweeper, no NaN anywhere."""
    witness, _, _ = _witness(count=4)
    body = TrueBody(STAND, BOX * 0.4, np.zeros(3), height=0.5)
    witness.observe(0.0, {"greeter": body})
    for value in (witness.snapshot(), witness.summary()):
        assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert "covered_fraction" not in witness.summary()
    assert witness.summary()["greeted_fraction"] is None


def test_an_unknown_zone_and_a_broken_body_are_refused():
    """The zone must exist, and nobody is seen at NaN."""
    witness, visitors, dirt = _witness()
    assert witness.zones == ("small",)
    with pytest.raises(UnknownName, match="small"):
        Witness(YARD, visitors, dirt, zone="smal")
    with pytest.raises(InvalidMessage):
        TrueBody(np.array([0.0, math.nan, 0.0]), BOX, np.zeros(3))
