"""Where robots charge."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from sim.world_model import World


def charging_docks(world: World | None) -> Array:
    """Return where the charging docks of a world are, shape (k, 2) [m]."""
    places = () if world is None else world.places
    docks = [place.pose[:2] for place in places if place.kind == "dock_charge"]
    return np.array(docks, dtype=np.float64).reshape(-1, 2)
