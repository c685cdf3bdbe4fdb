"""Who is near, by the returns: their places and paces, from one scan to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from robotics.control.company import company, moving_people, pace, sights
from robotics.core.arrays import Array
from robotics.core.geometry import inverse, transform
from robotics.core.messages import Joints, Kind, Obstacle, State

STILL = np.zeros(3)
POSE = np.array([3.0, -1.0, 0.7])
DOUBT = (0.08, 0.1, 2.0)


def _side(centre: Array) -> Array:
    """Return the returns (k, 2) of the side that a body of 0.25 m shows the base."""
    bearing = np.arctan2(-centre[1], -centre[0]) + np.linspace(-1.2, 1.2, 14)
    return centre + 0.25 * np.column_stack((np.cos(bearing), np.sin(bearing)))


def _seen(centre: Array, kind: Kind, *, told: Array | None = None) -> State:
    """Return a state with somebody at ``centre`` (base frame), whom the tracker has at ``told``."""
    rng = np.random.default_rng(3)
    place = transform(POSE, [centre if told is None else told])[0]
    one = Obstacle(7, place, np.zeros(2), 0.25, kind)
    points = _side(centre) + rng.normal(0.0, 0.01, (14, 2))
    state = State(0.0, POSE, STILL, Joints.at_rest(STILL), STILL[:2], STILL, points_in_base=points)
    return replace(state, obstacles=(one,))


@pytest.mark.parametrize("centre", [(1.4, 0.3), (0.2, -1.5), (-2.0, 0.4)])
def test_a_body_is_where_its_returns_say(centre: tuple[float, float]) -> None:
    """Within 4 cm, though the tracker is 12 cm late, and its pace within 0.1 m/s."""
    before = np.array(centre)
    after = before + np.array([0.16, -0.1])
    first = _seen(before, Kind.PERSON)
    second = _seen(after, Kind.PERSON, told=after - np.array([0.1, -0.07]))
    was = sights(first, company(first, 3.0))[7]
    now = sights(second, company(second, 3.0))[7]
    assert now.place == pytest.approx(after, abs=0.04)
    assert pace(now, was, 0.2) == pytest.approx([0.8, -0.5], abs=0.1)


def test_half_hidden_is_no_pace() -> None:
    """Of whom another hides a half, the middle of the rest says nothing of their speed."""
    state = _seen(np.array([1.5, 0.0]), Kind.PERSON)
    half = replace(state, points_in_base=state.points_in_base[:7])
    whole, rest = (sights(one, company(one, 3.0))[7] for one in (state, half))
    assert pace(rest, whole, 0.2) is None


def test_who_stood_for_long_is_somebody_once_they_stir() -> None:
    """A thing that stands is none of the company; the same, moving by its returns, is."""
    state = _seen(np.array([1.0, 0.5]), Kind.STATIC)
    near = company(state, 3.0)
    assert len(moving_people(state, near, {}, DOUBT)) == 0
    place = np.array([1.0, 0.5])
    stirring = moving_people(state, near, {7: (place, np.array([-0.4, 0.0]))}, DOUBT)
    assert stirring[-1, :4] == pytest.approx([1.0, 0.5, -0.4, 0.0])
    assert len(moving_people(state, near, {7: (place, np.array([0.1, 0.0]))}, DOUBT)) == 0


def test_of_whom_nothing_is_known_may_be_walking() -> None:
    """Before their pace is known they count, with a wide doubt; what is known to stand does not."""
    state = _seen(np.array([1.0, 0.5]), Kind.UNKNOWN)
    rows = moving_people(state, company(state, 3.0), {}, DOUBT)
    assert len(rows) == 1
    assert rows[0, 6] > 0.5
    stands = {7: (np.array([1.0, 0.5]), np.array([0.05, 0.0]))}
    assert len(moving_people(state, company(state, 3.0), stands, DOUBT)) == 0
    thing = replace(state, obstacles=(replace(state.obstacles[0], kind=Kind.STATIC),))
    assert len(moving_people(thing, company(thing, 3.0), {}, DOUBT)) == 0


def test_what_is_followed_is_seen_from_the_base() -> None:
    """Somebody who walks: place and velocity are turned into the base frame, and brought to now."""
    walker = Obstacle(1, transform(POSE, [(1.0, 0.0)])[0], np.array([0.0, 1.0]), 0.3, Kind.PERSON)
    far = replace(walker, id=2, position_in_map=np.array([30.0, 0.0]))
    state = replace(_seen(np.array([1.0, 0.5]), Kind.STATIC), points_age=0.1)
    state = replace(state, obstacles=(walker, far))
    rows = moving_people(state, company(state, 3.0), {}, DOUBT)
    speed = transform((0.0, 0.0, inverse(POSE)[2]), [(0.0, 1.0)])[0]
    place = np.array([1.0, 0.0]) + 0.1 * speed
    assert rows == pytest.approx(np.array([[*place, *speed, 0.3, *DOUBT]]))
