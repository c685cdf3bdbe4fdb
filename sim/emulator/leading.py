"""The greeter's sensor board as a second master: it ends a step whose host is gone.

A Dynamixel bus has one master; a second one may speak only where the first is silent. The host
leaves the pose in which the present step ends with the board (``landing_*``). If no new command
comes for ``landing_delay`` the board tells the legs that pose, in one Sync Write with a time-based
profile, so the servos make the way by themselves; then it pings itself, which keeps their watchdogs
from biting, until they are there, and falls silent: they trip, and hold. Commands that a noisy line
damages are no reason to lead: the host is heard.

Source: ROBOTIS e-manual, X series, "Drive Mode" (bit 2: time-based profile), "Profile
Velocity(112)" (span of a movement [ms]), "Bus Watchdog(98)" (any instruction counts).
"""

from __future__ import annotations

from collections.abc import Sequence

from robotics.wire import boards
from robotics.wire.servos import XM540_W150
from robotics.wire.table import Field, Table
from sim.emulator.frames import BROADCAST, Code, Instruction
from sim.emulator.watching import Board

_PROFILE = XM540_W150["profile_acceleration"]
_ROW = 12
"""Bytes of a servo's profile and goal."""
QUIET = 0.010
"""It begins to lead on a line on which there was no byte for so long [s]."""
TOLD = 3
"""So often, 5 ms apart, the pose is told."""
EVERY = 0.005
"""[s]."""
PING = 0.020
"""Time between two signs of life [s]."""
SETTLE = 0.1
"""It goes on with them for so long after the pose is reached [s]."""


class LeadingBoard(Board):
    """The first page of the sensor board, which has the landing pose."""

    def __init__(self, table: Table, *, identity: int) -> None:
        super().__init__(table, identity=identity)
        self._since: float | None = None
        self._told = 0
        self._pinged = 0.0
        self._is_over = False
        self._is_speaking = False

    def on_written(self, fields: Sequence[Field]) -> None:
        """See ``Board``; a new command means that the host leads."""
        last = self._sequence
        super().on_written(fields)
        if self._sequence != last:
            self._since, self._is_over = None, False

    def hear_traffic(self, now: float) -> None:
        """Whoever speaks while the board leads takes the lead from it."""
        if self._since is not None and not self._is_speaking:
            self._since, self._is_over = None, True

    def restart(self, now: float) -> None:
        """See ``Device``."""
        super().restart(now)
        self._since, self._is_over = None, False

    def says(self, quiet: float) -> Sequence[Instruction]:
        """See ``Device``: the pose, then signs of life, then nothing any more."""
        self._is_speaking = False
        if self._since is None and quiet >= QUIET - 1e-9 and self._is_due():
            self._since, self._told = self.now, 0
        if self._since is None:
            return ()
        self._is_speaking = True
        passed = self.now - self._since
        span = max(self.memory["landing_time"], 1) * 0.001
        if self._told < TOLD and passed >= self._told * EVERY - 1e-9:
            self._told += 1
            self._pinged = self.now
            return (self._pose(round(1000.0 * max(span - passed, EVERY))),)
        if passed > span + SETTLE:
            self._since, self._is_over = None, True
            return ()
        if self.now - self._pinged < PING - 1e-9:
            return ()
        self._pinged = self.now
        return (Instruction(self.identity, Code.PING, b""),)

    def _is_due(self) -> bool:
        """Whether the host has been silent for so long that its step has to be ended."""
        memory = self.memory
        is_armed = self.is_locked and self.is_awake and memory["bus_watchdog"] != 0
        late = self.command_age >= memory["landing_delay"] * 0.001 - 1e-9
        return bool(is_armed and late and memory["landing_time"] and not self._is_over)

    def _pose(self, span: int) -> Instruction:
        """Return the Sync Write of the pose, to be reached within ``span`` [ms]."""
        memory = self.memory
        data = _PROFILE.address.to_bytes(2, "little") + _ROW.to_bytes(2, "little")
        for leg in range(boards.LANDING_LEGS):
            goal = memory[f"landing_goal_{leg}"]
            row = (span // 2, span, goal)
            data += bytes((memory["landing_servo"] + leg,))
            data += b"".join(one.to_bytes(4, "little") for one in row)
        return Instruction(BROADCAST, Code.SYNC_WRITE, data)
