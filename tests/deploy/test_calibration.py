"""Calibration: what is found is what is true, and what is applied undoes it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_doctor import greeter

from robotics.core.errors import BackendError, ConfigError, OptionError
from robotics.core.messages import Command, Imu, Joints, Observation
from robotics.core.rotation import matrix_from_rpy
from robotics.deploy.calibrate import Calibrator, Drive, set_offsets, track_scale, wheel_scale
from robotics.deploy.calibration import Calibration, Correction, read, write
from robotics.deploy.doctor import on_wire
from robotics.deploy.procedures import Person, calibrate
from robotics.wire.bus import Bus

RADIUS, TRACK = 0.15, 0.64


class Rolling:
    """Two wheels that roll without slipping, with a radius and a track of their own."""

    period = 0.02

    def __init__(self, radius: float, track: float, roll: float = 0.0, pitch: float = 0.0) -> None:
        self.radius, self.track = radius, track
        self.angle, self.rate, self.wished = np.zeros(5), np.zeros(5), np.zeros(5)
        self.pose, self.time = np.zeros(3), 0.0
        self.rng = np.random.default_rng(3)
        self.bias = np.array([0.004, -0.006, 0.008])
        self.mounting = matrix_from_rpy(roll, pitch, 0.0)
        self.shaken, self.faults = 0.0, ()

    def reset(self) -> Observation:
        """See ``Backend``."""
        return self.observe()

    def act(self, command: Command) -> None:
        """See ``Backend``."""
        self.wished = np.array(command.target)

    def observe(self) -> Observation:
        """See ``Backend``: a lag of 80 ms, encoders of 4096, a gyro with bias and noise."""
        self.rate += self.period / 0.08 * (self.wished - self.rate)
        self.angle += self.period * self.rate
        self.time += self.period
        left, right = self.radius * self.rate[:2]
        turn = (right - left) / self.track
        self.pose += self.period * np.array(
            [
                0.5 * (left + right) * math.cos(self.pose[2]),
                0.5 * (left + right) * math.sin(self.pose[2]),
                turn,
            ]
        )
        count = 2 * math.pi / 4096
        noise = (0.005 + self.shaken) * self.rng.standard_normal(3)
        rate = self.mounting.T @ np.array([0.0, 0.0, turn]) + self.bias + noise
        force = self.mounting.T @ np.array([0, 0, 9.81]) + 0.02 * self.rng.standard_normal(3)
        ones = np.ones(5, dtype=bool)
        joints = Joints(
            np.floor(self.angle / count) * count, self.rate, np.zeros(5), ones, np.zeros(5)
        )
        return Observation(self.time, joints, Imu(rate, force), faults=self.faults)

    def close(self) -> None:
        """See ``Backend``."""


def calibrator(body: Rolling) -> Calibrator:
    """Return one for a body that has just been reset."""
    return Calibrator(body, (0, 1), np.full(5, 5.0), body.reset())


@pytest.mark.parametrize(("radius", "track"), [(0.15, 0.64), (0.153, 0.62), (0.146, 0.66)])
def test_wheels_and_track_are_found(radius: float, track: float) -> None:
    """Radius to 0.1 %, track to 0.5 %, from 5 m and from three turns."""
    body = Rolling(radius, track, roll=0.03, pitch=-0.05)
    one = calibrator(body)
    rest = one.stand()
    assert np.allclose(rest.gyro_bias, body.bias, atol=5e-4)
    drive = one.straight(5.0 / RADIUS)
    measured = float(np.hypot(*body.pose[:2]))
    assert 4.7 < measured < 5.3
    scale = wheel_scale(drive, measured, RADIUS)
    assert scale == pytest.approx(radius / RADIUS, rel=1e-3)
    turns = one.on_the_spot(3 * 2 * math.pi * TRACK / 2 / RADIUS)
    found = track_scale(turns, scale * RADIUS, TRACK)
    assert found == pytest.approx(track / TRACK, rel=5e-3)
    assert np.abs(body.rate).max() < 0.02


def test_the_imus_mounting_is_found_and_undone() -> None:
    """After the correction the force is upright, the gyro at rest reads nothing."""
    body = Rolling(RADIUS, TRACK, roll=0.08, pitch=-0.11)
    rest = calibrator(body).stand()
    found = Calibration(
        gyro_bias=rest.gyro_bias,
        imu_roll_deg=math.degrees(rest.roll),
        imu_pitch_deg=math.degrees(rest.pitch),
    )
    readings = [Correction(found).nominal(body.observe()).imu for _ in range(300)]
    force = np.mean([one.linear_acceleration for one in readings], axis=0)
    rate = np.mean([one.angular_velocity for one in readings], axis=0)
    assert np.allclose(force, (0.0, 0.0, 9.81), atol=0.01)
    assert np.allclose(rate, 0.0, atol=2e-3)


def test_a_corrected_robot_behaves_as_the_nominal_one() -> None:
    """Told and read through the correction, a wrong robot drives and turns what it is told."""
    body = Rolling(0.156, 0.61)
    scales = {"wheel_scale": 0.156 / RADIUS, "track_scale": 0.61 / TRACK}
    correction = Correction(Calibration(**scales), (0, 1))
    begin = correction.nominal(body.reset()).joints.position[:2]
    for _ in range(400):
        body.act(correction.true(Command(np.array([2.0, 3.0, 0, 0, 0]), np.ones(5))))
        seen = correction.nominal(body.observe())
    turned = seen.joints.position[:2] - begin
    assert np.allclose(seen.joints.velocity[:2], (2.0, 3.0), atol=0.01)
    yaw = RADIUS * (turned[1] - turned[0]) / TRACK
    assert body.pose[2] == pytest.approx(yaw, rel=2e-3)


def test_no_calibration_changes_nothing() -> None:
    """Bit for bit."""
    body = Rolling(RADIUS, TRACK)
    seen, command = body.reset(), Command(np.arange(5.0), np.ones(5))
    correction = Correction(Calibration(), (0, 1))
    assert correction.true(command) is command
    after = correction.nominal(seen)
    assert np.array_equal(after.joints.position, seen.joints.position)
    assert np.array_equal(after.imu.linear_acceleration, seen.imu.linear_acceleration)


def test_bad_measurements_are_refused() -> None:
    """A robot that was shaken, an impossible scale, a stop on the way."""
    body = Rolling(RADIUS, TRACK)
    body.shaken = 0.1
    with pytest.raises(BackendError, match="moved"):
        calibrator(body).stand()
    with pytest.raises(BackendError, match="measure again"):
        wheel_scale(Drive((33.0, 33.0), 0.0), 50.0, RADIUS)
    with pytest.raises(BackendError, match="measure again"):
        track_scale(Drive((-10.0, 10.0), 0.0), RADIUS, TRACK)
    body = Rolling(RADIUS, TRACK)
    one = calibrator(body)
    body.faults = ("stop button",)  # type: ignore[assignment]
    with pytest.raises(BackendError, match="stop button"):
        one.straight(30.0)


def test_the_file_is_read_back_and_the_old_one_is_kept(tmp_path: Path) -> None:
    """Every value, and every file there ever was."""
    path = tmp_path / "calibration.yaml"
    first = Calibration(wheel_scale=1.01, gyro_bias=(0.1, -0.2, 3e-5), notes=("rest: today",))
    assert write(path, first) is None
    assert read(path) == first
    kept = [write(path, Calibration(track_scale=1.0 + 0.01 * k)) for k in range(3)]
    assert [one.name for one in kept if one] == [f"calibration.{k}.yaml" for k in (1, 2, 3)]
    assert read(tmp_path / "calibration.1.yaml") == first
    with pytest.raises(OptionError, match="--file"):
        write(tmp_path / "nowhere" / "c.yaml", first)


def test_a_place_that_cannot_be_written_is_refused_before_the_drive(tmp_path: Path) -> None:
    """Nobody is asked anything, nothing moves, no port is opened."""
    person = Person(pytest.fail, pytest.fail, pytest.fail)
    for wrong in (tmp_path / "nowhere" / "c.yaml", tmp_path):
        with pytest.raises(OptionError, match="give --file a place to write"):
            calibrate("/dev/nothing", "sweeper", wrong, person)


def test_an_impossible_value_is_named(tmp_path: Path) -> None:
    """One line with place and allowed values."""
    path = tmp_path / "calibration.yaml"
    path.write_text("wheel_scale: 2.0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="wheel_scale"):
        read(path)


def test_angles_of_other_joints_are_left_alone() -> None:
    """Brushes have no scale."""
    body = Rolling(RADIUS, TRACK)
    seen = replace(body.reset())
    after = Correction(Calibration(wheel_scale=1.1), (0, 1)).nominal(seen)
    assert np.array_equal(after.joints.position[2:], seen.joints.position[2:])


def test_offsets_of_servos_are_written_into_them() -> None:
    """Each by as much as it was off, on top of what it had."""
    line = greeter()
    robot = on_wire("greeter").line
    for id in range(1, 23):
        line.devices[id].memory["present_position"] = 2048 + id
        line.devices[id].memory["homing_offset"] = 10
    bus = Bus(line, line, robot.timing)
    off = set_offsets(bus, robot, np.full(22, 2048))
    assert list(off.values()) == [-id for id in range(1, 23)]
    assert [line.devices[id].memory["homing_offset"] for id in range(1, 23)] == [
        10 - id for id in range(1, 23)
    ]


def test_a_robot_that_is_not_in_its_zero_pose_is_left_alone() -> None:
    """One joint hangs 40 degrees off: it is named, and no servo is written."""
    line, robot = greeter(), on_wire("greeter").line
    for id in range(1, 23):
        line.devices[id].memory["present_position"] = 2048 + id
    line.devices[2].memory["present_position"] = 2048 - 456
    with pytest.raises(BackendError, match=r"zero pose: head_pitch by 40°.*Nothing was written"):
        set_offsets(Bus(line, line, robot.timing), robot, np.full(22, 2048))
    assert not any(line.devices[id].memory["homing_offset"] for id in range(1, 23))
