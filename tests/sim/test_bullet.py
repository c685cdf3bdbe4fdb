"""Physics: gravity, steps, delays, worlds apart, determinism, standing."""

from dataclasses import replace

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.errors import BackendError, MissingDependency, OptionError
from robotics.core.messages import Command, Observation
from sim.body import BodySpec, BulletBody, greeter_spec, sweeper_spec
from sim.bullet import BulletWorld
from sim.engine import Engine
from sim.ground import Crowd, Solids
from sim.sensors import QUIET
from sim.world import load_world

GREETER, SWEEPER = greeter_spec(), sweeper_spec()


def body_of(
    spec: BodySpec, *, world: BulletWorld | None = None, pose: tuple[float, ...] = (0, 0, 0)
) -> BulletBody:
    """Return a body in a place of its own, seeded."""
    return BulletBody(world or BulletWorld(), spec, pose, np.random.default_rng(7))


def command(spec: BodySpec, target: Array) -> Command:
    """Return a command with full effort."""
    return Command(target, spec.model.joints.column("effort"))


def test_free_fall_is_half_g_t_squared() -> None:
    """Dropped from two metres, the greeter falls as Galileo says, to 1 %, and weighs nothing."""
    body = body_of(replace(GREETER, base_height=2.0, noise=QUIET, sensor_delay=0.0))
    body.reset()
    start = body.true_base()[0][2]
    seen = [body.observe() for _ in range(80)]
    fallen = start - body.true_base()[0][2]
    assert np.isclose(fallen, 0.5 * 9.81 * seen[-1].time ** 2, rtol=0.01)
    assert np.linalg.norm(seen[-1].imu.linear_acceleration) < 0.3


def test_the_base_pose_is_the_links_not_the_inertial_frame() -> None:
    """A sweeper whose centre of mass is off its origin stands where it was put, wheels down."""
    body = body_of(SWEEPER, pose=(1.0, -2.0, 2.1))
    body.reset()
    assert np.allclose(body.true_pose(), (1.0, -2.0, 2.1), atol=1e-6)
    position, quaternion = body.true_base()
    assert np.allclose(position, (1.0, -2.0, 0.0), atol=1e-6)
    assert np.allclose(quaternion, (0, 0, np.sin(1.05), np.cos(1.05)), atol=1e-6)


@pytest.mark.parametrize(("field", "value"), [("period", 0.004), ("sensor_delay", 0.006)])
def test_periods_must_be_whole_steps(field: str, value: float) -> None:
    """A period that is no multiple of the step is refused, with the cure."""
    with pytest.raises(OptionError, match="whole multiple of the step"):
        body_of(replace(GREETER, **{field: value}))


def test_a_command_acts_exactly_one_period_later() -> None:
    """With and without a command, the next observation is the same, bit for bit; then not."""
    told, idle = (body_of(replace(SWEEPER, noise=QUIET, sensor_delay=0.0)) for _ in range(2))
    told.reset(), idle.reset()
    told.act(command(SWEEPER, np.array([5.0, 5.0, 0, 0, 0])))
    first, second = ([body.observe().joints.position for body in (told, idle)] for _ in range(2))
    assert np.array_equal(*first)
    assert (second[0] - second[1])[:2].min() > 1e-5


def test_readings_are_as_old_as_the_sensor_delay() -> None:
    """A late body says what a prompt one said the delay before."""
    prompt, late = (
        body_of(replace(SWEEPER, noise=QUIET, sensor_delay=delay)) for delay in (0.0, 0.02)
    )
    seen: list[list[Observation]] = []
    for body in (prompt, late):
        body.reset()
        body.act(command(SWEEPER, np.array([5.0, 4.0, 0, 0, 0])))
        seen.append([body.observe() for _ in range(25)])
    for now, then in zip(seen[1][1:], seen[0], strict=False):
        assert np.array_equal(now.joints.position, then.joints.position)
        assert np.all(now.joints.age == 0.02)


def drive(body: BulletBody, ticks: int) -> list[Array]:
    """Drive in a curve and return everything that the joints and the IMU say."""
    read = [body.reset()]
    for _ in range(ticks):
        body.act(command(SWEEPER, np.array([4.0, 5.0, 10.0, 10.0, 30.0])))
        read.append(body.observe())
    return [np.concatenate([o.joints.position, o.imu.linear_acceleration]) for o in read]


def test_same_seed_same_bits() -> None:
    """Two runs with the same seed are equal bit for bit."""
    runs = [drive(body_of(SWEEPER, world=BulletWorld(load_world("yard"))), 40) for _ in range(2)]
    assert np.array_equal(*runs)


def test_two_worlds_do_not_meet() -> None:
    """A run is the same with another world, with a robot in it, running in turns beside it."""
    alone = drive(body_of(SWEEPER), 30)
    other = body_of(GREETER)
    other.reset()
    body = body_of(SWEEPER)
    read = [body.reset()]
    for _ in range(30):
        body.act(command(SWEEPER, np.array([4.0, 5.0, 10.0, 10.0, 30.0])))
        read.append(body.observe())
        other.observe()
    beside = [np.concatenate([o.joints.position, o.imu.linear_acceleration]) for o in read]
    assert np.array_equal(alone, beside)


