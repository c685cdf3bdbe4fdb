"""The guard: limits that hold for any wish, and a stop before anything seen, from any speed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.control.guard import GuardConfig, SafetyGuard
from robotics.control.stopping import Body, free_speed
from robotics.core.arrays import Array
from robotics.core.geometry import integrate, inverse, transform
from robotics.core.joints import Joint, JointTable, Mode
from robotics.core.messages import Command, Contacts, Joints, State, Tools, Twist2

PERIOD = 0.02
TABLE = JointTable(
    (
        Joint("wheel_left", Mode.VELOCITY, -np.inf, np.inf, 10.0, 60.0),
        Joint("wheel_right", Mode.VELOCITY, -np.inf, np.inf, 10.0, 60.0),
        Joint("arm", Mode.POSITION, -1.0, 2.0, 3.0, 5.0),
    )
)
RATE = np.array([12.0, 12.0, 3.0])
OUTLINE = np.array(
    [(-0.5, -0.4), (-0.5, 0.4), (0.7, 0.36), (0.7, -0.36), (0.5, 0.56), (0.5, -0.56)]
)
BODY = Body(OUTLINE, deceleration=1.2, reaction=0.25)


class Wheels:
    """Two wheels of radius 0.15 m, 0.64 m apart."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return what the wheels mean."""
        left, right = 0.15 * command.target[:2]
        return Twist2(float(left + right) / 2, 0.0, float(right - left) / 0.64)

    def slowed(self, command: Command, share: float) -> Command:
        """Return both wheels slowed."""
        return replace(command, target=command.target * (share, share, 1.0))


def _guard() -> SafetyGuard:
    return SafetyGuard(TABLE, RATE, PERIOD, Wheels(), GuardConfig(BODY))


def _state(points: Array | None = None, **changes: object) -> State:
    points = np.zeros((0, 2)) if points is None else points
    still = np.zeros(3)
    state = State(0.0, still, still, Joints.at_rest(still), still[:2], still, points_in_base=points)
    return replace(state, **changes)  # type: ignore[arg-type]


def _wish(vx: float, wz: float = 0.0, arm: float = 0.0) -> Command:
    left, right = (vx - 0.32 * wz) / 0.15, (vx + 0.32 * wz) / 0.15
    return Command(np.array([left, right, arm]), np.array([60.0, 60.0, 5.0]), Tools(brush=1.0))


@settings(max_examples=50)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 4), min_size=1, max_size=8))
def test_no_wish_passes_a_limit(wishes: list[tuple[float, float, float, float]]) -> None:
    """Position, speed, effort and rate stay within bounds, whatever is wished, tick after tick."""
    guard, last = _guard(), np.zeros(3)
    for *target, effort in wishes:
        sent = guard.allow(_state(), Command(np.array(target), np.full(3, effort)))
        assert (np.abs(sent.target[:2]) <= 10.0).all()
        assert -1.0 <= sent.target[2] <= 2.0
        assert ((sent.effort_limit >= 0.0) & (sent.effort_limit <= (60.0, 60.0, 5.0))).all()
        assert (np.abs(sent.target - last) <= RATE * PERIOD + 1e-9).all()
        last = sent.target


def _approach(speed: float, turn: float, latency: int) -> tuple[float, str]:
    """Drive at a wall 3 m ahead; return the least gap to it and the last rule that braked."""
    wall = np.column_stack((np.full(400, 3.0), np.linspace(-6.0, 6.0, 400)))
    guard, pose, reason, least = _guard(), np.zeros(3), "", np.inf
    wheels, queue, points = np.zeros(2), [np.zeros(2)] * latency, np.zeros((0, 2))
    for k in range(900):
        if k % 5 == 0:
            points = transform(inverse(pose), wall)
        sent = guard.allow(_state(points, points_age=0.02 * (k % 5)), _wish(speed, turn))
        reason = sent.stopped_by or reason
        queue.append(sent.target[:2])
        wheels = wheels + np.clip(queue.pop(0) - wheels, -8.0 * PERIOD, 8.0 * PERIOD)
        left, right = 0.15 * wheels
        pose = integrate(pose, ((left + right) / 2, 0.0, (right - left) / 0.64), PERIOD)
        least = min(least, 3.0 - float(transform(pose, OUTLINE)[:, 0].max()))
    return least, reason


