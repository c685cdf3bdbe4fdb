"""The map around the robot: points mark, rays clear, people do not mark, the window moves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.ndimage import distance_transform_edt

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Joints, Kind, Obstacle, State
from robotics.mapping.grid import Grid
from robotics.mapping.layers import shifted
from robotics.mapping.local_map import LocalMap, Memory

RESOLUTION = 0.05
JOINTS = Joints.at_rest(np.zeros(2))


def state(
    time: float,
    points_in_map: ArrayLike = (),
    *,
    pose: ArrayLike = (0.0, 0.0, 0.0),
    age: float = 0.0,
    obstacles: tuple[Obstacle, ...] = (),
) -> State:
    """Return a state whose scan returned points (k, 2) given in the map."""
    x, y, yaw = np.asarray(pose, dtype=float)
    c, s = math.cos(yaw), math.sin(yaw)
    points = np.asarray(points_in_map, dtype=float).reshape(-1, 2) - (x, y)
    return State(
        time=time,
        pose_base_in_map=frozen((x, y, yaw)),
        twist_base_in_base=np.zeros(3),
        joints=JOINTS,
        tilt=np.zeros(2),
        angular_velocity_base_in_base=np.zeros(3),
        obstacles=obstacles,
        points_in_base=points @ np.array([[c, -s], [s, c]]),
        points_age=age,
    )


def wall(x: float = 2.0, half: float = 1.0, spacing: float = 0.01) -> Array:
    """Return returns of a wall across the x axis, (k, 2) [m]."""
    y = np.arange(-half, half, spacing)
    return np.column_stack((np.full(len(y), x), y))


def walker(x: float, y: float, speed: float = 1.0, kind: Kind = Kind.UNKNOWN) -> Obstacle:
    """Return a tracked thing of 0.25 m radius."""
    return Obstacle(1, frozen((x, y)), frozen((0.0, speed)), 0.25, kind)


def is_marked(local: LocalMap, point: ArrayLike) -> bool:
    """Return whether an obstacle was marked at ``point`` (2,)."""
    return bool(local.obstacles.value(point, False))


def test_points_mark_the_cells_that_hold_them() -> None:
    """Each return occupies its cell, seen from any pose, and no other cell is occupied."""
    points = np.array([(2.01, 0.33), (-1.52, 0.76), (0.4, -3.1)])
    local = LocalMap(None)
    assert local.update(state(0.1, points, pose=(0.3, -0.2, 0.7)))
    assert all(is_marked(local, point) for point in points)
    assert local.obstacles.cells.sum() == len(points)


def test_rays_clear_what_they_pass_after_some_passes() -> None:
    """A thing is gone after the lidar saw the wall behind it three times, not earlier."""
    local = LocalMap(None)
    local.update(state(0.1, [(1.0, 0.0)]))
    for turn in range(3):
        assert is_marked(local, (1.0, 0.0))
        local.update(state(0.2 + 0.1 * turn, wall()))
    assert not is_marked(local, (1.0, 0.0))
    assert is_marked(local, (2.0, 0.0))


def test_a_thing_that_is_hit_is_not_cleared_by_rays_beside_it() -> None:
    """Returns in a cell outweigh rays that pass through another part of it."""
    local, thing = LocalMap(None), [(1.01, 0.01)]
    for turn in range(10):
        local.update(state(0.1 * (turn + 1), np.vstack((thing, wall()))))
        assert is_marked(local, thing[0])


def test_what_is_hidden_is_remembered() -> None:
    """A thing behind another one stays for a long time, and is forgotten in the end."""
    local = LocalMap(None, memory=Memory(hidden=5.0))
    local.update(state(0.1, [(3.0, 0.0)]))
    for turn in range(40):
        local.update(state(0.2 + 0.1 * turn, wall(1.0)))
    assert is_marked(local, (3.0, 0.0))
    for turn in range(20):
        local.update(state(4.2 + 0.1 * turn, wall(1.0)))
    assert not is_marked(local, (3.0, 0.0))


def test_what_no_ray_answers_for_is_forgotten_sooner() -> None:
    """Before open ground, from which nothing comes back, a thing that left fades in seconds."""
    local = LocalMap(None, memory=Memory(unanswered=1.0))
    local.update(state(0.1, [(1.0, 0.0)]))
    for turn in range(12):
        local.update(state(0.2 + 0.1 * turn, [(-2.0, 0.0)]))
    assert not is_marked(local, (1.0, 0.0))


def test_a_lidar_without_a_rear_view_remembers_what_is_behind() -> None:
    """Where the lidar does not look nothing counts as unanswered."""
    local = LocalMap(None, view=1.5 * math.pi, memory=Memory(unanswered=1.0))
    local.update(state(0.1, [(1.0, 0.0)]))
    for turn in range(30):
        local.update(state(0.2 + 0.1 * turn, [(-2.0, 0.1)], pose=(0.0, 0.0, math.pi)))
    assert is_marked(local, (1.0, 0.0))


@pytest.mark.parametrize(("speed", "kind"), [(1.0, Kind.UNKNOWN), (0.0, Kind.PERSON)])
def test_points_of_people_do_not_mark(speed: float, kind: Kind) -> None:
    """Returns of what moves, or may move off, are left to the tracks."""
    around = np.linspace(0.0, 2.0 * math.pi, 30)
    ring = np.column_stack((2.0 + 0.25 * np.cos(around), 0.25 * np.sin(around)))
    local = LocalMap(None)
    local.update(state(0.1, ring, obstacles=(walker(2.0, 0.0, speed, kind),)))
    assert not local.obstacles.cells.any()
    local.update(state(0.2, ring, obstacles=(walker(2.0, 0.0, 0.0, Kind.STATIC),)))
    assert local.obstacles.cells.any()


def test_people_hide_what_is_behind_them() -> None:
    """A walker's returns mark nothing, and nothing behind him is cleared or forgotten early."""
    local = LocalMap(None)
    local.update(state(0.1, [(3.0, 0.0)]))
    passer = wall(1.0, 0.2)
    for turn in range(30):
        local.update(state(0.2 + 0.1 * turn, passer, obstacles=(walker(1.0, 0.0),)))
    assert is_marked(local, (3.0, 0.0))
    assert local.obstacles.cells.sum() == 1


