"""Values as registers hold them: what crosses the wire is rounded on every body, also on this one.

So a run with devices behind a serial line is the same as one without, bit for bit. Units are those
of the register maps (``robotics.wire``).
"""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Battery, ToolReadings, Tools
from robotics.wire import boards
from robotics.wire.servos import XM430_W350

ENCODER_QUANTUM = boards.ANGLE_UNIT
"""Step of a 12-bit encoder, of a servo's goal register and of a wheel encoder [rad]."""
SPEED_QUANTUM = boards.SPEED_UNIT
"""Step of the chassis board's speed registers [rad/s]."""
SERVO_SPEED_QUANTUM = XM430_W350["present_velocity"].unit
"""Step of a servo's present velocity, 0.229 rev/min [rad/s]."""
EFFORT_QUANTUM = boards.EFFORT_UNIT
"""Step of torques, part of the stall torque."""
_FULL_SCALE = 32767
"""Of a signed register of two bytes."""


def quantised(values: Array, quantum: float) -> Array:
    """Return ``values`` rounded to multiples of ``quantum``: what a register can hold."""
    return np.asarray((np.rint(values / quantum) + 0.0) * quantum)  # + 0.0: there is no -0


def bounded(values: Array, quantum: float) -> Array:
    """Return ``values`` as signed registers of two bytes hold them."""
    counts = np.clip(np.rint(values / quantum), -_FULL_SCALE - 1, _FULL_SCALE)
    return np.asarray((counts + 0.0) * quantum)


def efforts(torque: Array, stall: Array) -> Array:
    """Return torques or torque limits (n,) [N·m] in whole steps of the stall torque (n,)."""
    step = EFFORT_QUANTUM * stall
    return np.asarray((np.rint(torque / step) + 0.0) * step)


def _held(value: float, quantum: float) -> float:
    return max(0, round(value / quantum)) * quantum


def tools_as_told(tools: Tools) -> Tools:
    """Return tool settings as the chassis board gets them."""
    unit = boards.TOOL_UNIT
    return Tools(_held(tools.brush, unit), _held(tools.spray, unit), _held(tools.fan, unit))


def battery_as_read(battery: Battery) -> Battery:
    """Return what the registers of a board say of the battery."""
    charge = _held(battery.charge, boards.PART_UNIT)
    return Battery(charge, _held(battery.voltage, 0.001), battery.charging)


def tools_as_read(found: ToolReadings) -> ToolReadings:
    """Return what the registers of the chassis board say of tanks, ground and air."""
    return ToolReadings(
        water=_held(found.water, boards.PART_UNIT),
        bin=_held(found.bin, boards.PART_UNIT),
        dust=_held(found.dust, 0.001),
        wetness=_held(found.wetness, boards.PART_UNIT),
        temperature=round(found.temperature / 0.01) * 0.01,
        rain=_held(found.rain, 0.01),
    )
