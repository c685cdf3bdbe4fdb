"""What the walk takes from the joints: bars against stall and rating, torques over a stride."""

from __future__ import annotations

import math
from html import escape
from itertools import pairwise

import numpy as np

from robotics.core.arrays import Array
from robotics.report.gait_figures import torque_rms
from robotics.report.gait_frames import Seen
from robotics.report.gait_svg import BAD, FEET, SOFT, Plot
from robotics.report.svg import legend, number

PARTS = ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle_pitch", "ankle_roll")
"""Joints of a leg."""
PHASES = np.linspace(0.0, 100.0, 101)
"""Of a stride [%]."""
_GOOD, _WARM, _HOT = "#128277", "#d9a441", "#c0392b"


def bars(seen: Seen) -> str:
    """Return RMS and peak torque of each joint over stall torque, with the continuous rating."""
    motors = seen.walked.motors
    rms = torque_rms(seen) / motors.stall
    peak = np.abs(seen.walked.truth.torque[seen.upright]).max(axis=0) / motors.stall
    rating = motors.continuous / motors.stall
    left, right, row = 150.0, 84.0, 19
    scale = (860.0 - left - right) / 1.0
    parts = []
    for k, name in enumerate(motors.names):
        y = 24 + row * k
        colour = _GOOD if rms[k] <= rating[k] else (_WARM if rms[k] <= 2 * rating[k] else _HOT)
        end = left + scale * min(max(peak[k], rating[k]), 1.0) + 6
        parts.append(
            f'<text x="{left - 8}" y="{y + 12}" class="axis end">{_plain(name)}</text>'
            f'<rect x="{left}" y="{y + 2}" width="{number(scale * min(peak[k], 1.0))}" height="13" '
            f'fill="#dfe4e8"/><rect x="{left}" y="{y + 4}" width="{number(scale * rms[k])}" '
            f'height="9" fill="{colour}"/>'
            f'<line x1="{number(left + scale * rating[k])}" x2="{number(left + scale * rating[k])}"'
            f' y1="{y + 1}" y2="{y + 16}" stroke="{BAD}" stroke-width="1.6"/>'
            f'<text x="{number(end)}" y="{y + 12}" class="axis">'
            f"{rms[k]:.2f} / {peak[k]:.2f}</text>"
        )
    height = 24 + row * len(motors.names) + 22
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = number(left + scale * share)
        parts.insert(
            0,
            f'<line x1="{x}" x2="{x}" y1="18" y2="{height - 20}" class="grid"/>'
            f'<text x="{x}" y="{height - 6}" class="axis mid">{100 * share:.0f} %</text>',
        )
    key = legend(
        [
            ("RMS within the continuous rating", _GOOD),
            ("over it", _WARM),
            ("over twice", _HOT),
            ("peak", "#c9d0d6"),
            ("continuous rating", BAD),
        ]
    )
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 860 {height}" role="img"><text x="{left}" y="12" class="axis">'
        f"torque over stall torque: RMS / peak</text>{body}</svg>{key}"
    )


def table(seen: Seen) -> str:
    """Return the joints' figures as a table."""
    motors = seen.walked.motors
    rms = torque_rms(seen)
    peak = np.abs(seen.walked.truth.torque[seen.upright]).max(axis=0)
    head = "".join(
        f"<th>{one}</th>"
        for one in (
            *("joint", "RMS [N·m]", "peak [N·m]", "continuous [N·m]", "stall [N·m]"),
            *("RMS / continuous", "winding at the end", "in the long run"),
            f"until {motors.limit:.0f} °C",
        )
    )
    rows = []
    for k, name in enumerate(motors.names):
        until = motors.until_limit[k]
        over = ' class="over"' if rms[k] > motors.continuous[k] else ""
        hot = ' class="over"' if math.isfinite(until) else ""
        rows.append(
            f"<tr><td>{_plain(name)}</td><td>{rms[k]:.2f}</td><td>{peak[k]:.2f}</td>"
            f"<td>{motors.continuous[k]:.2f}</td><td>{motors.stall[k]:.1f}</td>"
            f"<td{over}>{rms[k] / motors.continuous[k]:.2f}</td><td>{motors.heat[k]:.1f} °C</td>"
            f"<td{hot}>{motors.settled[k]:.0f} °C</td>"
            f"<td{hot}>{'never' if math.isinf(until) else f'{until / 60:.1f} min'}</td></tr>"
        )
    note = (
        f"<p>Continuous rating: {escape(motors.source)}. Windings: {escape(motors.thermal)}; they "
        f"began at {motors.ambient:.0f} °C, and a few seconds warm nothing: what counts is where "
        "they would end if it walked on like this.</p>"
    )
    return f'{note}<table class="n"><tr>{head}</tr>{"".join(rows)}</table>'


