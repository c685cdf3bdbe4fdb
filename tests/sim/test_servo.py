"""The motor laws against their torque-speed line, limits, quanta and ramps."""

import numpy as np
import pytest

from robotics.core.errors import OptionError
from robotics.core.joints import JointTable
from robotics.robots.greeter import joints as greeter
from robotics.robots.sweeper import joints as sweeper
from sim.held import ENCODER_QUANTUM
from sim.servo import (
    BACKLASH,
    Drive,
    LoopState,
    position_torque,
    registers,
    servo_parameters,
    speed_torque,
)

LEGS = servo_parameters(greeter.load().joints)
WHEELS = servo_parameters(sweeper.load().joints)
STILL = np.zeros(22)
FREE = np.full(22, 1e3)


@pytest.mark.parametrize("supply", [1.0, 0.8])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.9])
def test_full_duty_follows_the_torque_speed_line(supply: float, fraction: float) -> None:
    """Saturated, the motor gives stall · (supply - speed / no-load speed)."""
    drive = Drive(np.full(22, 3.0), FREE, supply)
    torque = position_torque(LEGS, drive, STILL, fraction * LEGS.no_load_speed)
    assert np.allclose(torque, LEGS.stall * (supply - fraction))


def test_small_errors_feel_a_spring_beyond_the_play() -> None:
    """Below saturation torque is stiffness times the error that leaves the gear's play."""
    error = 0.01
    torque = position_torque(LEGS, Drive(np.full(22, error), FREE), STILL, STILL)
    assert np.allclose(torque, LEGS.gain * (error - BACKLASH / 2))


def test_play_passes_no_torque() -> None:
    """An error inside the play moves nothing."""
    drive = Drive(np.full(22, 0.49 * BACKLASH), FREE)
    assert np.all(position_torque(LEGS, drive, STILL, STILL) == 0.0)


def test_torque_never_exceeds_the_commands_limit_nor_stall() -> None:
    """Even driven backwards at speed, the smaller of both limits holds."""
    fast = -2.0 * LEGS.no_load_speed
    for limit in (0.0, 2.0, 1e3):
        drive = Drive(np.full(22, 3.0), np.full(22, limit), 0.9)
        torque = position_torque(LEGS, drive, STILL, fast)
        assert np.all(np.abs(torque) <= np.minimum(limit, 0.9 * LEGS.stall) + 1e-12)


def test_the_law_is_odd() -> None:
    """Left is as strong as right."""
    rng = np.random.default_rng(3)
    target, position, speed = rng.uniform(-1, 1, (3, 22))
    one = position_torque(LEGS, Drive(target, FREE), position, speed)
    other = position_torque(LEGS, Drive(-target, FREE), -position, -speed)
    assert np.allclose(one, -other)


def test_set_points_are_whole_register_steps() -> None:
    """A goal register holds multiples of its quantum, the nearest one."""
    target = np.linspace(-1.0, 1.0, 22)
    held = registers(LEGS, target)
    assert np.allclose(held / ENCODER_QUANTUM, np.round(held / ENCODER_QUANTUM))
    assert np.abs(held - target).max() <= ENCODER_QUANTUM / 2 + 1e-12


def test_classes_follow_the_effort() -> None:
    """Legs are stiffer than the hip's yaw, then arms, then the head."""
    table = greeter.load().joints
    gain = dict(zip(table.names, LEGS.gain, strict=True))
    names = ("left_knee", "left_hip_yaw", "left_elbow", "head_yaw")
    assert [gain[name] for name in names] == [150, 75, 35, 15]


RPM = 2.0 * np.pi / 60.0
DATA_SHEET = {
    "hip_yaw": (8.9, 66.0 * RPM),
    "knee": (2.0 * 8.9, 66.0 * RPM),
    "elbow": (4.8, 57.0 * RPM),
    "head": (3.0, 77.0 * RPM),
}
"""Stall torque [N·m] and no-load speed [rad/s] by ROBOTIS' e-manual: XM540-W150 at 14.8 V, two of
them on a leg's joint, XM430-W350 at 14.8 V, XM430-W210 at 12 V."""


@pytest.mark.parametrize("part", list(DATA_SHEET))
def test_stall_and_speed_are_the_makers(part: str) -> None:
    """Fully driven: stall torque at rest, half of it at half the speed, none at the top speed."""
    joints = [k for k, name in enumerate(greeter.JOINT_NAMES) if part in name]
    stall, top = DATA_SHEET[part]
    for share in (0.0, 0.5, 1.0):
        speed = np.full(22, share * top)
        torque = position_torque(LEGS, Drive(np.full(22, 3.0), FREE), STILL, speed)[joints]
        assert torque == pytest.approx((1.0 - share) * stall, abs=0.02 * stall)


def test_copper_loss_is_all_power_at_stall() -> None:
    """At standstill the motor takes stall · no-load speed and turns all of it into heat."""
    assert np.allclose(LEGS.copper_loss * LEGS.stall**2, LEGS.stall * LEGS.no_load_speed)


def test_speed_loop_reaches_its_set_point_with_the_ramp() -> None:
    """A free wheel of the loop's design inertia follows the ramp, then holds the speed."""
    n, step, inertia = 5, 0.0025, np.array([2.0, 2.0, 0.023, 0.023, 0.027])
    state, speed = LoopState.at_rest(n), np.zeros(n)
    drive = Drive(np.array([5.0, -5.0, 6.0, 6.0, 20.0]), np.full(n, 1e3))
    for tick in range(800):
        torque, state = speed_torque(WHEELS, drive, speed, state=state, step=step)
        speed = speed + torque / inertia * step
        bound = WHEELS.acceleration * step * (tick + 1)
        assert np.all(np.abs(state.reference) <= np.minimum(bound, np.abs(drive.target)) + 1e-9)
    assert np.allclose(speed, drive.target, rtol=0.01)


def test_a_blocked_wheel_does_not_wind_up() -> None:
    """Held for ten seconds, the integrator stays within the motor's torque."""
    state, drive = LoopState.at_rest(5), Drive(np.full(5, 5.0), WHEELS.stall)
    for _ in range(4000):
        torque, state = speed_torque(WHEELS, drive, np.zeros(5), state=state, step=0.0025)
        assert np.all(torque <= WHEELS.stall + 1e-12)
    assert np.all(np.abs(state.integral) <= WHEELS.stall)


def test_mixed_robots_are_refused() -> None:
    """One law drives a robot."""
    mixed = JointTable((greeter.load().joints.joints[0], sweeper.load().joints.joints[0]))
    with pytest.raises(OptionError, match="position joints or velocity joints"):
        servo_parameters(mixed)
