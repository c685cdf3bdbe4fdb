"""The strip under a preview: a row for each track, beats, and the margin of balance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from robotics.certify.showing import LEAD, TAIL, Bar, Showing
from robotics.core.signals import LENGTHS
from sim.captions import subtitle
from sim.faces import Sign, draw_sign

Picture = NDArray[np.uint8]
LEFT, RIGHT = 74, 12
"""Room for the names of the rows, and at the right edge [pixel]."""
BALANCE = 40
"""Height of the balance graph [pixel]."""
FULL = 0.09
"""Margin at the top of the graph [m]."""
PAPER, INK, FAINT = (250, 249, 246), (38, 44, 52), (206, 208, 212)
GOOD, BAD, HEAD = (46, 139, 87), (196, 44, 44), (210, 60, 30)
ROWS = {
    "voice": (120, 86, 170),
    "head": (52, 120, 184),
    "left arm": (38, 150, 150),
    "right arm": (60, 160, 96),
    "trunk": (196, 132, 40),
    "feet": (168, 92, 60),
    "lights": (200, 170, 30),
    "tools": (110, 110, 120),
}
"""Colours of the rows."""


class Strip:
    """Draws the strip once, and the moment on it in every picture.

    Args:
        showing: What is shown.
        width: Of the strip [pixel].
        height: Of the strip [pixel].
    """

    def __init__(self, showing: Showing, width: int, height: int) -> None:
        self._showing, self._width, self._height = showing, width, height
        self._signs = _signs(showing)
        self._font, self._large = ImageFont.load_default(11), ImageFont.load_default(15)
        self._image = self._draw()

    def at(self, time: float) -> Picture:
        """Return the strip with the moment ``time`` [s] marked, shape (height, width, 3)."""
        strip = self._image.copy()
        x = round(self._x(time))
        strip[:, max(x - 1, 0) : x + 1] = HEAD
        return strip

    def captioned(self, picture: Picture, time: float) -> Picture:
        """Return a picture with title, time and what is being said."""
        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image, "RGBA")
        showing = self._showing
        shown = min(max(time, 0.0), showing.duration)
        draw.text((12, 8), f"{showing.title}   {shown:.1f} s", (*INK, 255), self._large)
        for bar in dict(showing.tracks).get("voice", ()):
            if bar.text and bar.start <= time < bar.end:
                subtitle(draw, bar.text, (self._width, picture.shape[0]), self._large)
        draw_sign(draw, self._signs, time, width=self._width, font=self._large)
        return np.asarray(image)

    def _x(self, time: float) -> float:
        """Return where an instant is [pixel]."""
        whole = LEAD + self._showing.duration + TAIL
        return LEFT + (self._width - LEFT - RIGHT) * (time + LEAD) / whole

    def _draw(self) -> Picture:
        image = Image.new("RGB", (self._width, self._height), PAPER)
        draw = ImageDraw.Draw(image)
        rows = self._showing.tracks
        balanced = len(self._showing.margin[0]) > 0
        room = self._height - (BALANCE + 8 if balanced else 6)
        tall = min(18, max(7, room // max(len(rows), 1)))
        for beat in self._showing.beats:
            x = self._x(beat)
            draw.line((x, 2, x, room), FAINT)
        for place, (name, bars) in enumerate(rows):
            self._row(draw, 4 + place * tall, tall - 3, name, bars)
        for instant in (0.0, self._showing.duration):
            x = self._x(instant)
            draw.line((x, 0, x, self._height), INK)
        if balanced:
            self._balance(draw)
        return np.array(image)

    def _row(
        self, draw: ImageDraw.ImageDraw, top: int, tall: int, name: str, bars: tuple[Bar, ...]
    ) -> None:
        draw.text((8, top + tall / 2), name, INK, self._font, "lm")
        for bar in bars:
            left, right = self._x(bar.start), self._x(min(bar.end, self._showing.duration + TAIL))
            draw.rectangle((left, top, max(right, left + 2), top + tall), ROWS.get(name, INK))
            text = self._fitting(draw, bar.text, right - left - 6)
            if text and tall >= 9:
                draw.text((left + 3, top + tall / 2), text, (255, 255, 255), self._font, "lm")

    def _fitting(self, draw: ImageDraw.ImageDraw, text: str, room: float) -> str:
        """Return as much of a text as there is room for [pixel]."""
        if not text.isascii():
            text = text.encode("ascii", "ignore").decode()
        while text and draw.textlength(text, self._font) > room:
            text = text[:-1]
        return text

    def _balance(self, draw: ImageDraw.ImageDraw) -> None:
        """Draw the margin: green above what has to be left, red below."""
        times, margin = self._showing.margin
        bottom, least = self._height - 4, self._showing.least
        scale = BALANCE / FULL
        draw.text((8, bottom - BALANCE / 2), "balance", INK, self._font, "lm")
        whole = np.linspace(-LEAD, self._showing.duration + TAIL, self._width - LEFT - RIGHT)
        for column, value in enumerate(np.interp(whole, times, margin)):
            tall = scale * min(max(float(value), 0.0), FULL)
            x = LEFT + column
            draw.line((x, bottom, x, bottom - max(tall, 1.0)), GOOD if value >= least else BAD)
        y = bottom - scale * least
        draw.line((LEFT, y, self._width - RIGHT, y), INK)
        draw.text((self._width - RIGHT, y - 2), f"{100 * least:.0f} cm", INK, self._font, "rb")


def _signs(showing: Showing) -> list[Sign]:
    """Return what face or beacon show, and what rings."""
    rows = dict(showing.tracks)
    shown = [Sign(bar.start, bar.end, light=bar.text) for bar in rows.get("lights", ())]
    rung = [bar for bar in rows.get("tools", ()) if bar.text in LENGTHS]
    return shown + [Sign(bar.start, bar.start + LENGTHS[bar.text], chime=bar.text) for bar in rung]
