"""The boards as flashed: built by avr-gcc, run in simavr, driven by our own driver.

Bytes go through a pseudo-terminal, as from a robot's port. Simulated time passes only while
somebody here waits for it, so a busy machine changes nothing.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from robotics.wire import boards
from robotics.wire.boards import CHASSIS_BOARD, CHASSIS_COMMAND, CHASSIS_FEEDBACK, DRIVES
from robotics.wire.bus import Bus, Refused, Timing
from robotics.wire.cycle import Addresses
from robotics.wire.driver import Driver
from robotics.wire.fast import Block, common_answer, salvage
from robotics.wire.instructions import Span, sync_read
from robotics.wire.lineup import Device, Line
from robotics.wire.links import SerialLink
from robotics.wire.packet import Instruction, instruction_frame

FIRMWARE = Path(__file__).parents[2] / "firmware"
TIMING = Timing(1_000_000, delay=0.0, latency=0.01)
"""As on a robot, and some more: simavr's SPI is fifty times slower than the chip's."""
PERIOD, WATCHDOG = 0.02, 0.1
HANG = 120.0
"""Bytes that the board has said are under way in the kernel no longer than this [s]."""
FOREVER = 2**32 - 1
LOOK = 0.001
"""[s]."""


@dataclass(frozen=True)
class Seen:
    """What the simulator shows of the hardware."""

    time: float
    """Simulated [s]: all durations here are of this, so a slow machine changes nothing."""
    speed: np.ndarray
    """True, of five motors [rad/s]."""
    is_braking: bool
    duty: np.ndarray


class Simulator:
    """A board in simavr; it is the clock of whoever talks to it, too.

    Attributes:
        port: Its bus.
        written: Bytes that were written to that, so far.
        said: Bytes that the board has said, so far.
    """

    def __init__(self, build: Path, board: str) -> None:
        self.process = subprocess.Popen(
            [build / "simulate", build / f"{board}.elf", "stepped"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.port = self._line("bus").split()[1]
        self.written = self.said = 0
        self._now = 0.0

    def _line(self, begin: str) -> str:
        assert self.process.stdout is not None
        while not (line := self.process.stdout.readline()).startswith(begin):
            assert line, "the simulator has ended"
        return line

    def tell(self, text: str) -> None:
        """Change the hardware."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def look(self) -> Seen:
        """Return how the hardware is."""
        self.tell("state")
        numbers = [float(word) for word in self._line("state").split()[1:]]
        speed, duty = np.array(numbers[2:7]), np.array(numbers[8:13])
        return Seen(numbers[0], speed, bool(numbers[7]), duty)

    def load(self) -> tuple[int, int]:
        """Return the processor's cycles since the start, and how many of them it worked."""
        self.tell("load")
        cycles, slept = (int(word) for word in self._line("load").split()[1:])
        return cycles, cycles - slept

    def now(self) -> float:
        """Return the simulated time [s]."""
        return self._now

    def wait_until(self, instant: float) -> None:
        """Let time pass until it is ``instant`` [s]."""
        self.run(instant)

    def run(self, until: float, most: int = FOREVER) -> None:
        """Let time pass until ``until`` [s], or until more than ``most`` bytes were said."""
        self.tell(f"run {until:.9f} {self.written} {most}")
        now, said = self._line("ran").split()[1:]
        self._now, self.said = float(now), int(said)

    def pass_time(self, seconds: float) -> list[Seen]:
        """Look every millisecond for so long."""
        seen = [self.look()]
        while seen[-1].time < seen[0].time + seconds:
            self.run(self.now() + LOOK)
            seen.append(self.look())
        return seen

    def close(self) -> None:
        """End it."""
        self.tell("end")
        self.process.wait(10)


