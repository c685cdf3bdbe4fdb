"""What must happen at each fault, and within which time: the table of ``docs/safety.md``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from robotics.robots.greeter.joints import JOINT_NAMES
from sim import faults
from sim.faults import Fault


class Answer(StrEnum):
    """What a robot does about a fault."""

    GOES_ON = "goes on"
    STOPS = "protective stop"
    """By the host: the sweeper ramps down; the greeter steps to a stand, and sits down if every
    joint answers."""
    KEEPS_STANDING = "stays on its feet, in fault"
    """It balances on, since a leg does not follow, until somebody comes."""
    LIES = "lies limp, in fault"
    """Without power nobody stands; and nothing moves when the power is back."""
    LIES_STILL = "lies or stands still, in fault"
    """A leg without torque: it braces for the fall, and does not try to get up."""
    HELD = "stopped by the devices"
    """Without a host: watchdogs, stop button, cliff."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault of one robot."""

    robot: str
    fault: Fault
    answer: Answer
    within: float
    """From the fault until it stands [s]; until the mission stops where it stood before."""
    moving: bool = True
    """Whether this is promised while it walks or drives, too."""
    at_rest: bool = True
    """Whether it shows at rest."""
    passes: bool = False
    """Whether the fault itself is gone at the end, and only the mission keeps it."""
    within_at_rest: float | None = None
    """The same at rest, where less is allowed there [s]."""

    def bound(self, *, moving: bool) -> float:
        """Return within which time it has to stand [s]."""
        return self.within if moving or self.within_at_rest is None else self.within_at_rest


def _id(joint: str) -> int:
    return JOINT_NAMES.index(joint) + 1


