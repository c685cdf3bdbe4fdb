"""Charts put values where they belong and stay valid XML."""

import itertools
import math
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.report.svg import Bar, Line, line_chart, nice_ticks, timeline


def _xml(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{text}</div>")


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e4))
def test_ticks_are_even_and_cover_the_range(low: float, width: float) -> None:
    """Between three and eight steps, the ends included."""
    ticks = nice_ticks(low, low + width)
    assert ticks[0] <= low + 1e-6 * width
    assert ticks[-1] >= low + width - 1e-6 * width
    assert 3 <= len(ticks) <= 9
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)


def test_a_gap_in_the_values_is_a_gap_in_the_curve() -> None:
    """NaN splits the polyline."""
    line = Line("a", "#123456", [0, 1, 2, 3], [1.0, math.nan, 1.0, 2.0])
    root = _xml(line_chart([line], unit="m", span=(0, 3)))
    assert len(root.findall(".//polyline")) == 2


def test_higher_values_are_drawn_higher() -> None:
    """SVG's y axis points down."""
    line = Line("a", "#123456", [0, 1], [0.0, 1.0])
    points = _xml(line_chart([line], unit="m", span=(0, 1))).find(".//polyline")
    assert points is not None
    (x0, y0), (x1, y1) = (p.split(",") for p in points.attrib["points"].split())
    assert float(y1) < float(y0)
    assert float(x1) > float(x0)


def test_labels_cannot_break_the_page() -> None:
    """Text from outside is escaped."""
    bars = [Bar(0.0, 5.0, "<script>&", "#fff")]
    text = timeline([("<b>", bars)], span=(0.0, 5.0))
    assert "<script>" not in text
    assert _xml(text).find(".//title") is not None


def test_charts_of_nothing_are_still_charts() -> None:
    """An empty series and a run of no length draw."""
    for text in (line_chart([], unit="m", span=(0.0, 0.0)), timeline([], span=(0.0, 0.0))):
        assert re.search("<svg", text)
        _xml(text)
