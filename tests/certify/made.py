"""Behaviours for the tests of the certificate, made in place."""

from __future__ import annotations

from dataclasses import replace

from robotics.behaviour.clips import Behaviour, Clip, Priority, curve
from robotics.behaviour.compiled import Resource, Sway
from robotics.certify.stage import Stage

STAGE = Stage()
RIGHT = frozenset({Resource.ARM_RIGHT})
BOTH = frozenset({Resource.ARM_LEFT, Resource.ARM_RIGHT})


def behaviour(name: str = "made", seconds: float = 6.0, **changes: object) -> Behaviour:
    """Return a behaviour that does nothing yet."""
    return replace(Behaviour(name, "gesture", Priority.SHOW, seconds), **changes)  # type: ignore[arg-type]  # fields by name


def moving(angles: dict[str, float], *, seconds: float = 6.0, **changes: object) -> Behaviour:
    """Return a behaviour that goes to ``angles`` [rad], stays half a second and comes back."""
    ends, names = (0.0, 0.45 * seconds, 0.55 * seconds, seconds), tuple(angles)
    table = STAGE.model.joints
    curves = [
        curve(ends, (home, angles[name], angles[name], home))
        for name, home in zip(names, STAGE.rest[list(table.indices(*names))].tolist(), strict=True)
    ]
    clip = Clip("made", seconds, False, names, tuple(curves))
    held = {
        resource
        for resource, begins in (
            (Resource.HEAD, "head"),
            (Resource.ARM_LEFT, "left"),
            (Resource.ARM_RIGHT, "right"),
        )
        if any(name.startswith(begins) for name in names)
    }
    made = behaviour(seconds=seconds, clip=clip, resources=frozenset(held))
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def swaying(axis: str, far: float, half: float, *, times: int = 6) -> Behaviour:
    """Return a trunk that goes to ``far`` and ``-far`` in turn, ``half`` [s] apart."""
    moments, places = [0.0], [0.0]
    for k in range(times):
        moments.append(1.0 + k * half)
        places.append(far * (-1) ** k)
    moments.append(moments[-1] + 1.0)
    places.append(0.0)
    sway = Sway(**{axis: curve(tuple(moments), tuple(places))})
    seconds = moments[-1] + 0.2
    return behaviour(seconds=seconds, sway=sway, resources=frozenset({Resource.TRUNK}))
