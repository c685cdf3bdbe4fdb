"""Serial lidars LDROBOT LD19 and STL-27L: bytes to turns, turns to scans, and back. No I/O.

A packet has 47 bytes, little-endian: 0x54, 0x2C, speed [°/s], first bearing [0.01°], twelve points
(distance [mm], intensity), last bearing [0.01°], time [ms, 0 to 29 999], CRC-8 (polynomial 0x4D).
Bearings count clockwise from the arrow on the housing, as seen from above; the points lie evenly
between the two. Source: LDROBOT, "LD19 Development Manual" 2.3 and "STL-27L Development Manual",
chapter "Communication protocol", whose example packet is a test vector here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Scan

HEADER = b"\x54\x2c"
LENGTH = 47
POINTS = 12
"""Points in a packet."""
CLOCK = 30_000
"""Where the packet's time starts anew [ms]."""
WHOLE = 36_000
"""A whole turn [0.01°]."""
_U16_MOST = 0xFFFF


class Model(NamedTuple):
    """What differs between the lidars."""

    name: str
    baud: int
    """Of its serial line, 8 data bits, no parity [1/s]."""
    rate: float
    """Points it measures [1/s]."""
    range_most: float
    """[m]."""


LD19 = Model("LD19", 230_400, 4_500.0, 12.0)
STL_27L = Model("STL-27L", 921_600, 21_600.0, 25.0)


def _crc_table() -> bytes:
    rows = []
    for value in range(256):
        for _ in range(8):
            value = (value << 1) ^ (0x4D if value & 0x80 else 0)
        rows.append(value & 0xFF)
    return bytes(rows)


_TABLE = _crc_table()


def crc8(data: bytes) -> int:
    """Return the CRC-8 of ``data``: polynomial 0x4D, start 0, not reflected."""
    crc = 0
    for byte in data:
        crc = _TABLE[crc ^ byte]
    return crc


class Packet(NamedTuple):
    """Twelve points, in the units of the wire."""

    speed: int
    """[°/s]."""
    first: int
    """Bearing of the first point, clockwise [0.01°]."""
    last: int
    """Bearing of the last point [0.01°]."""
    distance: tuple[int, ...]
    """[mm]; 0 where nothing came back."""
    intensity: tuple[int, ...]
    """0 to 255."""
    time: int
    """[ms], starts anew every 30 s."""


def encode_packet(packet: Packet) -> bytes:
    """Return the 47 bytes of ``packet``; numbers outside their field are brought to its edge."""
    body = bytearray(HEADER)
    body += _u16(packet.speed) + _u16(packet.first % WHOLE)
    for distance, intensity in zip(packet.distance, packet.intensity, strict=True):
        body += _u16(distance) + bytes((min(max(intensity, 0), 0xFF),))
    body += _u16(packet.last % WHOLE) + _u16(packet.time % CLOCK)
    body.append(crc8(bytes(body)))
    return bytes(body)


def decode_packet(data: bytes) -> Packet | None:
    """Return the packet that ``data`` (47 bytes) is; None where header or CRC are wrong."""
    if len(data) != LENGTH or data[:2] != HEADER or crc8(data[:-1]) != data[-1]:
        return None
    words = [data[at] | data[at + 1] << 8 for at in (2, 4, 42, 44)]
    points = data[6:42]
    distance = tuple(points[at] | points[at + 1] << 8 for at in range(0, 36, 3))
    return Packet(words[0], words[1], words[2], distance, tuple(points[2::3]), words[3])


