"""Grids and map_server files: geometry held against brute force, files against their rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from shapely import Polygon, contains_xy

from robotics.core.errors import MapError
from robotics.mapping.grid import UNKNOWN, Grid, distance_field, polygon_mask, read_map

NAV2 = Path(__file__).parents[2].parent / "shared" / "data" / "nav2_maps"


def grid(cells: Any, resolution: float = 0.5, origin: tuple[float, float] = (-1.0, 2.0)) -> Grid:
    """Return a small grid away from the origin."""
    return Grid(np.asarray(cells), resolution, np.array(origin))


def write(folder: Path, pixels: Any, **keys: Any) -> Path:
    """Write a map_server file; a key that is None is left out."""
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(folder / "m.png")
    base = {"image": "m.png", "resolution": 0.1, "origin": "[0, 0, 0]", "negate": 0}
    lines = [f"{k}: {v}" for k, v in (base | keys).items() if v is not None]
    (folder / "m.yaml").write_text("\n".join(lines), encoding="utf-8")
    return folder / "m.yaml"


def test_centres_lie_in_their_own_cells() -> None:
    """``index`` undoes ``centres``, and row 0 is the south."""
    one = grid(np.arange(12).reshape(3, 4))
    rows, cols = one.index(one.centres())
    assert_array_equal(rows, np.repeat(np.arange(3), 4).reshape(3, 4))
    assert_array_equal(cols, np.tile(np.arange(4), (3, 1)))
    assert_allclose(one.centres()[0, 0], (-0.75, 2.25))
    assert one.value((-0.9, 2.1), -1) == 0
    assert one.value((0.9, 3.4), -1) == 11


def test_points_off_the_grid_get_the_outside_value() -> None:
    """Nothing wraps round, not even at negative indices."""
    one = grid(np.ones((3, 4), dtype=bool))
    points = [(-1.01, 2.1), (1.01, 2.1), (0.0, 1.99), (0.0, 3.51), (0.0, 2.5)]
    assert_array_equal(one.value(points, False), [False, False, False, False, True])
    assert_array_equal(one.inside(points), [False, False, False, False, True])


def test_a_grid_cannot_be_changed() -> None:
    """Layers are shared between parts, so writing to one is refused."""
    with pytest.raises(ValueError, match="read-only"):
        grid(np.zeros((2, 2))).cells[0, 0] = 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31), st.floats(0.02, 2.0))
def test_the_distance_field_is_exact(rows: int, cols: int, seed: int, resolution: float) -> None:
    """Brute force over all pairs of cells gives the same distances."""
    occupied = grid(np.random.default_rng(seed).random((rows, cols)) < 0.2, resolution)
    field = distance_field(occupied).cells
    if not occupied.cells.any():
        assert np.isinf(field).all()
        return
    centres = occupied.centres()
    gaps = centres[:, :, None] - centres[occupied.cells][None, None]
    assert_allclose(field, np.linalg.norm(gaps, axis=-1).min(axis=-1), atol=1e-9)


def test_the_distance_field_never_rises_faster_than_the_way() -> None:
    """Between neighbouring cells it changes by one cell's side at most (it is 1-Lipschitz)."""
    occupied = grid(np.random.default_rng(3).random((60, 80)) < 0.01, 0.1)
    field = distance_field(occupied).cells
    assert np.abs(np.diff(field, axis=0)).max() <= 0.1 + 1e-12
    assert np.abs(np.diff(field, axis=1)).max() <= 0.1 + 1e-12
    assert_array_equal(field == 0.0, occupied.cells)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 9), st.integers(0, 2**31))
