"""Control tables of the servos: Dynamixel X series and P series.

Source of every address, size, unit, range and initial value: ROBOTIS e-manual, pages of
XM430-W350, XM540-W150 and PH54-100-S500 (their text: github.com/ROBOTIS-GIT/emanual, docs/en/dxl/x
and _includes/en/dxl/x). Fields that this project has no use for are left out. A print of 2018
(e-manual v1.31) still gives the XM540-W150 a velocity limit of 380; the manual since then has 230.
That limit bounds ``goal_velocity`` only: a position servo without a profile goes as fast as it can.
"""

from __future__ import annotations

import math

from robotics.wire.table import Access, Field, Table

WATCHDOG_UNIT = 0.02
"""One count of ``bus_watchdog`` [s]."""
WATCHDOG_TRIPPED = -1
"""What ``bus_watchdog`` reads after no instruction came for too long; goals are then refused until
0 is written."""
RPM = 2.0 * math.pi / 60.0
"""[rad/s]."""

_ERRORS = {
    0: "input voltage out of limits",
    2: "overheated",
    3: "encoder failed",
    4: "electrical shock or too little power",
    5: "overloaded",
}
_ERRORS_P = {
    0: "input voltage out of limits",
    1: "Hall sensor failed",
    2: "overheated",
    3: "encoder failed",
    4: "electronics failed",
    5: "overloaded",
}
_BAUD_X = {
    **{0: 9_600, 1: 57_600, 2: 115_200, 3: 1_000_000, 4: 2_000_000},
    **{5: 3_000_000, 6: 4_000_000, 7: 4_500_000},
}
_BAUD_P = {**_BAUD_X, 8: 6_000_000, 9: 10_500_000}

_R, _W, _E = Access.READ, Access.WRITE, Access.SETUP


REVERSE, FOLLOWS, TIME_BASED, TORQUE_BY_GOAL = 1, 2, 4, 8
"""Bits of ``drive_mode``. A follower (540 models only) takes its motor's PWM from its leader, by a
sync cable; its own goals are ignored, and its sense of rotation is that of the cable, straight or
twisted, not that of its own ``REVERSE`` (e-manual, "Drive Mode", "Dual Mode")."""


def _identity(model: int, firmware: int, *, bauds: int, drive: int) -> tuple[Field, ...]:
    """Return what stands first in both series."""
    return (
        Field("model_number", 0, 2, _R, initial=model),
        Field("model_information", 2, 4, _R),
        Field("firmware_version", 6, 1, _R, initial=firmware),
        Field("id", 7, 1, _E, low=0, high=252, initial=1),
        Field("baud_rate", 8, 1, _E, low=0, high=bauds - 1, initial=1),
        Field("return_delay", 9, 1, _E, unit=2e-6, high=254, initial=250, meaning="s"),
        Field("drive_mode", 10, 1, _E, high=drive),
        Field("operating_mode", 11, 1, _E, high=16, initial=3),
        Field("secondary_id", 12, 1, _E, initial=255),
        Field("protocol_type", 13, 1, _E, low=1, high=10, initial=2),
    )


