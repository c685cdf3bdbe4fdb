"""Sites drawn by hand: what may be left out, what adds up, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from robotics.core.errors import MapError, UnknownName
from robotics.mapping.places import load_site

SQUARE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]


def layer(folder: Path, name: str, pixels: Any, **keys: Any) -> None:
    """Write a 5 m × 4 m layer at the origin, 0.1 m a cell unless ``keys`` say otherwise."""
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(folder / f"{name}.png")
    base = {"image": f"{name}.png", "resolution": 0.1, "origin": "[0, 0, 0]", "negate": 0}
    text = "\n".join(f"{key}: {value}" for key, value in (base | keys).items())
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def feature(geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    """Return one GeoJSON feature."""
    body = {"type": geometry, "coordinates": coordinates}
    return {"type": "Feature", "geometry": body, "properties": properties}


def places(folder: Path, *features: Any) -> None:
    """Write the places' file."""
    tree = {"type": "FeatureCollection", "features": list(features)}
    (folder / "places.geojson").write_text(json.dumps(tree), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a site with nothing in it but one unknown cell."""
    pixels = np.full((40, 50), 254)
    pixels[-1, 0] = 150
    layer(tmp_path, "site", pixels)
    places(tmp_path)
    return tmp_path


def test_only_the_map_and_the_places_are_needed(folder: Path) -> None:
    """Without further layers the lidar sees the obstacles, nothing is forbidden or limited."""
    site = load_site(folder)
    assert site.occupied.cells[0, 0], "nobody knows what is there, so no robot drives there"
    assert not site.scannable.cells.any(), "nor does anyone know that a lidar sees it"
    assert not site.keepout.cells.any()
    assert np.isinf(site.speed_limit.cells).all()
    assert (site.zones, site.places, site.kerbs) == ({}, {}, ())
    with pytest.raises(UnknownName, match="there is no sweep zone"):
        site.zone()


def test_zones_add_to_the_masks(folder: Path) -> None:
    """A keep-out polygon forbids, a slow one limits, beside what the masks say; lowest wins."""
    mask = np.full((40, 50), 254)
    mask[:, :5] = 0
    layer(folder, "keepout", mask)
    percent = np.full((40, 50), 255)
    percent[:, 20:] = 128
    layer(folder, "speed", percent, mode="scale", free_thresh=0.0, occupied_thresh=1.0,
          type=2, base=0.1, multiplier=0.01)  # fmt: skip
    places(
        folder,
        feature("Polygon", [SQUARE], name="pond", kind="keepout"),
        feature("Polygon", [SQUARE], name="gate", kind="slow", speed=0.3),
    )
    site = load_site(folder)
    assert site.keepout.value((0.2, 2.0), False)
    assert site.keepout.value((2.0, 2.0), False)
    assert not site.keepout.value((4.0, 2.0), False)
    assert_allclose(site.speed_limit.value([(2.5, 2.0), (4.0, 2.0)], 0.0), [0.3, 0.1 + 0.5])
    assert np.isinf(site.speed_limit.value((0.5, 0.5), 0.0))


def test_percent_needs_to_know_what_of(folder: Path) -> None:
    """Nav2's percent masks name no speed, so the file has to."""
    keys = {"mode": "scale", "free_thresh": 0.0, "occupied_thresh": 1.0}
    layer(folder, "speed", np.full((40, 50), 128), **keys)
    with pytest.raises(MapError, match="full_speed: is missing; say what 100 percent is in m/s"):
        load_site(folder)
    layer(folder, "speed", np.full((40, 50), 128), full_speed=1.2, **keys)
    assert_allclose(load_site(folder).speed_limit.cells, 0.6)


def test_polygons_get_their_rings_the_right_way_round(folder: Path) -> None:
    """Clockwise drawings are turned; holes are kept; the repeated corner goes."""
    hole = [[1.5, 1.5], [2, 1.5], [2, 2], [1.5, 1.5]]
    places(folder, feature("Polygon", [SQUARE[::-1], hole], name="z", kind="sweep", title="片"))
    zone = load_site(folder).zone("z")
    x, y = zone.polygon.T
    assert 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) == pytest.approx(4.0)
    assert zone.polygon.shape == (4, 2)
    assert zone.holes[0].shape == (3, 2)
    assert (zone.title, zone.speed) == ("片", math.inf)


def test_the_scan_layer_may_have_finer_cells(folder: Path) -> None:
    """Lidars are matched against it, and coarse walls would shift the pose."""
    layer(folder, "scan", np.full((80, 100), 254), resolution=0.05)
    assert load_site(folder).scannable.resolution == 0.05


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"resolution": 0.2}, "10 × 8 m differ from site.yaml's 5 × 4; draw all layers over"),
        ({"origin": "[1, 0, 0]"}, "give all layers the same origin"),
    ],
)
def test_the_scan_layer_must_cover_the_same_area(
    folder: Path, keys: dict[str, Any], text: str
) -> None:
    """Whatever the size of its cells."""
    layer(folder, "scan", np.full((40, 50), 254), **keys)
    with pytest.raises(MapError, match=text):
        load_site(folder)


