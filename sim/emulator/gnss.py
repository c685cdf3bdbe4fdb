"""A satellite receiver behind a serial port of its own: NMEA sentences of an RTK rover."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from robotics.core.arrays import Array
from robotics.core.georeference import SiteOrigin
from sim.emulator.line import Terminal

PERIOD = 0.2
"""A fix comes this often [s]; five times a second is what RTK rovers are usually set to."""
BAUD = 115_200
SIGMA = 0.01
"""Of an RTK fix, east and north [m]; makers give 10 mm and 1 ppm."""
NOON = 43_200.0
"""The receiver's clock when it is switched on [s since midnight, UTC]."""


def sentence(body: str) -> bytes:
    """Return an NMEA sentence with its check sum (IEC 61162-1)."""
    check = reduce(lambda a, b: a ^ b, body.encode(), 0)
    return f"${body}*{check:02X}\r\n".encode()


def degrees(angle: float, width: int) -> str:
    """Return an angle [rad] as degrees and minutes, ``width`` digits for the degrees."""
    minutes = round(60.0 * math.degrees(abs(angle)), 7)
    return f"{int(minutes // 60):0{width}d}{minutes % 60:010.7f}"


class GnssPort:
    """The receiver's end.

    Attributes:
        terminal: Its pseudo-terminal.
        quality: What GGA calls the fix: 4 is RTK fixed, 5 float, 1 single, 0 none.
    """

    def __init__(self, origin: SiteOrigin, rng: np.random.Generator) -> None:
        """Switch it on where the map's origin is at ``origin``; errors are ``rng``'s."""
        self.terminal = Terminal()
        self.quality = 4
        self._origin, self._rng = origin, rng
        self._due = 0.0

    def tell(self, antenna_in_map: Array, now: float) -> None:
        """Say where the antenna (2,) [m] is, if a fix is due."""
        if now < self._due:
            return
        self._due = max(self._due + PERIOD, now)
        self.terminal.put(self.sentences(antenna_in_map, now))

    def sentences(self, antenna_in_map: Array, now: float) -> bytes:
        """Return GGA and GST of one instant."""
        seen = np.asarray(antenna_in_map) + self._rng.normal(0.0, SIGMA, 2)
        latitude, longitude = self._origin.place_at(seen)
        hours, rest = divmod((NOON + now) % 86_400.0, 3600.0)
        minutes, seconds = divmod(rest, 60.0)
        clock = f"{int(hours):02d}{int(minutes):02d}{min(seconds, 59.99):05.2f}"
        north, east = "N" if latitude >= 0.0 else "S", "E" if longitude >= 0.0 else "W"
        place = f"{degrees(latitude, 2)},{north},{degrees(longitude, 3)},{east}"
        height = f"{self._origin.height:.3f},M,0.0,M"
        gga = f"GNGGA,{clock},{place},{self.quality},18,0.6,{height},1.0,0001"
        gst = f"GNGST,{clock},0.02,{SIGMA},{SIGMA},0.0,{SIGMA},{SIGMA},0.02"
        return sentence(gga) + sentence(gst)

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        self.terminal.hang_up()
