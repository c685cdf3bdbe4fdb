"""The motor laws: what a joint does with its set-point, in simulation and on hardware.

Position servos are PWM-type Dynamixels (protocol 2.0, operating mode 3, P gain only). Their law
is the law of the real servo too (Dynamixel e-manual, "Position control mode"; the motor is the
textbook DC machine)::

    error  = quantised(target) - position, less half the gear's play on either side
    duty   = clip(stiffness / stall · error, -1, 1)
    torque = stall · (supply · duty - velocity / no_load_speed)
    torque = clip(torque, ± min(stall · supply, effort limit of the command))

Velocity joints (wheels, brushes) are driven by the chassis board: the set-point is ramped with the
board's acceleration limit, a PI loop asks for a torque, and the motor gives what its torque-speed
line and the limits allow. Coulomb friction of the gear acts on top, in the physics engine.

Values are the ones that the walking prototype was measured with; see each row's source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.core.errors import OptionError
from robotics.core.joints import JointTable
from sim.held import ENCODER_QUANTUM, SPEED_QUANTUM, quantised

BACKLASH = np.radians(0.15)
"""Play of a servo's gear, whole width [rad] (4 to 15 arcmin in ROBOTIS' data sheets)."""


@dataclass(frozen=True, slots=True)
class ServoClass:
    """A size of position servo."""

    effort: float
    """Smallest stall torque of the class [N·m]."""
    stiffness: float
    """Torque for each radian of error, below saturation [N·m/rad]."""
    friction: float
    """Coulomb friction at the output [N·m]."""
    source: str


SERVO_CLASSES = (
    ServoClass(15.0, 150.0, 0.30, "leg: two XM540-W150-class motors; prototype"),
    ServoClass(7.0, 75.0, 0.15, "hip yaw: one XM540-W150-class motor; prototype"),
    ServoClass(4.0, 35.0, 0.075, "arm: XM430-W350 class; prototype"),
    ServoClass(0.0, 15.0, 0.075, "head: XM430-W210 class; prototype"),
)
"""Largest first; a joint belongs to the first class that its URDF effort reaches."""


@dataclass(frozen=True, slots=True)
class DriveClass:
    """A size of speed-controlled drive."""

    effort: float
    """Smallest torque limit of the class [N·m]."""
    gain: float
    """Proportional gain [N·m·s/rad]."""
    integral_gain: float
    """[N·m/rad]."""
    acceleration: float
    """Ramp of the set-point [rad/s²]."""
    friction: float
    """Coulomb friction at the output [N·m]."""
    source: str


DRIVE_CLASSES = (
    DriveClass(40.0, 20.0, 60.0, 8.0, 0.5, "wheel: 10 rad/s loop on half of 180 kg; 1.2 m/s²"),
    DriveClass(12.0, 0.5, 2.0, 40.0, 0.3, "roller: 0.027 kg·m², up to speed in 1 s"),
    DriveClass(0.0, 0.4, 1.5, 20.0, 0.2, "side brush: 0.023 kg·m², up to speed in 0.7 s"),
)
"""Largest first, as ``SERVO_CLASSES``; chosen for the sweeper's masses, no outside source."""


@dataclass(frozen=True, slots=True)
class ServoParameters:
    """Motor constants of all joints of a robot, each of shape (n,)."""

    is_position: bool
    """Whether the joints are position servos; velocity drives otherwise."""
    stall: Array
    """Torque at standstill and nominal voltage [N·m]."""
    no_load_speed: Array
    """Speed at no torque and nominal voltage [rad/s]."""
    gain: Array
    """Stiffness [N·m/rad] of a position servo; [N·m·s/rad] of a drive."""
    integral_gain: Array
    """[N·m/rad], drives only."""
    acceleration: Array
    """[rad/s²], drives only."""
    friction: Array
    """Coulomb friction [N·m]."""
    backlash: Array
    """[rad], position servos only."""

    @property
    def copper_loss(self) -> Array:
        """Heat for each squared torque, shape (n,) [W/(N·m)²].

        From the DC machine: R·(torque / K)² with K = V / no_load_speed and R = V·K / stall.
        """
        return np.asarray(self.no_load_speed / self.stall)


