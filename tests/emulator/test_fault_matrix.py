"""Each fault, each robot, at rest and moving: what must happen, and within which time.

The table in ``docs/safety.md`` holds the same rows with what was measured
(``python tests/emulator/matrix_page.py`` writes it anew).
"""

from pathlib import Path

import pytest
from matrix import ROWS, Answer, Row
from rig import undergo

ROOT = Path(__file__).parents[2]
BEGIN = {"sweeper": 1.5, "greeter": 2.6}
"""When the fault comes: it drives at its speed, or is in the middle of a step [s]."""
STILL = 0.5
"""Joints that are slower rest [rad/s]."""


def _cases() -> list[object]:
    cases = []
    for row in ROWS:
        for moving in [False] * row.at_rest + [True] * row.moving:
            name = f"{row.robot}-{'moving' if moving else 'at rest'}-{row.fault.name}"
            # a greeter costs ten seconds; a sweeper at rest proves little that it does not moving
            slow = row.robot == "greeter" or not moving
            marks = [pytest.mark.slow] if slow else []
            cases.append(pytest.param(row, moving, id=name, marks=marks))
    return cases


@pytest.mark.parametrize(("row", "moving"), _cases())
def test_every_fault_is_answered_in_time(row: Row, moving: bool) -> None:
    """It goes on, or it stands within its time and stays there; nobody falls."""
    begin = BEGIN[row.robot]
    account = undergo(row.robot, row.fault, moving=moving, begin=begin, seconds=row.within + 0.6)
    if row.answer is Answer.LIES:
        assert account.state == "fault"
        assert account.powered == 0, "no torque comes back by itself"
        return
    if row.answer is Answer.LIES_STILL:
        assert account.state == "fault"
        assert max(account.restless[-20:]) < STILL, "it does not thrash, nor try to get up"
        return
    assert not account.fell
    if row.answer is Answer.GOES_ON:
        assert account.state == "working"
        assert not account.faults
        assert (account.stopped_after(begin) > 0.5) == moving
        return
    if row.fault.name != "host killed":
        noticed = account.known if row.passes else account.faults
        assert noticed or row.fault.name.endswith("blocked"), "a fault of motion ends with it"
        assert account.state == "fault"
    if row.answer is not Answer.KEEPS_STANDING:
        assert account.stopped_after(begin) <= row.bound(moving=moving)


def test_the_page_has_every_row() -> None:
    """A fault that is promised here is told to people, too."""
    page = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    for row in ROWS:
        assert f"| {row.robot} | {row.fault.where} | {row.fault.name} | {row.answer} |" in page
