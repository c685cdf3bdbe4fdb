"""What a robot can show and ring: names that authors, bodies, sound and pictures agree upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Music:
    """Music that plays while a behaviour moves; a song that is sung has its own."""

    song: str
    """A file of ``behaviours/songs`` without its ending."""
    start: float
    """When its beat 0 is [s]."""
    duration: float
    """How long it plays [s]."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A short sound that belongs to a movement or a warning; ``Ring`` names them."""

    name: str
    start: float
    """[s]."""
    duration: float
    """[s]."""


class Face(StrEnum):
    """What the greeter's face shows, and what colour the sweeper's beacon takes with it."""

    SMILE = "smile"
    WINK = "wink"
    HEART = "heart"
    STAR = "star"
    FLOWER = "flower"
    SLEEPY = "sleepy"
    OPEN = "open"
    """Eyes open, nothing else."""
    SHUT = "shut"
    """Eyes shut."""
    WARN = "warn"
    """Attention: yellow."""


class Ring(StrEnum):
    """A short sound of its own."""

    DING = "ding"
    DING_DONG = "ding_dong"
    BEEP = "beep"


LENGTHS: Mapping[str, float] = MappingProxyType(
    {Ring.DING: 1.2, Ring.DING_DONG: 1.8, Ring.BEEP: 0.3}
)
"""How long each sounds [s]."""
