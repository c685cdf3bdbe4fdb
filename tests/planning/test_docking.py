"""Docking: laws of the last stretch, on a base that obeys late and believes with noise."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import compose, integrate, relative, wrap
from robotics.core.messages import BaseGoal, Drive, GoTo, Joints, State
from robotics.planning.course import LEG, TURNING
from robotics.planning.cursor import cursor_of
from robotics.planning.docking import Docking, DockingConfig, Phase, failed

STATION = np.array([3.0, -2.0, 2.1])
STEP = 0.05


def believed(time: float, pose: Array, twist: Array) -> State:
    """Return what the robot believes."""
    return State(time, pose, twist, Joints.at_rest(np.zeros(0)), np.zeros(2), np.zeros(3))


def carried_out(goal: BaseGoal, pose: Array) -> Array:
    """Return the twist of a base that does what it is told; a goal pose is reached by magic."""
    if isinstance(goal, Drive):
        return np.array(goal.twist)
    if isinstance(goal, GoTo):
        offset = relative(pose, goal.pose_in_map)
        return np.array([*np.clip(2.0 * offset[:2], -0.5, 0.5), np.clip(2.0 * offset[2], -1, 1)])
    return np.zeros(3)


def dock(
    start: Array, *, noise: float = 0.0, delay: int = 1, seconds: float = 120.0
) -> tuple[Docking, Array, Array]:
    """Let a base dock; return the docking, where it stands, and the path driven, (n, 3)."""
    rng, docking = np.random.default_rng(3), Docking(STATION)
    pose, twist, queue, path = start, np.zeros(3), deque([np.zeros(3)] * delay), []
    for k in range(round(seconds / STEP)):
        seen = pose + rng.normal(0.0, (noise, noise, 0.2 * noise)) if noise else pose
        queue.append(carried_out(docking.base(believed(k * STEP, seen, twist)), pose))
        twist = queue.popleft()
        pose = integrate(pose, twist, STEP)
        path.append(pose)
        if docking.phase in (Phase.DONE, Phase.FAILED):
            break
    return docking, pose, np.array(path)


@pytest.mark.parametrize("yaw", [-2.5, -0.5, 0.0, 1.0, 3.0])
def test_it_stands_in_the_station_within_a_centimetre(yaw: float) -> None:
    """From anywhere around, with noise of 4 mm in what it believes."""
    for bearing in np.linspace(-3.0, 3.0, 5):
        start = np.array(
            [*(STATION[:2] + 3.0 * np.array([math.cos(bearing), math.sin(bearing)])), yaw]
        )
        docking, pose, _ = dock(start, noise=0.004)
        assert docking.phase is Phase.DONE
        error = relative(STATION, pose)
        assert np.hypot(error[0], error[1]) < 0.015
        assert abs(error[2]) < math.radians(0.8)


def test_the_last_half_metre_is_driven_straight() -> None:
    """Within a centimetre of the station's line and a degree of its heading, at a creep."""
    docking, _, path = dock(compose(STATION, (-1.3, 0.05, 0.05)))
    inside = np.array([relative(STATION, pose) for pose in path])
    last = inside[inside[:, 0] > -0.4]
    assert docking.tries == 1
    assert np.abs(last[:, 1]).max() < 0.01
    assert np.abs(last[:, 2]).max() < math.radians(3.0)
    steps = np.hypot(*np.diff(path[:, :2], axis=0).T) / STEP
    assert steps[-40:].max() <= DockingConfig().creep + 1e-9


def test_a_base_pushed_off_the_line_backs_out_and_tries_again() -> None:
    """A shove of 4 cm sideways just before the end: one try more, and it is in."""
    docking = Docking(STATION)
    pose, twist, shoved = compose(STATION, (-1.3, 0.0, 0.0)), np.zeros(3), False
    for k in range(2400):
        goal = docking.base(believed(k * STEP, pose, twist))
        twist = carried_out(goal, pose)
        pose = integrate(pose, twist, STEP)
        if not shoved and docking.phase is Phase.CHECK:
            pose, shoved = compose(pose, (0.0, 0.04, 0.0)), True
        if docking.phase is Phase.DONE:
            break
    assert shoved
    assert docking.phase is Phase.DONE
    assert docking.tries == 2
    assert np.hypot(*relative(STATION, pose)[:2]) < 0.011


def test_what_cannot_be_reached_is_given_up_with_a_reason() -> None:
    """Wheels that do nothing on the last stretch: bounded tries, then a value, not a loop."""
    docking, pose = Docking(STATION, DockingConfig(tries=2)), compose(STATION, (-1.3, 0.0, 0.0))
    for k in range(40_000):
        docking.base(believed(k * STEP, pose, np.zeros(3)))
        if docking.phase is Phase.FAILED:
            break
    assert docking.phase is Phase.FAILED
    assert "not in the station after 2 tries" in failed(docking)


def test_a_path_of_one_pose_is_only_turned_on() -> None:
    """Whoever skips the first turn of a path without legs gets its last turn, not a crash."""
    cursor = cursor_of(np.array([[1.0, 2.0, 0.5]]))
    cursor.progress[TURNING] = 0.0
    cursor.update(np.array([1.0, 2.0, -1.0]))
    assert cursor.turning
    assert not cursor.done
    assert cursor.progress[LEG] == 0.0
    cursor.update(np.array([1.0, 2.0, wrap(0.5)]))
    assert cursor.done
