"""What the chassis board's bytes mean."""

import numpy as np
import pytest

from robotics.robots.on_wire import Read
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.on_wire import SweeperOnWire
from robotics.wire import boards


def _read(counts: int) -> Read:
    row = np.zeros(1, dtype=boards.CHASSIS_FEEDBACK.dtype)
    row["position_wheel_left"] = (counts + 2**31) % 2**32 - 2**31
    row["position_wheel_right"] = (-counts + 2**31) % 2**32 - 2**31
    rows = row.view(np.uint8).reshape(1, -1)
    return Read(rows, np.ones(1, dtype=np.bool_), np.zeros(1))


@pytest.mark.parametrize("begin", [0, 2**31 - 300, 5 * 2**31 + 17])
def test_a_wheel_goes_on_where_its_register_wraps(begin: int) -> None:
    """Forward and back over 2**31 counts: every difference is what the wheel turned."""
    wire = SweeperOnWire(load().joints)
    turned = np.cumsum([0, 200, 200, 200, -500, 900, -2, 10**9, -(10**9)])
    found = np.array([wire.sensed(_read(int(begin + one))).joints.position for one in turned])
    wanted = (turned - turned[0]) * boards.ANGLE_UNIT
    assert found[:, 0] - found[0, 0] == pytest.approx(wanted, abs=1e-6)
    assert found[:, 1] - found[0, 1] == pytest.approx(-wanted, abs=1e-6)
