"""A field on square cells as one plain value, small enough to stand in a recording."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array
from robotics.core.errors import InvalidMessage

_TYPES = {"uint8": np.uint8, "uint16": np.uint16}


@dataclass(frozen=True, slots=True)
class Raster:
    """Values on square cells in the map; row 0 is the south."""

    cells: NDArray[Any]
    """Shape (rows, columns)."""
    origin: tuple[float, float]
    """Lower left corner of the lower left cell [m; map]."""
    resolution: float
    """Side of a cell [m]."""

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) [m; map]."""
        rows, columns = self.cells.shape
        west, south = self.origin
        return (
            west,
            south,
            west + columns * self.resolution,
            south + rows * self.resolution,
        )

    def centres(self) -> tuple[Array, Array]:
        """Return x and y of the cells' centres, shape (rows, columns) each [m; map]."""
        rows, columns = self.cells.shape
        x = self.origin[0] + self.resolution * (np.arange(columns) + 0.5)
        y = self.origin[1] + self.resolution * (np.arange(rows) + 0.5)
        grid_x, grid_y = np.meshgrid(x, y)
        return grid_x, grid_y


def pack(raster: Raster, step: float = 1.0) -> dict[str, Any]:
    """Return a raster as plain JSON values: whole multiples of ``step``, deflated, in base 64.

    Args:
        raster: Its values are rounded to multiples of ``step`` and cut at 0 and 65535 steps;
            rasters of uint8 are kept as they are.
        step: What one stands for.
    """
    cells = raster.cells
    if cells.dtype != np.uint8:
        cells = np.clip(np.rint(cells / step), 0, 65535).astype(np.uint16)
    data = zlib.compress(cells.astype(cells.dtype.newbyteorder("<")).tobytes(), 9)
    return {
        "origin": [round(float(v), 4) for v in raster.origin],
        "resolution": raster.resolution,
        "shape": list(cells.shape),
        "type": cells.dtype.name,
        "step": step,
        "data": base64.b64encode(data).decode(),
    }


def unpack(plain: Mapping[str, Any]) -> Raster:
    """Return the raster that ``pack`` made ``plain`` of; float64 unless it was uint8.

    Raises:
        InvalidMessage: It is no packed raster.
    """
    try:
        kind = np.dtype(_TYPES[plain["type"]]).newbyteorder("<")
        data = zlib.decompress(base64.b64decode(plain["data"]))
        cells = np.frombuffer(data, kind).reshape(plain["shape"])
        x, y = plain["origin"]
        values = cells.astype(np.uint8) if kind.itemsize == 1 else cells * float(plain["step"])
        return Raster(values, (float(x), float(y)), float(plain["resolution"]))
    except (KeyError, TypeError, ValueError, zlib.error, binascii.Error) as error:
        raise InvalidMessage("Raster", "data", repr(error), "what pack() made") from error
