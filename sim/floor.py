"""The ground in close pictures of the sweeper: dirt until it is swept, the wet trail, the spray."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString

from robotics.core.geometry import transform
from sim import brushes
from sim.meshes import Mesh, add_quad
from sim.world_model import World

Vector = NDArray[np.float64]
Row = tuple[float, float, float, float]
TILE = 0.35
"""Specks come and go by square tiles of this side [m]."""
AROUND = 4.0
"""Dirt is shown along the way so long before and after the shot [s]."""
REACH = 1.9
"""Dirt is shown this far from the robot's way during the shot [m]."""
AT_KERB = 0.35
"""Nearer to a kerb lies more [m]."""
SPECKS = (9, 28)
"""On a tile, in the open and at a kerb."""
COLOURS = ((0.36, 0.29, 0.20, 1.0), (0.52, 0.41, 0.22, 1.0))
"""Of dust and of needles and leaves."""
WATER = (0.86, 0.93, 0.98, 1.0)
WET = 0.74
"""Wet paving is so much darker."""
TRAIL, DIRT = 0.003, 0.006
"""Heights above the paving at which both are drawn, so that they are seen [m]."""
DROPS, PATTERNS = 110, 3
"""Streaks of water in a picture, and how many patterns of them take turns."""
AWAY = (0.0, 0.0, -50.0)


@dataclass(slots=True)
class _Tile:
    body: int
    swept_at: float