_LYING = (Answer.LIES, Answer.LIES_STILL)
_FOREVER, _STAYS = float(np.inf), Answer.KEEPS_STANDING
ROWS = (
    Row("sweeper", faults.noisy(0.001), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.interrupted(0.03), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.paused(0.03), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.noisy(0.01), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.slipping("wheel_left_link", "left wheel"), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.blocked(0, "left wheel"), Answer.STOPS, 2.0, at_rest=False),
    Row("sweeper", faults.blocked(2, "left brush"), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.frozen_imu(), Answer.STOPS, 2.0),
    Row("sweeper", faults.failed_imu(), Answer.STOPS, 2.0),
    Row("sweeper", faults.sagging(), Answer.STOPS, 2.0),
    Row("sweeper", faults.gathering(), Answer.GOES_ON, 0.0),
    Row("sweeper", faults.noisy(0.1), Answer.STOPS, 1.5),
    Row("sweeper", faults.interrupted(0.2), Answer.HELD, 1.1),
    Row("sweeper", faults.unplugged(0.3), Answer.HELD, 1.1),
    Row("sweeper", faults.unplugged(_FOREVER), Answer.HELD, 1.1),
    Row("sweeper", faults.silent(200, "board"), Answer.HELD, 1.1),
    Row("sweeper", faults.restarted(200, "board"), Answer.HELD, 1.1),
    Row("sweeper", faults.pressed_button(), Answer.HELD, 1.1),
    Row("sweeper", faults.cliff(), Answer.HELD, 1.1),
    Row("sweeper", faults.repeating(), Answer.HELD, 1.1),
    Row("sweeper", faults.paused(0.2), Answer.HELD, 1.1),
    Row("sweeper", faults.paused(_FOREVER), Answer.HELD, 1.1),
    Row("greeter", faults.noisy(0.001), Answer.GOES_ON, 0.0),
    Row("greeter", faults.noisy(0.01), Answer.GOES_ON, 0.0),
    Row("greeter", faults.blocked(_id("head_yaw") - 1, "head"), Answer.GOES_ON, 0.0),
    *(
        Row("greeter", faults.blocked(_id(joint) - 1, what), _STAYS, 1.5, at_rest=False)
        for joint, what in (
            ("left_knee", "left knee"),
            ("right_knee", "right knee"),
            ("left_hip_pitch", "hip pitch"),
            ("left_hip_roll", "hip roll"),
            ("left_ankle_pitch", "ankle"),
        )
    ),
    Row("greeter", faults.frozen_imu(), Answer.STOPS, 2.5),
    Row("greeter", faults.sagging(11.5), Answer.STOPS, 2.5),
    Row("greeter", faults.sagging(9.0), Answer.LIES_STILL, 4.0),
    Row("greeter", faults.failed_imu(), Answer.STOPS, 2.5),
    Row("greeter", faults.numb_foot(), Answer.STOPS, 2.5),
    Row("greeter", faults.pressed_button(), Answer.STOPS, 2.5, passes=True),
    Row("greeter", faults.gathering(), Answer.GOES_ON, 0.0),
    Row("greeter", faults.restarted(None, "everything"), Answer.LIES, 2.5),
    Row("greeter", faults.restarted(_id("left_knee"), "knee"), Answer.LIES_STILL, 8.0),
    Row("greeter", faults.shut_down(_id("left_knee"), "knee"), Answer.LIES_STILL, 4.0),
    Row("greeter", faults.interrupted(0.01), Answer.GOES_ON, 0.0),
    Row("greeter", faults.paused(0.03), Answer.GOES_ON, 0.0),
    Row("greeter", faults.silent(_id("head_yaw"), "head"), Answer.STOPS, 2.5),
    Row("greeter", faults.silent(_id("left_knee"), "knee"), _STAYS, 1.5),
    Row("greeter", faults.silent(_id("right_knee"), "right knee"), _STAYS, 1.5),
    Row("greeter", faults.silent(_id("right_ankle_pitch"), "right ankle"), _STAYS, 1.5),
    *(
        Row("greeter", faults.silent(_id(joint), what), _STAYS, 1.5)
        for joint, what in (
            ("left_hip_pitch", "hip pitch"),
            ("left_hip_roll", "hip roll"),
            ("left_hip_yaw", "hip yaw"),
        )
    ),
    Row("greeter", faults.failing(_id("left_knee"), "knee"), Answer.STOPS, 2.5),
    Row("greeter", faults.overheated(_id("left_elbow"), "elbow"), Answer.STOPS, 2.5),
    Row("greeter", faults.noisy(0.1), Answer.HELD, 3.0),
    Row("greeter", faults.interrupted(0.2), Answer.HELD, 3.0, within_at_rest=0.6),
    Row("greeter", faults.unplugged(0.3), Answer.HELD, 3.0, within_at_rest=0.6),
    Row("greeter", faults.repeating(), Answer.HELD, 3.0, within_at_rest=0.6),
    Row("greeter", faults.unplugged(_FOREVER), Answer.HELD, 3.0, within_at_rest=0.6),
    Row("greeter", faults.paused(0.2), Answer.HELD, 3.0, within_at_rest=0.6),
    Row("greeter", faults.paused(_FOREVER), Answer.HELD, 3.0, within_at_rest=0.6),
)
"""Every fault of every robot."""


def page(rows: Mapping[tuple[str, str, bool], tuple[float, bool]]) -> str:
    """Return the table for people.

    Args:
        rows: By (robot, fault, moving): after how long it stood [s], and whether it fell.
    """
    lines = [
        "| robot | where | fault | must | within | measured at rest | measured moving |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        found = [rows.get((row.robot, row.fault.name, moving)) for moving in (False, True)]
        promised = [row.at_rest, row.moving]
        timed = row.answer not in (Answer.GOES_ON, Answer.KEEPS_STANDING, *_LYING)
        cells = [_cell(one, kept, timed) for one, kept in zip(found, promised, strict=True)]
        rest = "" if row.within_at_rest is None else f", at rest {row.within_at_rest:g} s"
        within = f"{row.within:g} s{rest}" if timed else ""
        what = f"{row.robot} | {row.fault.where} | {row.fault.name} | {row.answer} | {within}"
        lines.append(f"| {what} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _cell(found: tuple[float, bool] | None, kept: bool, timed: bool) -> str:
    """Return what was measured; in brackets where it is not promised."""
    if found is None:
        return ""
    after, fell = found
    text = "falls" if fell else f"{after:.1f} s" if timed else "yes"
    return text if kept else f"({text})"
