"""Pictures of a recorded scene: the place, the robots and the visitors, without any physics."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon

from robotics.assets import asset
from sim.engine import Engine
from sim.floor import Floor, Row
from sim.meshes import Mesh, prism_mesh, strip_meshes, turned_mesh
from sim.shots import Camera, Frame
from sim.world import Solid, World

Picture = NDArray[np.uint8]
Outline = Sequence[tuple[float, float]]

COAT = ((0.0, 0.0), (0.62, 0.0), (0.56, 0.3), (0.8, 0.52), (0.92, 0.74), (0.45, 0.83), (0.0, 0.84))
"""Outline of a visitor: distance from its axis / radius, height / height."""
BOX = (0.74, 0.55, 0.34, 1.0)
"""Of litter that people have to take."""
SEA = (0.46, 0.66, 0.74, 1.0)
SKY = np.array([[214, 229, 240], [150, 193, 226]], dtype=np.float64)
"""Colour at the horizon and overhead."""
SHADE = (0.6, 0.58, 0.55, 1.0)
SLAB_RADIUS = 16.0
"""Joints between slabs are drawn this near the focus [m]."""
VIEW_RADIUS = 45.0
"""Things farther from the focus are left out [m]."""


class Studio:
    """A renderer of its own; one picture at a time.

    Args:
        world: The place.
        focus: Middle of what will be shown, shape (2,) [m].
        robots: Names of the robots; each has ``urdf/<name>/<name>.urdf``.

    Raises:
        MissingDependency: PyBullet is not installed.
    """

    def __init__(self, world: World, focus: Sequence[float], robots: Iterable[str]) -> None:
        self._engine = Engine()
        self._build_place(world, Point(*focus))
        self._robots = {name: self._load(name) for name in robots}
        self._figures: dict[int, int] = {}
        self._world = world
        self._floor: Floor | None = None

    def lay_ground(self, trail: Sequence[Row], span: tuple[float, float]) -> None:
        """Show dirt, wet ground and spray from now on, see ``sim.floor``.

        Args:
            trail: (time, x, y, yaw) of the sweeper while its brushes turned.
            span: First and last time to be shown [s].
        """
        self._floor = Floor(self._engine, self._shape, self._world, trail, span)

    def put_litter(self, at: NDArray[np.float64], size: float) -> None:
        """Lay a box of ``size`` [m] on the ground ``at`` (3,)."""
        half = size / 2.0
        corners = [(-half, -half / 2), (half, -half / 2), (half, half / 2), (-half, half / 2)]
        outline = [(float(at[0]) + x, float(at[1]) + y) for x, y in corners]
        self._prism(outline, 0.0, 0.6 * size, BOX)

    def close(self) -> None:
        """Let go of the renderer."""
        self._engine.close()

    def pose(self, frame: Frame) -> None:
        """Put everything where ``frame`` says."""
        for name, seen in frame["robots"].items():
            self._pose_robot(self._robots[name], seen)
        self._pose_figures(frame.get("visitors", []))
        if self._floor is not None and "sweeper" in frame["robots"]:
            self._floor.show(frame["time"], frame["robots"]["sweeper"])

    def picture(self, camera: Camera, width: int, height: int) -> Picture:
        """Return what ``camera`` sees, shape (height, width, 3)."""
        picture, empty = exposed(self._engine, camera, width, height)
        rows = np.linspace(1.0, 0.0, height)[:, None]
        sky = (SKY[0] * (1 - rows) + SKY[1] * rows)[:, None, :].repeat(width, axis=1)
        picture[empty] = sky[empty].astype(np.uint8)
        return picture

    def _build_place(self, world: World, focus: Point) -> None:
        visible = focus.buffer(VIEW_RADIUS)
        self._prism(_corners(visible), -0.6, -0.5, SEA)
        for paving in world.paving:
            outline = _clip(paving.polygon, visible)
            self._prism(outline, -0.5, 0.0, paving.colour)
            self._draw_joints(outline, focus, paving.colour)
        for solid in world.solids:
            if not Polygon(solid.polygon).intersects(visible):
                continue
            for bottom, top in _visible_spans(solid):
                self._prism(solid.polygon, bottom, top, solid.colour)

    def _prism(self, outline: Outline, bottom: float, top: float, colour: Sequence[float]) -> None:
        if len(outline) >= 3:
            self._place(prism_mesh(outline, bottom, top), colour)

    def _draw_joints(self, outline: Outline, focus: Point, colour: Sequence[float]) -> None:
        """Draw the joints between paving slabs, so that motion over the ground can be seen.

        The renderer looks at every pixel of a triangle's bounding box, so the strips are short.
        """
        shape = Polygon(outline).intersection(focus.buffer(SLAB_RADIUS)) if outline else Polygon()
        if shape.is_empty:
            return
        west, south, east, north = (round(v) for v in shape.bounds)
        lines = []
        for x in range(west, east + 1):
            for y in range(south, north + 1):
                lines += [((x, y), (x, y + 1.0)), ((x, y), (x + 1.0, y))]
        for mesh in strip_meshes(shape, lines):
            self._place(mesh, [*(0.86 * c for c in colour[:3]), 1.0])

    def _place(self, mesh: Mesh, colour: Sequence[float]) -> None:
        shape = self._shape(mesh, colour)
        self._engine.createMultiBody(0, -1, shape)

    def _shape(self, mesh: Mesh, colour: Sequence[float]) -> int:
        engine = self._engine
        return int(
            engine.createVisualShape(
                engine.GEOM_MESH,
                vertices=mesh.vertices,
                normals=mesh.normals,
                indices=mesh.indices,
                rgbaColor=list(colour),
                specularColor=[0.05, 0.05, 0.05],
            )
        )

    def _load(self, name: str) -> int:
        path = str(asset(f"urdf/{name}/{name}.urdf"))
        return int(self._engine.loadURDF(path, useFixedBase=True))

    def _pose_robot(self, body: int, seen: dict[str, Any]) -> None:
        engine = self._engine
        info = engine.getDynamicsInfo(body, -1)
        place = engine.multiplyTransforms(seen["position"], seen["quaternion"], info[3], info[4])
        engine.resetBasePositionAndOrientation(body, *place)
        joints = range(engine.getNumJoints(body))
        kinds = {j: engine.getJointInfo(body, j)[2] for j in joints}
        moving = [j for j, kind in kinds.items() if kind == engine.JOINT_REVOLUTE]
        for joint, angle in zip(moving, seen["joints"], strict=True):
            engine.resetJointState(body, joint, angle)

    def _pose_figures(self, visitors: Sequence[Sequence[float]]) -> None:
        """Stand every visitor where it is, and put those away who are not there."""
        here = {int(row[0]): row for row in visitors}
        for number in here.keys() - self._figures.keys():
            self._figures[number] = self._figure(number, *here[number][4:6])
        for number, body in self._figures.items():
            _, x, y, yaw, *_ = here.get(number, (0, 0.0, 0.0, 0.0))
            z = 0.0 if number in here else -50.0
            turn = (0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2))
            self._engine.resetBasePositionAndOrientation(body, (x, y, z), turn)

    def _figure(self, number: int, radius: float, height: float) -> int:
        """Make a visitor: a coat in a colour of its own, a head, hair that shows where it looks."""
        engine = self._engine
        coat = [*colorsys.hsv_to_rgb((0.61803 * number + 0.07) % 1.0, 0.42, 0.80), 1.0]
        skin = [0.93, 0.78, 0.66, 1.0] if number % 3 else [0.83, 0.66, 0.52, 1.0]
        head = 0.075 * height + 0.02
        neck = height - head
        shapes = [
            self._shape(turned_mesh([(radius * r, height * z) for r, z in COAT]), coat),
            self._shape(turned_mesh(_ball(head)), skin),
            self._shape(turned_mesh(_ball(1.06 * head)), [0.16, 0.13, 0.12, 1.0]),
            self._shape(turned_mesh([(1.15 * radius, 0.006), (0.0, 0.0061)]), SHADE),
        ]
        return int(
            engine.createMultiBody(
                0,
                -1,
                shapes[0],
                linkMasses=[0] * 3,
                linkCollisionShapeIndices=[-1] * 3,
                linkVisualShapeIndices=shapes[1:],
                linkPositions=[[0, 0, neck], [-0.25 * head, 0, neck + 0.2 * head], [0, 0, 0]],
                linkOrientations=[[0, 0, 0, 1]] * 3,
                linkInertialFramePositions=[[0, 0, 0]] * 3,
                linkInertialFrameOrientations=[[0, 0, 0, 1]] * 3,
                linkParentIndices=[0] * 3,
                linkJointTypes=[engine.JOINT_FIXED] * 3,
                linkJointAxis=[[0, 0, 1]] * 3,
            )
        )


def exposed(
    engine: Engine, camera: Camera, width: int, height: int
) -> tuple[Picture, NDArray[np.bool_]]:
    """Return what ``camera`` sees (height, width, 3), and where it sees nothing (height, width)."""
    view = engine.computeViewMatrix(camera.eye.tolist(), camera.target.tolist(), [0, 0, 1])
    lens = engine.computeProjectionMatrixFOV(camera.field_of_view, width / height, 0.1, 120.0)
    _, _, rgba, depth, _ = engine.getCameraImage(
        width,
        height,
        view,
        lens,
        lightDirection=[-6, 9, 14],
        shadow=0,
        lightAmbientCoeff=0.58,
        lightDiffuseCoeff=0.52,
        lightSpecularCoeff=0.12,
        renderer=engine.ER_TINY_RENDERER,
        flags=engine.ER_NO_SEGMENTATION_MASK,
    )
    picture = np.array(rgba, dtype=np.uint8).reshape(height, width, 4)[:, :, :3].copy()
    return picture, np.asarray(depth).reshape(height, width) >= 0.99999


def _visible_spans(solid: Solid) -> list[tuple[float, float]]:
    """Return (bottom, top) of what is seen of a solid: of a railing's panel, two chains."""
    if solid.kind != "railing":
        return [(solid.bottom, solid.top)]
    return [(solid.top * share - 0.025, solid.top * share + 0.025) for share in (0.45, 0.88)]


def _ball(radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0.0, math.pi, 9)
    return [(radius * math.sin(a), -radius * math.cos(a)) for a in angles]


def _corners(shape: Polygon) -> Outline:
    ring = shape.exterior
    points = [(x, y) for x, y in list(ring.coords)[:-1]]
    return points if ring.is_ccw else points[::-1]


def _clip(outline: Outline, visible: Polygon) -> Outline:
    cut = Polygon(outline).intersection(visible).simplify(0.05)
    return _corners(cut) if isinstance(cut, Polygon) and not cut.is_empty else ()
