"""The report: one HTML file that needs no network and no other file."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from robotics.core.spoken import bare
from robotics.mapping.places import Site
from robotics.report.activities import both
from robotics.report.digest import STAGES, RobotDigest, RunDigest
from robotics.report.map_view import COLOURS, map_view
from robotics.report.style import PAGE
from robotics.report.svg import Bar, Line, line_chart, timeline

SHOWING = "showing "
"""So begins the activity of a robot that dances, sings or leads a tour, before its title."""
UNKNOWN = "answer_unknown"
"""What it says to a question that it cannot answer."""
APART = 15.0
"""Sentences of one answer are nearer, a word to somebody who comes between them included [s]."""
_SHADES = ("#f3b49f", "#e8d5a3", "#a9cfc4", "#b5c7e3", "#d3b8dc", "#c9d6a5", "#e0b3bd", "#b8b8c8")


def write_report(
    folder: Path,
    run: RunDigest,
    site: Site,
    *,
    video: Path | None,
    stills: Sequence[Path],
    sound: str = "",
) -> Path:
    """Write ``report.html`` into ``folder`` and return its path.

    Args:
        folder: Existing folder.
        run: The run.
        site: The site map that the robots were given.
        video: An mp4 or webm to put in; None where no simulator could render one.
        stills: PNG or JPEG pictures to put in.
        sound: What is heard in the video, or why nothing is.
    """
    sections = [
        ("What happened", _summary(run)),
        ("Video", _media(video, stills, sound)),
        ("Map", map_view(run, site)),
        ("Missions", _missions(run)),
        ("Distances", _clearances(run)),
        ("Battery, water, bin", _resources(run)),
        ("Belief and truth", _localisation(run)),
        ("The tick", _timing(run)),
        ("How this was made", _provenance(run)),
    ]
    body = "".join(
        f"<section><h2>{escape(title)}</h2>{content}</section>"
        for title, content in sections
        if content
    )
    path = folder / "report.html"
    title = f"{run.config.get('site', 'run')}: {', '.join(sorted(run.robots))}"
    path.write_text(
        PAGE.replace("{{title}}", escape(title))
        .replace("{{lead}}", _lead(run))
        .replace("{{body}}", body),
        encoding="utf-8",
    )
    return path


def data_uri(path: Path) -> str:
    """Return a file as a ``data:`` address."""
    kinds = {".mp4": "video/mp4", ".webm": "video/webm", ".png": "image/png", ".jpg": "image/jpeg"}
    text = base64.b64encode(path.read_bytes()).decode()
    return f"data:{kinds[path.suffix]};base64,{text}"


def figures(run: RunDigest) -> list[tuple[str, str, str]]:
    """Return the run's key figures as (label, value, note), those that the run has."""
    seen = run.summary
    found: list[tuple[str, str, str]] = []

    def add(key: str, label: str, text: str, note: str = "") -> None:
        value = seen.get(key)
        if isinstance(value, int | float) and math.isfinite(value):
            found.append((label, text.format(value), note))

    add("covered_fraction", "zone swept", "{:.1%}", str(seen.get("zone", "")))
    add("repeat_fraction", "swept twice", "{:.1%}", "of the swept ground")
    add("mass_removed_fraction", "dirt removed", "{:.1%}", "in the simulator's dirt model")
    add("near_visitors", "visitors came near", "{:.0f}", "within 2.5 m for 2 s")
    add("greeted_fraction", "of them greeted", "{:.0%}")
    add("hands_shaken", "hands shaken", "{:.0f}")
    add("hand_force_max_n", "largest force on a hand", "{:.1f} N", "bound: 25 N")
    add("questions_asked", "questions asked", "{:.0f}", "by visitors")
    found += _performed(run)
    add("steps", "steps walked", "{:.0f}", "by the greeter")
    add("bumps", "children ran into it", "{:.0f}", _run_ins(seen.get("run_ins")))
    add("falls", "falls", "{:.0f}")
    add(
        "contacts_caused",
        "contacts caused",
        "{:.0f}",
        f"of {seen.get('contacts_total', '?')} in all",
    )
    for name, distance in sorted(_as_mapping(seen.get("distance_m")).items()):
        found.append((f"{name}: distance", f"{distance:.0f} m", "as the onlooker saw it"))
    for name, clearance in sorted(_as_mapping(seen.get("min_clearance_visitor_m")).items()):
        if isinstance(clearance, int | float) and math.isfinite(clearance):
            found.append((f"{name}: closest", f"{clearance:.2f} m", "to a visitor"))
    return found