@pytest.mark.parametrize("speed", [0.2, 0.5, 0.8, 1.2, 1.5])
@pytest.mark.parametrize("turn", [0.0, 0.15, -0.3])
def test_it_stops_before_a_wall(speed: float, turn: float) -> None:
    """From any speed and on any bend, with 60 ms of delay, it comes to rest before the wall."""
    gap, reason = _approach(speed, turn, 3)
    assert gap > 0.0
    if turn == 0.0:
        assert reason == "collision"
        assert gap < 0.25


def test_the_law_is_the_stopping_distance() -> None:
    """Reaction way plus braking way equals the free way less the margin."""
    for distance in (0.3, 0.6, 1.0, 2.0):
        points = np.array([(0.7 + distance, 0.0)])
        v = free_speed(points, 0.0, Twist2(3.0, 0.0, 0.0), BODY)
        way = v * BODY.reaction + v**2 / (2 * BODY.deceleration)
        assert way == pytest.approx(distance - BODY.margin, abs=0.04)


def test_a_wall_beside_does_not_stop_it() -> None:
    """Working 3 cm along a kerb wall stays possible; turning into it does not."""
    wall = np.column_stack((np.linspace(-3, 4, 500), np.full(500, 0.59)))
    assert _guard().allow(_state(wall), _wish(0.8)).stopped_by == ""
    assert _guard().allow(_state(wall), _wish(0.0, 0.8)).stopped_by == "collision"


def test_it_may_leave_what_it_touches() -> None:
    """With something within the skin in front, backwards passes, forwards does not."""
    near = np.array([(0.705, 0.0)])
    assert _guard().allow(_state(near), _wish(-0.3)).stopped_by == ""
    ahead = _guard().allow(_state(near), _wish(0.3))
    assert ahead.stopped_by == "collision"
    assert ahead.target[:2] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tilt": np.array([0.5, 0.0])}, "tilt"),
        ({"quality": 0.05}, "localisation lost"),
        ({"points_age": 1.5}, "no scan"),
        ({"points_age": 0.7}, "scan late"),
        ({"contacts": Contacts(bumpers=("bumper_front",))}, "bumper"),
    ],
)
def test_each_rule_names_itself(changes: dict[str, object], reason: str) -> None:
    """Tilt, lost pose, stale scan and bumpers stop or slow the wheels; the arm is left alone."""
    guard = _guard()
    for _ in range(100):
        sent = guard.allow(_state(**changes), _wish(0.8, arm=1.0))
    assert sent.stopped_by == reason
    assert 0.15 * abs(sent.target[0]) <= (0.15 if reason == "scan late" else 0.0) + 1e-9
    assert sent.target[2] == pytest.approx(1.0)


def test_rest_needs_no_reason() -> None:
    """A command that does not move the base passes, however bad the state."""
    assert _guard().allow(_state(quality=0.0), _wish(0.0)).stopped_by == ""


@settings(max_examples=60)
@given(st.floats(-1.2, 1.2), st.floats(-1.0, 1.0), st.integers(0, 1000))
def test_more_points_never_allow_more(vx: float, wz: float, seed: int) -> None:
    """Another return can only lower the speed: the guard is never outvoted."""
    points = np.random.default_rng(seed).uniform(-2.0, 2.0, (12, 2))
    twist = Twist2(vx, 0.0, wz)
    few, many = (free_speed(chosen, 0.05, twist, BODY) for chosen in (points[:6], points))
    assert many <= few + 1e-12
