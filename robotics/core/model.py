"""A robot's geometry and limits, read from its URDF once, without a simulator."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.errors import ModelError, UnknownName
from robotics.core.joints import Joint, JointTable, Mode
from robotics.core.rotation import matrix_about, matrix_from_rpy


@dataclass(frozen=True, slots=True)
class Link:
    """One rigid body."""

    name: str
    mass: float
    """[kg]."""
    com_in_link: Array
    """Centre of mass, shape (3,) [m]."""
    inertia_at_com: Array
    """About the centre of mass, along the link's axes, shape (3, 3) [kg·m²]."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One URDF joint, actuated or fixed: how a link hangs on its parent."""

    name: str
    kind: str
    parent: str
    child: str
    position_child_in_parent: Array
    """Shape (3,) [m]."""
    rotation_child_in_parent: Array
    """At zero angle, shape (3, 3)."""
    axis: Array
    """Unit axis in the child's frame, shape (3,)."""


@dataclass(frozen=True, slots=True)
class Model:
    """A tree of links.

    Attributes:
        file: The URDF.
        name: The robot's name in it.
        base: Root link.
        links: By name.
        attachments: In file order, parents before children.
        joints: The actuated ones, in file order.
    """

    file: Path
    name: str
    base: str
    links: Mapping[str, Link]
    attachments: tuple[Attachment, ...]
    joints: JointTable

    @property
    def mass(self) -> float:
        """Mass of the whole robot [kg]."""
        return sum(link.mass for link in self.links.values())

    def poses_in_base(self, position: Array) -> dict[str, tuple[Array, Array]]:
        """Forward kinematics of every link.

        Args:
            position: Joint angles in table order, shape (n,) [rad].

        Returns:
            ``link -> (position (3,), rotation (3, 3))`` in the base frame.
        """
        angle = dict(zip(self.joints.names, position, strict=True))
        poses = {self.base: (np.zeros(3), np.eye(3))}
        for joint in self.attachments:
            origin, rotation = poses[joint.parent]
            turned = rotation @ joint.rotation_child_in_parent
            if joint.name in angle:
                turned = turned @ matrix_about(joint.axis, float(angle[joint.name]))
            poses[joint.child] = (origin + rotation @ joint.position_child_in_parent, turned)
        return poses

    def pose_in_base(self, link: str, position: Array) -> tuple[Array, Array]:
        """Return position (3,) and rotation (3, 3) of one link, see ``poses_in_base``.

        Raises:
            UnknownName: There is no such link.
        """
        if link not in self.links:
            raise UnknownName("link", link, list(self.links))
        return self.poses_in_base(position)[link]

    def com_in_base(self, position: Array) -> Array:
        """Return the centre of mass of the whole robot, shape (3,) [m]."""
        poses = self.poses_in_base(position)
        moment = np.zeros(3)
        for link in self.links.values():
            origin, rotation = poses[link.name]
            moment += link.mass * (origin + rotation @ link.com_in_link)
        return np.asarray(moment / self.mass)


def load_model(path: str | Path, *, joints: tuple[str, ...] = ()) -> Model:
    """Read a URDF.

    Args:
        path: The file.
        joints: Names that the actuated joints must have, in this order; not checked if empty.

    Raises:
        ModelError: The file is missing or broken, not a tree, or has other joints.
    """
    path = Path(path)
    try:
        root = ElementTree.parse(path).getroot()
    except OSError as error:
        raise ModelError(path, "", error.strerror or str(error), "give a readable URDF") from error
    except ElementTree.ParseError as error:
        line, column = error.position
        raise ModelError(
            path, f"line {line}, column {column}", "not XML", "mend the tag"
        ) from error
    if root.tag != "robot":
        raise ModelError(path, f"<{root.tag}>", "not a URDF", "the root must be <robot>")
    links = {name: _link(path, name, node) for name, node in _named(path, root, "link").items()}
    attachments = [
        _attachment(path, name, node, links) for name, node in _named(path, root, "joint").items()
    ]
    base, ordered = _tree(path, links, attachments)
    nodes = _named(path, root, "joint")
    table = JointTable(
        tuple(_joint(path, a, nodes[a.name]) for a in attachments if a.kind in _MODES)
    )
    _check_names(path, table.names, joints)
    return Model(path, root.get("name", path.stem), base, links, tuple(ordered), table)


_MODES = {"revolute": Mode.POSITION, "continuous": Mode.VELOCITY}


def _named(path: Path, root: ElementTree.Element, tag: str) -> dict[str, ElementTree.Element]:
    found: dict[str, ElementTree.Element] = {}
    for node in root.findall(tag):
        name = node.get("name")
        if not name:
            raise ModelError(path, f"<{tag}>", "it has no name", 'add name="…"')
        if name in found:
            raise ModelError(path, f"{tag} {name}", "it stands twice", "rename one of them")
        found[name] = node
    return found


def _floats(path: Path, place: str, text: str | None, default: str, count: int) -> Array:
    words = (text if text is not None else default).split()
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count or not np.isfinite(values).all():
        raise ModelError(path, place, f"'{text}' is not allowed", f"give {count} finite number(s)")
    return frozen(values)


