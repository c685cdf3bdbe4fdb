"""Small drawings as SVG text: line charts and timelines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

WIDTH = 860
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 18, 30


@dataclass(frozen=True, slots=True)
class Line:
    """One curve of a chart."""

    label: str
    colour: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a timeline."""

    start: float
    end: float
    label: str
    colour: str


def number(value: float) -> str:
    """Return a coordinate as short text."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points(x: Iterable[float], y: Iterable[float]) -> str:
    """Return the ``points`` attribute of a polyline."""
    return " ".join(f"{number(a)},{number(b)}" for a, b in zip(x, y, strict=True))


def line_chart(
    lines: Sequence[Line], *, unit: str, span: tuple[float, float], floor: float | None = None
) -> str:
    """Draw curves over time.

    Args:
        lines: The curves; values that are not finite leave a gap.
        unit: Label of the vertical axis.
        span: First and last time [s].
        floor: Lowest value that the axis must show.
    """
    height = 190
    values = np.concatenate([np.asarray(line.y, dtype=float) for line in lines] or [np.zeros(0)])
    values = values[np.isfinite(values)]
    low = min([floor] if floor is not None else [], default=None)
    bottom = float(values.min()) if len(values) else 0.0
    bottom = bottom if low is None else min(low, bottom)
    top = float(values.max()) if len(values) else 1.0
    ticks = nice_ticks(bottom, top if top > bottom else bottom + 1.0)
    bottom, top = min(bottom, ticks[0]), max(top, ticks[-1])

    def at_x(time: float) -> float:
        return LEFT + (time - span[0]) / max(span[1] - span[0], 1e-9) * (WIDTH - LEFT - RIGHT)

    def at_y(value: float) -> float:
        return height - BOTTOM - (value - bottom) / (top - bottom) * (height - TOP - BOTTOM)

    parts = [_grid(ticks, at_y, unit), time_axis(span, height)]
    for line in lines:
        parts += [_curve(line, at_x, at_y)]
    return _svg(height, parts) + legend([(line.label, line.colour) for line in lines])


def timeline(rows: Sequence[tuple[str, Sequence[Bar]]], *, span: tuple[float, float]) -> str:
    """Draw bars in named rows over time; a bar's label shows on hover and where it fits."""
    height = TOP + 30 * len(rows) + BOTTOM
    scale = (WIDTH - LEFT - RIGHT) / max(span[1] - span[0], 1e-9)
    parts = []
    for index, (name, bars) in enumerate(rows):
        y = TOP + 30 * index
        parts.append(f'<text x="{LEFT - 6}" y="{y + 17}" class="axis end">{escape(name)}</text>')
        for bar in bars:
            x, width = LEFT + (bar.start - span[0]) * scale, max(1.0, (bar.end - bar.start) * scale)
            text = escape(bar.label)
            parts.append(
                f"<g><title>{text} ({bar.start:.1f}–{bar.end:.1f} s)</title>"
                f'<rect x="{number(x)}" y="{y + 3}" width="{number(width)}" height="22" rx="3" '
                f'fill="{bar.colour}"/>'
            )
            if width > 6.2 * len(bar.label) + 6:
                parts.append(f'<text x="{number(x + 4)}" y="{y + 18}" class="bar">{text}</text>')
            parts.append("</g>")
    parts.append(time_axis(span, height))
    return _svg(height, parts)


def legend(items: Sequence[tuple[str, str]]) -> str:
    """Return the key to the colours."""
    swatch = '<span><i style="background:{}"></i>{}</span>'
    keys = "".join(swatch.format(colour, escape(label)) for label, colour in items)
    return f'<div class="legend">{keys}</div>'


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return round values that cover ``low`` to ``high``."""
    raw = (high - low) / count
    magnitude = 10.0 ** np.floor(np.log10(raw))
    step = magnitude * next(m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * magnitude >= raw - 1e-12)
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(step * k) for k in np.arange(first, last + 1)]


def time_axis(span: tuple[float, float], height: float) -> str:
    """Draw the times along the bottom: seconds, minutes from ten minutes on, then hours."""
    length = span[1] - span[0]
    size, unit = (3600.0, "h") if length > 10800.0 else (60.0, "min")
    size, unit = (1.0, "s") if length <= 600.0 else (size, unit)
    parts = []
    ends = span[0] / size, max(span[1], span[0] + 1e-3) / size
    for mark in nice_ticks(*ends, 8):
        tick = mark * size
        if not span[0] - 1e-9 <= tick <= span[1] + 1e-9:
            continue
        x = LEFT + (tick - span[0]) / max(span[1] - span[0], 1e-9) * (WIDTH - LEFT - RIGHT)
        parts.append(
            f'<text x="{number(x)}" y="{height - 10}" class="axis mid">{mark:g} {unit}</text>'
        )
    return "".join(parts)


def _grid(ticks: list[float], at_y: Callable[[float], float], unit: str) -> str:
    parts = [f'<text x="4" y="{TOP - 5}" class="axis">{escape(unit)}</text>']
    for tick in ticks:
        y = number(at_y(tick))
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y}" dy="4" class="axis end">{tick:g}</text>')
    return "".join(parts)


def _curve(line: Line, at_x: Callable[[float], float], at_y: Callable[[float], float]) -> str:
    parts, run_x, run_y = [], [], []
    for x, y in zip([*line.x, 0.0], [*line.y, float("nan")], strict=True):
        if np.isfinite(y):
            run_x.append(at_x(x))
            run_y.append(at_y(y))
        elif run_x:
            drawn = points(run_x, run_y)
            parts.append(f'<polyline points="{drawn}" stroke="{line.colour}" class="curve"/>')
            run_x, run_y = [], []
    return "".join(parts)


def _svg(height: float, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {number(height)}" role="img">{body}</svg>'
