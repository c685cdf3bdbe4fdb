"""Passive safety: nobody whose acceleration is bounded can be pushed; leaving is always free."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.control.stopping import Body, outside
from robotics.control.yielding import yielding_share
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import integrate, inverse, transform

OUTLINE = np.array(
    [(-0.5, -0.4), (-0.5, 0.4), (0.7, 0.36), (0.7, -0.36), (0.5, 0.56), (0.5, -0.56)]
)
BODY = Body(OUTLINE, deceleration=1.2, reaction=0.25)
SHAPE = (BODY.edges, BODY.faces)
LEAD, GENTLE, PUSH = 0.15, 0.04, 1.5
BRAKE = np.array([0.2, 1.2, 3.0, LEAD, GENTLE, BODY.radius])
PERIOD = 0.05
RADIUS = 0.25


def _share(people: Array, twist: Array) -> float:
    """Return the share for people (x, y, vx, vy) in the base frame, (k, 4)."""
    rest = np.tile((RADIUS, 0.05, 0.05, PUSH), (len(people), 1))
    return yielding_share(SHAPE, np.hstack((people, rest)), np.asarray(twist, float), BRAKE)


@dataclass
class Drive:
    """A body that obeys 150 ms late, brakes with 1.2 m/s² and 3 rad/s², and wants something."""

    pose: Array = field(default_factory=lambda: np.zeros(3))
    twist: Array = field(default_factory=lambda: np.zeros(3))
    sent: Array = field(default_factory=lambda: np.zeros(3))
    due: list[Array] = field(default_factory=lambda: [np.zeros(3)] * 3)

    def tick(self, wish: Array, person: tuple[Array, Array]) -> None:
        """Send what the law lets pass of a wish; let one period pass."""
        rate = np.array([0.6, 0.6, 1.5]) * PERIOD
        wished = self.sent + clamped(wish - self.sent, -rate, rate)
        place, speed = person
        turn = (0.0, 0.0, -float(self.pose[2]))
        seen = np.hstack((transform(inverse(self.pose), [place]), transform(turn, [speed])))
        self.sent = _share(seen, wished) * wished
        self.due.append(self.sent)
        wanted = self.due.pop(0)
        most = np.where(np.abs(wanted) < np.abs(self.twist), (1.2, 1.2, 3.0), (0.6, 0.6, 1.5))
        change = clamped(wanted - self.twist, -most * PERIOD, most * PERIOD)
        self.pose = integrate(self.pose, self.twist + 0.5 * change, PERIOD)
        self.twist = self.twist + change


def _nearest(pose: Array, place: Array) -> tuple[float, Array, Array]:
    """Return gap, nearest point of the outline (base frame) and the direction to the person."""
    spot = transform(inverse(pose), [place])[0]
    a, b = BODY.faces[:, :2], BODY.faces[:, 2:]
    along = np.clip(((spot - a) * (b - a)).sum(1) / ((b - a) ** 2).sum(1), 0.0, 1.0)
    points = a + along[:, None] * (b - a)
    gaps = np.hypot(*(spot - points).T)
    k = int(gaps.argmin())
    gap = float(gaps[k]) if outside(BODY.edges, *spot) > 0.0 else -float(gaps[k])
    return gap, points[k], (spot - points[k]) / max(float(gaps[k]), 1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_nobody_is_pushed(seed: int) -> None:
    """A person, also one who hunts the robot, accelerates as they like within the bound.

    At the touch, and for 0.15 s before it, the point that they touch does not come towards them.
    """
    rng = np.random.default_rng(seed)
    drive, angle = Drive(), rng.uniform(-math.pi, math.pi)
    place = rng.uniform(2.2, 3.5) * np.array([math.cos(angle), math.sin(angle)])
    speed = rng.uniform(0.0, 1.3) * -place / np.hypot(*place)
    wish, hunts, twists = np.zeros(3), rng.random() < 0.6, []
    for k in range(160):
        if k % 25 == 0:
            wish = np.array([rng.uniform(-0.4, 1.2), 0.0, rng.uniform(-1.0, 1.0)])
            push = rng.uniform(-1.0, 1.0, 2)
        if hunts:
            push = transform(drive.pose, [(0.4, 0.0)])[0] + 0.5 * drive.twist[0] - place
        change = PUSH * PERIOD * push / max(1e-9, float(np.hypot(*push)))
        drive.tick(wish, (place, speed))
        twists.append(drive.twist)
        faster = speed + change
        if np.hypot(*faster) < 1.7:
            speed = faster
        place = place + PERIOD * speed
        gap, point, towards = _nearest(drive.pose, place)
        if gap < RADIUS:
            for vx, vy, wz in twists[-4:]:
                moving = np.array([vx - wz * point[1], vy + wz * point[0]])
                assert moving @ towards < 0.05, (k, gap)
            return


PLACES = (st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(-1.3, 1.3), st.floats(-1.3, 1.3))
TWISTS = (st.floats(-0.4, 1.2), st.floats(-0.1, 0.1), st.floats(-1.0, 1.0))


@settings(max_examples=150)
@given(*PLACES, *TWISTS)
def test_it_is_the_same_on_both_sides(
    x: float, y: float, ux: float, uy: float, vx: float, vy: float, wz: float
) -> None:
    """Mirrored people, mirrored twist: the same share, which never raises and never reverses."""
    share = _share(np.array([[x, y, ux, uy]]), np.array([vx, vy, wz]))
    mirrored = _share(np.array([[x, -y, ux, -uy]]), np.array([vx, -vy, -wz]))
    assert share == mirrored
    assert 0.0 <= share <= 1.0


@settings(max_examples=100)
@given(*TWISTS, st.integers(0, 1000))
def test_more_people_never_allow_more(vx: float, vy: float, wz: float, seed: int) -> None:
    """Somebody else near can only slow it."""
    people = np.random.default_rng(seed).uniform(-2.0, 2.0, (5, 4))
    twist = np.array([vx, vy, wz])
    assert _share(people, twist) <= min(_share(people[k : k + 1], twist) for k in range(5))


@pytest.mark.parametrize("closing", [0.0, 0.7, 1.4])
def test_leaving_is_free(closing: float) -> None:
    """Away from who comes from behind or from ahead, at whatever speed; towards them is not."""
    behind = np.array([[-0.5 - RADIUS - 0.01, 0.1, closing, 0.0]])
    assert _share(behind, np.array([0.9, 0.0, 0.0])) == 1.0
    assert 0.3 * _share(behind, np.array([-0.3, 0.0, 0.0])) <= GENTLE
    ahead = np.array([[0.7 + RADIUS + 0.01, 0.1, -closing, 0.0]])
    assert _share(ahead, np.array([-0.4, 0.0, 0.0])) == 1.0
    assert 0.4 * _share(ahead, np.array([0.4, 0.0, 0.0])) <= GENTLE


def test_a_turn_with_somebody_at_the_side_is_not_begun() -> None:
    """The rear swings towards who stands beside it: no faster than a touch may be."""
    for side in (-1.0, 1.0):
        beside = np.array([[-0.45, side * (0.4 + RADIUS + 0.02), 0.0, 0.0]])
        turn = np.array([0.0, 0.0, -0.8 * side])
        assert 0.8 * 0.45 * _share(beside, turn) <= GENTLE


def test_who_is_far_or_walks_away_is_no_matter() -> None:
    """Three metres ahead, standing; one metre ahead, walking off at the robot's speed."""
    assert _share(np.array([[3.7, 0.0, 0.0, 0.0]]), np.array([1.2, 0.0, 0.0])) == 1.0
    assert _share(np.array([[2.2, 0.0, 1.3, 0.0]]), np.array([0.8, 0.0, 0.0])) == 1.0
