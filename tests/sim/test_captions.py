"""Subtitles fit the picture, whatever is said."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sim.captions import SIDE, lines, spoken_at, subtitle

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


def test_what_began_last_is_shown_alone() -> None:
    """A greeting between two phrases of a song: one caption at a time, and none after both."""
    song = {"start": 10.0, "duration": 60.0, "en": "Jasmine"}
    hello = {"start": 20.0, "duration": 2.0, "en": "Hello"}
    rest = {"start": 24.0, "duration": 46.0, "en": "Jasmine"}
    spoken = [song, hello, rest]
    shown = {time: spoken_at(spoken, time) for time in (9.9, 10.0, 19.9, 20.0, 23.0, 24.0, 69.9)}
    assert list(shown.values()) == [None, song, song, hello, None, rest, rest]
    assert spoken_at(spoken, 70.1) is None
