"""Lost and found: anywhere in the map, beside a twin, in a crowd, in slices, the same twice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rooms import LIDAR, Room, Rover, box, hall

from robotics.core.arrays import Array
from robotics.core.geometry import relative, wrap
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import Perceived, RangePerception, Start
from robotics.mapping.grid import Grid

HALL = hall().draw()


def lost(
    one: Rover, site: Grid, told: Array, *, seconds: float, vx: float = 0.0
) -> list[Perceived]:
    """Let a rover that was told a pose stand or drive, with a scan each tenth of a second."""
    perception = RangePerception.of(site, Start(told), LIDAR)
    seen, step = [], Increment()
    for k in range(round(seconds * 50)):
        scan = one.scan() if k % 5 == 0 else None
        seen.append(perception.update(0.02 * k, step, scan))
        before = one.pose
        one.drive(vx, 0.0)
        dx, dy, dyaw = relative(before, one.pose).tolist()
        step = Increment(dx, dy, dyaw, 1e-6, 1e-6, 1e-9)
    return seen


def rover(room: Room, pose: Array, seed: int, discs: Array | None = None) -> Rover:
    """Return a rover in ``room``, among ``discs`` (n, 3)."""
    around = np.zeros((0, 3)) if discs is None else discs
    return Rover(room, np.asarray(pose, dtype=np.float64), np.random.default_rng(seed), around)


def off(seen: Perceived, one: Rover) -> float:
    """Return the distance to the truth [m]."""
    return math.dist(seen.pose_base_in_map[:2], one.pose[:2])


@pytest.mark.parametrize("seed", range(8))
def test_a_standing_robot_finds_itself_anywhere(seed: int) -> None:
    """Told any pose in the hall, it is right within 2.5 s; until then it does not claim to be."""
    rng = np.random.default_rng(seed)
    pose = np.array([rng.uniform(-4, 1), rng.uniform(-4, 4), rng.uniform(-3, 3)])
    told = np.array([rng.uniform(-10, 8), rng.uniform(-6, 5), rng.uniform(-3, 3)])
    one = rover(hall(), pose, seed)
    seen = lost(one, HALL, told, seconds=2.5)
    assert off(seen[-1], one) < 0.03
    assert abs(wrap(seen[-1].pose_base_in_map[2] - pose[2])) < 0.01
    assert seen[-1].quality > 0.9
    assert not any(off(s, one) > 0.5 and s.quality > 0.5 for s in seen[5:])


@pytest.mark.parametrize("vx", [0.0, 0.4])
def test_a_crowd_that_hides_half_of_the_hall_does_not_keep_it_lost(vx: float) -> None:
    """Ten people stand around it; it still finds itself, and knows that it did."""
    bearing = np.linspace(0.0, 2.0 * np.pi, 10, endpoint=False)
    far = np.random.default_rng(3).uniform(1.3, 2.4, 10)
    people = np.stack(
        (far * np.cos(bearing) - 1.0, far * np.sin(bearing) - 3.0, np.full(10, 0.3)), 1
    )
    people = people[np.abs(people[:, 1] + 3.0) > 0.5]
    one = rover(hall(), np.array([-1.0, -3.0, 0.0]), 3, people)
    seen = lost(one, HALL, np.array([6.0, 2.0, 2.0]), seconds=3.5, vx=vx)
    assert off(seen[-1], one) < 0.05
    assert seen[-1].quality > 0.5


def test_carried_away_it_finds_itself_again() -> None:
    """Sure of its place, lifted and put down elsewhere: lost, then found, never sure and wrong."""
    one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 5)
    perception = RangePerception.of(HALL, Start(one.pose), LIDAR)
    quality = []
    for k in range(60):
        if k == 20:
            one.pose = np.array([-9.0, 3.0, -2.0])
        seen = perception.update(0.1 * k, Increment(), one.scan())
        quality.append((off(seen, one), seen.quality))
    assert quality[19][1] > 0.9
    assert min(q for _, q in quality) < 0.4
    assert off(seen, one) < 0.03
    assert seen.quality > 0.9
    sure_and_wrong = [k for k, (away, q) in enumerate(quality) if away > 0.5 and q > 0.5]
    assert len(sure_and_wrong) <= 5


def test_of_two_twin_places_none_is_believed() -> None:
    """A room that looks the same when turned round: lost for good, and it says so."""
    room = Room((box(2.0, 1.0, 3.0, 1.5), box(-3.0, -1.5, -2.0, -1.0)), box(-6.0, -4.0, 6.0, 4.0))
    one = rover(room, np.array([-3.5, 1.0, 0.3]), 6)
    seen = lost(one, room.draw(), np.array([0.0, 0.0, 0.3 + 0.5 * math.pi]), seconds=8.0)
    assert max(s.quality for s in seen[100:]) <= 0.4


def test_where_the_way_tells_twins_apart_driving_finds_it() -> None:
    """A colonnade repeats itself every 8 m; once its end is in sight, the place is known."""
    posts = [box(x - 0.2, side - 0.2, x + 0.2, side + 0.2) for x in range(-40, 41, 8)
             for side in (-2.4, 2.4)]  # fmt: skip
    room = Room((*posts, box(38.0, -1.0, 39.0, 0.5)), box(-44.0, -3.0, 44.0, 3.0))
    one = rover(room, np.array([7.0, 0.6, 0.0]), 7)
    seen = lost(one, room.draw(), np.array([-20.0, 0.0, 2.0]), seconds=22.0, vx=1.0)
    assert max(s.quality for s in seen[150:300]) <= 0.4
    assert off(seen[-1], one) < 0.1
    assert seen[-1].quality > 0.9


def test_a_right_start_is_left_alone() -> None:
    """The search that follows every start confirms it, and then there is no more search."""
    one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 8)
    perception = RangePerception.of(HALL, Start(one.pose), LIDAR)
    for k in range(30):
        seen = perception.update(0.1 * k, Increment(), one.scan())
        assert off(seen, one) < 0.03
        assert seen.quality > (0.9 if k >= 10 else 0.4)
    assert perception.localisation.hunt is None


def test_the_same_twice_is_the_same_to_the_bit() -> None:
    """No clock and no chance: two runs from the same readings end in the same bits."""
    ends = []
    for _ in range(2):
        one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 9)
        seen = lost(one, HALL, np.array([5.0, 3.0, -2.0]), seconds=2.0, vx=0.2)
        ends.append([(*s.pose_base_in_map, s.quality) for s in seen])
    assert ends[0] == ends[1]


def test_the_work_is_spread_over_the_ticks() -> None:
    """No tick looks at more than its share of the map, however long the last one took."""
    one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 10)
    perception = RangePerception.of(HALL, Start(np.array([5.0, 3.0, -2.0])), LIDAR)
    perception.update(0.0, Increment(), one.scan())
    hunt = perception.localisation.hunt
    assert hunt is not None
    assert hunt.is_searching
    before, most = hunt.bounds_spent, 0
    for _ in range(200):
        perception.localisation.predict(Increment(), duration=0.005)
        most = max(most, hunt.bounds_spent - before)
        before = hunt.bounds_spent
    assert most <= 0.005 * hunt.caution.rate + 10
    assert not hunt.is_searching


@pytest.mark.parametrize("jump", [-5.0, 100.0])
def test_a_leap_of_the_clock_is_no_harm(jump: float) -> None:
    """Time runs back, or far ahead, in the middle of a search: it still finds itself."""
    one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 11)
    perception = RangePerception.of(HALL, Start(np.array([5.0, 3.0, -2.0])), LIDAR)
    for k in range(40):
        now = 0.1 * k + (jump if k > 5 else 0.0)
        seen = perception.update(now, Increment(), one.scan())
    assert off(seen, one) < 0.03
    assert seen.quality > 0.9


def test_a_long_tick_does_no_more_work_than_a_short_one() -> None:
    """Where ticks are as long as a lidar's turn, a search is cut into slices all the same."""
    one = rover(hall(), np.array([-1.0, -3.0, 0.4]), 12)
    perception = RangePerception.of(HALL, Start(np.array([5.0, 3.0, -2.0])), LIDAR)
    perception.update(0.0, Increment(), one.scan())
    hunt = perception.localisation.hunt
    assert hunt is not None
    perception.localisation.predict(Increment(), duration=10.0)
    assert hunt.bounds_spent <= hunt.caution.slice_most * hunt.caution.rate + 10


