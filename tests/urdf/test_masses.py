"""Masses and inertias follow from the parts, recomputed here by other means."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from robotics.core.model import Model, load_model
from urdf.build import FOLDER, files, robots
from urdf.parts import Link, Part, Robot, inertial, moments, skin, solid
from urdf.shapes import Array, blob, box, cylinder, volume

ROBOTS = {robot.name: robot for robot in robots()}
MODELS = {name: load_model(FOLDER / name / f"{name}.urdf") for name in ROBOTS}
LINKS = [(name, link) for name, robot in ROBOTS.items() for link in robot.links]


def along_rays(part: Part, rng: np.random.Generator, count: int = 40) -> tuple[Array, Array]:
    """Integrate 1, x and x xᵀ of a filled part along vertical rays on a jittered grid."""
    vertices, faces = part.mesh.vertices, part.mesh.faces
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    cells = np.stack(np.meshgrid(np.arange(count), np.arange(count)), axis=-1).reshape(-1, 2)
    points = low[:2] + (cells + rng.random(cells.shape)) / count * (high - low)[:2]
    total, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for a, b, c in vertices[faces]:
        normal = np.cross(b - a, c - a)
        if abs(normal[2]) < 1e-14:
            continue
        near = points[
            (points >= np.minimum(np.minimum(a, b), c)[:2]).all(axis=1)
            & (points <= np.maximum(np.maximum(a, b), c)[:2]).all(axis=1)
        ]
        step = near - a[:2]
        u = (step[:, 0] * (c - a)[1] - step[:, 1] * (c - a)[0]) / normal[2]
        v = (step[:, 1] * (b - a)[0] - step[:, 0] * (b - a)[1]) / normal[2]
        hit = (u >= 0) & (v >= 0) & (u + v < 1)
        z = a[2] + u[hit] * (b - a)[2] + v[hit] * (c - a)[2]
        flat, sign = near[hit], np.sign(normal[2])
        total += sign * z.sum()
        first += sign * np.array([*(flat * z[:, None]).sum(axis=0), (z**2).sum() / 2])
        second[:2, :2] += sign * np.einsum("ki,kj,k->ij", flat, flat, z)
        second[:2, 2] += sign * np.einsum("ki,k->i", flat, z**2) / 2
        second[2, 2] += sign * (z**3).sum() / 3
    second[2, :2] = second[:2, 2]
    return part.mass * first / total, part.mass * second / total


def on_skin(part: Part, rng: np.random.Generator, count: int = 20000) -> tuple[Array, Array]:
    """Average x and x xᵀ over random points of a skin."""
    a, b, c = (part.mesh.vertices[part.mesh.faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    pick = rng.choice(len(area), count, p=area / area.sum())
    u, v = np.sqrt(rng.random(count))[:, None], rng.random(count)[:, None]
    points = a[pick] * (1 - u) + b[pick] * u * (1 - v) + c[pick] * u * v
    return part.mass * points.mean(axis=0), part.mass * points.T @ points / count


@pytest.mark.parametrize(("name", "link"), LINKS, ids=[f"{n}-{k.name}" for n, k in LINKS])
def test_committed_inertia_is_that_of_the_parts(name: str, link: Link) -> None:
    """Rays through solids and points on skins give the mass properties in the URDF."""
    rng = np.random.default_rng(7)
    found = MODELS[name].links[link.name]
    sums = [(along_rays if p.filled else on_skin)(p, rng) for p in link.parts]
    com = sum(first for first, _ in sums) / found.mass
    second = sum(square for _, square in sums) - found.mass * np.outer(com, com)
    inertia = np.trace(second) * np.eye(3) - second
    without_rotor = found.inertia_at_com - np.diag(link.rotor)
    assert found.mass == pytest.approx(sum(part.mass for part in link.parts), rel=1e-5)
    reach = np.sqrt(np.trace(inertia) / found.mass)
    np.testing.assert_allclose(found.com_in_link, com, atol=0.03 * reach)
    np.testing.assert_allclose(without_rotor, inertia, atol=0.03 * np.trace(inertia) + 2e-8)


def test_textbook_bodies() -> None:
    """Box, cylinder, ellipsoid and spherical skin have their textbook inertias."""
    cases = [
        (solid("box", box((0.3, 0.2, 0.1)), mass=6.0), (0.025, 0.05, 0.065), 1e-12),
        (solid("rod", cylinder(0.1, 0.4, columns=96), mass=3.0), (0.0475, 0.0475, 0.015), 2e-3),
        (
            solid("egg", blob((0.1, 0.2, 0.3), detail=48), mass=5.0),
            (0.13, 0.10, 0.05),
            6e-3,
        ),
        (skin("ball", blob((0.2, 0.2, 0.2), detail=48), areal=2.0), None, 6e-3),
    ]
    for part, diagonal, relative in cases:
        wanted = diagonal or np.full(3, 2 / 3 * part.mass * 0.04)
        body = inertial(Link("one", (part,)))
        np.testing.assert_allclose(np.diag(body.inertia), wanted, rtol=relative)
        np.testing.assert_allclose(body.com, 0.0, atol=1e-12)


def test_moving_a_part_is_steiner() -> None:
    """A shifted part's second moment grows by m d dᵀ, whatever its shape."""
    mesh, shift = blob((0.1, 0.05, 0.2), square=(0.5, 0.7), taper=0.2), np.array([0.3, -0.2, 0.1])
    for make in (solid, None):
        here, there = (
            Part("p", m, 2.0, filled=make is solid) for m in (mesh, mesh.moved(tuple(shift)))
        )
        first, second = moments(here)
        moved_first, moved_second = moments(there)
        cross = np.outer(first, shift)
        np.testing.assert_allclose(moved_first, first + 2.0 * shift, atol=1e-12)
        np.testing.assert_allclose(
            moved_second, second + cross + cross.T + 2.0 * np.outer(shift, shift), atol=1e-12
        )


