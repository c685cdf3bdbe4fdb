"""An emulated robot in real time, for other programs: what ``robotics emulate`` opens."""

from __future__ import annotations

import select
from collections.abc import Callable
from math import radians
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import OptionError, UnknownName
from robotics.core.geometry import rotation2
from robotics.core.georeference import SiteOrigin
from robotics.wire.ld19 import LD19
from sim.body import BodySpec, BulletBody
from sim.emulator.gnss import BAUD, GnssPort
from sim.emulator.lidar import LidarPort, as_a_turn
from sim.emulator.line import Line
from sim.emulator.robots import DEVICES, EmulatedRobot
from sim.scenario import SimStage, open_stage
from sim.world import load_world

GAP = 0.050
"""Pauses within a packet that count as its end [s]: the host's scheduler pauses, too."""
CLEAR = 0.005
"""A greeter in its jig hangs so high above the ground [m]."""
LOOK_PERIOD = 0.05
"""The onlooker looks this often [s]: dirt has to settle, too."""
MOST_BEHIND = 0.25
"""A machine that is too slow lets time go by once it is this far behind [s]."""


class LiveEmulator:
    """A robot behind its ports, on the clock of the world.

    Attributes:
        robot: The robot with its devices.
        line: Its serial line.
        lidar: Its lidar.
        kerb_lidar: The down-tilted one; None where it has none.
        gnss: Its satellite receiver; None where it has none, or nobody knows where the site is.
    """

    def __init__(
        self, stage: SimStage, name: str, clock: Callable[[], float], *, in_jig: bool = False
    ) -> None:
        body = stage.bodies[name].body
        self.robot = EmulatedRobot(body, DEVICES[name](body))
        segment = self.robot.devices.segment
        segment.listener.gap = GAP
        self.line = Line(segment)
        self.line.on_heard = self.robot.obey
        self.lidar = LidarPort(body.spec.lidar.period)
        kerb = body.spec.kerb_lidar
        self.kerb_lidar = None if kerb is None else LidarPort(kerb.period)
        self.gnss: GnssPort | None = None
        self._stage, self._name, self._clock = stage, name, clock
        self._begin = clock()
        self._next = body.period
        self._looked = 0.0
        self._on_stand = self._is_ready = False
        self.robot.in_jig = in_jig
        self.robot.place(0.0)
        self._hang(True)

    @property
    def ports(self) -> list[tuple[str, str]]:
        """Name of each port, and what is behind it."""
        segment = self.robot.devices.segment
        if self.line.terminal is None:
            return []
        ids = sorted(device.identity for device in segment.devices)
        what = f"{len(ids)} devices, ids {ids[0]} to {ids[-1]}" if len(ids) > 1 else f"id {ids[0]}"
        found = [
            (self.line.terminal.name, f"{self._name}: {what}, {segment.baud} baud"),
            (self.lidar.terminal.name, f"lidar: LD19, {LD19.baud} baud"),
        ]
        if self.gnss is not None:
            found.append((self.gnss.terminal.name, f"satellites: NMEA, {BAUD} baud"))
        if self.kerb_lidar is not None:
            found.append((self.kerb_lidar.terminal.name, f"kerb lidar: LD19, {LD19.baud} baud"))
        return found

    def serve(self, is_over: Callable[[], bool]) -> None:
        """Go on until ``is_over``."""
        while not is_over():
            self.step()

    def step(self) -> None:
        """Wait for the next thing that happens, and let it happen."""
        due = self.line.due()
        wake = self._next if self._is_ready else self._now()
        wake = wake if due is None else min(wake, due)
        wait = max(0.0, wake - self._now())
        terminal = self.line.terminal
        ends = [] if terminal is None else [terminal.master]
        if select.select(ends, [], [], wait)[0] and terminal is not None:
            data = terminal.take_all()
            if data:
                self.line.segment.tune(terminal.baud)
                self.line.hear(data, self._now())
        now = self._now()
        self.line.deliver(now)
        self.robot.tick(now)
        if now >= self._next - self.robot.body.period and self.robot.body.creep():
            self._is_ready = True
        if self._is_ready and now >= self._next:
            self._is_ready = False
            self._advance(now)
        elif now >= self._looked + LOOK_PERIOD:
            self._looked = now
            self._stage.look(now)

    def close(self) -> None:
        """Leave. May be called twice."""
        self.line.unplug()
        self.lidar.close()
        for port in (self.gnss, self.kerb_lidar):
            if port is not None:
                port.close()
        self._stage.close()

    def _now(self) -> float:
        return self._clock() - self._begin

    def _advance(self, now: float) -> None:
        period = self.robot.body.period
        self._next += period
        if now > self._next + MOST_BEHIND:
            self._next = now + period
        locked = [one.is_locked for one in self.robot.devices.segment.devices]
        if self._on_stand and all(locked):
            self._hang(False)
        elif not self._on_stand and not any(locked):
            self._hang(True)
        self.robot.advance(now)
        seen = self.robot.latest
        if seen is not None and seen.scan is not None:
            self.lidar.send(seen.scan, now)
        if seen is not None and seen.kerb_scan is not None and self.kerb_lidar is not None:
            self.kerb_lidar.send(as_a_turn(seen.kerb_scan), now)
        if self.gnss is not None:
            self.gnss.tell(self._antenna(), now)

    def _antenna(self) -> Array:
        """Return where the antenna, on top of the lidar, is in the map (2,) [m]."""
        body = self.robot.body
        x, y, yaw = body.true_pose()
        arm, _ = body.spec.model.pose_in_base("lidar", np.zeros(len(body.spec.model.joints)))
        return np.array([x, y]) + rotation2(yaw) @ arm[:2]

    def _hang(self, held: bool) -> None:
        """Hang the robot on its stand, or let it stand by itself; wheels need no stand.

        A person holds it before its torque goes.
        """
        body = self.robot.body
        if self._name == "greeter" and isinstance(body, BulletBody):
            body.mechanism.suspend(held, raised=_rise(body.spec) if self.robot.in_jig else 0.0)
            self._on_stand = held


