"""The signed distance to the nearest mapped surface: what scans are compared with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid


class SurfaceField(NamedTuple):
    """Signed distance to the surfaces of a map, known up to ``reach`` on both sides.

    Zero lies on the border between free and occupied cells (not on cell centres), so that a wall
    drawn on cell borders is found without bias. A named tuple, because compiled code takes it.
    """

    cells: NDArray[np.float32]
    """Value at each cell's centre, shape (rows, columns) [m]: positive in free space."""
    x: float
    """Map x of the lower left corner [m]."""
    y: float
    """Map y of the lower left corner [m]."""
    resolution: float
    """[m]."""
    reach: float
    """Distances are cut off here [m]."""


def surface_field(occupied: Grid, *, reach: float = 1.0) -> SurfaceField:
    """Measure the distance to the surface of everything occupied.

    Args:
        occupied: True where a lidar beam ends, shape (rows, columns).
        reach: Cut-off [m]. The cost grows with its square and with the length of all surfaces,
            not with the area of the map.
    """
    solid = np.ascontiguousarray(occupied.cells, dtype=np.bool_)
    cells = np.where(solid, -reach, reach).astype(np.float32)
    _spread(solid, cells, occupied.resolution, reach)
    x, y = (float(value) for value in occupied.origin)
    return SurfaceField(cells, x, y, float(occupied.resolution), float(reach))


@compiled
def sample(field: SurfaceField, x: float, y: float) -> tuple[float, float, float]:
    """Return the distance at map point (x, y) [m] and its gradient (2 numbers), bilinear.

    Outside the map, and where no surface is within reach, the answer is (reach, 0, 0).
    """
    rows, columns = field.cells.shape
    u = (x - field.x) / field.resolution - 0.5
    v = (y - field.y) / field.resolution - 0.5
    c = int(np.floor(u))
    r = int(np.floor(v))
    if c < 0 or r < 0 or c + 1 >= columns or r + 1 >= rows:
        return field.reach, 0.0, 0.0
    u -= c
    v -= r
    a = float(field.cells[r, c])
    b = float(field.cells[r, c + 1])
    d = float(field.cells[r + 1, c])
    e = float(field.cells[r + 1, c + 1])
    value = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * e)
    along_x = ((1 - v) * (b - a) + v * (e - d)) / field.resolution
    along_y = ((1 - u) * (d - a) + u * (e - b)) / field.resolution
    return value, along_x, along_y


@compiled
def _spread(
    solid: NDArray[np.bool_], cells: NDArray[np.float32], resolution: float, reach: float
) -> None:
    """Write into ``cells`` the distance from every border cell to the cells around it."""
    rows, columns = solid.shape
    window = int(reach / resolution) + 1
    for r in range(rows):
        for c in range(columns):
            if not _on_border(solid, r, c):
                continue
            mine = solid[r, c]
            for rr in range(max(0, r - window), min(rows, r + window + 1)):
                for cc in range(max(0, c - window), min(columns, c + window + 1)):
                    if solid[rr, cc] == mine:
                        continue
                    gap = (np.sqrt((rr - r) ** 2 + (cc - c) ** 2) - 0.5) * resolution
                    if gap < abs(cells[rr, cc]):
                        cells[rr, cc] = gap if mine else -gap


@compiled
def _on_border(solid: NDArray[np.bool_], r: int, c: int) -> bool:
    """Whether a cell has a side neighbour of the other sort."""
    rows, columns = solid.shape
    mine = solid[r, c]
    return bool(
        (r > 0 and solid[r - 1, c] != mine)
        or (r + 1 < rows and solid[r + 1, c] != mine)
        or (c > 0 and solid[r, c - 1] != mine)
        or (c + 1 < columns and solid[r, c + 1] != mine)
    )