class BoardLink:
    """The host's end of a board's bus: what takes time there lets it pass."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._port = simulator, SerialLink(simulator.port, TIMING.baud)
        self._fetched = simulator.said
        self.name = simulator.port

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        self._port.write(data)
        self._simulator.written += len(data)

    def read(self, timeout: float) -> bytes:
        """See ``Link``: bytes that were said are waited for, however busy the kernel is."""
        simulator, data = self._simulator, b""
        if simulator.said == self._fetched:
            simulator.run(simulator.now() + max(timeout, 0.0), self._fetched)
        while self._fetched < simulator.said:
            piece = self._port.read(HANG)
            assert piece, "the kernel has lost bytes"
            data, self._fetched = data + piece, self._fetched + len(piece)
        return data

    def flush(self) -> None:
        """See ``Link``."""
        self.read(0.0)

    def close(self) -> None:
        """See ``Link``."""
        self._port.close()


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build firmware and simulator."""
    for tool, package in (("avr-gcc", "gcc-avr avr-libc"), ("cc", "gcc"), ("make", "make")):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here; apt-get install {package}")
    if not Path("/usr/include/simavr/sim_avr.h").exists():
        pytest.skip("no simavr here; apt-get install libsimavr-dev")
    folder = tmp_path_factory.mktemp("avr")
    command = ["make", "-C", str(FIRMWARE), "avr", "simulator", f"BUILD={folder}"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def chassis_sim(build: Path) -> Iterator[Simulator]:
    """A chassis board that has just been switched on."""
    simulator = Simulator(build, "chassis")
    simulator.wait_until(0.05)
    yield simulator
    simulator.close()


@pytest.fixture
def sensors_sim(build: Path) -> Iterator[Simulator]:
    """A sensor board that has just been switched on."""
    simulator = Simulator(build, "sensors")
    simulator.wait_until(0.05)
    yield simulator
    simulator.close()


def driver_of(simulator: Simulator) -> Driver:
    """Return our driver for the sweeper's only device."""
    device = Device(boards.CHASSIS_ID, "chassis board", CHASSIS_BOARD)
    told = Addresses(CHASSIS_COMMAND.address, CHASSIS_COMMAND.length)
    read = Addresses(CHASSIS_FEEDBACK.address, CHASSIS_FEEDBACK.length)
    line = Line((device,), told, read, TIMING, period=PERIOD, watchdog=WATCHDOG)
    return Driver(line, lambda: BoardLink(simulator), simulator)


def command(wheels: float) -> np.ndarray:
    """Return a command for the board: both wheels alike [rad/s]."""
    record = np.zeros(1, dtype=CHASSIS_COMMAND.dtype)
    for drive in DRIVES:
        record[f"limit_{drive}"] = 1000
    record["goal_wheel_left"] = record["goal_wheel_right"] = round(1000 * wheels)
    return record.view(np.uint8).reshape(1, -1)


def feedback(rows: np.ndarray) -> np.void:
    """Return what the board says."""
    return np.ascontiguousarray(rows).view(CHASSIS_FEEDBACK.dtype)[0, 0]


def drive(driver: Driver, simulator: Simulator, wheels: float, seconds: float) -> np.void:
    """Give a new command every 20 ms for so long; return the last feedback."""
    begin = instant = simulator.now()
    while instant < begin + seconds:
        heard = driver.exchange(command(wheels), stamp=instant)
        assert heard.fresh.all()
        instant = max(instant + PERIOD, simulator.now())
        simulator.wait_until(instant)
    return feedback(heard.rows)


def test_from_power_on_to_a_stop(chassis_sim: Simulator) -> None:
    """Configure, activate (the watchdog is proven by a silence), drive, fall silent, stop.

    The age of the command bites at 100 ms, and 5 rad/s need 0.63 s at 8 rad/s²; the first 0.3 rad/s
    of them 0.04 s, and the simulator's motors follow 0.08 s late.
    """
    driver = driver_of(chassis_sim)
    driver.configure()
    driver.activate()
    assert np.abs(chassis_sim.look().speed).max() == 0.0
    told = drive(driver, chassis_sim, 5.0, 1.5)
    assert driver.stop_reason == ""
    assert abs(told["speed_wheel_left"] / 1000 - 5.0) < 0.15
    assert np.allclose(chassis_sim.look().speed[:2], 5.0, atol=0.15)
    before = chassis_sim.now()
    driver.exchange(command(5.0), stamp=-1.0)
    after = chassis_sim.now()
    seen = chassis_sim.pass_time(1.3)
    slower = next(one.time for one in seen if one.speed[0] < 4.7)
    still_fast = max(one.time for one in seen if one.speed[0] >= 4.7)
    still_moving = max(one.time for one in seen if abs(one.speed[0]) >= 0.05)
    assert slower - before > WATCHDOG
    assert still_fast - after < WATCHDOG + 0.04 + 0.08
    assert still_moving - after < WATCHDOG + 0.85
    assert seen[-1].is_braking
    assert driver.bus.get(200, CHASSIS_BOARD["bus_watchdog"]) == -1
    driver.close()


def test_the_stop_button_needs_no_host(chassis_sim: Simulator) -> None:
    """Pressed while driving: the ramp, the brake, no torque; the host is told why."""
    driver = driver_of(chassis_sim)
    driver.configure()
    driver.activate()
    drive(driver, chassis_sim, 4.0, 0.8)
    chassis_sim.tell("contact 0 1")
    told = drive(driver, chassis_sim, 4.0, 0.9)
    seen = chassis_sim.look()
    assert np.abs(seen.speed[:2]).max() < 0.05
    assert seen.is_braking
    assert not seen.duty.any()
    assert told["status"] & (1 << boards.STOP_BUTTON)
    assert told["status"] & (1 << boards.STOPPED)
    assert driver.bus.get(200, CHASSIS_BOARD["torque_enable"]) == 0
    driver.close()


def test_nothing_is_lost_behind_what_is_torn(chassis_sim: Simulator) -> None:
    """40 frames cut anywhere, noise between them: each ping behind is answered."""
    link = BoardLink(chassis_sim)
    bus = Bus(link, chassis_sim, TIMING)
    rng = np.random.default_rng(1)
    whole = instruction_frame(200, Instruction.WRITE, b"\x68\x00" + bytes(20))
    for _ in range(40):
        noise = rng.integers(0, 256, rng.integers(0, 30)).astype(np.uint8).tobytes()
        link.write(noise + whole[: rng.integers(1, len(whole))])
        found = bus.ping(200, tries=1)
        assert found is not None
        assert found.model == CHASSIS_BOARD.model
    assert [one.id for one in bus.scan()] == [200]
    link.close()


def test_settings_last(chassis_sim: Simulator) -> None:
    """What was written to EEPROM is there after a restart; what was not is as new."""
    link = BoardLink(chassis_sim)
    bus = Bus(link, chassis_sim, TIMING)
    bus.set(200, CHASSIS_BOARD["ramp_wheel"], 321)
    bus.set(200, CHASSIS_BOARD["lights"], 1)
    chassis_sim.pass_time(0.1)
    bus.reboot(200)
    chassis_sim.pass_time(0.4)
    assert bus.get(200, CHASSIS_BOARD["ramp_wheel"]) == 321
    assert bus.get(200, CHASSIS_BOARD["lights"]) == 0
    link.close()


def test_the_sensor_board_in_the_greeters_fast_sync_read(sensors_sim: Simulator) -> None:
    """22 servos speak, then its four pages: rates, accelerations, feet; each with a right CRC."""
    sensors_sim.tell("imu 0 0 4096 1000 -2000 500")
    for channel in range(8):
        sensors_sim.tell(f"analogue {channel} {500 * (channel + 1)}")
    sensors_sim.pass_time(0.2)
    link = BoardLink(sensors_sim)
    ids = [*range(1, 23), *boards.SENSOR_IDS]
    servos = [Block(id, bytes(range(id, id + 10))) for id in range(1, 23)]
    lengths = [10] * len(ids)
    before = common_answer(lengths, [*servos, None])
    link.flush()
    link.write(sync_read(126, 10, ids, fast=True) + before)
    heard = b""
    while len(heard) < 4 * 14 and (data := link.read(0.01)):
        heard += data
    found = {block.id: block.data for _, block in salvage(before + heard, [(i, 10) for i in ids])}
    assert sorted(found) == ids
    page = [np.frombuffer(found[id], dtype="<i2") for id in boards.SENSOR_IDS]
    expected = np.radians(np.array([1000, -2000, 500]) / 16.4) / boards.GYRO_UNIT
    assert np.abs(page[0][:3] - expected).max() < 3.0
    assert np.allclose(page[1][:3] * boards.ACCELERATION_UNIT, (0.0, 0.0, 9.81), atol=0.02)
    forces = np.concatenate((page[2][:4], page[3][:4])) * boards.FOOT_UNIT
    assert np.allclose(forces, 25.0 * np.arange(1, 9), atol=0.6)
    bus = Bus(link, sensors_sim, TIMING)
    assert not bus.read(Span(200, 132, 2))[0] & 1 << boards.IMU_FAILED
    sensors_sim.tell("imu")
    sensors_sim.pass_time(0.02)
    assert bus.read(Span(200, 132, 2))[0] & 1 << boards.IMU_FAILED
    link.close()


def test_a_speed_that_the_chip_cannot_do_is_refused(sensors_sim: Simulator) -> None:
    """16 MHz over 8 are 2 Mbit/s; nothing changes, on none of the four pages."""
    link = BoardLink(sensors_sim)
    bus = Bus(link, sensors_sim, TIMING)
    for id, table in zip(boards.SENSOR_IDS, boards.SENSOR_PAGES, strict=True):
        for code in (5, 6):
            with pytest.raises(Refused):
                bus.set(id, table["baud_rate"], code)
        assert bus.get(id, table["baud_rate"]) == 3
    bus.set(boards.SENSOR_IDS[0], boards.SENSOR_PAGES[0]["baud_rate"], 4)
    bus.set(boards.SENSOR_IDS[0], boards.SENSOR_PAGES[0]["baud_rate"], 3)
    link.close()


def test_a_byte_costs_less_time_than_it_takes_on_the_line(sensors_sim: Simulator) -> None:
    """Fewer than 160 cycles at 1 Mbit/s, sleep and simavr's slow SPI taken off: what others say."""
    link = BoardLink(sensors_sim)
    lengths = [10] * 22
    said = common_answer(lengths, [Block(id, bytes(range(id, id + 10))) for id in range(1, 23)])
    sensors_sim.pass_time(0.3)
    idle = sensors_sim.load()
    sensors_sim.pass_time(0.3)
    begun = sensors_sim.load()
    for _ in range(20):
        link.write(said)
        sensors_sim.pass_time(0.02)
    sensors_sim.pass_time(0.1)
    done = sensors_sim.load()
    share = (begun[1] - idle[1]) / (begun[0] - idle[0])
    busy = done[1] - begun[1] - share * (done[0] - begun[0])
    assert 40 < busy / (20 * len(said)) < 160
    link.close()
