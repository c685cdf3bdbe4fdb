"""What a robot's description is made of, and how masses and inertias follow from it.

A link is a list of parts. A part is a closed mesh that is filled (a motor, a battery) or a skin
of it (a shell), with a known mass, or with a density from which its mass follows. The link's mass,
centre and inertia are sums over its parts; nothing is typed in twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from urdf.shapes import Array, Mesh, volume

Triple = tuple[float, float, float]
ORIGIN: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """A body of even density, placed in its link's frame.

    Attributes:
        name: What it is.
        mesh: Its surface, in the link's frame.
        mass: Mass [kg].
        filled: The mass fills the volume; otherwise it is spread over the surface.
        colour: A name in the robot's palette; None is hidden inside.
    """

    name: str
    mesh: Mesh
    mass: float
    filled: bool = True
    colour: str | None = None

    def mirrored(self) -> Part:
        """Return the part of the other side of the body."""
        return replace(self, mesh=self.mesh.mirrored())


@dataclass(frozen=True, slots=True)
class Collision:
    """A shape that touches the world.

    Attributes:
        kind: Which primitive.
        size: Full lengths of a box; (radius,) of a sphere; (radius, length) of a cylinder [m].
        at: Its centre in the link's frame [m].
        rpy: Its direction [rad]; a cylinder stands along z.
    """

    kind: Literal["box", "sphere", "cylinder"]
    size: tuple[float, ...]
    at: Triple = ORIGIN
    rpy: Triple = ORIGIN


@dataclass(frozen=True, slots=True)
class Link:
    """One rigid body.

    Attributes:
        name: Its name, which is also its frame's.
        parts: What it is made of.
        collisions: What touches; empty where a shape would overlap the neighbours'.
        rotor: Reflected rotor inertia about x, y, z [kg·m²], without mass (README, "Rotors").
        friction: Coulomb coefficient of its surface, a factor to the ground's.
    """

    name: str
    parts: tuple[Part, ...]
    collisions: tuple[Collision, ...] = ()
    rotor: Triple = ORIGIN
    friction: float | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """How a link hangs on its parent.

    Attributes:
        name: The joint's name; a fixed one is called after its child.
        kind: URDF's type; "continuous" is driven by velocity, "revolute" by position.
        parent: Link.
        child: Link.
        at: The child's origin in the parent [m].
        rpy: The child's direction at zero [rad].
        axis: Unit axis.
        lower: Lower stop [rad].
        upper: Upper stop [rad].
        effort: Largest torque [N·m].
        velocity: Largest speed [rad/s].
    """

    name: str
    kind: Literal["revolute", "continuous", "fixed"]
    parent: str
    child: str
    at: Triple = ORIGIN
    rpy: Triple = ORIGIN
    axis: Triple = (0.0, 0.0, 1.0)
    lower: float = 0.0
    upper: float = 0.0
    effort: float = 0.0
    velocity: float = 0.0


@dataclass(frozen=True, slots=True)
class Robot:
    """A whole robot.

    Attributes:
        name: Its name and folder.
        palette: Colour names with red, green, blue in 0…1.
        links: The base first.
        joints: Actuated ones in bus order, then the fixed ones.
    """

    name: str
    palette: dict[str, tuple[float, float, float]]
    links: tuple[Link, ...]
    joints: tuple[Joint, ...]


@dataclass(frozen=True, slots=True)
class Inertial:
    """Mass [kg], centre (3,) [m], inertia (3, 3) about the centre [kg·m²]."""

    mass: float
    com: Array
    inertia: Array


def solid(name: str, mesh: Mesh, *, mass: float, colour: str | None = None) -> Part:
    """Return a filled part of known mass [kg]."""
    return Part(name, mesh, mass, True, colour)


def cast(name: str, mesh: Mesh, *, density: float, colour: str | None = None) -> Part:
    """Return a filled part whose mass follows from its density [kg/m³]."""
    return Part(name, mesh, density * volume(mesh), True, colour)


def skin(name: str, mesh: Mesh, *, areal: float, colour: str | None = None) -> Part:
    """Return a shell whose mass follows from its areal density [kg/m²], thickness × density."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)
    return Part(name, mesh, areal * area, False, colour)


def moments(part: Part) -> tuple[Array, Array]:
    """Return the first (3,) and second (3, 3) moments of a part's mass about the link's origin.

    Exact for the polyhedron: over a tetrahedron from the origin with corners a, b, c and
    s = a + b + c, the integral of x is V s / 4 and of x xᵀ is V (a aᵀ + b bᵀ + c cᵀ + s sᵀ) / 20;
    over a triangle A s / 3 and A (…) / 12.
    """
    corners = part.mesh.vertices[part.mesh.faces]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    if part.filled:
        weight, first, second = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0, 4.0, 20.0
    else:
        weight = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
        first, second = 3.0, 12.0
    weight = weight * (part.mass / weight.sum())
    total = corners.sum(axis=1)
    squares = np.einsum("f,fki,fkj->ij", weight, corners, corners)
    squares += np.einsum("f,fi,fj->ij", weight, total, total)
    return np.asarray(weight @ total / first), np.asarray(squares / second)


def inertial(link: Link) -> Inertial:
    """Return a link's mass properties, summed over its parts by the parallel-axis theorem."""
    mass = sum(part.mass for part in link.parts)
    pairs = [moments(part) for part in link.parts]
    com = np.sum([first for first, _ in pairs], axis=0) / mass
    second = np.sum([square for _, square in pairs], axis=0) - mass * np.outer(com, com)
    inertia = np.trace(second) * np.eye(3) - second + np.diag(link.rotor)
    return Inertial(mass, com, inertia)


def pair(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts and their mirror images."""
    return (*parts, *(part.mirrored() for part in parts))
