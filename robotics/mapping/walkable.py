"""Where on a site a robot can be at all: on free ground that hangs together with its places."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from robotics.mapping.distance import exact_distance
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site


def walkable_ground(site: Site, *, radius: float = 0.25) -> Grid:
    """Return the cells on which the base of a robot of ``site`` can be.

    Keep-out zones count: people can carry a robot there. The sea beyond a railing does not.
    """
    return reachable(site.occupied, [p.pose[:2] for p in site.places.values()], radius=radius)


def reachable(occupied: Grid, places: ArrayLike, *, radius: float = 0.25) -> Grid:
    """Return the cells that a disc of ``radius`` [m] comes to from any of the places.

    Args:
        occupied: True where something stands.
        places: Shape (n, 2) [m]; those on blocked ground tell nothing. If none tells, every free
            cell may be reached.
        radius: Of the thinnest body [m]; a cell nearer to something than that counts if a free
            one lies within the same distance.

    Returns:
        bool, the same cells as ``occupied``.
    """
    room = exact_distance(occupied.cells) * occupied.resolution
    parts, _ = ndimage.label(room > radius)
    spots = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    row, column = occupied.index(spots[occupied.inside(spots)])
    homes = np.unique(parts[row, column])
    reached = np.isin(parts, homes[homes > 0])
    if not reached.any():
        return occupied.like(~occupied.cells)
    near = exact_distance(reached) * occupied.resolution <= radius + occupied.resolution
    return occupied.like(near)
