"""When somebody speaks: the seam, and the way without a model, by loudness over the noise.

silero's network does this better in noise (``silero.py``): it is used where its file lies beside
the model of the recogniser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array

FRAME = 0.02
"""Loudness is looked at this often [s]."""
ABOVE = 10.0
"""Speech is louder than the noise by more [dB]."""
QUIETEST = -55.0
"""Nothing below counts [dB of full scale]."""
NOISE = 10.0
"""Percentile of the loudness of the last seconds that is taken for the noise."""
MEMORY = 5.0
"""How long these seconds are [s]."""
LEARNT = 10
"""Frames after which the noise is looked at again."""
LEAST, HANG, AHEAD = 0.2, 0.5, 0.2
"""Shortest speech; silence that ends it; what is kept before it [s]."""


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody speaks from ``start`` to ``end`` [s]."""

    start: float
    end: float


class Activity(Protocol):
    """Tells when somebody speaks."""

    def __call__(self, samples: Array, rate: int) -> Iterator[Span]:
        """Yield when somebody speaks in ``samples`` (n,), -1 to 1, at ``rate`` [1/s]."""


def speech(samples: Array, rate: int) -> Iterator[Span]:
    """Yield when somebody speaks.

    Args:
        samples: Shape (n,), -1 to 1.
        rate: [1/s].
    """
    loud = loudness(samples, rate)
    begin, last, floor = -1, -1, QUIETEST
    for place in range(len(loud)):
        if place % LEARNT == 0:
            past = loud[max(0, place - round(MEMORY / FRAME)) : place + 1]
            floor = max(float(np.percentile(past, NOISE)) + ABOVE, QUIETEST)
        if loud[place] > floor:
            begin = place if begin < 0 else begin
            last = place
        elif begin >= 0 and (place - last) * FRAME > HANG:
            yield from _span(begin, last)
            begin = -1
    if begin >= 0:
        yield from _span(begin, last)


def loudness(samples: Array, rate: int) -> Array:
    """Return the loudness of each ``FRAME``, shape (m,) [dB of full scale]."""
    step = max(1, round(FRAME * rate))
    count = len(samples) // step
    power = (samples[: count * step].reshape(count, step) ** 2).mean(axis=1)
    found: Array = 10.0 * np.log10(power + 1e-12)
    return found


def _span(begin: int, last: int) -> Iterator[Span]:
    if (last - begin + 1) * FRAME >= LEAST:
        yield Span(max(0.0, begin * FRAME - AHEAD), (last + 1) * FRAME + AHEAD)
