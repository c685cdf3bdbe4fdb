"""What sensors add to the truth."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from robotics.robots.greeter import joints as greeter
from sim.held import ENCODER_QUANTUM
from sim.sensors import (
    QUIET,
    LidarSpec,
    SensorNoise,
    corner_forces,
    read_feet,
    read_imu,
    read_joints,
    read_scan,
)
from sim.servo import servo_parameters

MOTORS = servo_parameters(greeter.load().joints)


def test_encoders_read_whole_steps() -> None:
    """Position, speed and load come in multiples of their register's unit."""
    noise = SensorNoise()
    motion = tuple(np.random.default_rng(1).uniform(-1.0, 1.0, (3, 22)))
    read = read_joints((motion[0], motion[1], motion[2]), MOTORS, noise=noise, age=0.01)
    units = (ENCODER_QUANTUM, noise.speed_quantum, noise.load_quantum * MOTORS.stall)
    for values, truth, unit in zip(
        (read.position, read.velocity, read.effort), motion, units, strict=True
    ):
        assert np.allclose(values / unit, np.round(values / unit))
        assert np.all(np.abs(values - truth) <= np.asarray(unit) / 2 + 1e-12)
    assert np.all(read.age == 0.01)


def test_quiet_sensors_tell_the_truth() -> None:
    """Without noise nothing is changed."""
    truth = np.random.default_rng(2).uniform(-1.0, 1.0, (3, 22))
    read = read_joints((truth[0], truth[1], truth[2]), MOTORS, noise=QUIET, age=0.0)
    assert np.array_equal(read.position, truth[0])
    assert np.array_equal(read.effort, truth[2])


def test_imu_noise_has_the_size_it_says() -> None:
    """Standard deviations of many readings match the table."""
    noise, rng = SensorNoise(), np.random.default_rng(4)
    reads = [
        read_imu(np.zeros(3), np.zeros(3), noise=noise, draw=rng.standard_normal(6))
        for _ in range(4000)
    ]
    assert np.isclose(np.std([r.angular_velocity for r in reads]), noise.gyro, rtol=0.05)
    assert np.isclose(np.std([r.linear_acceleration for r in reads]), 0.05, rtol=0.05)


@given(x=st.floats(-0.105, 0.105), y=st.floats(-0.06, 0.06))
def test_corner_forces_keep_sum_and_centre_of_pressure(x: float, y: float) -> None:
    """The four cells together feel the force where it is."""
    loads = [(x, y, 30.0), (0.02, -0.01, 10.0)]
    cells = corner_forces(loads, half_length=0.105, half_width=0.06)
    corners = np.array([[0.105, 0.06], [0.105, -0.06], [-0.105, 0.06], [-0.105, -0.06]])
    assert np.isclose(cells.sum(), 40.0)
    assert np.allclose(cells @ corners, (30.0 * x + 0.2, 30.0 * y - 0.1), atol=1e-9)


def test_load_cells_do_not_pull_and_are_quantised() -> None:
    """An unloaded cell reads zero or a little more, in steps of a quarter newton."""
    draw = np.random.default_rng(5).standard_normal(8)
    read = read_feet(np.zeros((2, 4)), noise=SensorNoise(), draw=draw)
    assert np.all(read >= 0.0)
    assert np.allclose(read / 0.25, np.round(read / 0.25))


def test_a_lidar_sees_only_between_its_ranges() -> None:
    """Nothing, too near and too far are all infinite."""
    spec = LidarSpec("lidar", beams=4)
    scan = read_scan(
        spec, np.array([np.inf, 0.05, 5.0, 25.0]), noise=SensorNoise(), draw=np.ones(4)
    )
    assert np.isinf(scan.range[[0, 1, 3]]).all()
    assert np.isclose(scan.range[2], 5.01)


def test_beams_run_counter_clockwise_once_round() -> None:
    """A full turn starts at -π and does not repeat it; a sector has both ends."""
    full, sector = LidarSpec("lidar"), LidarSpec("k", 180, -1.0, 1.0)
    assert full.angles[0] == -np.pi
    assert np.allclose(np.diff(full.angles), 2 * np.pi / 360)
    assert sector.angles[-1] == 1.0
    assert np.allclose(full.directions[270], (0.0, 1.0, 0.0))
