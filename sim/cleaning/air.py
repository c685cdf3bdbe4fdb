"""Raised dust: the wind carries it, it spreads, settles, and leaves the area. Compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from sim.cleaning.laws import Laws
from sim.sweeping import BLOCK, RESOLUTION, Ground
from sim.weather import Weather

COURANT = 0.9
"""No more of a block's dust leaves it in a step."""
LONGEST = 0.2
"""No step is longer [s]."""
WISP = 1e-9
"""Less than this above a block is not followed further, it falls at once [kg]."""


class Air(NamedTuple):
    """What moves dust above blocks for a moment, and where it comes to lie."""

    open: Array
    """Part of each block on which dirt can lie, shape (rows, columns), 0 to 1."""
    fallen: Array
    """Settled dust not yet told to the cells below, same shape [kg]."""
    before: Array
    """Room to work in, same shape."""
    east: float
    """Part of a block's dust that the wind carries over its border; negative to the west."""
    north: float
    spread: float
    """Part that is exchanged with each neighbour."""
    fall: float
    """Part that settles."""


def air_over(open_part: Array, laws: Laws, weather: Weather) -> tuple[Air, float]:
    """Return the air over blocks, and for how long it is good: a step short enough [s].

    Args:
        open_part: Part of each block on which dirt can lie, shape (rows, columns).
        laws: The constants.
        weather: The wind; what carries the dust is that at half its height.
    """
    side = BLOCK * RESOLUTION
    east, north = weather.wind_at(0.5 * laws.height)
    rate = (abs(east) + abs(north)) / side + 4.0 * laws.spread / side**2
    step = min(LONGEST, COURANT / max(rate, 1e-9))
    air = Air(
        open=open_part,
        fallen=np.zeros(open_part.shape),
        before=np.zeros(open_part.shape),
        east=east * step / side,
        north=north * step / side,
        spread=laws.spread * step / side**2,
        fall=-math.expm1(-laws.fall / laws.height * step),
    )
    return air, step


@compiled
def drift(
    ground: Ground, air: Air, window: tuple[int, int, int, int]
) -> tuple[float, int, int, int, int]:
    """Let raised dust drift, spread and settle within a window of blocks.

    First order upwind: positive, conservative, and a little more spread than wished.

    Args:
        ground: Its ``flying`` is changed in place.
        air: What moves it; ``fallen`` is added to. |east| + |north| + 4 spread is at most 1.
        window: First and last row + 1, first and last column + 1 of the blocks with dust above.

    Returns:
        What has left the area or fallen where no dirt can lie [kg], and the window in which dust
        flies from now on (its last row is its first if there is none).
    """
    rows, columns = ground.flying.shape
    r0, r1 = max(0, window[0] - 1), min(rows, window[1] + 1)
    c0, c1 = max(0, window[2] - 1), min(columns, window[3] + 1)
    for r in range(r0, r1):
        for c in range(c0, c1):
            air.before[r, c] = ground.flying[r, c]
    gone = 0.0
    for r in range(r0, r1):
        for c in range(c0, c1):
            here = air.before[r, c]
            if here == 0.0:
                continue
            for side in range(4):
                a = r + (1 if side == 0 else -1 if side == 1 else 0)
                b = c + (1 if side == 2 else -1 if side == 3 else 0)
                wind = air.north * (a - r) + air.east * (b - c)
                moved = here * (air.spread + max(0.0, wind))
                ground.flying[r, c] -= moved
                if 0 <= a < rows and 0 <= b < columns:
                    ground.flying[a, b] += moved
                else:
                    gone += moved
    low_r, high_r, low_c, high_c = r1, r0, c1, c0
    for r in range(r0, r1):
        for c in range(c0, c1):
            here = ground.flying[r, c]
            if here <= 0.0:
                continue
            lasts = here > WISP
            settled = air.fall * here if lasts else here
            ground.flying[r, c] = here - settled
            air.fallen[r, c] += settled * air.open[r, c]
            gone += settled - settled * air.open[r, c]
            if lasts:
                low_r, high_r = min(low_r, r), max(high_r, r + 1)
                low_c, high_c = min(low_c, c), max(high_c, c + 1)
    return gone, low_r, max(low_r, high_r), low_c, max(low_c, high_c)


@compiled
def pour(ground: Ground, air: Air, window: tuple[int, int, int, int]) -> None:
    """Tell the cells under a window of blocks of the dust that has settled on them, evenly."""
    for a in range(window[0], window[1]):
        for b in range(window[2], window[3]):
            if air.fallen[a, b] == 0.0:
                continue
            each = air.fallen[a, b] / (air.open[a, b] * BLOCK * BLOCK)
            air.fallen[a, b] = 0.0
            for r in range(a * BLOCK, (a + 1) * BLOCK):
                for c in range(b * BLOCK, (b + 1) * BLOCK):
                    if ground.label[r, c] != 0:
                        ground.load[0, r, c] += each
                        ground.tally[ground.label[r, c], 0] += each
