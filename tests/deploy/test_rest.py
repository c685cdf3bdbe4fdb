"""Rest: nothing moves, nothing drops, a dead device stops nobody else from being told."""

from __future__ import annotations

from test_doctor import greeter, sweeper

from robotics.deploy.doctor import on_wire
from robotics.deploy.rest import rest
from robotics.wire.driver import Driver


def test_servos_hold_where_they_are_and_keep_their_torque() -> None:
    """Even after their watchdogs have tripped, and with one of them dead."""
    line, robot = greeter(), on_wire("greeter").line
    driver = Driver(robot, lambda: line, line)
    driver.configure()
    driver.activate()
    for servo in list(line.devices.values())[:22]:
        servo.memory["goal_position"] += 60
    line.wait_until(line.time + 0.003)
    line.devices[5].is_cut_off = True
    troubles = rest(line, line, robot)
    assert len(troubles) == 1
    assert robot.devices[4].name in troubles[0]
    for id, servo in line.devices.items():
        if id <= 22 and id != 5:
            assert servo.memory["torque_enable"] == 1
            assert servo.memory["goal_position"] == servo.memory["present_position"]


def test_the_chassis_board_stops_and_lets_go() -> None:
    """Its goals are zero and its torque is off; twice is once."""
    line, robot = sweeper(), on_wire("sweeper").line
    driver = Driver(robot, lambda: line, line)
    driver.configure()
    driver.activate()
    for _ in range(2):
        assert rest(line, line, robot) == []
        memory = line.devices[200].memory
        assert memory["torque_enable"] == 0
        assert memory["goal_wheel_left"] == 0


def test_another_robots_port_takes_two_lines() -> None:
    """Not one for each of its devices."""
    line = sweeper()
    first, second = rest(line, line, on_wire("greeter").line)
    assert "of 26 devices do not answer" in first
    assert second.startswith("head_yaw: ")
