"""The collision monitor: exact all around, right about what moves, never in the way of fleeing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from robotics.control.ground import Ground, dense, rim
from robotics.control.guard import SafetyGuard
from robotics.control.monitor import CollisionMonitor, GuardConfig
from robotics.control.stopping import Body, free_speed, outside
from robotics.control.yielding import SHARES
from robotics.core.arrays import Array
from robotics.core.geometry import integrate, inverse, transform
from robotics.core.joints import Joint, JointTable, Mode
from robotics.core.messages import Command, Joints, Kind, Obstacle, State, Twist2
from robotics.mapping.grid import Grid

OUTLINE = np.array(
    [(-0.5, -0.4), (-0.5, 0.4), (0.7, 0.36), (0.7, -0.36), (0.5, 0.56), (0.5, -0.56)]
)
BODY = Body(OUTLINE, deceleration=1.2, reaction=0.25)
CONFIG = GuardConfig(BODY)
STILL = np.zeros(3)
NOTHING = np.zeros((0, 2))
TWISTS = (st.floats(-0.6, 1.2), st.sampled_from([0.0, 0.1, -0.2]), st.floats(-1.0, 1.0))


def _state(points: Array, time: float = 0.0, **changes: object) -> State:
    state = State(
        time, STILL, STILL, Joints.at_rest(STILL[:2]), STILL[:2], STILL, points_in_base=points
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def _gaps(point: Array, twist: Twist2, times: Array) -> Array:
    """Return how far the footprint is from a fixed point at ``times``, corners too large, (n,)."""
    velocity, spot = complex(twist.vx, twist.vy), complex(point[0], point[1])
    turned = np.exp(1j * twist.wz * times)
    still = abs(twist.wz) < 1e-9
    base = velocity * (times if still else (turned - 1.0) / (1j * twist.wz or 1.0))
    seen = (spot - base) / turned
    nx, ny, offset = BODY.edges.T
    gaps = np.outer(seen.real, nx) + np.outer(seen.imag, ny) - offset
    return np.asarray(gaps.max(axis=1))


@settings(max_examples=150)
@example(0.0, -0.2, 0.001953125, 0.0, -0.625)  # a circle of 100 m
@given(*TWISTS, st.floats(-2.5, 2.5), st.floats(-2.5, 2.5))
def test_the_swept_way_is_exact(vx: float, vy: float, wz: float, x: float, y: float) -> None:
    """Ahead, behind, beside, turning: the allowed speed is the law's for the way to the touch.

    The oracle moves the footprint in steps of 1 ms.
    """
    twist, point = Twist2(vx, vy, wz), np.array([[x, y]])
    speed = BODY.fastest(twist)
    assume(speed > 0.1 and outside(BODY.edges, x, y) > 0.03)
    times = np.arange(0.0, 2.5 / speed, 0.001)
    touches = times[_gaps(point[0], twist, times) < BODY.skin]
    allowed = free_speed(point, 0.0, twist, BODY)
    if math.isfinite(allowed):
        assert len(touches), "stopped by what it never reaches"
        way = allowed * BODY.reaction + allowed**2 / (2.0 * BODY.deceleration)
        assert way == pytest.approx(max(0.0, touches[0] * speed - BODY.margin), abs=0.003 * speed)
    elif len(touches):  # beyond what it needs to stop
        need = speed * BODY.reaction + speed**2 / (2.0 * BODY.deceleration) + BODY.margin
        assert touches[0] * speed > need


@settings(max_examples=100)
@given(*TWISTS, st.integers(0, 10_000))
def test_what_it_does_not_come_nearer_to_never_stops_it(
    vx: float, vy: float, wz: float, seed: int
) -> None:
    """A motion that brings the footprint nearer to no return passes, at whatever gap they are."""
    twist = Twist2(vx, vy, wz)
    speed = BODY.fastest(twist)
    assume(speed > 0.05)
    points = np.random.default_rng(seed).uniform(-1.2, 1.2, (40, 2))
    times = np.append(np.linspace(0.0, 0.05, 26), np.linspace(0.06, 3.0 / speed, 100))
    away = [point for point in points if (np.diff(_gaps(point, twist, times)) >= 0.0).all()]
    assume(away)
    monitor = CollisionMonitor(CONFIG)
    state = _state(np.array(away))
    monitor.watch(state)
    assert monitor.judge(state, twist) == ("", 1.0)


WHEELS = JointTable(
    tuple(Joint(n, Mode.VELOCITY, -np.inf, np.inf, 10.0, 60.0) for n in ("left", "right"))
)


class Wheels:
    """Two wheels of radius 0.15 m, 0.64 m apart."""

    def twist(self, state: State, command: Command) -> Twist2:
        """Return what the wheels mean."""
        left, right = 0.15 * command.target
        return Twist2(float(left + right) / 2, 0.0, float(right - left) / 0.64)

    def slowed(self, command: Command, share: float) -> Command:
        """Return both wheels slowed."""
        return replace(command, target=command.target * share)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=3, max_size=10),
    st.integers(0, 10_000),
)
def test_nothing_outvotes_it(wishes: list[tuple[float, float]], seed: int) -> None:
    """Whatever is wished: what is sent is within the law, or brakes as hard as it may."""
    guard = SafetyGuard(WHEELS, np.full(2, 12.0), 0.02, Wheels(), CONFIG)
    rng, last, drive = np.random.default_rng(seed), np.zeros(2), Wheels()
    for k, wish in enumerate(wishes):
        state = _state(rng.uniform(-2.0, 2.0, (15, 2)), 0.02 * k)
        sent = guard.allow(state, Command(np.array(wish), np.full(2, 60.0)))
        twist = drive.twist(state, sent)
        allowed = free_speed(state.points_in_base, 0.0, twist, BODY)
        lawful = BODY.fastest(twist) <= max(allowed, 1e-4) + 1e-6
        braking = (np.abs(sent.target) <= np.maximum(np.abs(last) - 0.24, 0.0) + 1e-9).any()
        assert lawful or braking
        last = sent.target


def _ring(centre: Array, radius: float, seen_from: Array) -> Array:
    """Return lidar returns (k, 2) of a round thing, one per degree."""
    bearing = np.radians(np.arange(360))
    ray = np.column_stack((np.cos(bearing), np.sin(bearing)))
    along = ray @ (centre - seen_from)
    across2 = np.sum((centre - seen_from) ** 2) - along**2
    hit = (along > 0.0) & (across2 < radius**2)
    reach = along[hit] - np.sqrt(radius**2 - across2[hit])
    return np.asarray(seen_from + reach[:, None] * ray[hit])


def _walk_in(
    start: tuple[float, float], velocity: tuple[float, float], twist: Twist2, *, seconds: float
) -> tuple[list[str], CollisionMonitor, State]:
    """Let somebody walk while the robot moves with ``twist``; return what the monitor says."""
    rng, monitor, pose, said = np.random.default_rng(5), CollisionMonitor(CONFIG), STILL, []
    wall = np.column_stack((np.linspace(-6, 6, 300), np.full(300, 4.0)))
    points, motion, state = NOTHING, (twist.vx, twist.vy, twist.wz), _state(NOTHING)
    for k in range(round(seconds / 0.02)):
        if k % 5 == 0:
            centre = np.array(start) + 0.02 * k * np.array(velocity)
            seen = np.vstack((wall, _ring(centre, 0.25, pose[:2])))
            noisy = seen + rng.normal(0.0, 0.01, seen.shape)
            scanned = noisy
        points = transform(inverse(pose), scanned)
        state = _state(
            points, 0.02 * k, points_age=0.02 * (k % 5), twist_base_in_base=np.array(motion)
        )
        monitor.watch(state)
        said.append(monitor.judge(state, twist).reason)
        pose = integrate(pose, motion, 0.02)
    return said, monitor, state


@pytest.mark.parametrize(
    ("start", "velocity"),
    [((4.5, 0.2), (-1.3, 0.0)), ((0.9, 3.2), (0.0, -1.3)), ((2.4, -3.0), (-0.2, 1.3))],
)
def test_it_slows_before_who_comes(
    start: tuple[float, float], velocity: tuple[float, float]
) -> None:
    """From ahead and from both sides, while the robot drives on slowly; the reason is said."""
    said, _, _ = _walk_in(start, velocity, Twist2(0.4), seconds=2.6)
    assert "contact ahead" in said


def test_who_comes_from_behind_does_not_hold_it() -> None:
    """Driving away from a pursuer stays possible; backing or turning towards him does not."""
    said, monitor, state = _walk_in((-3.2, 0.0), (1.3, 0.0), Twist2(0.3), seconds=2.0)
    assert set(said) == {""}
    assert monitor.judge(state, Twist2(-0.3)).share < 0.5
    assert monitor.judge(state, Twist2(0.0, 0.0, 0.5)).share < 1.0
    assert monitor.judge(state, Twist2(0.8)).reason == ""


def test_who_slides_along_a_side_may_be_back() -> None:
    """Turning away from where somebody is now does not turn into where they just were."""
    monitor, turn = CollisionMonitor(CONFIG), Twist2(0.0, 0.0, -0.12)

    def seen(time: float, x: float) -> State:
        there = Obstacle(1, np.array([x, -0.66]), np.array([-0.6, 0.0]), 0.25, Kind.PERSON, 1.0)
        return _state(np.array([[x, -0.41]]), time, obstacles=(there,))

    away = seen(1.0, -0.45)  # a turn to the right takes the rear right side away from them
    monitor.watch(away)
    before = monitor.judge(away, turn).share
    for k, x in enumerate((0.0, 0.2, 0.4)):
        monitor.watch(seen(1.1 + 0.1 * k, x))
    monitor.watch(back := seen(1.4, -0.45))
    assert monitor.judge(back, turn).share <= before - 0.2  # the front right corner is gentle
    for k in range(8):
        monitor.watch(late := seen(1.5 + 0.1 * k, -0.45))
    assert monitor.judge(late, turn).share == pytest.approx(before)


def test_what_stands_is_no_news() -> None:
    """Driving past a wall and a post with a noisy lidar: nothing moves, nothing slows."""
    said, monitor, _ = _walk_in((2.0, 1.2), (0.0, 0.0), Twist2(0.7), seconds=3.0)
    assert set(said) == {""}
    assert len(monitor._moving) == 0


def test_the_law_of_the_time_to_contact() -> None:
    """At the contact it stands: reaction, braking and the lead take the time that is left.

    Somebody 2 m ahead comes with 1.4 m/s: the body keeps the largest speed at which their way
    until then, its own and the berth fit into those 2 m.
    """
    monitor = CollisionMonitor(CONFIG)
    state = _state(NOTHING)
    monitor.watch(state)
    monitor._moving = np.array([[0.70 + 2.0, 0.0, -1.4, 0.0]])
    verdict = monitor.judge(state, Twist2(1.0))
    assert verdict.reason == "contact ahead"

    def needed(speed: float) -> float:
        until = CONFIG.prompt + (speed - CONFIG.gentle) / BODY.deceleration + CONFIG.lead
        own = speed * CONFIG.prompt + speed**2 / (2.0 * BODY.deceleration)
        return 1.4 * until + own + CONFIG.berth

    tried = [share for share in SHARES if needed(share) <= 2.0]
    assert verdict.share == pytest.approx(tried[0], abs=0.051)
    assert verdict.share < 1.0


def _kerb(share: float) -> tuple[Ground, GuardConfig]:
    grid = Grid(np.full((80, 80), np.inf), 0.1, np.array([-4.0, -4.0]))
    cells = grid.cells.copy()
    cells[:, 60:] = share
    line = dense(np.array([[2.0, -4.0], [2.0, 4.0]]))
    return Ground(line, np.zeros((0, 2)), grid.like(cells)), CONFIG


@pytest.mark.parametrize("turn", [0.0, 0.3])
def test_a_kerb_is_not_crossed(turn: float) -> None:
    """From any side: the footprint, less the slip, stays on its side of the line; back is free."""
    ground, config = _kerb(np.inf)
    monitor, pose, speed, reason = CollisionMonitor(config, ground), STILL, 0.0, ""
    for k in range(400):
        twist = Twist2(0.8, 0.0, turn)
        state = _state(NOTHING, 0.02 * k, pose_base_in_map=pose)
        monitor.watch(state)
        verdict = monitor.judge(state, twist)
        reason = verdict.reason or reason
        speed = max(verdict.share, speed - 1.2 * 0.02 / 0.8)
        pose = integrate(pose, (0.8 * speed, 0.0, turn * speed), 0.02)
        assert transform(pose, OUTLINE)[:, 0].max() < 2.0 + config.slip + 0.02
    assert reason == "kerb"
    state = _state(NOTHING, 10.0, pose_base_in_map=pose)
    monitor.watch(state)
    assert 0.4 * monitor.judge(state, Twist2(-0.4)).share > 0.1


def test_a_slow_zone_is_kept_and_standing_on_a_line_is_no_prison() -> None:
    """The zone's speed is caught; a line under the robot lets it drive off either way."""
    ground, config = _kerb(0.3)
    monitor = CollisionMonitor(config, ground)
    slow = _state(NOTHING, 0.0, pose_base_in_map=np.array([3.0, 0.0, 0.0]))
    monitor.watch(slow)
    verdict = monitor.judge(slow, Twist2(1.0))
    assert verdict.reason == "slow zone"
    assert verdict.share == pytest.approx(0.33)
    across = _state(NOTHING, 0.1, pose_base_in_map=np.array([2.0, 0.0, 0.0]))
    for speed in (0.2, -0.2):
        verdict = monitor.judge(across, Twist2(speed))
        assert verdict.reason == "kerb"
        assert verdict.share == pytest.approx(0.75)


