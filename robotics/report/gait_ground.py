"""Drawings to scale: footsteps on the ground, the centre of pressure within the soles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from robotics.core.arrays import Array
from robotics.core.walked import SIDES, Sole
from robotics.report.gait_frames import Footfall, Seen, outlines
from robotics.report.gait_svg import BAD, COM, COP, FEET, GREY, SOFT, XI
from robotics.report.svg import legend, number

WIDTH = 860.0
TALLEST = 560.0
"""Of a drawing [px]."""
ROOM = 0.09
"""Around what is drawn [m]."""
LONGEST = 3.0
"""More ground than this is drawn twice: as a whole, and a part of it [m]."""
SAMPLES = 900
"""No more centres of pressure are drawn in a sole."""
Place = Callable[[float, float], str]


class _Sheet:
    """A piece of ground to scale, x to the right."""

    def __init__(self, low: Array, high: Array) -> None:
        size = high - low
        self.scale = min(WIDTH / size[0], TALLEST / size[1])
        spare = 0.5 * np.array([WIDTH / self.scale - size[0], 0.0])
        self.low, self.high = low - spare, high + spare
        self.width, self.height = WIDTH, self.scale * size[1]
        self.parts: list[str] = []

    def at(self, point: Sequence[float] | Array) -> tuple[float, float]:
        """Return where a point of the map is on the sheet [px]."""
        return (
            self.scale * (float(point[0]) - float(self.low[0])),
            self.scale * (float(self.high[1]) - float(point[1])),
        )

    def points(self, points: Array) -> str:
        """Return a list of points for SVG."""
        placed = (self.at(point) for point in points)
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)

    def grid(self) -> None:
        """Draw lines each 0.1 m, stronger each 0.5 m, with metres at the foot."""
        fine = 0.1 if self.scale > 90.0 else 0.5
        across = self.at(self.low)[0], self.at(self.high)[0]
        for axis in (0, 1):
            first = math.ceil(float(self.low[axis]) / fine - 1e-9)
            last = math.floor(float(self.high[axis]) / fine + 1e-9)
            for mark in range(first, last + 1):
                metre = mark * fine
                strong = abs(metre / 0.5 - round(metre / 0.5)) < 1e-6
                style = "metre" if strong else "tenth"
                ends = (metre, metre) if axis == 0 else (self.low[1], self.high[1])
                if axis == 0:
                    x = number(self.at((metre, 0.0))[0])
                    line = f'x1="{x}" x2="{x}" y1="0" y2="{number(self.height)}"'
                    label = (
                        f'<text x="{x}" dx="3" y="{number(self.height - 5)}" '
                        f'class="axis">{ends[0]:g} m</text>'
                    )
                else:
                    y = number(self.at((0.0, metre))[1])
                    line = f'x1="{across[0]:.1f}" x2="{across[1]:.1f}" y1="{y}" y2="{y}"'
                    label = f'<text x="{across[0] + 3:.1f}" y="{y}" dy="-3" class="axis">'
                    label += f"{metre:g} m</text>"
                self.parts.append(f'<line {line} class="{style}"/>' + (label if strong else ""))

    def outline(self, corners: Array, style: str, colour: str, title: str = "") -> None:
        """Draw a closed outline (4, 2)."""
        note = f"<title>{title}</title>" if title else ""
        self.parts.append(
            f'<polygon points="{self.points(corners)}" class="{style}" '
            f'style="--c:{colour}">{note}</polygon>'
        )

    def path(self, track: Array, colour: str, style: str = "way") -> None:
        """Draw a line through the finite points of ``track`` (t, 2)."""
        known = track[np.isfinite(track).all(axis=1)]
        if len(known) > 1:
            self.parts.append(
                f'<polyline points="{self.points(known)}" stroke="{colour}" class="{style}"/>'
            )

    def svg(self) -> str:
        """Return the drawing."""
        body = "".join(self.parts)
        size = f"0 0 {number(self.width)} {number(self.height)}"
        return f'<svg viewBox="{size}" class="ground" role="img">{body}</svg>'


def footsteps(seen: Seen, window: tuple[float, float]) -> str:
    """Return the footsteps: of the whole walk, and of ``window`` [s] where it is long."""
    whole = (-1.0, math.inf)
    size = _extent(seen, whole)
    key = legend(
        [
            ("left sole", FEET[0]),
            ("right sole", FEET[1]),
            ("centre of mass (dashed: believed)", COM),
            ("capture point ξ (dashed: believed)", XI),
            ("centre of pressure", COP),
        ]
    )
    note = (
        "<p>Filled: where a sole landed, with its heading. Dashed: where it was to land when it "
        "was lifted. Thin: what was aimed at in the last moment. Believed points are laid at the "
        "foot that carries.</p>"
    )
    if float((size[1] - size[0]).max()) <= LONGEST:
        return note + _ground(seen, whole, closely=True) + key
    title = f"<h3>{window[0]:.1f} to {window[1]:.1f} s</h3>"
    return (
        note
        + title
        + _ground(seen, window, closely=True)
        + key
        + "<h3>the whole walk</h3>"
        + _ground(seen, whole, closely=False)
    )


def _extent(seen: Seen, window: tuple[float, float]) -> tuple[Array, Array]:
    """Return the corners (2,), (2,) of the ground used in ``window``."""
    time = seen.walked.time
    rows = (time >= window[0]) & (time <= window[1]) & seen.upright
    soles = seen.walked.truth.soles[rows, :, :2].reshape(-1, 2)
    aims = [one.planned[:2] for one in seen.footfalls if window[0] <= one.lifted <= window[1]]
    aims = aims if seen.walked.fall is None else []
    spots = np.vstack((soles, seen.xi[rows], *(aim[None, :] for aim in aims)))
    return spots.min(axis=0) - ROOM - 0.08, spots.max(axis=0) + ROOM + 0.08


def _ground(seen: Seen, window: tuple[float, float], *, closely: bool) -> str:
    sheet = _Sheet(*_extent(seen, window))
    sheet.grid()
    time = seen.walked.time
    rows = (time >= window[0]) & (time <= window[1]) & seen.upright
    first = int(np.flatnonzero(rows)[0])
    truth = seen.walked.truth
    for side in (0, 1):
        corners = outlines(
            truth.soles[first, side, :2], truth.sole_yaw[first, side], seen.walked.sole
        )
        sheet.outline(corners, "sole begin", FEET[side], f"{SIDES[side]}, at the start")
    for one in seen.footfalls:
        if window[0] <= one.lifted <= min(window[1], seen.lost):
            _draw_footfall(sheet, seen, one, closely=closely)
    if closely:
        sheet.path(_few(seen.cop[rows]), COP, "way fine")
        sheet.path(_few(seen.believed_xi[rows]), XI, "way dash")
        sheet.path(_few(seen.xi[rows]), XI)
        sheet.path(_few(seen.believed_com[rows]), COM, "way dash")
    sheet.path(_few(truth.com[rows, :2]), COM)
    _draw_fall(sheet, seen, window)
    return sheet.svg()


def _draw_footfall(sheet: _Sheet, seen: Seen, one: Footfall, *, closely: bool) -> None:
    sole, colour = seen.walked.sole, FEET[one.side]
    if np.isfinite(one.place).all():
        corners = outlines(one.place[:2], one.place[2], sole)
        miss = 1e3 * one.miss
        title = (
            f"step {one.number}, {SIDES[one.side]}, {one.landed:.2f} s: off its aim "
            f"{miss[0]:+.0f} mm ahead, {miss[1]:+.0f} mm left; slip {1e3 * one.slip:.1f} mm"
        )
        sheet.outline(corners, "sole", colour, title)
        tip = np.array([math.cos(one.place[2]), math.sin(one.place[2])])
        heading = np.array([one.place[:2], one.place[:2] + 0.8 * sole.front * tip])
        sheet.parts.append(
            f'<polyline points="{sheet.points(heading)}" stroke="{colour}" class="heading"/>'
        )
        if closely:
            x, y = sheet.at(one.place[:2] - 0.055 * tip)
            sheet.parts.append(
                f'<text x="{x:.1f}" y="{y:.1f}" dy="4" class="step mid" fill="{colour}">'
                f"{one.number}</text>"
            )
    if closely:
        sheet.outline(outlines(one.planned[:2], one.planned[2], sole), "sole planned", colour)
        sheet.outline(outlines(one.aimed[:2], one.aimed[2], sole), "sole aimed", colour)


def _draw_fall(sheet: _Sheet, seen: Seen, window: tuple[float, float]) -> None:
    fall = seen.walked.fall
    rows = np.flatnonzero(seen.upright)
    if fall is None or not len(rows) or not window[0] <= fall.time <= window[1]:
        return
    x, y = sheet.at(seen.walked.truth.com[rows[-1], :2])
    sheet.parts.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{BAD}"/>'
        f'<text x="{x + 9:.1f}" y="{y:.1f}" dy="4" class="tagged" fill="{BAD}">falls</text>'
    )


def _few(track: Array) -> Array:
    step = max(1, len(track) // 1500)
    return track[::step]


def pressure(seen: Seen) -> str:
    """Return both soles with every centre of pressure while each stood alone, and its limits."""
    walked, scale = seen.walked, 1750.0
    sole, limits = walked.sole, walked.cop_limits
    other = walked.truth.force[:, ::-1] > 0.02 * walked.mass * 9.81
    width, height = 860, round(scale * (2 * sole.side) + 64)
    parts = []
    for side in (0, 1):
        middle = 34 + scale * sole.side
        left = 24.0 + side * 430 - scale * sole.rear

        def at(x: float, y: float, left: float = left, middle: float = middle) -> str:
            return f"{left + scale * x:.1f},{middle - scale * y:.1f}"

        def box(one: Sole, style: str, colour: str, at: Place = at) -> str:
            ends = ((one.front, one.side), (one.rear, one.side), (one.rear, -one.side))
            corners = " ".join(at(*end) for end in (*ends, (one.front, -one.side)))
            return f'<polygon points="{corners}" class="{style}" style="--c:{colour}"/>'

        alone = seen.upright & ~other[:, side] & (walked.belief.steps > 0)
        spots = walked.truth.cop[alone, side]
        spots = spots[np.isfinite(spots).all(axis=1)]
        dots = "".join(
            f'<circle cx="{left + scale * x:.1f}" cy="{middle - scale * y:.1f}" r="1.5"/>'
            for x, y in spots[:: max(1, len(spots) // SAMPLES)]
        )
        share = _inside(spots, limits)
        parts.append(
            box(sole, "sole", FEET[side])
            + f'<g fill="{COP}" class="dots">{dots}</g>'
            + box(limits, "sole limit", SOFT)
            + f'<circle cx="{left:.1f}" cy="{middle:.1f}" r="4" fill="none" stroke="{GREY}"/>'
            + f'<text x="{left + scale * sole.rear:.1f}" y="20" class="axis">{SIDES[side]} sole, '
            f"alone on the ground: {share}</text>"
        )
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img">{body}'
        f'<text x="24" y="{height - 8}" class="axis">toes to the right; ring: under the ankle; '
        "dashed: how far the walk lets the centre of pressure go</text></svg>"
    )


def _inside(spots: Array, limits: Sole) -> str:
    if not len(spots):
        return "never"
    x, y = spots.T
    within = (x <= limits.front) & (x >= limits.rear) & (np.abs(y) <= limits.side)
    return f"{100 * within.mean():.0f} % of the time within the walk's limits"
