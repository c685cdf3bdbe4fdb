"""Fuzz the boards' firmware: crashes, wrong motions, frames until it listens again.

Usage: python benchmarks/board_fuzz.py [--frames N] [--seed N] [--quick]

The chassis board's C core, compiled for this machine with traps for wrong indices and overflows,
its torque on. Before each valid command there is one broken piece: a command with one to three bits
flipped, one cut anywhere, noise, or noise made of header bytes. Each valid command has to be taken,
and between commands the goals have to be those of the last valid one. A command whose last byte is
cut off and would be FF is completed by the next one's first byte, which is lost with it. The last
line is one JSON object.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import random
import subprocess
import tempfile
import time
from pathlib import Path

from robotics.wire.boards import CHASSIS_BOARD, CHASSIS_COMMAND
from robotics.wire.packet import Instruction, instruction_frame

FIRMWARE = Path(__file__).parents[1] / "firmware"
CHECKS = "-fsanitize=undefined,bounds -fsanitize-undefined-trap-on-error"
GOAL = CHASSIS_BOARD["goal_wheel_left"]
SEQUENCE = CHASSIS_BOARD["command_sequence"]


def main() -> None:
    """Fuzz, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="20 000 frames")
    arguments = parser.parse_args()
    count = 20_000 if arguments.quick else arguments.frames
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        begun = time.process_time()
        wrong, lost = fuzz(library, count, random.Random(arguments.seed))
    spent = time.process_time() - begun
    print(f"{count} broken pieces, {wrong} wrong motions, at most {lost} frames lost behind one")
    print(f"{spent:.0f} s CPU")
    figures = {"frames": count, "crashes": 0, "wrong_motions": wrong, "resync_frames_max": lost}
    print(json.dumps(figures))


def build(folder: Path) -> ctypes.CDLL:
    """Return the compiled boards."""
    command = ["make", "-s", "-C", str(FIRMWARE), "host", f"BUILD={folder}", f"CHECK={CHECKS}"]
    subprocess.run(command, check=True)
    library = ctypes.CDLL(str(folder / "libboards.so"))
    library.board_new.restype = library.board_bytes.restype = ctypes.c_void_p
    library.board_hear.argtypes = (
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_uint32),
        ctypes.c_char_p,
    )
    library.board_step.argtypes = (ctypes.c_void_p,)
    return library


def fuzz(library: ctypes.CDLL, count: int, rng: random.Random) -> tuple[int, int]:
    """Return wrong motions, and most valid commands lost in a row."""
    board = ctypes.c_void_p(library.board_new(1, 10))
    table = (ctypes.c_uint8 * CHASSIS_BOARD.size).from_address(library.board_bytes(board, 0))
    room, now = ctypes.create_string_buffer(4096), 0

    def hear(data: bytes) -> None:
        nonlocal now
        library.board_hear(board, data, len(data), now, 0, room)
        now = (now + 10 * len(data)) & 0xFFFFFFFF

    on = CHASSIS_BOARD["torque_enable"].address.to_bytes(2, "little") + b"\1"
    hear(instruction_frame(200, Instruction.WRITE, on))
    wrong = lost = row = goal = 0
    for number in range(count):
        hear(broken(rng))
        held = GOAL.from_bytes(bytes(table[GOAL.address : GOAL.end]))
        wrong += held != goal
        wished = rng.randrange(-9000, 9000)
        hear(command(number & 0xFFFF, wished))
        goal = GOAL.from_bytes(bytes(table[GOAL.address : GOAL.end]))
        row = 0 if goal == wished else row + 1
        lost = max(lost, row)
        if number % 16 == 0:
            library.board_step(board)
    library.board_free(board)
    return wrong, lost


def command(sequence: int, wheels: int) -> bytes:
    """Return a whole command for the board."""
    values = {"command_sequence": sequence, "goal_wheel_left": wheels, "goal_wheel_right": wheels}
    fields = CHASSIS_COMMAND.fields
    data = b"".join(one.to_bytes(values.get(one.name, 0)) for one in fields)
    head = CHASSIS_COMMAND.address.to_bytes(2, "little") + len(data).to_bytes(2, "little")
    return instruction_frame(0xFE, Instruction.SYNC_WRITE, head + b"\xc8" + data)


def broken(rng: random.Random) -> bytes:
    """Return a broken piece, and how it is broken is drawn."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(rng.randrange(1, 60))
    if kind == 1:
        return bytes(rng.choice((0xFF, 0xFF, 0xFD, 0x00, 0xFE, 0xC8)) for _ in range(40))
    torn = bytearray(command(rng.randrange(0x10000), rng.randrange(-9000, 9000)))
    if kind == 2:
        return bytes(torn[: rng.randrange(len(torn))])
    for bit in rng.sample(range(8 * len(torn)), rng.randrange(1, 4)):
        torn[bit // 8] ^= 1 << bit % 8
    return bytes(torn)


if __name__ == "__main__":
    main()
