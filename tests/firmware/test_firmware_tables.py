"""Host and firmware have the same registers: the C headers are made from the host's tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"


def maker() -> Any:
    """Return the script that writes the headers."""
    spec = importlib.util.spec_from_file_location("make_tables", FIRMWARE / "make_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(maker().headers()))
def test_the_headers_are_up_to_date(name: str) -> None:
    """Else: python firmware/make_tables.py."""
    found = (FIRMWARE / "core" / name).read_text(encoding="utf-8")
    assert found == maker().headers()[name], "run: python firmware/make_tables.py"


def test_a_new_board_holds_what_the_table_says(chassis: Any, sensors: Any) -> None:
    """Every register of both boards, read over the bus."""
    for board in (chassis, sensors):
        for page, table in enumerate(board.tables):
            for field in table.fields:
                assert board.read(field.name, page) == field.initial, field.name


def test_sensor_pages_share_all_but_their_ten_bytes(sensors: Any) -> None:
    """Torque, watchdog and sequence of one id are those of all; ids follow each other."""
    assert sensors.write("bus_watchdog", 5, page=2) == 0
    assert sensors.write("torque_enable", 1, page=1) == 0
    assert [sensors.read("bus_watchdog", page) for page in range(4)] == [5] * 4
    assert sensors.write("command_sequence", 7, page=0) == 0
    sensors.step(20)
    assert sensors.read("bus_watchdog") == 5
    assert not sensors.read("status") & 4
    sensors.write("command_sequence", 7)
    sensors.step(1)
    assert [sensors.read("bus_watchdog", page) for page in range(4)] == [-1] * 4
    assert sensors.read("status") & 4
    assert sensors.write("command_sequence", 8) == 4
    assert sensors.write("bus_watchdog", 0) == 0
    assert sensors.write("command_sequence", 8) == 0
    assert sensors.write("torque_enable", 0) == 0
    assert sensors.write("id", 100) == 0
