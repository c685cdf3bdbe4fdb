"""A satellite receiver behind a port: its bytes, its cable, and where on Earth a map lies."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import MapError, OptionError
from robotics.core.geometry import rotation2
from robotics.core.georeference import SiteOrigin, fitted
from robotics.core.messages import FixKind, GnssFix
from robotics.deploy.gnss import BAUD, SerialGnss
from robotics.deploy.hardware import Ports, backend_of, open_hardware
from robotics.estimation.survey.build import Survey
from robotics.estimation.survey.sighting import Sighting
from robotics.mapping.grid import Grid
from robotics.mapping.map_file import write_site
from robotics.mapping.places import load_site
from robotics.robots.sweeper.robot import build
from robotics.survey import Drive, Placed, place_on_earth
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock
from robotics.wire.packet import WireError
from sim.emulator.gnss import PERIOD, SIGMA, GnssPort
from sim.emulator.line import Terminal

HERE = SiteOrigin(math.radians(36.06), math.radians(120.31), 20.0, math.radians(12.0))


def test_a_place_and_back() -> None:
    """From the map to Earth and back again: micrometres within a kilometre, south and west, too."""
    for origin in (HERE, SiteOrigin(-0.6, -1.2, 0.0, 2.0), SiteOrigin(0.0, 3.0, 5.0, -3.0)):
        for place in ((0.0, 0.0), (-4.0, 3.0), (700.0, -700.0)):
            latitude, longitude = origin.place_at(place)
            fix = GnssFix(latitude, longitude, origin.height, FixKind.RTK_FIXED, np.eye(2))
            assert np.allclose(origin.position_in_map(fix), place, atol=1e-6)


def test_a_receiver_on_a_port_is_understood() -> None:
    """What comes out is where the antenna is, to the receiver's own error, once each."""
    port = GnssPort(HERE, np.random.default_rng(1))
    gnss = SerialGnss(lambda: SerialLink(port.terminal.name, BAUD))
    assert gnss.latest(0.0) is None
    off = []
    for tick in range(50):
        now, place = 1.0 + PERIOD * tick, np.array([0.1 * tick, -0.05 * tick])
        port.tell(place, now)
        port.tell(place, now + 0.01)
        fix = gnss.latest(now + 0.05)
        assert fix is not None
        assert fix.kind is FixKind.RTK_FIXED
        assert fix.age == pytest.approx(gnss.latency)
        assert gnss.latest(now + 0.06) is None
        off.append(HERE.position_in_map(fix) - place)
    assert np.std(off, axis=0) == pytest.approx(np.full(2, SIGMA), rel=0.35)
    assert np.abs(np.mean(off, axis=0)).max() < 4.0 * SIGMA / math.sqrt(50)
    assert gnss.decoder.bad == 0
    gnss.close()
    port.close()


@pytest.mark.parametrize(
    ("quality", "kind"), [(1, FixKind.SINGLE), (5, FixKind.RTK_FLOAT), (0, None)]
)
def test_the_kind_of_a_fix_comes_through(quality: int, kind: FixKind | None) -> None:
    """A float solution is told from a fixed one; without satellites there is no fix."""
    port = GnssPort(HERE, np.random.default_rng(1))
    port.quality = quality
    gnss = SerialGnss(lambda: SerialLink(port.terminal.name, BAUD))
    gnss.stream.open(0.0)
    port.tell(np.zeros(2), 1.0)
    fix = gnss.latest(1.0)
    assert (None if fix is None else fix.kind) == kind
    gnss.close()
    port.close()


def test_a_receiver_that_is_pulled_out_comes_back() -> None:
    """No fix meanwhile, no exception; the port is opened anew where it is then."""
    ports = [GnssPort(HERE, np.random.default_rng(seed)) for seed in (1, 2)]
    names = [one.terminal.name for one in ports]
    gnss = SerialGnss(lambda: SerialLink(names[0], BAUD))
    gnss.stream.open(0.0)
    ports[0].close()
    names.pop(0)
    assert gnss.latest(1.0) is None
    assert gnss.latest(2.0) is None
    ports[1].tell(np.zeros(2), 2.5)
    assert gnss.latest(2.5) is not None
    gnss.close()
    ports[1].close()


def site(folder: Path, origin: SiteOrigin | None) -> Path:
    """Write a map of free ground."""
    empty = Grid(np.zeros((40, 40), dtype=np.int8), 0.5, np.array([-10.0, -10.0]))
    write_site(empty, folder, name="sweeper", start=np.zeros(3), origin=origin)
    return folder


