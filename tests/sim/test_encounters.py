"""Near and greeted, judged on made-up tracks."""

import numpy as np
import pytest

from robotics.core.messages import Utterance
from sim.encounters import Encounters

POSE = np.zeros(3)


def _watch(track, greetings, *, seconds=20.0, behaviour="greet_morning", pose=POSE):
    """Return (near, greeted) for one visitor on ``track(t)`` and greetings at given times."""
    seen = Encounters()
    for k in range(round(seconds / 0.05)):
        time = 0.05 * k
        said = tuple(
            Utterance("早上好", "Good morning", start, 2.0, behaviour)
            for start in greetings
            if start <= time + 1e-9
        )
        where = np.array([track(time)])
        seen.observe(time, pose, said, who=np.array([7]), where=where)
    return seen.near, seen.greeted


def _stay(start, end, *, distance=2.0, bearing=0.0):
    """Return a track: far away, but at ``distance`` from ``start`` to ``end``."""
    spot = distance * np.array([np.cos(bearing), np.sin(bearing)])
    return lambda time: spot if start <= time <= end else (3.9 / distance) * spot


@pytest.mark.parametrize(
    ("track", "greetings", "expected"),
    [
        (_stay(5, 10), [6.0], (1, 1)),  # stands there and is greeted
        (_stay(5, 10), [], (1, 0)),  # nobody says anything
        (_stay(5, 6.5), [5.5], (0, 0)),  # hurries past: does not count at all
        (_stay(5, 10), [3.0], (1, 1)),  # greeted while coming
        (_stay(5, 10), [1.0], (1, 0)),  # too early: more than 3 s before
        (_stay(5, 10), [12.0], (1, 0)),  # too late: gone
        (_stay(5, 10, bearing=2.8), [6.0], (1, 0)),  # behind the greeter's back
        (_stay(5, 10, bearing=1.9), [6.0], (1, 1)),  # at its side
        (_stay(5, 10, distance=2.6), [6.0], (0, 0)),  # never within 2.5 m
    ],
)
def test_cases(track, greetings, expected):
    """Each case of when somebody stays where, and when a greeting begins."""
    assert _watch(track, greetings) == expected


def test_only_greetings_greet():
    """A song, a farewell or an excuse is no greeting."""
    assert _watch(_stay(5, 10), [6.0], behaviour="farewell") == (1, 0)


def test_who_is_too_far_to_hear_is_not_greeted():
    """A greeting while the visitor is 5 m away does not count, 2 s before it comes near."""

    def far_then_near(time):
        return np.array([5.0 if time < 5.0 else 2.0, 0.0])

    assert _watch(far_then_near, [4.0]) == (1, 0)


def test_coming_back_counts_once():
    """Two stays of one person are one visitor, greeted in whichever stay."""

    def twice(time):
        return np.array([2.0 if 2.0 < time < 5.0 or 10.0 < time < 14.0 else 3.8, 0.0])

    assert _watch(twice, []) == (1, 0)
    assert _watch(twice, [12.0]) == (1, 1)


def test_a_step_aside_does_not_end_a_stay():
    """Half a second at 2.7 m is still the same stay; two stays of 1.5 s are none."""

    def wavering(time):
        return np.array([2.7 if 6.0 < time < 6.5 else 2.0 if 5.0 < time < 7.5 else 3.9, 0.0])

    def two_short(time):
        return np.array([2.0 if 3.0 < time < 4.5 or 8.0 < time < 9.5 else 3.9, 0.0])

    assert _watch(wavering, [7.0]) == (1, 1)
    assert _watch(two_short, [4.0]) == (0, 0)


def test_one_greeting_reaches_a_family_and_turns_with_the_robot():
    """Everyone in front within 4 m is greeted at once; in front is where the robot faces."""
    seen = Encounters()
    pose = np.array([1.0, 1.0, np.pi])
    where = np.array([[-1.0, 1.0], [-0.8, 2.0], [3.0, 1.0]])
    said = (Utterance("你们好", "Hello all", 1.0, 2.0, "greet_family"),)
    for k in range(100):
        time = 0.05 * k
        shown = said if time >= 1.0 else ()
        seen.observe(time, pose, shown, who=np.array([1, 2, 3]), where=where)
    assert (seen.near, seen.greeted) == (3, 2)