def _run_ins(rows: Any) -> str:
    """Return what came of the children who ran into the greeter, one after another."""
    told = []
    for one in rows if isinstance(rows, list) else []:
        way = "walking" if one["walking"] else "standing"
        outcome = "it kept its feet"
        if one["fell"]:
            up = one["up_after"]
            outcome = "it fell" + ("" if up is None else f", and stood again after {up:.0f} s")
        told.append(
            f"{one['partner']} at {one['time']:.0f} s, {one['speed']:.1f} m/s, from "
            f"{one['bearing_deg']:.0f}°, {one['impulse_ns']:.1f} N·s, {way}: {outcome}"
        )
    return "; ".join(told)


def _performed(run: RunDigest) -> list[tuple[str, str, str]]:
    """Return what was shown, by name, and how many questions were answered; nothing if none."""
    found, robots = [], run.robots.values()
    labels = [span.label for robot in robots for span in robot.activities]
    shown = [label.removeprefix(SHOWING) for label in labels if label.startswith(SHOWING)]
    if shown:
        found.append(("shows", str(len(shown)), ", ".join(shown)))
    said = [one for robot in robots for one in robot.spoken if _answers(one)]
    # an answer is said sentence by sentence
    new = [two for one, two in pairwise([{}, *said]) if _is_new(one, two)]
    if new:
        known = sum(one["behaviour"] != UNKNOWN for one in new)
        found.append(("questions answered", str(known), f"politely not known: {len(new) - known}"))
    return found


def _answers(said: Mapping[str, Any]) -> bool:
    return str(said.get("behaviour", "")).startswith("answer_")


def _is_new(before: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a sentence begins another answer than the one said before it."""
    same = before.get("behaviour") == said["behaviour"]
    return not same or bool(said["start"] - before["start"] - before["duration"] > APART)


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _lead(run: RunDigest) -> str:
    config = run.config
    minutes, seconds = divmod(round(run.duration), 60)
    parts = [
        f"{minutes} min {seconds:02d} s at {escape(str(config.get('title', config.get('site'))))}",
        f"seed {config.get('seed')}",
        f"body: {escape(str(config.get('on', 'sim')))}",
    ]
    ended = [event for event in run.events if event.get("kind") == "stop"]
    if ended:
        parts.append(f"stopped at {ended[0]['time']:.1f} s: {escape(str(ended[0].get('reason')))}")
    return " · ".join(parts)


def _summary(run: RunDigest) -> str:
    cards = "".join(
        f'<div class="card"><b>{escape(value)}</b><span>{escape(label)}</span>'
        f"<small>{escape(note)}</small></div>"
        for label, value, note in figures(run)
    )
    missing = "".join(f"<li>{escape(str(line))}</li>" for line in run.config.get("missing", []))
    note = f"<p>Not in this version yet:</p><ul>{missing}</ul>" if missing else ""
    if not cards:
        cards = "<p>The run ended before an onlooker could sum it up.</p>"
    link = ""
    if "ground" in run.summary:
        link = (
            '<p><a href="quality.html">保洁质量报告 / Cleaning quality report</a>: maps before and '
            "after, kerbs, what was missed and why</p>"
        )
    return f'<div class="cards">{cards}</div>{link}{note}'


def _media(video: Path | None, stills: Sequence[Path], sound: str) -> str:
    shown = "".join(f'<img src="{data_uri(still)}" alt="{still.stem}">' for still in stills)
    film = "<p>No video: the pictures need the simulator's renderer.</p>"
    if video is not None:
        film = f'<video controls playsinline src="{data_uri(video)}"></video>'
    note = f"<p>{escape(sound)}</p>" if sound else ""
    return film + note + f'<div class="stills">{shown}</div>'


def _missions(run: RunDigest) -> str:
    rows = []
    for name, robot in sorted(run.robots.items()):
        shade: dict[str, str] = {}
        bars = []
        for span in robot.activities:
            colour = shade.setdefault(span.label, _SHADES[len(shade) % len(_SHADES)])
            bars.append(Bar(span.start, span.end, both(span.label), colour))
        rows.append((name, bars))
        said = [
            Bar(
                u["start"],
                u["start"] + u["duration"],
                f"{bare(u['zh'])} / {bare(u['en'])}",
                COLOURS.get(name, "#999"),
            )
            for u in robot.spoken
        ]
        rows.append(("says", said))
        rows += [(what, bars) for what, bars in _signals(robot) if bars]
        stops = [Bar(s.start, max(s.end, s.start + 0.3), s.label, "#c0392b") for s in robot.stops]
        rows.append(("guard", stops))
    return timeline(rows, span=(0.0, run.duration)) + _said(run)


def _signals(robot: RobotDigest) -> list[tuple[str, list[Bar]]]:
    """Return rows of what face or beacon showed and of what rang."""
    faces = [Bar(s.start, max(s.end, s.start + 0.3), s.label, "#c9a227") for s in robot.faces]
    chimes = [Bar(s.start, s.end, s.label, "#6f7b87") for s in robot.chimes]
    return [("shows", faces), ("rings", chimes)]


def _said(run: RunDigest) -> str:
    lines = []
    for name, robot in sorted(run.robots.items()):
        lines += [
            (u["start"], f"<tr><td>{u['start']:.1f} s</td><td>{escape(name)}</td>"
             f"<td>{escape(bare(u['zh']))}</td><td>{escape(bare(u['en']))}</td></tr>")
            for u in robot.spoken
        ]  # fmt: skip
    if not lines:
        return ""
    rows = "".join(text for _, text in sorted(lines))
    return f"<details><summary>{len(lines)} sentences said</summary><table>{rows}</table></details>"


def _clearances(run: RunDigest) -> str:
    lines = []
    for name in sorted(run.robots):
        frames = [f for f in run.witness if name in _as_mapping(f.get("clearance_visitor_m"))]
        for key, label, colour in (
            ("clearance_visitor_m", f"{name} to the nearest visitor", COLOURS.get(name, "#444")),
            ("clearance_solid_m", f"{name} to the nearest thing", "#9aa0a6"),
        ):
            picked = [(f["time"], _as_mapping(f.get(key)).get(name)) for f in frames]
            y = [math.nan if v is None or v > 10.0 else float(v) for _, v in picked]
            if any(math.isfinite(v) for v in y):
                lines.append(Line(label, colour, [t for t, _ in picked], y))
    if not lines:
        return ""
    return line_chart(lines, unit="m", span=(0.0, run.duration), floor=0.0)


def _resources(run: RunDigest) -> str:
    charts = []
    for name, robot in sorted(run.robots.items()):
        time = robot.series["time"]
        lines = [Line("battery", "#3b7dd8", time, robot.series["charge"])]
        if name == "sweeper":
            lines.append(Line("water", "#2aa7b8", time, robot.series["water"]))
            lines.append(Line("bin", "#8a6d3b", time, robot.series["bin"]))
        percent = [Line(li.label, li.colour, li.x, [100 * v for v in li.y]) for li in lines]
        chart = line_chart(percent, unit="%", span=(0.0, run.duration), floor=0.0)
        charts.append(f"<h3>{escape(name)}</h3>{chart}")
    return "".join(charts)


def _localisation(run: RunDigest) -> str:
    lines, speeds = [], []
    for name, robot in sorted(run.robots.items()):
        colour = COLOURS.get(name, "#444")
        errors = position_errors(run, robot)
        if errors:
            centimetres = [100 * e for _, e in errors]
            lines.append(
                Line(f"{name}: position error", colour, [t for t, _ in errors], centimetres)
            )
        speeds.append(Line(f"{name}: speed", colour, robot.series["time"], robot.series["speed"]))
    span = (0.0, run.duration)
    error_chart = line_chart(lines, unit="cm", span=span, floor=0.0) if lines else ""
    return error_chart + line_chart(speeds, unit="m/s", span=span, floor=0.0)


def position_errors(run: RunDigest, robot: RobotDigest) -> list[tuple[float, float]]:
    """Return (time [s], distance between belief and truth [m]) at the onlooker's samples."""
    seen = {
        round(f["time"], 1): f["robots"][robot.name]["position"]
        for f in run.scene
        if robot.name in f["robots"]
    }
    errors = []
    for time, pose in zip(robot.series["time"], robot.series["pose"], strict=True):
        true = seen.get(round(time, 1))
        if true is not None:
            errors.append((time, math.hypot(pose[0] - true[0], pose[1] - true[1])))
    return errors


def _timing(run: RunDigest) -> str:
    head = "".join(f"<th>{stage}</th>" for stage in (*STAGES, "tick"))
    rows = ""
    for name, robot in sorted(run.robots.items()):
        if not robot.stage_ms:
            continue
        for percent in (50, 99):
            cells = "".join(
                f"<td>{robot.percentile_ms(stage, percent):.3f}</td>" for stage in (*STAGES, "tick")
            )
            rows += f"<tr><td>{escape(name)} p{percent} [ms]</td>{cells}</tr>"
    if not rows:
        return ""
    factor = run.summary.get("realtime_factor")
    pace = f"<p>The run went {factor:.1f} × as fast as real time.</p>" if factor else ""
    return f"{pace}<table><tr><th></th>{head}</tr>{rows}</table>"


def _provenance(run: RunDigest) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(key))}</td><td>{escape(str(value))}</td></tr>"
        for key, value in run.config.items()
        if key != "missing"
    )
    events = "".join(
        f"<li>{event['time']:.1f} s: {escape(str(event.get('kind')))} "
        f"{escape(str(event.get('reason', '')))}</li>"
        for event in run.events
    )
    summary = "<summary>Configuration and versions</summary>"
    return f"<details>{summary}<table>{rows}</table></details><ul>{events}</ul>"
