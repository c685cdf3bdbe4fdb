"""Where dirt comes from: what lies there at the beginning, what wind and people bring."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array, IntArray
from sim.cleaning.layout import Layout
from sim.sweeping import RESOLUTION
from sim.world_model import DirtPlan

FINE_SHARE = 0.156
"""Part of the world's dust that is finer than 0.104 mm, by mass (Sartor & Boyd 1972, table of
pollutants by particle size: 5.9 % below 43 µm and 9.7 % up to 104 µm). In Cambridge, Massachusetts,
14 % were finer than 125 µm (USGS SIR 2012-5292)."""
KERB_SCALE = 0.099
"""Dirt along a kerb falls off exponentially over this distance [m]: 78 % of a street's dirt lies
within 0.15 m of it (Sartor & Boyd 1972)."""
BUILD_UP = 5.0 * 86400.0
"""In this time wind and people bring once more what lies there at the beginning [s]: streets are
as dirty as they get about a week after they were cleaned (Sartor & Boyd 1972; half of it in the
first days)."""
PEOPLE_SHARE = 0.5
"""Of that, part that falls off people where they walk; the wind brings the rest to where dirt lies
anyway (assumed)."""
LITTERING = 0.05 / 3600.0
"""Pieces dropped by each visitor [1/s] (assumed: one in 20 leaves one behind in an hour)."""
PERIOD = 1.0
"""What is brought comes in portions, so often [s]."""
_PORTIONS = 4
_RESERVOIR = 4096


def spread(plan: DirtPlan, layout: Layout, rng: np.random.Generator) -> Array:
    """Return the initial load, shape (3, rows, columns) [kg].

    Args:
        plan: Dust [g/m²], ``kerb_factor`` times as much in a strip along kerbs: that mass lies
            along the kerb, but with the profile that was found in streets.
        layout: The cells.
        rng: Source of the unevenness: a gamma distribution of shape 4 for dust, 1 for leaves.
    """
    inside = layout.label != 0
    cell = RESOLUTION * RESOLUTION / 1000.0
    extra = (plan.kerb_factor - 1.0) * plan.kerb_width / KERB_SCALE
    load = np.zeros((3, *inside.shape))
    near = layout.kerb_distance < layout.kerb_distance.max()
    dust = plan.dust * cell * rng.gamma(4.0, 0.25, inside.shape)
    dust[near] *= 1.0 + extra * np.exp(-layout.kerb_distance[near] / KERB_SCALE)
    dust[~inside] = 0.0
    load[0], load[1] = FINE_SHARE * dust, (1.0 - FINE_SHARE) * dust
    x, y = layout.centres()
    for spot in plan.leaves:
        low = np.array(spot.position) - spot.radius
        (c0, c1), (r0, r1) = (
            np.searchsorted(axis, (a, a + 2.0 * spot.radius))
            for axis, a in zip((x, y), low, strict=True)
        )
        away = np.hypot(x[None, c0:c1] - spot.position[0], y[r0:r1, None] - spot.position[1])
        under = (away < spot.radius) & inside[r0:r1, c0:c1]
        leaves = spot.density * cell * rng.gamma(1.0, 1.0, away.shape)
        load[2, r0:r1, c0:c1] += np.where(under, leaves, 0.0)
    return load


class Supply:
    """What is brought while the robots work, in small portions to single cells."""

    def __init__(self, layout: Layout, load: Array, rng: np.random.Generator) -> None:
        """Prepare.

        Args:
            layout: The cells.
            load: The initial load (3, rows, columns) [kg]; more of the same is brought.
            rng: Source of luck.
        """
        self._layout, self._rng = layout, rng
        whole = load.sum(axis=(1, 2))
        self._portion = whole * PERIOD / BUILD_UP
        self._cells = _sample(load, rng) if whole.sum() > 0.0 else np.zeros((0, 2), dtype=np.int64)
        self._waiting = 0.0

    def bring(self, duration: float, people: Array) -> list[tuple[int, int, Array]]:
        """Return what came in ``duration`` [s]: row, column and mass by class (3,) [kg].

        Args:
            duration: Since the last call [s].
            people: Where people walk (n, 2) [m].
        """
        self._waiting += duration
        came: list[tuple[int, int, Array]] = []
        while self._waiting >= PERIOD and len(self._cells):
            self._waiting -= PERIOD
            blown = self._cells[self._rng.integers(len(self._cells), size=_PORTIONS)]
            part = (1.0 - PEOPLE_SHARE) / _PORTIONS
            came += [(int(r), int(c), part * self._portion) for r, c in blown]
            if len(people):
                x, y = people[self._rng.integers(len(people))]
                cell = self._layout.cell(float(x), float(y))
                if cell is not None:
                    came.append((*cell, PEOPLE_SHARE * self._portion))
        return came


def _sample(load: Array, rng: np.random.Generator) -> IntArray:
    """Return rows and columns (m, 2) of cells, drawn in proportion to the load."""
    upto = np.cumsum(load.sum(axis=0).ravel())
    picks = np.searchsorted(upto, rng.random(_RESERVOIR) * upto[-1], side="right")
    picks = np.minimum(picks, len(upto) - 1)
    return np.column_stack(np.unravel_index(picks, load.shape[1:]))
