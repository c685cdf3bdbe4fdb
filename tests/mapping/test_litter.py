"""Litter among the returns of the down-tilted lidar: measured, told from people, forgotten."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.core.messages import GroundSight, Joints, Litter, Scan, State
from robotics.core.rotation import matrix_from_rpy
from robotics.mapping.grid import Grid
from robotics.mapping.ground_returns import points_of
from robotics.mapping.kerb import Mounting
from robotics.mapping.litter import LitterWatch, Look, beside, disc_over, outlines
from robotics.mapping.local_map import LocalMap
from sim.cleaning.shapes import box_distances
from sim.raycast import cast, prisms

MOUNTING = Mounting(np.array([0.62, 0.0, 0.50]), matrix_from_rpy(0.0, math.radians(35.0), 0.0))
ANGLES = np.linspace(-math.pi / 3, math.pi / 3, 180)
NOBODY = np.zeros((0, 4))
CUP, BOTTLE, CAN = (0.09, 0.08, 0.08), (0.22, 0.065, 0.065), (0.12, 0.065, 0.065)
CARTON, PAPER = (0.35, 0.20, 0.20), (0.08, 0.06, 0.01)


def look(
    time: float, pose: Array, boxes: Array, rng: np.random.Generator, people: Array = NOBODY
) -> Look:
    """Return a turn at ``pose`` among boxes (k, 6) and people (x, y, radius, height) (j, 4)."""
    base = matrix_from_rpy(0.0, 0.0, float(pose[2]))
    start = np.array([pose[0], pose[1], 0.0]) + base @ MOUNTING.position_in_base
    flat = np.stack((np.cos(ANGLES), np.sin(ANGLES), np.zeros(180)), axis=1)
    beams = np.ascontiguousarray(flat @ MOUNTING.rotation_in_base.T @ base.T)
    ranges = cast(prisms(()), np.zeros(0, dtype=np.int64), people, start, beams)
    ranges = np.minimum(ranges, box_distances(start, beams, boxes)) + rng.normal(0.0, 0.01, 180)
    turn = np.linspace(-math.pi, math.pi, 90)
    rims = [p[:2] + p[2] * np.stack((np.cos(turn), np.sin(turn)), axis=1) for p in people]
    above = np.vstack([np.zeros((0, 2)), *rims])
    c, s = math.cos(pose[2]), math.sin(pose[2])
    above = (above - pose[:2]) @ np.array([[c, -s], [s, c]])
    points = points_of(Scan(ANGLES, np.where(ranges < 4.0, ranges, np.inf)), MOUNTING)
    return Look(time, pose, points, above)


def drive(watch: LitterWatch, boxes: Array, frame: Array, speed: float = 0.3) -> None:
    """Drive 2.8 m straight along the x axis of ``frame`` (3,) in the map."""
    rng = np.random.default_rng(3)
    for k in range(int(2.8 / (0.1 * speed))):
        x, y = transform(frame, (0.1 * speed * k, 0.0))[0]
        watch.look(look(0.1 * k, np.array([x, y, frame[2]]), boxes, rng))


def box(shape: tuple[float, float, float], at: tuple[float, float], heading: float) -> Array:
    """Return a piece as the simulation has it, shape (1, 6)."""
    return np.array([[*at, heading, *shape]])


@pytest.mark.parametrize("shape", [CUP, BOTTLE, CAN, CARTON])
@pytest.mark.parametrize("heading", [0.0, 0.7, 1.5, 2.4])
def test_size_height_and_place_are_right(shape: tuple[float, float, float], heading: float) -> None:
    """Within 3 cm each, beside and before the machine, and only what fits is said to fit."""
    for y in (-0.8, 0.05, 0.6):
        watch = LitterWatch()
        drive(watch, box(shape, (2.5, y), heading), np.zeros(3))
        (piece,) = watch.pieces
        assert abs(piece.size - shape[0]) < 0.03
        assert abs(piece.height - shape[2]) < 0.015
        assert math.dist(piece.position_in_map, (2.5, y)) < 0.03
        assert piece.fits == (shape != CARTON)


def test_the_answer_moves_with_the_scene() -> None:
    """A turned and shifted world gives the same size and height at the turned place."""
    frame = np.array([-31.0, 12.0, 2.2])
    x, y = transform(frame, (2.5, 0.3))[0]
    here, there = LitterWatch(), LitterWatch()
    drive(here, box(BOTTLE, (2.5, 0.3), 0.4), np.zeros(3))
    drive(there, box(BOTTLE, (x, y), 0.4 + 2.2), frame)
    (one,), (other,) = here.pieces, there.pieces
    assert abs(one.size - other.size) < 0.02
    assert abs(one.height - other.height) < 1e-6
    moved = transform(frame, one.position_in_map)[0]
    assert math.dist(moved, other.position_in_map) < 0.015


def test_bare_ground_and_flat_paper_are_nothing() -> None:
    """Noise makes no litter in 90 s, nor does paper that is as thin as the noise."""
    watch, rng = LitterWatch(), np.random.default_rng(5)
    paper = box(PAPER, (10.0, 0.0), 0.3)
    for k in range(900):
        assert not watch.look(look(0.1 * k, np.array([0.02 * k, 0.0, 0.0]), paper, rng))


def test_a_nodding_base_sees_no_litter() -> None:
    """A pitch and roll of one degree lift the ground by 2 cm: still no litter."""
    rng, watch = np.random.default_rng(6), LitterWatch()
    for k in range(200):
        pose = np.array([0.03 * k, 0.0, 0.0])
        turn = look(0.1 * k, pose, np.zeros((0, 6)), rng)
        wave = math.radians(1.0) * math.sin(0.3 * k)
        lifted = turn.points_in_base.copy()
        lifted[:, 2] += wave * lifted[:, 0] + 0.7 * wave * lifted[:, 1]
        assert not watch.look(Look(turn.time, pose, lifted))


def test_feet_of_people_are_no_litter() -> None:
    """People who walk across, along and away before the machine, or stand there, leave nothing."""
    rng, watch = np.random.default_rng(7), LitterWatch()
    for k in range(150):
        t, x = 0.1 * k, 0.03 * k
        people = np.array(
            [
                [3.0, -4.0 + 0.9 * t, 0.25, 1.7],
                [x + 1.2 + 0.4 * math.sin(t), 0.3, 0.2, 1.2],
                [2.0, 1.0, 0.25, 1.6],
                [9.0 - 1.2 * t, -0.8, 0.25, 1.8],
            ]
        )
        assert not watch.look(look(t, np.array([x, 0.0, 0.0]), np.zeros((0, 6)), rng, people))


def test_what_the_map_knows_is_no_litter() -> None:
    """A low step of the map is not reported, the can a metre beside it is."""
    cells = np.zeros((60, 80), dtype=np.bool_)
    cells[38:, :] = True
    known = beside(Grid(cells, 0.1, np.array([0.0, -3.0])))
    watch = LitterWatch(known=known)
    step = np.array([[4.0, 1.0, 0.0, 6.0, 0.3, 0.12]])
    drive(watch, np.vstack((step, box(CAN, (2.5, -0.2), 0.0))), np.zeros(3))
    (piece,) = watch.pieces
    assert math.dist(piece.position_in_map, (2.5, -0.2)) < 0.03


def test_a_step_that_goes_on_is_no_litter_without_a_map_either() -> None:
    """A kerb 30 cm wide with ground behind it is too long for litter once it was seen on 0.7 m."""
    watch = LitterWatch()
    drive(watch, np.array([[4.0, 0.9, 0.0, 7.0, 0.3, 0.12]]), np.zeros(3))
    assert watch.pieces == ()


def test_what_is_taken_or_gone_is_forgotten() -> None:
    """The roller takes what fits; what somebody picked up is missed when looked for again."""
    can, carton = box(CAN, (2.5, 0.1), 0.2), box(CARTON, (2.5, -0.6), 0.2)
    watch = LitterWatch()
    drive(watch, np.vstack((can, carton)), np.zeros(3))
    assert len(watch.pieces) == 2
    watch.swept(np.array([1.8, 0.0, 0.0]))
    assert len(watch.pieces) == 2
    for x in (2.3, 2.4, 2.5):
        watch.swept(np.array([x, -0.2, 0.0]))
    (left,) = watch.pieces
    assert not left.fits
    drive(watch, np.zeros((0, 6)), np.zeros(3))
    assert watch.pieces == ()


def test_standing_before_a_piece_does_not_spoil_its_measure() -> None:
    """A minute in view leaves the size within 3 cm."""
    watch, rng = LitterWatch(), np.random.default_rng(8)
    carton = box(CARTON, (2.0, 0.2), 1.0)
    for k in range(700):
        x = min(0.03 * k, 1.0)
        watch.look(look(0.1 * k, np.array([x, 0.0, 0.0]), carton, rng))
    assert abs(watch.pieces[0].size - 0.35) < 0.03


def test_empty_and_broken_turns_are_survived() -> None:
    """No return, NaN, time that runs backwards: no exception, no litter."""
    watch = LitterWatch()
    for points in (np.zeros((0, 3)), np.full((180, 3), np.nan), np.full((1, 3), 0.1)):
        for time in (1.0, 0.0, 0.0):
            assert watch.look(Look(time, np.zeros(3), points)) == ()


def test_large_litter_is_an_obstacle_and_small_litter_is_none() -> None:
    """The local map blocks the disc over a carton, frees it when it is gone, ignores a can."""
    around = LocalMap(None)
    large = Litter(1, np.array([1.5, 0.2]), 0.35, 0.2, fits=False)
    small = Litter(2, np.array([1.5, -1.0]), 0.12, 0.06)
    for litter, blocked in (((large, small), True), ((small,), False)):
        around.update(_state(GroundSight(litter=litter)))
        cells = around.occupied.value(disc_over(large, 0.05), False)
        assert bool(np.all(cells)) == blocked
        assert bool(np.any(cells)) == blocked
        assert not np.any(around.occupied.value(disc_over(small, 0.05), False))
    assert len(outlines((small,), np.zeros(2), 3.0)) == 0
    ring = outlines((large, small), np.zeros(2), 3.0)
    assert np.allclose(np.hypot(*(ring - large.position_in_map).T), 0.21)


def _state(ground: GroundSight) -> State:
    n = np.zeros(0)
    joints = Joints(n, n, n, np.zeros(0, dtype=np.bool_), n)
    rest = np.zeros(3)
    return State(0.0, rest, rest, joints, rest[:2], rest, ground=ground)