@pytest.mark.parametrize("robot", ROBOTS.values(), ids=ROBOTS)
def test_every_part_is_a_closed_body(robot: Robot) -> None:
    """Each edge is walked once each way, and the inside is inside."""
    for link in robot.links:
        for part in link.parts:
            edges = part.mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
            there = {(int(a), int(b)) for a, b in edges}
            assert len(there) == len(edges), part.name
            assert there == {(b, a) for a, b in there}, part.name
            assert volume(part.mesh) > 0.0, part.name
            assert part.mass > 0.0, part.name


@pytest.mark.parametrize("name", ROBOTS)
def test_committed_files_are_what_the_generator_writes(name: str) -> None:
    """Names agree, bytes of pictures agree, numbers agree to the last printed place."""
    written, again = files(ROBOTS[name]), files(dict(zip(ROBOTS, robots(), strict=True))[name])
    assert written == again
    folder = FOLDER / name
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if _is_written(p)}
    assert found == set(written)
    for file, content in written.items():
        committed = (folder / file).read_bytes()
        if file.endswith(".png"):
            assert committed == content, file
        else:
            _same_but_for_rounding(committed.decode(), content.decode(), file)


def _is_written(path: Path) -> bool:
    return path.suffix in {".urdf", ".obj", ".mtl", ".png"}


def _same_but_for_rounding(one: str, two: str, file: str) -> None:
    if one == two:
        return
    left, right = (text.replace('"', " ").replace("/", " ").split() for text in (one, two))
    assert len(left) == len(right), f"{file}: run python -m urdf.build"
    last_place = 0.0101 if file.endswith(".obj") else 2e-9
    for a, b in zip(left, right, strict=True):
        try:
            assert float(a) == pytest.approx(float(b), rel=1e-5, abs=last_place), file
        except ValueError:
            assert a == b, f"{file}: run python -m urdf.build"


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_inertias_are_possible(model: Model) -> None:
    """No link is without inertia, none breaks the triangle rule that Bullet enforces."""
    for link in model.links.values():
        a, b, c = np.linalg.eigvalsh(link.inertia_at_com)
        assert a > 1e-7, link.name
        assert a + b >= c, link.name


def test_weights_and_symmetry() -> None:
    """The greeter weighs 13 to 15 kg, the sweeper about 180; left mirrors right."""
    greeter, sweeper = MODELS["greeter"], MODELS["sweeper"]
    assert 13.0 < greeter.mass < 15.0
    assert 170.0 < sweeper.mass < 190.0
    flip = np.array([1.0, -1.0, 1.0])
    for model in (greeter, sweeper):
        pairs = [n for n in model.links if "left" in n]
        assert pairs
        for name in pairs:
            left, right = model.links[name], model.links[name.replace("left", "right")]
            assert left.mass == right.mass
            np.testing.assert_allclose(left.com_in_link * flip, right.com_in_link, atol=1e-8)
            np.testing.assert_allclose(
                np.outer(flip, flip) * left.inertia_at_com, right.inertia_at_com, atol=1e-7
            )
    assert abs(greeter.com_in_base(np.zeros(22))[1]) < 1e-5


def test_leg_links_carry_rotor_inertia() -> None:
    """Every driven link of a leg has at least the 0.012 kg·m² that damping needs."""
    for link in ROBOTS["greeter"].links:
        if any(part in link.name for part in ("hip", "thigh", "shank", "ankle", "foot")):
            assert min(link.rotor) >= 0.012


def test_meshes_stay_small() -> None:
    """All meshes together stay under 3 MB, and every mesh the URDF names is there."""
    sizes = [path.stat().st_size for path in FOLDER.glob("*/meshes/*")]
    assert sum(sizes) < 3_000_000
    for name in ROBOTS:
        tree = ElementTree.parse(FOLDER / name / f"{name}.urdf")
        for mesh in tree.iter("mesh"):
            assert (FOLDER / name / mesh.get("filename", "")).is_file()
