"""The social forces point the right way, and walls are walls."""

import math

import numpy as np
import pytest
from shapely import Point, Polygon, box

from sim import crowd
from sim.crowd import Walkers
from sim.walls import nearest_wall, walls_of

ROOM = box(-10.0, -3.0, 10.0, 3.0).difference(box(-0.5, -0.5, 0.5, 0.5))
WALLS = walls_of(ROOM)
NOBODY = np.zeros((0, 3))


def _walkers(position, wish=(0.0, 0.0), group=None):
    """Return attentive adults at ``position`` (n, 2), all with the same wish."""
    n = len(position)
    groups = np.arange(n) if group is None else np.array(group)
    return Walkers(
        np.array(position, dtype=float), np.tile(np.array(wish, dtype=float), (n, 1)),
        np.tile(np.array(wish, dtype=float), (n, 1)), np.full(n, 1.6), np.full(n, 0.25),
        np.full(n, 0.22), groups.astype(np.int64), np.ones(n),
    )  # fmt: skip


def test_strangers_push_each_other_apart():
    """Two who stand face to face are pushed apart with equal force."""
    w = _walkers([[2.0, 0.0], [2.8, 0.0]])
    left, right = crowd.people_force(w, 0), crowd.people_force(w, 1)
    assert left[0] < 0.0 < right[0]
    assert left[0] == pytest.approx(-right[0])


def test_repulsion_is_the_gradient_of_the_published_potential():
    """The force is minus the gradient of V(b) = V0 exp(-b / sigma), by finite differences."""
    step = (0.8, -0.3)

    def potential(x: float, y: float) -> float:
        both = math.hypot(x, y) + math.hypot(x - step[0], y - step[1])
        b = 0.5 * math.sqrt(both**2 - step[0] ** 2 - step[1] ** 2)
        return crowd.PERSON_STRENGTH * math.exp(-b / crowd.PERSON_RANGE)

    h = 1e-6
    for x, y in ((0.9, 0.4), (-0.6, 0.7), (1.5, -0.9)):
        force = crowd.repulsion(x, y, *step)
        slope_x = (potential(x + h, y) - potential(x - h, y)) / (2 * h)
        slope_y = (potential(x, y + h) - potential(x, y - h)) / (2 * h)
        assert force == pytest.approx((-slope_x, -slope_y), rel=1e-4)


def test_repulsion_from_ahead_gives_way_to_the_right_and_from_behind_counts_half():
    """Who walks along +x is turned towards -y; who is pushed from behind feels half of it."""
    ahead = crowd.seen(np.array([1.0, 0.0]), -1.0, 0.0)
    behind = crowd.seen(np.array([1.0, 0.0]), 1.0, 0.0)
    assert ahead == pytest.approx((-1.0, -crowd.KEEP_RIGHT))
    assert behind == pytest.approx((crowd.UNSEEN, 0.0))


def test_walls_and_robots_push_away():
    """The south wall pushes north; a robot pushes like a person at the near edge of its disc."""
    w = _walkers([[5.0, -2.6]])
    assert crowd.wall_force(w, 0, WALLS)[1] > 1.0
    size = crowd.PERSON_STRENGTH / crowd.PERSON_RANGE * math.exp(-0.95 / crowd.PERSON_RANGE)
    force = crowd.robot_force(w, 0, np.array([[6.0, -2.6, 0.3]]))
    assert force == pytest.approx((-size, 0.0), abs=1e-6)


def test_those_who_do_not_look_give_way_late():
    """An inattentive walker feels a robot less from afar, and as much as all others close by."""
    w = _walkers([[5.0, 0.0], [5.0, 1e6]])
    far, close = np.array([[6.3, 0.0, 0.3]]), np.array([[5.7, 0.0, 0.3]])
    attentive = [crowd.robot_force(w, 0, robot)[0] for robot in (far, close)]
    w.attention[0] = crowd.BLIND
    blind = [crowd.robot_force(w, 0, robot)[0] for robot in (far, close)]
    assert blind[0] == pytest.approx(crowd.BLIND * attentive[0])
    assert blind[1] == attentive[1]


def test_a_group_pulls_its_stragglers():
    """The last of three is pulled forward; a stranger at the same place is not."""
    family = _walkers([[3.0, 0.0], [3.0, 0.8], [6.0, 0.4]], group=[0, 0, 0])
    strangers = _walkers([[3.0, 0.0], [3.0, 0.8], [6.0, 0.4]])
    assert crowd.group_force(family, 2)[0] < -1.0
    assert crowd.group_force(strangers, 2) == (0.0, 0.0)


def test_a_lone_walker_takes_up_the_wished_speed():
    """Without others, the speed comes within 5 % of the wish in three relaxation times."""
    w = _walkers([[4.0, 0.0]], wish=(1.2, 0.0))
    w.velocity[:] = 0.0
    crowd.step(w, WALLS, NOBODY, 3.0 * crowd.RELAXATION)
    assert w.velocity[0, 0] == pytest.approx(1.2 * (1.0 - math.exp(-3.0)), rel=0.02)


def test_nobody_passes_a_wall_however_hard_they_wish():
    """Walkers who head straight into walls and a pillar stay on the walkable ground."""
    rng = np.random.default_rng(4)
    w = _walkers(rng.uniform((1.0, -2.5), (9.0, 2.5), (12, 2)))
    for _ in range(100):
        w.wish[:] = rng.normal(0.0, 4.0, (12, 2))
        crowd.step(w, WALLS, NOBODY, 0.05)
        assert all(ROOM.contains(Point(p)) for p in w.position)
        assert all(nearest_wall(WALLS, *p)[0] >= 0.22 - 1e-9 for p in w.position)


def test_nobody_is_faster_than_their_cap():
    """Even in a squeeze, speeds stay at or below the cap."""
    w = _walkers([[3.0, 0.0], [3.1, 0.0], [3.05, 0.1], [3.0, 0.15]], wish=(3.0, 0.0))
    crowd.step(w, WALLS, NOBODY, 0.5)
    assert np.hypot(*w.velocity.T).max() <= 1.6 + 1e-12


def test_nobody_walks_into_a_robot():
    """Who wishes to walk through a standing robot stops at its disc or goes round it."""
    w = _walkers([[2.0, 1.5]], wish=(1.2, 0.0))
    for _ in range(100):
        crowd.step(w, WALLS, np.array([[4.0, 1.5, 0.3]]), 0.05)
        assert math.dist(w.position[0], (4.0, 1.5)) > 0.55


def test_nearest_wall_agrees_with_shapely():
    """The bucketed search finds the same distance as shapely, wherever an edge is within reach."""
    rng = np.random.default_rng(0)
    star = Polygon([(0, 0), (4, 1), (8, 0), (7, 4), (8, 8), (4, 7), (0, 8), (1, 4)])
    walls = walls_of(star)
    for x, y in rng.uniform(0.0, 8.0, (200, 2)):
        true = star.boundary.distance(Point(x, y))
        if true <= 1.5:
            assert nearest_wall(walls, x, y)[0] == pytest.approx(true, abs=1e-12)
