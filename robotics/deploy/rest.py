"""Bring a robot to rest through its port, whatever program drove it before and however it ended."""

from __future__ import annotations

from dataclasses import replace

from robotics.wire.bus import Bus, Timing
from robotics.wire.lineup import Device, Line
from robotics.wire.links import Link
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError

TRIES = 3
"""So often each device is told; one that is dead is left, and named."""
MANY = 6
"""More devices than that are counted, not listed."""


def rest(link: Link, clock: Clock, line: Line) -> list[str]:
    """Stop what moves and let nothing drop.

    Boards with drives stop and let go. Servos get where they are as their goal and *keep* their
    torque: an arm that is up stays up, a robot that stands keeps standing, until somebody holds it
    and switches the power off. Each device is told by itself, so a dead one changes nothing for the
    others.

    Returns:
        What could not be done, one line for each device, two for many; empty if all is at rest.
    """
    timing = replace(line.timing, delay=0.001, latency=0.02)
    bus = Bus(link, clock, Timing(timing.baud, timing.delay, timing.latency, timing.quiet))
    troubles = []
    for device in line.devices:
        try:
            _rest_one(bus, device, line)
        except WireError as error:
            troubles.append(f"{device.name}: {error}")
    if len(troubles) > MANY:
        count = f"{len(troubles)} of {len(line.devices)} devices"
        cure = "another robot's port, or no power? 'robotics doctor' tells more"
        return [f"{count} do not answer or do not obey: {cure}", troubles[0]]
    return troubles


def _rest_one(bus: Bus, device: Device, line: Line) -> None:
    table = device.table
    if "goal_position" in table:
        bus.set(device.id, table["bus_watchdog"], 0)
        here = bus.get(device.id, table["present_position"])
        low, high = (bus.get(device.id, table[f"{end}_position_limit"]) for end in ("min", "max"))
        bus.set(device.id, table["goal_position"], min(max(here, low), high))
        return
    bus.set(device.id, table["bus_watchdog"], 0)
    still = bytes(line.told.length)
    if any(name.startswith("goal_") for name in (one.name for one in table)):
        bus.tell(line.told.first, {device.id: still})
    bus.set(device.id, table["torque_enable"], 0)
