"""The floor of a walk's video: slabs, soft shadows, footprints, centre of mass and ξ.

Colours are worked out pixel by pixel from where its ray meets the ground: exact on level ground,
from the renderer's depth where things lie on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from robotics.core.arrays import Array
from robotics.core.walked import Sole
from sim.bullet import BulletWorld
from sim.grounds import GROUNDS
from sim.shots import Camera

Picture = NDArray[np.uint8]
NEAR, FAR = 0.3, 40.0
"""Of the lens [m]."""
SLAB = 0.5
"""Side of a slab [m]."""
SKY = np.array([[236.0, 240.0, 243.0], [206.0, 218.0, 228.0]])
"""Behind: low and high."""
STONE, JOINT = np.array([226.0, 224.0, 218.0]), np.array([176.0, 174.0, 168.0])
WET = np.array([196.0, 204.0, 210.0])
FEET = np.array([[47.0, 111.0, 196.0], [217.0, 103.0, 46.0]])
"""Colours of footprints, left and right."""
COM, XI = np.array([30.0, 34.0, 38.0]), np.array([155.0, 47.0, 143.0])
MIST = (3.5, 9.0)
"""The ground fades into the sky between these distances [m]."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is seen on the ground at an instant."""

    soles: Array
    """Points under the ankles, shape (2, 3) [m]."""
    sole_yaw: Array
    """Shape (2,) [rad]."""
    prints: Sequence[tuple[int, float, float, float]]
    """Footprints: side, x, y, yaw."""
    com: Array
    """Shape (2,) [m]."""
    xi: Array
    """Shape (2,) [m]."""
    trunk: Array
    """Where the body's shadow is, shape (2,) [m]."""


