"""Charts of a walk over time: balance, pressure, attitude, forces, speeds, slips."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.walked import SIDES, Legs
from robotics.report.gait_figures import UNITS, WAYS
from robotics.report.gait_frames import GRAVITY, LIFTED, Seen
from robotics.report.gait_svg import (
    BAD,
    COM,
    COP,
    FEET,
    GREY,
    INK,
    RIGHT_FOOT,
    XI,
    Plot,
    span_of,
)
from robotics.report.svg import Bar, timeline

CLOSE = 4.0
"""Length of the stretch that is drawn closely [s]."""
FARTHEST = 30.0
"""A sole farther from the middle is cut off [cm]: in a fall the feet stay behind."""
_PALE = ("#cfe0f5", "#f7d9c8")


def stretch(seen: Seen) -> tuple[float, float]:
    """Return the stretch of time that is drawn closely: a fall, a push, else the middle [s]."""
    walked = seen.walked
    end, push = float(walked.time[-1]), walked.order.push
    if walked.fall is not None:
        start = walked.fall.time - 0.8 * CLOSE
    elif push is not None and push.time < end:
        start = push.time - 0.25 * CLOSE
    else:
        start = 0.5 * end - 0.5 * CLOSE
    start = max(0.0, min(start, end - CLOSE))
    return start, min(end, start + CLOSE)


def mark(plot: Plot, seen: Seen) -> Plot:
    """Mark push and fall in a chart over time; return it."""
    walked = seen.walked
    if walked.order.push is not None:
        push = walked.order.push
        plot.instant(push.time, push.time + push.length, "push", "#b8860b")
    if walked.fall is not None:
        plot.instant(walked.fall.time, walked.fall.time, "fall", BAD)
    return plot


def whole(seen: Seen) -> tuple[float, float]:
    """Return the whole time [s]."""
    return 0.0, float(seen.walked.time[-1])


def balance(seen: Seen, axis: int) -> str:
    """Return ξ, centre of mass and of pressure with the soles, in the gliding frame.

    Args:
        seen: The walk.
        axis: 0 for ahead, 1 for to the left.
    """
    walked, window = seen.walked, stretch(seen)
    truth, time = walked.truth, walked.time
    near = (time >= window[0]) & (time <= window[1]) & seen.upright
    scale = 100.0
    lines = {
        name: np.where(seen.upright, scale * seen.gliding(points)[:, axis], np.nan)
        for name, points in (
            ("xi", seen.xi),
            ("believed", seen.believed_xi),
            ("com", truth.com[:, :2]),
            ("cop", seen.cop),
            ("wanted", seen.wanted_cop),
        )
    }
    edges = [_edges(seen, side, axis) for side in (0, 1)]
    soles = [np.clip(edge[near], -FARTHEST, FARTHEST) for pair in edges for edge in pair]
    plot = Plot(window, span_of(lines["xi"][near], lines["cop"][near], *soles), "cm", height=240)
    for side, (low, high) in enumerate(edges):
        plot.band(time, low, high, _PALE[side], f"{SIDES[side]} sole on the ground")
    plot.curve(time, lines["wanted"], COP, dash=True)
    plot.curve(time, lines["cop"], COP, "centre of pressure (dashed: wanted)")
    plot.curve(time, lines["com"], COM, "centre of mass")
    plot.curve(time, lines["believed"], XI, dash=True)
    plot.curve(time, lines["xi"], XI, "ξ (dashed: believed)")
    return mark(plot, seen).svg(with_legend=axis == 1)


def _edges(seen: Seen, side: int, axis: int) -> tuple[Array, Array]:
    """Return the ends of a sole in the gliding frame, (t,), (t,) [cm]; NaN while it is lifted."""
    walked = seen.walked
    sole = walked.sole
    ends = (sole.rear, sole.front) if axis == 0 else (-sole.side, sole.side)
    place = seen.gliding(walked.truth.soles[:, side, :2])[:, axis]
    down = (walked.truth.force[:, side] > LIFTED * walked.mass * GRAVITY) & seen.upright
    low, high = (np.where(down, 100.0 * (place + end), np.nan) for end in ends)
    return low, high


def xi_error(seen: Seen) -> str:
    """Return how far believed and true ξ are apart, along the heading and across."""
    apart = 1e3 * (seen.gliding(seen.believed_xi) - seen.gliding(seen.xi))
    apart = np.where(seen.upright[:, None], apart, np.nan)
    plot = Plot(whole(seen), span_of(apart, least=40.0, around=0.0), "mm", height=150)
    plot.level(0.0, "")
    plot.curve(seen.walked.time, apart[:, 0], INK, "believed minus true ξ, ahead")
    plot.curve(seen.walked.time, apart[:, 1], RIGHT_FOOT, "to the left")
    return mark(plot, seen).svg()


def margin(seen: Seen) -> str:
    """Return how far the centre of pressure was from the edge of what carried."""
    walked = seen.walked
    values = np.where(seen.upright, 1e3 * seen.margin, np.nan)
    alone = (walked.truth.force > LIFTED * walked.mass * GRAVITY).sum(axis=1) == 1
    plot = Plot(whole(seen), (-4.0, 80.0), "mm", height=170)
    plot.level(0.0, "edge", BAD)
    both = np.where(alone, np.nan, np.minimum(values, 80.0))
    one = np.where(alone, np.minimum(values, 80.0), np.nan)
    plot.curve(walked.time, both, GREY, "on both feet (more than 8 cm drawn at 8 cm)")
    plot.curve(walked.time, one, COP, "on one foot")
    return mark(plot, seen).svg()


def attitude(seen: Seen) -> str:
    """Return roll and pitch, believed and true."""
    walked = seen.walked
    drawn = seen.upright[:, None] | walked.order.reflexes
    true = np.degrees(np.where(drawn, walked.truth.attitude[:, :2], np.nan))
    believed = np.degrees(np.where(drawn, walked.belief.attitude, np.nan))
    span = span_of(true, believed, least=4.0)
    plot = Plot(whole(seen), span, "°", height=190)
    for axis, (name, colour) in enumerate((("roll", FEET[0]), ("pitch", FEET[1]))):
        plot.curve(walked.time, believed[:, axis], colour, dash=True)
        plot.curve(walked.time, true[:, axis], colour, f"{name} (dashed: believed)")
    error = np.abs(believed - true)[seen.upright]
    note = (
        f"<p>Believed and true apart: roll {error[:, 0].mean():.2f}° on average and "
        f"{error[:, 0].max():.2f}° at most, pitch {error[:, 1].mean():.2f}° and "
        f"{error[:, 1].max():.2f}°; what is believed is 10 ms old. Pitch is positive nose down.</p>"
    )
    return mark(plot, seen).svg() + note


def forces(seen: Seen) -> str:
    """Return the forces on the feet in the close stretch, and who stands when."""
    walked, window = seen.walked, stretch(seen)
    near = (walked.time >= window[0]) & (walked.time <= window[1])
    force = walked.truth.force
    plot = Plot(window, (0.0, span_of(force[near], least=100.0)[1]), "N", height=190)
    plot.level(walked.mass * GRAVITY, "weight")
    for side in (0, 1):
        plot.curve(walked.time, force[:, side], FEET[side], f"{SIDES[side]} foot")
    down = force > LIFTED * walked.mass * GRAVITY
    rows = [(SIDES[side], _bars(walked.time, down[:, side], window, side)) for side in (0, 1)]
    rows.append(("walk", _phases(seen, window)))
    return mark(plot, seen).svg() + timeline(rows, span=window)


def _bars(time: Array, down: BoolArray, window: tuple[float, float], side: int) -> list[Bar]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], down.astype(int), [0]))))
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        begin, until = float(time[start]), float(time[end - 1])
        if until > window[0] and begin < window[1]:
            bar = Bar(max(begin, window[0]), min(until, window[1]), "", FEET[side])
            found.append(bar)
    return found


def _phases(seen: Seen, window: tuple[float, float]) -> list[Bar]:
    """Return what the walk means to do in ``window``."""
    time, belief = seen.walked.time, seen.walked.belief
    shades = {Legs.STAND: "#c9d6a5", Legs.SHIFT: "#e8d5a3", Legs.STEP: "#dfe4ea"}
    code = 10 * belief.legs + np.where(belief.legs == Legs.STEP, belief.stance, 0)
    edges = [0, *(np.flatnonzero(np.diff(code)) + 1), len(time)]
    found = []
    for start, end in pairwise(edges):
        legs = Legs(int(belief.legs[start]))
        begin, until = float(time[start]), float(time[end - 1])
        if legs is Legs.OFF or until <= window[0] or begin >= window[1]:
            continue
        label = legs.name.lower()
        if legs is Legs.STEP:
            label = f"{SIDES[1 - int(belief.stance[start])]} steps"
        found.append(Bar(max(begin, window[0]), min(until, window[1]), label, shades[legs]))
    return found


def speeds(seen: Seen) -> str:
    """Return asked, commanded and reached speeds, those that are not zero."""
    walked = seen.walked
    drawn = []
    for axis in range(3):
        values = (seen.reached[:, axis], walked.belief.followed[:, axis])
        idle = abs(walked.order.twist[axis]) < 1e-9
        span = span_of(*(one[seen.upright] for one in values), np.zeros(1), least=0.1)
        plot = Plot(whole(seen), span, f"{WAYS[axis]} [{UNITS[axis]}]", height=96 if idle else 150)
        asked = np.full(len(walked.time), walked.order.twist[axis])
        asked = asked if span[0] <= asked[0] <= span[1] else np.full(len(asked), math.nan)
        plot.curve(walked.time, asked, GREY, "asked")
        plot.curve(walked.time, walked.belief.followed[:, axis], COP, "commanded", dash=True)
        reached = np.where(seen.upright, seen.reached[:, axis], np.nan)
        plot.curve(walked.time, reached, INK, "reached, mean over a stride")
        drawn.append(mark(plot, seen).svg(with_legend=axis == 2))
    return "".join(drawn)


def slips(seen: Seen) -> str:
    """Return slip and miss of each step as columns."""
    landed = seen.landed
    if not landed:
        return "<p>No step was made.</p>"
    slip = 1e3 * np.array([one.slip for one in landed])
    span = whole(seen)
    plot = Plot(span, (0.0, max(2.6, 1.1 * float(slip.max()))), "mm", height=140)
    plot.level(2.0, "2 mm")
    wide = max(1.5, min(9.0, 300.0 / len(landed)))
    for one, value in zip(landed, slip, strict=True):
        x, y = plot.at_x(one.landed), plot.at_y(float(value))
        foot = plot.at_y(0.0)
        plot.parts.append(
            f'<rect x="{x - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" '
            f'height="{max(foot - y, 0.5):.1f}" fill="{FEET[one.side]}">'
            f"<title>step {one.number}: {value:.2f} mm</title></rect>"
        )
    plot.keys = [(f"{SIDES[side]} foot", FEET[side]) for side in (0, 1)]
    return mark(plot, seen).svg()
