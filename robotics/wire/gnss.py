"""Satellite receivers: NMEA 0183 sentences to fixes with an honest covariance. No I/O.

Used are GGA (position and kind of fix) and GST (error ellipse); everything else is passed over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import time as time_of_day
from typing import Any

import numpy as np
import pynmea2

from robotics.core.arrays import Array
from robotics.core.errors import InvalidMessage
from robotics.core.messages import FixKind, GnssFix

LONGEST = 256
"""A sentence has at most 82 characters; receivers of four systems send up to about 120."""
KINDS = {
    **{1: FixKind.SINGLE, 2: FixKind.DIFFERENTIAL, 3: FixKind.SINGLE},
    **{4: FixKind.RTK_FIXED, 5: FixKind.RTK_FLOAT, 6: FixKind.ESTIMATED},
}
"""GGA's quality number, NMEA 0183; others are no fix."""
RANGE_ERROR = {
    **{FixKind.ESTIMATED: 10.0, FixKind.SINGLE: 2.5, FixKind.DIFFERENTIAL: 0.8},
    **{FixKind.RTK_FLOAT: 0.4, FixKind.RTK_FIXED: 0.014},
}
"""One sigma of a horizontal position at a dilution (HDOP) of 1 [m], where a receiver sends no GST:
SPS performance standard (2020), 2.5 m open sky; makers' 0.8 m differential, 14 mm RTK."""
_DAY = 86_400.0


@dataclass(slots=True)
class NmeaDecoder:
    """Bytes in, fixes out.

    A fix comes as soon as all is known that the receiver says of its instant: with GGA alone, or,
    where it sends GST too, with the later of the two.
    """

    sentences: int = 0
    """Sentences that were right."""
    bad: int = 0
    """Lines with a wrong checksum, or that are no sentence."""
    _pending: bytearray = field(default_factory=bytearray)
    _place: Any = None
    _place_at: float = -1.0
    _errors: Array | None = None
    _errors_at: float = -1.0
    _has_errors: bool = False

    def feed(self, data: bytes) -> list[GnssFix]:
        """Take in what came from the line, any number of bytes; return the fixes now complete."""
        self._pending += data
        *lines, rest = bytes(self._pending).split(b"\n")
        self._pending = bytearray(rest[-LONGEST:])
        fixes = []
        for line in lines:
            begin = line.rfind(b"$")
            if begin < 0:
                self.bad += bool(line.strip())
                continue
            fixes += self._take(line[begin:].strip())
        return fixes

    def _take(self, line: bytes) -> list[GnssFix]:
        """Take one sentence; whatever is wrong with it only counts."""
        try:
            sentence = pynmea2.parse(line.decode("ascii"), check=True)
            self.sentences += 1
            kind = getattr(sentence, "sentence_type", "")
            if kind == "GGA":
                return self._take_place(sentence)
            if kind == "GST":
                return self._take_errors(sentence)
        except (pynmea2.ParseError, ValueError, TypeError, AttributeError, InvalidMessage):
            self.bad += 1
        return []

    def _take_place(self, sentence: Any) -> list[GnssFix]:
        late = self._finish(_seconds(sentence.timestamp) - self._place_at)
        self._place, self._place_at = sentence, _seconds(sentence.timestamp)
        complete = not self._has_errors or self._errors_at == self._place_at
        return [*late, *self._finish(0.0)] if complete else late

    def _take_errors(self, sentence: Any) -> list[GnssFix]:
        self._errors, self._errors_at = _ellipse(sentence), _seconds(sentence.timestamp)
        self._has_errors = self._errors is not None
        return self._finish(0.0) if self._errors_at == self._place_at else []

    def _finish(self, age: float) -> list[GnssFix]:
        """Return the fix that waits, ``age`` [s] old, if one does."""
        place, self._place = self._place, None
        if place is None:
            return []
        kind = KINDS.get(int(place.gps_qual or 0), FixKind.NONE)
        if kind is FixKind.NONE or not place.lat or not place.lon:
            return []
        errors = self._errors if self._errors_at == self._place_at else None
        self._has_errors = errors is not None
        if errors is None:
            sigma = RANGE_ERROR[kind] * max(1.0, float(place.horizontal_dil or 1.0))
            errors = sigma**2 * np.eye(2)
        height = float(place.altitude or 0.0) + float(place.geo_sep or 0.0)
        latitude, longitude = math.radians(place.latitude), math.radians(place.longitude)
        return [GnssFix(latitude, longitude, height, kind, errors, age % _DAY)]


def _seconds(instant: time_of_day) -> float:
    """Return a time of day in seconds."""
    whole = 3600 * instant.hour + 60 * instant.minute + instant.second
    return whole + 1e-6 * instant.microsecond


def _ellipse(sentence: Any) -> Array | None:
    """Return the covariance of (east, north) (2, 2) [m²] that a GST says; None if it says none."""
    major, minor = sentence.std_dev_major, sentence.std_dev_minor
    if major and minor:
        heading = math.radians(float(sentence.orientation or 0.0))
        along = np.array([math.sin(heading), math.cos(heading)])
        across = np.array([along[1], -along[0]])
        wide, narrow = float(major) ** 2, float(minor) ** 2
        return np.asarray(wide * np.outer(along, along) + narrow * np.outer(across, across))
    if sentence.std_dev_latitude and sentence.std_dev_longitude:
        sigmas = float(sentence.std_dev_longitude), float(sentence.std_dev_latitude)
        return np.diag(np.square(sigmas))
    return None
