"""The judge of motions and the averaging of samples: laws and oracles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from planning_grounds import SHAPE, blocked
from shapely.geometry import box

from robotics.core.arrays import Array
from robotics.core.geometry import compose, integrate
from robotics.core.messages import Joints, Kind, Obstacle, State
from robotics.planning.cursor import cursor_of
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling, Weights
from robotics.planning.predictive.control import STEP, Controller, shifted
from robotics.planning.predictive.crowd import crowd_of
from robotics.planning.predictive.delay import Sent
from robotics.planning.predictive.nominal import Road, drive, follow
from robotics.planning.predictive.rollout import gaps_now, move
from robotics.planning.predictive.sampling import Pool, blend, draw, judge, noise_bank
from robotics.planning.predictive.scene import Ground, Scene, Way
from robotics.planning.smoothing import straight
from robotics.planning.space import Space

LIMITS = Limits(1.2, 1.0, acceleration=0.6, angular_acceleration=1.5, backward=0.4)
WALKER = Limits(0.25, 0.45, 0.3, 0.9, sideways=0.08, backward=0.12)
CONFIG = PredictiveConfig(LIMITS, sampling=Sampling(samples=200))
HALL = Space.of(blocked(box(0, 0, 16, 10)), SHAPE)
STEPS, DT = CONFIG.sampling.steps, CONFIG.sampling.step


def person(x: float, y: float, *velocity: float) -> Obstacle:
    """Return somebody at (x, y)."""
    return Obstacle(1, np.array([x, y]), np.array(velocity or (0.0, 0.0)), 0.3, Kind.PERSON)


def state_of(pose: Array, people: tuple[Obstacle, ...] = (), twist: Array | None = None) -> State:
    """Return a perfect state."""
    rest = np.zeros(3)
    twist = rest if twist is None else twist
    joints = Joints.at_rest(np.zeros(0))
    return State(0.0, pose, twist, joints, rest[:2], rest, obstacles=people)


def scene_of(
    pose: Array, people: tuple[Obstacle, ...] = (), *, twist: Array | None = None
) -> Scene:
    """Return the hall, with a straight way ahead of the robot."""
    state = state_of(pose, people, twist)
    start = np.concatenate((state.pose_base_in_map, state.twist_base_in_base))
    ground = Ground(HALL.distance.cells, HALL.frame, SHAPE.copy(), HALL.turning_radius)
    crowd = crowd_of(state, ground, start=start, config=CONFIG)
    along = np.linspace(0.0, 4.0, 41)
    c, s = math.cos(pose[2]), math.sin(pose[2])
    yaw = np.full(41, pose[2])
    line = np.column_stack((pose[0] + c * along, pose[1] + s * along, yaw, 4.0 - along))
    way = Way(line, 1.0, False, np.zeros((0, 0)), np.zeros(3))
    fixed = float(gaps_now(ground, start[:3].copy(), np.zeros((0, 3)))[-1])
    floor = min(CONFIG.weights.touch, fixed - 0.002)
    return Scene(ground, crowd, way, start, np.full(STEPS, 1.2), np.zeros(3), floor, DT)


def judged(scene: Scene, sequences: Array) -> Array:
    """Return what the judge says of sequences (n, steps, 3)."""
    bank = np.zeros((1, STEPS, 3), dtype=np.float32)
    pool = Pool(np.ascontiguousarray(sequences), 1, bank, 0, 0)
    return judge(scene, pool, LIMITS, CONFIG.weights)


def test_a_motion_is_what_the_accelerations_allow() -> None:
    """The judge's motion is that of the exact circle arcs, to the midpoint rule's third order."""
    scene = scene_of(np.array([8.0, 5.0, 0.3]))
    wanted = np.tile([0.7, 0.0, 0.5], (STEPS, 1))
    trail = np.empty((STEPS, 8))
    move(scene, wanted, LIMITS, Weights(), trail)
    pose, twist = scene.start[:3], np.zeros(3)
    for k in range(STEPS):
        twist = twist + np.clip(wanted[k] - twist, -0.06, [0.06, 0.06, 0.15])
        pose = integrate(pose, twist, DT)
        assert trail[k, :2] == pytest.approx(pose[:2], abs=0.7 * 0.5**2 * DT**3 / 24.0 * STEPS)
        assert trail[k, 2:4] == pytest.approx([math.cos(pose[2]), math.sin(pose[2])], abs=1e-5)


def test_fault_is_an_overlap_of_the_moving_footprint() -> None:
    """The step at fault is the first at which an independent footprint comes too near."""
    rng = np.random.default_rng(5)
    seen = 0
    for _ in range(60):
        pose = np.array([rng.uniform(2, 14), rng.uniform(2, 8), rng.uniform(-3, 3)])
        if HALL.clearance(pose)[0] < 0.1:
            continue
        scene = scene_of(pose, twist=np.array([0.8, 0.0, 0.0]))
        wanted = np.tile([rng.uniform(0.5, 1.2), 0.0, rng.uniform(-0.6, 0.6)], (STEPS, 1))
        trail = np.empty((STEPS, 8))
        move(scene, wanted, LIMITS, CONFIG.weights, trail)
        gaps = HALL.clearance(trail[:, [0, 1, 4]])
        expected = np.flatnonzero(gaps < scene.floor - 1e-4)
        step = int(judged(scene, wanted[None])[0, STEP])
        assert step == (expected[0] if len(expected) else STEPS)
        seen += len(expected) > 0
    assert seen > 5


def test_one_who_stands_is_never_at_fault() -> None:
    """Somebody walks through a standing robot: the robot's rest is not a collision."""
    scene = scene_of(np.array([8.0, 5.0, 0.0]), (person(10.5, 5.0, -1.2, 0.0),))
    rest = np.zeros((1, STEPS, 3))
    on = np.tile([0.5, 0.0, 0.0], (1, STEPS, 1))
    table = judged(scene, np.concatenate((rest, on)))
    assert table[0, STEP] == STEPS
    assert table[1, STEP] < STEPS
    assert table[0, 0] < table[1, 0]


