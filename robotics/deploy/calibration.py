"""What a robot's own measures are where they differ from the drawing: a file, and its effect.

Applied at the door of the body, to readings and commands, so that all controllers go on with the
nominal robot: a wheel that is 1 % larger is told to turn 1 % slower, and is believed to have turned
1 % more.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import Field

from robotics.core.arrays import Array
from robotics.core.config import Schema, load
from robotics.core.errors import OptionError
from robotics.core.messages import Command, Imu, Observation
from robotics.core.rotation import matrix_from_rpy


class Calibration(Schema):
    """The file: SI units, but for angles in degrees."""

    wheel_scale: float = Field(default=1.0, gt=0.8, lt=1.25)
    """True wheel radius over the nominal one."""
    track_scale: float = Field(default=1.0, gt=0.8, lt=1.25)
    """True distance between the wheels over the nominal one."""
    gyro_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What the gyro reads at rest [rad/s]."""
    imu_roll_deg: float = Field(default=0.0, ge=-20.0, le=20.0)
    """How the IMU is mounted, against the base."""
    imu_pitch_deg: float = Field(default=0.0, ge=-20.0, le=20.0)
    lidar_yaw_deg: float = Field(default=0.0, ge=-180.0, le=180.0)
    """Bearing of the lidar's arrow, counter-clockwise from ahead."""
    lidar_upside_down: bool = False
    notes: tuple[str, ...] = ()
    """When and how each value was found."""


def read(path: Path) -> Calibration:
    """Return what a calibration file says.

    Raises:
        ConfigError: It is broken, or a value is impossible.
    """
    return load(path, Calibration)


def check_place(path: Path) -> None:
    """See that a file can be written at ``path``, before anything is measured for it.

    Raises:
        OptionError: It cannot.
    """
    folder = path.parent
    if not folder.is_dir():
        raise OptionError(f"{path}: there is no folder {folder}; give --file a place to write")
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise OptionError(f"{path}: it cannot be written; give --file a place to write")


def write(path: Path, calibration: Calibration) -> Path | None:
    """Write a calibration and keep the file that was there.

    Returns:
        Where the old one is now; None if there was none.

    Raises:
        OptionError: The folder cannot be written.
    """
    kept = _unused(path) if path.exists() else None
    try:
        if kept is not None:
            path.rename(kept)
        path.write_text(_yaml(calibration), encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror}; give --file a place to write") from error
    return kept


def _unused(path: Path) -> Path:
    """Return the first free name of the kind calibration.1.yaml."""
    number = 1
    while path.with_suffix(f".{number}{path.suffix}").exists():
        number += 1
    return path.with_suffix(f".{number}{path.suffix}")


def _yaml(calibration: Calibration) -> str:
    """Return the file: a line for each value, a block for the notes."""
    lines = []
    for key, value in calibration.model_dump().items():
        if key == "notes":
            lines += [f"notes:{'' if value else ' []'}", *(f'  - "{note}"' for note in value)]
        elif isinstance(value, tuple):
            lines.append(f"{key}: [{', '.join(repr(float(one)) for one in value)}]")
        else:
            lines.append(f"{key}: {str(value).lower() if isinstance(value, bool) else repr(value)}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Correction:
    """A calibration at work."""

    calibration: Calibration
    wheels: tuple[int, ...] = ()
    """Places of the left and right wheel in the joint table; empty for a robot without."""

    def nominal(self, seen: Observation) -> Observation:
        """Return what the nominal robot would have read."""
        imu = self._level(seen.imu)
        if len(self.wheels) != 2:
            return replace(seen, imu=imu)
        mixing, places = self._mixing, list(self.wheels)
        position, velocity = np.array(seen.joints.position), np.array(seen.joints.velocity)
        position[places] = mixing @ position[places]
        velocity[places] = mixing @ velocity[places]
        joints = replace(seen.joints, position=position, velocity=velocity)
        return replace(seen, imu=imu, joints=joints)

    def true(self, command: Command) -> Command:
        """Return what the robot has to be told to do what the nominal one would."""
        if len(self.wheels) != 2 or np.array_equal(self._mixing, np.eye(2)):
            return command
        target, places = np.array(command.target), list(self.wheels)
        target[places] = np.linalg.solve(self._mixing, target[places])
        return replace(command, target=target)

    def _level(self, imu: Imu) -> Imu:
        found = self.calibration
        roll, pitch = math.radians(found.imu_roll_deg), math.radians(found.imu_pitch_deg)
        turn = matrix_from_rpy(roll, pitch, 0.0)
        rate = turn @ (imu.angular_velocity - np.asarray(found.gyro_bias))
        return Imu(rate, turn @ imu.linear_acceleration)

    @property
    def _mixing(self) -> Array:
        """True wheel angles to nominal ones (2, 2): sum and difference have their own scale."""
        straight = self.calibration.wheel_scale
        turning = straight / self.calibration.track_scale
        half = 0.5 * np.array(
            [[straight + turning, straight - turning], [straight - turning, straight + turning]]
        )
        return np.asarray(half)
