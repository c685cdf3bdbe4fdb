"""Charts of the quality report: the gap along the kerbs, the day, what was used up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from robotics.report.activities import both
from robotics.report.digest import Span
from robotics.report.quality_data import ROBOT, KerbLine, Quality
from robotics.report.quality_maps import gap_colour
from robotics.report.svg import Bar, Line, line_chart, nice_ticks, number, timeline

WIDTH, HEIGHT = 860, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 16, 30
MOST = 0.10
"""Larger gaps are drawn at the top of the strip [m]."""
SAMPLES = 600
"""No more points than this are drawn along a curve."""
SHADES = (
    ("sweeping", "#9fd0bd"),
    ("driving", "#b5c7e3"),
    ("asking", "#d3b8dc"),
    ("returning", "#e8d5a3"),
    ("at the station", "#f0c48a"),
    ("", "#d9dbdd"),
)
"""Beginning of an activity's name -> its colour."""


def gap_strip(kerbs: Sequence[KerbLine]) -> str:
    """Return the gap along all kerbs, one after the other, as SVG; higher is farther away."""
    total = sum(line.length for line in kerbs)
    scale = (WIDTH - LEFT - RIGHT) / max(total, 1e-9)
    parts: list[str] = []
    start = 0.0
    for line in kerbs:
        if start > 0.0:
            cut = number(LEFT + start * scale)
            parts.append(
                f'<line x1="{cut}" x2="{cut}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" class="cut"/>'
            )
        for k, gap in enumerate(np.abs(line.gap)):
            x = LEFT + (start + float(line.along[k] - line.along[0])) * scale
            top = _height(min(float(gap), MOST))
            parts.append(
                f'<rect x="{number(x)}" y="{number(top)}" width="{number(max(1.0, scale * 0.05))}" '
                f'height="{number(HEIGHT - BOTTOM - top)}" fill="{gap_colour(float(gap))}"/>'
            )
        start += line.length
    parts.append(_lines(total, scale))
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'


def day(quality: Quality) -> str:
    """Return the day as bars: what it was doing, when its guard stopped it."""
    robot = quality.run.robots[ROBOT]
    bars = [Bar(s.start, s.end, both(s.label), shade(s.label)) for s in merged(robot.activities)]
    stops = [Bar(s.start, max(s.end, s.start + 0.3), s.label, "#c0392b") for s in robot.stops]
    rows = [("工作 work", bars), ("停车 stops", stops)]
    return timeline(rows, span=(0.0, quality.run.duration))


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return the activities without moments shorter than a second between two of the same."""
    found: list[Span] = []
    for span in spans:
        if (
            len(found) > 1
            and found[-2].label == span.label
            and found[-1].end - found[-1].start < 1.0
        ):
            found.pop()
        if found and found[-1].label == span.label:
            found[-1] = Span(found[-1].start, span.end, span.label)
        else:
            found.append(Span(span.start, span.end, span.label))
    return found


def shade(label: str) -> str:
    """Return the colour of an activity."""
    return next(colour for begin, colour in SHADES if label.startswith(begin))


def progress(quality: Quality) -> str:
    """Return the share of ground swept and of dirt removed over time, as the onlooker saw it."""
    named = (
        ("covered_fraction", "清扫覆盖率 ground swept", "#17807e"),
        ("mass_removed_fraction", "清除的脏物 dirt removed", "#8a5a2b"),
    )
    return _curves(quality, named, 100.0, "%")


def dust(quality: Quality) -> str:
    """Return the dust raised so far over time, as the onlooker saw it; "" if nobody told."""
    return _curves(quality, (("raised_g", "扬尘累计 dust raised so far", "#b05a3c"),), 1.0, "g")


def levels(quality: Quality) -> str:
    """Return battery, water and bin over time, as the robot's gauges say."""
    series = quality.run.robots[ROBOT].series
    named = (
        ("charge", "电量 battery", "#3b7dd8"),
        ("water", "水箱 water", "#2aa7b8"),
        ("bin", "尘箱 bin", "#8a6d3b"),
    )
    step = max(1, len(series["time"]) // SAMPLES)
    lines = [
        Line(label, colour, series["time"][::step], [100.0 * v for v in series[key][::step]])
        for key, label, colour in named
    ]
    return line_chart(lines, unit="%", span=(0.0, quality.run.duration), floor=0.0)


def _curves(
    quality: Quality, named: Sequence[tuple[str, str, str]], factor: float, unit: str
) -> str:
    step = max(1, len(quality.run.witness) // SAMPLES)
    frames, lines = quality.run.witness[::step], []
    for key, label, colour in named:
        values = [factor * float(f.get(key, math.nan)) for f in frames]
        if any(math.isfinite(v) for v in values):
            lines.append(Line(label, colour, [f["time"] for f in frames], values))
    span = (0.0, quality.run.duration)
    return line_chart(lines, unit=unit, span=span, floor=0.0) if lines else ""


def _height(gap: float) -> float:
    return HEIGHT - BOTTOM - max(gap, 0.0) / MOST * (HEIGHT - TOP - BOTTOM)


def _lines(total: float, scale: float) -> str:
    parts = []
    for gap, style in (
        (0.0, "grid"),
        (0.02, "asked"),
        (0.035, "asked"),
        (0.06, "grid"),
        (MOST, "grid"),
    ):
        y = number(_height(gap))
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="{style}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y}" dy="4" class="axis end">{100.0 * gap:g}</text>')
    parts.append(f'<text x="4" y="{TOP - 4}" class="axis">cm</text>')
    ticks = nice_ticks(0.0, max(total, 0.1), 8)
    for metre, _ in pairwise([*ticks, math.inf]):
        if metre <= total + 1e-9:
            x = number(LEFT + metre * scale)
            parts.append(f'<text x="{x}" y="{HEIGHT - 10}" class="axis mid">{metre:g} m</text>')
    return "".join(parts)


def share_within(kerbs: Sequence[KerbLine], bound: float) -> float:
    """Return which part of the kerbs' length has a gap of at most ``bound`` [m]."""
    gaps = np.abs(np.concatenate([line.gap for line in kerbs])) if kerbs else np.zeros(0)
    return float((gaps <= bound).mean()) if len(gaps) else math.nan