def test_the_window_moves_by_whole_cells_and_keeps_its_content() -> None:
    """Marks stay at their place in the map wherever the window goes, and go with its edge."""
    local, thing = LocalMap(None), np.array([2.013, 0.377])
    local.update(state(0.1, thing))
    before = local.origin
    local.update(state(2.0, pose=(3.3, 1.7, 0.4)))
    steps = (local.origin - before) / RESOLUTION
    assert np.allclose(steps, np.rint(steps), atol=1e-9)
    assert abs(steps).max() > 10
    assert is_marked(local, thing)
    assert local.obstacles.cells.sum() == 1
    local.update(state(5.0, pose=(13.0, 0.0, 0.0)))
    assert not local.obstacles.cells.any()


def test_shifting_equals_indexing() -> None:
    """A shifted array is the old one read at moved indices, zero outside."""
    cells = np.arange(1.0, 31.0).reshape(5, 6)
    for rows, cols in [(0, 0), (2, -3), (-4, 5), (1, 1), (5, 0), (0, -9)]:
        moved = shifted(cells, rows, cols)
        for (r, c), value in np.ndenumerate(moved):
            inside = 0 <= r + rows < 5 and 0 <= c + cols < 6
            assert value == (cells[r + rows, c + cols] if inside else 0.0)