def strides(seen: Seen) -> str:
    """Return each leg joint's torque over a stride: mean of all, band of one deviation."""
    drawn = []
    for part in PARTS:
        plot = _stride_chart(seen, part)
        if plot is not None:
            drawn.append(f"<figure>{plot}</figure>")
    if not drawn:
        return "<p>No whole stride at speed was made.</p>"
    key = legend([("left leg", FEET[0]), ("right leg", FEET[1]), ("continuous rating", BAD)])
    note = (
        "<p>A stride: from one landing of a foot to its next. Mean of all strides at speed, band: "
        "one standard deviation. Dashed lines: where the foot is lifted, on average.</p>"
    )
    return f'{note}<div class="small">{"".join(drawn)}</div>{key}'


def _stride_chart(seen: Seen, part: str) -> str | None:
    walked = seen.walked
    found: list[tuple[int, Array]] = []
    for side, name in enumerate(("left", "right")):
        rows = _strides(
            seen, side, walked.truth.torque[:, walked.motors.names.index(f"{name}_{part}")]
        )
        if len(rows) >= 1:
            found.append((side, rows))
    if not found:
        return None
    rating = float(walked.motors.continuous[walked.motors.names.index(f"left_{part}")])
    reach = max(
        float(np.abs(rows.mean(axis=0)).max() + rows.std(axis=0).max()) for _, rows in found
    )
    reach = 1.08 * max(reach, 1.15 * rating)
    unit = f"{_plain(part)} [N·m]"
    plot = Plot((0.0, 100.0), (-reach, reach), unit, height=170, width=420, x_unit="%")
    for sign in (1.0, -1.0):
        plot.level(sign * rating, "", BAD)
    plot.level(0.0, "", SOFT)
    for side, rows in found:
        mean, spread = rows.mean(axis=0), rows.std(axis=0)
        plot.band(PHASES, mean - spread, mean + spread, FEET[side])
        plot.curve(PHASES, mean, FEET[side])
    for side, _ in found:
        lift = _lifted(seen, side)
        if math.isfinite(lift):
            x = number(plot.at_x(lift))
            line = f'x1="{x}" x2="{x}" y1="20" y2="142" stroke="{FEET[side]}"'
            plot.parts.append(f'<line {line} class="lift"/>')
    return plot.svg(with_legend=False)


def _landings(seen: Seen, side: int) -> list[float]:
    """Return when a foot landed, once up to speed [s]."""
    top = 2.0 * seen.walked.step_time
    times = [one.landed for one in seen.footfalls if one.side == side]
    return [time for time in times if math.isfinite(time) and time > top]


def _strides(seen: Seen, side: int, values: Array) -> Array:
    """Return ``values`` (t,) over each stride, shape (k, 101)."""
    walked = seen.walked
    marks = _landings(seen, side)
    rows = []
    for start, end in pairwise(marks):
        if end - start < 3.2 * walked.step_time:
            times = start + PHASES / 100.0 * (end - start)
            rows.append(np.interp(times, walked.time, values))
    return np.array(rows).reshape(-1, len(PHASES))


def _lifted(seen: Seen, side: int) -> float:
    """Return when in its stride a foot is lifted, on average [%]."""
    marks = _landings(seen, side)
    lifts = [one.lifted for one in seen.footfalls if one.side == side]
    shares = []
    for start, end in pairwise(marks):
        inside = [lift for lift in lifts if start < lift < end]
        if inside and end - start < 3.2 * seen.walked.step_time:
            shares.append(100.0 * (inside[0] - start) / (end - start))
    return float(np.mean(shares)) if shares else math.nan


def _plain(name: str) -> str:
    return name.replace("_", " ")
