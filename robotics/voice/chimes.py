"""The robot's own short sounds: a bell, two bells, a beep, all computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import UnknownName
from robotics.core.signals import LENGTHS, Ring
from robotics.voice.instruments import tone
from robotics.voice.score import Instrument, Stroke
from robotics.voice.sound import RATE

BELLS: Final[Mapping[Ring, tuple[tuple[float, Instrument, float], ...]]] = {
    Ring.DING: ((0.0, "bell", 83.0),),
    Ring.DING_DONG: ((0.0, "bell", 81.0), (0.55, "bell", 77.0)),
    Ring.BEEP: ((0.0, "flute", 88.0), (0.15, "flute", 88.0)),
}
"""Of each: when [s], on what, how high [semitones, A4 = 69]. ``ding_dong`` falls by a major third,
as door bells do."""
LEVEL: Final = 2.2
"""Beside the band's instruments: a single bell has to be heard over a voice."""


def ring(name: str) -> Array:
    """Return the sound of a chime, shape (n,), at ``RATE``, as long as ``LENGTHS`` says.

    Raises:
        UnknownName: There is no such chime.
    """
    if name not in LENGTHS:
        raise UnknownName("chime", name, list(LENGTHS))
    made = np.zeros(round(LENGTHS[name] * RATE))
    for start, instrument, pitch in BELLS[Ring(name)]:
        first = round(start * RATE)
        length = 0.08 if instrument == "flute" else LENGTHS[name] - start
        note = tone(Stroke(instrument, 0.0, 1.0, pitch, 1.0), length)[: len(made) - first]
        made[first : first + len(note)] += LEVEL * note
    edge = round(0.05 * RATE)
    made[-edge:] *= np.linspace(1.0, 0.0, edge)
    return made
