"""The certificate of a behaviour: what was proved, of what, on which body.

It is kept beside the behaviours as ``certificates/ROBOT/NAME.json`` and holds only as long as
behaviour, files that it uses, body and rules are those that it was made for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.margins import RULES, Margins

CURE = "run: robotics behaviour certify"
WALKERS = frozenset({"greeter"})
"""Robots whose steps have to be rehearsed under physics: the proof says how they end only."""


class Verdict(NamedTuple):
    """Whether a behaviour may run on a body."""

    holds: bool
    reason: str = ""
    """Why not, with the cure; "" if it may."""

    def __bool__(self) -> bool:
        """Return whether it may run."""
        return self.holds


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof that was made."""

    robot: str
    behaviour: str
    content: str
    """Fingerprint of the behaviour and of the files that it uses."""
    body: str
    """Fingerprint of the body: URDF, limits, posture."""
    rules: str
    """Fingerprint of the rules and their margins."""
    proved: Mapping[str, float] = field(default_factory=dict)
    """The least margins that were found, by name."""
    physics: Mapping[str, float] = field(default_factory=dict)
    """What the run under physics found; empty if there was none."""

    def write(self, path: Path) -> None:
        """Keep it; the same certificate gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        path.write_bytes(text + b"\n")


def read_certificate(path: Path) -> Certificate | None:
    """Return the certificate in a file; None if there is none that can be read."""
    try:
        return Certificate(**orjson.loads(path.read_bytes()))
    except (OSError, TypeError, orjson.JSONDecodeError):
        return None


def certificate_path(folder: Path, robot: str, behaviour: str) -> Path:
    """Return where a certificate is kept; ``folder`` is ``behaviours``."""
    return folder / "certificates" / robot / f"{behaviour}.json"


def files_of(behaviour: Behaviour, folder: Path) -> tuple[Path, ...]:
    """Return the files that a behaviour uses, there or not: songs and what those name.

    Args:
        behaviour: The behaviour.
        folder: The folder ``behaviours``.
    """
    songs = {words.song for words in behaviour.words} | {behaviour.music}
    songs |= {step.words.song for step in behaviour.steps if step.words is not None}
    return tuple(folder / "songs" / f"{name}.yaml" for name in sorted(songs - {""}))


def fingerprint_of_behaviour(behaviour: Behaviour, files: Iterable[Path]) -> str:
    """Return a fingerprint of everything that a behaviour is, to the last bit of its curves."""
    digest = hashlib.sha256(_plain(behaviour))
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def fingerprint_of_rules(margins: Margins | None = None) -> str:
    """Return a fingerprint of the rules."""
    return hashlib.sha256(_plain([RULES, margins or Margins()])).hexdigest()


def fingerprint_of_body(urdf: Path, numbers: Any) -> str:
    """Return a fingerprint of a body: its URDF and the ``numbers`` that shape its motion."""
    return hashlib.sha256(urdf.read_bytes() + _plain(numbers)).hexdigest()


def verdict(behaviour: Behaviour, robot: str, *, folder: Path, body: str) -> Verdict:
    """Return whether the certificate that is kept for a behaviour is for what it is now.

    Args:
        behaviour: As it would run.
        robot: On which robot.
        folder: The folder ``behaviours``.
        body: Fingerprint of the body that it would run on.
    """
    kept = read_certificate(certificate_path(folder, robot, behaviour.name))
    if kept is None:
        return Verdict(False, f"{behaviour.name} has no certificate for {robot}; {CURE}")
    now = {
        "the behaviour": (
            kept.content,
            fingerprint_of_behaviour(behaviour, files_of(behaviour, folder)),
        ),
        "the body": (kept.body, body),
        "a rule of the proof": (kept.rules, fingerprint_of_rules()),
    }
    changed = [what for what, (then, today) in now.items() if then != today]
    if changed:
        what = " and ".join(changed)
        return Verdict(False, f"{what} changed since {behaviour.name} was certified; {CURE}")
    if behaviour.feet and robot in WALKERS and not kept.physics:
        return Verdict(False, f"{behaviour.name} steps and was never rehearsed; {CURE}")
    return Verdict(True)


def _plain(value: Any) -> bytes:
    """Return a value as bytes that do not depend on the order of sets."""
    option = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(value, default=_sorted, option=option)


def _sorted(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
