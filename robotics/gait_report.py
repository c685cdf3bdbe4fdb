"""One walk under physics and its report: what ``robotics walk`` does."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robotics.core.errors import MissingDependency, OptionError, UnknownName
from robotics.core.walked import Walked, WalkOrder, WalkPush
from robotics.report.gait import write_gait_report
from robotics.report.gait_figures import UNITS, WAYS, Figure, cause, figures

LONGEST = 600.0
"""A walk may last so long [s]."""
STRONGEST = 50.0
"""Of a push [N·s]: three times what throws it over like a skittle."""
OPTIONS = ("--speed", "--side", "--turn")
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"


@dataclass(frozen=True, slots=True)
class Written:
    """What was made of a walk."""

    page: Path
    video: Path | None
    figures: tuple[Figure, ...]
    fell: bool


def read_order(
    twist: tuple[str, str, str], seconds: str, *, seed: int, ground: str, push: str, reflexes: bool
) -> WalkOrder:
    """Return what the options order.

    Args:
        twist: Speed ahead and to the left [m/s], turn to the left [rad/s].
        seconds: Length of the walk [s].
        seed: Of noise and of random ground.
        ground: What to walk over.
        push: ``AHEAD,LEFT@TIME`` [N·s, s]; "" for none.
        reflexes: Whether it braces when it falls, and gets up.

    Raises:
        OptionError: A number is none, or is not allowed.
        UnknownName: There is no such ground.
        MissingDependency: The simulation is not installed.
    """
    named = zip(OPTIONS, twist, UNITS, strict=True)
    vx, vy, wz = (_number(option, text, unit) for option, text, unit in named)
    length = _number("--seconds", seconds, "s")
    if not 1.0 <= length <= LONGEST:
        raise OptionError(f"--seconds {seconds} is not allowed; give 1 to {LONGEST:g}")
    grounds = _sim("sim.grounds", "GROUNDS", "walking")
    if ground not in grounds:
        raise UnknownName("ground", ground, list(grounds))
    return WalkOrder((vx, vy, wz), length, seed, ground, _push(push, length), reflexes)


def limits(order: WalkOrder, walked: Walked) -> list[str]:
    """Return a line for each speed that is more than the walk takes."""
    rows = zip(OPTIONS, order.twist, walked.largest, WAYS, UNITS, strict=True)
    return [
        f"{option} {asked:g} is more than the walk takes {way.replace(' left', '')}: it is limited"
        f" to {math.copysign(most, asked):g} {unit}"
        for option, asked, most, way, unit in rows
        if abs(asked) > most
    ]


def report_walk(
    order: WalkOrder,
    page: Path,
    video: Path | None,
    tell: Callable[[str], None] = lambda doing: None,
) -> tuple[Written, list[str]]:
    """Let the greeter walk, write its report; return what was made and what to tell people.

    Args:
        order: What is ordered.
        page: The HTML file.
        video: The mp4 file; None for none.
        tell: Is told what is being done.

    Raises:
        OptionError: A file cannot be written.
        MissingDependency: PyBullet, Pinocchio or, for a video, imageio-ffmpeg is not installed.
    """
    for path in (page, video):
        if path is not None:
            _make_writable(path)
    walk = _sim("sim.gait_walk", "walk", "walking")
    walked: Walked = walk(order, lambda time: tell(f"walking: {time:.1f} of {order.seconds:g} s"))
    stills: list[Path] = []
    if video is not None:
        tell("rendering the video")
        stills = _sim("sim.gait_film", "film", "rendering a video")(walked, video)
    tell("writing the report")
    seen = write_gait_report(page, walked, video=video, stills=stills)
    made = Written(page, video, tuple(figures(seen)), walked.fall is not None)
    return made, [*limits(order, walked), " ".join(cause(seen))]


def _number(option: str, text: str, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise OptionError(f"{option} {text!r} is not a number; give {unit}, for example 0.2")
    return value


def _push(text: str, seconds: float) -> WalkPush | None:
    """Return the push that ``AHEAD,LEFT@TIME`` means; None for no text."""
    if not text:
        return None
    wanted = "give AHEAD,LEFT@TIME in N·s and s, for example --push 0,4@3"
    if "@" not in text:
        raise OptionError(f"--push {text!r} has no time; {wanted}")
    found = re.fullmatch(rf"\s*({NUMBER})\s*,\s*({NUMBER})\s*@\s*({NUMBER})\s*", text)
    if found is None:
        raise OptionError(f"--push {text!r} is not understood; {wanted}")
    ahead, left, time = (float(part) for part in found.groups())
    if not 0.0 < math.hypot(ahead, left) <= STRONGEST:
        raise OptionError(f"--push {text!r}: the impulse must be above 0, up to {STRONGEST:g} N·s")
    if not 0.0 <= time <= seconds - 0.5:
        raise OptionError(
            f"--push {text!r}: its time must be 0 to {seconds - 0.5:g} s, within --seconds"
        )
    return WalkPush(time, (ahead, left))


def _make_writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror}; give a file you can write") from error


def _sim(module: str, name: str, purpose: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        library = (error.name or module).split(".")[0]
        raise MissingDependency(library, purpose, "all") from error
