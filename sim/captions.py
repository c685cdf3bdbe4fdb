"""What is being said, written into a picture: in as many lines as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont, ImageFont

FOOT = 14
"""Under the last line [pixel]."""
SIDE = 24
"""Left free on either side [pixel]."""
PAPER, INK = (0, 0, 0, 140), (255, 255, 255)


def subtitle(
    draw: ImageDraw, text: str, size: tuple[int, int], font: FreeTypeFont | ImageFont
) -> None:
    """Write ``text`` at the foot of a picture of ``size`` (width, height) [pixel]."""
    written = "\n".join(lines(draw, text, size[0] - 2 * SIDE, font))
    box = draw.multiline_textbbox((0, 0), written, font, align="center")
    left, top = (size[0] - box[2]) / 2, size[1] - FOOT - box[3]
    frame = (left - 9, top + box[1] - 6, left + box[2] + 9, top + box[3] + 6)
    draw.rounded_rectangle(frame, 8, PAPER)
    draw.multiline_text((left, top), written, INK, font, align="center")


def spoken_at(spoken: Sequence[dict[str, Any]], time: float) -> dict[str, Any] | None:
    """Return what is being said at ``time`` [s]; None for nothing.

    There is one mouth: what began last has ended whatever was said before, a song held for a word,
    a sentence broken off.

    Args:
        spoken: Utterances in order: ``start`` [s], ``duration`` [s].
        time: [s].
    """
    begun = [said for said in spoken if said["start"] <= time]
    last = begun[-1] if begun else None
    return last if last is not None and time < last["start"] + last["duration"] else None


def lines(draw: ImageDraw, text: str, width: int, font: FreeTypeFont | ImageFont) -> list[str]:
    """Return ``text`` cut between words into lines of at most ``width`` [pixel]."""
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and draw.textlength(longer, font) > width:
            found.append(word)
        else:
            found[-1] = longer
    return found
