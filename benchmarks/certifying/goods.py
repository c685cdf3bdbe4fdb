"""Good behaviours: those that are shipped, and what stays good by construction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour, Clip, Curve, Priority, curve, load_behaviours
from robotics.behaviour.compiled import Resource, Stretch, Sway
from robotics.robots.greeter import joints as greeter
from robotics.robots.sweeper import joints as sweeper

Case = tuple[str, Behaviour]
"""Robot and behaviour."""

SWAPPED = {Resource.ARM_LEFT: Resource.ARM_RIGHT, Resource.ARM_RIGHT: Resource.ARM_LEFT}


def shipped() -> list[Case]:
    """Return every behaviour of the package."""
    return [
        (robot, behaviour)
        for robot, joints in (("greeter", greeter), ("sweeper", sweeper))
        for behaviour in load_behaviours(
            asset(f"behaviours/{robot}"), joints.load().joints
        ).values()
    ]


def goods(count: int, seed: int) -> list[Case]:
    """Return ``count`` good behaviours: shipped, mirrored, slowed, and mild dances."""
    found = shipped()
    rng = np.random.default_rng(seed)
    more = _more([case for case in found if case[0] == "greeter"], rng)
    while len(found) < count:
        found.append(next(more))
    return found[:count]


def _more(bases: list[Case], rng: np.random.Generator) -> Iterator[Case]:
    moving = [b for _, b in bases if b.clip is not None and b.duration < 30.0]
    number = 0
    while True:
        number += 1
        yield "greeter", dance(f"mild_{number}", rng)
        for base in moving:
            made = mirrored(base) if rng.uniform() < 0.5 else base
            yield "greeter", slowed(made, float(rng.uniform(1.05, 1.6)))


def dance(name: str, rng: np.random.Generator) -> Behaviour:
    """Return a trunk that sways calmly: at half of what the soles allow, by the cart-table model.

    Every second one steps on the spot, too.
    """
    beat = float(rng.uniform(0.5, 0.8))
    count = int(rng.integers(8, 24))
    largest = 0.03
    amplitude = min(largest, 0.5 * 0.145 / (1.0 + (math.pi / (2.0 * beat)) ** 2 / 19.6))
    times = [0.0, *(beat * (2 * k + 2) for k in range(count)), beat * (2 * count + 2)]
    left = [0.0, *(amplitude * (-1) ** k for k in range(count)), 0.0]
    sway = Sway(left=curve(tuple(times), tuple(left)))
    end, feet, resources = times[-1], (), {Resource.TRUNK}
    if rng.uniform() < 0.5:
        feet = (Stretch(end + 1.0, end + 5.0, (0.0, 0.0, 0.0), 0.6),)
        end, resources = end + 6.0, resources | {Resource.BASE}
    return Behaviour(
        name,
        "dance",
        Priority.SHOW,
        end,
        title=("舞", "A dance"),
        resources=frozenset(resources),
        sway=sway,
        feet=feet,
    )


def slowed(behaviour: Behaviour, factor: float) -> Behaviour:
    """Return a behaviour that takes ``factor`` times as long; only what it moves is slowed."""
    clip = behaviour.clip
    assert clip is not None
    curves = tuple(
        curve(tuple(factor * t for t in times), angles) for times, angles in map(knots, clip.curves)
    )
    length = factor * behaviour.duration
    return replace(
        behaviour,
        name=f"{behaviour.name}_slow",
        duration=length,
        clip=replace(clip, duration=length, curves=curves, sway=None, feet=()),
        words=tuple(replace(one, start=factor * one.start) for one in behaviour.words),
        looks=tuple(replace(one, start=factor * one.start) for one in behaviour.looks),
        lights=tuple(replace(one, start=factor * one.start) for one in behaviour.lights),
        sway=None,
        feet=(),
        grid=replace(behaviour.grid, beats=(), phrases=()),
    )


def mirrored(behaviour: Behaviour) -> Behaviour:
    """Return a behaviour with left and right exchanged: the body is symmetric."""
    clip = behaviour.clip
    assert clip is not None
    joints = tuple(_other_side(name) for name in clip.joints)
    curves = tuple(
        _negated(one) if name.endswith(("_roll", "_yaw")) else one
        for name, one in zip(clip.joints, clip.curves, strict=True)
    )
    resources = frozenset(SWAPPED.get(one, one) for one in behaviour.resources)
    other = replace(clip, joints=joints, curves=curves)
    return replace(behaviour, name=f"{behaviour.name}_mirrored", clip=other, resources=resources)


def knots(one: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return times and angles of a curve's knots."""
    return one.times, (*(piece[0] for piece in one.pieces), sum(one.pieces[-1]))


def with_curve(behaviour: Behaviour, joint: str, one: Curve) -> Behaviour:
    """Return a behaviour in which ``joint`` follows another curve."""
    clip = behaviour.clip
    assert clip is not None
    curves = dict(zip(clip.joints, clip.curves, strict=True)) | {joint: one}
    moved = Clip(clip.name, clip.duration, clip.loop, tuple(curves), tuple(curves.values()))
    return replace(behaviour, clip=moved)


def _other_side(name: str) -> str:
    if name.startswith("left_"):
        return name.replace("left_", "right_", 1)
    return name.replace("right_", "left_", 1) if name.startswith("right_") else name


def _negated(one: Curve) -> Curve:
    return Curve(one.times, tuple(tuple(-c for c in piece) for piece in one.pieces))
