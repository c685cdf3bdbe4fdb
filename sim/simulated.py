"""A simulated body: commands in with one period of delay, samples out with the sensors' delay.

``SimulatedBody`` is the door; what is behind it is a ``Mechanism``: rigid bodies in an engine
(``sim.mechanism``) or perfect motion (``sim.kinematic``).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from robotics.core.arrays import Array, clamped
from robotics.core.errors import BackendError
from robotics.core.messages import Command, Contacts, Observation, Scan, ToolReadings, Tools
from robotics.core.rotation import rpy_from_matrix
from sim.battery import Accumulator
from sim.cleaning.shapes import box_distances, near
from sim.docks import FILLING, TIPPING, Moored, Stations
from sim.held import ENCODER_QUANTUM, battery_as_read, efforts, tools_as_read, tools_as_told
from sim.motion import Mechanism, quaternion_from_matrix
from sim.sensors import GRAVITY, LidarSpec, read_feet, read_imu, read_joints, read_scan
from sim.servo import Drive, registers
from sim.spec import BodySpec
from sim.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Levels:
    """What a body begins with, fractions."""

    charge: float = 1.0
    water: float = 1.0
    bin: float = 0.0


class SimulatedBody:
    """A body on a timeline; satisfies ``robotics.core.backend.Backend``.

    Attributes:
        spec: What it is made of.
        period: Control period [s].
        bin_fraction: What has come into the sweeper's bin so far, emptied or not, as parts of its
            volume; whoever counts the dirt sets it.
        begin: Levels at the start, and whatever ``reset`` brings back.
        heard: What was said since the last observation; whoever speaks sets it.
        sprayed: All water that has come out of the spray bar [kg].
        surroundings: What the tools' sensors read of ground and air; whoever knows these sets it.
        tools: The tool settings that are applied now.
        sag: What is left of the battery's voltage at the motors: a fault.
        litter: Boxes on the ground as from ``sim.cleaning.shapes``, shape (k, 6), for the lidar
            that looks down; whoever scatters the litter sets it.
    """

    def __init__(
        self,
        timeline: Timeline,
        spec: BodySpec,
        mechanism: Mechanism,
        *,
        docks: Stations,
        rng: np.random.Generator,
    ) -> None:
        self.spec = spec
        self.period = spec.period
        self.bin_fraction = 0.0
        self.begin = Levels(charge=spec.battery.start)
        self.heard: tuple[str, ...] = ()
        self.sprayed = 0.0
        self.surroundings = ToolReadings()
        self.litter = np.zeros((0, 6))
        self.sag = 1.0
        self._timeline, self._mechanism = timeline, mechanism
        self._moored, self._rng = Moored(docks), rng
        self._substeps = timeline.count(spec.period, f"the control period of {spec.name}")
        self._lower, self._upper = _limits(spec)
        self._delay = timeline.count(spec.sensor_delay, f"the sensor delay of {spec.name}")
        self._scan_every = max(1, round(spec.lidar.period / spec.period))
        self._imu_in_base = spec.model.pose_in_base(spec.imu, spec.initial_joints)
        down = spec.kerb_lidar or spec.lidar
        self._looking_down = spec.model.pose_in_base(down.link, spec.initial_joints)
        bias = spec.noise.gyro_bias
        self._gyro_bias = rng.uniform(-bias, bias, 3)
        self._battery = Accumulator(spec.battery)
        self._samples: deque[tuple[int, Observation]] = deque()
        self._open = True
        timeline.residents.append(self)
        self._clear()

    def _clear(self) -> None:
        """Forget everything that happened."""
        spec, joints = self.spec, self.spec.model.joints
        rest = spec.initial_joints if spec.motors.is_position else np.zeros(len(joints))
        self._drive = Drive(registers(spec.motors, rest), joints.column("effort"))
        self.tools = Tools()
        self._pending: tuple[int, Drive, Tools] | None = None
        self._water, self._bin = self.begin.water, self.begin.bin
        self._counted = self.bin_fraction
        self._battery.restart()
        self._battery.charge = self.begin.charge
        self._due = self._timeline.steps
        self._count = 0
        self._samples.clear()
        self._mechanism.restart()
        self._last_velocity = self._mechanism.motion().velocity_of(self._imu_in_base[0])
        self._last_velocity_step = self._due

    # ------------------------------------------------------------------------------ the door

    def reset(self) -> Observation:
        """Put the body back to its start; the place's clock goes on.

        Raises:
            BackendError: The body was closed.
        """
        self._check_open()
        self._clear()
        self._mechanism.read()
        self._latest = self._sample()
        ahead = (self._substeps - self._delay - 1) % self._substeps + 1
        self._next_sample = self._due + ahead
        return self._deliver(self._latest)

    def act(self, command: Command) -> None:
        """Keep ``command``; it is applied one period after the observation that it answers.

        Raises:
            BackendError: It has the wrong number of joints, or the body was closed.
        """
        self._check_open()
        n = len(self.spec.model.joints)
        if len(command.target) != n:
            raise BackendError(
                f"{self.spec.name} has {n} joints, the command {len(command.target)}; "
                "use this robot's joint table"
            )
        stall = self.spec.motors.stall
        limit = efforts(np.minimum(np.abs(command.effort_limit), stall), stall)
        target = registers(self.spec.motors, command.target)
        drive = self._orders(clamped(target, self._lower, self._upper), limit)
        self._pending = (self._due + self._substeps, drive, tools_as_told(command.tools))

    def obey(self, target: Array, limit: Array, tools: Tools) -> None:
        """Let motors and tools do this at once: the door for emulated devices.

        Args:
            target: Set-points, shape (n,) [rad] or [rad/s].
            limit: Largest torques, shape (n,) [N·m].
            tools: Settings of the tools.
        """
        self._drive, self.tools = self._orders(target, limit), tools

    @staticmethod
    def _orders(target: Array, limit: Array) -> Drive:
        limit.setflags(write=False)  # one type to the compiler
        return Drive(target, limit)

    def observe(self) -> Observation:
        """Return the observation that is due one period after the last.

        Raises:
            BackendError: The body was closed.
        """
        self._check_open()
        self._due += self._substeps
        self._timeline.advance_to(self._due)
        self._switch(self._due)
        if self._next_sample == self._timeline.steps == self._due:
            self._mechanism.read()
            self._take_sample()
        if self._samples and self._samples[0][0] <= self._due - self._delay:
            self._latest = self._samples.popleft()[1]
            return self._deliver(self._latest)
        return self._deliver(replace(self._latest, scan=None, kerb_scan=None))

    def creep(self) -> bool:
        """Let the place go on by one physics step; return whether the next observation is due.

        For whoever has other things to do meanwhile; ``observe`` then has nothing left to wait for.
        """
        due = self._due + self._substeps
        self._timeline.advance_to(min(self._timeline.steps + 1, due))
        return self._timeline.steps >= due

    def close(self) -> None:
        """Leave the place. May be called twice."""
        if self._open:
            self._open = False
            self._timeline.residents.remove(self)
            self._mechanism.remove()

    # ------------------------------------------------------------------------- for onlookers

    def true_pose(self) -> tuple[float, float, float]:
        """Return (x, y, yaw) of the base in the map; never for a controller."""
        motion = self._mechanism.motion()
        yaw = rpy_from_matrix(motion.rotation)[2]
        return float(motion.position[0]), float(motion.position[1]), yaw

    def true_base(self) -> tuple[Array, Array]:
        """Return position (3,) and quaternion (4,) (x, y, z, w) of the base in the map."""
        motion = self._mechanism.motion()
        return motion.position, quaternion_from_matrix(motion.rotation)

    def true_velocity(self) -> Array:
        """Return the velocity of the base's origin in the map, shape (3,) [m/s]."""
        return self._mechanism.motion().velocity

    def true_turn_rate(self) -> float:
        """Return the rate of turn of the base about the vertical [rad/s]."""
        return float(self._mechanism.motion().angular_velocity[2])

    def joint_positions(self) -> Array:
        """Return the true joint angles, shape (n,) [rad]."""
        self._mechanism.read()
        return self._mechanism.position

    @property
    def torque(self) -> Array:
        """True torques of the motors, shape (n,) [N·m]."""
        return self._mechanism.torque

    @property
    def supply(self) -> float:
        """Voltage at the motors over the battery's nominal one."""
        return self.sag * self._battery.supply

    def bin_level(self) -> float:
        """Return how full the bin is now, 0 to 1."""
        return self._bin

    def contacts_with(self) -> list[tuple[str, float]]:
        """Return (what, force [N]) of every touch beyond standing on the ground."""
        return self._mechanism.contacts_with()

    def outline(self) -> tuple[float, float, float]:
        """Return (x, y, radius) of a circle that visitors keep out of [m]."""
        x, y, _ = self.true_pose()
        return x, y, self.spec.radius

    # ------------------------------------------------------------------------------- inside

    def before_step(self, step: int) -> None:
        """Sense what is due, then drive the motors for one step."""
        mechanism = self._mechanism
        mechanism.read()
        if step == self._next_sample:
            self._take_sample()
        self._switch(step)
        if (step - self._due) % self._substeps == 0:
            self._account()
        mechanism.drive(self._drive)

    def _switch(self, step: int) -> None:
        """Apply the kept command if its time has come."""
        if self._pending is not None and step >= self._pending[0]:
            _, self._drive, self.tools = self._pending
            self._pending = None

    def _check_open(self) -> None:
        if not self._open:
            raise BackendError(f"the body of {self.spec.name} was closed; open the place again")

    def _account(self) -> None:
        """Book energy and water of one control period."""
        mechanism, spec, tools = self._mechanism, self.spec, self.tools
        mechanical = mechanism.torque * mechanism.velocity
        heat = spec.motors.copper_loss * mechanism.torque**2
        power = float(np.maximum(mechanical + heat, 0.0).sum()) + spec.fan_power * tools.fan
        served = self._served()
        self._battery.draw(power, self.period, docked=served == "dock_charge")
        sprayed = min(tools.spray * spec.spray_flow * self.period, self._water * spec.tank)
        self._water = max(0.0, self._water - sprayed / spec.tank)
        self.sprayed += sprayed
        self._bin = min(1.0, self._bin + max(0.0, self.bin_fraction - self._counted))
        self._counted = self.bin_fraction
        if served == "dock_water":
            self._water = min(1.0, self._water + FILLING * self.period / spec.tank)
        elif served == "dock_tip":
            self._bin = max(0.0, self._bin - TIPPING * self.period / spec.bin_volume)
        self._drive = Drive(self._drive.target, self._drive.limit, self.supply)

    def _served(self) -> str:
        """Return the kind of the station that serves it now; "" for none."""
        if self.spec.battery.charger == 0.0:
            return ""
        motion = self._mechanism.motion()
        yaw = rpy_from_matrix(motion.rotation)[2]
        pose = np.array([*motion.position[:2], yaw])
        speed = math.hypot(*motion.velocity[:2].tolist())
        return self._moored.look(pose, speed, self.period)

    def _take_sample(self) -> None:
        self._next_sample += self._substeps
        self._count += 1
        self._samples.append((self._timeline.steps, self._sample()))

    def _sample(self) -> Observation:
        """Let every sensor that is due look at the truth now."""
        spec, mechanism = self.spec, self._mechanism
        joints = (mechanism.position, mechanism.velocity, mechanism.torque)
        rate, force = self._inertial()
        turn = self._count % self._scan_every == 0
        return Observation(
            time=self._timeline.time,
            joints=read_joints(joints, spec.motors, noise=spec.noise, age=spec.sensor_delay),
            imu=read_imu(rate, force, noise=spec.noise, draw=self._rng.standard_normal(6)),
            scan=self._scan(spec.lidar) if turn else None,
            kerb_scan=self._scan(spec.kerb_lidar) if turn and spec.kerb_lidar else None,
            contacts=Contacts(self._feet(), mechanism.pressed()),
        )

    def _scan(self, lidar: LidarSpec) -> Scan:
        draw = self._rng.standard_normal(lidar.beams)
        distance = self._mechanism.distances(lidar)
        if lidar is self.spec.kerb_lidar:
            distance = np.minimum(distance, self._litter_distances(lidar))
        return read_scan(lidar, distance, noise=self.spec.noise, draw=draw)

    def _litter_distances(self, lidar: LidarSpec) -> Array:
        """Return how far each beam goes before it meets a piece of litter, shape (m,) [m]."""
        motion, (point, turn) = self._mechanism.motion(), self._looking_down
        start = motion.position + motion.rotation @ point
        pieces = near(self.litter, start[:2], 0.5 * lidar.most)
        if not len(pieces):
            return np.full(lidar.beams, np.inf)
        return box_distances(start, lidar.directions @ (motion.rotation @ turn).T, pieces)

    def _feet(self) -> Array:
        if not self.spec.soles:
            return np.zeros((2, 4))
        draw = self._rng.standard_normal(8)
        return read_feet(self._mechanism.foot_force(), noise=self.spec.noise, draw=draw)

    def _inertial(self) -> tuple[Array, Array]:
        """Return rate with bias, and mean specific force since the last sample, IMU frame (3,).

        The accelerometer integrates between samples (delta-velocity output), which is also its
        low-pass: -3 dB at 0.44 of the sampling rate.
        """
        point, turn = self._imu_in_base
        motion = self._mechanism.motion()
        velocity = motion.velocity_of(point)
        elapsed = (self._timeline.steps - self._last_velocity_step) * self._timeline.step
        change = (velocity - self._last_velocity) / elapsed if elapsed > 0.0 else np.zeros(3)
        self._last_velocity, self._last_velocity_step = velocity, self._timeline.steps
        to_imu = (motion.rotation @ turn).T
        force = to_imu @ (change + np.array([0.0, 0.0, GRAVITY]))
        return to_imu @ motion.angular_velocity + self._gyro_bias, force

    def _deliver(self, sample: Observation) -> Observation:
        """Return a sample as the observation that is due now."""
        heard, self.heard = self.heard, ()
        return replace(
            sample,
            time=self._due * self._timeline.step,
            battery=battery_as_read(self._battery.read()),
            tools=tools_as_read(replace(self.surroundings, water=self._water, bin=self._bin)),
            heard=heard,
        )


def _limits(spec: BodySpec) -> tuple[Array, Array]:
    """Return between which set-points (n,) the servos' limit registers let them go.

    They are the joint limits, rounded outwards to a whole count.
    """
    joints = spec.model.joints
    if not spec.motors.is_position:
        unlimited = np.full(len(joints), np.inf)
        return -unlimited, unlimited
    lower = np.floor(joints.column("lower") / ENCODER_QUANTUM)
    upper = np.ceil(joints.column("upper") / ENCODER_QUANTUM)
    return lower * ENCODER_QUANTUM, upper * ENCODER_QUANTUM
