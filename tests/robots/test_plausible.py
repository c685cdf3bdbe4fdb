"""Readings that cannot be are noticed, and those that can be are not."""

import numpy as np

from robotics.robots.plausible import BLOCKED_AFTER, FROZEN_AFTER, BlockedDrives, FrozenImu


def test_an_imu_that_repeats_itself_is_frozen_and_one_with_noise_is_not() -> None:
    """At 200 Hz after 0.05 s; one changed bit begins anew; bridged readings are too few."""
    imu, rng = FrozenImu(0.005), np.random.default_rng(1)
    for sample in range(400):
        assert imu.look(rng.normal(0.0, 3.0, 6).astype(np.int16).tobytes(), sample) == ()
    still = np.arange(6, dtype=np.int16)
    assert not any(imu.look(still.tobytes(), 500) for _ in range(90)), "one reading, bridged"
    found = [imu.look(still.tobytes(), 500 + sample) for sample in range(30)]
    first = next(at for at, one in enumerate(found) if one)
    assert first == round(FROZEN_AFTER / 0.005)
    assert found[-1] == ("imu frozen",)
    assert imu.look((still + 1).tobytes(), 600) == ()


def test_a_drive_is_blocked_if_it_stands_with_all_its_torque_for_a_while() -> None:
    """Full torque while it moves, or standing with less of it, is nothing; a pause begins anew."""
    drives, limit = BlockedDrives(("left", "right"), 0.02), np.array([10.0, 10.0])
    ticks = round(BLOCKED_AFTER / 0.02)
    for _ in range(3 * ticks):
        assert drives.look(np.array([0.0, 1.0]), np.array([10.0, 5.0]), limit) == ()
    for _ in range(ticks - 2):
        assert drives.look(np.array([0.0, 1.0]), np.array([0.0, -9.5]), limit) == ()
    assert drives.look(np.zeros(2), np.zeros(2), limit) == ()
    found = [drives.look(np.array([0.0, 1.0]), np.array([0.0, -9.5]), limit) for _ in range(50)]
    assert found[ticks - 2] == ()
    assert found[-1] == ("right blocked",)
    assert drives.look(np.ones(2), np.zeros(2), np.zeros(2)) == (), "without torque it may stand"
