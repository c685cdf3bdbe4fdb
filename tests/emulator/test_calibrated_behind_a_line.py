"""The calibration as people run it, over a pseudo-terminal, in simulated time.

The same with two programs in real time is in ``tests/deploy/test_run_on_port.py``; there a busy
machine may end a drive.
"""

from pathlib import Path

import numpy as np
import pytest
from rig import Rig

from robotics.core.backend import Backend
from robotics.core.messages import Command, Observation
from robotics.deploy.calibration import read
from robotics.deploy.procedures import Person, calibrate
from robotics.robots.bus_backend import BusBackend
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.on_wire import SweeperOnWire
from sim.emulator.open import EmulatedBackend
from sim.emulator.port import ServedLink


class Plugged:
    """A host that takes the bus, and lets go of it again while the robot stays where it is."""

    def __init__(self, robot: EmulatedBackend) -> None:
        wire = SweeperOnWire(load().joints)
        baud = wire.line.timing.baud
        line, clock = robot.line, robot.clock
        self.host = BusBackend(wire, lambda: ServedLink(line, clock, baud), clock)
        self.period, self._clock = self.host.period, clock

    def reset(self) -> Observation:
        """See ``Backend``."""
        found = self.host.reset()
        self._clock.begin()
        return found

    def act(self, command: Command) -> None:
        """See ``Backend``."""
        self.host.act(command)

    def observe(self) -> Observation:
        """See ``Backend``."""
        return self.host.observe()

    def close(self) -> None:
        """See ``Backend``."""
        self.host.close()


@pytest.mark.slow
def test_a_drive_finds_what_was_built(tmp_path: Path) -> None:
    """Wheels and track are those of the drawing; the tape says what is true."""
    rig, file = Rig("sweeper"), tmp_path / "calibration.yaml"
    robot, said = rig.backend, []
    robot.robot.place(robot.clock.now())
    robot.host.close()

    def opened(port: str) -> Backend:
        assert robot.line.terminal is not None
        assert port == robot.line.terminal.name
        return Plugged(robot)

    def measured(question: str) -> float:
        said.append(question)
        return float(np.hypot(*rig.body.true_pose()[:2]))

    assert robot.line.terminal is not None
    person = Person(said.append, said.append, measured)
    calibrate(robot.line.terminal.name, "sweeper", file, person, opened)
    found = read(file)
    rig.close()
    assert found.wheel_scale == pytest.approx(1.0, abs=0.005)
    assert found.track_scale == pytest.approx(1.0, abs=0.02)
    assert np.abs(found.gyro_bias).max() < 0.02
    assert f"written: {file}" in said
