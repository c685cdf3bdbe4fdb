"""Grids over the ground, and map files in the ROS map_server format.

A grid's row 0 is the south; an image's row 0 is the north, so reading a file turns it over.
The meaning of ``mode``, ``negate`` and the thresholds follows Nav2's map_server (``map_io``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from robotics.core.arrays import Array, BoolArray, IntArray, frozen
from robotics.core.config import load_yaml
from robotics.core.errors import ConfigError, MapError
from robotics.mapping.distance import exact_distance

Image.MAX_IMAGE_PIXELS = 400_000_000

UNKNOWN = -1
"""Value of a cell that nobody has seen, in the occupancy convention of ROS."""

_MODES = ("trinary", "scale", "raw")


@dataclass(frozen=True, slots=True)
class Grid:
    """Values on square cells.

    Cell (r, c) covers ``origin + resolution · [c, c + 1) × [r, r + 1)``; row 0 is the south.
    """

    cells: NDArray[Any]
    """Values (rows, cols): bool for masks, float64 for fields."""
    resolution: float
    """Side of a cell [m]."""
    origin: Array
    """Map coordinates (2,) of the lower left corner [m]."""

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        object.__setattr__(self, "cells", frozen(self.cells, dtype=self.cells.dtype))
        object.__setattr__(self, "origin", frozen(self.origin))

    def like(self, cells: NDArray[Any]) -> Grid:
        """Return other values (rows, cols) on the same cells."""
        return Grid(cells, self.resolution, self.origin)

    def index(self, points: ArrayLike) -> tuple[IntArray, IntArray]:
        """Return (rows, cols) of the cells that hold points (…, 2); may lie outside the grid."""
        offset = (np.asarray(points, dtype=np.float64) - self.origin) / self.resolution
        cell = np.floor(offset).astype(np.int64)
        return cell[..., 1], cell[..., 0]

    def inside(self, points: ArrayLike) -> BoolArray:
        """Tell which of points (…, 2) lie on the grid."""
        rows, cols = self.index(points)
        height, width = self.cells.shape
        return np.asarray((rows >= 0) & (rows < height) & (cols >= 0) & (cols < width))

    def value(self, points: ArrayLike, outside: float | bool) -> NDArray[Any]:
        """Return the value at points (…, 2), and ``outside`` for those that lie off the grid."""
        rows, cols = self.index(points)
        height, width = self.cells.shape
        found = self.cells[np.clip(rows, 0, height - 1), np.clip(cols, 0, width - 1)]
        return np.where(self.inside(points), found, outside)

    def centres(self) -> Array:
        """Return the centres (rows, cols, 2) of all cells [m]."""
        height, width = self.cells.shape
        xs = self.origin[0] + self.resolution * (np.arange(width) + 0.5)
        ys = self.origin[1] + self.resolution * (np.arange(height) + 0.5)
        return np.stack(np.meshgrid(xs, ys), axis=-1)


def distance_field(occupied: Grid) -> Grid:
    """Return the exact Euclidean distance to the centre of the nearest occupied cell [m].

    Zero on occupied cells; infinite everywhere if nothing is occupied.
    """
    return occupied.like(occupied.resolution * exact_distance(occupied.cells))


def polygon_mask(like: Grid, polygon: ArrayLike) -> BoolArray:
    """Return which cells (rows, cols) have their centre inside a polygon (k, 2), even-odd rule.

    Every edge flips all cells to the right of where it crosses the line through a row's centres;
    a running parity along each row then fills the polygon.
    """
    height, width = like.cells.shape
    corners = (np.asarray(polygon, dtype=np.float64) - like.origin) / like.resolution - 0.5
    left, bottom = np.clip(np.floor(corners.min(axis=0)), 0, (width, height)).astype(int)
    right, top = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, (width, height)).astype(int)
    flips = np.zeros((top - bottom, right - left + 1), dtype=np.int64)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        low, high = min(ay, by), max(ay, by)
        rows = np.arange(max(bottom, math.ceil(low)), min(top, math.ceil(high)))
        if not len(rows):
            continue
        crossing = np.ceil(ax + (rows - ay) * (bx - ax) / (by - ay))
        flips[rows - bottom, np.clip(crossing - left, 0, right - left).astype(np.int64)] += 1
    mask = np.zeros((height, width), dtype=np.bool_)
    mask[bottom:top, left:right] = np.cumsum(flips[:, :-1], axis=1) % 2 == 1
    return mask


def read_map(path: Path) -> tuple[Grid, dict[str, Any]]:
    """Read a map_server file and its image.

    Args:
        path: The YAML file; the image's name is relative to it.

    Returns:
        The occupancy (int8: 0 free … 100 occupied, -1 unknown), and the YAML's keys as written.

    Raises:
        MapError: The YAML or the image is missing, broken, or outside what is allowed.
    """
    try:
        keys = load_yaml(path)
    except ConfigError as error:
        raise MapError(error.file, error.place, error.problem, error.cure) from error
    if not isinstance(keys, dict):
        raise MapError(path, "", "not a map_server file", "it needs image, resolution, origin")
    keys = {str(key): value for key, value in keys.items()}
    resolution = _number(path, keys, "resolution")
    if not 0.0 < resolution <= 5.0:
        raise MapError(
            path, "resolution", f"{resolution:g} is not allowed", "give metres per cell, 0 … 5"
        )
    origin = _origin(path, keys)
    image = _image(path, keys)
    if image.mode in ("1", "L"):  # 256 shades only: judge each once
        levels = _occupancy(path, keys, np.arange(256) / 255.0, np.ones(256, np.bool_))
        cells = levels[np.asarray(image.convert("L"))]
    else:
        cells = _occupancy(path, keys, *_shade(image, keys.get("mode", "trinary")))
    return Grid(cells[::-1], resolution, origin), keys


def _number(path: Path, keys: dict[str, Any], key: str, default: float | None = None) -> float:
    value = keys.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        problem = "is missing" if value is None else f"{value!r} is not a number"
        raise MapError(path, key, problem, "give a finite number")
    return float(value)


def _origin(path: Path, keys: dict[str, Any]) -> Array:
    value = keys.get("origin")
    if not isinstance(value, list) or len(value) != 3:
        raise MapError(path, "origin", f"{value!r} is not allowed", "give [x, y, 0]")
    numbers = [_number(path, {"origin": part}, "origin") for part in value]
    if abs(numbers[2]) > 1e-9:
        raise MapError(
            path, "origin", f"yaw {numbers[2]:g} is not allowed", "turn the image, give yaw 0"
        )
    return np.array(numbers[:2])


def _image(path: Path, keys: dict[str, Any]) -> Image.Image:
    name = keys.get("image")
    if not isinstance(name, str) or not name:
        raise MapError(path, "image", "is missing", "give the name of the PNG or PGM file")
    file = path.parent / name
    try:
        with Image.open(file) as image:
            image.load()
            return image
    except FileNotFoundError as error:
        raise MapError(path, "image", f"'{name}' does not exist", "put it beside") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MapError(file, "", "the image cannot be read", "save it as PNG or PGM") from error


def _shade(image: Image.Image, mode: str) -> tuple[Array, BoolArray]:
    """Return the brightness 0 … 1 of an image (rows from the north), and where it is opaque.

    As in map_server, opacity counts as a fourth channel in trinary mode.
    """
    if image.mode.startswith("I") or image.mode == "F":
        pixels = np.asarray(image, dtype=np.float64) / (1.0 if image.mode == "F" else 65535.0)
        return pixels, np.ones(pixels.shape, dtype=np.bool_)
    has_alpha = image.has_transparency_data
    pixels = np.asarray(image.convert("RGBA"), dtype=np.float64) / 255.0
    opaque = np.asarray(pixels[..., 3] >= 1.0)
    channels = 4 if has_alpha and mode == "trinary" else 3
    return pixels[..., :channels].mean(axis=2), opaque


def _occupancy(
    path: Path, keys: dict[str, Any], shade: Array, opaque: BoolArray
) -> NDArray[np.int8]:
    """Return occupancy -1 … 100 from brightness, as Nav2's map_server does."""
    mode = keys.get("mode", "trinary")
    if mode not in _MODES:
        raise MapError(path, "mode", f"'{mode}' is not allowed", f"allowed: {', '.join(_MODES)}")
    if mode == "raw":
        value = np.rint(shade * 255.0)
        return np.where(value <= 100, value, UNKNOWN).astype(np.int8)
    most = _number(path, keys, "occupied_thresh", 0.65)
    least = _number(path, keys, "free_thresh", 0.25)
    if not 0.0 <= least < most <= 1.0:
        problem = f"free_thresh {least:g} and occupied_thresh {most:g} are not allowed"
        raise MapError(path, "", problem, "0 <= free_thresh < occupied_thresh <= 1")
    dark = shade if keys.get("negate", 0) else 1.0 - shade
    if mode == "scale":
        middle = np.rint(100.0 * (dark - least) / (most - least))
    else:
        middle = np.full(dark.shape, float(UNKNOWN))
    found = np.where(dark > most, 100.0, np.where(dark < least, 0.0, middle))
    return np.where(opaque | (mode == "trinary"), found, UNKNOWN).astype(np.int8)
