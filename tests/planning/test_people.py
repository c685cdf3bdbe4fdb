"""Where people will be: laws of motion, doubt and company."""

from __future__ import annotations

import numpy as np
import pytest
from planning_grounds import blocked
from scipy.sparse.csgraph import connected_components
from shapely.geometry import box

from robotics.core.messages import Joints, Kind, Obstacle, State
from robotics.mapping.grid import Grid, distance_field
from robotics.planning.predictive.people import (
    SEEN,
    groups,
    is_thing,
    pairs_of,
    predict,
    together,
)

NOWHERE = np.zeros(3)


def seen(*obstacles: Obstacle) -> State:
    """Return a state that tells of obstacles."""
    joints = Joints.at_rest(np.zeros(0))
    return State(0.0, NOWHERE, NOWHERE, joints, NOWHERE[:2], NOWHERE, obstacles=obstacles)


def one(
    place: tuple[float, float],
    velocity: tuple[float, float] = (0.0, 0.0),
    kind: Kind = Kind.PERSON,
    number: int = 1,
) -> Obstacle:
    """Return a track."""
    return Obstacle(number, np.array(place), np.array(velocity), 0.25, kind)


def hall() -> Grid:
    """Return the distance field of a hall of 16 x 10 m."""
    return distance_field(blocked(box(0, 0, 16, 10)))


def test_a_walker_goes_straight_on() -> None:
    """Without walls the prediction is p + v t, from the time at which it begins."""
    people = predict(seen(one((1.0, 2.0), (1.2, -0.4))), dt=0.1, steps=28, start=0.15)
    time = 0.15 + 0.1 * np.arange(29)
    expected = np.array([1.0, 2.0]) + time[:, None] * (1.2, -0.4)
    assert np.allclose(people.position[:, 0], expected, atol=1e-12)


def test_nobody_walks_through_a_wall() -> None:
    """A predicted centre never comes nearer to a wall than a shoulder, and stays where it halts."""
    field = hall()
    rng = np.random.default_rng(3)
    for _ in range(200):
        place = rng.uniform((0.5, 0.5), (15.5, 9.5))
        velocity = rng.uniform(-2.0, 2.0, 2)
        people = predict(seen(one(tuple(place), tuple(velocity))), dt=0.1, steps=40, distance=field)
        x, y = people.position[:, 0].T
        edge = np.minimum.reduce([x, y, 16.0 - x, 10.0 - y])
        assert edge.min() > min(0.2, float(edge[0])) - 2.0 * field.resolution
        still = np.flatnonzero(np.hypot(*np.diff(people.position[:, 0], axis=0).T) < 1e-12)
        assert len(still) == 0 or (np.diff(still) == 1).all()


def test_someone_in_a_doorway_may_leave_it() -> None:
    """Who is nearer to a wall than a shoulder already is not held there when walking away."""
    people = predict(seen(one((0.1, 5.0), (1.0, 0.0))), dt=0.1, steps=20, distance=hall())
    assert people.position[-1, 0, 0] == pytest.approx(2.1, abs=1e-9)


def test_doubt_grows_and_children_are_doubted_more() -> None:
    """σ begins with what the tracker reaches and never shrinks; things have none."""
    state = seen(
        one((0, 0), (1.0, 0.0)),
        one((5, 0), (1.0, 0.0), Kind.CHILD),
        one((9, 0)),
        one((9, 5), kind=Kind.STATIC),
    )
    sigma = predict(state, dt=0.1, steps=28).sigma
    assert np.allclose(sigma[0], (SEEN, SEEN, SEEN, 0.0))
    assert (np.diff(sigma[:, :3], axis=0) > 0.0).all()
    assert (sigma[1:, 1] > sigma[1:, 0]).all()
    assert not sigma[:, 3].any()


def test_the_doubt_is_that_of_a_kalman_filter() -> None:
    """σ² equals the position variance that the covariance F P Fᵀ + Q propagates, step by step."""
    dt, steps, q = 0.1, 28, 0.3**2
    transition = np.array([[1.0, dt], [0.0, 1.0]])
    noise = q * np.array([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]])
    covariance = np.diag([0.05**2, 0.10**2])
    sigma = predict(seen(one((0, 0), (1.0, 0.0))), dt=dt, steps=steps).sigma[:, 0]
    for k in range(steps + 1):
        assert sigma[k] ** 2 == pytest.approx(covariance[0, 0], rel=1e-9)
        covariance = transition @ covariance @ transition.T + noise


def test_things_have_no_personal_space_and_stay() -> None:
    """A static thing, and an unknown one that stands, wish no gap; a person, child or cart do."""
    state = seen(
        one((0, 0), kind=Kind.STATIC),
        one((3, 0), kind=Kind.UNKNOWN),
        one((6, 0), (0.6, 0.0), Kind.UNKNOWN),
        one((9, 0)),
        one((12, 0), (0.5, 0.0), Kind.CART),
    )
    people = predict(state, dt=0.1, steps=5)
    assert people.personal.tolist() == [0.0, 0.0, 0.5, 0.5, 0.5]
    assert not (people.position[:, :2] - people.position[0, :2]).any()
    assert [is_thing(each) for each in state.obstacles] == [True, True, False, False, False]


def test_groups_are_connected_components() -> None:
    """The numbering agrees with scipy's components of the same pairs; who is alone has -1."""
    rng = np.random.default_rng(5)
    for _ in range(50):
        track = np.hstack((rng.uniform(0, 7, (25, 2)), rng.uniform(-1, 1, (25, 2)).round()))
        person = rng.random(25) < 0.9
        near = np.array([[together(a, b) for b in track] for a in track]) & np.outer(person, person)
        _, label = connected_components(near & ~np.eye(25, dtype=np.bool_))
        number = groups(track, person)
        for i in range(25):
            for j in range(25):
                same = label[i] == label[j] and i != j
                assert (number[i] == number[j] and number[i] >= 0) == same or i == j
            assert (number[i] == -1) == (np.count_nonzero(label == label[i]) == 1)


def test_who_passes_does_not_belong() -> None:
    """Two abreast belong together, two who meet do not, nor does one who passes a standing pair."""
    abreast = np.array([[0, 0, 1.2, 0], [0, 0.8, 1.2, 0.1]], dtype=float)
    meeting = np.array([[0, 0, 1.2, 0], [0, 0.8, -1.2, 0.0]], dtype=float)
    passing = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0.5, 0.5, 1.0, 0]], dtype=float)
    assert groups(abreast, np.ones(2, dtype=np.bool_)).tolist() == [0, 0]
    assert groups(meeting, np.ones(2, dtype=np.bool_)).tolist() == [-1, -1]
    assert groups(passing, np.ones(3, dtype=np.bool_)).tolist() == [0, 0, -1]


def test_pairs_are_neighbours_of_a_group() -> None:
    """Pairs name two of one group, each pair once; nobody alone is in one."""
    place = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [9.0, 9.0]])
    pairs = pairs_of(np.array([0, 0, 0, -1]), place)
    assert sorted(tuple(sorted(pair)) for pair in pairs.tolist()) == [(0, 1), (1, 2)]


def test_nobody_is_a_crowd_of_none() -> None:
    """An empty state gives arrays without people, with and without a map."""
    for field in (None, hall()):
        people = predict(seen(), dt=0.1, steps=4, distance=field)
        assert people.position.shape == (5, 0, 2)
        assert people.sigma.shape == (5, 0)
        assert len(people.group) == 0
