"""Write both robots: ``python -m urdf.build`` rewrites the URDF files and their meshes.

Same tables, same files, byte for byte. Each link is drawn by one mesh per colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import ArrayLike

from urdf.greeter.parts import greeter
from urdf.parts import Collision, Joint, Link, Robot, inertial
from urdf.shapes import Array, Mesh, join
from urdf.sweeper.parts import sweeper

FOLDER = Path(__file__).resolve().parent
CREASE = np.cos(np.radians(38.0))


def robots() -> tuple[Robot, Robot]:
    """Return the greeter and the sweeper."""
    return greeter(), sweeper()


def files(robot: Robot) -> dict[str, str]:
    """Return all of a robot's files: path below its folder, content."""
    drawn = {link.name: _drawings(link) for link in robot.links}
    meshes = {
        f"meshes/{name}": _obj(mesh)
        for drawings in drawn.values()
        for name, (_, mesh) in drawings.items()
    }
    lines = ['<?xml version="1.0"?>', "<!-- written by urdf/build.py from parts.py -->"]
    lines.append(f"<robot name={quoteattr(robot.name)}>")
    for colour, rgba in robot.palette.items():
        lines.append(f'  <material name="{colour}"><color rgba="{_text(rgba)}"/></material>')
    for link in robot.links:
        visuals = {name: colour for name, (colour, _) in drawn[link.name].items()}
        lines += _link(link, visuals)
    for joint in robot.joints:
        lines += _joint(joint)
    return {f"{robot.name}.urdf": "\n".join([*lines, "</robot>", ""]), **meshes}


def write(robot: Robot, folder: Path) -> None:
    """Write a robot into its folder; meshes of an earlier version are removed."""
    wanted = files(robot)
    (folder / "meshes").mkdir(parents=True, exist_ok=True)
    for old in sorted((folder / "meshes").glob("*.obj")):
        if f"meshes/{old.name}" not in wanted:
            old.unlink()
    for name, content in wanted.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def _drawings(link: Link) -> dict[str, tuple[str, Mesh]]:
    colours = dict.fromkeys(part.colour for part in link.parts if part.colour is not None)
    return {
        f"{link.name}_{colour}.obj": (
            colour,
            join([part.mesh for part in link.parts if part.colour == colour]),
        )
        for colour in colours
    }


def _text(values: ArrayLike) -> str:
    return " ".join(f"{value:.6g}" for value in np.ravel(np.asarray(values)).round(9) + 0.0)


def _origin(at: ArrayLike, rpy: ArrayLike = (0.0, 0.0, 0.0)) -> str:
    return f'<origin xyz="{_text(at)}" rpy="{_text(rpy)}"/>'


def _link(link: Link, visuals: dict[str, str]) -> list[str]:
    body = inertial(link)
    inertia = {
        f"i{'xyz'[i]}{'xyz'[j]}": _text(body.inertia[i, j])
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    }
    lines = [f'  <link name="{link.name}">', "    <inertial>", f"      {_origin(body.com)}"]
    lines.append(f'      <mass value="{_text(body.mass)}"/>')
    tensor = " ".join(f'{key}="{value}"' for key, value in inertia.items())
    lines.append(f"      <inertia {tensor}/>")
    lines.append("    </inertial>")
    if link.friction is not None:
        lines.append(f'    <contact><lateral_friction value="{_text(link.friction)}"/></contact>')
    for file, colour in visuals.items():
        lines.append(
            f'    <visual>{_origin((0, 0, 0))}<geometry><mesh filename="meshes/{file}"/>'
            f'</geometry><material name="{colour}"/></visual>'
        )
    lines += [
        f"    <collision>{_origin(c.at, c.rpy)}{_geometry(c)}</collision>" for c in link.collisions
    ]
    return [*lines, "  </link>"]


def _geometry(shape: Collision) -> str:
    if shape.kind == "box":
        inner = f'<box size="{_text(shape.size)}"/>'
    elif shape.kind == "sphere":
        inner = f'<sphere radius="{_text(shape.size)}"/>'
    else:
        radius, length = shape.size
        inner = f'<cylinder radius="{_text(radius)}" length="{_text(length)}"/>'
    return f"<geometry>{inner}</geometry>"


def _joint(joint: Joint) -> list[str]:
    lines = [f'  <joint name="{joint.name}" type="{joint.kind}">']
    lines.append(f'    <parent link="{joint.parent}"/><child link="{joint.child}"/>')
    lines.append(f"    {_origin(joint.at, joint.rpy)}")
    if joint.kind != "fixed":
        stops = f'lower="{_text(joint.lower)}" upper="{_text(joint.upper)}" '
        lines.append(f'    <axis xyz="{_text(joint.axis)}"/>')
        lines.append(
            f"    <limit {stops if joint.kind == 'revolute' else ''}"
            f'effort="{_text(joint.effort)}" velocity="{_text(joint.velocity)}"/>'
        )
    return [*lines, "  </joint>"]


def _obj(mesh: Mesh) -> str:
    """Return Wavefront text with normals that are smooth but for edges sharper than 38°."""
    normals, of_corner = _normals(mesh)
    lines = [f"v {_row(vertex, 4)}" for vertex in mesh.vertices]
    lines += [f"vn {_row(normal, 2)}" for normal in normals]
    for face, corner in zip(mesh.faces + 1, of_corner + 1, strict=True):
        lines.append("f " + " ".join(f"{v}//{n}" for v, n in zip(face, corner, strict=True)))
    return "\n".join([*lines, ""])


def _row(values: Iterable[float], digits: int) -> str:
    return " ".join(f"{round(float(value), digits) + 0.0:g}" for value in values)


def _normals(mesh: Mesh) -> tuple[Array, Array]:
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
    return normals, index.reshape(-1, 3)


def main() -> None:
    """Write both robots into the folders beside this file."""
    for robot in robots():
        write(robot, FOLDER / robot.name)


if __name__ == "__main__":
    main()
