"""The drives of the kerb court: which kerbs, on which side, and the map that the robot is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from shapely import Polygon

from robotics.core.arrays import Array
from robotics.core.messages import Plan
from robotics.mapping.places import Site
from robotics.planning.kerb_path import SideBrush, kerb_path
from robotics.planning.profile import Pace, speeds
from robotics.robots.sweeper.config import BRUSH_CENTRE, BRUSH_RADIUS
from sim.solids import STONE, strips
from sim.world_model import Kerb, Outline, Solid, World

BRUSH = SideBrush(*BRUSH_CENTRE, BRUSH_RADIUS)
OFF = (0.0, 0.0, 0.08, 0.08, -0.08, -0.08, 0.0)
"""How far the map draws each corner of the last kerb too near to the road [m]."""
WIDTH = 0.4
"""Of the kerbs of the court [m]."""


@dataclass(frozen=True, slots=True)
class Drive:
    """One way along kerbs."""

    name: str
    line: Array
    """Feet of the kerbs in driving order, gaps bridged, as the robot's map has them, (k, 2) [m]."""
    side: float

    def plan(self, pace: Pace) -> Plan:
        """Return the way of the base."""
        path, side = kerb_path(self.line, self.side, BRUSH)
        working = np.ones(len(path), dtype=np.bool_)
        return Plan(path, speeds(path, pace), working, kerb_side=side)


def mapped(world: World) -> World:
    """Return the world as the map shows it: nobody's shoes, and the last kerb drawn wrong."""
    last = world.kerbs[-1]
    line: Outline = tuple((x + off, y) for (x, y), off in zip(last.line, OFF[::-1], strict=True))
    true = {Polygon(strip).wkt for strip in strips(last.line, WIDTH, 0.0)}
    solids = [
        solid
        for solid in world.solids
        if not solid.name.startswith("shoe_") and Polygon(solid.polygon).wkt not in true
    ]
    drawn = [
        Solid(f"drawn_{k}", "kerb", strip, 0.0, last.height, STONE)
        for k, strip in enumerate(strips(line, WIDTH, 0.0))
    ]
    kerbs = (*world.kerbs[:-1], Kerb(line, last.height))
    return replace(world, solids=(*solids, *drawn), kerbs=kerbs)


def drives(site: Site) -> list[Drive]:
    """Return the drives along the kerbs of the court as a site map shows them."""
    kerbs = site.kerbs
    square, disc, lens = (ring[:-1] for ring in kerbs[:3])
    chain = np.vstack([line[::-1] for line in kerbs[4:]])
    step = np.hypot(*np.diff(chain, axis=0).T)
    chain = chain[np.append(True, step > 1e-6)]
    start = 0.5 * (square[0] + square[1])
    return [
        Drive("corner", kerbs[3][::-1], -1.0),
        Drive("chain", chain, -1.0),
        Drive("square", np.vstack((start, square[1:], square[0], start)), 1.0),
        Drive("round", np.vstack((disc[36:], disc[:37])), 1.0),
        Drive("lens", lens[:16], 1.0),
    ]
