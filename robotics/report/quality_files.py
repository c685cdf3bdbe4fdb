"""The quality report's figures for other programs: CSV tables and GeoJSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import mapping

from robotics.report.activities import chinese
from robotics.report.quality_asked import amounts, verdict
from robotics.report.quality_data import ROBOT, KerbLine, Quality, ZoneWork
from robotics.report.quality_missed import WORDS, Patch

ENCODING = "utf-8-sig"
"""With the mark by which spreadsheet programs recognise UTF-8."""


def write_files(folder: Path, quality: Quality, patches: Sequence[Patch]) -> list[Path]:
    """Write ``quality*.csv`` and ``quality.geojson`` into ``folder`` and return their paths.

    Coordinates are metres of the map frame. Whose figures they are stands in the column ``source``.
    """
    return [
        _table(folder / "quality.csv", _FIGURES, _figures(quality)),
        _table(folder / "quality_zones.csv", _ZONES, map(_zone, quality.zones)),
        _table(folder / "quality_missed.csv", _MISSED, _missed(patches)),
        _table(folder / "quality_kerbs.csv", _KERBS, _kerbs(quality.kerbs)),
        _table(folder / "quality_day.csv", _DAY, _day(quality)),
        _geojson(folder / "quality.geojson", quality, patches),
    ]


_FIGURES = ("figure", "指标", "value", "unit", "asked", "kept", "source")
_ZONES = (
    *("zone", "title", "area_m2", "covered", "covered_whole", "reachable", "repeated"),
    *("swept_m2", "minutes", "rate_m2_h", "dirt_before_kg", "dirt_after_kg", "litter_left"),
)
_MISSED = ("number", "zone", "area_m2", "x_m", "y_m", "reason", "原因", "why")
_KERBS = ("kerb", "along_m", "x_m", "y_m", "gap_cm")


_DAY = ("start", "start_s", "end_s", "activity", "活动")


def _day(quality: Quality) -> Iterable[Sequence[Any]]:
    for span in quality.run.robots[ROBOT].activities:
        times = (round(span.start, 1), round(span.end, 1))
        yield (quality.clock(span.start), *times, span.label, chinese(span.label))


def _figures(quality: Quality) -> Iterable[Sequence[Any]]:
    words = {True: "yes", False: "no", None: "not measured"}
    for promise, value, kept in verdict(quality):
        source = "onlooker, dirt model" if promise.rests_on_model else "onlooker"
        factor, unit = {"%": (100.0, "%"), "cm": (100.0, "cm")}.get(promise.unit, (1.0, ""))
        row = (promise.en, promise.zh, _plain(factor * value, 3), unit, promise.asked, words[kept])
        yield (*row, source)
    for one in amounts(quality):
        yield (one.en, one.zh, _plain(one.value, 3), one.unit, "", "", "onlooker and gauges")


def _zone(work: ZoneWork) -> Sequence[Any]:
    names = ("covered_fraction", "covered_whole_fraction", "reachable_fraction", "repeat_fraction")
    shares = [_plain(work.number(name), 5) for name in names]
    return (
        *(work.zone.name, work.title, _plain(work.number("area_m2"), 2), *shares),
        *(_plain(work.number("swept_area_m2"), 2), _plain(work.seconds / 60.0, 2)),
        *(_plain(work.rate, 0), _plain(work.number("mass_before_kg"), 4)),
        *(_plain(work.number("mass_after_kg"), 4), len(work.litter_left)),
    )


def _missed(patches: Sequence[Patch]) -> Iterable[Sequence[Any]]:
    for place, patch in enumerate(patches, start=1):
        x, y = (round(v, 2) for v in patch.centre)
        yield (place, patch.zone, round(patch.area, 3), x, y, patch.reason, *WORDS[patch.reason])


def _kerbs(kerbs: Sequence[KerbLine]) -> Iterable[Sequence[Any]]:
    for line in kerbs:
        for along, (x, y), gap in zip(line.along, line.where, line.gap, strict=True):
            place = (round(float(along), 3), round(float(x), 3), round(float(y), 3))
            yield (line.name, *place, _plain(100.0 * float(gap), 2))


def _table(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding=ENCODING, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(rows)
    return path


def _geojson(path: Path, quality: Quality, patches: Sequence[Patch]) -> Path:
    features = [_feature(_ring(work.zone.polygon), _told(work)) for work in quality.zones]
    for place, patch in enumerate(patches, start=1):
        zh, en = WORDS[patch.reason]
        told = {"kind": "missed", "number": place, "zone": patch.zone, "reason": patch.reason}
        told |= {"原因": zh, "why": en, "area_m2": round(patch.area, 3)}
        features.append(_feature(mapping(patch.shape), told))
    for line in quality.kerbs:
        rows = zip(line.where[:-1], line.where[1:], line.gap[:-1], strict=True)
        for a, b, gap in rows:
            told = {"kind": "kerb", "name": line.name, "gap_cm": _plain(100.0 * float(gap), 2)}
            course = {"type": "LineString", "coordinates": [_point(a), _point(b)]}
            features.append(_feature(course, told))
    for work in quality.zones:
        for piece in work.litter_left:
            shape = {"type": "Point", "coordinates": _point(piece)}
            features.append(_feature(shape, {"kind": "litter_left", "zone": work.zone.name}))
    collection = {"type": "FeatureCollection", "name": quality.site.name, "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


def _told(work: ZoneWork) -> dict[str, Any]:
    values = zip(_ZONES, _zone(work), strict=True)
    return {"kind": "zone", **{key: None if value == "" else value for key, value in values}}


def _ring(polygon: np.ndarray[Any, Any]) -> dict[str, Any]:
    closed = [_point(p) for p in (*polygon, polygon[0])]
    return {"type": "Polygon", "coordinates": [closed]}


def _feature(shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _point(point: Any) -> list[float]:
    return [round(float(v), 3) for v in point]


def _plain(value: float, digits: int) -> Any:
    return round(value, digits) if math.isfinite(value) else ""