def _rise(spec: BodySpec) -> float:
    """Return how much higher the base is at which straight legs hang free [m]."""
    foot, straight = spec.soles[0].foot, np.zeros(len(spec.initial_joints))
    start, _ = spec.model.pose_in_base(foot, spec.initial_joints)
    zero, _ = spec.model.pose_in_base(foot, straight)
    return float(start[2] - zero[2]) + CLEAR


def open_live(
    site: str,
    robot: str,
    *,
    seed: int,
    site_folder: Path,
    clock: Callable[[], float],
    in_jig: bool = False,
) -> LiveEmulator:
    """Open a site with one robot behind serial ports.

    Args:
        site: Where it stands.
        robot: greeter or sweeper.
        seed: Of all noise.
        site_folder: Where a copy of the map goes.
        clock: The world's [s].
        in_jig: While its torque is off a jig holds the greeter's joints in their zero pose.

    Raises:
        UnknownName: There is no such robot, or no such site.
        OptionError: The sweeper fits into no jig.
        MissingDependency: PyBullet is not installed.
    """
    if robot not in DEVICES:
        raise UnknownName("robot", robot, list(DEVICES))
    if in_jig and robot != "greeter":
        raise OptionError("--jig is for the greeter; the sweeper has none")
    stage = open_stage(site, robots=(robot,), seed=seed, site_folder=site_folder, visitors=0)
    emulator = LiveEmulator(stage, robot, clock, in_jig=in_jig)
    place = load_world(site).map.georeference
    if robot == "sweeper" and place is not None:
        latitude, longitude, height, yaw = place
        origin = SiteOrigin(radians(latitude), radians(longitude), height, radians(yaw))
        emulator.gnss = GnssPort(origin, np.random.default_rng(seed))
    return emulator