def test_two_bodies_share_a_clock() -> None:
    """Served in the order they are due, both see their own times, and the world waits for both."""
    world = BulletWorld()
    greeter = body_of(GREETER, world=world)
    sweeper = body_of(SWEEPER, world=world, pose=(3, 0, 0))
    greeter.reset(), sweeper.reset()
    for tick in range(1, 41):
        greeter.act(command(GREETER, GREETER.initial_joints))
        assert np.isclose(greeter.observe().time, 0.005 * tick)
        assert np.isclose(world.time, 0.005 * tick)
        if tick % 4 == 0:
            assert np.isclose(sweeper.observe().time, 0.005 * tick)
            sweeper.act(command(SWEEPER, np.array([5.0, 5.0, 0, 0, 0])))
    assert sweeper.true_velocity()[0] > 0.05


def test_the_greeter_stands_on_constant_targets() -> None:
    """Two seconds on its own feet: upright, its weight in the load cells, nothing else touched."""
    body = body_of(GREETER)
    body.reset()
    for _ in range(400):
        body.act(command(GREETER, GREETER.initial_joints))
        seen = body.observe()
    assert body.true_base()[0][2] > 0.97 * GREETER.base_height
    weight = GREETER.model.mass * 9.81
    assert np.isclose(seen.contacts.foot_force.sum(), weight, rtol=0.1)
    assert body.contacts_with() == []


def test_a_wall_is_felt_by_name_and_by_the_bumper() -> None:
    """Driven into the yard's wall, the sweeper's front bumper and the onlooker both know."""
    world = BulletWorld(load_world("yard"))
    body = body_of(SWEEPER, world=world, pose=(5.5, 3.0, 0.0))
    body.reset()
    for _ in range(150):
        body.act(command(SWEEPER, np.array([4.0, 4.0, 0, 0, 0])))
        seen = body.observe()
    touched = dict(body.contacts_with())
    assert seen.contacts.bumpers == ("bumper_front",)
    assert len(touched) == 1
    assert "wall" in next(iter(touched))


class Bystander:
    """One visitor who walks along x at 1 m/s."""

    radius, height, heading = np.array([0.25]), np.array([1.7]), np.array([0.0])

    def __init__(self) -> None:
        self.position = np.array([[2.0, 0.0]])
        self.robots = np.zeros((0, 3))

    def advance(self, duration: float, robots: Array) -> None:
        """Take a step and remember which robots were shown."""
        self.position = self.position + np.array([duration, 0.0])
        self.robots = robots


def test_visitors_walk_in_the_lidars_view() -> None:
    """The beam ahead follows a walking visitor, who is told where the robot is."""
    visitor = Bystander()
    world = BulletWorld(visitors=visitor)
    body = body_of(replace(SWEEPER, noise=QUIET, sensor_delay=0.0), world=world)
    first = body.reset()
    scans = [o.scan for o in (body.observe() for _ in range(50)) if o.scan is not None]
    assert first.scan is not None
    assert np.isclose(first.scan.range[180], 2.0 - 0.1 - 0.25, atol=0.02)
    assert np.isclose(scans[-1].range[180], visitor.position[0, 0] - 0.05 - 0.35, atol=0.07)
    assert np.allclose(visitor.robots, [[0.0, 0.0, SWEEPER.radius]], atol=0.01)


def test_charging_at_the_dock_and_only_there() -> None:
    """The sweeper's charge grows on the dock and falls elsewhere."""
    yard = load_world("yard")
    dock = yard.place("dock_charge").pose
    spec = replace(SWEEPER, battery=replace(SWEEPER.battery, start=0.5))
    for pose, charges in ((dock, True), ((0.0, 0.0, 0.0), False)):
        body = body_of(spec, world=BulletWorld(yard), pose=pose)
        body.reset()
        battery = [body.observe() for _ in range(150)][-1].battery
        assert battery.charging is charges
        assert (battery.charge > 0.5) is charges


def test_a_command_for_another_robot_is_refused() -> None:
    """The text says how many joints there are."""
    body = body_of(SWEEPER)
    body.reset()
    with pytest.raises(BackendError, match="has 5 joints, the command 22"):
        body.act(command(GREETER, GREETER.initial_joints))


def test_missing_pybullet_is_one_line_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library, the error names the extra to install."""
    monkeypatch.setitem(__import__("sys").modules, "pybullet", None)
    with pytest.raises(MissingDependency, match=r"pip install 'scenic-robots\[sim\]'"):
        BulletWorld()


def test_a_window_without_a_display_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyBullet would end the process; we say what to do."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(OptionError, match="leave out --view"):
        BulletWorld(view=True)


def test_what_the_window_shows_can_be_built() -> None:
    """The drawings of solids and visitors need no window to be checked."""
    engine, visitor = Engine(), Bystander()
    Solids(engine, load_world("yard"), view=True)
    Crowd(engine, visitor, view=True)
    engine.stepSimulation()
    engine.close()
    engine.close()
