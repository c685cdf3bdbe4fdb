"""Stations: who stands well enough, long enough, is served at the stated rate; nobody else is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.geometry import compose
from sim.docks import FILLING, KINDS, SETTLE, TIPPING, Moored, Stations
from sim.kinematic import KinematicBody, KinematicWorld
from sim.simulated import Levels
from sim.spec import sweeper_spec
from sim.world import World, load_world

ZHANQIAO = load_world("zhanqiao")


def body_at(kind: str, off: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> KinematicBody:
    """Return a sweeper that stands in a station, or beside it by ``off``, half full of all."""
    place = KinematicWorld(ZHANQIAO)
    pose = compose(ZHANQIAO.place(kind).pose, off)
    body = KinematicBody(place, sweeper_spec(), pose, np.random.default_rng(1))
    body.begin = Levels(charge=0.5, water=0.5, bin=0.5)
    body.reset()
    return body


def test_the_world_tells_where_its_stations_are() -> None:
    """One of each kind at the pier; none in a bare place."""
    stations = Stations.of(ZHANQIAO)
    assert all(len(stations.poses[kind]) == 1 for kind in KINDS)
    assert stations.at(ZHANQIAO.place("dock_tip").pose) == "dock_tip"
    assert Stations.of(None).at(np.zeros(3)) == ""


@pytest.mark.parametrize(
    ("off", "served"),
    [
        ((0.0, 0.0, 0.0), True),
        ((0.02, 0.02, 0.02), True),
        ((0.0, 0.04, 0.0), False),
        ((-0.035, 0.0, 0.0), False),
        ((0.0, 0.0, math.radians(2.5)), False),
    ],
)
def test_only_who_stands_within_the_tolerances_is_filled(
    off: tuple[float, float, float], served: bool
) -> None:
    """3 cm and 2 degrees; the tank fills at the post's flow once it has locked."""
    body = body_at("dock_water", off)
    levels = [body.observe().tools.water for _ in range(500)]
    wanted = 0.5 + FILLING * (10.0 - SETTLE) / body.spec.tank
    assert math.isclose(levels[-1], wanted if served else 0.5, abs_tol=0.002)


def test_the_bin_is_emptied_at_the_hatch_and_stays_empty() -> None:
    """At the stated flow; what came in before does not come back."""
    body = body_at("dock_tip")
    body.bin_fraction = 0.1
    levels = [body.observe().tools.bin for _ in range(1200)]
    assert math.isclose(levels[5], 0.6, abs_tol=1e-9)
    seconds = 0.6 * body.spec.bin_volume / TIPPING + SETTLE
    emptied = next(k for k, level in enumerate(levels) if level == 0.0) * body.period
    assert math.isclose(emptied, seconds, abs_tol=0.2)
    assert levels[-1] == 0.0


def test_whoever_drives_through_is_not_served() -> None:
    """It has to stand, and for long enough; leaving ends it at once."""
    moored, station = Moored(Stations.of(ZHANQIAO)), ZHANQIAO.place("dock_charge").pose
    assert moored.look(station, 0.1, 10.0) == ""
    assert moored.look(station, 0.0, 0.9 * SETTLE) == ""
    assert moored.look(station, 0.0, 0.2 * SETTLE) == "dock_charge"
    assert moored.look(compose(station, (-0.1, 0.0, 0.0)), 0.0, 0.02) == ""
    assert moored.look(station, 0.0, 0.9 * SETTLE) == ""


def test_a_place_without_stations_serves_nobody() -> None:
    """A body in an empty world only uses up what it has."""
    world: World | None = None
    body = KinematicBody(
        KinematicWorld(world), sweeper_spec(), (0.0, 0.0, 0.0), np.random.default_rng(1)
    )
    body.reset()
    last = [body.observe() for _ in range(200)][-1]
    assert not last.battery.charging
    assert last.battery.charge < 1.0
