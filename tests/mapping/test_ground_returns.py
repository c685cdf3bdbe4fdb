"""Returns of the down-tilted lidar, told apart: ground, kerb, the rest."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.mapping.ground_returns import points_of, split_returns
from robotics.mapping.kerb import Kerb, Mounting, kerb_beside
from sim.raycast import cast, prisms
from sim.world_model import Solid

MOUNTING = Mounting(np.array([0.62, 0.0, 0.50]), matrix_from_rpy(0.0, math.radians(35.0), 0.0))
ANGLES = np.linspace(-math.pi / 3, math.pi / 3, 180)


def block(name: str, box: tuple[float, float, float, float], top: float) -> Solid:
    """Return an upright box (west, south, east, north) [m]."""
    west, south, east, north = box
    ring = ((west, south), (east, south), (east, north), (west, north))
    return Solid(name, name, ring, 0.0, top, (0.5,) * 4)


KERB = block("kerb", (-9.0, 0.8, 9.0, 3.0), 0.12)
CAN = block("can", (1.25, -0.05, 1.35, 0.05), 0.06)


def look(*solids: Solid, sigma: float = 0.005) -> Scan:
    """Return a turn from the origin."""
    flat = np.stack((np.cos(ANGLES), np.sin(ANGLES), np.zeros(180)), axis=1)
    beams = np.ascontiguousarray(flat @ MOUNTING.rotation_in_base.T)
    among = np.arange(len(solids), dtype=np.int64)
    start = np.ascontiguousarray(MOUNTING.position_in_base)
    ranges = cast(prisms(solids), among, np.zeros((0, 4)), start, beams)
    noise = np.random.default_rng(3).normal(0.0, sigma, 180)
    return Scan(ANGLES, np.where(ranges < 4.0, ranges + noise, np.inf))


def others(*solids: Solid) -> Array:
    """Return what is neither ground nor kerb."""
    scan = look(*solids)
    found = [kerb_beside(scan, MOUNTING, side) for side in (1.0, -1.0)]
    kerbs: tuple[Kerb, ...] = tuple(one for one in found if one is not None)
    return split_returns(points_of(scan, MOUNTING), kerbs).others


def test_points_lie_where_the_beams_end() -> None:
    """Without noise every return of flat ground is at height 0, one line ahead."""
    points = points_of(look(sigma=0.0), MOUNTING)
    assert np.abs(points[:, 2]).max() < 1e-9
    assert np.ptp(points[:, 0]) < 1e-9
    assert abs(points[0, 0] - 1.334) < 1e-3


def test_a_can_on_the_ground_is_neither_ground_nor_kerb() -> None:
    """Its returns are what is left, and lie on it; without it nothing is."""
    assert len(others(KERB)) == 0
    left = others(KERB, CAN)
    assert 4 <= len(left) <= 20
    assert np.abs(left[:, 1]).max() < 0.08
    assert (np.abs(left[:, 0] - 1.27) < 0.1).all()


def test_all_behind_a_kerb_is_the_kerb() -> None:
    """What stands on it too, however high."""
    shoe = block("shoe", (1.1, 1.2, 1.3, 1.3), 0.3)
    assert len(others(KERB, shoe)) == 0


def test_no_return_is_nothing() -> None:
    """Beams that did not come back count neither as ground nor as something."""
    scan = Scan(ANGLES, np.full(180, np.inf))
    split = split_returns(points_of(scan, MOUNTING))
    assert not split.flat.any()
    assert not split.kerb.any()
    assert len(split.others) == 0