def test_a_map_knows_where_on_earth_it_is(tmp_path: Path) -> None:
    """Written and read back; the sweeper's estimator then takes fixes, and else leaves them."""
    found = load_site(site(tmp_path / "a", HERE)).origin
    assert found is not None
    assert np.allclose(found.written, HERE.written, atol=1e-8)
    aid = build(load_site(tmp_path / "a"), np.zeros(3)).estimator.gnss
    assert aid is not None
    plain = load_site(site(tmp_path / "b", None))
    assert plain.origin is None
    assert build(plain, np.zeros(3)).estimator.gnss is None


@pytest.mark.parametrize("wrong", ["[36.0, 120.0]", "here", "[136.0, 120.0, 0.0, 0.0]"])
def test_a_wrong_place_is_named(tmp_path: Path, wrong: str) -> None:
    """With what is allowed."""
    with (site(tmp_path, None) / "site.yaml").open("a") as keys:
        keys.write(f"georeference: {wrong}\n")
    with pytest.raises(MapError, match=r"georeference.*give \[latitude"):
        load_site(tmp_path)


def test_mistakes_with_ports_end_in_one_line(tmp_path: Path) -> None:
    """A map without a place, a greeter, a speed that is none, a port that is not there."""
    terminal = Terminal()
    plain, placed = site(tmp_path / "plain", None), site(tmp_path / "placed", HERE)
    ports = Ports(terminal.name, gnss="/dev/ttyUSB9")
    with pytest.raises(OptionError, match="no georeference"):
        open_hardware(str(plain), ("sweeper",), ports, tmp_path / "x")
    with pytest.raises(OptionError, match="for the sweeper"):
        open_hardware(str(placed), ("greeter",), ports, tmp_path / "x")
    with pytest.raises(OptionError, match="PORT@BAUD"):
        backend_of("sweeper", Ports(terminal.name, gnss="/dev/x@fast"), WallClock())
    for beside in (ports, Ports(terminal.name, "/dev/ttyUSB9"), Ports(terminal.name, "", "/dev/x")):
        with pytest.raises(WireError, match="there is no such port"):
            backend_of("sweeper", beside, WallClock())
    with pytest.raises(WireError, match="another program has it"):
        backend_of("sweeper", Ports(terminal.name, terminal.name), WallClock())
    backend_of("sweeper", Ports(terminal.name), WallClock()).close()
    terminal.hang_up()


def drive(origin: SiteOrigin, noise: float) -> tuple[Survey, Drive]:
    """Return a drive round a corner whose odometry is turned against the map it made."""
    rng, arm = np.random.default_rng(3), np.array([0.2, 0.1])
    poses = np.array([(min(t, 8.0), max(0.0, t - 8.0), 0.1 * t) for t in np.arange(0.0, 16.0, 0.5)])
    turn = np.array([1.0, 2.0, 0.7])
    frames, fixes = [], []
    for tick, pose in enumerate(poses):
        odometry = np.array([*(rotation2(turn[2]) @ pose[:2] + turn[:2]), pose[2] + turn[2]])
        frames.append(Sighting(float(tick), odometry, np.ones((3, 2)), arm))
        place = pose[:2] + rotation2(float(pose[2])) @ arm + rng.normal(0.0, noise, 2)
        fix = GnssFix(*origin.place_at(place), origin.height, FixKind.RTK_FIXED, np.eye(2))
        fixes.append(Placed(tick + 0.0, odometry, fix))
    grid = Grid(np.zeros((8, 8), dtype=np.int8), 1.0, np.zeros(2))
    return Survey(tuple(frames), poses, (), grid), Drive("sweeper", tuple(frames), tuple(fixes))


def test_a_surveyed_map_is_placed_by_the_fixes_of_its_drive() -> None:
    """Exactly by exact ones, to a centimetre and a tenth of a degree by a receiver's."""
    exact = place_on_earth(*drive(HERE, 0.0))
    assert exact is not None
    assert np.allclose(exact.written, HERE.written, atol=1e-9)
    noisy = place_on_earth(*drive(HERE, SIGMA))
    assert noisy is not None
    off = noisy.place_at((4.0, 2.0))
    seen = GnssFix(*off, HERE.height, FixKind.RTK_FIXED, np.eye(2))
    assert np.abs(HERE.position_in_map(seen) - (4.0, 2.0)).max() < SIGMA
    assert abs(noisy.yaw - HERE.yaw) < math.radians(0.1)


def test_too_few_fixes_place_nothing() -> None:
    """None, all at one place, or none that is fixed."""
    found, driven = drive(HERE, 0.0)
    assert place_on_earth(found, Drive("sweeper", driven.sightings)) is None
    assert place_on_earth(found, Drive("sweeper", driven.sightings, driven.fixes[:2])) is None
    with pytest.raises(ValueError, match="apart"):
        fitted([one.fix for one in driven.fixes[:2]], np.zeros((2, 2)))
