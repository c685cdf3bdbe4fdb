"""Meshes as Wavefront OBJ, coloured through one small palette picture.

PyBullet's window gives one colour to a link (bullet3 issue 2650), however many visuals it has, but
it honours a texture, as the software renderer and every other viewer do. So each link is one mesh,
and each face looks up its colour in ``palette.png``.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from urdf.shapes import Array, Mesh

Colour = tuple[float, float, float]
CREASE = float(np.cos(np.radians(38.0)))
"""Edges sharper than 38° stay sharp."""
SWATCH = 16
"""Side of one colour's square [pixel]; its centre is read, far from its neighbours."""

MATERIAL = "newmtl palette\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nmap_Kd palette.png\n"


def palette_png(palette: Mapping[str, Colour]) -> bytes:
    """Return a picture with one square a colour, left to right, as an uncompressed PNG."""
    row = np.repeat(np.array(list(palette.values())), SWATCH, axis=0)
    pixels = np.round(255.0 * np.repeat(row[None], SWATCH, axis=0)).astype(np.uint8)
    height, width = pixels.shape[:2]
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 0)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def obj(painted: Iterable[tuple[str, Mesh]], palette: Mapping[str, Colour]) -> str:
    """Return OBJ text of meshes with their colours' names."""
    shades = list(palette)
    lines = ["mtllib palette.mtl", "usemtl palette"]
    lines += [f"vt {_row([(k + 0.5) / len(shades), 0.5], 4)}" for k in range(len(shades))]
    vertices, normals = 0, 0
    for colour, mesh in painted:
        directions, corners = _normals(mesh)
        lines += [f"v {_row(vertex, 4)}" for vertex in mesh.vertices]
        lines += [f"vn {_row(direction, 2)}" for direction in directions]
        texture = shades.index(colour) + 1
        for face, corner in zip(mesh.faces + vertices + 1, corners + normals + 1, strict=True):
            words = (f"{v}/{texture}/{n}" for v, n in zip(face, corner, strict=True))
            lines.append("f " + " ".join(words))
        vertices, normals = vertices + len(mesh.vertices), normals + len(directions)
    return "\n".join([*lines, ""])


def _row(values: Iterable[float], digits: int) -> str:
    return " ".join(f"{round(float(value), digits) + 0.0:g}" for value in values)


def _normals(mesh: Mesh) -> tuple[Array, NDArray[np.int64]]:
    """Return distinct normals (k, 3) and the index of each face corner's normal (m, 3)."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    scaled = np.cross(b - a, c - a)
    unit = scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-30)
    around: list[list[int]] = [[] for _ in mesh.vertices]
    for number, face in enumerate(mesh.faces):
        for vertex in face:
            around[vertex].append(number)
    corners = np.zeros((len(mesh.faces), 3, 3))
    for number, face in enumerate(mesh.faces):
        for k, vertex in enumerate(face):
            near = np.array(around[vertex])
            alike = near[unit[near] @ unit[number] > CREASE]
            corners[number, k] = scaled[alike].sum(axis=0) if len(alike) else (0.0, 0.0, 1.0)
    flat = corners.reshape(-1, 3)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
    normals, index = np.unique(flat.round(2) + 0.0, axis=0, return_inverse=True)
    return np.asarray(normals), np.asarray(index.reshape(-1, 3), dtype=np.int64)
