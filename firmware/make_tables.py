"""Write the boards' registers as C headers, from the tables that the host uses.

Usage: python firmware/make_tables.py [FOLDER]

What stands in ``robotics/wire/boards.py`` becomes ``core/common_table.h``, ``core/chassis_table.h``
and ``core/sensor_table.h``, beside the checksum's ``core/crc_table.h``. A test holds the
files to it: host and firmware cannot differ.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from robotics.robots.sweeper.joints import load as load_sweeper
from robotics.wire import boards
from robotics.wire.servos import XM540_W150
from robotics.wire.table import Access, Field, Table

CORE = Path(__file__).parent / "core"
HEAD = "/* Made by firmware/make_tables.py from robotics/wire/boards.py: do not edit. */\n"
COMMON: tuple[str, ...] = (
    "model_number",
    "firmware_version",
    "id",
    "baud_rate",
    "return_delay",
    "torque_enable",
)
COMMON += ("led", "status_return_level", "hardware_error", "bus_watchdog")
SUFFIXES = (
    tuple(f"_{drive}" for drive in boards.DRIVES),
    ("_x", "_y", "_z"),
    tuple(f"_{leg}" for leg in range(boards.LANDING_LEGS)),
    ("_front_left", "_front_right", "_rear_left", "_rear_right"),
)
"""Neighbours whose names differ in these are one array in C."""
BITS = ("CHARGING", "STOP_BUTTON", "COMMAND_OLD", "IMU_FAILED", "SUPPLY_LOW")
SENSOR_BITS = ("LEFT_FOOT_FAILED", "RIGHT_FOOT_FAILED")
CHASSIS_BITS: tuple[str, ...] = (
    "BUMPER_FRONT",
    "BUMPER_REAR",
    "CLIFF_LEFT",
    "CLIFF_RIGHT",
    "DRIVE_FAILED",
)
CHASSIS_BITS += ("STOPPED",)


def c_type(field: Field) -> str:
    """Return the C type that holds a field."""
    return f"{'' if field.signed else 'u'}int{8 * field.size}_t"


def arrays(fields: Sequence[Field]) -> Iterator[tuple[str, list[Field]]]:
    """Return (name, members) of each field of a C structure: arrays where names allow."""

    def stem(field: Field) -> str:
        for endings in SUFFIXES:
            for ending in endings:
                if field.name.endswith(ending):
                    return field.name.removesuffix(ending) + "[]"
        return field.name

    for name, members in groupby(sorted(fields, key=lambda one: one.address), key=stem):
        found = list(members)
        if len(found) > 1:
            yield f"{name.removesuffix('[]')}[{len(found)}]", found
        else:
            yield found[0].name, found


def structure(name: str, table: Table) -> str:
    """Return the control table as a packed C structure."""
    lines, at, gaps = [], 0, 0
    for field, members in arrays(table.fields):
        first = members[0]
        if first.address > at:
            lines.append(f"    uint8_t unused_{gaps}[{first.address - at}];")
            gaps += 1
        unit = "" if first.unit == 1.0 else f"{first.unit:.6g} "
        note = f" /* {first.address}: {unit}{first.meaning} */".replace(":  */", " */")
        lines.append(f"    {c_type(first)} {field};{note}")
        at = members[-1].end
    body = "\n".join(lines)
    size = f'_Static_assert(sizeof({name}) == {table.size}, "as the host has it");'
    return f"typedef struct __attribute__((packed)) {{\n{body}\n}} {name};\n{size}\n"


def rows(name: str, table: Table) -> str:
    """Return what may be written where."""
    access = {Access.READ: "READ_ONLY", Access.WRITE: "WRITABLE"}
    lines = []
    for field in sorted(table.fields, key=lambda one: one.address):
        low, high = field.range
        kind = access.get(field.access, "WRITABLE | LASTING")
        high = min(high, 2**31 - 1)
        lines.append(f"    {{{field.address}, {field.size}, {kind}, {c_int(low)}, {high}}},")
    return f"#define {name} \\\n" + " \\\n".join(lines) + "\n"


def c_int(value: int) -> str:
    """Return a number as C can read it: the smallest one has no literal."""
    return f"(-{-value - 1} - 1)" if value == -(2**31) else str(value)


def initial(name: str, table: Table) -> str:
    """Return what a new board holds."""
    values = [f".{one.name} = {one.initial}" for one in table.fields if one.initial]
    return f"#define {name} {{{', '.join(values)}}}\n"


def enumeration(values: dict[str, int]) -> str:
    """Return constants."""
    return "enum {\n" + "".join(f"    {key} = {value},\n" for key, value in values.items()) + "};\n"


def guarded(name: str, body: str) -> str:
    """Return a whole header."""
    includes = '#include <stdint.h>\n\n#include "registers.h"\n'
    return f"{HEAD}#ifndef {name}\n#define {name}\n\n{includes}\n{body}\n#endif\n"


def common() -> str:
    """Return the header of what both boards have."""
    table = boards.CHASSIS_BOARD
    addresses = {f"COMMON_{name.upper()}": table[name].address for name in COMMON}
    bits = {f"BIT_{name}": 1 << getattr(boards, name) for name in BITS}
    scales = {"WATCHDOG_MS": round(1000 * table["bus_watchdog"].unit)}
    return guarded("COMMON_TABLE_H", enumeration({**addresses, **bits, **scales}))


def chassis() -> str:
    """Return the header of the chassis board."""
    table, command = boards.CHASSIS_BOARD, boards.CHASSIS_COMMAND
    joints = load_sweeper().joints
    no_load = ", ".join(str(round(1000 * speed)) for speed in joints.column("velocity"))
    values = {
        "CHASSIS_MODEL": table.model,
        "CHASSIS_DRIVES": len(boards.DRIVES),
        "CHASSIS_COMMAND_AT": command.address,
        "CHASSIS_COMMAND_END": command.address + command.length,
        "CHASSIS_STOP_RESET_AT": table["stop_reset"].address,
        "CHASSIS_RESET_KEY": boards.RESET_KEY,
        **{f"BIT_{name}": 1 << getattr(boards, name) for name in CHASSIS_BITS},
    }
    parts = [enumeration(values), structure("chassis_table", table), rows("CHASSIS_ROWS", table)]
    parts += [initial("CHASSIS_INITIAL", table)]
    parts += [f"/* From the URDF [0.001 rad/s]. */\n#define CHASSIS_NO_LOAD {{{no_load}}}\n"]
    return guarded("CHASSIS_TABLE_H", "\n".join(parts))


def sensor() -> str:
    """Return the header of the sensor board."""
    values = {
        "SENSOR_MODEL": boards.SENSOR_PAGES[0].model,
        "SENSOR_PAGES": len(boards.SENSOR_PAGES),
        "LANDING_LEGS": boards.LANDING_LEGS,
        "SERVO_PROFILE_AT": XM540_W150["profile_acceleration"].address,
        **{f"BIT_{name}": 1 << getattr(boards, name) for name in SENSOR_BITS},
    }
    parts = [enumeration(values)]
    for number, page in enumerate(boards.SENSOR_PAGES):
        parts += [structure(f"sensor_page_{number}", page)]
        parts += [rows(f"SENSOR_ROWS_{number}", page), initial(f"SENSOR_INITIAL_{number}", page)]
    return guarded("SENSOR_TABLE_H", "\n".join(parts))


def checksums() -> str:
    """Return the header with what each leading byte does to the CRC."""
    values = []
    for byte in range(256):
        value = byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x8005 if value & 0x8000 else 0)
        values.append(f"0x{value & 0xFFFF:04X}")
    lines = [", ".join(values[at : at + 12]) for at in range(0, 256, 12)]
    body = "#define CRC_TABLE \\\n    " + ", \\\n    ".join(lines) + "\n"
    return guarded("CRC_TABLE_H", body)


def headers() -> dict[str, str]:
    """Return file name -> text of every header."""
    return {
        "common_table.h": common(),
        "chassis_table.h": chassis(),
        "sensor_table.h": sensor(),
        "crc_table.h": checksums(),
    }


def main() -> None:
    """Write them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORE
    for name, text in headers().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