LAYERS = [
    ({"resolution": 0.2}, (40, 50), "resolution: 0.2 differs from site.yaml's 0.1"),
    ({}, (40, 51), r"51 × 40 pixels differ from site\.yaml's \(50, 40\)"),
    ({"origin": "[1, 0, 0]"}, (40, 50), r"origin: \[1\.0, 0\.0\] differs .* the same origin"),
]


@pytest.mark.parametrize("name", ["keepout", "speed"])
@pytest.mark.parametrize(("keys", "shape", "text"), LAYERS)
def test_layers_must_lie_on_each_other(
    folder: Path, name: str, keys: dict[str, Any], shape: tuple[int, int], text: str
) -> None:
    """A layer with other cells than the map is refused."""
    layer(folder, name, np.full(shape, 254), **keys)
    with pytest.raises(MapError, match=text) as caught:
        load_site(folder)
    assert caught.value.file.endswith(f"{name}.yaml")


FEATURES = [
    (feature("Polygon", [SQUARE], name="z", kind="swep"), r"\[0\]: kind 'swep' is not known; all"),
    (feature("Polygon", [SQUARE], name="z"), "kind None is not known; allowed: sweep, keepout"),
    (feature("Polygon", [SQUARE], kind="sweep"), r"it has no name; add properties\.name"),
    (feature("Point", [1, 1], name="z", kind="sweep"), "geometry is not a Polygon; a sweep is a"),
    (feature("Polygon", [SQUARE], name="g", kind="greeter"), "its geometry is not a Point"),
    (
        feature("Polygon", [[[1, 1], [3, 3], [3, 1], [1, 3], [1, 1]]], name="z", kind="sweep"),
        r"zone 'z' crosses itself: Self-intersection\[2 2\]",
    ),
    (
        feature("Polygon", [[[1, 1], [7, 1], [7, 3], [1, 1]]], name="z", kind="sweep"),
        r"'z' lies outside the map at \[7\.0, 1\.0\]; the map is \[-?0\.0, -?0\.0\] to \[5\.0, 4",
    ),
    (feature("Point", [1, -3], name="p", kind="start"), "'p' lies outside the map at"),
    (feature("Point", ["a", 1], name="p", kind="start"), "its coordinates are broken"),
    (feature("Point", None, name="p", kind="start"), "its coordinates are broken"),
    (feature("Polygon", [[[1, 1], [2, 2]]], name="z", kind="sweep"), "give 4 or more"),
    (feature("Point", [1, 1], name="p", kind="start", yaw="north"), "yaw 'north' is not allowed"),
    (feature("Polygon", [SQUARE], name="z", kind="slow"), "speed inf is not allowed; give m/s"),
    (feature("Polygon", [SQUARE], name="z", kind="slow", speed=-1), "speed -1 is not allowed"),
    ("no feature", r"features\[0\]: kind None is not known"),
]


@pytest.mark.parametrize(("wrong", "text"), FEATURES)
def test_a_wrong_feature_names_its_place_and_the_cure(folder: Path, wrong: Any, text: str) -> None:
    """Each fault leads to the feature."""
    places(folder, wrong)
    with pytest.raises(MapError, match=text) as caught:
        load_site(folder)
    assert "places.geojson: features[0]" in str(caught.value)


def test_names_stand_once(folder: Path) -> None:
    """Two places of one name could not be told apart."""
    point = feature("Point", [1, 1], name="p", kind="start")
    places(folder, point, point)
    with pytest.raises(MapError, match=r"features\[1\]: the name 'p' stands twice"):
        load_site(folder)


TEXTS = [
    ("[1, 2", r"line 1, column \d+: not JSON"),
    ("[1, 2]", "not a FeatureCollection"),
    ('{"type": "FeatureCollection"}', "features: not a list"),
]


@pytest.mark.parametrize(("text", "message"), TEXTS)
def test_a_broken_places_file_is_refused(folder: Path, text: str, message: str) -> None:
    """So is one that is not there, and a map without a free cell."""
    (folder / "places.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(MapError, match=message):
        load_site(folder)
    (folder / "places.geojson").unlink()
    with pytest.raises(MapError, match=r"places\.geojson: No such file"):
        load_site(folder)
    layer(folder, "site", np.zeros((40, 50)))
    with pytest.raises(MapError, match="no cell is free; check negate and the thresholds"):
        load_site(folder)
