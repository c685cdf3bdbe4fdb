"""Write both robots: ``python -m urdf.build`` rewrites the URDF files and their meshes.

Same tables, same files, byte for byte.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from urdf.greeter.parts import greeter
from urdf.parts import Collision, Joint, Link, Robot, inertial
from urdf.sweeper.parts import sweeper
from urdf.wavefront import MATERIAL, obj, palette_png

FOLDER = Path(__file__).resolve().parent


def robots() -> tuple[Robot, Robot]:
    """Return the greeter and the sweeper."""
    return greeter(), sweeper()


def files(robot: Robot) -> dict[str, bytes]:
    """Return all of a robot's files: path below its folder, content."""
    written = {
        f"{robot.name}.urdf": urdf(robot).encode(),
        "meshes/palette.mtl": MATERIAL.encode(),
        "meshes/palette.png": palette_png(robot.palette),
    }
    for link in robot.links:
        painted = [(part.colour, part.mesh) for part in link.parts if part.colour is not None]
        if painted:
            written[f"meshes/{link.name}.obj"] = obj(painted, robot.palette).encode()
    return written


def write(robot: Robot, folder: Path) -> None:
    """Write a robot into its folder; meshes of an earlier version are removed."""
    wanted = files(robot)
    (folder / "meshes").mkdir(parents=True, exist_ok=True)
    for old in sorted((folder / "meshes").iterdir()):
        if f"meshes/{old.name}" not in wanted:
            old.unlink()
    for name, content in wanted.items():
        (folder / name).write_bytes(content)


def urdf(robot: Robot) -> str:
    """Return the text of the URDF."""
    lines = ['<?xml version="1.0"?>', "<!-- written by urdf/build.py from parts.py -->"]
    lines.append(f'<robot name="{robot.name}">')
    lines.append('  <material name="painted"><color rgba="1 1 1 1"/></material>')
    for link in robot.links:
        lines += _link(link)
    for joint in robot.joints:
        lines += _joint(joint)
    return "\n".join([*lines, "</robot>", ""])


def _text(values: ArrayLike) -> str:
    return " ".join(f"{value:.6g}" for value in np.ravel(np.asarray(values)).round(9) + 0.0)


def _origin(at: ArrayLike, rpy: ArrayLike = (0.0, 0.0, 0.0)) -> str:
    return f'<origin xyz="{_text(at)}" rpy="{_text(rpy)}"/>'


def _link(link: Link) -> list[str]:
    body = inertial(link)
    tensor = " ".join(
        f'i{"xyz"[i]}{"xyz"[j]}="{_text(body.inertia[i, j])}"'
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    lines = [f'  <link name="{link.name}">', "    <inertial>", f"      {_origin(body.com)}"]
    lines.append(f'      <mass value="{_text(body.mass)}"/>')
    lines += [f"      <inertia {tensor}/>", "    </inertial>"]
    if link.friction is not None:
        coefficient = f'<lateral_friction value="{_text(link.friction)}"/>'
        lines.append(f"    <contact>{coefficient}</contact>")
    if any(part.colour is not None for part in link.parts):
        mesh = f'<geometry><mesh filename="meshes/{link.name}.obj"/></geometry>'
        lines.append(f'    <visual>{mesh}<material name="painted"/></visual>')
    for shape in link.collisions:
        place = _origin(shape.at, shape.rpy)
        lines.append(f"    <collision>{place}{_geometry(shape)}</collision>")
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
        motor = f'effort="{_text(joint.effort)}" velocity="{_text(joint.velocity)}"'
        lines.append(f'    <axis xyz="{_text(joint.axis)}"/>')
        lines.append(f"    <limit {stops if joint.kind == 'revolute' else ''}{motor}/>")
    return [*lines, "  </joint>"]


def main() -> None:
    """Write both robots into the folders beside this file."""
    for robot in robots():
        write(robot, FOLDER / robot.name)


if __name__ == "__main__":
    main()
