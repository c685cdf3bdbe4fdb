"""The match of two scans, beside other programs' on the same scans."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from finding.ground import BEAMS
from robotics.core.arrays import Array
from robotics.core.geometry import compose, relative, transform
from robotics.estimation.scan_match import Belief, Matching, align
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid, polygon_mask
from robotics.mapping.submap import Seen, submap_field

HALL = np.array(
    [(-12, -8), (10, -8), (10, -2), (14, -2), (14, 9), (-3, 9), (-3, 6), (-12, 6)], dtype=float
)
STALLS = (
    np.array([(2, 1), (4, 1), (4, 3), (2, 3)], dtype=float),
    np.array([(-7, -3), (-5, -4), (-4.5, -2.5), (-6.5, -1.5)]),
    np.array([(6, 5), (7, 5), (7, 6), (6, 6)], dtype=float),
)
Pair = tuple[Array, Array, Array, Array]
"""Target scan, source scan, pose of the target in the hall, true pose of source in target."""


def hall_field() -> Grid:
    """Return the hall's map, 5 cm."""
    grid = Grid(np.zeros((400, 600), dtype=np.bool_), 0.05, np.array([-14.0, -10.0]))
    cells = ~polygon_mask(grid, HALL)
    for stall in STALLS:
        cells |= polygon_mask(grid, stall)
    return grid.like(cells)


def hall_scan(pose: Array, rng: np.random.Generator) -> Array:
    """Return the returns (k, 2) seen from ``pose`` in the hall."""
    walls = np.vstack([np.hstack((p, np.roll(p, -1, axis=0))) for p in (HALL, *STALLS)])
    dx, dy = np.cos(pose[2] + BEAMS)[:, None], np.sin(pose[2] + BEAMS)[:, None]
    ex, ey = walls[:, 2] - walls[:, 0], walls[:, 3] - walls[:, 1]
    qx, qy = walls[:, 0] - pose[0], walls[:, 1] - pose[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        across = dx * ey - dy * ex
        along, share = (qx * ey - qy * ex) / across, (qx * dy - qy * dx) / across
    hit = (along > 0) & (share >= 0) & (share <= 1)
    ranges = np.where(hit, along, np.inf).min(axis=1) + rng.normal(0.0, 0.01, len(BEAMS))
    return ranges[:, None] * np.stack((np.cos(BEAMS), np.sin(BEAMS)), axis=1)


def kd_tree_icp(pair: Pair) -> Array:
    """Point-to-point ICP with scipy's kd-tree, 30 rounds."""
    target, source = pair[0], pair[1]
    tree, pose = cKDTree(target), np.zeros(3)
    for _ in range(30):
        moved = transform(pose, source)
        away, index = tree.query(moved, distance_upper_bound=0.6)
        kept = np.isfinite(away)
        a, b = moved[kept], target[index[kept]]
        u, _, v = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
        turn = v.T @ np.diag([1.0, np.sign(np.linalg.det(v.T @ u.T))]) @ u.T
        shift = b.mean(0) - turn @ a.mean(0)
        step = np.array([*shift, math.atan2(turn[1, 0], turn[0, 0])])
        pose = compose(step, pose)
        if np.abs(step).sum() < 1e-5:
            break
    return pose


def small_gicp_match() -> Callable[[Pair], Array] | None:
    """Return small_gicp's ICP, None where it is not installed."""
    try:
        import small_gicp
    except ImportError:
        return None

    def run(pair: Pair) -> Array:
        flat = [np.column_stack((points, np.zeros(len(points)))) for points in pair[:2]]
        found = small_gicp.align(
            *flat,
            registration_type="ICP",
            voxel_resolution=0.05,
            downsampling_resolution=0.02,
            max_correspondence_distance=0.6,
            num_threads=1,
        ).T_target_source
        return np.array([found[0, 3], found[1, 3], math.atan2(found[1, 0], found[0, 0])])

    return run


def matching(seed: int, trials: int) -> dict[str, float]:
    """Time the scan match beside its peers on the same pairs of scans."""
    rng = np.random.default_rng((seed, 2))
    surfaces = surface_field(hall_field())
    loose = np.linalg.inv(np.diag([0.3, 0.3, 0.15]) ** 2)
    constants, ones = Matching(), np.ones(360)

    def in_map(pair: Pair) -> Array:
        pose, _ = align(pair[1], ones, surfaces, Belief(pair[2], loose), constants)
        return relative(pair[2], pose)

    def scan_to_scan(pair: Pair) -> Array:
        local = submap_field([Seen(pair[0], np.zeros(2))])
        return align(pair[1], ones, local, Belief(np.zeros(3), loose), constants)[0]

    methods: dict[str, Callable[[Pair], Array] | None] = {
        "ours, scan to map": in_map,
        "ours, scan to scan": scan_to_scan,
        "small_gicp ICP": small_gicp_match(),
        "scipy kd-tree ICP": kd_tree_icp,
    }
    pairs = []
    for _ in range(trials):
        at = np.array([*rng.uniform((-3.0, -4.5), (1.0, 0.0)), rng.uniform(-3.0, 3.0)])
        step = rng.uniform(-1.0, 1.0, 3) * (0.3, 0.3, 0.15)
        pairs.append((hall_scan(at, rng), hall_scan(compose(at, step), rng), at, step))
    print(f"\n{'360 beams':22}{'ms':>8}{'mm':>8}{'mrad':>8}{'found':>8}")
    figures = {}
    for name, method in methods.items():
        if method is None:
            print(f"{name:22}not installed")
            continue
        figures[name] = timed(name, method, pairs)
    print(f"{'CSM (C, quoted)':22}{0.62:8.2f}{1.3:8.1f}")
    return {
        "scan_match_ms_360": figures["ours, scan to map"],
        "scan_to_scan_ms_360": figures["ours, scan to scan"],
        "small_gicp_ms_360": figures.get("small_gicp ICP", math.nan),
    }


def timed(name: str, method: Callable[[Pair], Array], pairs: list[Pair]) -> float:
    """Print a method's line and return its mean time [ms]."""
    method(pairs[0])
    began = time.process_time()
    found = [method(pair) for pair in pairs]
    spent = 1e3 * (time.process_time() - began) / len(pairs)
    off = np.array([pose - pair[3] for pose, pair in zip(found, pairs, strict=True)])
    mm, mrad = 1e3 * np.hypot(off[:, 0], off[:, 1]), 1e3 * np.abs(off[:, 2])
    share = np.mean((mm < 50.0) & (mrad < 20.0))
    print(f"{name:22}{spent:8.3f}{np.median(mm):8.1f}{np.median(mrad):8.2f}{share:8.2f}")
    return spent
