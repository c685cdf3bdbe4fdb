"""A real robot as a stage: its bus, its lidars, real time. What ``--on /dev/ttyUSB0`` opens."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.backend import Backend
from robotics.core.errors import OptionError, RoboticsError
from robotics.core.messages import Command, Observation
from robotics.deploy.calibration import Calibration, Correction, read
from robotics.deploy.doctor import on_wire
from robotics.deploy.gnss import BAUD, SerialGnss
from robotics.deploy.lidar import AHEAD, SerialLidar
from robotics.deploy.notify import Notifier
from robotics.robots.bus_backend import BusBackend
from robotics.robots.sweeper.config import SweeperConfig
from robotics.robots.sweeper.joints import WHEELS
from robotics.robots.sweeper.joints import load as load_sweeper
from robotics.wire.ld19 import LD19
from robotics.wire.links import opener
from robotics.wire.pacer import Clock, WallClock
from robotics.wire.realtime import Granted, Punctual, ask, may_arm, release


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a robot is plugged in."""

    bus: str
    lidar: str = ""
    """The lidar that localises; "" for none."""
    kerb_lidar: str = ""
    """The sweeper's down-tilted lidar; "" for none."""
    derate: bool = False
    """Agree to a slow robot where the system gives no real time."""
    calibration: str = ""
    """File of 'robotics calibrate'; "" for a robot as drawn."""
    gnss: str = ""
    """The sweeper's satellite receiver, PORT or PORT@BAUD; "" for none."""


def is_port(name: str) -> bool:
    """Return whether ``--on`` names a port, not a body."""
    return name.startswith("/") or "://" in name


@dataclass(slots=True)
class HardwareBackend:
    """A robot on its bus, its lidars beside it; satisfies ``robotics.core.backend.Backend``."""

    host: BusBackend
    clock: Punctual
    lidar: SerialLidar | None = None
    kerb_lidar: SerialLidar | None = None
    gnss: SerialGnss | None = None
    twist: Callable[[Observation], Array] = lambda _: np.zeros(3)
    """Velocity of the lidar in its frame, from the joints (3,) [m/s, rad/s]."""
    arm: Callable[[], Granted] = ask
    derate: bool = False
    wheels: tuple[int, ...] = ()
    """Places of the joints whose speed is scaled down where the robot is derated."""
    notifier: Notifier = field(default_factory=Notifier)
    """Tells systemd that the loop is alive."""
    correction: Correction | None = None
    """What makes the robot that there is the robot that was drawn."""
    share: float = 1.0
    """Of its speed, that it may use."""
    period: float = field(init=False)
    """See ``Backend``."""

    def __post_init__(self) -> None:
        self.period = self.host.period

    def reset(self) -> Observation:
        """See ``Backend``; the torque comes on only with real time, or if it was agreed to go on.

        Raises:
            BackendError: The robot does not answer, or the system gives no real time.
        """
        self.share = may_arm(self.arm(), derate=self.derate and bool(self.wheels))
        found = self._with_the_rest(self.host.reset())
        self.notifier.ready()
        return found

    def act(self, command: Command) -> None:
        """See ``Backend``."""
        if self.share < 1.0:
            target = np.array(command.target)
            target[list(self.wheels)] *= self.share
            command = replace(command, target=target)
        self.host.act(command if self.correction is None else self.correction.true(command))

    def observe(self) -> Observation:
        """See ``Backend``."""
        found = self._with_the_rest(self.host.observe())
        self.notifier.alive(self.clock.now())
        return found

    def close(self) -> None:
        """See ``Backend``."""
        for one in (self.lidar, self.kerb_lidar, self.gnss):
            if one is not None:
                one.close()
        self.host.close()
        self.notifier.let_go()

    def _with_the_rest(self, found: Observation) -> Observation:
        """Add what does not come over the bus."""
        if self.correction is not None:
            found = self.correction.nominal(found)
        now, twist = self.clock.now(), self.twist(found)
        scan = self.lidar.latest(now, twist) if self.lidar else None
        kerb = self.kerb_lidar.latest(now) if self.kerb_lidar else None
        fix = self.gnss.latest(now) if self.gnss else None
        return replace(found, scan=scan, kerb_scan=kerb, gnss=fix)


@dataclass(slots=True)
class HardwareStage:
    """Satisfies ``robotics.core.backend.Stage``: nobody looks on."""

    backends: Mapping[str, Backend]
    clocks: Mapping[str, Punctual] = field(default_factory=dict)

    def look(self, time: float) -> None:
        """See ``Stage``."""

    def figures(self) -> Mapping[str, Any]:
        """See ``Stage``."""
        return {}

    def scene(self) -> Mapping[str, Any]:
        """See ``Stage``."""
        return {}

    def summary(self) -> Mapping[str, Any]:
        """See ``Stage``: how punctual the loop was."""
        return {
            "hardware": {
                name: {"waits": one.waits, "missed": one.missed, "worst": one.worst}
                for name, one in self.clocks.items()
            }
        }

    def close(self) -> None:
        """See ``Stage``."""
        for backend in self.backends.values():
            backend.close()
        release()


