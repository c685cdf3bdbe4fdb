"""Triangle meshes of simple shapes, for pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapely import LineString
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]

STRIP = 0.012
"""Half the width of a joint between two slabs [m]."""
LIFT = 0.004
"""A joint lies this high above the slabs, so that it is seen [m]."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Vertices [m], a normal each, and triangles as triples of indices, anticlockwise."""

    vertices: list[list[float]]
    normals: list[list[float]]
    indices: list[int]


def prism_mesh(outline: Sequence[Point], bottom: float, top: float) -> Mesh:
    """Return an upright prism over a polygon.

    Args:
        outline: Anticlockwise corners; a concave polygon is cut into triangles.
        bottom: Height of the lower face [m].
        top: Height of the upper face [m].
    """
    mesh = Mesh([], [], [])
    for level, sign in ((top, 1.0), (bottom, -1.0)):
        first = len(mesh.vertices)
        mesh.vertices.extend([x, y, level] for x, y in outline)
        mesh.normals.extend([0.0, 0.0, sign] for _ in outline)
        for a, b, c in triangles(outline):
            order = (a, b, c) if sign > 0 else (a, c, b)
            mesh.indices.extend(first + i for i in order)
    for (ax, ay), (bx, by) in zip(outline, (*outline[1:], outline[0]), strict=True):
        length = math.hypot(bx - ax, by - ay) or 1.0
        normal = [(by - ay) / length, (ax - bx) / length, 0.0]
        add_quad(mesh, [[ax, ay, bottom], [bx, by, bottom], [bx, by, top], [ax, ay, top]], normal)
    return mesh


def triangles(outline: Sequence[Point]) -> list[tuple[int, int, int]]:
    """Cut a simple anticlockwise polygon into triangles by clipping its ears (Meisters 1975)."""
    left = list(range(len(outline)))
    found = []
    while len(left) > 3:
        for k in range(len(left)):
            a, b, c = left[k - 1], left[k], left[(k + 1) % len(left)]
            corner = (outline[a], outline[b], outline[c])
            others = (outline[i] for i in left if i not in (a, b, c))
            if _area(*corner) > 1e-12 and not any(_inside(p, *corner) for p in others):
                found.append((a, b, c))
                del left[k]
                break
        else:
            break
    return [*found, (left[0], left[1], left[2])]


def turned_mesh(profile: Sequence[Point], sides: int = 14) -> Mesh:
    """Return a body of revolution about z.

    Args:
        profile: (distance from the axis, height) from the lower to the upper end [m].
        sides: Faces around.
    """
    mesh, last = Mesh([], [], []), len(profile) - 1
    for k, (radius, height) in enumerate(profile):
        (r0, z0), (r1, z1) = profile[max(0, k - 1)], profile[min(last, k + 1)]
        length = math.hypot(r1 - r0, z1 - z0) or 1.0
        out, up = (z1 - z0) / length, (r0 - r1) / length
        for i in range(sides + 1):
            c, s = math.cos(math.tau * i / sides), math.sin(math.tau * i / sides)
            mesh.vertices.append([radius * c, radius * s, height])
            mesh.normals.append([out * c, out * s, up])
    for k in range(last):
        for i in range(sides):
            a = k * (sides + 1) + i
            b = a + sides + 1
            mesh.indices.extend([a, a + 1, b + 1, a, b + 1, b])
    return mesh


def strip_meshes(shape: BaseGeometry, lines: Sequence[tuple[Point, Point]]) -> Iterator[Mesh]:
    """Yield thin strips on the ground along those parts of ``lines`` that lie in ``shape``."""
    mesh = Mesh([], [], [])
    for line in lines:
        cut = LineString(line).intersection(shape)
        for piece in getattr(cut, "geoms", [cut]):
            if piece.length > 0.05:
                add_quad(mesh, _strip(piece.coords[0], piece.coords[-1]), [0.0, 0.0, 1.0])
        if len(mesh.vertices) > 1200:
            yield mesh
            mesh = Mesh([], [], [])
    if mesh.vertices:
        yield mesh


def _strip(start: Point, end: Point) -> list[list[float]]:
    (ax, ay), (bx, by) = start, end
    length = math.hypot(bx - ax, by - ay)
    nx, ny = STRIP * (ay - by) / length, STRIP * (bx - ax) / length
    corners = ((ax - nx, ay - ny), (bx - nx, by - ny), (bx + nx, by + ny), (ax + nx, ay + ny))
    return [[x, y, LIFT] for x, y in corners]


def add_quad(mesh: Mesh, corners: list[list[float]], normal: list[float]) -> None:
    """Add a face with four corners, anticlockwise seen from where ``normal`` points."""
    first = len(mesh.vertices)
    mesh.vertices.extend(corners)
    mesh.normals.extend([normal] * 4)
    mesh.indices.extend(first + i for i in (0, 1, 2, 0, 2, 3))


def _area(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _inside(p: Point, a: Point, b: Point, c: Point) -> bool:
    return _area(a, b, p) >= 0 and _area(b, c, p) >= 0 and _area(c, a, p) >= 0
