"""A whole run over a serial port: the devices in another process, commands as a person types them.

Nothing here depends on how fast the machine is: a run that is late stops by itself and says so, and
still ends as it should.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from robotics.deploy.calibration import read
from robotics.deploy.doctor import on_wire
from robotics.record.reader import read_entries, read_head
from robotics.wire.bus import Bus, Timing
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock

PATIENCE = 240.0
"""A busy machine may need so long for anything here [s]."""
LATE = ("no new command", "silent", "answer")
"""How it is said that a program on a busy machine was late, or its devices were."""
ROBOTICS = (sys.executable, "-c", "from robotics.cli import main; main()")


def environment() -> dict[str, str]:
    """Return a plain terminal, and one processor for each program."""
    return {**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}


def robotics(*arguments: str, says: str = "") -> subprocess.CompletedProcess[str]:
    """Type a command, and ``says`` to what it asks."""
    return subprocess.run(
        [*ROBOTICS, *arguments],
        input=says,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(),
        check=False,
    )


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a command that runs; it is ended like by Ctrl-C."""
    with subprocess.Popen(
        [*ROBOTICS, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def heard(process: subprocess.Popen[str], until: str) -> list[str]:
    """Return what a command says, up to a line with ``until``."""
    assert process.stdout is not None
    lines = []
    guard = threading.Timer(PATIENCE, process.kill)
    guard.start()
    try:
        for line in process.stdout:
            lines.append(line)
            if until in line:
                return lines
    finally:
        guard.cancel()
    pytest.fail(f"it ended without '{until}': {''.join(lines)}")


@contextlib.contextmanager
def emulated(*arguments: str) -> Iterator[list[str]]:
    """Yield the ports of an emulated robot: bus, lidar; satellites and kerb lidar, if any."""
    with started("emulate", *arguments) as process:
        lines = heard(process, "running")
        yield [line.split()[0] for line in lines if line.startswith("/dev/")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the map of the yard."""
    folder = tmp_path_factory.mktemp("map")
    assert robotics("export", "yard", str(folder)).returncode == 0
    return folder


def moved(record: Path, robot: str) -> float:
    """Return how far the joint that moved most went in a recorded run [rad]."""
    seen = [
        entry.value["joints"]["position"]
        for entry in read_entries(record)
        if entry.topic == f"/{robot}/observation"
    ]
    assert len(seen) > 50
    return float(np.ptp(np.array(seen), axis=0).max())


@pytest.mark.slow
def test_a_sweeper_runs_and_ends_by_ctrl_c(site: Path, tmp_path: Path) -> None:
    """Doctor; all ports are heard, wheels turn; the bus is kept; a report; rest."""
    folder = tmp_path / "report"
    with emulated("sweeper") as (bus, lidar, satellites, kerb):
        doctor = robotics("doctor", "--on", bus)
        assert "all 1 ids answer" in doctor.stdout
        assert "chassis board (id 200)  battery" in doctor.stdout
        plugged = ("--on", bus, "--lidar", lidar, "--gnss", satellites, "--derate")
        plugged = (*plugged, "--kerb-lidar", kerb)
        options = ("--robot", "sweeper", "--minutes", "30", "--no-video", "--report", str(folder))
        with started("run", str(site), *plugged, *options) as run:
            told = heard(run, " driving")
            second = robotics("doctor", "--on", bus)
            assert second.returncode == 2
            assert "another program has it" in second.stderr
            run.send_signal(signal.SIGINT)
            assert run.stdout is not None
            told += run.stdout.readlines()
            assert run.wait(PATIENCE) == 0, "".join(told)
        assert robotics("rest", "--on", bus, "--robot", "sweeper").returncode == 0
    record = folder / "run.mcap"
    assert (folder / "report.html").exists()
    assert read_head(record).config["on"] == bus
    kinds = [
        key
        for entry in read_entries(record)
        if entry.topic == "/sweeper/observation"
        for key in ("scan", "gnss", "kerb_scan")
        if entry.value.get(key) is not None
    ]
    assert set(kinds) == {"scan", "gnss", "kerb_scan"}
    assert moved(record, "sweeper") > 0.1


@pytest.mark.slow
def test_a_sweeper_is_calibrated_and_others_are_refused(site: Path, tmp_path: Path) -> None:
    """A drive finds what was drawn, for that is what was built; the other robot's port is told.

    A machine that is too late ends the drive, by one line and without a file; what a drive finds on
    one that is not is also proved in ``tests/emulator/test_calibrated_behind_a_line.py``.
    """
    file = tmp_path / "calibration.yaml"
    with emulated("sweeper") as (bus, *_):
        done = robotics(
            *("calibrate", "--on", bus, "--robot", "sweeper", "--file", str(file)),
            says="y\n4.0\ny\n",
        )
        wrong = robotics(
            *("run", str(site), "--robot", "greeter", "--on", bus, "--derate", "--no-video"),
            *("--report", str(tmp_path / "report")),
        )
    if done.returncode == 0:
        assert read(file).wheel_scale == pytest.approx(1.0, abs=0.02)
        assert read(file).track_scale == pytest.approx(1.0, abs=0.03)
    else:
        assert any(word in done.stderr for word in LATE), done.stderr
        assert "Traceback" not in done.stderr
        assert not file.exists()
    assert wrong.returncode == 2
    assert any(one in wrong.stderr for one in ("none of the 26 devices answers", "no SCHED_FIFO"))


@pytest.mark.slow
def test_a_greeter_from_its_jig_to_a_first_motion(site: Path, tmp_path: Path) -> None:
    """Doctor, calibrate, doctor, run: servos that were put on askew are found, then it moves."""
    file, folder = tmp_path / "calibration.yaml", tmp_path / "report"
    askew = {id: (-1) ** id * 5 * id for id in range(1, 23)}
    with emulated("greeter", "--jig") as (bus, _):
        put_on(bus, askew)
        asked = ("--on", bus, "--robot", "greeter")
        done = robotics("calibrate", *asked, "--file", str(file), says="y\n")
        assert done.returncode == 0, done.stderr
        assert "22 offsets are in the servos" in done.stdout
        left = offsets(bus)
        assert max(abs(one) for one in left.values()) <= 3
        assert "all 26 ids answer, all as expected" in robotics("doctor", "--on", bus).stdout
        run = robotics(
            *("run", str(site), *asked, "--calibration", str(file), "--minutes", "0.1"),
            *("--derate", "--no-video", "--report", str(folder)),
        )
        assert run.returncode == 0, run.stderr
        assert robotics("rest", *asked).returncode == 0
    assert "blocked" not in run.stdout
    assert moved(folder / "run.mcap", "greeter") > 0.2


def put_on(port: str, askew: dict[int, int]) -> None:
    """Let servos read as if their horns were ``askew`` [counts], by id."""
    with bus_at(port) as bus:
        for device in on_wire("greeter").line.devices[:22]:
            bus.set(device.id, device.table["homing_offset"], askew[device.id])


def offsets(port: str) -> dict[int, int]:
    """Return the homing offset of each servo [counts], by id."""
    with bus_at(port) as bus:
        devices = on_wire("greeter").line.devices[:22]
        return {one.id: bus.get(one.id, one.table["homing_offset"]) for one in devices}


@contextlib.contextmanager
def bus_at(port: str) -> Iterator[Bus]:
    """Yield the greeter's bus, with time for busy devices."""
    baud = on_wire("greeter").line.timing.baud
    link = SerialLink(port, baud)
    try:
        yield Bus(link, WallClock(), Timing(baud, delay=0.001, latency=0.2))
    finally:
        link.close()
