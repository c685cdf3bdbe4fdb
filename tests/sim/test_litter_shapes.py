"""Pieces of litter as the down-tilted lidar meets them: rays against a point-by-point oracle."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from robotics.core.arrays import Array
from sim.cleaning.litter import Litter
from sim.cleaning.shapes import box_distances, boxes, near
from sim.kinematic import KinematicBody, KinematicWorld
from sim.sensors import QUIET
from sim.spec import sweeper_spec
from sim.world import load_world

STEP = 0.0005


def marched(start: Array, beam: Array, box: Array) -> float:
    """Return where a ray first is inside a box, by trying every half millimetre."""
    points = start + np.arange(0.0, 3.0, STEP)[:, None] * beam
    c, s = math.cos(box[2]), math.sin(box[2])
    off = points[:, :2] - box[:2]
    along, across = off @ (c, s), off @ (-s, c)
    inside = (np.abs(along) <= 0.5 * box[3]) & (np.abs(across) <= 0.5 * box[4])
    inside &= (points[:, 2] >= 0.0) & (points[:, 2] <= box[5])
    return STEP * int(inside.argmax()) if inside.any() else math.inf


def test_rays_meet_boxes_where_marching_does() -> None:
    """Random rays from above and from the side; the nearest of several boxes counts."""
    rng = np.random.default_rng(1)
    met = 0
    for _ in range(60):
        pieces = np.column_stack(
            [
                rng.uniform(-1.0, 1.0, (3, 2)),
                rng.uniform(0.0, np.pi, 3),
                rng.uniform(0.1, 0.5, (3, 2)),
                rng.uniform(0.05, 0.4, 3),
            ]
        )
        start = np.array([*rng.uniform(-1.5, 1.5, 2), 0.5])
        beams = np.array([*rng.uniform(-1.0, 1.0, (8, 2)).T, rng.uniform(-0.4, -0.05, 8)]).T
        beams /= np.linalg.norm(beams, axis=1, keepdims=True)
        found = box_distances(start, beams, pieces)
        for distance, beam in zip(found, beams, strict=True):
            wanted = min(marched(start, beam, one) for one in pieces)
            grazes = math.isfinite(wanted) != math.isfinite(distance)
            assert grazes or wanted == distance or abs(wanted - distance) < 2.0 * STEP
            met += math.isfinite(distance)
    assert met > 25


def test_no_boxes_and_rays_along_an_axis() -> None:
    """Nothing is met where nothing lies; zeros in a direction divide nothing."""
    start, beams = np.array([0.0, 0.0, 0.5]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    assert np.isinf(box_distances(start, beams, np.zeros((0, 6)))).all()
    below = np.array([[0.0, 0.0, 0.0, 0.2, 0.2, 0.1]])
    assert np.allclose(box_distances(start, beams, below), [np.inf, 0.4])
    assert len(near(np.zeros((0, 6)), np.zeros(2), 1.0)) == 0
    assert len(near(below, np.array([0.0, 3.0]), 1.0)) == 0


def test_the_body_sees_what_lies_there_and_not_what_was_taken() -> None:
    """Only the down-tilted lidar's ranges change, and only while the piece lies there."""
    litter = Litter(load_world("yard").dirt, lambda x, y: True, np.random.default_rng(1))
    litter.position[0] = (1.25, 0.1)
    litter.size[0], litter.height[0] = 0.12, 0.065
    litter.lying[1:] = False
    spec = replace(sweeper_spec(), noise=QUIET)
    scans = []
    for lying in (False, True):
        litter.lying[0] = lying
        body = KinematicBody(KinematicWorld(), spec, (0, 0, 0), np.random.default_rng(1))
        body.litter = boxes(litter)
        scans.append(body.reset())
    bare, met = (one.kerb_scan for one in scans)
    assert bare is not None
    assert met is not None
    nearer = np.flatnonzero(bare.range - met.range > 1e-6)
    assert 5 < len(nearer) < 20
    assert scans[0].scan is not None
    assert scans[1].scan is not None
    assert np.array_equal(scans[0].scan.range, scans[1].scan.range)
