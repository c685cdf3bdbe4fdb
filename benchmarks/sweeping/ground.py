"""The ground that is swept: a world of the package with one zone, given by name or drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from shapely import Polygon
from shapely.geometry import shape

from robotics.core.config import load_yaml
from robotics.core.errors import OptionError
from sim.world import World, load_world

_WORLDS = Path(__file__).resolve().parents[2] / "sim" / "worlds"


def world_with(site: str, zone: str, drawn: Path | None, folder: Path) -> tuple[Path, World]:
    """Write a world of which one zone is to be swept and return its file.

    Args:
        site: Name of a world, or a world file.
        zone: Name of the zone that stays; "" for the first.
        drawn: GeoJSON in metres of the world's frame; its largest polygon becomes the zone.
        folder: Where the file goes.

    Raises:
        OptionError: There is no such zone or polygon.
    """
    path = Path(site) if site.endswith((".yaml", ".yml")) else _WORLDS / f"{site}.yaml"
    plan: Any = load_yaml(path)
    zones = plan["zones"]
    name = zone or next(iter(zones))
    if drawn is not None:
        plan["zones"] = {"drawn": _zone(drawn)}
    elif name in zones:
        plan["zones"] = {name: zones[name]}
    else:
        raise OptionError(f"--zone is {zone!r}; {path.stem} has {', '.join(zones)}")
    written = folder / f"{path.stem}.yaml"
    YAML(typ="rt").dump(plan, written)
    return written, load_world(written)


def _zone(drawn: Path) -> dict[str, Any]:
    found = json.loads(drawn.read_text(encoding="utf-8"))
    features = found.get("features", [found])
    shapes = [shape(one.get("geometry", one)) for one in features]
    polygons = [one for one in shapes if isinstance(one, Polygon)]
    if not polygons:
        raise OptionError(f"{drawn}: no polygon in it; draw the zone as one")
    largest = max(polygons, key=lambda one: one.area)
    if largest.interiors:
        raise OptionError(f"{drawn}: a world's zones have no holes; draw it around them")
    return {
        "title": drawn.stem,
        "polygon": [list(map(float, p[:2])) for p in largest.exterior.coords[:-1]],
    }
