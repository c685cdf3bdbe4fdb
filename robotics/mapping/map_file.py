"""Writes a map in the ROS map_server format, as a folder that ``load_site`` reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from robotics.core.arrays import Array
from robotics.core.georeference import SiteOrigin
from robotics.mapping.grid import UNKNOWN, Grid

FREE, UNSEEN, SOLID = 254, 205, 0
"""Brightness as map_server's own saver writes it."""


def write_map(occupancy: Grid, folder: Path, name: str) -> list[Path]:
    """Write ``name.png`` and ``name.yaml``.

    Args:
        occupancy: int8: 0 free … 100 occupied, -1 unknown; row 0 is the south.
        folder: Made if it does not exist.
        name: Of both files, without ending.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.where(occupancy.cells >= 65, SOLID, FREE).astype(np.uint8)
    pixels[occupancy.cells == UNKNOWN] = UNSEEN
    image, keys = folder / f"{name}.png", folder / f"{name}.yaml"
    Image.fromarray(pixels[::-1]).save(image)
    x, y = (float(value) for value in occupancy.origin)
    lines = [
        f"image: {image.name}",
        f"resolution: {occupancy.resolution:g}",
        f"origin: [{x:.6g}, {y:.6g}, 0.0]",
        "negate: 0",
        "occupied_thresh: 0.65",
        "free_thresh: 0.196",
    ]
    keys.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [image, keys]


def write_site(
    occupancy: Grid, folder: Path, *, name: str, start: Array, origin: SiteOrigin | None = None
) -> list[Path]:
    """Write a whole site folder: what blocks, what a lidar sees, and one place to start from.

    In what is to be driven on, unknown ground is blocked; to the lidar's eye it is empty.

    Args:
        occupancy: As for ``write_map``.
        folder: Where to.
        name: Of the start place: the robot's name.
        start: Pose (3,) in the map.
        origin: Where the map lies on Earth, if that is known.
    """
    seen = occupancy.like(np.maximum(occupancy.cells, 0))
    files = [*write_map(occupancy, folder, "site"), *write_map(seen, folder, "scan")]
    if origin is not None:
        with files[1].open("a", encoding="utf-8") as keys:
            keys.write(f"georeference: {[round(one, 9) for one in origin.written]}\n")
    x, y, yaw = (round(float(value), 4) for value in start)
    properties = {"name": name, "kind": "start", "title": "where the survey began", "yaw": yaw}
    point = {"type": "Point", "coordinates": [x, y]}
    feature = {"type": "Feature", "geometry": point, "properties": properties}
    places = folder / "places.geojson"
    tree = {"type": "FeatureCollection", "features": [feature]}
    places.write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
    return [*files, places]
