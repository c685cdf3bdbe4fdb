"""Charts of the gait report: curves over a span with bands, marks and dashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np

from robotics.core.arrays import Array
from robotics.report.svg import legend, nice_ticks, number

LEFT, RIGHT, TOP, BOTTOM = 58, 26, 20, 28
POINTS = 700
"""No more points than this along a curve."""

INK, SOFT, GREY = "#22262b", "#6b737c", "#9aa0a6"
LEFT_FOOT, RIGHT_FOOT = "#2f6fc4", "#d9672e"
FEET = (LEFT_FOOT, RIGHT_FOOT)
COM, XI, COP = "#22262b", "#9b2f8f", "#128277"
BAD = "#c0392b"


def thinned(x: Array, y: Array, points: int = POINTS) -> tuple[Array, Array]:
    """Return a curve of at most about ``points`` points that keeps every peak."""
    if len(x) <= points:
        return x, y
    size = int(np.ceil(2.0 * len(x) / points))
    rows = []
    for start in range(0, len(x), size):
        part = y[start : start + size]
        if not np.isfinite(part).any():
            rows.append(start)
            continue
        rows += sorted({start + int(np.nanargmin(part)), start + int(np.nanargmax(part))})
    return x[rows], y[rows]


@dataclass(slots=True)
class Plot:
    """One chart; whatever is added later lies on top."""

    x: tuple[float, float]
    y: tuple[float, float]
    unit: str
    """Of the vertical axis."""
    height: int = 190
    width: int = 860
    x_unit: str = "s"
    parts: list[str] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)
    _cut: str = ""

    def at_x(self, value: float) -> float:
        """Return where a value is from the left [px]."""
        span = max(self.x[1] - self.x[0], 1e-9)
        return LEFT + (value - self.x[0]) / span * (self.width - LEFT - RIGHT)

    def at_y(self, value: float) -> float:
        """Return where a value is from the top [px]."""
        span = max(self.y[1] - self.y[0], 1e-9)
        return self.height - BOTTOM - (value - self.y[0]) / span * (self.height - TOP - BOTTOM)

    def curve(
        self, x: Array, y: Array, colour: str, label: str = "", *, dash: bool = False
    ) -> None:
        """Draw a curve; what is not finite, or far outside, leaves a gap."""
        inside = (x >= self.x[0] - 1e-9) & (x <= self.x[1] + 1e-9)
        x, y = thinned(x[inside], y[inside])
        room = 0.02 * (self.y[1] - self.y[0])
        y = np.where((y < self.y[0] - room) | (y > self.y[1] + room), np.nan, y)
        style = "curve dash" if dash else "curve"
        for run in _runs(y):
            drawn = " ".join(
                f"{self.at_x(a):.1f},{self.at_y(b):.1f}"
                for a, b in zip(x[run], y[run], strict=True)
            )
            self.parts.append(f'<polyline points="{drawn}" stroke="{colour}" class="{style}"/>')
        self._key(label, colour)

    def band(self, x: Array, low: Array, high: Array, colour: str, label: str = "") -> None:
        """Fill between two curves; gaps where either is not finite."""
        inside = (x >= self.x[0] - 1e-9) & (x <= self.x[1] + 1e-9)
        x = x[inside]
        low, high = (np.clip(one[inside], *self.y) for one in (low, high))
        for run in _runs(low + high):
            step = max(1, len(x[run]) // POINTS)
            xs, ls, hs = x[run][::step], low[run][::step], high[run][::step]
            top = [f"{self.at_x(a):.1f},{self.at_y(b):.1f}" for a, b in zip(xs, hs, strict=True)]
            foot = [f"{self.at_x(a):.1f},{self.at_y(b):.1f}" for a, b in zip(xs, ls, strict=True)]
            drawn = " ".join(top + foot[::-1])
            self.parts.append(f'<polygon points="{drawn}" fill="{colour}" class="band"/>')
        self._key(label, colour)

    def level(self, value: float, label: str, colour: str = SOFT) -> None:
        """Draw a level."""
        if self.y[0] <= value <= self.y[1]:
            y = number(self.at_y(value))
            self.parts.append(
                f'<line x1="{LEFT}" x2="{self.width - RIGHT}" y1="{y}" y2="{y}" '
                f'stroke="{colour}" class="level"/><text x="{self.width - RIGHT - 4}" y="{y}" '
                f'dy="-4" class="axis end" fill="{colour}">{escape(label)}</text>'
            )

    def instant(self, start: float, end: float, label: str, colour: str = BAD) -> None:
        """Mark an instant or a stretch of time."""
        if end < self.x[0] or start > self.x[1]:
            return
        left, right = (self.at_x(min(max(v, self.x[0]), self.x[1])) for v in (start, end))
        wide = max(right - left, 1.5)
        self.parts.append(
            f'<rect x="{number(left)}" y="{TOP}" width="{number(wide)}" '
            f'height="{self.height - TOP - BOTTOM}" fill="{colour}" class="instant"/>'
            f'<text x="{number(left + 3)}" y="{TOP + 10}" class="tagged" fill="{colour}">'
            f"{escape(label)}</text>"
        )

    def _key(self, label: str, colour: str) -> None:
        if label and (label, colour) not in self.keys:
            self.keys.append((label, colour))

    def svg(self, *, with_legend: bool = True) -> str:
        """Return the chart."""
        body = self._axes() + "".join(self.parts)
        drawn = f'<svg viewBox="0 0 {self.width} {self.height}" role="img">{body}</svg>'
        return drawn + (legend([(k, c) for k, c in self.keys]) if with_legend else "")

    def _axes(self) -> str:
        rows = 4 if self.height >= 150 else 3
        parts = [f'<text x="2" y="{TOP - 7}" class="axis">{escape(self.unit)}</text>']
        for tick in nice_ticks(*self.y, rows):
            if self.y[0] - 1e-9 <= tick <= self.y[1] + 1e-9:
                y = number(self.at_y(tick))
                parts.append(
                    f'<line x1="{LEFT}" x2="{self.width - RIGHT}" y1="{y}" y2="{y}" class="grid"/>'
                    f'<text x="{LEFT - 6}" y="{y}" dy="4" class="axis end">{tick:g}</text>'
                )
        for tick in nice_ticks(*self.x, max(3, self.width // 110)):
            if self.x[0] - 1e-9 <= tick <= self.x[1] + 1e-9:
                x = number(self.at_x(tick))
                parts.append(
                    f'<text x="{x}" y="{self.height - 9}" class="axis mid">'
                    f"{tick:g} {self.x_unit}</text>"
                )
        return "".join(parts)


def _runs(values: Array) -> list[slice]:
    """Return the stretches of finite values."""
    known = np.concatenate(([False], np.isfinite(values), [False]))
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def span_of(*values: Array, least: float = 0.0, around: float | None = None) -> tuple[float, float]:
    """Return a span of the vertical axis that holds ``values``.

    Args:
        values: What will be drawn.
        least: Width that it has at least.
        around: Middle of a symmetric span; None for as it comes.
    """
    found = np.concatenate([np.ravel(one) for one in values])
    found = found[np.isfinite(found)]
    low, high = (float(found.min()), float(found.max())) if len(found) else (0.0, 1.0)
    if around is not None:
        reach = max(high - around, around - low, 0.5 * least)
        low, high = around - reach, around + reach
    if high - low < least:
        middle = 0.5 * (low + high)
        low, high = middle - 0.5 * least, middle + 0.5 * least
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room