def _x_series(name: str, model: int, *, current_limit: int, velocity_limit: int) -> Table:
    """Return the table of an XM servo; the models differ in their limits only."""
    turn, amp, duty, speed = 2.0 * math.pi / 4096, 0.00269, 0.00113, 0.229 * RPM
    is_540 = name.startswith("XM540")
    drive = REVERSE | TIME_BASED | TORQUE_BY_GOAL | (FOLLOWS if is_540 else 0)
    rows = (
        *_identity(model, 46, bauds=len(_BAUD_X), drive=drive),
        Field("homing_offset", 20, 4, _E, True, turn, -1_044_479, 1_044_479, meaning="rad"),
        Field("moving_threshold", 24, 4, _E, unit=speed, high=1023, initial=10, meaning="rad/s"),
        Field("temperature_limit", 31, 1, _E, high=100, initial=80, meaning="°C"),
        Field("max_voltage_limit", 32, 2, _E, False, 0.1, 95, 160, 160, "V"),
        Field("min_voltage_limit", 34, 2, _E, False, 0.1, 95, 160, 95, "V"),
        Field("pwm_limit", 36, 2, _E, False, duty, 0, 885, 885, "fraction of the voltage"),
        Field("current_limit", 38, 2, _E, False, amp, 0, current_limit, current_limit, "A"),
        Field("velocity_limit", 44, 4, _E, False, speed, 0, 1023, velocity_limit, "rad/s"),
        Field("max_position_limit", 48, 4, _E, False, turn, 0, 4095, 4095, "rad"),
        Field("min_position_limit", 52, 4, _E, False, turn, 0, 4095, 0, "rad"),
        Field("startup_configuration", 60, 1, _E, high=3),
        Field("shutdown", 63, 1, _E, initial=52, meaning="bits of hardware_error that stop it"),
        Field("torque_enable", 64, 1, _W, high=1),
        Field("led", 65, 1, _W, high=1),
        Field("status_return_level", 68, 1, _W, high=2, initial=2),
        Field("registered_instruction", 69, 1, _R),
        Field("hardware_error", 70, 1, _R, meaning="bits"),
        Field("velocity_i_gain", 76, 2, _W, high=16383, initial=1920),
        Field("velocity_p_gain", 78, 2, _W, high=16383, initial=100),
        Field("position_d_gain", 80, 2, _W, high=16383),
        Field("position_i_gain", 82, 2, _W, high=16383),
        Field("position_p_gain", 84, 2, _W, high=16383, initial=800),
        Field("feedforward_2nd_gain", 88, 2, _W, high=16383),
        Field("feedforward_1st_gain", 90, 2, _W, high=16383),
        Field("bus_watchdog", 98, 1, _W, True, WATCHDOG_UNIT, 0, 127, 0, "s; -1: tripped"),
        Field("goal_pwm", 100, 2, _W, True, duty, -885, 885, 885, "fraction of the voltage"),
        Field(
            *("goal_current", 102, 2, _W, True, amp),
            *(-current_limit, current_limit, current_limit, "A"),
        ),
        Field("goal_velocity", 104, 4, _W, True, speed, -1023, 1023, 0, "rad/s"),
        Field("profile_acceleration", 108, 4, _W, False, 214.577 * RPM / 60, 0, 32767, 0, "rad/s²"),
        Field("profile_velocity", 112, 4, _W, False, speed, 0, 32767, 0, "rad/s"),
        Field("goal_position", 116, 4, _W, True, turn, -1_048_575, 1_048_575, 2048, "rad"),
        Field("realtime_tick", 120, 2, _R, unit=0.001, meaning="s"),
        Field("moving", 122, 1, _R),
        Field("moving_status", 123, 1, _R, meaning="bits"),
        Field("present_pwm", 124, 2, _R, True, duty, meaning="fraction of the voltage"),
        Field("present_current", 126, 2, _R, True, amp, meaning="A"),
        Field("present_velocity", 128, 4, _R, True, speed, meaning="rad/s"),
        Field("present_position", 132, 4, _R, True, turn, initial=2048, meaning="rad"),
        Field("velocity_trajectory", 136, 4, _R, True, speed, meaning="rad/s"),
        Field("position_trajectory", 140, 4, _R, True, turn, initial=2048, meaning="rad"),
        Field("present_voltage", 144, 2, _R, unit=0.1, initial=120, meaning="V"),
        Field("present_temperature", 146, 1, _R, initial=25, meaning="°C"),
        Field("backup_ready", 147, 1, _R),
    )
    return Table(name, model, rows, _BAUD_X, _ERRORS)


