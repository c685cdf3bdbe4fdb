"""Closed triangle meshes, drawn from formulas: what the robots are made of.

Lengths in metres, faces counter-clockwise seen from outside, so that the enclosed volume is
positive. Numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mesh:
    """A closed surface.

    Attributes:
        vertices: Shape (n, 3) [m].
        faces: Vertex indices, shape (m, 3).
    """

    vertices: Array
    faces: NDArray[np.int64]

    def moved(self, at: ArrayLike = (0.0, 0.0, 0.0), rpy: ArrayLike = (0.0, 0.0, 0.0)) -> Mesh:
        """Return it turned by ``rpy`` [rad], then shifted by ``at`` [m]."""
        return Mesh(self.vertices @ rotation_from_rpy(rpy).T + np.asarray(at), self.faces)

    def scaled(self, factors: ArrayLike) -> Mesh:
        """Return it stretched along x, y, z; positive factors (3,)."""
        return Mesh(self.vertices * np.asarray(factors, dtype=np.float64), self.faces)

    def mirrored(self) -> Mesh:
        """Return its mirror image in the plane y = 0."""
        return Mesh(self.vertices * np.array([1.0, -1.0, 1.0]), self.faces[:, ::-1])


def rotation_from_rpy(rpy: ArrayLike) -> Array:
    """Return the matrix (3, 3) of URDF's fixed-axis roll, pitch, yaw [rad]."""
    (cr, cp, cy), (sr, sp, sy) = np.cos(rpy), np.sin(rpy)
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Return one mesh that holds them all, each still closed."""
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    faces = [mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=True)]
    return Mesh(np.concatenate([mesh.vertices for mesh in meshes]), np.concatenate(faces))


def _power(value: Array, exponent: float) -> Array:
    return np.asarray(np.sign(value) * np.abs(value) ** exponent)


def blob(
    half: ArrayLike,
    *,
    square: tuple[float, float] = (1.0, 1.0),
    taper: float = 0.0,
    detail: int = 10,
) -> Mesh:
    """Return a superellipsoid: ellipsoid, rounded box or anything between.

    Points are ``half * (cos^a(u) cos^b(v), cos^a(u) sin^b(v), sin^a(u))`` (A. Barr, 1981).

    Args:
        half: Half lengths along x, y, z, shape (3,) [m].
        square: Exponents (a, b) of the side view and of the top view; 1 is round, 0.3 is a box
            with soft corners.
        taper: The top is wider by this part and the bottom narrower.
        detail: Rings from pole to pole; there are twice as many columns.
    """
    latitude = np.linspace(-np.pi / 2, np.pi / 2, detail + 1)[1:-1]
    longitude = np.arange(2 * detail) * (np.pi / detail)
    ring, height = _power(np.cos(latitude), square[0]), _power(np.sin(latitude), square[0])
    x = ring[:, None] * _power(np.cos(longitude), square[1])
    y = ring[:, None] * _power(np.sin(longitude), square[1])
    z = np.repeat(height[:, None], 2 * detail, axis=1)
    wide = 1.0 + taper * z
    return _rings(np.stack([x * wide, y * wide, z], axis=-1), (-1.0, 1.0)).scaled(half)


def lathe(profile: ArrayLike, *, columns: int = 24) -> Mesh:
    """Return the body of revolution about z of a profile.

    Args:
        profile: Radius and height, bottom to top, shape (k, 2) [m]; the ends are closed by discs.
        columns: Facets around.
    """
    radius, height = np.asarray(profile, dtype=np.float64).T
    angle = np.arange(columns) * (2 * np.pi / columns)
    x, y = radius[:, None] * np.cos(angle), radius[:, None] * np.sin(angle)
    z = np.repeat(height[:, None], columns, axis=1)
    return _rings(np.stack([x, y, z], axis=-1), (float(height[0]), float(height[-1])))


def cylinder(radius: float, length: float, *, columns: int = 24, edge: float = 0.0) -> Mesh:
    """Return a cylinder along z about the origin, its rims bevelled by ``edge`` [m]."""
    half = length / 2
    profile = [(radius, -half), (radius, half)]
    if edge > 0.0:
        profile = [
            (radius - edge, -half),
            (radius, -half + edge),
            (radius, half - edge),
            (radius - edge, half),
        ]
    return lathe(profile, columns=columns)


def box(size: ArrayLike) -> Mesh:
    """Return a cuboid of full lengths ``size`` (3,) [m] about the origin."""
    half = np.asarray(size, dtype=np.float64) / 2
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    rings = np.stack([np.column_stack([corner, np.full(4, z)]) for z in (-1.0, 1.0)])
    return _rings(rings, (-1.0, 1.0)).scaled(half)


def tube(path: ArrayLike, radius: ArrayLike, *, sides: int = 8) -> Mesh:
    """Return a bent rod of round section along ``path``, closed at both ends.

    Args:
        path: Centre line, shape (k, 3) [m], not running along its own binormal.
        radius: Radius of the rod [m], one for all or one for each point.
        sides: Facets around.
    """
    centre = np.asarray(path, dtype=np.float64)
    tangent = np.gradient(centre, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    seed = np.eye(3)[np.argmin(np.abs(tangent).max(axis=0))]
    side = np.cross(tangent, seed)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(tangent, side)
    angle = np.arange(sides) * (2 * np.pi / sides)
    reach = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(centre))[:, None, None]
    around = np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * up[:, None]
    return loft(centre[:, None] + reach * around, centre[0], centre[-1])


def prism(outline: ArrayLike, thickness: float) -> Mesh:
    """Return a plate along z over an outline (k, 2) [m] that is star-shaped about the origin."""
    flat = np.asarray(outline, dtype=np.float64)
    levels = (-thickness / 2, thickness / 2)
    rings = np.stack([np.column_stack([flat, np.full(len(flat), z)]) for z in levels])
    return _rings(rings, levels)


def ring(radius: float, thickness: float, *, columns: int = 28, sides: int = 10) -> Mesh:
    """Return a torus about z: centre line ``radius``, section ``thickness`` (a radius) [m]."""
    turn = np.arange(columns) * (2 * np.pi / columns)
    angle = np.arange(sides) * (2 * np.pi / sides)
    reach = radius + thickness * np.cos(angle)
    x, y = np.outer(np.cos(turn), reach), np.outer(np.sin(turn), reach)
    z = np.repeat(thickness * np.sin(angle)[None], columns, axis=0)
    index = np.arange(columns * sides).reshape(columns, sides)
    after, above = np.roll(index, -1, axis=0), np.roll(index, -1, axis=1)
    both = np.roll(after, -1, axis=1)
    faces = _quads(index, after, both, above)
    return Mesh(np.stack([x, y, z], axis=-1).reshape(-1, 3), faces)


def _quads(
    a: NDArray[np.int64], b: NDArray[np.int64], c: NDArray[np.int64], d: NDArray[np.int64]
) -> NDArray[np.int64]:
    one = np.stack([a, b, c], axis=-1).reshape(-1, 3)
    two = np.stack([a, c, d], axis=-1).reshape(-1, 3)
    return np.concatenate([one, two])


def _rings(points: Array, ends: tuple[float, float]) -> Mesh:
    """Return the surface through rings (k, n, 3) from bottom to top with poles on the z axis."""
    return loft(points, np.array([0.0, 0.0, ends[0]]), np.array([0.0, 0.0, ends[1]]))


def loft(points: Array, first: Array, last: Array) -> Mesh:
    """Return the surface through rings (k, n, 3), with one more vertex at each end."""
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    after = np.roll(index, -1, axis=1)
    sides = _quads(index[:-1], after[:-1], after[1:], index[1:])
    low, high = rows * columns, rows * columns + 1
    floor = np.column_stack([after[0], index[0], np.full(columns, low)])
    roof = np.column_stack([index[-1], after[-1], np.full(columns, high)])
    vertices = np.concatenate([points.reshape(-1, 3), [first, last]])
    mesh = Mesh(vertices, np.concatenate([sides, floor, roof]))
    return mesh if volume(mesh) > 0.0 else Mesh(vertices, mesh.faces[:, ::-1])


def volume(mesh: Mesh) -> float:
    """Return the enclosed volume [m³] by the divergence theorem."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)
