"""What a robot's face or beacon shows, and what rings, as a sign in a picture's corner."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont, ImageFont

PANEL, GLOW, WARM = (24, 30, 38, 215), (120, 226, 255), (255, 170, 70)
RADIUS = 27
"""Of the sign [pixel]."""
AT = 14
"""From the picture's upper right corner [pixel]."""
HELD = 0.3
"""A sign that is told again within this time goes on [s]."""

Point = tuple[float, float]


@dataclass(slots=True)
class Sign:
    """Something shown or rung for a while."""

    start: float
    """[s]."""
    end: float
    light: str = ""
    chime: str = ""


def signs(goals: Iterable[tuple[float, Mapping[str, Any]]]) -> list[Sign]:
    """Return what one robot showed and rang, from its (time [s], goal) in order."""
    found: list[Sign] = []
    for time, goal in goals:
        rung = goal.get("chime") or {}
        now = (str(goal.get("light", "")), str(rung.get("name", "")))
        last = found[-1] if found else None
        if last is not None and (last.light, last.chime) == now and time - last.end < HELD:
            last.end = time
        elif any(now):
            found.append(Sign(time, time, *now))
    return found


def has_sign(goal: bytes) -> bool:
    """Return whether a recorded goal shows or rings something."""
    shows = b'"light":"' in goal and b'"light":""' not in goal
    return shows or (b'"chime":{' in goal)


def draw_sign(
    draw: ImageDraw,
    seen: Iterable[Sign],
    time: float,
    *,
    width: int,
    font: FreeTypeFont | ImageFont,
) -> None:
    """Draw what is shown and rung at ``time`` [s] into a picture of ``width`` [pixel]."""
    now = [one for one in seen if one.start - 0.05 <= time <= one.end + 0.1]
    light = next((one.light for one in now if one.light), "")
    chime = next((one.chime for one in now if one.chime), "")
    middle = (width - AT - RADIUS, AT + RADIUS)
    if light:
        face(draw, light, middle, RADIUS)
    if chime:
        right = middle[0] - (RADIUS + 8 if light else -RADIUS)
        draw.text((right, middle[1]), f"(({chime}))", (20, 30, 40), font, "rm")


def face(draw: ImageDraw, name: str, middle: Point, radius: float) -> None:
    """Draw a face of light on a dark disc; what has no picture is written."""
    x, y = middle
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), PANEL)
    if name == "warn":
        _warning(draw, middle, radius)
        return
    if name not in EYES:
        draw.text(middle, name, GLOW, anchor="mm")
        return
    left, right = EYES[name]
    size = 0.24 * radius
    left(draw, (x - 0.4 * radius, y - 0.18 * radius), size)
    right(draw, (x + 0.4 * radius, y - 0.18 * radius), size)
    wide = 0.2 if name in ("sleepy", "shut", "open") else 0.42
    box = (x - wide * radius, y - 0.05 * radius, x + wide * radius, y + 0.55 * radius)
    draw.arc(box, 25, 155, GLOW, 3)


Eye = Callable[[ImageDraw, Point, float], None]


def _dot(draw: ImageDraw, at: Point, size: float) -> None:
    draw.ellipse((at[0] - size, at[1] - size, at[0] + size, at[1] + size), GLOW)


def _line(draw: ImageDraw, at: Point, size: float) -> None:
    draw.line((at[0] - size, at[1], at[0] + size, at[1]), GLOW, 3)


def _heart(draw: ImageDraw, at: Point, size: float) -> None:
    x, y = at
    for side in (-0.5, 0.5):
        middle = x + side * size
        draw.ellipse((middle - 0.6 * size, y - size, middle + 0.6 * size, y + 0.2 * size), WARM)
    draw.polygon([(x - 1.05 * size, y - 0.2 * size), (x + 1.05 * size, y - 0.2 * size),
                  (x, y + 1.1 * size)], WARM)  # fmt: skip


def _star(draw: ImageDraw, at: Point, size: float) -> None:
    draw.polygon(_around(at, 10, lambda k: size * (1.2 if k % 2 == 0 else 0.5)), WARM)


def _flower(draw: ImageDraw, at: Point, size: float) -> None:
    for petal in _around(at, 5, lambda _: 0.75 * size):
        _dot(draw, petal, 0.5 * size)
    draw.ellipse((at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3), WARM)


def _around(at: Point, count: int, far: Callable[[int], float]) -> list[Point]:
    angles = [2.0 * math.pi * k / count - math.pi / 2 for k in range(count)]
    return [
        (at[0] + far(k) * math.cos(a), at[1] + far(k) * math.sin(a)) for k, a in enumerate(angles)
    ]


def _warning(draw: ImageDraw, middle: Point, radius: float) -> None:
    x, y = middle
    corners = _around((x, y + 0.1 * radius), 3, lambda _: 0.75 * radius)
    draw.polygon(corners, WARM)
    draw.line((x, y - 0.25 * radius, x, y + 0.15 * radius), PANEL[:3], 3)
    draw.point((x, y + 0.32 * radius), PANEL[:3])


EYES: Mapping[str, tuple[Eye, Eye]] = {
    "smile": (_dot, _dot),
    "wink": (_dot, _line),
    "heart": (_heart, _heart),
    "star": (_star, _star),
    "flower": (_flower, _flower),
    "sleepy": (_line, _line),
    "open": (_dot, _dot),
    "shut": (_line, _line),
}
"""Both eyes of each face."""
