"""Ways along kerbs: the brush stays at them, the body clear of them, corners included."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from scipy.integrate import solve_ivp
from shapely import LineString, Polygon

from robotics.core.arrays import Array
from robotics.core.geometry import transform, wrap_array
from robotics.planning.kerb_path import SideBrush, kerb_path, kerb_sides, led_path

BRUSH = SideBrush(0.50, 0.36, 0.20)
BODY = np.array([(-0.50, -0.40), (0.62, -0.40), (0.62, 0.40), (-0.50, 0.40)])


def gaps(line: Array, path: Array) -> tuple[Array, float]:
    """Return the least gap of the brushes at points 5 cm apart, and that of the body [m]."""
    kerb = LineString(line)
    points = np.array(
        [kerb.interpolate(s).coords[0] for s in np.arange(0.5, kerb.length - 0.5, 0.05)]
    )
    least, body = np.full(len(points), np.inf), np.inf
    for pose in path:
        for side in (1.0, -1.0):
            centre = transform(pose, (BRUSH.x, side * BRUSH.y))[0]
            least = np.minimum(least, np.hypot(*(points - centre).T) - BRUSH.radius)
        body = min(body, float(shapely.distance(Polygon(transform(pose, BODY)), kerb)))
    return least, body


def bent(angle: float, side: float) -> Array:
    """Return a kerb that bends by ``angle`` [rad] after 6 m, positive towards its own side."""
    turn = side * angle
    end = (6.0 + 6.0 * math.cos(turn), 6.0 * math.sin(turn))
    return np.array([(0.0, 0.0), (6.0, 0.0), end])


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("degrees", [-90, -75, -60, -45, -30, 0, 30, 45, 90, 120])
def test_the_brush_sweeps_up_to_both_sides_of_a_corner(degrees: int, side: float) -> None:
    """95 % of the kerb within 2 cm of the wished gap, the body never nearer than 5 cm."""
    line = bent(math.radians(degrees), side)
    path, sides = kerb_path(line, side, BRUSH)
    least, body = gaps(line, path)
    assert set(sides) <= {0.0, side}
    assert np.quantile(np.abs(least - BRUSH.gap), 0.95) < 0.02
    assert least.min() > -0.02
    assert body > 0.05


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("radius", [3.0, 8.0])
@pytest.mark.parametrize("sense", [1.0, -1.0])
def test_along_bends_the_gap_stays(side: float, radius: float, sense: float) -> None:
    """Both senses of both radii, straight pieces before and after: 1 cm, to the millimetre."""
    arc = np.linspace(0.0, math.pi / 2, 60)
    bend = np.column_stack((radius * np.sin(arc), sense * radius * (1.0 - np.cos(arc))))
    line = np.vstack(((-3.0, 0.0), bend, bend[-1] + (0.0, 3.0 * sense)))
    path, _ = kerb_path(line, side, BRUSH)
    least, body = gaps(line, path)
    assert least == pytest.approx(np.full(len(least), BRUSH.gap), abs=0.0015)
    assert body > 0.1


def test_being_led_is_the_motion_of_something_pulled() -> None:
    """The heading follows d(yaw)/ds = sin(along - yaw) / x, as an integrator finds it too."""
    s = np.arange(0.0, 3.0, 0.01)
    centres = np.column_stack((s, 0.3 * np.sin(2.0 * s)))
    path = led_path(centres, 1.2, BRUSH, -1.0)
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(centres, axis=0).T)))

    def law(place: float, yaw: Array) -> Array:
        x = np.interp(place, way, s)
        along = math.atan2(0.6 * math.cos(2.0 * x), 1.0)
        return np.sin(along - yaw) / BRUSH.x

    found = solve_ivp(law, (0.0, way[-1]), [1.2], t_eval=way, rtol=1e-8, atol=1e-8)
    assert path[:, 2] == pytest.approx(found.y[0], abs=0.01)
    assert [transform(pose, (BRUSH.x, -BRUSH.y))[0] for pose in path] == pytest.approx(centres)


def test_the_way_can_be_driven() -> None:
    """Between neighbouring poses the base moves along its heading, never sideways."""
    path, _ = kerb_path(bent(math.radians(-90), 1.0), 1.0, BRUSH)
    step, yaw = np.diff(path[:, :2], axis=0), path[:-1, 2] + 0.5 * wrap_array(np.diff(path[:, 2]))
    across = step[:, 1] * np.cos(yaw) - step[:, 0] * np.sin(yaw)
    assert np.abs(across).max() < 1e-3


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_path_tells_where_its_brush_is_at_a_kerb(side: float) -> None:
    """Beside a kerb of the map, parallel, working; not 10 cm farther off, across or in transit."""
    line = bent(0.0, side)
    path, _ = kerb_path(line, side, BRUSH)
    working = np.ones(len(path), dtype=np.bool_)
    along = kerb_sides(path, working, [line], BRUSH)
    assert (along[5:-5] == side).all()
    assert not kerb_sides(path, ~working, [line], BRUSH).any()
    aside = path - np.array([0.0, 0.1 * side, 0.0])
    assert not kerb_sides(aside, working, [line], BRUSH).any()
    turned = path + np.array([0.0, 0.0, math.pi / 2])
    assert not kerb_sides(turned, working, [line], BRUSH).any()
    assert len(kerb_sides(path[:0], working[:0], [line], BRUSH)) == 0
    assert not kerb_sides(path, working, [], BRUSH).any()
