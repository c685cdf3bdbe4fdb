"""A recording fitted to a length without changing its pitch."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.sound import RATE

WINDOW = 0.03
"""Pieces that are moved [s]."""
SEARCH = 0.01
"""How far a piece is moved to fit the one before [s]."""


def fitted(samples: Array, duration: float) -> Array:
    """Return samples of exactly ``duration`` [s]: overlap and add of similar pieces (WSOLA).

    Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993.

    Args:
        samples: Shape (n,), at ``RATE``; silence at both ends is left out.
        duration: [s].
    """
    samples = trimmed(samples) if len(samples) else np.zeros(1)
    count, half = round(duration * RATE), int(WINDOW * RATE / 2)
    if len(samples) < 4 * half or count < 4 * half:
        return np.interp(
            np.linspace(0.0, len(samples) - 1.0, count), np.arange(len(samples)), samples
        )
    window = np.hanning(2 * half + 1)[: 2 * half]
    search, out, place = int(SEARCH * RATE), np.zeros(count + 4 * half), 0
    padded = np.concatenate([samples, np.zeros(3 * half + search)])
    for start in range(0, count + half, half):
        wanted = int(start / count * max(len(samples) - half, 1))
        if start:
            follows = padded[place + half : place + 2 * half]
            low = max(0, wanted - search)
            area = padded[low : wanted + search + half]
            if len(area) < half:
                break
            place = low + int(np.argmax(np.correlate(area, follows, "valid")))
        piece = padded[place : place + 2 * half]
        out[start : start + len(piece)] += window[: len(piece)] * piece
    return np.concatenate([samples[:half] * (1.0 - window[:half]) + out[:half], out[half:count]])


def trimmed(samples: Array, *, floor: float = 0.02) -> Array:
    """Return samples without the silence at both ends.

    Args:
        samples: Shape (n,).
        floor: What is below this part of the peak is silence.
    """
    loud = np.nonzero(
        np.abs(samples) > floor * max(float(np.max(np.abs(samples), initial=0)), 1e-9)
    )[0]
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples
