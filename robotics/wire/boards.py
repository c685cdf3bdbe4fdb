"""Control tables of our two boards; firmware and emulator obey the same (docs/registers.md).

Both are bus devices like a servo. What every device has stands where X-series servos have it:
whoever can talk to a servo can talk to a board. Three things differ:

- ``bus_watchdog`` counts the time since ``command_sequence`` last *changed*, not since anything was
  heard: a host that repeats an old command, or only reads, is no reason to go on.
- The sensor board leads the legs to a landing pose, as a second master, when no command comes.
- The sensor board answers on four ids in a row, and its ten bytes at the address of a servo's
  current, speed and position are another page on each. So it takes part in the one Fast Sync Read
  that asks the servos.
"""

from __future__ import annotations

import math

from robotics.wire.servos import WATCHDOG_UNIT
from robotics.wire.table import Access, Field, Table

_R, _W, _E = Access.READ, Access.WRITE, Access.SETUP

GYRO_UNIT = 0.001
"""[rad/s]; a tenth of the noise, full scale 32 rad/s."""
ACCELERATION_UNIT = 0.005
"""[m/s²]; a tenth of the noise, full scale 163 m/s²."""
FOOT_UNIT = 0.25
"""[N]; of a load cell."""
PART_UNIT = 0.00002
"""Of levels from 0 to 1: 50 000 counts are full."""
TOOL_UNIT = 0.0001
"""Of tool settings from 0 to 1."""
SPEED_UNIT = 0.001
"""Of wheels and brushes [rad/s]."""
ANGLE_UNIT = 2.0 * math.pi / 4096
"""Of their encoders [rad]."""
EFFORT_UNIT = 0.001
"""Fraction of a drive's stall torque."""
RESET_KEY = 0x52
"""Written to ``stop_reset`` it ends a latched stop, if all speed goals are zero."""

SENSOR_IDS = (200, 201, 202, 203)
"""Of the greeter's sensor board: rates, accelerations, left foot, right foot."""
CHASSIS_ID = 200
"""Of the sweeper's chassis board."""

CHARGING, STOP_BUTTON, COMMAND_OLD, IMU_FAILED, SUPPLY_LOW = 0, 1, 2, 3, 4
"""Bits of ``status`` that both boards have."""
LEFT_FOOT_FAILED, RIGHT_FOOT_FAILED = 8, 9
"""Bits of the sensor board's ``status``."""
BUMPER_FRONT, BUMPER_REAR, CLIFF_LEFT, CLIFF_RIGHT, DRIVE_FAILED, STOPPED = 8, 9, 10, 11, 12, 13
"""Bits of the chassis board's ``status``. ``STOPPED``: a stop is latched until ``stop_reset``."""

_BAUD = {2: 115_200, 3: 1_000_000, 4: 2_000_000, 5: 3_000_000, 6: 4_000_000}
_ERRORS = {0: "input voltage out of limits", 2: "overheated", 4: "electronics failed"}


def _common(model: int, id: int) -> tuple[Field, ...]:
    """Return what both boards have, at the addresses of X-series servos."""
    return (
        Field("model_number", 0, 2, _R, initial=model),
        Field("model_information", 2, 4, _R),
        Field("firmware_version", 6, 1, _R, initial=1),
        Field("id", 7, 1, _E, low=1, high=249, initial=id),
        Field("baud_rate", 8, 1, _E, low=2, high=6, initial=3),
        Field("return_delay", 9, 1, _E, unit=2e-6, high=254, initial=0, meaning="s"),
        Field("torque_enable", 64, 1, _W, high=1, meaning="1: drives and tools may work"),
        Field("led", 65, 1, _W, high=1),
        Field("status_return_level", 68, 1, _W, high=2, initial=2),
        Field("hardware_error", 70, 1, _R, meaning="bits"),
        Field(
            *("bus_watchdog", 98, 1, _W, True, WATCHDOG_UNIT, 0, 127, 0),
            "s since the last new command until a stop; 0: off; reads -1 once it tripped",
        ),
    )


LANDING_LEGS = 12
"""Servos in a row of ids that a landing pose is for."""
_LANDING_SETTINGS = (
    Field("landing_servo", 72, 1, _E, low=1, high=240, initial=11, meaning="first id of the legs"),
    Field(
        *("landing_delay", 73, 1, _E, False, 0.001, 20, 250, 60),
        "s without a new command until the legs are led",
    ),
)
_LANDING = (
    Field("landing_time", 136, 2, _W, unit=0.001, high=2000, meaning="s; 0: nothing to be done"),
    *(
        Field(f"landing_goal_{leg}", 138 + 2 * leg, 2, _W, high=4095, meaning="goal_position")
        for leg in range(LANDING_LEGS)
    ),
)


def sensor_page(page: int) -> Table:
    """Return the table of the greeter's sensor board as it shows itself on its id number ``page``.

    Pages: 0 rates, 1 accelerations and battery, 2 left foot, 3 right foot.
    """
    sequence = Field(
        *("command_sequence", 116, 2, _W),
        meaning="another number with each new command; 118 and 119 are not used",
    )
    landing = (*_LANDING_SETTINGS, *_LANDING) if page == 0 else ()
    rows = (*_common(0x5301, SENSOR_IDS[page]), sequence, *_PAGES[page], *landing)
    return Table(f"sensor board, page {page}", 0x5301, rows, _BAUD, _ERRORS)


def _axes(name: str, address: int, unit: float, meaning: str) -> tuple[Field, ...]:
    """Return x, y and z of an IMU."""
    return tuple(
        Field(f"{name}_{axis}", address + 2 * place, 2, _R, True, unit, meaning=meaning)
        for place, axis in enumerate("xyz")
    )


def _foot(side: str) -> tuple[Field, ...]:
    cells = ("front_left", "front_right", "rear_left", "rear_right")
    forces = tuple(
        Field(f"{side}_{cell}", 126 + 2 * place, 2, _R, True, FOOT_UNIT, meaning="N, upwards")
        for place, cell in enumerate(cells)
    )
    return (*forces, Field(f"{side}_sample", 134, 2, _R, meaning="counts the readings, wraps"))


def _battery(address: int) -> tuple[Field, ...]:
    return (
        Field("battery_voltage", address, 2, _R, unit=0.001, initial=24_000, meaning="V"),
        Field("battery_charge", address + 2, 2, _R, unit=PART_UNIT, initial=50_000, meaning="0–1"),
    )


_PAGES = (
    (
        *_axes("gyro", 126, GYRO_UNIT, "rad/s"),
        Field("status", 132, 2, _R, meaning="bits"),
        Field("sample", 134, 2, _R, meaning="counts the readings of the IMU, wraps"),
    ),
    (*_axes("acceleration", 126, ACCELERATION_UNIT, "m/s², +g on z at rest"), *_battery(132)),
    _foot("left"),
    _foot("right"),
)
SENSOR_PAGES = tuple(sensor_page(page) for page in range(len(_PAGES)))
"""One table for each id of the sensor board."""
LANDING = SENSOR_PAGES[0].window(*(one.name for one in _LANDING))
"""How the present step ends without a host, written at once."""

DRIVES = ("wheel_left", "wheel_right", "brush_left", "brush_right", "brush_roller")
"""Of the chassis board, in the order of the sweeper's joints."""


def _each(name: str, address: int, size: int, **kind: object) -> tuple[Field, ...]:
    """Return one field for each drive."""
    return tuple(
        Field(f"{name}_{drive}", address + size * place, size, **kind)  # type: ignore[arg-type]
        for place, drive in enumerate(DRIVES)
    )


_SETTINGS = (
    Field("ramp_wheel", 72, 2, _E, unit=0.01, initial=800, meaning="rad/s², of speed goals"),
    Field("ramp_side", 74, 2, _E, unit=0.01, initial=2000, meaning="rad/s², side brushes"),
    Field("ramp_roller", 76, 2, _E, unit=0.01, initial=4000, meaning="rad/s²"),
    Field("ramp_stop", 78, 2, _E, unit=0.01, initial=800, meaning="rad/s², wheels, in a stop"),
    Field("speed_limit", 80, 2, _E, unit=0.01, initial=1000, meaning="rad/s, wheels"),
    Field("bumper_stops", 82, 1, _E, high=1, initial=1, meaning="1: a bumper latches a stop"),
    Field("cliff_stops", 83, 1, _E, high=1, initial=1, meaning="1: a cliff latches a stop"),
    Field("stop_reset", 99, 1, _W, meaning="0x52 ends a latched stop, if speed goals are zero"),
)
_COMMAND = (
    Field("command_sequence", 100, 2, _W, meaning="another number with each new command"),
    Field("bin_tip", 102, 1, _W, high=1, meaning="1: tip the bin; only at standstill"),
    Field("lights", 103, 1, _W, meaning="bits: 0 beacon, 1 horn"),
    *_each("goal", 104, 4, access=_W, signed=True, unit=SPEED_UNIT, meaning="rad/s"),
    *_each("limit", 124, 2, access=_W, unit=EFFORT_UNIT, high=1000, meaning="of the stall torque"),
    Field("brush", 134, 2, _W, unit=TOOL_UNIT, high=10_000, meaning="0–1, for the record"),
    Field("spray", 136, 2, _W, unit=TOOL_UNIT, high=10_000, meaning="0–1"),
    Field("fan", 138, 2, _W, unit=TOOL_UNIT, high=10_000, meaning="0–1"),
)
_FEEDBACK = (
    Field("sequence_taken", 160, 2, _R, meaning="command_sequence that is obeyed now"),
    Field("command_age", 162, 2, _R, unit=0.001, meaning="s, since that came"),
    Field("status", 164, 2, _R, meaning="bits"),
    Field("sample", 166, 2, _R, meaning="counts the readings, wraps"),
    *_each("position", 168, 4, signed=True, unit=ANGLE_UNIT, meaning="rad, wraps"),
    *_each("speed", 188, 4, signed=True, unit=SPEED_UNIT, meaning="rad/s"),
    *_each("effort", 208, 2, signed=True, unit=EFFORT_UNIT, meaning="of the stall torque"),
    *_axes("gyro", 218, GYRO_UNIT, "rad/s"),
    *_axes("acceleration", 224, ACCELERATION_UNIT, "m/s², +g on z at rest"),
    *_battery(230),
    Field("water", 234, 2, _R, unit=PART_UNIT, initial=50_000, meaning="0–1, of the tank"),
    Field("bin", 236, 2, _R, unit=PART_UNIT, meaning="0–1"),
    Field("dust", 238, 2, _R, unit=0.001, meaning="mg/m³"),
    Field("wetness", 240, 2, _R, unit=PART_UNIT, meaning="0 dry, 1 wet"),
    Field("temperature", 242, 2, _R, True, 0.01, initial=2000, meaning="°C"),
    Field("rain", 244, 2, _R, unit=0.01, meaning="mm/h"),
)
CHASSIS_BOARD = Table(
    "chassis board",
    0x5302,
    (*_common(0x5302, CHASSIS_ID), *_SETTINGS, *_COMMAND, *_FEEDBACK),
    _BAUD,
    _ERRORS,
)
CHASSIS_COMMAND = CHASSIS_BOARD.window(*(one.name for one in _COMMAND))
"""All that a command says, written at once."""
CHASSIS_FEEDBACK = CHASSIS_BOARD.window(*(one.name for one in _FEEDBACK))
"""All that the board senses, read at once."""
