"""What the greeter is sent over: bumps, ramps, edges, grates, wet stone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.bullet import BulletWorld

FRICTION = 1.0
"""Of dry ground; multiplied by the soles' 0.8."""
WET = 0.25 / 0.8
"""Of wet stone: with the soles' 0.8, μ = 0.25."""
WIDE = 3.0
"""Half the width of what is walked over [m]."""


def box(
    world: BulletWorld,
    half: tuple[float, float, float],
    middle: tuple[float, float, float],
    slope: float = 0.0,
) -> None:
    """Lay a box; ``slope`` [rad] lifts its far end."""
    engine = world.engine
    shape = engine.createCollisionShape(engine.GEOM_BOX, halfExtents=list(half))
    turn = engine.getQuaternionFromEuler([0.0, -slope, 0.0])
    body = engine.createMultiBody(0, shape, basePosition=list(middle), baseOrientation=turn)
    engine.changeDynamics(body, -1, lateralFriction=FRICTION, restitution=0.0)
    world.names[body] = "ground"


def take_plane(world: BulletWorld) -> None:
    """Take the endless plane away: what comes goes below it."""
    plane = next(body for body, name in world.names.items() if name == "ground")
    world.engine.removeBody(plane)
    del world.names[plane]


def bumps(world: BulletWorld, height: float, seed: int) -> None:
    """Lay half the tiles of a 20 cm chequer, each of its own height up to ``height`` [m]."""
    rng = np.random.default_rng(seed)
    for column in range(24):
        for row in range(-8, 9):
            if rng.random() < 0.5:
                continue
            top = height * rng.uniform(0.2, 1.0)
            place = (0.5 + 0.2 * column, 0.2 * row, top / 2.0)
            box(world, (0.1, 0.1, top / 2.0), place)


def ramp(world: BulletWorld, slope: float, start: float = 0.5) -> None:
    """Lay a slope [rad] of 6 m from ``start`` on, up or down, after a level deck."""
    take_plane(world)
    deck, half, thick = 3.0, 3.0, 0.5
    box(world, (deck, WIDE, thick), (start - deck, 0.0, -thick))
    c, s = math.cos(slope), math.sin(slope)
    box(
        world, (half, WIDE, thick), (start + half * c + thick * s, 0.0, half * s - thick * c), slope
    )


def edge(world: BulletWorld, height: float, start: float = 0.6, length: float = 1.4) -> None:
    """Lay a plate: one edge up, one down."""
    box(world, (length / 2, WIDE, height / 2), (start + length / 2, 0.0, height / 2))


def grate(world: BulletWorld, bar: float = 0.03, gap: float = 0.01, start: float = 0.4) -> None:
    """Lay two metres of bars across the way, with gaps between, flush with the decks around."""
    take_plane(world)
    thick, length = 0.05, 2.0
    box(world, (3.0, WIDE, thick), (start - 3.0, 0.0, -thick))
    count = round(length / (bar + gap))
    for number in range(count):
        ahead = start + gap + bar / 2 + number * (bar + gap)
        box(world, (bar / 2, WIDE, thick), (ahead, 0.0, -thick))
    end = start + gap + count * (bar + gap)
    box(world, (3.0, WIDE, thick), (end + 3.0, 0.0, -thick))


@dataclass(frozen=True, slots=True)
class Ground:
    """Something to walk over."""

    words: str
    lay: Callable[[BulletWorld, int], None] = lambda world, seed: None
    """Puts it into a world; the seed is for what is random."""
    friction: float = FRICTION
    """Multiplied by the soles' 0.8."""


_SLOPE, _BUMP, _EDGE = 10.0, 0.02, 0.03

GROUNDS = {
    "flat": Ground("level paving"),
    "ramp_up": Ground(
        f"a ramp of {_SLOPE:g}° up from 0.5 m on",
        lambda world, seed: ramp(world, math.radians(_SLOPE)),
    ),
    "ramp_down": Ground(
        f"a ramp of {_SLOPE:g}° down from 0.5 m on",
        lambda world, seed: ramp(world, -math.radians(_SLOPE)),
    ),
    "bumps": Ground(
        f"tiles up to {100 * _BUMP:g} cm high from 0.4 m on",
        lambda world, seed: bumps(world, _BUMP, seed),
    ),
    "edge": Ground(
        f"a plate {100 * _EDGE:g} cm high from 0.6 m to 2 m",
        lambda world, seed: edge(world, _EDGE),
    ),
    "grate": Ground(
        "bars of 3 cm with gaps of 1 cm from 0.4 m to 2.4 m", lambda world, seed: grate(world)
    ),
    "wet": Ground("wet stone, friction 0.25 under the soles", friction=WET),
}
"""By name; those of the issue that ``benchmarks/terrain.py`` sends it over."""