def test_a_place_with_a_twin_is_believed_at_once_only_where_it_was_told() -> None:
    """Told rightly, one of two twins is believed; told the other's heading, none ever is."""
    room = Room((box(2.0, 1.0, 3.0, 1.5), box(-3.0, -1.5, -2.0, -1.0)), box(-6.0, -4.0, 6.0, 4.0))
    pose = np.array([-0.8, 0.2, 0.3])
    right = lost(rover(room, pose, 13), room.draw(), pose, seconds=2.0)
    assert right[-1].quality > 0.9
    one, told = rover(room, pose, 13), pose + np.array((0.8, -0.2, 0.5 * math.pi))
    vague = lost(one, room.draw(), told, seconds=4.0)
    assert max(seen.quality for seen in vague) < 0.5


def test_a_crowd_that_passes_does_not_cost_the_place() -> None:
    """Half hidden for seconds at a place with a twin: when they are gone, it is sure of its own."""
    room = Room((box(2.0, 1.0, 3.0, 1.5), box(-3.0, -1.5, -2.0, -1.0)), box(-6.0, -4.0, 6.0, 4.0))
    one = rover(room, np.array([-3.5, 1.0, 0.3]), 14)
    perception = RangePerception.of(room.draw(), Start(one.pose), LIDAR)
    bearing = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
    ring = np.stack((1.2 * np.cos(bearing) - 3.4, 1.2 * np.sin(bearing) + 1.0), axis=1)
    for k in range(90):
        one.discs = np.zeros((0, 3))
        if 20 <= k < 40:
            one.discs = np.column_stack((ring, np.full(8, 0.3)))
        seen = perception.update(0.1 * k, Increment(), one.scan())
        assert off(seen, one) < 0.1
    assert seen.quality > 0.9