def open_hardware(site: str, robots: tuple[str, ...], ports: Ports, folder: Path) -> HardwareStage:
    """Open a robot on its ports; nothing moves yet.

    Args:
        site: Folder of a map, as 'robotics map' and 'robotics export' write it.
        robots: The one that is on the bus.
        ports: Where it is plugged in.
        folder: Where a copy of the map goes, for the recording.

    Raises:
        OptionError: Not one robot, the site is no folder of a map, or satellites without a place.
        WireError: The bus cannot be opened.
    """
    if len(robots) != 1:
        raise OptionError(f"--on {ports.bus} is one robot's bus; add --robot greeter or sweeper")
    if not Path(site).is_dir():
        raise OptionError(
            f"'{site}' is no folder of a map; make one with 'robotics map' from a recorded drive, "
            "or with 'robotics export'"
        )
    if ports.gnss and "georeference" not in (Path(site) / "site.yaml").read_text("utf-8"):
        raise OptionError(
            f"--gnss needs to know where the map lies: {site}/site.yaml has no georeference; "
            "'robotics map' finds it from a drive with --gnss"
        )
    if ports.gnss and robots != ("sweeper",):
        raise OptionError("--gnss is for the sweeper; the greeter has no receiver")
    shutil.copytree(site, folder, dirs_exist_ok=True)
    backend = backend_of(robots[0], ports, WallClock())
    return HardwareStage({robots[0]: backend}, {robots[0]: backend.clock})


def backend_of(robot: str, ports: Ports, clock: Clock) -> HardwareBackend:
    """Return the body of a robot on its ports.

    Raises:
        OptionError: There is no such robot.
        ConfigError: The calibration is broken.
        WireError: The bus cannot be opened.
    """
    wire = on_wire(robot)
    punctual = Punctual(clock, wire.line.period)
    host = BusBackend(wire, opener(ports.bus, wire.line.timing.baud), punctual)
    notifier = Notifier(os.environ.get("NOTIFY_SOCKET", ""))
    backend = HardwareBackend(host, punctual, derate=ports.derate, notifier=notifier)
    try:
        _plug_in(backend, ports, clock.now())
    except RoboticsError:
        backend.close()
        raise
    if robot == "sweeper":
        backend.twist = _sweeper_twist()
        backend.wheels = tuple(range(WHEELS.start, WHEELS.stop))
    if ports.calibration:
        _calibrate(backend, read(Path(ports.calibration)))
    return backend


def _plug_in(backend: HardwareBackend, ports: Ports, now: float) -> None:
    """Open what is plugged in beside the bus; what is lost later is looked for by itself.

    Raises:
        WireError: One of the ports cannot be opened.
        OptionError: The receiver's speed is no number.
    """
    if ports.lidar:
        backend.lidar = SerialLidar(opener(ports.lidar, LD19.baud))
        backend.lidar.stream.open(now)
    if ports.kerb_lidar:
        backend.kerb_lidar = SerialLidar(opener(ports.kerb_lidar, LD19.baud), AHEAD)
        backend.kerb_lidar.stream.open(now)
    if ports.gnss:
        port, _, baud = ports.gnss.partition("@")
        if baud and not baud.isdigit():
            raise OptionError(f"--gnss is '{ports.gnss}'; allowed: PORT, or PORT@BAUD as @38400")
        backend.gnss = SerialGnss(opener(port, int(baud or BAUD)))
        backend.gnss.stream.open(now)


def _calibrate(backend: HardwareBackend, found: Calibration) -> None:
    backend.correction = Correction(found, backend.wheels)
    if backend.lidar is not None:
        backend.lidar.mounted_at = math.radians(found.lidar_yaw_deg)
        backend.lidar.upside_down = found.lidar_upside_down


def _sweeper_twist() -> Callable[[Observation], Array]:
    """Return the lidar's velocity by the wheels' speeds."""
    chassis, model = SweeperConfig().chassis, load_sweeper()
    place, _ = model.pose_in_base("lidar", np.zeros(len(model.joints)))

    def twist(found: Observation) -> Array:
        left, right = chassis.wheel_radius * found.joints.velocity[WHEELS]
        turn = (right - left) / chassis.track
        return np.array([0.5 * (left + right) - turn * place[1], turn * place[0], turn])

    return twist
