"""What is remembered of the kerb: in place beside the robot, whatever the localisation says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import compose, inverse, transform
from robotics.core.messages import Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.ground_sight import KerbWatch
from robotics.mapping.kerb import Mounting
from sim.raycast import cast, prisms
from sim.solids import strips
from sim.world_model import Outline, Solid

MOUNTING = Mounting(np.array([0.62, 0.0, 0.50]), matrix_from_rpy(0.0, math.radians(35.0), 0.0))
ANGLES = np.linspace(-math.pi / 3, math.pi / 3, 180)
PERIOD = 0.1


def kerb(line: Outline, height: float = 0.12) -> tuple[Solid, ...]:
    """Return a kerb 30 cm wide, raised on the left of its line, ground behind it."""
    return tuple(
        Solid(f"kerb_{k}", "kerb", strip, 0.0, height, (0.5,) * 4)
        for k, strip in enumerate(strips(line, 0.3, 0.0))
    )


def look(pose: Array, solids: tuple[Solid, ...], rng: np.random.Generator) -> Scan:
    """Return a turn of the down-tilted lidar, 1 cm one sigma."""
    base = matrix_from_rpy(0.0, 0.0, float(pose[2]))
    start = np.array([pose[0], pose[1], 0.0]) + base @ MOUNTING.position_in_base
    flat = np.stack((np.cos(ANGLES), np.sin(ANGLES), np.zeros(180)), axis=1)
    beams = np.ascontiguousarray(flat @ MOUNTING.rotation_in_base.T @ base.T)
    among = np.arange(len(solids), dtype=np.int64)
    ranges = cast(prisms(solids), among, np.zeros((0, 4)), start, beams)
    return Scan(ANGLES, np.where(ranges < 4.0, ranges + rng.normal(0.0, 0.01, 180), np.inf))


def drive(watch: KerbWatch, poses: Array, solids: tuple[Solid, ...], seed: int = 1) -> Array:
    """Return what is known in the end (k, 2), seen along true ``poses`` (n, 3)."""
    rng, last = np.random.default_rng(seed), poses[0]
    sight = watch.update(0.0, np.zeros(3), poses[0], None)
    for k, pose in enumerate(poses):
        step = compose(inverse(last), pose)
        sight = watch.update(PERIOD * k, step, pose, look(pose, solids, rng))
        last = pose
    return sight.kerb_in_map


def straight(count: int = 40, step: float = 0.06) -> Array:
    """Return poses along the x axis."""
    return np.column_stack((step * np.arange(count), np.zeros((count, 2))))


LEFT: Outline = ((-5.0, 0.58), (20.0, 0.58))
RIGHT: Outline = ((20.0, -0.75), (-5.0, -0.75))


def test_both_kerbs_are_seen_to_half_a_centimetre() -> None:
    """On the left and on the right at once, from behind the base to beyond the brush."""
    points = drive(KerbWatch(MOUNTING), straight(), kerb(LEFT) + kerb(RIGHT))
    left, right = points[points[:, 1] > 0.0], points[points[:, 1] < 0.0]
    assert np.abs(left[:, 1] - 0.58).mean() < 0.005
    assert np.abs(right[:, 1] + 0.75).mean() < 0.005
    for side in (left, right):
        assert side[:, 0].min() < straight()[-1, 0]
        assert side[:, 0].max() > straight()[-1, 0] + 1.1


@pytest.mark.parametrize("radius", [3.0, 8.0])
@pytest.mark.parametrize("mapped", [True, False])
def test_along_a_bend_the_points_lie_on_it(radius: float, mapped: bool) -> None:
    """A kerb around the robot's own circle, with and without a map to say how it runs."""
    arc = np.linspace(-0.5, 3.0, 120)
    line = tuple((float(radius * np.sin(a)), float(-radius * np.cos(a))) for a in arc[::-1])
    a = np.arange(40) * 0.06 / (radius - 0.6)
    poses = np.column_stack(((radius - 0.6) * np.sin(a), -(radius - 0.6) * np.cos(a), a))
    watch = KerbWatch(MOUNTING, (np.array(line),) if mapped else ())
    points = drive(watch, poses, kerb(line))
    assert len(points) > 15
    off = np.hypot(*points.T) - radius
    assert np.abs(off).mean() < 0.008


def test_a_jump_of_the_localisation_moves_the_kerb_with_the_robot() -> None:
    """Seen from the base it stays where it is."""
    watch, pose = KerbWatch(MOUNTING), straight()[-1]
    before = drive(watch, straight(), kerb(LEFT))
    jumped = pose + np.array([0.2, -0.1, 0.05])
    after = watch.update(4.0, np.zeros(3), jumped, None).kerb_in_map
    assert transform(inverse(jumped), after) == pytest.approx(transform(inverse(pose), before))


def test_a_kerb_across_the_way_is_seen_ahead() -> None:
    """In an inner corner its foot is known to two centimetres before the nose is there."""
    ahead: Outline = ((3.5, -3.0), (3.5, 3.0))
    solids = kerb(LEFT) + kerb(ahead[::-1])
    points = drive(KerbWatch(MOUNTING), straight(45), solids)
    across = points[np.abs(points[:, 1]) < 0.45]
    assert len(across) >= 6
    assert np.abs(across[:, 0] - 3.5).max() < 0.04
    assert abs(across[:, 0].mean() - 3.5) < 0.02


def test_old_and_far_sightings_are_forgotten() -> None:
    """By time and by way."""
    watch = KerbWatch(MOUNTING)
    points = drive(watch, straight(100), kerb(LEFT))
    assert points[:, 0].min() > straight(100)[-1, 0] - watch.reach - 0.2
    empty = np.full(180, np.inf)
    later = watch.update(60.0, np.zeros(3), straight(100)[-1], Scan(ANGLES, empty))
    assert len(later.kerb_in_map) == 0


def test_bad_turns_do_no_harm() -> None:
    """Empty, short, blind and late turns, and time that runs backwards."""
    watch, rng = KerbWatch(MOUNTING), np.random.default_rng(4)
    turns = [
        Scan(np.zeros(0), np.zeros(0)),
        Scan(ANGLES[:3], np.ones(3)),
        Scan(ANGLES, np.full(180, np.inf)),
        Scan(ANGLES, rng.uniform(0.0, 4.0, 180)),
        Scan(ANGLES, np.full(180, np.nan)),
    ]
    for k in range(60):
        time = 0.1 * k if k < 40 else 0.1 * (60 - k)
        sight = watch.update(time, np.zeros(3), np.zeros(3), turns[k % len(turns)])
        assert np.isfinite(sight.kerb_in_map).all()


def test_without_kerbs_nothing_is_seen() -> None:
    """Flat ground, the whole way."""
    assert len(drive(KerbWatch(MOUNTING), straight(), ())) == 0