def servo_parameters(joints: JointTable) -> ServoParameters:
    """Return the motor constants that belong to a joint table.

    Raises:
        OptionError: Position and velocity joints are mixed in one robot.
    """
    effort, n = joints.column("effort"), len(joints)
    position = joints.is_position
    if position.any() and not position.all():
        raise OptionError("a robot has either position joints or velocity joints; split the table")
    is_position = bool(position.all())
    classes = SERVO_CLASSES if is_position else DRIVE_CLASSES
    rows = [next(row for row in classes if torque >= row.effort) for torque in effort]
    servos = [row for row in rows if isinstance(row, ServoClass)]
    drives = [row for row in rows if isinstance(row, DriveClass)]
    return ServoParameters(
        is_position=is_position,
        stall=effort,
        no_load_speed=joints.column("velocity"),
        gain=frozen([row.stiffness for row in servos] or [row.gain for row in drives]),
        integral_gain=frozen([row.integral_gain for row in drives] or np.zeros(n)),
        acceleration=frozen([row.acceleration for row in drives] or np.zeros(n)),
        friction=frozen([row.friction for row in rows]),
        backlash=frozen(np.full(n, BACKLASH if is_position else 0.0)),
    )


def registers(parameters: ServoParameters, target: Array) -> Array:
    """Return set-points (n,) as the servo's or the board's registers hold them."""
    return quantised(target, ENCODER_QUANTUM if parameters.is_position else SPEED_QUANTUM)


@dataclass(frozen=True, slots=True)
class Drive:
    """What the motors are told: set-points (n,), effort limits (n,) [N·m], supply fraction."""

    target: Array
    limit: Array
    supply: float = 1.0
    """Battery voltage over nominal voltage."""


def position_torque(
    parameters: ServoParameters, drive: Drive, position: Array, velocity: Array
) -> Array:
    """Return the torque (n,) [N·m] of position servos, see the law above."""
    return _servo_law(
        (parameters.stall, parameters.no_load_speed, parameters.gain, parameters.backlash),
        (drive.target, drive.limit, drive.supply),
        position,
        velocity,
    )


@compiled
def _servo_law(
    motor: tuple[Array, Array, Array, Array],
    told: tuple[Array, Array, float],
    position: Array,
    velocity: Array,
) -> Array:
    stall, no_load_speed, gain, backlash = motor
    target, limit, supply = told
    torque = np.empty(len(position))
    for j in range(len(position)):
        play = 0.5 * backlash[j]
        error = target[j] - position[j]
        error = error - min(max(error, -play), play)
        duty = min(max(gain[j] * error / stall[j], -1.0), 1.0)
        wished = stall[j] * (supply * duty - velocity[j] / no_load_speed[j])
        bound = min(stall[j] * supply, limit[j])
        torque[j] = min(max(wished, -bound), bound)
    return torque


@dataclass(frozen=True, slots=True)
class LoopState:
    """Memory of the chassis board's speed loops."""

    reference: Array
    """Ramped set-point, shape (n,) [rad/s]."""
    integral: Array
    """Integrator, shape (n,) [N·m]."""

    @staticmethod
    def at_rest(n: int) -> LoopState:
        """Nothing is asked for."""
        return LoopState(np.zeros(n), np.zeros(n))


def speed_torque(
    parameters: ServoParameters, drive: Drive, velocity: Array, *, state: LoopState, step: float
) -> tuple[Array, LoopState]:
    """Return the torque (n,) [N·m] of velocity drives and the loops' next state.

    The integrator stands still while the torque is limited (conditional anti-windup).

    Args:
        parameters: Motor constants.
        drive: Set-points [rad/s], limits, supply.
        velocity: Joint speeds, shape (n,) [rad/s].
        state: The loops' memory.
        step: Time since the last call [s].
    """
    motor = (parameters.stall, parameters.no_load_speed)
    gains = (parameters.gain, parameters.integral_gain, parameters.acceleration)
    told = (drive.target, drive.limit, drive.supply)
    memory = (state.reference, state.integral)
    torque, reference, integral = _drive_law(motor, gains, told, (velocity, *memory), step)
    return torque, LoopState(reference, integral)


@compiled
def _drive_law(
    motor: tuple[Array, Array],
    gains: tuple[Array, Array, Array],
    told: tuple[Array, Array, float],
    now: tuple[Array, Array, Array],
    step: float,
) -> tuple[Array, Array, Array]:
    stall, no_load_speed = motor
    gain, integral_gain, acceleration = gains
    target, limit, supply = told
    velocity, last, kept = now
    torque, reference, integral = np.empty(len(last)), np.empty(len(last)), np.empty(len(last))
    for j in range(len(last)):
        ramp = acceleration[j] * step
        reference[j] = last[j] + min(max(target[j] - last[j], -ramp), ramp)
        error = reference[j] - velocity[j]
        grown = kept[j] + integral_gain[j] * error * step
        wished = gain[j] * error + grown
        droop = velocity[j] / no_load_speed[j]
        upper = min(stall[j] * (supply - droop), limit[j])
        lower = max(stall[j] * (-supply - droop), -limit[j])
        torque[j] = min(max(wished, lower), upper)
        integral[j] = grown if torque[j] == wished else kept[j]
    return torque, reference, integral
