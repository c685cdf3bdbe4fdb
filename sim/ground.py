"""The static place and its visitors as collision bodies in PyBullet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.engine import Engine
from sim.timeline import Walkers
from sim.world_model import Solid, World

HEADROOM = 2.5
"""What begins above this height meets neither a robot nor a lidar [m]; it gets no body."""
_FRICTION = 1.0
_COATS = (
    (0.86, 0.32, 0.30, 1),
    (0.22, 0.45, 0.72, 1),
    (0.95, 0.72, 0.22, 1),
    (0.36, 0.62, 0.42, 1),
)
_SKIN = (0.93, 0.76, 0.64, 1)


def lay_plane(engine: Engine) -> int:
    """Put the ground at z = 0 and return its body."""
    shape = engine.createCollisionShape(engine.GEOM_PLANE)
    body = int(engine.createMultiBody(0, shape, useMaximalCoordinates=1))
    engine.changeDynamics(body, -1, lateralFriction=_FRICTION, restitution=0.0)
    return body


class Solids:
    """Everything static as one body: a triangle mesh, so that a step costs the same anywhere.

    (800 bodies cost 0.17 ms a step: the engine visits each. One mesh costs nothing measurable.)
    """

    def __init__(self, engine: Engine, world: World, *, view: bool) -> None:
        low = [solid for solid in world.solids if solid.bottom < HEADROOM]
        self.body = _mesh(engine, low) if low else -1
        self._solids = low
        corners = [np.array(solid.polygon) for solid in low]
        self._least = np.array([c.min(axis=0) for c in corners]).reshape(-1, 2)
        self._most = np.array([c.max(axis=0) for c in corners]).reshape(-1, 2)
        if view:
            for solid in world.solids:
                _show(engine, solid)

    def name_at(self, point: Sequence[float]) -> str:
        """Return the name of the solid whose surface is at ``point`` (3,) [m]; the nearest box."""
        spot = np.asarray(point, dtype=np.float64)
        beyond = np.maximum(self._least - spot[:2], spot[:2] - self._most)
        off = np.hypot(*np.maximum(beyond, 0.0).T)
        vertical = [max(solid.bottom - spot[2], spot[2] - solid.top, 0.0) for solid in self._solids]
        return self._solids[int(np.argmin(off + np.array(vertical)))].name


def _mesh(engine: Engine, solids: Sequence[Solid]) -> int:
    vertices: list[tuple[float, float, float]] = []
    indices: list[int] = []
    for solid in solids:
        first, n = len(vertices), len(solid.polygon)
        vertices += [(x, y, z) for z in (solid.bottom, solid.top) for x, y in solid.polygon]
        indices += [first + corner for corner in _triangles(n)]
    shape = engine.createCollisionShape(
        engine.GEOM_MESH,
        vertices=vertices,
        indices=indices,
        flags=engine.GEOM_FORCE_CONCAVE_TRIMESH,
    )
    body = int(engine.createMultiBody(0, shape, useMaximalCoordinates=1))
    engine.changeDynamics(body, -1, lateralFriction=_FRICTION, restitution=0.0)
    return body


def _triangles(n: int) -> list[int]:
    """Return triangle indices of a prism with ``n`` lower, then ``n`` upper corners."""
    found: list[int] = []
    for i in range(n):
        j = (i + 1) % n
        found += [i, j, n + j, i, n + j, n + i]
    for i in range(1, n - 1):
        found += [0, i + 1, i, n, n + i, n + i + 1]
    return found


def _show(engine: Engine, solid: Solid) -> None:
    """Draw a solid in the window: a body without a collision shape."""
    corners = [(x, y, z) for z in (solid.bottom, solid.top) for x, y in solid.polygon]
    indices = _triangles(len(solid.polygon))
    visual = engine.createVisualShape(
        engine.GEOM_MESH, vertices=corners, indices=indices, rgbaColor=solid.colour
    )
    engine.createMultiBody(0, -1, visual, useMaximalCoordinates=1)


class Crowd:
    """Visitors as upright capsules that are moved, never pushed.

    Attributes:
        names: ``body -> "visitor 3"``.
    """

    def __init__(self, engine: Engine, visitors: Walkers, *, view: bool) -> None:
        self.names: dict[int, str] = {}
        self._engine = engine
        self._bodies: list[int] = []
        self._half = 0.5 * np.asarray(visitors.height)
        for index, height in enumerate(visitors.height):
            body = self._create(index, float(visitors.radius[index]), float(height), view=view)
            self._bodies.append(body)
            self.names[body] = f"visitor {index}"
        self.place(visitors)

    def _create(self, index: int, radius: float, height: float, *, view: bool) -> int:
        engine = self._engine
        length = max(height - 2.0 * radius, 0.01)
        shape = engine.createCollisionShape(engine.GEOM_CAPSULE, radius=radius, height=length)
        visual = _figure(engine, index, radius, height) if view else -1
        return int(engine.createMultiBody(0, shape, visual))

    def place(self, visitors: Walkers) -> None:
        """Move every capsule to its visitor."""
        move = self._engine.resetBasePositionAndOrientation
        spots: Sequence[Sequence[float]] = np.asarray(visitors.position).tolist()
        turns: Sequence[float] = np.asarray(visitors.heading).tolist()
        for body, (x, y), yaw, half in zip(self._bodies, spots, turns, self._half, strict=True):
            move(body, (x, y, half), (0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)))


def _figure(engine: Engine, index: int, radius: float, height: float) -> int:
    """Return the visual shape of a person: a coat and a head, the face to +x."""
    head = 0.11 * height / 1.6
    body = height - 2.0 * head
    coat = _COATS[index % len(_COATS)]
    return int(
        engine.createVisualShapeArray(
            shapeTypes=[engine.GEOM_CAPSULE, engine.GEOM_SPHERE],
            radii=[0.8 * radius, head],
            lengths=[max(body - 1.6 * radius, 0.01), 0.0],
            rgbaColors=[coat, _SKIN],
            visualFramePositions=[[0, 0, -head], [0.02, 0, height / 2 - head]],
        )
    )
