"""One behaviour being made ready: the file, what it may refer to, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.format.library import Library
from robotics.behaviour.format.params import Arguments
from robotics.behaviour.format.schema import Script
from robotics.behaviour.format.sheet import Sheet
from robotics.behaviour.format.timing import Timing
from robotics.core.config import Location


@dataclass(frozen=True, slots=True)
class Task:
    """What every part of the compiler is given."""

    sheet: Sheet
    script: Script
    library: Library
    timing: Timing
    refer: Callable[[Location, str, Arguments], Behaviour | None]
    """Returns another behaviour, ready; None, and a finding, if it cannot be."""