def test_bad_scans_leave_the_map_as_it_was() -> None:
    """No returns, the same scan again, time running backwards: nothing changes, nothing raises."""
    local = LocalMap(None)
    local.update(state(0.1, wall()))
    before, version = local.obstacles.cells.copy(), local.version
    assert not local.update(state(0.2))
    assert not local.update(state(0.2, wall(3.0), age=0.1))
    assert local.version == version
    local.update(state(0.05, wall()))
    assert np.array_equal(local.obstacles.cells, before)


def test_a_scan_is_taken_once_however_often_it_comes() -> None:
    """Two calls in a tick are one: the second says that nothing changed."""
    local = LocalMap(None)
    assert local.update(state(0.1, wall()))
    assert not local.update(state(0.1, wall()))


def test_distance_equals_scipys() -> None:
    """The field is the exact distance between cell centres, site and obstacles together."""
    rng = np.random.default_rng(3)
    site = Grid(rng.random((300, 260)) < 0.002, RESOLUTION, np.array([-7.0, -6.5]))
    local = LocalMap(site, side=6.0)
    local.update(state(0.1, rng.uniform(-2.5, 2.5, (40, 2)), pose=(0.4, 0.2, 1.0)))
    expected = distance_transform_edt(~local.occupied.cells) * RESOLUTION
    assert local.distance.cells == pytest.approx(expected, abs=1e-9)
    assert local.obstacles.cells.any()
    assert local.static.cells.any()


def test_the_site_is_shown_where_it_is() -> None:
    """Window cells are blocked exactly where the site is, whatever its cells' size; outside too."""
    rng = np.random.default_rng(4)
    site = Grid(rng.random((60, 70)) < 0.1, 0.1, np.array([1.0, -2.0]))
    local = LocalMap(site, side=5.0)
    local.update(state(0.1, pose=(2.0, 0.0, 0.0)))
    centres = local.static.centres()
    assert np.array_equal(local.static.cells, site.value(centres, True))


def test_returns_of_the_site_mark_nothing() -> None:
    """A wall of the site, measured a few centimetres beside itself, is not an obstacle too."""
    cells = np.zeros((200, 200), np.bool_)
    cells[:, 140:144] = True
    site = Grid(cells, RESOLUTION, np.array([-5.0, -5.0]))
    local = LocalMap(site)
    local.update(state(0.1, wall(1.93)))
    assert not local.obstacles.cells.any()
    local.update(state(0.2, wall(1.7)))
    assert local.obstacles.cells.any()


def test_nothing_is_infinite_on_open_ground() -> None:
    """With nothing around, the distances are large but finite, so that they interpolate."""
    local = LocalMap(None)
    assert np.isfinite(local.distance.cells).all()
    assert local.distance.cells.min() > 10.0


def test_kerbs_stay_although_rays_pass_above_them() -> None:
    """A reported kerb blocks, and the lidar's view of a wall behind does not free it."""
    local = LocalMap(None)
    local.update(state(0.1, wall()))
    local.add_kerb([(1.01, 0.01), (1.01, 0.06)])
    for turn in range(10):
        local.update(state(0.2 + 0.1 * turn, wall()))
    assert local.kerbs.cells.sum() == 2
    assert local.distance.value((1.01, 0.01), np.inf) == 0.0


def test_the_robot_itself_is_no_obstacle() -> None:
    """Where the robot stands nothing else can stand."""
    local = LocalMap(None, body=np.array([(0.0, 0.0, 0.3)]))
    local.update(state(0.1, [(0.2, 0.0), (0.5, 0.0)]))
    assert not is_marked(local, (0.2, 0.0))
    assert is_marked(local, (0.5, 0.0))


def test_a_jump_of_the_pose_forgets_the_obstacles() -> None:
    """After the localisation has found another place, old marks would stand at wrong ones."""
    local = LocalMap(None)
    local.update(state(0.1, wall()))
    local.update(state(0.15, pose=(3.0, 0.0, 0.0)))
    assert not local.obstacles.cells.any()