def _p_series(name: str, model: int, *, half_turn: int, amps: int, speed_limit: int) -> Table:
    """Return the table of a P servo; ``half_turn`` counts are 180 degrees."""
    turn, amp, duty, speed = math.pi / half_turn, 0.001, 0.00498, 0.01 * RPM
    rows = (
        *_identity(model, 14, bauds=len(_BAUD_P), drive=1),
        Field("homing_offset", 20, 4, _E, True, turn, meaning="rad"),
        Field("moving_threshold", 24, 4, _E, unit=speed, high=2920, initial=20, meaning="rad/s"),
        Field("temperature_limit", 31, 1, _E, high=100, initial=80, meaning="°C"),
        Field("max_voltage_limit", 32, 2, _E, False, 0.1, 150, 350, 350, "V"),
        Field("min_voltage_limit", 34, 2, _E, False, 0.1, 150, 350, 150, "V"),
        Field("pwm_limit", 36, 2, _E, False, duty, 0, 2009, 2009, "fraction of the voltage"),
        Field("current_limit", 38, 2, _E, False, amp, 0, amps, amps, "A"),
        Field("velocity_limit", 44, 4, _E, False, speed, 0, speed_limit, speed_limit, "rad/s"),
        Field(
            *("max_position_limit", 48, 4, _E, True, turn),
            *(-half_turn, half_turn, half_turn, "rad"),
        ),
        Field(
            *("min_position_limit", 52, 4, _E, True, turn),
            *(-half_turn, half_turn, -half_turn, "rad"),
        ),
        Field("shutdown", 63, 1, _E, initial=58, meaning="bits of hardware_error that stop it"),
        Field("torque_enable", 512, 1, _W, high=1),
        Field("status_return_level", 516, 1, _W, high=2, initial=2),
        Field("registered_instruction", 517, 1, _R),
        Field("hardware_error", 518, 1, _R, meaning="bits"),
        Field("velocity_i_gain", 524, 2, _W, high=32767),
        Field("velocity_p_gain", 526, 2, _W, high=32767),
        Field("position_d_gain", 528, 2, _W, high=32767),
        Field("position_i_gain", 530, 2, _W, high=32767),
        Field("position_p_gain", 532, 2, _W, high=32767),
        Field("bus_watchdog", 546, 1, _W, True, WATCHDOG_UNIT, 0, 127, 0, "s; -1: tripped"),
        Field("goal_pwm", 548, 2, _W, True, duty, -2009, 2009, 2009, "fraction of the voltage"),
        Field("goal_current", 550, 2, _W, True, amp, -amps, amps, amps, "A"),
        Field("goal_velocity", 552, 4, _W, True, speed, -speed_limit, speed_limit, 0, "rad/s"),
        Field("profile_acceleration", 556, 4, _W, False, RPM / 60, meaning="rad/s²"),
        Field("profile_velocity", 560, 4, _W, False, speed, 0, speed_limit, 0, "rad/s"),
        Field("goal_position", 564, 4, _W, True, turn, -half_turn, half_turn, 0, "rad"),
        Field("realtime_tick", 568, 2, _R, unit=0.001, meaning="s"),
        Field("moving", 570, 1, _R),
        Field("moving_status", 571, 1, _R, meaning="bits"),
        Field("present_pwm", 572, 2, _R, True, duty, meaning="fraction of the voltage"),
        Field("present_current", 574, 2, _R, True, amp, meaning="A"),
        Field("present_velocity", 576, 4, _R, True, speed, meaning="rad/s"),
        Field("present_position", 580, 4, _R, True, turn, meaning="rad"),
        Field("velocity_trajectory", 584, 4, _R, True, speed, meaning="rad/s"),
        Field("position_trajectory", 588, 4, _R, True, turn, meaning="rad"),
        Field("present_voltage", 592, 2, _R, unit=0.1, initial=240, meaning="V"),
        Field("present_temperature", 594, 1, _R, initial=25, meaning="°C"),
    )
    return Table(name, model, rows, _BAUD_P, _ERRORS_P)


XM430_W350 = _x_series("XM430-W350", 1020, current_limit=1193, velocity_limit=200)
XM430_W210 = _x_series("XM430-W210", 1030, current_limit=1193, velocity_limit=330)
XM540_W150 = _x_series("XM540-W150", 1130, current_limit=2047, velocity_limit=230)
XM540_W270 = _x_series("XM540-W270", 1120, current_limit=2047, velocity_limit=128)
PH54_100 = _p_series("PH54-100-S500", 2010, half_turn=501_923, amps=15_900, speed_limit=2920)
PH54_200 = _p_series("PH54-200-S500", 2020, half_turn=501_923, amps=22_740, speed_limit=2900)

SERVOS = {
    one.model: one for one in (XM430_W350, XM430_W210, XM540_W150, XM540_W270, PH54_100, PH54_200)
}
"""By model number."""
