"""A behaviour file, as an author writes it: the models, from which editors get their JSON schema.

One behaviour per file. It says something, moves something on ``tracks``, or takes ``steps``::

    behaviour: nod
    kind: gesture
    priority: visitor
    tracks:
      head:
        - {time: 0.0, joints: {head_pitch: 0}}
        - {time: 0.4, joints: {head_pitch: 15}}
        - {time: 1.2, joints: {head_pitch: 0}}
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from robotics.behaviour.format.cues import Say, Tracks
from robotics.behaviour.format.values import (
    AsTempo,
    Beats,
    Count,
    Flag,
    Name,
    Place,
    Scalar,
    Seconds,
    Stops,
    Text,
)
from robotics.core.config import Schema

Kind = Literal[
    "idle",
    "gesture",
    "greeting",
    "farewell",
    "request",
    "report",
    "handshake",
    "dance",
    "song",
    "tour",
    "show",
]
Level = Literal["idle", "show", "visitor", "operator"]
Policy = Literal["refuse", "queue", "preempt", "pause"]
Ending = Literal["standing", "sitting", "crouching"]
EXIT_WITHIN = 0.8
"""Longest time in which a behaviour may leave the stage [s]."""


class Title(Schema):
    """For people to read."""

    zh: Text
    en: Text


class Tempo(Schema):
    """Beats per minute from a beat on."""

    beat: Beats
    bpm: Annotated[float, Field(strict=True, ge=20.0, le=300.0, allow_inf_nan=False)]


Tempi = Annotated[
    list[Tempo],
    AsTempo,
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 20, "maximum": 300},
                {"type": "array", "minItems": 1, "items": Tempo.model_json_schema()},
            ]
        }
    ),
]


class Param(Schema):
    """A value that whoever plays the behaviour may choose; ``${name}`` stands for it."""

    type: Literal["number", "integer", "text"]
    default: Scalar
    min: float | None = None
    max: float | None = None
    choices: list[Scalar] | None = None


class Leave(Schema):
    """How the behaviour is left when it is broken off."""

    pose: Name = "stand"
    within: Annotated[float, Field(strict=True, gt=0.0, le=EXIT_WITHIN)] = EXIT_WITHIN
    """[s]."""


class Choice(Schema):
    """One way on, and when it is taken."""

    when: Text
    """``heard yes | sure``, ``visitor_near``, or ``otherwise``."""
    do: list[StepText]


class Repeat(Schema):
    """The same several times."""

    times: Count | None = None
    do: list[StepText]


class WaitFor(Schema):
    """Until something happens, or time is up."""

    event: Name
    at_most: Seconds | None = None
    """[s]."""
    otherwise: list[StepText] = Field(default_factory=list)
    """What to do if it did not happen."""


class StepText(Schema):
    """One step: one of the kinds, with what belongs to it."""

    say: Say | None = None
    gesture: Name | None = None
    """A behaviour without words that runs along."""
    sing: Name | None = None
    go_to: Place | None = None
    wait: Seconds | None = None
    ask: Say | None = None
    at_most: Seconds | None = None
    """How long to wait for an answer, or to be on the way [s]."""
    choose: Annotated[list[Choice], Field(min_length=1)] | None = None
    repeat: Repeat | None = None
    wait_for: WaitFor | None = None
    play: Name | None = None
    with_: Annotated[dict[str, Scalar], Field(alias="with")] = Field(default_factory=dict)
    """Parameters of what is played or done."""
    look: Place | None = None
    act: Name | None = None


class Script(Schema):
    """One behaviour file."""

    behaviour: Name
    title: Title | None = None
    kind: Kind
    priority: Level
    on_conflict: Policy = "refuse"
    interruptible: Stops = "always"
    needs: list[Text] = Field(default_factory=list)
    ends: Ending = "standing"
    params: dict[Name, Param] = Field(default_factory=dict)
    music: Name | None = None
    tempo: Tempi | None = None
    duration: Annotated[float, Field(strict=True, gt=0.0, le=600.0)] | None = None
    """[s]; for words only, the least time before the next behaviour. Found if left out."""
    beats: Annotated[float, Field(strict=True, gt=0.0, le=2000.0)] | None = None
    """Instead of ``duration``."""
    loop: Flag = False
    say: Say | None = None
    tracks: Tracks | None = None
    steps: Annotated[list[StepText], Field(min_length=1)] | None = None
    exit: Leave = Field(default_factory=Leave)


class Pose(Schema):
    """One pose: angles of some joints; an arm pose is written for the left arm."""

    joints: Annotated[dict[str, float], Field(min_length=1)]
    """[deg]."""
    title: Title | None = None


class Song(Schema):
    """What the format needs of a song; the rest of the file is the voice's business."""

    model_config = Schema.model_config | {"extra": "ignore"}

    song: Name
    tempo: Tempi
    beats: Annotated[float, Field(strict=True, gt=0.0, le=2000.0)]
    phrases: list[Beats] = Field(default_factory=list)
    offset: Annotated[float, Field(strict=True, ge=0.0, le=60.0)] = 0.0
    """When beat 0 sounds, after the start of the audio [s]."""
    audio: str | None = None
    score: str | None = None


for _model in (Choice, Repeat, WaitFor, StepText, Script):
    _model.model_rebuild()
