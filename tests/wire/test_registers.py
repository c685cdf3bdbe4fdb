"""Control tables: laws of fields, the two boards against their document, servos as published."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.core.errors import UnknownName
from robotics.wire import boards, servos
from robotics.wire.packet import WireError
from robotics.wire.table import Access, Field, Table

DOCUMENT = Path(__file__).parents[2] / "docs/registers.md"
BOARDS = (*boards.SENSOR_PAGES, boards.CHASSIS_BOARD)
TABLES = (*BOARDS, *servos.SERVOS.values())


def row(field: Field) -> str:
    """Return a field as it stands in the document."""
    kind = f"{'i' if field.signed else 'u'}{8 * field.size}"
    unit = f"{field.unit:.9g}"
    cells = (field.address, f"`{field.name}`", kind, field.access, unit, field.initial)
    return f"| {' | '.join(map(str, cells))} | {field.meaning} |"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_two_fields_share_a_byte(table: Table) -> None:
    """Each stands apart from the others, and its initial counts fit."""
    fields = sorted(table, key=lambda field: field.address)
    for one, after in itertools.pairwise(fields):
        assert one.end <= after.address, (one.name, after.name)
    for one in table:
        assert one.size in (1, 2, 4)
        assert one.from_bytes(one.to_bytes(one.initial)) == one.initial
    assert len(table.image(7)) == table.size
    assert table.image(7)[table["id"].address] == 7


@pytest.mark.parametrize("table", BOARDS, ids=lambda table: table.name)
def test_the_document_has_every_register_of_the_boards(table: Table) -> None:
    """docs/registers.md, which the firmware is written from, says the same as the table."""
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [row(field) for field in table if row(field) not in text]
    assert missing == [], "\n".join(missing)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_every_device_has_is_found_in_every_table(table: Table) -> None:
    """The driver asks all devices for these."""
    for name in ("model_number", "firmware_version", "torque_enable", "bus_watchdog"):
        assert name in table
    assert table["model_number"].initial == table.model


@given(st.sampled_from([field for table in TABLES for field in table]), st.data())
def test_counts_survive_bytes_and_units(field: Field, data: st.DataObject) -> None:
    """Counts to bytes and back, and counts to a value and back, are the same."""
    counts = data.draw(st.integers(*field.range))
    assert field.from_bytes(field.to_bytes(counts)) == counts
    assert field.counts(field.value(counts)) == counts


def test_what_does_not_fit_is_refused_with_the_range() -> None:
    """A goal current beyond the limit names what is allowed."""
    with pytest.raises(WireError, match=r"allowed are -3\.2.* to 3\.2"):
        servos.XM430_W350["goal_current"].counts(3.3)
    with pytest.raises(UnknownName, match="goal_position"):
        servos.XM430_W350["goal_positon"]


def test_a_window_is_read_as_a_record() -> None:
    """Current, speed and position of an X servo: ten bytes from 126, two's complement."""
    window = servos.XM430_W350.window("present_current", "present_velocity", "present_position")
    assert (window.address, window.length) == (126, 10)
    (record,) = np.frombuffer(bytes.fromhex("fffffdffffff00080000"), window.dtype)
    assert tuple(record) == (-1, -3, 2048)


def test_published_units() -> None:
    """As the e-manual prints them: 0.229 rev/min, 2.69 mA, 4096 in a turn, 20 ms."""
    table = servos.XM540_W150
    assert table["present_velocity"].value(1) == pytest.approx(0.229 * 2 * np.pi / 60)
    assert table["goal_current"].value(1000) == pytest.approx(2.69)
    assert table["present_position"].value(4096) == pytest.approx(2 * np.pi)
    assert table["bus_watchdog"].value(5) == pytest.approx(0.1)
    assert table["profile_acceleration"].value(1) == pytest.approx(214.577 * 2 * np.pi / 3600)
    assert table.baud_codes[6] == 4_000_000
    assert servos.PH54_100["present_position"].value(501_923) == pytest.approx(np.pi)


def test_errors_are_said_in_words() -> None:
    """Bits of the hardware error, also those that nobody has described."""
    assert servos.XM430_W350.alerts(0b100100) == ("overheated", "overloaded")
    assert servos.XM430_W350.alerts(0b10000000) == ("error bit 7",)
    assert servos.XM430_W350.alerts(0) == ()


def test_pages_of_the_sensor_board_lie_in_the_window_of_a_servo() -> None:
    """One Fast Sync Read asks servos and board; its sequence lies where servos have a goal."""
    servo = servos.XM430_W350
    window = servo.window("present_current", "present_velocity", "present_position")
    for page in boards.SENSOR_PAGES:
        beyond = {field.name for field in boards.LANDING.fields}
        data = [one for one in page if one.address >= window.address and one.name not in beyond]
        assert data[0].address == window.address
        assert data[-1].end == window.address + window.length
        assert page["command_sequence"].address == servo["goal_position"].address
        assert page["command_sequence"].access is Access.WRITE
