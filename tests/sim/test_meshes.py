"""Meshes are closed, face outwards and have the volume of their shape."""

import numpy as np
import pytest
from shapely import Polygon

from sim.meshes import Mesh, prism_mesh, strip_meshes, triangles, turned_mesh

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0))
ELL = ((0.0, 0.0), (3.0, 0.0), (3.0, 1.0), (1.0, 1.0), (1.0, 3.0), (0.0, 3.0))


def volume(mesh: Mesh) -> float:
    """Return the enclosed volume by the divergence theorem; negative if faces look inwards."""
    v = np.asarray(mesh.vertices)
    a, b, c = v[np.asarray(mesh.indices).reshape(-1, 3)].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize("outline", [SQUARE, ELL])
def test_a_prism_has_the_volume_of_its_base_times_its_height(
    outline: tuple[tuple[float, float], ...],
) -> None:
    """Also over a concave base."""
    assert volume(prism_mesh(outline, 0.5, 2.0)) == pytest.approx(1.5 * Polygon(outline).area)


def test_triangles_tile_the_polygon() -> None:
    """Two fewer than corners, areas add up."""
    cut = triangles(ELL)
    assert len(cut) == len(ELL) - 2
    assert sum(Polygon([ELL[i] for i in t]).area for t in cut) == pytest.approx(Polygon(ELL).area)


def test_a_turned_half_circle_is_a_ball() -> None:
    """With many sides its volume is that of the ball."""
    angles = np.linspace(0, np.pi, 61)
    ball = turned_mesh([(np.sin(a), -np.cos(a)) for a in angles], sides=80)
    assert volume(ball) == pytest.approx(4 / 3 * np.pi, rel=0.01)


def test_strips_stay_inside_the_shape() -> None:
    """A line that crosses the notch of an L is cut there."""
    meshes = list(strip_meshes(Polygon(ELL), [((-1.0, 2.0), (4.0, 2.0))]))
    x = np.asarray(meshes[0].vertices)[:, 0]
    assert (x.min(), x.max()) == pytest.approx((0.0, 1.0))