def test_the_first_second_is_free_if_any_sample_s_is() -> None:
    """Among random people, what is chosen is judged free for its first second, or it is rest."""
    rng = np.random.default_rng(3)
    controller = Controller(CONFIG)
    laws = np.tile([0.8, 0.0, 0.0], (3, STEPS, 1))
    certain = round(CONFIG.certain / DT)
    moved = 0
    for _ in range(60):
        people = tuple(
            person(8 + rng.uniform(0.8, 2.5) * math.cos(a), 5 + rng.uniform(0.8, 2.5) * math.sin(a),
                   *rng.uniform(-1, 1, 2))
            for a in rng.uniform(-math.pi, math.pi, 6)
        )  # fmt: skip
        twist = np.array([rng.uniform(0, 1.0), 0.0, rng.uniform(-0.5, 0.5)])
        pose = np.array([8.0, 5.0, rng.uniform(-3, 3)])
        scene = scene_of(pose, people, twist=twist)
        controller.restart()
        first = controller.sample(scene, laws)
        chosen = controller.mean
        assert chosen is not None
        assert np.array_equal(first, chosen[0])
        if chosen.any():
            moved += 1
            assert judged(scene, chosen[None])[0, STEP] >= certain
    assert moved > 10


def test_a_colliding_average_is_not_used() -> None:
    """Left and right of a post are free, their average is not: the best sample is taken."""
    scene = scene_of(np.array([4.0, 5.0, 0.0]), (person(5.7, 5.0),))
    controller = Controller(CONFIG)
    through = np.tile([1.0, 0.0, 0.0], (STEPS, 1))
    back = np.tile([-0.3, 0.0, 0.0], (STEPS, 1))
    assert judged(scene, through[None])[0, STEP] < STEPS
    assert np.array_equal(controller.safest(scene, through, back), back)
    running = scene_of(np.array([4.0, 5.0, 0.0]), (person(5.1, 5.0),), twist=np.array([1.0, 0, 0]))
    assert not controller.safest(running, through, 0.9 * through).any()


def test_the_average_is_the_softmin_s() -> None:
    """``blend`` is the mean of the drawn sequences weighted by exp(-cost/λ)."""
    sampling = Sampling(samples=40)
    bank = noise_bank(sampling, LIMITS, np.random.default_rng(1))
    bases = np.tile([0.5, 0.0, 0.1], (2, STEPS, 1))
    pool, caps = Pool(bases, 2, bank, 7, 30), np.full(STEPS, 0.9)
    costs = np.random.default_rng(2).uniform(0, 1, 32)
    drawn = np.empty((32, STEPS, 3))
    for i in range(32):
        draw(pool, caps, LIMITS, i, drawn[i])
    weights = np.exp(-costs / 0.1)
    expected = np.tensordot(weights / weights.sum(), drawn, axes=1)
    assert blend(pool, caps, LIMITS, costs, 0.1) == pytest.approx(expected, abs=1e-9)
    assert drawn[..., 0].max() <= 0.9
    assert drawn[..., 0].min() >= -0.4
    assert not drawn[..., 1].any()