def _u16(value: int) -> bytes:
    return min(max(int(value), 0), _U16_MOST).to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the mirror, point by point, in the order in which they were measured."""

    angle: Array
    """Bearings, shape (m,) [rad], from -π to π, counter-clockwise from the arrow."""
    range: Array
    """Distances, shape (m,) [m]; infinite where nothing came back."""
    intensity: Array
    """0 to 1, shape (m,)."""
    time: Array
    """When each was measured, on the lidar's clock since the decoder's first packet, (m,) [s]."""
    speed: float
    """Mean speed of the mirror [rad/s]."""

    @property
    def duration(self) -> float:
        """Time from the first point to the last [s]."""
        return float(self.time[-1] - self.time[0])


@dataclass(slots=True)
class Decoder:
    """Bytes in, whole turns out; finds its way back into the stream by itself.

    A packet with a wrong CRC is dropped and counted, and the search for the next header begins one
    byte on, so what follows a torn packet is never lost with it.
    """

    packets: int = 0
    """Packets taken."""
    bad_crc: int = 0
    """Headers whose packet had a wrong CRC, or bearings that no mirror turns through."""
    skipped: int = 0
    """Bytes that belong to no packet."""
    rate_least: float = 0.5 * LD19.rate
    """Packets whose bearings are wider apart than at this rate are dropped [points/s]."""
    _pending: bytearray = field(default_factory=bytearray)
    _points: list[tuple[float, int, int, float]] = field(default_factory=list)
    _speeds: list[int] = field(default_factory=list)
    _clock: int = -1
    _time: float = 0.0
    _entered: bool = False

    def feed(self, data: bytes) -> list[Turn]:
        """Take in what came from the line, any number of bytes; return the turns now complete."""
        self._pending += data
        turns: list[Turn] = []
        at = self._seek(0)
        while len(self._pending) - at >= LENGTH:
            packet = decode_packet(bytes(self._pending[at : at + LENGTH]))
            if packet is None or not self._is_plausible(packet):
                self.bad_crc += 1
                self.skipped += 1
                at = self._seek(at + 1)
                continue
            self.packets += 1
            turns += self._take(packet)
            at = self._seek(at + LENGTH)
        del self._pending[:at]
        return turns

    def _seek(self, at: int) -> int:
        """Return where the next header begins, or may begin, from ``at`` on."""
        found = self._pending.find(HEADER, at)
        if found < 0:
            end = len(self._pending)
            found = end - (end > at and self._pending[-1] == HEADER[0])
        self.skipped += found - at
        return found

    def _is_plausible(self, packet: Packet) -> bool:
        wide = (packet.last - packet.first) % WHOLE
        most = 100.0 * packet.speed * (POINTS - 1) / self.rate_least
        return max(packet.first, packet.last) < WHOLE and packet.speed > 0 and wide <= most

    def _take(self, packet: Packet) -> list[Turn]:
        """Keep a packet's points; return the turn that it completes, if it does."""
        gap = (packet.time - self._clock) % CLOCK if self._clock >= 0 else 0
        self._clock, self._time = packet.time, self._time + 1e-3 * gap
        if 1e-3 * gap * packet.speed > 180.0:
            self._forget()
        step = (packet.last - packet.first) % WHOLE / (POINTS - 1)
        pause = 0.01 * step / packet.speed
        bearing = [packet.first + k * step for k in range(POINTS)]
        time = [self._time + k * pause for k in range(POINTS)]
        points = list(zip(bearing, packet.distance, packet.intensity, time, strict=True))
        seam = next((k for k, value in enumerate(bearing) if value >= WHOLE), POINTS)
        if self._points and self._points[-1][0] > packet.first:
            seam = 0
        turns = []
        if seam < POINTS:
            self._points += points[:seam]
            turns += self._cut()
        self._entered = self._entered or bearing[0] < step
        self._speeds.append(packet.speed)
        rest = points[seam:] if seam < POINTS else points
        self._points += [(one[0] % WHOLE, *one[1:]) for one in rest]
        if bearing[-1] % WHOLE + step >= WHOLE:
            turns += self._cut()
        return turns

    def _cut(self) -> list[Turn]:
        """End the turn here, if it is one: the first may have begun anywhere."""
        points, speeds, whole = self._points, self._speeds, self._entered
        if whole and len(points) <= POINTS:
            # the last packet already ended the turn, a point too early: these begin the next one
            return []
        self._points, self._speeds, self._entered = [], [], True
        if not whole or not speeds:
            return []
        speed = sum(speeds) / len(speeds)
        if speed * (points[-1][3] - points[0][3]) < 180.0:
            return []
        table = np.array(points)
        distance = np.where(table[:, 1] > 0.0, table[:, 1] / 1000.0, np.inf)
        angle = _counter_clockwise(table[:, 0])
        bright, time = table[:, 2] / 255.0, table[:, 3]
        return [
            Turn(frozen(angle), frozen(distance), frozen(bright), frozen(time), math.radians(speed))
        ]

    def _forget(self) -> None:
        """Begin anew after a hole in the stream: the turn under way cannot be completed."""
        self._points, self._speeds, self._entered = [], [], False


def _counter_clockwise(bearing: Array) -> Array:
    """Return clockwise ``bearing`` [0.01°] as angles from -π up to π [rad]."""
    turned = np.remainder(0.5 * WHOLE - bearing, WHOLE) - 0.5 * WHOLE
    return np.asarray(np.radians(0.01 * turned))


