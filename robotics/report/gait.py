"""The gait report: one HTML file about one walk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from robotics.core.walked import SIDES, Walked
from robotics.report.gait_charts import (
    attitude,
    balance,
    forces,
    margin,
    slips,
    speeds,
    stretch,
    xi_error,
)
from robotics.report.gait_figures import cause, figures, missing
from robotics.report.gait_frames import Footfall, Seen, see
from robotics.report.gait_ground import footsteps, pressure
from robotics.report.gait_joints import bars, strides, table
from robotics.report.page import data_uri
from robotics.report.style import PAGE

STYLE = """<style>
header div,main{max-width:980px}
.fell,.up{border:1px solid;border-radius:8px;padding:9px 14px;margin:0 0 12px}
.fell{background:#fdf1ec;border-color:#e9bda9}.up{background:#eaf5ee;border-color:#9fcfb2}
.stills{grid-template-columns:1fr 1fr}
.cards{grid-template-columns:repeat(auto-fill,minmax(168px,1fr))}
.curve{stroke-width:1.5;stroke-linejoin:round}.dash{stroke-dasharray:5 3;stroke-width:1.1}
.level{stroke-width:1;stroke-dasharray:2 3}.band{opacity:.55;stroke:none}
figure .band{opacity:.18}
.instant{opacity:.22}.tagged{font-size:11px;font-weight:600}
.ground{background:#f6f7f5;border:1px solid var(--line);border-radius:8px}
.tenth{stroke:#eceeec}.metre{stroke:#d4d8d6}
.sole{fill:var(--c);fill-opacity:.20;stroke:var(--c);stroke-width:1.2}
.sole.begin{fill-opacity:.06;stroke-opacity:.5}
.sole.planned{fill:none;stroke-dasharray:5 4;stroke-width:1;stroke-opacity:.75}
.sole.aimed{fill:none;stroke-width:.7;stroke-opacity:.8}
.sole.limit{fill:none;stroke-dasharray:4 4}
.heading{fill:none;stroke-width:1.4;stroke-opacity:.7}.step{font-size:11px;font-weight:600}
.way{fill:none;stroke-width:1.7;stroke-linejoin:round}.way.dash{stroke-width:1.2}
.way.fine{stroke-width:.8;stroke-opacity:.75}.dots{opacity:.45}
.lift{stroke-dasharray:3 3;opacity:.7}
.small{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px}figure{margin:0}
table.n td,table.n th{text-align:right;white-space:nowrap;word-break:normal;padding:3px 7px;
font-variant-numeric:tabular-nums}table.n th{white-space:normal;vertical-align:bottom}
table.n td:first-child,table.n th:first-child{text-align:left}
td.over{color:#c0392b;font-weight:600}section p{margin:.35em 0 .7em;color:#4a5158}
section{overflow-x:auto}@media(max-width:640px){.small{grid-template-columns:1fr}}
</style>"""


def write_gait_report(
    path: Path, walked: Walked, *, video: Path | None, stills: Sequence[Path]
) -> Seen:
    """Write the page of a walk, and return the walk made ready to be told in words.

    Args:
        path: The HTML file.
        walked: The walk.
        video: An mp4 to put in; None for none.
        stills: Pictures to put in.
    """
    seen = see(walked)
    sections = [
        ("What happened", _summary(seen)),
        ("Video", _media(video, stills)),
        ("Footsteps", footsteps(seen, stretch(seen))),
        ("Balance", _balance(seen)),
        ("Centre of pressure in the soles", _pressure(seen)),
        ("Attitude", attitude(seen)),
        ("Feet and ground", forces(seen)),
        ("Joint torques", bars(seen) + strides(seen)),
        ("Torques, ratings, temperatures", table(seen)),
        ("Speeds", speeds(seen)),
        ("Steps", _steps(seen)),
        ("How this was made", _made(seen)),
    ]
    body = STYLE + "".join(
        f"<section><h2>{escape(title)}</h2>{content}</section>"
        for title, content in sections
        if content
    )
    page = PAGE.replace("{{title}}", escape(f"Gait report: {title_of(walked)}"))
    page = page.replace("{{lead}}", escape(_lead(walked))).replace("{{body}}", body)
    path.write_text(page, encoding="utf-8")
    return seen


def title_of(walked: Walked) -> str:
    """Return what was ordered, in a few words."""
    ahead, left, turn = walked.order.twist
    parts = []
    if abs(ahead) > 1e-9:
        parts.append(f"{abs(ahead):g} m/s {'ahead' if ahead > 0 else 'back'}")
    if abs(left) > 1e-9:
        parts.append(f"{abs(left):g} m/s to the {'left' if left > 0 else 'right'}")
    if abs(turn) > 1e-9:
        parts.append(f"{abs(turn):g} rad/s to the {'left' if turn > 0 else 'right'}")
    return f"{', '.join(parts) or 'standing'}, {walked.ground}"


def _lead(walked: Walked) -> str:
    order = walked.order
    parts = [f"{order.seconds:g} s", f"seed {order.seed}"]
    if order.push is not None:
        ahead, left = order.push.impulse
        parts.append(
            f"pushed {ahead:g} N·s ahead and {left:g} N·s to the left at {order.push.time:g} s"
        )
    parts.append("reflexes on" if order.reflexes else "reflexes off")
    return " · ".join(["Youyou (优友) alone under physics", *parts])


def _summary(seen: Seen) -> str:
    told = " ".join(cause(seen))
    verdict = f'<p class="fell">{escape(told)}</p>' if told else ""
    if not told:
        less = missing(seen)
        but = f", but reached only {', '.join(less)}" if less else ""
        verdict = f'<p class="{"fell" if less else "up"}">It stayed on its feet{but}.</p>'
    cards = "".join(
        f'<div class="card"><b>{escape(value)}</b><span>{escape(label)}</span>'
        f"<small>{escape(note)}</small></div>"
        for label, value, note in figures(seen)
    )
    return f'{verdict}<div class="cards">{cards}</div>'


def _media(video: Path | None, stills: Sequence[Path]) -> str:
    if video is None:
        return ""
    film = f'<video controls playsinline loop muted src="{data_uri(video)}"></video>'
    shown = "".join(f'<img src="{data_uri(one)}" alt="{one.stem}">' for one in stills)
    note = (
        "<p>From the side and from the front, as the physics had it. On the ground: where the "
        "soles landed, the centre of mass (black) and ξ (purple).</p>"
    )
    return note + film + (f'<div class="stills">{shown}</div>' if shown else "")


def _balance(seen: Seen) -> str:
    first, last = stretch(seen)
    note = (
        f"<p>{first:.1f} to {last:.1f} s, seen from a frame that glides along with the robot. "
        "ξ = c + ċ/ω is where a foot would have to stand for the robot to come to rest; the walk "
        "leads it from sole to sole with the centre of pressure.</p>"
    )
    return (
        f"{note}<h3>ahead</h3>{balance(seen, 0)}<h3>to the left</h3>{balance(seen, 1)}"
        f"<h3>what is believed of ξ</h3>{xi_error(seen)}"
    )


def _pressure(seen: Seen) -> str:
    note = (
        "<p>How far the centre of pressure was from the edge of what carried: of the sole on one "
        "foot, of the hull of both on two. At the edge the foot tips.</p>"
    )
    return pressure(seen) + "<h3>margin to the edge</h3>" + note + margin(seen)


def _steps(seen: Seen) -> str:
    head = "".join(
        f"<th>{one}</th>"
        for one in (
            *("step", "foot", "lifted [s]", "landed [s]", "length [mm]", "width [mm]"),
            *("off its aim, ahead", "to the left [mm]", "slip [mm]", "peak force [N]"),
        )
    )
    rows = "".join(_step(one) for one in seen.footfalls)
    opened = "<summary>every step in figures</summary>"
    note = (
        "<p>How far a sole moved from when it carried a fifth of the weight until it carried less "
        "again.</p>"
    )
    listing = f'<details>{opened}<table class="n"><tr>{head}</tr>{rows}</table></details>'
    return note + slips(seen) + (listing if seen.footfalls else "")


def _step(one: Footfall) -> str:
    if not math.isfinite(one.landed):
        cells = ["–"] * 7
    else:
        cells = [
            *(f"{one.landed:.2f}", f"{1e3 * one.step[0]:.0f}", f"{1e3 * abs(one.step[1]):.0f}"),
            *(f"{1e3 * one.miss[0]:+.0f}", f"{1e3 * one.miss[1]:+.0f}"),
            *(f"{1e3 * one.slip:.1f}", f"{one.peak:.0f}"),
        ]
    first = (str(one.number), SIDES[one.side], f"{one.lifted:.2f}")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in (*first, *cells)) + "</tr>"


def _made(seen: Seen) -> str:
    walked = seen.walked
    top = walked.largest
    lines = (
        "Physics: PyBullet at 400 Hz, the robot as rigid bodies of its URDF, "
        f"{walked.mass:.1f} kg; nothing holds it. Ground: {walked.ground}.",
        f"The robot's own estimator, walk and joint guard at {1 / walked.period:.0f} Hz. Sensors "
        "with noise, quantisation and gyro bias, 10 ms old; commands act 5 ms later; motors with "
        "torque-speed lines, gear play and friction.",
        f"The walk takes up to {top[0]:g} m/s ahead and back, {top[1]:g} m/s to either side and "
        f"{top[2]:g} rad/s; more is limited to that.",
        "True: from the physics, never given to the robot. Believed: what the walk works with. "
        "Reached speed: of the base along its own heading, from 3 s on (the second half of a "
        "shorter walk) until the end or the fall.",
        "A fall: anything but a sole touches the ground, or the trunk leans more than 45°. Slip, "
        "time in the air, penetration and torque count until then, by the same onlooker as in "
        "benchmarks/walk.py.",
    )
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
