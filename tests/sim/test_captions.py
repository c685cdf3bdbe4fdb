"""Subtitles fit the picture, whatever is said."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sim.captions import SIDE, lines, subtitle

FONT = ImageFont.load_default(15)
LONG = "Four hundred and forty metres! With steps of half a metre that makes 880 steps. " * 3


def test_no_line_is_wider_than_the_picture_and_no_word_is_lost() -> None:
    """Long answers take several lines."""
    draw = ImageDraw.Draw(Image.new("RGB", (960, 540)))
    found = lines(draw, LONG, 300, FONT)
    assert len(found) > 3
    assert " ".join(found).split() == LONG.split()
    assert all(draw.textlength(line, FONT) <= 300 for line in found)


def test_nothing_is_drawn_at_the_edges() -> None:
    """The frame stays inside of the picture."""
    image = Image.new("RGB", (640, 360), (255, 255, 255))
    subtitle(ImageDraw.Draw(image, "RGBA"), LONG, image.size, FONT)
    dark = (np.asarray(image) < 250).any(axis=(0, 2))
    assert dark.any()
    assert not dark[: SIDE - 10].any()
    assert not dark[-(SIDE - 10) :].any()
    assert not (np.asarray(image)[-2:] < 250).any()
