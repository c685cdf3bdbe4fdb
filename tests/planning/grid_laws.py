"""Random grids and an independent least cost on them, for the tests of grid search."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from robotics.core.arrays import Array, BoolArray, IntArray


def random_free(seed: int, rows: int, cols: int, density: float) -> BoolArray:
    """Return a mask with about so many blocked cells, some of them in walls and blocks."""
    rng = np.random.default_rng(seed)
    free = rng.random((rows, cols)) >= density * rng.random()
    for _ in range(int(density * 12)):
        r, c = rng.integers(rows), rng.integers(cols)
        h, w = rng.integers(1, max(2, rows // 3)), rng.integers(1, max(2, cols // 3))
        free[r : r + h, c : c + w] = rng.random() < 0.3
    return free


def graph(free: BoolArray, factor: Array | None = None) -> csr_matrix:
    """Return all steps between free cells; entering a cell costs its factor per length."""
    rows, cols = free.shape
    number = np.arange(free.size).reshape(rows, cols)
    framed = np.zeros((rows + 2, cols + 2), dtype=bool)
    framed[1:-1, 1:-1] = free
    parts = []
    for i, j in ((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j):
        there = framed[1 + i : 1 + i + rows, 1 + j : 1 + j + cols]
        side = framed[1 : 1 + rows, 1 + j : 1 + j + cols]
        other = framed[1 + i : 1 + i + rows, 1 : 1 + cols]
        begin = number[free & there & side & other]
        end = begin + i * cols + j
        length = np.hypot(i, j) * (np.ones(len(begin)) if factor is None else factor.flat[end])
        parts.append((begin, end, length))
    begin, end, length = (np.concatenate(part) for part in zip(*parts, strict=True))
    return coo_matrix((length, (begin, end)), (free.size, free.size)).tocsr()


def least_costs(steps: csr_matrix, start: int) -> Array:
    """Return scipy's least cost from a flat cell to each, (n,)."""
    return np.asarray(dijkstra(steps, indices=start))


def check_steps(free: BoolArray, cells: IntArray) -> None:
    """Prove that a chain of cells (row, column) (n, 2) goes step by step and cuts no corner."""
    assert free[tuple(cells.T)].all()
    for (r, c), (i, j) in zip(cells[:-1], np.diff(cells, axis=0), strict=True):
        assert max(abs(i), abs(j)) == 1
        assert free[r + i, c]
        assert free[r, c + j]
