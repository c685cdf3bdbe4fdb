"""Measure how soon actuators stop when the host is killed, stopped, or its cable is pulled.

Usage: python benchmarks/stop.py [--seed N] [--robot NAME ...] [--runs N] [--quick]

In real time, both ahead of ordinary programs where the system grants that: the emulated robot under
physics behind a real pseudo-terminal in this process, the host with its driver in another, which is
killed (SIGKILL), stopped (SIGSTOP) or unplugged while the robot moves. *stop* is from that moment
until the devices' own watchdogs have stopped every actuator (wheels ramp down, servos brake where
they are); the worst of all runs counts. *still* is when the base last moved faster than 0.05 m/s,
*arms* how far an arm joint went in the second
after. Peers do not stop by themselves so soon: TurtleBot3's board after 500 ms, VESC after 1 s
(their sources). The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from robotics.core.messages import Command
from robotics.robots.bus_backend import BusBackend
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.greeter.on_wire import GreeterOnWire
from robotics.robots.greeter.robot import standing_pose
from robotics.robots.on_wire import OnWire
from robotics.robots.sweeper import joints as sweeper_joints
from robotics.robots.sweeper.on_wire import SweeperOnWire
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock, monotonic
from robotics.wire.realtime import ask
from robotics.wire.servos import WATCHDOG_TRIPPED
from sim.emulator.live import LiveEmulator, open_live
from sim.emulator.robots import GreeterDevices

HOWS = ("sigkill", "sigstop", "unplug")
ROBOTS = ("sweeper", "greeter")
ARMS = slice(2, 10)
EMULATOR_PRIORITY = 50
"""Below the host's, which has 60."""


@dataclass
class Outcome:
    """What became of one robot after one end."""

    stop: float
    """[s]."""
    still: float
    """[s]."""
    arms: float
    """[rad]."""
    upright: bool
    torque: bool
    """Whether every servo still holds."""


def host(port: str, robot: str) -> None:
    """Drive the robot behind ``port`` until somebody ends this."""
    model = greeter_joints.load() if robot == "greeter" else sweeper_joints.load()
    wire: OnWire = (
        GreeterOnWire(model.joints) if robot == "greeter" else SweeperOnWire(model.joints)
    )
    ask()
    baud = wire.line.timing.baud
    patient = replace(wire.line.timing, latency=0.1)  # emulated devices share the processor
    wire.line = replace(wire.line, timing=patient)
    backend = BusBackend(wire, lambda: SerialLink(port, baud), WallClock())
    backend.reset()
    stand = standing_pose()[0] if robot == "greeter" else np.zeros(len(model.joints))
    effort = model.joints.column("effort")
    while True:
        observation = backend.observe()
        wave = np.sin(4.0 * observation.time)
        target = stand.copy()
        if robot == "greeter":
            target[ARMS] += 0.3 * wave  # arms swing, the rest stands
        else:
            target[:2] = 4.0
        backend.act(Command(target, effort))
        print(" ".join(observation.faults) or "ok", flush=True)


@contextmanager
def started(emulator: LiveEmulator, robot: str) -> Iterator[subprocess.Popen[str]]:
    """Run the host beside the emulator."""
    port = emulator.ports[0][0]
    child = subprocess.Popen(
        [sys.executable, __file__, "--host", port, robot],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGCONT)
        child.kill()
        child.wait()


def is_stopped(emulator: LiveEmulator) -> bool:
    """Whether the watchdogs of all devices with motors have bitten."""
    devices = emulator.robot.devices
    boards = devices.rack.servos if isinstance(devices, GreeterDevices) else devices.segment.devices
    return all(one.memory["bus_watchdog"] == WATCHDOG_TRIPPED for one in boards)


def trial(robot: str, how: str, seed: int) -> Outcome:
    """Let a robot move, end its host, and look on."""
    with tempfile.TemporaryDirectory() as folder:
        ask(EMULATOR_PRIORITY)
        emulator = open_live("yard", robot, seed=seed, site_folder=Path(folder), clock=monotonic)
        try:
            with started(emulator, robot) as child:
                return watch(emulator, child, how)
        finally:
            emulator.close()


def watch(emulator: LiveEmulator, child: subprocess.Popen[str], how: str) -> Outcome:
    """End the host once it commands, and write down what follows."""
    body = emulator.robot.body
    warm = serve(emulator, 240.0, lambda: commanding(emulator) or child.poll() is not None)
    assert warm
    assert child.poll() is None, "the host never commanded"
    serve(emulator, 1.5, lambda: False)
    arms = body.joint_positions()[ARMS].copy()
    begin = monotonic()
    if how == "unplug":
        emulator.line.unplug()
    else:
        os.kill(child.pid, signal.SIGKILL if how == "sigkill" else signal.SIGSTOP)
    assert serve(emulator, 5.0, lambda: is_stopped(emulator)), "nothing stopped"
    stop, still, farthest, end = monotonic() - begin, 0.0, 0.0, monotonic() + 2.0
    while monotonic() < end:
        emulator.step()
        if float(np.hypot(*body.true_velocity()[:2])) > 0.05:
            still = monotonic() - begin
        farthest = max(farthest, float(np.abs(body.joint_positions()[ARMS] - arms).max(initial=0)))
    return Outcome(
        stop,
        still,
        farthest,
        emulator_upright(emulator),
        all(one.is_locked for one in emulator.robot.devices.segment.devices),
    )


def emulator_upright(emulator: LiveEmulator) -> bool:
    """Whether the robot has not fallen."""
    position, _ = emulator.robot.body.true_base()
    standing = isinstance(emulator.robot.devices, GreeterDevices)
    return not standing or float(position[2]) > 0.3


def commanding(emulator: LiveEmulator) -> bool:
    """Whether the watchdogs are armed: the host has sent its first commands."""
    return all(
        one.memory["bus_watchdog"] > 0 and one.is_locked
        for one in emulator.robot.devices.segment.devices
    ) and bool(np.abs(emulator.robot.body.torque).max() > 0.0)


def serve(emulator: LiveEmulator, most: float, until: object) -> bool:
    """Let the emulator run until something holds; False if it did not within ``most`` [s]."""
    assert callable(until)
    end = monotonic() + most
    while monotonic() < end:
        emulator.step()
        if until():
            return True
    return False


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--robot", nargs="*", default=list(ROBOTS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one run of the sweeper each")
    parser.add_argument("--host", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.host:
        host(*arguments.host)
        return
    robots = ["sweeper"] if arguments.quick else arguments.robot
    runs = 1 if arguments.quick else arguments.runs
    worst: dict[str, float] = {}
    print(f"{'robot':8} {'end':8} {'stop':>9} {'still':>8} {'arms':>8}  stands  holds")
    for robot in robots:
        for how in HOWS:
            found = [trial(robot, how, arguments.seed + run) for run in range(runs)]
            slowest = max(found, key=lambda one: one.stop)
            worst[f"{how}_ms"] = max(worst.get(f"{how}_ms", 0.0), 1e3 * slowest.stop)
            print(
                f"{robot:8} {how:8} {1e3 * slowest.stop:6.0f} ms"
                f" {max(one.still for one in found):6.2f} s"
                f" {max(one.arms for one in found):6.3f}  "
                f"{all(one.upright for one in found)!s:6}  {all(one.torque for one in found)}",
                flush=True,
            )
    print(json.dumps({key: round(value, 1) for key, value in worst.items()}))


if __name__ == "__main__":
    main()