def test_noise_is_coloured_and_of_the_size_asked_for() -> None:
    """Standard deviations are those of the limits; the spectrum falls with frequency as 1/f²."""
    bank = noise_bank(Sampling(), WALKER, np.random.default_rng(1))
    assert bank.std(axis=(0, 1)) == pytest.approx([0.4 * 0.25, 0.4 * 0.08, 0.6 * 0.45], rel=1e-4)
    power = (np.abs(np.fft.rfft(bank[..., 0], axis=1)) ** 2).mean(axis=0)
    assert power[2] / power[8] == pytest.approx(16.0, rel=0.2)


@pytest.mark.parametrize("limits", [LIMITS, WALKER])
def test_a_mirrored_scene_has_the_mirrored_answer(limits: Limits) -> None:
    """With mirrored people and mirrored noise, the command is mirrored to rounding."""
    config = PredictiveConfig(limits, sampling=Sampling(samples=200))
    mirror = np.array([1.0, -1.0, -1.0], dtype=np.float32)
    answers = []
    for sign in (1.0, -1.0):
        controller = Controller(config)
        if sign < 0.0:
            controller.bank = controller.bank * mirror
        people = (person(10.3, 5.0 + sign * 0.6), person(11.0, 5.0 - sign * 1.6, 0.0, sign * 0.3))
        scene = scene_of(np.array([8.0, 5.0, 0.0]), people)
        laws = np.tile([0.8 * limits.speed, 0.0, 0.0], (3, STEPS, 1))
        answers.append(controller.sample(scene, laws))
    assert np.abs(answers[0]).max() > 0.01
    assert answers[1] == pytest.approx(answers[0] * mirror, abs=1e-6)


def test_the_delay_is_driven_ahead() -> None:
    """Commands on their way act in the prediction as they do in a body that applies them late."""
    delay, rng = 0.15, np.random.default_rng(4)
    sent = Sent(delay, LIMITS)
    pose, twist, queue = np.zeros(3), np.zeros(3), [np.zeros(3)] * 3
    predictions = []
    for k in range(60):
        predictions.append(sent.predict(0.05 * k, pose, twist))
        if k >= 3:
            assert np.concatenate((pose, twist)) == pytest.approx(predictions[k - 3], abs=2e-3)
        command = np.array([rng.uniform(-0.3, 1.0), 0.0, rng.uniform(-1, 1)])
        sent.note(0.05 * k, command)
        queue.append(command)
        drive(pose, twist, queue.pop(0), LIMITS, 0.05)


def test_the_path_s_law_needs_no_more_than_it_is_allowed() -> None:
    """The law's share and cap bound its speed; its end is the path's end."""
    path = straight((0.0, 0.0), (4.0, 0.0))
    cursor = cursor_of(path)
    road = Road(cursor.course, cursor.progress, np.full(len(path), 1.0), 0.1)
    out = np.empty((150, 3))
    follow(road, np.zeros(6), LIMITS, (0.5, 0.8), out)
    assert out[:, 0].max() == pytest.approx(0.4)
    pose, twist = np.zeros(3), np.zeros(3)
    for wanted in out:
        drive(pose, twist, wanted, LIMITS, 0.1)
    assert pose == pytest.approx([4.0, 0.0, 0.0], abs=0.05)


def test_a_sequence_is_shifted_in_time() -> None:
    """Half a step later, a ramp is half a step higher, and its end is held."""
    ramp = np.column_stack((np.arange(5.0),) * 3)
    assert shifted(ramp, 0.5)[:, 0] == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.0])


def test_gaps_are_those_of_the_discs() -> None:
    """The gap to a person is the least over the footprint's discs."""
    ground = Ground(HALL.distance.cells, HALL.frame, SHAPE.copy(), HALL.turning_radius)
    rng = np.random.default_rng(6)
    for _ in range(50):
        pose = np.array([8.0, 5.0, rng.uniform(-3, 3)])
        x, y = rng.uniform(5, 11), rng.uniform(3, 7)
        centres = [compose(pose, (disc[0], disc[1], 0.0))[:2] for disc in SHAPE]
        expected = min(
            math.dist(at, (x, y)) - disc[2] - 0.3 for at, disc in zip(centres, SHAPE, strict=True)
        )
        gaps = gaps_now(ground, pose, np.array([[x, y, 0.3]]))
        assert gaps[0] == pytest.approx(expected, abs=1e-12)