def _origin(path: Path, place: str, node: ElementTree.Element | None) -> tuple[Array, Array]:
    origin = None if node is None else node.find("origin")
    get = (lambda key: None) if origin is None else origin.get
    xyz = _floats(path, f"{place} origin xyz", get("xyz"), "0 0 0", 3)
    rpy = _floats(path, f"{place} origin rpy", get("rpy"), "0 0 0", 3)
    return xyz, frozen(matrix_from_rpy(*(float(angle) for angle in rpy)))


def _link(path: Path, name: str, node: ElementTree.Element) -> Link:
    inertial = node.find("inertial")
    if inertial is None:
        return Link(name, 0.0, frozen(np.zeros(3)), frozen(np.zeros((3, 3))))
    place = f"link {name}"
    com, rotation = _origin(path, place, inertial)
    mass_node, inertia_node = inertial.find("mass"), inertial.find("inertia")
    if mass_node is None or inertia_node is None:
        raise ModelError(path, place, "mass or inertia is missing", "add <mass> and <inertia>")
    mass = float(_floats(path, f"{place} mass", mass_node.get("value"), "", 1)[0])
    ixx, ixy, ixz, iyy, iyz, izz = (
        float(_floats(path, f"{place} {key}", inertia_node.get(key), "0", 1)[0])
        for key in ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")
    )
    inertia = np.array([[ixx, ixy, ixz], [ixy, iyy, iyz], [ixz, iyz, izz]])
    if mass <= 0.0 or np.linalg.eigvalsh(inertia).min() <= 0.0:
        raise ModelError(path, place, f"mass {mass} or its inertia is not positive", "mend them")
    return Link(name, mass, com, frozen(rotation @ inertia @ rotation.T))


def _attachment(
    path: Path, name: str, node: ElementTree.Element, links: Mapping[str, Link]
) -> Attachment:
    place, kind = f"joint {name}", node.get("type", "")
    if kind not in (*_MODES, "fixed"):
        allowed = ", ".join((*_MODES, "fixed"))
        raise ModelError(path, place, f"type '{kind}' is not allowed", f"allowed: {allowed}")
    ends = []
    for end in ("parent", "child"):
        found = node.find(end)
        link = "" if found is None else found.get("link", "")
        if link not in links:
            raise ModelError(
                path, place, f"{end} '{link}' is no link", f"links: {', '.join(links)}"
            )
        ends.append(link)
    xyz, rotation = _origin(path, place, node)
    axis_node = node.find("axis")
    text = None if axis_node is None else axis_node.get("xyz")
    axis = _floats(path, f"{place} axis", text, "1 0 0", 3)
    length = float(np.linalg.norm(axis))
    if length < 1e-6:
        raise ModelError(path, f"{place} axis", "it is zero", "give a direction")
    return Attachment(name, kind, ends[0], ends[1], xyz, rotation, frozen(axis / length))


def _joint(path: Path, attachment: Attachment, node: ElementTree.Element) -> Joint:
    place, mode = f"joint {attachment.name}", _MODES[attachment.kind]
    limit = node.find("limit")
    if limit is None:
        raise ModelError(path, place, "<limit> is missing", "add effort and velocity")
    read = {
        key: float(_floats(path, f"{place} {key}", limit.get(key), "nan", 1)[0])
        for key in (("lower", "upper") if mode is Mode.POSITION else ())
    }
    lower, upper = read.get("lower", -np.inf), read.get("upper", np.inf)
    velocity = float(_floats(path, f"{place} velocity", limit.get("velocity"), "", 1)[0])
    effort = float(_floats(path, f"{place} effort", limit.get("effort"), "", 1)[0])
    if not lower < upper or velocity <= 0.0 or effort <= 0.0:
        raise ModelError(path, place, "limits are contradictory", "lower < upper, others positive")
    return Joint(attachment.name, mode, lower, upper, velocity, effort)


def _tree(
    path: Path, links: Mapping[str, Link], attachments: list[Attachment]
) -> tuple[str, list[Attachment]]:
    children = [a.child for a in attachments]
    for child in children:
        if children.count(child) > 1:
            raise ModelError(path, f"link {child}", "it has two parents", "remove one joint")
    roots = [name for name in links if name not in children]
    if len(roots) != 1:
        raise ModelError(path, "", f"it has {len(roots)} root links", "a robot is one tree")
    known, ordered, waiting = {roots[0]}, [], list(attachments)
    while waiting:
        ready = [a for a in waiting if a.parent in known]
        if not ready:
            raise ModelError(
                path, f"joint {waiting[0].name}", "it hangs in a loop", "break the loop"
            )
        ordered += ready
        known |= {a.child for a in ready}
        waiting = [a for a in waiting if a.child not in known]
    return roots[0], ordered


def _check_names(path: Path, found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    if not wanted:
        return
    missing = [name for name in wanted if name not in found]
    if missing:
        raise ModelError(
            path, f"joint {missing[0]}", "it is missing", f"joints: {', '.join(found)}"
        )
    if found != wanted:
        raise ModelError(
            path, "", f"joints are {', '.join(found)}", f"the order must be {', '.join(wanted)}"
        )
