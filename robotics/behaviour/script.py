"""The schema of a behaviour file, as an author writes it: strict YAML 1.2, angles in degrees.

One behaviour per file. It says something (``say``), moves something (``tracks``), or both::

    behaviour: nod
    kind: gesture
    priority: visitor
    duration: 1.2
    tracks:
      head:
        - {time: 0.0, joints: {head_pitch: 0}}
        - {time: 0.4, joints: {head_pitch: 15}}
        - {time: 1.2, joints: {head_pitch: 0}}
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from robotics.core.config import Schema, line_of, load, load_yaml
from robotics.core.errors import ConfigError

Kind = Literal["greeting", "idle", "gesture", "request", "farewell", "report"]
Level = Literal["idle", "show", "visitor", "operator"]
Group = Literal["head", "arm_left", "arm_right"]

GROUPS: dict[str, tuple[str, ...]] = {
    "head": ("head_",),
    "arm_left": ("left_shoulder_", "left_elbow"),
    "arm_right": ("right_shoulder_", "right_elbow"),
}
"""How the names of a group's joints begin."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Seconds = Annotated[float, Field(strict=True, ge=0.0, le=120.0)]
Degrees = Annotated[float, Field(strict=True, ge=-360.0, le=360.0)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[list[Text], BeforeValidator(_listed), Field(min_length=1)]
Flag = Annotated[bool, Field(strict=True)]


class Say(Schema):
    """The words, in both languages: one text, or several variants."""

    zh: Texts
    en: Texts

    @model_validator(mode="after")
    def _paired(self) -> Say:
        if len(self.zh) != len(self.en):
            raise ValueError(f"{len(self.zh)} variants in zh and {len(self.en)} in en: pair them")
        return self


class Keyframe(Schema):
    """Where some joints are at one time."""

    time: Seconds
    """[s] after the start."""
    joints: Annotated[dict[str, Degrees], Field(min_length=1)]
    """[deg] by joint."""


class Script(Schema):
    """One behaviour file."""

    behaviour: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    kind: Kind
    priority: Level
    duration: Annotated[float, Field(strict=True, gt=0.0, le=120.0)]
    """[s]; for words only, the least time before the next behaviour."""
    interruptible: Flag = True
    loop: Flag = False
    say: Say | None = None
    tracks: dict[Group, Annotated[list[Keyframe], Field(min_length=2)]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _does_something(self) -> Script:
        if self.say is None and not self.tracks:
            raise ValueError("it neither says nor moves anything: add 'say' or 'tracks'")
        return self


def read(path: Path) -> Script:
    """Read and check one file, as far as that is possible without a robot.

    Raises:
        ConfigError: With line, place, value and cure.
    """
    script = load(path, Script)
    if script.behaviour != path.stem:
        raise fault(path, ("behaviour",), f"'{script.behaviour}'", f"the file says '{path.stem}'")
    for group, frames in script.tracks.items():
        _check_times(path, script, group, frames)
        _check_names(path, group, frames)
    return script


def fault(path: Path, location: tuple[int | str, ...], problem: str, cure: str) -> ConfigError:
    """Return the error for the node at ``location`` of the file, with its line."""
    line = line_of(load_yaml(path), location)
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return ConfigError(path, f"line {line} ({place.lstrip('.')})", problem, cure)


def _check_times(path: Path, script: Script, group: str, frames: list[Keyframe]) -> None:
    if frames[0].time != 0.0:
        problem = f"the first keyframe is at {frames[0].time} s"
        raise fault(path, ("tracks", group, 0, "time"), problem, "a track starts at time 0")
    for place, (before, after) in enumerate(pairwise(frames), start=1):
        if after.time <= before.time:
            problem = f"{after.time} s does not come after {before.time} s"
            raise fault(path, ("tracks", group, place, "time"), problem, "times have to grow")
    if frames[-1].time > script.duration:
        problem = f"{frames[-1].time} s is after the end"
        cure = f"the duration is {script.duration} s"
        raise fault(path, ("tracks", group, len(frames) - 1, "time"), problem, cure)


def _check_names(path: Path, group: str, frames: list[Keyframe]) -> None:
    first = frames[0].joints
    last = dict(first)
    for place, frame in enumerate(frames):
        for name in frame.joints:
            where = ("tracks", group, place, "joints", name)
            if not name.startswith(GROUPS[group]):
                cure = f"its joints begin with {' or '.join(GROUPS[group])}"
                raise fault(path, where, f"'{name}' is no joint of {group}", cure)
            if name not in first:
                cure = "say at time 0 where it starts"
                raise fault(path, where, f"'{name}' is not in the first keyframe", cure)
        last.update(frame.joints)
    for name, angle in last.items():
        if angle != first[name]:
            problem = f"'{name}' ends at {angle} deg"
            cure = f"bring it back to its start, {first[name]} deg"
            raise fault(path, ("tracks", group, len(frames) - 1), problem, cure)
