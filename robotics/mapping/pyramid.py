"""How well a place of the map would explain a beam, and bounds of it over growing squares."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.mapping.field import SurfaceField

FULL = 15
"""Score of a beam that ends on a mapped surface."""


class Pyramid(NamedTuple):
    """Scores of the map, and their maxima. A named tuple, because compiled code takes it.

    Level h at (r, c) holds the largest score of the cells ``[r, r + 2^h) × [c, c + 2^h)``, which
    bounds what any shift of up to ``2^h - 1`` cells can reach (Hess and others, "Real-time loop
    closure in 2D LIDAR SLAM", ICRA 2016, eq. 15).
    """

    levels: NDArray[np.uint8]
    """Scores 0 … ``FULL``, shape (levels, rows, columns)."""
    x: float
    """Map x of the lower left corner, margin included [m]."""
    y: float
    """Map y of the same [m]."""
    resolution: float
    """[m]."""


def pyramid(
    surfaces: SurfaceField, *, resolution: float = 0.1, levels: int = 6, width: float = 0.4
) -> Pyramid:
    """Return the scores of a map.

    Args:
        surfaces: The map.
        resolution: Side of a cell, rounded to a multiple of the map's [m].
        levels: The top one bounds squares of ``2^(levels - 1)`` cells.
        width: Distance from a surface at which a beam scores nothing [m].
    """
    stride = max(1, round(resolution / surfaces.resolution))
    cell = stride * surfaces.resolution
    slope = (FULL + 1) / max(width - 0.5 * cell, 1e-9)
    fine = np.clip((width - np.abs(surfaces.cells)) * np.float32(slope), 0.0, FULL)
    rows, columns = (math.ceil(size / stride) for size in fine.shape)
    margin = 2 ** (levels - 1)
    whole = np.zeros((levels, rows + margin, columns + margin), dtype=np.uint8)
    base = whole[0, margin:, margin:]
    for r in range(stride):
        for c in range(stride):
            part = fine[r::stride, c::stride].astype(np.uint8)
            seat = base[: part.shape[0], : part.shape[1]]
            np.maximum(seat, part, out=seat)
    for h in range(1, levels):
        half = 2 ** (h - 1)
        wide = whole[h - 1].copy()
        np.maximum(wide[:-half], whole[h - 1, half:], out=wide[:-half])
        whole[h] = wide
        np.maximum(whole[h, :, :-half], wide[:, half:], out=whole[h, :, :-half])
    return Pyramid(whole, surfaces.x - margin * cell, surfaces.y - margin * cell, cell)
