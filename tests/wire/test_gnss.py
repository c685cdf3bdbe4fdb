"""NMEA sentences: published ones, their errors, their order, garbage between them."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.messages import FixKind
from robotics.wire.gnss import RANGE_ERROR, NmeaDecoder

PUBLISHED = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
"""The example that nearly every description of NMEA 0183 quotes."""


def line(body: str) -> bytes:
    """Return a sentence with its checksum."""
    check = reduce(lambda a, b: a ^ b, body.encode(), 0)
    return f"${body}*{check:02X}\r\n".encode()


def gga(clock: str, kind: int = 4, hdop: str = "0.7") -> bytes:
    """Return a position in Hangzhou."""
    return line(
        f"GNGGA,{clock},3014.512345,N,12009.876543,E,{kind},18,{hdop},12.5,M,8.1,M,1.0,0031"
    )


def gst(clock: str, major: str = "0.020", minor: str = "0.010", toward: str = "90.0") -> bytes:
    """Return its error ellipse."""
    return line(f"GNGST,{clock},9.1,{major},{minor},{toward},0.011,0.019,0.031")


def test_the_published_sentence() -> None:
    """48° 07.038' N, 11° 31' E, 545.4 m above the geoid, which is 46.9 m above the ellipsoid."""
    (fix,) = NmeaDecoder().feed(PUBLISHED)
    assert fix.kind is FixKind.SINGLE
    assert math.isclose(math.degrees(fix.latitude), 48.0 + 7.038 / 60.0)
    assert math.isclose(math.degrees(fix.longitude), 11.0 + 31.0 / 60.0)
    assert math.isclose(fix.height, 592.3)
    assert np.allclose(fix.covariance, RANGE_ERROR[FixKind.SINGLE] ** 2 * np.eye(2))


def test_south_and_west_are_negative() -> None:
    """Buenos Aires."""
    (fix,) = NmeaDecoder().feed(line("GPGGA,101500,3436.0,S,05822.8,W,2,9,1.5,20,M,15,M,,"))
    assert fix.latitude < 0.0
    assert fix.longitude < 0.0
    assert fix.kind is FixKind.DIFFERENTIAL
    assert math.isclose(fix.covariance[0, 0], (1.5 * RANGE_ERROR[FixKind.DIFFERENTIAL]) ** 2)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(4, FixKind.RTK_FIXED), (5, FixKind.RTK_FLOAT), (6, FixKind.ESTIMATED), (2, "differential")],
)
def test_kinds_of_fix(number: int, kind: FixKind) -> None:
    """GGA's quality number; 0, 7 and 8 (none, by hand, simulated) are no fix."""
    assert NmeaDecoder().feed(gga("101500.00", number))[0].kind == kind
    for none in (0, 7, 8):
        assert NmeaDecoder().feed(gga("101500.00", none)) == []


def test_the_error_ellipse_is_turned_into_east_and_north() -> None:
    """Major axis towards east (90°), north (0°) and north-east (45°)."""
    for toward, east, north, both in (
        *(("90.0", 4e-4, 1e-4, 0.0), ("0.0", 1e-4, 4e-4, 0.0)),
        ("45.0", 2.5e-4, 2.5e-4, 1.5e-4),
    ):
        decoder = NmeaDecoder()
        (fix,) = decoder.feed(gst("101500.00", toward=toward) + gga("101500.00"))
        assert np.allclose(fix.covariance, [[east, both], [both, north]])


def test_a_receiver_that_sends_errors_is_waited_for_from_the_second_fix_on() -> None:
    """GGA, GST, GGA, GST: one fix each, the first without, the later ones with its ellipse."""
    decoder = NmeaDecoder()
    assert len(decoder.feed(gga("101500.00"))) == 1
    assert decoder.feed(gst("101500.00")) == []
    assert decoder.feed(gga("101500.20")) == []
    (fix,) = decoder.feed(gst("101500.20"))
    assert np.allclose(np.diag(fix.covariance), (4e-4, 1e-4))
    assert fix.age == 0.0
    assert decoder.feed(gga("101500.40")) == []
    late, now = decoder.feed(gga("101500.60"))
    assert math.isclose(late.age, 0.2), "its ellipse never came"
    assert now.age == 0.0, "and is not waited for any more"


def test_midnight() -> None:
    """A fix that is finished on the next day is not a day old, or younger than nothing."""
    decoder = NmeaDecoder()
    decoder.feed(gga("235959.60") + gst("235959.60"))
    assert decoder.feed(gga("235959.80")) == []
    fix, _ = decoder.feed(gga("000000.00"))
    assert math.isclose(fix.age, 0.2, abs_tol=1e-6)


@pytest.mark.parametrize("piece", [1, 5, 64])
def test_how_bytes_are_cut_does_not_matter(piece: int) -> None:
    """And other sentences, torn ones and wrong checksums are passed over."""
    good = [gga(f"1015{n:02d}.00") for n in range(20)]
    torn = gga("101600.00").replace(b"3014", b"3015")
    others = line("GNRMC,101500.00,A,3014.5,N,12009.8,E,0.5,84.4,211126,,,R")
    noise = b"\xff\x00$GNGGA,10\n" + others + torn + b"garbage\r\n" + good[0][:30]
    data = b"".join(one + noise for one in good)
    decoder, fixes = NmeaDecoder(), []
    for at in range(0, len(data), piece):
        fixes += decoder.feed(data[at : at + piece])
    assert len(fixes) == 20
    assert decoder.bad >= 40


@given(st.binary(max_size=400), st.text("$GNA,0123456789.*\r\nSTE", max_size=300))
@settings(max_examples=150, deadline=None)
def test_nothing_makes_it_raise_or_forget_the_next(noise: bytes, text: str) -> None:
    """After any garbage the next whole sentence gives its fix."""
    decoder = NmeaDecoder()
    decoder.feed(noise)
    decoder.feed(text.encode())
    found = decoder.feed(b"\r\n" + gga("101500.00") + gst("101500.00"))
    assert any(fix.kind is FixKind.RTK_FIXED for fix in found)


def test_empty_fields_are_no_fix() -> None:
    """As receivers send while they search."""
    decoder = NmeaDecoder()
    assert decoder.feed(line("GNGGA,,,,,,0,00,99.99,,,,,,")) == []
    assert decoder.feed(line("GNGGA,101500.00,,,,,1,00,99.99,,,,,,")) == []
    assert len(decoder.feed(gga("101501.00"))) == 1