def test_a_polygon_covers_the_cells_whose_centres_it_holds(corners: int, seed: int) -> None:
    """Shapely agrees, for star-shaped polygons that may reach beyond the grid."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0.0, 2.0 * np.pi, corners))
    radii = rng.uniform(0.5, 6.0, corners)
    points = np.stack((radii * np.cos(angles), 4.0 + radii * np.sin(angles)), axis=1)
    shape = Polygon(points)
    if not shape.is_valid:
        return
    like = grid(np.zeros((31, 27)), 0.25, (-3.0, 1.0))
    centres = like.centres()
    assert_array_equal(
        polygon_mask(like, points), contains_xy(shape, centres[..., 0], centres[..., 1])
    )


def test_the_top_of_the_image_is_the_north(tmp_path: Path) -> None:
    """A black pixel in the first row is an obstacle at the largest y."""
    pixels = np.full((3, 2), 254)
    pixels[0, 1] = 0
    read, _ = read_map(write(tmp_path, pixels, origin="[5, 7, 0]"))
    assert read.value((5.15, 7.25), -9) == 100
    assert np.count_nonzero(read.cells) == 1


# shade of the pixel, keys of the file, the occupancy that map_server gives it
RULES = [
    (0, {}, 100),
    (254, {}, 0),
    (205, {"free_thresh": 0.2}, 0),
    (205, {"free_thresh": 0.196}, UNKNOWN),
    (205, {"negate": 1}, 100),
    (0, {"negate": "true"}, 0),
    (128, {"mode": "trinary"}, UNKNOWN),
    (128, {"mode": "scale", "free_thresh": 0.0, "occupied_thresh": 1.0}, 50),
    (128, {"mode": "scale", "free_thresh": 0.4, "occupied_thresh": 0.6}, 49),
    (0, {"mode": "scale"}, 100),
    (100, {"mode": "raw"}, 100),
    (7, {"mode": "raw", "negate": 1}, 7),
    (101, {"mode": "raw"}, UNKNOWN),
]


@pytest.mark.parametrize(("shade", "keys", "wanted"), RULES)
def test_shades_mean_what_map_server_says(
    tmp_path: Path, shade: int, keys: dict[str, Any], wanted: int
) -> None:
    """Every mode, negate and both thresholds; a colour image of the same shade agrees."""
    grey = np.full((2, 3), shade)
    for pixels in (grey, np.stack([grey] * 3, axis=-1)):
        read, _ = read_map(write(tmp_path, pixels, **keys))
        assert_array_equal(read.cells, wanted)


def test_what_can_be_seen_through_is_unknown_in_scale_mode(tmp_path: Path) -> None:
    """Transparency marks what nobody has mapped."""
    pixels = np.zeros((1, 2, 4))
    pixels[0, 1, 3] = 255
    read, _ = read_map(write(tmp_path, pixels, mode="scale"))
    assert read.cells.tolist() == [[UNKNOWN, 100]]


@pytest.mark.parametrize("magic", ["P2", "P5"])
def test_both_kinds_of_pgm_are_read(tmp_path: Path, magic: str) -> None:
    """Text and binary greymaps give the same cells."""
    path = write(tmp_path, [[0]], image="m.pgm")
    values = [0, 254, 205, 254, 0, 254]
    data = bytes(values) if magic == "P5" else " ".join(map(str, values)).encode()
    (tmp_path / "m.pgm").write_bytes(f"{magic}\n# drawn by hand\n3 2\n255\n".encode() + data)
    read, _ = read_map(path)
    assert read.cells.tolist() == [[0, 100, 0], [100, 0, 0]]
    assert read.cells.shape == (2, 3)


FAULTS = [
    ({"resolution": 0}, r"m\.yaml: resolution: 0 is not allowed; give metres per cell, 0 … 5"),
    ({"resolution": -0.1}, "resolution: -0.1 is not allowed"),
    ({"resolution": ".nan"}, "resolution: nan is not a number"),
    ({"resolution": "fine"}, "resolution: 'fine' is not a number"),
    ({"resolution": None}, "resolution: is missing; give a finite number"),
    ({"origin": "[0, 0, 0.3]"}, "origin: yaw 0.3 is not allowed; turn the image, give yaw 0"),
    ({"origin": "[0, 0]"}, r"origin: .* is not allowed; give \[x, y, 0\]"),
    ({"image": "no.png"}, "image: 'no.png' does not exist"),
    ({"image": "m.yaml"}, "m.yaml: the image cannot be read; save it as PNG or PGM"),
    ({"image": None}, "image: is missing"),
    ({"mode": "colour"}, "mode: 'colour' is not allowed; allowed: trinary, scale, raw"),
    ({"free_thresh": 0.9}, "free_thresh 0.9 and occupied_thresh 0.65 are not allowed; 0 <="),
    ({"negate: 0\nnegate": 1}, "a key stands twice"),
]


@pytest.mark.parametrize(("keys", "text"), FAULTS)
def test_a_broken_map_says_what_to_mend(tmp_path: Path, keys: dict[str, Any], text: str) -> None:
    """Each fault names file, key, value and what is allowed."""
    with pytest.raises(MapError, match=text):
        read_map(write(tmp_path, np.full((2, 2), 254), **keys))


def test_a_cut_off_image_is_refused(tmp_path: Path) -> None:
    """Half a download is not a map."""
    path = write(tmp_path, np.random.default_rng(1).integers(0, 255, (64, 64)))
    data = (tmp_path / "m.png").read_bytes()
    (tmp_path / "m.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(MapError, match=r"m\.png: the image cannot be read"):
        read_map(path)
    with pytest.raises(MapError, match="No such file"):
        read_map(tmp_path / "nowhere.yaml")


@pytest.mark.skipif(not NAV2.is_dir(), reason="shared/data/nav2_maps is not beside the checkout")
@pytest.mark.parametrize("name", ["depot", "warehouse", "100by100_10", "100by100_20"])
def test_maps_that_others_drew_are_read(name: str) -> None:
    """Nav2's own maps: size in metres, and cells counted from the raw bytes of the image."""
    read, keys = read_map(NAV2 / f"{name}.yaml")
    with Image.open(NAV2 / str(keys["image"])) as image:
        shade = np.asarray(image, dtype=np.float64) / 255.0
    dark = shade if keys["negate"] else 1.0 - shade
    assert read.cells.shape == shade.shape
    assert np.count_nonzero(read.cells == 100) == np.count_nonzero(dark > keys["occupied_thresh"])
    assert np.count_nonzero(read.cells == 0) == np.count_nonzero(dark < keys["free_thresh"])
    assert_allclose(read.origin, [float(part) for part in keys["origin"][:2]])
