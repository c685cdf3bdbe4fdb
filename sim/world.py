"""A place to work in: ``load_world`` reads, checks and expands a world file.

The file's schema is ``sim.world_schema``; ``sim.solids`` turns its furniture into convex prisms;
``sim.world_check`` refuses what cannot be worked in; the result is a ``sim.world_model.World``.
"""

from __future__ import annotations

from pathlib import Path

from robotics.core.config import load
from robotics.core.errors import UnknownName
from sim.solids import expand
from sim.world_check import check
from sim.world_model import (
    Attraction,
    DirtPlan,
    Kerb,
    Leaves,
    Litter,
    MapPlan,
    Paving,
    Place,
    Route,
    Solid,
    VisitorPlan,
    World,
    Zone,
)
from sim.world_schema import WorldFile

__all__ = [
    "Attraction",
    "DirtPlan",
    "Kerb",
    "Leaves",
    "Litter",
    "MapPlan",
    "Paving",
    "Place",
    "Route",
    "Solid",
    "VisitorPlan",
    "World",
    "Zone",
    "load_world",
    "world_names",
]

_FOLDER = Path(__file__).resolve().parent / "worlds"


def world_names() -> list[str]:
    """Return the names of the worlds that come with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_world(name_or_path: str | Path) -> World:
    """Return a world by its name ("zhanqiao") or from a file ("plans/park.yaml").

    Raises:
        UnknownName: No world has that name.
        ConfigError: The file is wrong; with line, value and what is allowed.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        if str(name_or_path) not in world_names():
            raise UnknownName("world", str(name_or_path), world_names())
        path = _FOLDER / f"{name_or_path}.yaml"
    file = load(path, WorldFile)
    world = expand(path.stem, file)
    return check(path, world)
