"""How a behaviour moves the base: speeds, room, and how soon it stops."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.when import beat_of
from robotics.robots.sweeper.config import PERIOD, SweeperConfig

ROOM = re.compile(r"^\s*room\s*>\s*([0-9.]+)\s*$")
STAYS = 0.15
"""A behaviour that leaves its place by less needs no room of its own [m]."""
_AXES = ("forward", "left", "turn")
_UNITS = (("m/s", 1.0), ("m/s", 1.0), ("deg/s", math.degrees(1.0)))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a base can do."""

    twist: tuple[float, float, float]
    """Largest speeds [m/s], [m/s], [rad/s]."""


def check_base(behaviour: Behaviour, reach: Reach, margins: Margins) -> tuple[Finding, ...]:
    """Return stretches that are too fast, and a way for which no room was asked."""
    found = []
    for one in behaviour.feet:
        for axis, (asked, most) in enumerate(zip(one.twist, reach.twist, strict=True)):
            limit = margins.twist_share * most
            if abs(asked) > limit + 1e-9:
                unit, scale = _UNITS[axis]
                found.append(
                    Finding(
                        "base_speed",
                        ("走得太快", "it would move too fast"),
                        ("慢一点", "move slower"),
                        time=one.start,
                        beat=beat_of(behaviour.grid, one.start),
                        joint=_AXES[axis],
                        value=abs(asked) * scale,
                        limit=limit * scale,
                        unit=unit,
                    )
                )
    far, asked = farthest(behaviour), room_asked(behaviour)
    if far > STAYS and far > asked:
        problem = ("会走出原地，却没有要求空间", "it leaves its place without asking for room")
        cure = (f'写 needs: ["room>{far:.1f}"]', f'add needs: ["room>{far:.1f}"]')
        found.append(
            Finding("base_room", problem, cure, value=far, limit=max(asked, STAYS), unit="m")
        )
    return tuple(found)


def farthest(behaviour: Behaviour) -> float:
    """Return how far the base gets from where it began, if all goes as asked [m]."""
    place, yaw, far = np.zeros(2), 0.0, 0.0
    for one in sorted(behaviour.feet, key=lambda stretch: stretch.start):
        vx, vy, wz = one.twist
        for _ in range(max(1, math.ceil((one.end - one.start) / 0.05))):
            step = (one.end - one.start) / max(1, math.ceil((one.end - one.start) / 0.05))
            c, s = math.cos(yaw), math.sin(yaw)
            place = place + step * np.array([c * vx - s * vy, s * vx + c * vy])
            yaw += step * wz
            far = max(far, float(np.hypot(*place)))
    return far


def room_asked(behaviour: Behaviour) -> float:
    """Return the room that a behaviour asks for, "room>1.0" [m]; 0 for none."""
    found = [ROOM.match(need) for need in behaviour.needs]
    return max((float(one.group(1)) for one in found if one), default=0.0)


def check_wheels(behaviour: Behaviour, margins: Margins) -> tuple[tuple[Finding, ...], float]:
    """Return what a sweeper could not do, and the longest time in which it stops [s]."""
    config = SweeperConfig()
    reach = Reach((0.8, 0.0, 0.9))
    found = list(check_base(behaviour, reach, margins))
    if behaviour.clip is not None or behaviour.sway is not None:
        problem = ("清扫机没有手臂", "the sweeper has no arms, head or trunk to move")
        cure = ("去掉这些轨道", "take these tracks out")
        found.append(Finding("joint_missing", problem, cure))
    for one in behaviour.tools:
        for name, level in (("brush", one.brush), ("spray", one.spray)):
            if level is not None and not 0.0 <= level <= 1.0:
                problem = ("超出范围", "out of range")
                cure = ("0 到 1", "between 0 and 1")
                found.append(
                    Finding("tool", problem, cure, time=one.start, joint=name, value=level, limit=1)
                )
    stop, when = 0.0, 0.0
    for stretch in behaviour.feet:
        vx, _, wz = stretch.twist
        took = max(
            abs(vx) / config.chassis.acceleration, abs(wz) / config.chassis.angular_acceleration
        )
        if took + 2.0 * PERIOD > stop:
            stop, when = took + 2.0 * PERIOD, stretch.start
    allowed = min(behaviour.exit.within, margins.exit_time)
    if stop > allowed:
        problem = ("停得太慢", "it takes too long to stop")
        cure = ("慢一点", "move slower")
        found.append(
            Finding("exit_time", problem, cure, time=when, value=stop, limit=allowed, unit="s")
        )
    return tuple(found), stop