def test_the_rim_is_the_border_of_an_area() -> None:
    """Every cell of the area with a free neighbour, and no other."""
    cells = np.zeros((9, 12), dtype=np.bool_)
    cells[2:7, 3:9] = True
    points = rim(Grid(cells, 0.5, np.array([1.0, 2.0])))
    assert len(points) == 2 * 5 + 2 * 6 - 4
    assert len(rim(Grid(np.zeros((3, 3), dtype=np.bool_), 0.5, np.zeros(2)))) == 0


def test_bad_time_and_bad_age_stand_still() -> None:
    """Time that runs backwards and an age that is no number stop the base, with a reason."""
    monitor = CollisionMonitor(CONFIG)
    for time, reason in ((1.0, ""), (0.5, "time backwards"), (0.6, "")):
        state = _state(NOTHING, time)
        monitor.watch(state)
        assert monitor.judge(state, Twist2(0.5)).reason == reason
    for age in (math.nan, -1.0, math.inf):
        state = _state(NOTHING, 1.0, points_age=age)
        monitor.watch(state)
        assert monitor.judge(state, Twist2(0.5)) == ("no scan", 0.0)
    nan = _state(NOTHING, 1.1, quality=math.nan)
    monitor.watch(nan)
    assert monitor.judge(nan, Twist2(0.5)).reason == "localisation lost"
