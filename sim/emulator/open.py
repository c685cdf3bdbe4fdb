"""What ``--on emulator`` opens: a simulated site whose robots are driven over serial lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from robotics.core.backend import Backend, Begin
from robotics.core.joints import JointTable
from robotics.core.messages import Command, Observation
from robotics.robots.bus_backend import BusBackend
from robotics.robots.greeter.on_wire import GreeterOnWire
from robotics.robots.on_wire import OnWire
from robotics.robots.sweeper.on_wire import SweeperOnWire
from sim.emulator.clock import EmulatedClock
from sim.emulator.lidar import WiredLidar
from sim.emulator.line import Line
from sim.emulator.port import ServedLink
from sim.emulator.robots import DEVICES, EmulatedRobot
from sim.scenario import SimStage, StageBody, open_stage

_ON_WIRE: dict[str, Callable[[JointTable], OnWire]] = {
    "greeter": GreeterOnWire,
    "sweeper": SweeperOnWire,
}


class EmulatedBackend:
    """A robot behind its bus, its lidar behind another port.

    Beside them are its ears, and the down-tilted lidar, which looks at a sector only.

    Attributes:
        robot: The body with its devices.
        line: The bus.
        clock: The host's and the devices' time.
        host: What the controllers talk to.
        lidar: The lidar that localises.
    """

    def __init__(self, name: str, body: StageBody) -> None:
        simulated = body.body
        self._body = body
        self.robot = EmulatedRobot(simulated, DEVICES[name](simulated))
        self.line = Line(self.robot.devices.segment)
        self.clock = EmulatedClock(self.robot, self.line)
        wire = _ON_WIRE[name](simulated.spec.model.joints)
        baud = wire.line.timing.baud
        self.host = BusBackend(wire, lambda: ServedLink(self.line, self.clock, baud), self.clock)
        self.lidar = WiredLidar(simulated.spec.lidar.period)
        self.period = simulated.period

    def reset(self) -> Observation:
        """See ``Backend``."""
        self.robot.place(self.clock.now())
        found = self.host.reset()
        self.clock.begin()
        return self._with_the_rest(found)

    def act(self, command: Command) -> None:
        """See ``Backend``; what is said needs no bus."""
        self._body.hear(command.sound)
        self.host.act(command)

    def observe(self) -> Observation:
        """See ``Backend``."""
        return self._with_the_rest(self.host.observe())

    def close(self) -> None:
        """See ``Backend``."""
        self.host.close()
        self.lidar.close()
        self.line.unplug()
        self._body.close()

    def _with_the_rest(self, found: Observation) -> Observation:
        """Add what does not come over the bus."""
        latest = self.robot.latest
        assert latest is not None
        scan = self.lidar.pass_on(latest.scan, latest.time)
        return replace(found, scan=scan, kerb_scan=latest.kerb_scan, heard=latest.heard)


class EmulatorStage:
    """A simulated site, its robots behind lines; satisfies ``robotics.core.backend.Stage``."""

    def __init__(self, stage: SimStage) -> None:
        self._stage = stage
        self.robots = {name: EmulatedBackend(name, body) for name, body in stage.bodies.items()}
        self.backends: Mapping[str, Backend] = self.robots

    def look(self, time: float) -> None:
        """See ``Stage``."""
        self._stage.look(time)

    def figures(self) -> Mapping[str, Any]:
        """See ``Stage``."""
        return self._stage.figures()

    def scene(self) -> Mapping[str, Any]:
        """See ``Stage``."""
        return self._stage.scene()

    def summary(self) -> Mapping[str, Any]:
        """See ``Stage``."""
        return self._stage.summary()

    def close(self) -> None:
        """See ``Stage``."""
        for robot in self.robots.values():
            robot.close()
        self._stage.close()


def open_emulator(
    site: str,
    *,
    robots: tuple[str, ...],
    seed: int,
    site_folder: Path,
    view: bool = False,
    visitors: int | None = None,
    begin: Mapping[str, Begin] | None = None,
) -> EmulatorStage:
    """Open a site under physics; arguments and errors as ``sim.scenario.open_stage``."""
    return EmulatorStage(
        open_stage(
            site,
            robots=robots,
            seed=seed,
            site_folder=site_folder,
            view=view,
            visitors=visitors,
            begin=begin,
        )
    )
