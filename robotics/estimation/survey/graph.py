"""A graph of poses and of what was measured between them, and the poses that fit it best.

Lu and Milios, "Globally consistent range scan alignment" (1997); solved by Gauss-Newton with
scipy's sparse factorisation (Grisetti and others, "A tutorial on graph-based SLAM", 2010). Loop
closures are weighed down when they disagree with all others (dynamic covariance scaling, Agarwal
and others, 2013), so that one wrong loop does not bend the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from robotics.core.arrays import Array, IntArray
from robotics.core.geometry import wrap_array

DOUBT = 12.0
"""From this squared error on (in sigmas, three numbers) a closure is weighed down."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A measurement of one pose from another."""

    first: int
    second: int
    pose: Array
    """Of the second in the frame of the first, (x, y, yaw), shape (3,)."""
    information: Array
    """Inverse covariance of that, shape (3, 3)."""
    is_closure: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    """All edges as arrays."""

    first: IntArray
    second: IntArray
    pose: Array
    information: Array
    is_closure: Array

    @staticmethod
    def of(edges: Sequence[Edge]) -> _Table:
        return _Table(
            np.array([edge.first for edge in edges], dtype=np.int64),
            np.array([edge.second for edge in edges], dtype=np.int64),
            np.array([edge.pose for edge in edges]).reshape(-1, 3),
            np.array([edge.information for edge in edges]).reshape(-1, 3, 3),
            np.array([float(edge.is_closure) for edge in edges]),
        )


def optimise(poses: Array, edges: Sequence[Edge], *, rounds: int = 40) -> Array:
    """Return the poses (n, 3) that fit the edges best; the first one stays where it is.

    Args:
        poses: Where to start from, shape (n, 3).
        edges: Each pose must hang on the first one by some chain of them.
        rounds: Steps at most.
    """
    poses, table = np.array(poses, dtype=float), _Table.of(edges)
    if len(poses) < 2 or not len(edges):
        return poses
    for _ in range(rounds):
        step = _step(poses, table)
        poses += step
        poses[:, 2] = wrap_array(poses[:, 2])
        if np.abs(step).max() < 1e-6:
            break
    return poses


def errors(poses: Array, edges: Sequence[Edge]) -> Array:
    """Return the squared error of each edge in units of its sigmas, shape (m,)."""
    table = _Table.of(edges)
    residual, _, _ = _linearised(poses, table)
    return np.asarray(np.einsum("mi,mij,mj->m", residual, table.information, residual))


def _linearised(poses: Array, table: _Table) -> tuple[Array, Array, Array]:
    """Return residuals (m, 3) and their slopes by the first and second pose (m, 3, 3)."""
    a, b = poses[table.first], poses[table.second]
    c, s = np.cos(a[:, 2]), np.sin(a[:, 2])
    apart = b[:, :2] - a[:, :2]
    along = np.stack((c * apart[:, 0] + s * apart[:, 1], -s * apart[:, 0] + c * apart[:, 1]), 1)
    residual = np.column_stack((along, b[:, 2] - a[:, 2])) - table.pose
    residual[:, 2] = wrap_array(residual[:, 2])
    by_first = np.zeros((len(a), 3, 3))
    by_first[:, 0, 0], by_first[:, 0, 1], by_first[:, 1, 0], by_first[:, 1, 1] = -c, -s, s, -c
    by_first[:, 0, 2], by_first[:, 1, 2], by_first[:, 2, 2] = along[:, 1], -along[:, 0], -1.0
    by_second = np.zeros((len(a), 3, 3))
    by_second[:, 0, 0], by_second[:, 0, 1], by_second[:, 1, 0], by_second[:, 1, 1] = c, s, -s, c
    by_second[:, 2, 2] = 1.0
    return residual, by_first, by_second


def _step(poses: Array, table: _Table) -> Array:
    """Return one Gauss-Newton step for all poses, shape (n, 3)."""
    residual, by_first, by_second = _linearised(poses, table)
    size = np.einsum("mi,mij,mj->m", residual, table.information, residual)
    scale = np.where(table.is_closure > 0.0, np.minimum(1.0, 2.0 * DOUBT / (DOUBT + size)), 1.0)
    information = table.information * (scale**2)[:, None, None]
    ends = (table.first, table.second)
    slopes = (by_first, by_second)
    count = 3 * len(poses)
    rows, cols, values = [], [], []
    gradient = np.zeros(count)
    for end_a, slope_a in zip(ends, slopes, strict=True):
        pull = np.einsum("mji,mjk,mk->mi", slope_a, information, residual)
        np.add.at(gradient, 3 * end_a[:, None] + np.arange(3), pull)
        for end_b, slope_b in zip(ends, slopes, strict=True):
            block = np.einsum("mji,mjk,mkl->mil", slope_a, information, slope_b)
            row = np.broadcast_to(3 * end_a[:, None, None] + np.arange(3)[:, None], block.shape)
            col = np.broadcast_to(3 * end_b[:, None, None] + np.arange(3), block.shape)
            rows.append(row.ravel())
            cols.append(col.ravel())
            values.append(block.ravel())
    matrix = coo_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), (count, count)
    ).tocsc()
    step = np.zeros(count)
    step[3:] = -spsolve(matrix[3:, 3:], gradient[3:])
    return step.reshape(-1, 3)