class Floor:
    """The ground of one walk.

    Args:
        ground: Its name in ``sim.grounds``.
        seed: Of what is random in it.
        sole: Outline of a sole.
    """

    def __init__(self, ground: str, seed: int, sole: Sole) -> None:
        self._sole = sole
        self._stone = WET if ground == "wet" else STONE
        self._world: BulletWorld | None = None
        if ground not in ("flat", "wet"):
            self._world = BulletWorld()
            GROUNDS[ground].lay(self._world, seed)

    def close(self) -> None:
        """Let go of the renderer."""
        if self._world is not None:
            self._world.close()

    def picture(self, camera: Camera, size: tuple[int, int], scene: Scene) -> Array:
        """Return what ``camera`` sees of ground and sky, shape (height, width, 3), 0 to 255."""
        width, height = size
        rays = _rays(camera, width, height)
        reach, shade = self._meets(camera, rays, size)
        rows = np.linspace(1.0, 0.0, height)[:, None, None]
        picture = np.broadcast_to(SKY[0] * (1 - rows) + SKY[1] * rows, (height, width, 3)).copy()
        seen = np.isfinite(reach) & (reach < MIST[1])
        spots = camera.eye[:2] + reach[seen][:, None] * rays[seen][:, :2]
        pixel = reach[seen] * 2.0 * math.tan(math.radians(camera.field_of_view) / 2) / height
        colour = self._slabs(spots, pixel, rays[seen])
        self._paint(colour, spots, pixel, scene)
        colour *= shade[seen][:, None]
        mist = np.clip((reach[seen] - MIST[0]) / (MIST[1] - MIST[0]), 0.0, 1.0)[:, None]
        picture[seen] = colour * (1.0 - mist) + picture[seen] * mist
        return picture

    def _meets(self, camera: Camera, rays: Array, size: tuple[int, int]) -> tuple[Array, Array]:
        """Return how far the ground is along each ray [m], infinite for none, and its shade."""
        if self._world is None:
            down = -rays[:, :, 2]
            with np.errstate(divide="ignore"):
                reach = np.where(down > 1e-4, camera.eye[2] / np.maximum(down, 1e-4), np.inf)
            return reach, np.ones_like(reach)
        engine, (width, height) = self._world.engine, size
        view = engine.computeViewMatrix(camera.eye.tolist(), camera.target.tolist(), [0, 0, 1])
        lens = engine.computeProjectionMatrixFOV(camera.field_of_view, width / height, NEAR, FAR)
        _, _, rgba, depth, body = engine.getCameraImage(
            *(width, height, view, lens),
            lightDirection=[-4, -7, 14],
            shadow=0,
            renderer=engine.ER_TINY_RENDERER,
        )
        depth = np.asarray(depth, dtype=np.float64).reshape(height, width)
        ahead = FAR * NEAR / (FAR - (FAR - NEAR) * depth)
        axis = (camera.target - camera.eye) / np.linalg.norm(camera.target - camera.eye)
        some = (np.asarray(body).reshape(height, width) >= 0) & (depth < 0.99999)
        reach = np.where(some, ahead / (rays @ axis), np.inf)
        bright = np.asarray(rgba, dtype=np.float64).reshape(height, width, 4)[:, :, :3].max(axis=2)
        return reach, 0.55 + 0.45 * bright / 255.0

    def _slabs(self, spots: Array, pixel: Array, rays: Array) -> Array:
        """Return the colours (k, 3) of points (k, 2) of the paving, seen along ``rays`` (k, 3).

        A joint is as faint as it is narrower than what a pixel covers of the ground, which is
        long where the ray is flat.
        """
        flat = np.maximum(np.hypot(rays[:, 0], rays[:, 1]), 1e-9)
        along = np.abs(rays[:, :2]) / flat[:, None]
        longer = 1.0 / np.maximum(-rays[:, 2], 0.02)
        joint = np.zeros(len(spots))
        for axis in (0, 1):
            whole = spots[:, axis] / SLAB
            off = SLAB * np.abs(whole - np.round(whole))
            wide = pixel * (along[:, 1 - axis] + along[:, axis] * longer)
            part = np.clip((0.004 - off) / wide + 0.5, 0.0, 1.0)
            joint = np.maximum(joint, part * np.minimum(0.012 / wide, 1.0))
        return np.asarray(self._stone + joint[:, None] * (JOINT - self._stone))

    def _paint(self, colour: Array, spots: Array, pixel: Array, scene: Scene) -> None:
        """Paint shadows, footprints and marks onto ``colour`` (k, 3) of points (k, 2)."""
        self._shade(colour, spots, scene)
        for side, x, y, yaw in scene.prints:
            near = _around(spots, (x, y), 0.18)
            here = colour[near]
            self._print(here, self._away(spots[near], (x, y), yaw), pixel[near], FEET[side])
            colour[near] = here
        for place, tint, size in ((scene.xi, XI, 0.020), (scene.com, COM, 0.016)):
            near = _around(spots, place, 1.5 * size)
            far = np.hypot(*(spots[near] - place).T)
            here = colour[near]
            _blend(here, np.clip((size - far) / pixel[near] + 0.5, 0.0, 1.0), tint)
            colour[near] = here

    def _shade(self, colour: Array, spots: Array, scene: Scene) -> None:
        """Darken ``colour`` (k, 3) under the body and around the soles that are low."""
        near = _around(spots, scene.trunk, 0.5)
        off = spots[near] - scene.trunk
        colour[near] *= (1.0 - 0.28 * np.exp(-(off**2).sum(axis=1) / 0.03))[:, None]
        for place, yaw in zip(scene.soles, scene.sole_yaw, strict=True):
            near = _around(spots, place[:2], 0.25)
            away = np.maximum(self._away(spots[near], place[:2], float(yaw)), 0.0)
            low = 0.45 * math.exp(-max(float(place[2]), 0.0) / 0.05)
            colour[near] *= (1.0 - low * np.exp(-((away / 0.03) ** 2)))[:, None]

    def _away(self, spots: Array, place: ArrayLike, yaw: float) -> Array:
        """Return how far points (k, 2) are outside a sole's outline, negative inside [m]."""
        c, s = math.cos(yaw), math.sin(yaw)
        away = spots - np.asarray(place)
        x, y = away @ np.array([c, s]), away @ np.array([-s, c])
        sole = self._sole
        middle, half = 0.5 * (sole.front + sole.rear), 0.5 * (sole.front - sole.rear)
        return np.asarray(np.maximum(np.abs(x - middle) - half, np.abs(y) - sole.side))

    def _print(self, colour: Array, away: Array, pixel: Array, tint: Array) -> None:
        """Paint a footprint onto ``colour`` (k, 3), ``away`` (k,) [m] from its outline."""
        inside = np.clip(-away / pixel + 0.5, 0.0, 1.0)
        rim = np.clip((0.004 - np.abs(away + 0.004)) / pixel + 0.5, 0.0, 1.0)
        _blend(colour, 0.16 * inside, tint)
        _blend(colour, 0.55 * rim, tint)


def _around(spots: Array, place: ArrayLike, reach: float) -> NDArray[np.int64]:
    """Return which points (k, 2) are in a square around ``place``, as places."""
    x, y = np.asarray(place, dtype=np.float64).tolist()
    near = (np.abs(spots[:, 0] - x) < reach) & (np.abs(spots[:, 1] - y) < reach)
    return np.flatnonzero(near)


def _blend(colour: Array, share: Array, tint: Array) -> None:
    colour += share[:, None] * (tint - colour)


def _rays(camera: Camera, width: int, height: int) -> Array:
    """Return the unit directions of all pixels in the map, shape (height, width, 3)."""
    ahead = camera.target - camera.eye
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    reach = math.tan(math.radians(camera.field_of_view) / 2)
    y = reach * (1.0 - (2.0 * np.arange(height) + 1.0) / height)
    x = reach * width / height * ((2.0 * np.arange(width) + 1.0) / width - 1.0)
    rays = ahead + x[None, :, None] * right + y[:, None, None] * up
    length = np.sqrt((rays * rays).sum(axis=2, keepdims=True))
    return np.asarray(rays / length)
