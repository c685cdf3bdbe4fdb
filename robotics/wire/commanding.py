"""When a command may be sent: once each, marked as new, and never in place of a newer one."""

from __future__ import annotations

from collections.abc import Mapping

from robotics.wire.cycle import ByteArray
from robotics.wire.instructions import sync_write
from robotics.wire.lineup import Line
from robotics.wire.servos import WATCHDOG_UNIT

_SEQUENCE = "command_sequence"
_ARMING = 3
"""So many commands bring the watchdog's setting along: one of them will get through."""
_LOOKS = 20
"""If after looking so often not all watchdogs are seen to be armed, the robot has to stop."""


def watchdog_counts(line: Line) -> int:
    """Return what ``bus_watchdog`` is set to."""
    return max(1, round(line.watchdog / WATCHDOG_UNIT))


class Commanding:
    """Watches over the age of commands from one activation to the next."""

    def __init__(self, line: Line, now: float) -> None:
        """Begin with no command yet, at ``now`` [s]."""
        self._line = line
        self._count = 0
        self._to_arm = _ARMING
        self._looks = 0
        self._is_armed = False
        self._stamp: float | None = None
        self._sent_at = now
        self._numbered = [
            (place, device.table[_SEQUENCE].address - line.told.first)
            for place, device in enumerate(line.devices)
            if _SEQUENCE in device.table
        ]
        self._arming = arming_frames(line)

    def to_send(self, goals: ByteArray | None, stamp: float, now: float) -> ByteArray | None:
        """Return the rows to be sent; None if there is no command that was not sent yet."""
        if goals is None or stamp == self._stamp:
            return None
        self._stamp, self._sent_at = stamp, now
        self._count += 1
        self._to_arm -= self._to_arm > 0
        if not self._numbered:
            return goals
        rows = goals.copy()
        number = self._count & 0xFFFF
        for place, at in self._numbered:
            rows[place, at], rows[place, at + 1] = number & 0xFF, number >> 8
        return rows

    @property
    def arming(self) -> bytes:
        """Frames that arm the watchdogs, with the first commands; empty later."""
        return self._arming if self._to_arm > 0 else b""

    @property
    def is_to_be_verified(self) -> bool:
        """Whether it is time to look whether all watchdogs are armed."""
        return self._count > 0 and not self._to_arm and not self._is_armed

    def verify(self, held: Mapping[int, int]) -> str:
        """Take note of what the watchdogs of some devices are set to, by id.

        Returns:
            A complaint, once there is no hope; else "".
        """
        wanted, devices = watchdog_counts(self._line), self._line.devices
        self._looks += 1
        off = [one.name for one in devices if held.get(one.id) != wanted]
        self._is_armed = not off or self._looks > _LOOKS
        if any(held.get(one.id, wanted) != wanted for one in devices):
            self._to_arm = _ARMING + 1
        return f"{', '.join(off)}: watchdog not armed" if off and self._is_armed else ""

    def is_stale(self, now: float) -> bool:
        """Whether no new command came for so long that the line has to fall silent."""
        return self._count > 0 and now - self._sent_at > self._line.patience

    def complaint(self, now: float) -> str:
        """Return what is wrong with the command's age; "" if nothing is."""
        if not self.is_stale(now):
            return ""
        return f"no new command for {1000.0 * (now - self._sent_at):.0f} ms"


def arming_frames(line: Line) -> bytes:
    """Return the frames that set the watchdog of all devices."""
    counts, at = watchdog_counts(line), dict[int, dict[int, bytes]]()
    for device in line.devices:
        field = device.table["bus_watchdog"]
        at.setdefault(field.address, {})[device.id] = field.to_bytes(counts)
    return b"".join(sync_write(address, data) for address, data in at.items())
