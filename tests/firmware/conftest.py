"""The boards' firmware, compiled for the host and driven through its bus."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from robotics.wire.boards import CHASSIS_BOARD, SENSOR_PAGES
from robotics.wire.packet import (
    Decoder,
    Instruction,
    Packet,
    instruction_frame,
)
from robotics.wire.table import Table

FIRMWARE = Path(__file__).parents[2] / "firmware"
CHECKS = "-fsanitize=undefined,bounds -fsanitize-undefined-trap-on-error"
"""A wrong index, an overflow or a shift too far ends the test run."""


class ChassisIn(ctypes.Structure):
    """What the chassis board's hardware measures (``chassis_in``)."""

    _fields_ = (
        *(("time", ctypes.c_uint32), ("count", ctypes.c_int32 * 5), ("status", ctypes.c_uint16)),
        *(("gyro", ctypes.c_int16 * 3), ("acceleration", ctypes.c_int16 * 3)),
        *(("battery_voltage", ctypes.c_uint16), ("battery_charge", ctypes.c_uint16)),
        *((name, ctypes.c_uint16) for name in ("water", "bin", "dust", "wetness", "rain")),
        ("temperature", ctypes.c_int16),
    )


class ChassisOut(ctypes.Structure):
    """What it drives (``chassis_out``)."""

    _fields_ = (
        *(("duty", ctypes.c_int16 * 5), ("is_braking", ctypes.c_uint8)),
        *(("bin_tip", ctypes.c_uint8), ("lights", ctypes.c_uint8)),
        *(("spray", ctypes.c_uint16), ("fan", ctypes.c_uint16)),
    )


class SensorsIn(ctypes.Structure):
    """What the sensor board's hardware measures (``sensors_in``)."""

    _fields_ = (
        *(("gyro", ctypes.c_int16 * 3), ("acceleration", ctypes.c_int16 * 3)),
        ("foot", (ctypes.c_int16 * 4) * 2),
        *(("battery_voltage", ctypes.c_uint16), ("battery_charge", ctypes.c_uint16)),
        ("status", ctypes.c_uint16),
    )


class Board:
    """A board in memory.

    ``now`` is the bus's clock [µs], ``time`` that of its steps: talk takes no time from a motor.
    """

    def __init__(self, library: ctypes.CDLL, *, is_chassis: bool, byte_time: int = 10) -> None:
        self.library = library
        self.handle = ctypes.c_void_p(library.board_new(int(is_chassis), byte_time))
        kind = ChassisIn if is_chassis else SensorsIn
        place = library.board_in if is_chassis else library.board_sensors
        self.sensed = kind.from_address(place(self.handle))
        self.out = ChassisOut.from_address(library.board_out(self.handle))
        self.tables: tuple[Table, ...] = (CHASSIS_BOARD,) if is_chassis else SENSOR_PAGES
        self.now = self.time = 1000
        self.byte_time = byte_time
        self.decoder = Decoder()
        self._room = ctypes.create_string_buffer(4096)

    def close(self) -> None:
        """Give its memory back."""
        self.library.board_free(self.handle)

    def hear(self, data: bytes) -> bytes:
        """Say ``data`` on the bus; return what the board says, by and by, within 40 ms."""
        before, silence = self.now, 40_000
        size = self.library.board_hear(self.handle, data, len(data), before, silence, self._room)
        self.now = (before + self.byte_time * len(data) + silence) & 0xFFFFFFFF
        return self._room.raw[:size]

    def ask(self, id: int, code: Instruction, parameters: bytes = b"") -> list[Packet]:
        """Give an instruction; return the answers."""
        return self.decoder.feed(self.hear(instruction_frame(id, code, parameters)))

    def write(self, name: str, counts: int, page: int = 0) -> int:
        """Write a register by name; return the error of the answer."""
        field = self.tables[page][name]
        data = field.address.to_bytes(2, "little") + field.to_bytes(counts)
        (answer,) = self.ask(200 + page, Instruction.WRITE, data)
        return answer.error & 0x7F

    def read(self, name: str, page: int = 0) -> int:
        """Read a register by name."""
        field = self.tables[page][name]
        data = field.address.to_bytes(2, "little") + field.size.to_bytes(2, "little")
        (answer,) = self.ask(200 + page, Instruction.READ, data)
        assert answer.error & 0x7F == 0
        return field.from_bytes(answer.parameters)

    def step(self, count: int = 1) -> None:
        """Let ``count`` steps of 5 ms pass."""
        for _ in range(count):
            self.now = (self.now + 5000) & 0xFFFFFFFF
            self.time = (self.time + 5000) & 0xFFFFFFFF
            self.sensed.time = self.time
            self.library.board_step(self.handle)

    @property
    def damaged(self) -> int:
        """Frames that it found wrong."""
        return int(self.library.board_damaged(self.handle))

    @property
    def taken(self) -> int:
        """Instructions that were for it."""
        return int(self.library.board_taken(self.handle))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Compile both boards for this machine, with checks."""
    for tool in ("cc", "make"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here to compile the firmware with")
    build = tmp_path_factory.mktemp("boards")
    command = ["make", "-C", str(FIRMWARE), "host", f"BUILD={build}", f"CHECK={CHECKS}"]
    subprocess.run(command, check=True, capture_output=True)
    found = ctypes.CDLL(str(build / "libboards.so"))
    for name in ("board_new", "board_in", "board_out", "board_sensors", "board_bytes"):
        getattr(found, name).restype = ctypes.c_void_p
    found.board_hear.argtypes = (
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_uint32),
        ctypes.c_char_p,
    )
    found.board_crc.restype = ctypes.c_uint16
    for name in ("board_step", "board_free", "board_damaged", "board_taken"):
        getattr(found, name).argtypes = (ctypes.c_void_p,)
    return found


@pytest.fixture
def chassis(library: ctypes.CDLL) -> Iterator[Board]:
    """A sweeper's chassis board that has just been switched on."""
    board = Board(library, is_chassis=True)
    yield board
    board.close()


@pytest.fixture
def sensors(library: ctypes.CDLL) -> Iterator[Board]:
    """A greeter's sensor board that has just been switched on."""
    board = Board(library, is_chassis=False)
    yield board
    board.close()