def as_seen_at_the_end(turn: Turn, twist: ArrayLike) -> Turn:
    """Return a turn as if all of it had been measured at its last point's time.

    A lidar that moves while its mirror turns draws walls bent; at 1 rad/s and ten turns a second
    the first point is 6° off.

    Args:
        turn: As it came from the decoder.
        twist: Velocity of the lidar during the turn in its own frame, (vx, vy, wz) [m/s, rad/s].
    """
    vx, vy, wz = np.asarray(twist, dtype=np.float64)
    if vx == vy == wz == 0.0:
        return turn
    left = turn.time[-1] - turn.time
    heading = wz * left
    # chord of the arc that the lidar still drives, seen from where it was at the point's time
    half = np.sinc(heading / (2.0 * np.pi))
    ahead = left * half * (vx * np.cos(heading / 2.0) - vy * np.sin(heading / 2.0))
    aside = left * half * (vx * np.sin(heading / 2.0) + vy * np.cos(heading / 2.0))
    seen = np.isfinite(turn.range)
    reach = np.where(seen, turn.range, 1.0)
    x = reach * np.cos(turn.angle) - np.where(seen, ahead, 0.0)
    y = reach * np.sin(turn.angle) - np.where(seen, aside, 0.0)
    angle = np.remainder(np.arctan2(y, x) - heading + np.pi, 2.0 * np.pi) - np.pi
    distance = np.where(seen, np.hypot(x, y), np.inf)
    return Turn(frozen(angle), frozen(distance), turn.intensity, turn.time, turn.speed)


def scan_of(turn: Turn, angles: Array) -> Scan:
    """Return the scan that controllers expect: the nearest point of a turn at each bearing.

    Nothing is averaged, which would invent surfaces between what is near and what is behind it.
    Where no point was measured (a lost packet) the range is 0, which everybody drops; an infinite
    one would say that the way is free.

    Args:
        turn: Of the lidar.
        angles: Bearings wanted, ascending, shape (m,) [rad].
    """
    order = np.argsort(turn.angle, kind="stable")
    bearing = turn.angle[order]
    around = np.concatenate((bearing[-1:] - 2.0 * np.pi, bearing, bearing[:1] + 2.0 * np.pi))
    source = np.concatenate((order[-1:], order, order[:1]))
    after = np.clip(np.searchsorted(around, angles), 1, len(around) - 1)
    nearer = angles - around[after - 1] <= around[after] - angles
    chosen = np.where(nearer, after - 1, after)
    spacing = float(np.median(np.diff(bearing))) if len(bearing) > 1 else 0.0
    grid = float(np.median(np.diff(angles))) if len(angles) > 1 else 0.0
    near = np.abs(around[chosen] - angles) <= max(0.95 * spacing, 0.5 * grid)
    return Scan(angles, np.where(near, turn.range[source[chosen]], 0.0))


def packets_of(scan: Scan, *, speed: float, time: float) -> list[Packet]:
    """Return the packets in which a lidar would send a whole turn: the emulator's side.

    The turn begins at the arrow and goes clockwise. ``scan_of`` on the same bearings gives the
    same ranges, rounded to a millimetre.

    Args:
        scan: Evenly spaced bearings of a whole turn, a multiple of twelve of them.
        speed: Of the mirror [rad/s].
        time: When the turn begins, on the lidar's clock [s].
    """
    clockwise = np.remainder(np.rint(-np.degrees(scan.angle) * 100.0), WHOLE).astype(np.int64)
    order = np.argsort(clockwise, kind="stable")
    bearing = clockwise[order]
    reach = np.where(np.isfinite(scan.range), scan.range, 0.0)[order]
    distance = np.clip(np.rint(1e3 * reach), 0, _U16_MOST).astype(np.int64)
    degrees = max(1, round(math.degrees(speed)))
    packets = []
    for at in range(0, len(order) - POINTS + 1, POINTS):
        one = slice(at, at + POINTS)
        when = round(1e3 * time + 10.0 * float(bearing[at]) / degrees) % CLOCK
        bright = tuple(200 if value else 0 for value in distance[one])
        first, last = int(bearing[at]), int(bearing[at + POINTS - 1])
        packets.append(Packet(degrees, first, last, tuple(distance[one].tolist()), bright, when))
    return packets
