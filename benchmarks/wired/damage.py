"""Ways to damage a frame: what noise, loose contacts, collisions and restarts do to bytes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from robotics.wire.packet import HEADER

Damage = Callable[[bytes, bytes, np.random.Generator], bytes]
"""Given a frame and the frame before it, return what arrives."""


def flipped(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """One to eight bits anywhere."""
    out = bytearray(frame)
    for _ in range(int(rng.integers(1, 9))):
        out[int(rng.integers(len(out)))] ^= 1 << int(rng.integers(8))
    return bytes(out)


def noisy(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """Up to a tenth of the bytes: flipped, lost, or with one added."""
    out = bytearray()
    hit = rng.random(len(frame)) < 0.1 * rng.random()
    for byte, is_hit in zip(frame, hit.tolist(), strict=True):
        kind = rng.random() if is_hit else 1.0
        if kind < 0.6:
            out.append(byte ^ (1 << int(rng.integers(8))))
        elif kind >= 0.8:
            out.append(byte)
            if kind < 1.0:
                out.append(int(rng.integers(256)))
    return bytes(out)


def torn(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """Only the beginning, or only the end."""
    cut = int(rng.integers(1, len(frame)))
    return frame[:cut] if rng.random() < 0.5 else frame[cut:]


def spliced(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """The beginning of one frame and the end of another: a collision, or a lost buffer."""
    return before[: int(rng.integers(1, len(before)))] + frame[int(rng.integers(len(frame))) :]


def mismeasured(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """Another length in the header."""
    length = int(rng.integers(0x10000)) if rng.random() < 0.5 else int(rng.integers(512))
    return frame[:5] + length.to_bytes(2, "little") + frame[7:]


def babbled(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """Anything, with bytes of headers strewn in."""
    out = bytearray(rng.bytes(int(rng.integers(1, 120))))
    for _ in range(int(rng.integers(4))):
        at = int(rng.integers(len(out)))
        out[at:at] = HEADER[: int(rng.integers(1, 5))]
    return bytes(out)


def overwritten(frame: bytes, before: bytes, rng: np.random.Generator) -> bytes:
    """A run of other bytes in the middle."""
    start = int(rng.integers(len(frame)))
    run = rng.bytes(int(rng.integers(1, 20)))
    return (frame[:start] + run + frame[start + len(run) :])[: len(frame)]


KINDS: tuple[Damage, ...] = (flipped, noisy, torn, spliced, mismeasured, babbled, overwritten)
