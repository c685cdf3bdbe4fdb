"""Maps of a zone for the quality report: dirt, passes, what was missed, the gap at the kerb."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image

from robotics.core.arrays import Array
from robotics.core.raster import Raster
from robotics.report.quality_data import OUTSIDE, UNREACHABLE, KerbLine, Quality, ZoneWork
from robotics.report.quality_missed import Patch, Reason
from robotics.report.svg import number, points

RIM = 0.8
"""Ground shown around a zone [m]."""
WIDE = 2.4
"""Zones longer than so many times their width have one map in a row."""
ROOM = (836.0, 420.0)
"""Room for maps on the page: width of a row, height of a map [px]."""
NUMBERED = 12
"""So many patches, the largest, bear their number."""
OUTWARDS = 0.16
"""The gap's colour is drawn so far beyond the kerb [m]."""
DIRT = np.array(
    [[250, 248, 243], [240, 222, 187], [219, 178, 120], [173, 118, 66], [110, 66, 32], [56, 30, 14]]
)
"""Colours from clean to the dirtiest, evenly spaced."""
PASSES = ((214, 84, 71), (159, 208, 189), (86, 156, 184), (62, 74, 137))
"""Swept not at all, once, twice, three times or more."""
SHUT = (196, 198, 200)
GAPS = ((0.02, "#2e8b57"), (0.035, "#9bbf3b"), (0.06, "#e8a33d"), (0.20, "#d65447"))
"""Gaps up to so much [m] in this colour; beyond, or never swept, ``NEVER``."""
NEVER = "#6b2737"
REASON_COLOURS = {
    Reason.NARROW: "#8f9499",
    Reason.UNFINISHED: "#e8a33d",
    Reason.VISITORS: "#8a63a8",
    Reason.EDGE: "#d65447",
    Reason.EVADED: "#3b7dd8",
    Reason.UNPLANNED: "#4b5563",
}


def dirt_map(quality: Quality, work: ZoneWork, *, after: bool) -> str:
    """Return the dirt of a zone before or after as SVG; all maps share one scale (``dirt_top``)."""
    raster = work.after if after else work.before
    shares = np.sqrt(np.clip(raster.cells / dirt_top(quality), 0.0, 1.0)) * (len(DIRT) - 1)
    low = np.minimum(shares.astype(int), len(DIRT) - 2)
    part = (shares - low)[..., None]
    pixels = (1.0 - part) * DIRT[low] + part * DIRT[low + 1]
    size = max(0.09, 3.0 * pixel(work))
    marks = [
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(size)}" class="litter"/>'
        for x, y in (work.litter_left if after else ())
    ]
    return _drawing(quality, work, [_clipped(work, _image(raster, pixels)), *marks])


def dirt_top(quality: Quality) -> float:
    """Return the dirt that has the darkest colour [g/m²]; a colour's place is its square root.

    99 % of the cells of every zone lay below it before.
    """
    tops = [1.0]
    for work in quality.zones:
        lying = work.before.cells[work.before.cells > 0.0]
        tops += [float(np.percentile(lying, 99))] if len(lying) else []
    return max(tops)


def passes_map(quality: Quality, work: ZoneWork) -> str:
    """Return how often each cell was swept as SVG."""
    cells = work.passes.cells
    pixels = np.array(PASSES)[np.minimum(cells, 3)]
    pixels[cells == UNREACHABLE] = SHUT
    alpha = np.where(cells == OUTSIDE, 0, 255)[..., None]
    return _drawing(quality, work, [_image(work.passes, np.concatenate([pixels, alpha], axis=2))])


def missed_map(quality: Quality, work: ZoneWork, patches: Sequence[Patch]) -> str:
    """Return what was left, coloured by reason and numbered as in the table, and the kerbs' gaps.

    Args:
        quality: The whole report's data.
        work: The zone.
        patches: All patches of the report, in the order of its table.
    """
    zone = work.zone
    parts = [f'<polygon points="{points(*zone.polygon.T)}" class="ground"/>']
    labels, size = [], 12.0 * pixel(work)
    for place, patch in enumerate(patches, start=1):
        if patch.zone != zone.name:
            continue
        colour = REASON_COLOURS[patch.reason]
        for piece in getattr(patch.shape, "geoms", [patch.shape]):
            if piece.geom_type == "Polygon":
                outline = points(*np.asarray(piece.exterior.coords).T)
                style = f'fill="{colour}" stroke="{colour}" stroke-width="0.06"'
                parts.append(f'<polygon points="{outline}" {style}/>')
        x, y = patch.centre
        if place > NUMBERED:
            continue
        labels.append(
            f'<text x="{number(x)}" y="{number(0.35 * size - y)}" class="mark mid" '
            f'style="font-size:{size:.3f}px;stroke-width:{0.2 * size:.3f}px">{place}</text>'
        )
    shape = shapely.Polygon(zone.polygon)
    parts += [gap for line in quality.kerbs for gap in _gaps(line, shape)]
    return _drawing(quality, work, parts, labels)


def gap_colour(gap: float) -> str:
    """Return the colour of a gap [m]; bent bristles count as a gap of the same size."""
    return next((colour for bound, colour in GAPS if abs(gap) <= bound), NEVER)


def _gaps(line: KerbLine, zone: shapely.Polygon) -> list[str]:
    """Return the kerb's pieces near a zone, moved a little outwards so that both can be seen."""
    inside = np.asarray(shapely.contains_xy(zone.buffer(RIM), *line.where.T))
    drawn = []
    for k in range(len(line.where) - 1):
        a, b = line.where[k], line.where[k + 1]
        step = b - a
        length = float(np.hypot(*step))
        if not (inside[k] and inside[k + 1]) or not 0.0 < length < 0.5:
            continue
        away = OUTWARDS / length * np.array([-step[1], step[0]])
        if shapely.contains_xy(zone, *((a + b) / 2 + away)):
            away = -away
        (ax, ay), (bx, by) = a + away, b + away
        drawn.append(
            f'<line x1="{number(ax)}" y1="{number(ay)}" x2="{number(bx)}" y2="{number(by)}" '
            f'stroke="{gap_colour(float(line.gap[k]))}" class="gap"/>'
        )
    return drawn


def _drawing(
    quality: Quality, work: ZoneWork, parts: Sequence[str], labels: Sequence[str] = ()
) -> str:
    low, high = work.zone.polygon.min(axis=0) - RIM, work.zone.polygon.max(axis=0) + RIM
    width, height = high - low
    near = shapely.box(*low, *high)
    kerbs = [
        f'<polyline points="{points(*line.T)}" class="kerb"/>'
        for line in quality.site.kerbs
        if shapely.LineString(line).intersects(near)
    ]
    outline = f'<polygon points="{points(*work.zone.polygon.T)}" class="edge"/>'
    bar = _scale(low, float(width), pixel(work))
    return (
        f'<svg viewBox="{number(low[0])} {number(-high[1])} {number(width)} {number(height)}" '
        f'class="zone" role="img"><g transform="scale(1,-1)">{"".join(parts)}'
        f"{''.join(kerbs)}{outline}</g>{''.join(labels)}{bar}</svg>"
    )


def is_wide(work: ZoneWork) -> bool:
    """Return whether a zone is so long that its maps stand one below the other."""
    size = np.ptp(work.zone.polygon, axis=0)
    return float(size[0] / max(size[1], 1e-9)) > WIDE


def pixel(work: ZoneWork) -> float:
    """Return what a pixel of the page is on a zone's maps [m]."""
    width, height = np.ptp(work.zone.polygon, axis=0) + 2.0 * RIM
    return float(max(width / (ROOM[0] if is_wide(work) else ROOM[0] / 2.0), height / ROOM[1]))


def _scale(low: Array, width: float, dot: float) -> str:
    length = 1.0 if width < 8.0 else 2.0 if width < 25.0 else 10.0
    x, y, size = low[0] + 8.0 * dot, -low[1] - 5.0 * dot, 11.0 * dot
    return (
        f'<line x1="{number(x)}" x2="{number(x + length)}" y1="{number(y)}" y2="{number(y)}" '
        f'stroke="#222" stroke-width="{2.0 * dot:.3f}"/>'
        f'<text x="{number(x + length + 4.0 * dot)}" y="{number(y + 0.2 * size)}" '
        f'style="font-size:{size:.3f}px">{length:g} m</text>'
    )


def _clipped(work: ZoneWork, image: str) -> str:
    name = f"clip_{work.zone.name}"
    outline = points(*work.zone.polygon.T)
    clip = f'<clipPath id="{name}"><polygon points="{outline}"/></clipPath>'
    return f'<defs>{clip}</defs><g clip-path="url(#{name})">{image}</g>'


def _image(raster: Raster, pixels: NDArray[np.generic]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG", optimize=True)
    text = base64.b64encode(buffer.getvalue()).decode()
    west, south, east, north = raster.extent
    return (
        f'<image x="{number(west)}" y="{number(south)}" width="{number(east - west)}" '
        f'height="{number(north - south)}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{text}"/>'
    )
