"""The map of a run: the site map, both paths, what was swept, who walked where."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from robotics.core.arrays import Array
from robotics.mapping.places import Site
from robotics.report.digest import RunDigest
from robotics.report.svg import legend, number, points

COLOURS = {"greeter": "#e4572e", "sweeper": "#17807e"}
"""Colour of each robot on every picture of the page."""

WALKER = "#8a63a8"
SWEPT = "#9fd8cb"
MARGIN = 7.0
"""Ground shown around everything that moved [m]."""
SWEEP_WIDTH = 1.12
"""Width that the brushes clear [m], see ``urdf/README.md``."""


def map_view(run: RunDigest, site: Site) -> str:
    """Return the map as SVG with its key.

    Args:
        run: The run.
        site: The site map that the robots were given.
    """
    low, high = _extent(run, site)
    parts = [_background(site, low, high)]
    parts += [_zone(name, zone.polygon, zone.kind) for name, zone in site.zones.items()]
    parts += [_polyline(kerb, "kerb") for kerb in site.kerbs]
    parts += [_swept(run), *_walkers(run), *_paths(run), *_places(site, low, high)]
    width, height = high - low
    body = "".join(parts)
    drawing = (
        f'<svg viewBox="{number(low[0])} {number(-high[1])} {number(width)} {number(height)}" '
        f'class="map" role="img"><g transform="scale(1,-1)">{body}</g>'
        f"{_labels(site, low, high)}{_scale_bar(low, high)}</svg>"
    )
    keys = [(f"{name}: path", COLOURS.get(name, "#444")) for name in run.robots]
    return drawing + legend([*keys, ("swept", SWEPT), ("visitors", WALKER)])


def robot_tracks(run: RunDigest) -> dict[str, Array]:
    """Return where an onlooker saw each robot, shape (k, 2) [m]; else where it believed to be."""
    tracks: dict[str, Array] = {}
    for name, robot in run.robots.items():
        seen = [
            frame["robots"][name]["position"][:2] for frame in run.scene if name in frame["robots"]
        ]
        believed = [pose[:2] for pose in robot.series["pose"]]
        tracks[name] = np.asarray(seen or believed, dtype=float).reshape(-1, 2)
    return tracks


def _extent(run: RunDigest, site: Site) -> tuple[Array, Array]:
    moved = np.concatenate([*robot_tracks(run).values(), np.zeros((0, 2))])
    if not len(moved):
        moved = np.array([place.pose[:2] for place in site.places.values()] or [np.zeros(2)])
    low, high = moved.min(axis=0) - MARGIN, moved.max(axis=0) + MARGIN
    grid = site.occupied
    size = np.array(grid.cells.shape[::-1]) * grid.resolution
    return np.maximum(low, grid.origin), np.minimum(high, grid.origin + size)


def _background(site: Site, low: Array, high: Array) -> str:
    grid = site.occupied
    first = np.floor((low - grid.origin) / grid.resolution).astype(int)
    last = np.ceil((high - grid.origin) / grid.resolution).astype(int)
    window = (slice(first[1], last[1]), slice(first[0], last[0]))
    shade = np.full((*site.occupied.cells[window].shape, 3), (246, 244, 238), dtype=np.uint8)
    shade[site.keepout.cells[window].astype(bool)] = (226, 232, 214)
    shade[site.occupied.cells[window].astype(bool)] = (92, 96, 104)
    buffer = io.BytesIO()
    Image.fromarray(shade).save(buffer, "PNG", optimize=True)
    text = base64.b64encode(buffer.getvalue()).decode()
    x, y = grid.origin + first * grid.resolution
    width, height = (last - first) * grid.resolution
    return (
        f'<image x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{text}"/>'
    )


def _zone(name: str, polygon: Array, kind: str) -> str:
    drawn = points(polygon[:, 0], polygon[:, 1])
    title = f"<title>{escape(name)}</title>"
    return f'<polygon points="{drawn}" class="zone {escape(kind)}">{title}</polygon>'


def _polyline(line: Array, style: str) -> str:
    return f'<polyline points="{points(line[:, 0], line[:, 1])}" class="{style}"/>'


def _swept(run: RunDigest) -> str:
    """Return the ground under working brushes, as seen by the onlooker."""
    stretches: list[list[Any]] = [[]]
    for frame in run.scene:
        sweeper = frame["robots"].get("sweeper")
        if sweeper is not None and sweeper.get("brush", 0.0) > 0.0:
            stretches[-1].append(sweeper["position"][:2])
        elif stretches[-1]:
            stretches.append([])
    drawn = [_polyline(np.asarray(stretch), "path") for stretch in stretches if len(stretch) > 1]
    style = f'stroke="{SWEPT}" stroke-width="{SWEEP_WIDTH}" stroke-linejoin="round" opacity="0.55"'
    return f"<g {style}>{''.join(drawn)}</g>"


def _walkers(run: RunDigest) -> Iterable[str]:
    tracks: dict[int, list[Any]] = {}
    for frame in run.scene:
        for number_, x, y, *_ in frame.get("visitors", []):
            tracks.setdefault(int(number_), []).append((x, y))
    for track in tracks.values():
        yield (
            f'<g stroke="{WALKER}" stroke-width="0.05" opacity="0.35">'
            f"{_polyline(np.asarray(track), 'path')}</g>"
        )


def _paths(run: RunDigest) -> Iterable[str]:
    for name, track in robot_tracks(run).items():
        colour = COLOURS.get(name, "#444")
        if not len(track):
            continue
        yield f'<g stroke="{colour}" stroke-width="0.12">{_polyline(track, "path")}</g>'
        believed = np.asarray([pose[:2] for pose in run.robots[name].series["pose"]]).reshape(-1, 2)
        yield (
            f'<g stroke="#222" stroke-width="0.03" stroke-dasharray="0.2 0.2">'
            f"{_polyline(believed, 'path')}</g>"
        )
        x, y = track[-1]
        yield f'<circle cx="{number(x)}" cy="{number(y)}" r="0.3" fill="{colour}"/>'


def _places(site: Site, low: Array, high: Array) -> Iterable[str]:
    for place in site.places.values():
        x, y = place.pose[:2]
        if (low < (x, y)).all() and ((x, y) < high).all():
            yield f'<circle cx="{number(x)}" cy="{number(y)}" r="0.15" class="place"/>'


def _labels(site: Site, low: Array, high: Array) -> str:
    parts = []
    for place in site.places.values():
        x, y = place.pose[:2]
        shown = place.kind.startswith("dock") or place.kind == "greeter"
        if shown and (low < (x, y)).all() and ((x, y) < high).all():
            name = escape(place.name.replace("_", " "))
            parts.append(f'<text x="{number(x + 0.3)}" y="{number(-y)}" class="tag">{name}</text>')
    return "".join(parts)


def _scale_bar(low: Array, high: Array) -> str:
    x, y = low[0] + 1.0, -low[1] - 1.0
    return (
        f'<line x1="{number(x)}" x2="{number(x + 5)}" y1="{number(y)}" y2="{number(y)}" '
        f'stroke="#222" stroke-width="0.12"/>'
        f'<text x="{number(x)}" y="{number(y - 0.3)}" class="tag">5 m</text>'
    )
