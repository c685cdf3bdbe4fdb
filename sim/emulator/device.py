"""What every device on the bus does, servo or board: it answers, obeys, restarts, and watches.

Source: ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0" and the control table of the X series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from robotics.wire.servos import WATCHDOG_TRIPPED, WATCHDOG_UNIT
from robotics.wire.table import Field, Table
from sim.emulator.frames import ALERT, BROADCAST, Code, Instruction, Trouble
from sim.emulator.memory import Memory

RESTART = 0.5
"""A device is silent this long after a restart [s]; X servos answer after 0.3 to 0.5 s."""
ANSWERS_ALL, ANSWERS_READ = 2, 1
"""Status return levels."""

Answer = tuple[int, bytes]
"""Error number with the alert bit, and data."""


class Device:
    """A device with registers.

    Attributes:
        memory: Its registers.
        is_cut_off: Its wires to the bus are broken: it hears nothing and says nothing.
        identity: Its id, as it was when it was last written.
        renamed: Called after that, or the speed at which it listens, changed.
    """

    def __init__(self, table: Table, raw: memoryview, *, identity: int) -> None:
        self.memory = Memory(table, raw, identity=identity)
        self.is_cut_off = False
        self.identity = identity
        self.renamed: Callable[[], None] = lambda: None
        self.now = 0.0
        self._awake_at = 0.0
        self._heard = 0.0
        self._kept: tuple[int, bytes] | None = None

    @property
    def delay(self) -> float:
        """From the end of an instruction to the beginning of the answer [s]."""
        return self.memory.table["return_delay"].value(self.memory["return_delay"])

    @property
    def baud(self) -> int:
        """The speed that it is set to [bit/s]."""
        return self.memory.table.baud_codes.get(self.memory["baud_rate"], 0)

    @property
    def is_awake(self) -> bool:
        """Whether it hears what is said."""
        return not self.is_cut_off and self.is_up

    @property
    def is_up(self) -> bool:
        """Whether it has started."""
        return self.now >= self._awake_at

    @property
    def is_locked(self) -> bool:
        """Whether registers in EEPROM cannot be written now."""
        return self.memory["torque_enable"] != 0

    # --------------------------------------------------------------------------- what may change

    def tick(self, now: float) -> None:
        """Let its own clock go on to ``now`` [s]."""
        self.now = now
        self._watch()

    def hear_traffic(self, now: float) -> None:
        """An instruction passed on the bus, for whomever."""
        if self.is_awake:
            self._heard = max(self._heard, now)

    def restart(self, now: float) -> None:
        """Begin anew, as after a loss of power: torque off, silent for a while."""
        self.memory.restore(lasting=False)
        self.now, self._heard, self._awake_at = now, now + RESTART, now + RESTART
        self._kept = None

    def on_written(self, fields: Sequence[Field]) -> None:
        """Registers have just been written by the host."""

    def refuses(self, fields: Sequence[Field], data: bytes) -> Trouble:
        """Return why these registers cannot take ``data`` now; ``NONE`` if they can."""
        return Trouble.NONE

    def stop_by_watchdog(self) -> None:
        """Nothing has been heard for too long: stop."""

    def says(self, quiet: float) -> Sequence[Instruction]:
        """Return what it tells the others by itself; a servo never does.

        Args:
            quiet: Since so long nobody else has put a byte on the line [s].
        """
        return ()

    # ------------------------------------------------------------------------------- instructions

    def obey(self, instruction: Instruction, now: float) -> Answer | None:
        """Do what one instruction asks; return the answer, None for silence."""
        code, data = instruction.code, instruction.data
        if code == Code.PING:
            return self._status(Trouble.NONE, self._who())
        if code == Code.READ:
            return self._read(data)
        answer = self._status(self._act(code, data, now))
        silent = self.memory["status_return_level"] < ANSWERS_ALL
        return None if silent or instruction.target == BROADCAST else answer

    def answer_read(self, address: int, length: int) -> Answer | None:
        """Return the answer to a read, alone or among others."""
        if self.memory["status_return_level"] < ANSWERS_READ:
            return None
        found = self.memory.read(address, length)
        return self._status(found) if isinstance(found, Trouble) else self._status(0, found)

    def write(self, address: int, data: bytes) -> Trouble:
        """Write registers; return what was wrong."""
        found = self.memory.check(address, data, locked=self.is_locked)
        if isinstance(found, Trouble):
            return found
        trouble = self.refuses(found, data)
        if trouble:
            return trouble
        self.memory.raw[address : address + len(data)] = data
        if found[0].address <= self.memory.table["bus_watchdog"].address < found[-1].end:
            self._heard = self.now
        if any(one.name in ("id", "baud_rate") for one in found):
            self._rename()
        self.on_written(found)
        return Trouble.NONE

    def _act(self, code: int, data: bytes, now: float) -> Trouble:
        if code in (Code.WRITE, Code.REG_WRITE) and len(data) < 3:
            return Trouble.DATA_LENGTH
        address = int.from_bytes(data[:2], "little")
        if code == Code.WRITE:
            return self.write(address, data[2:])
        if code == Code.REG_WRITE:
            found = self.memory.check(address, data[2:], locked=self.is_locked)
            if isinstance(found, Trouble):
                return found
            self._kept = (address, data[2:])
            return Trouble.NONE
        if code == Code.ACTION:
            kept, self._kept = self._kept, None
            return Trouble.RESULT_FAIL if kept is None else self.write(*kept)
        if code == Code.REBOOT:
            self.restart(now)
            return Trouble.NONE
        if code == Code.FACTORY_RESET:
            return self._reset(data[:1], now)
        return Trouble.INSTRUCTION

    def _reset(self, option: bytes, now: float) -> Trouble:
        """Go back to factory values: all, all but the id, or all but id and baud rate."""
        spared = {b"\xff": (), b"\x01": ("id",), b"\x02": ("id", "baud_rate")}.get(option)
        if spared is None or self.is_locked:
            return Trouble.DATA_RANGE if spared is None else Trouble.ACCESS
        kept = {name: self.memory[name] for name in spared}
        self.memory.restore(lasting=True)
        for name, value in kept.items():
            self.memory[name] = value
        self._rename()
        self.restart(now)
        return Trouble.NONE

    def _rename(self) -> None:
        self.identity = self.memory["id"]
        self.renamed()

    def _read(self, data: bytes) -> Answer | None:
        if len(data) != 4:
            return self._status(Trouble.DATA_LENGTH)
        return self.answer_read(
            int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little")
        )

    def _who(self) -> bytes:
        memory = self.memory
        model = memory["model_number"].to_bytes(2, "little")
        return model + bytes((memory["firmware_version"],))

    def _status(self, error: int, data: bytes = b"") -> Answer:
        alert = ALERT if self.memory["hardware_error"] else 0
        return int(error) | alert, data

    def _watch(self) -> None:
        """Bite if the bus has been silent for longer than the watchdog allows."""
        patience = self.memory["bus_watchdog"]
        if patience <= 0 or not self.is_up or not self.is_locked:
            self._heard = max(self._heard, self.now) if patience <= 0 else self._heard
            return
        if self.now - self._heard > patience * WATCHDOG_UNIT + 1e-9:
            self.memory["bus_watchdog"] = WATCHDOG_TRIPPED
            self.stop_by_watchdog()
