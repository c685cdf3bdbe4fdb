"""What may stand in a track: one model for each kind of track."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from robotics.behaviour.format.values import (
    Beats,
    Degrees,
    Joints,
    Name,
    Place,
    Seconds,
    Share,
    Texts,
)
from robotics.core.config import Schema
from robotics.core.signals import Face, Ring

Metres = Annotated[float, Field(strict=True, ge=-0.2, le=0.2, allow_inf_nan=False)]
Speed = Annotated[float, Field(strict=True, ge=-1.5, le=1.5, allow_inf_nan=False)]
Rate = Annotated[float, Field(strict=True, ge=-90.0, le=90.0, allow_inf_nan=False)]


class Say(Schema):
    """The words, in both languages: one text, or several variants."""

    zh: Texts
    en: Texts


class Cue(Schema):
    """Something at an instant: in seconds, or in beats where there is music or a tempo."""

    time: Seconds | None = None
    """[s] after the start."""
    beat: Beats | None = None
    """Counted from 0."""


class VoiceCue(Cue):
    """Something said, or a song that is sung."""

    say: Say | None = None
    sing: Name | None = None


class HeadCue(Cue):
    """Where the head is, or what it looks at from here on."""

    pose: Name | None = None
    joints: Joints | None = None
    look: Place | None = None
    """``visitor``, ``ahead``, or a place of the site."""


class ArmCue(Cue):
    """Where an arm is."""

    pose: Name | None = None
    joints: Joints | None = None


class TrunkCue(Cue):
    """Where the trunk is over the standing feet; what is left out is 0."""

    forward: Metres = 0.0
    """[m]."""
    left: Metres = 0.0
    """[m]."""
    up: Metres = 0.0
    """[m]; negative bends the knees."""
    turn: Degrees = 0.0
    """[deg], counter-clockwise."""


class FeetCue(Cue):
    """The base moves, or steps on the spot, for a while."""

    until: Beats
    """In the same unit as the start."""
    step: Annotated[str, Field(pattern="^in_place$")] | None = None
    forward: Speed = 0.0
    """[m/s]."""
    left: Speed = 0.0
    """[m/s]."""
    turn: Rate = 0.0
    """[deg/s]."""
    beats_per_step: Annotated[float, Field(strict=True, ge=0.25, le=8.0)] = 1.0


class LightCue(Cue):
    """What the face or the beacon shows from here on."""

    show: Face


class LevelCue(Cue):
    """How strongly a tool works from here on."""

    level: Share


class ChimeCue(Cue):
    """A sound of the sweeper."""

    chime: Ring


Heads = Annotated[list[HeadCue], Field(min_length=1)]
Arms = Annotated[list[ArmCue], Field(min_length=1)]
Paces = Annotated[list[FeetCue], Field(min_length=1)]
Levels = Annotated[list[LevelCue], Field(min_length=1)]


class Tracks(Schema):
    """What happens when, side by side."""

    voice: Annotated[list[VoiceCue], Field(min_length=1)] | None = None
    head: Heads | None = None
    arm_left: Arms | None = None
    arm_right: Arms | None = None
    arms: Arms | None = None
    """Both from one pose, the right one mirrored."""
    trunk: Annotated[list[TrunkCue], Field(min_length=1)] | None = None
    feet: Paces | None = None
    lights: Annotated[list[LightCue], Field(min_length=1)] | None = None
    drive: Paces | None = None
    brush: Levels | None = None
    spray: Levels | None = None
    chime: Annotated[list[ChimeCue], Field(min_length=1)] | None = None