class Floor:
    """What lies on the ground near one shot; ``show`` brings it to a time, forwards only.

    Nothing here is measured: specks stand where the ground has not been under the tools yet.
    """

    def __init__(
        self, engine: Any, shape: Callable[[Mesh, Sequence[float]], int], world: World,
        trail: Sequence[Row], span: tuple[float, float],
    ) -> None:  # fmt: skip
        """Lay the ground.

        Args:
            engine: The renderer.
            shape: Makes a visual shape of a mesh in a colour.
            world: The place.
            trail: (time, x, y, yaw) of the base while the brushes turned, in order.
            span: First and last time of the shot [s].
        """
        self._engine, self._shape = engine, shape
        self._trail = np.array(trail, dtype=float).reshape(-1, 4)
        during = self._trail[
            np.abs(self._trail[:, 0] - sum(span) / 2) < (span[1] - span[0]) / 2 + AROUND
        ]
        self._drawn = 0
        self._tiles: list[_Tile] = []
        self._sprays = [self._body(_drops(k), WATER) for k in range(PATTERNS)]
        if len(during) < 2:
            self._colour, self._way = (0.6, 0.6, 0.6, 1.0), LineString()
            return
        self._way = LineString(during[:, 1:3])
        middle = shapely.Point(during[len(during) // 2, 1:3])
        here = [p.colour for p in world.paving if shapely.Polygon(p.polygon).covers(middle)]
        paving = here[-1] if here else (0.7, 0.7, 0.7, 1.0)
        self._colour = (WET * paving[0], WET * paving[1], WET * paving[2], 1.0)
        kerbs = MultiLineString([kerb.line for kerb in world.kerbs])
        self._tiles = sorted(self._lay(kerbs), key=lambda tile: -tile.swept_at)

    def show(self, time: float, sweeper: dict[str, Any]) -> None:
        """Bring the ground to ``time`` [s]; ``sweeper`` is its entry of the scene."""
        while self._tiles and self._tiles[-1].swept_at <= time:
            self._put(self._tiles.pop().body, AWAY)
        self._wet(time)
        shown = int(time / 0.05) % PATTERNS if sweeper.get("spray", 0.0) > 0.0 else -1
        for k, body in enumerate(self._sprays):
            if k == shown:
                self._engine.resetBasePositionAndOrientation(
                    body, sweeper["position"], sweeper["quaternion"]
                )
            else:
                self._put(body, AWAY)

    def _lay(self, kerbs: MultiLineString) -> list[_Tile]:
        """Make the tiles near the way; each knows when it is swept."""
        west, south, east, north = self._way.buffer(REACH).bounds
        found = []
        for ix in range(math.floor(west / TILE), math.ceil(east / TILE)):
            for iy in range(math.floor(south / TILE), math.ceil(north / TILE)):
                centre = np.array([(ix + 0.5) * TILE, (iy + 0.5) * TILE])
                point = shapely.Point(centre)
                if self._way.distance(point) > REACH:
                    continue
                dirty = kerbs.distance(point) < AT_KERB
                rng = np.random.default_rng([abs(ix), abs(iy), ix < 0, iy < 0])
                mesh = _specks(centre, SPECKS[dirty], rng)
                body = self._body(mesh, COLOURS[int(rng.random() < 0.4)])
                found.append(_Tile(body, self._swept_at(centre)))
        return found

    def _swept_at(self, centre: Vector) -> float:
        """Return when a tool first works at a point, infinite if never."""
        off = centre - self._trail[:, 1:3]
        cos, sin = np.cos(self._trail[:, 3]), np.sin(self._trail[:, 3])
        x = cos * off[:, 0] + sin * off[:, 1]
        y = cos * off[:, 1] - sin * off[:, 0]
        ahead = brushes.SIDE_X
        under = (x < ahead) & (x > -0.2) & (np.abs(y) < brushes.HALF_WIDTH + 0.02)
        return float(self._trail[np.argmax(under), 0]) if under.any() else math.inf

    def _wet(self, time: float) -> None:
        """Draw the trail up to ``time``: all that is new as one mesh."""
        until = int(np.searchsorted(self._trail[:, 0], time))
        mesh = Mesh([], [], [])
        for a, b in pairwise(self._trail[max(0, self._drawn - 1) : until]):
            near = self._way.distance(shapely.Point(b[1:3])) < REACH + 2.0
            if b[0] - a[0] < 1.0 and near and not np.array_equal(a[1:], b[1:]):
                add_quad(mesh, _strip(a[1:], b[1:]), [0.0, 0.0, 1.0])
        self._drawn = max(self._drawn, until)
        if mesh.vertices:
            self._body(mesh, self._colour)

    def _body(self, mesh: Mesh, colour: Sequence[float]) -> int:
        return int(self._engine.createMultiBody(0, -1, self._shape(mesh, colour)))

    def _put(self, body: int, place: Sequence[float]) -> None:
        self._engine.resetBasePositionAndOrientation(body, place, (0.0, 0.0, 0.0, 1.0))


def _strip(a: Vector, b: Vector) -> list[list[float]]:
    """Return the ground between the brushes' axle at two poses, a little longer than the step."""
    half, x = brushes.HALF_WIDTH, brushes.SIDE_X
    back = transform(a, [[x - 0.02, half], [x - 0.02, -half]])
    front = transform(b, [[x + 0.02, -half], [x + 0.02, half]])
    return [[float(px), float(py), TRAIL] for px, py in (*back, *front)]


def _specks(centre: Vector, count: int, rng: np.random.Generator) -> Mesh:
    mesh = Mesh([], [], [])
    for _ in range(count):
        x, y = centre + rng.uniform(-0.5, 0.5, 2) * TILE
        size, turn = rng.uniform(0.004, 0.016), rng.uniform(0.0, math.pi)
        along = size * np.array([math.cos(turn), math.sin(turn)])
        aside = 0.5 * np.array([-along[1], along[0]])
        corners = [along, aside, -along, -aside]
        add_quad(mesh, [[x + c[0], y + c[1], DIRT] for c in corners], [0.0, 0.0, 1.0])
    return mesh


def _drops(pattern: int) -> Mesh:
    """Return streaks of water under the spray bar in the base frame."""
    rng, mesh = np.random.default_rng(pattern), Mesh([], [], [])
    for _ in range(DROPS):
        x, y = rng.uniform(*brushes.SPRAY_X), rng.uniform(-1.0, 1.0) * brushes.HALF_WIDTH
        low, length, wide = rng.uniform(0.01, 0.10), rng.uniform(0.015, 0.035), 0.004
        for dx, dy in ((wide, 0.0), (0.0, wide)):
            corners = [[x - dx, y - dy, low], [x + dx, y + dy, low]]
            corners += [[x + dx, y + dy, low + length], [x - dx, y - dy, low + length]]
            add_quad(mesh, corners, [dy / wide, -dx / wide, 0.0])
            add_quad(mesh, corners[::-1], [-dy / wide, dx / wide, 0.0])
    return mesh
