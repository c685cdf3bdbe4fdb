"""One decision: the path's own law while it is calm, else the weighted average of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.planning.predictive.config import PERIOD, PredictiveConfig
from robotics.planning.predictive.nominal import Road, follow
from robotics.planning.predictive.sampling import (
    STRIDE,
    Noise,
    Pool,
    blend,
    draw,
    judge,
    noise_bank,
)
from robotics.planning.predictive.scene import Scene

COST, SOCIAL, TIGHT, STEP = 0, 1, 2, 3
"""Columns of what ``judge`` returns."""
SLACK = 0.05
"""The average may cost so much more than the best sample [s]."""
DRIVES = (1.0, 0.7, 0.4, 0.2)
"""Shares at which a drive by hand is tried."""
ENDING = 0.5
"""So near to where it ends a way is followed as it is, however near things are [m]."""
WORTH = 0.1
"""Moving has to be better than standing by so much [s]."""


@dataclass(slots=True)
class Controller:
    """Samples, judges, averages; keeps the mean from decision to decision.

    Attributes:
        config: Limits, manners, sampling.
        bank: Noise, shape (rows, steps, 3); drawn once, so that a decision costs no time for it.
        mean: What was decided last, shape (steps, 3).
    """

    config: PredictiveConfig
    bank: Noise = field(init=False)
    mean: Array | None = None
    _decision: int = 0

    def __post_init__(self) -> None:
        """Draw the noise."""
        sampling = self.config.sampling
        rng = np.random.default_rng(sampling.seed)
        self.bank = noise_bank(sampling, self.config.limits, rng)

    def forget(self) -> None:
        """Begin the next decision without a mean."""
        self.mean = None

    def restart(self) -> None:
        """Begin as if nothing had been decided yet."""
        self.mean, self._decision = None, 0

    def laws(self, road: Road, start: Array, shares: Sequence[float], top: float) -> Array:
        """Return the path's own law at each share of its speed, shape (shares, steps, 3)."""
        laws = np.zeros((len(shares), self.config.sampling.steps, 3))
        for out, share in zip(laws, shares, strict=True):
            follow(road, start, self.config.limits, (float(share), float(top)), out)
        return laws

    def calm(self, scene: Scene, laws: Array, shares: Sequence[float]) -> Array | None:
        """Return the first twist of the fastest law that disturbs nobody, if there is one."""
        loose = scene._replace(floor=min(scene.floor, -self.config.tolerance))
        table = self._judged(loose, laws[: len(shares)])
        bound = scene.way.working or scene.way.line[0, 3] < ENDING
        for k in range(len(shares)):
            trouble = table[k, SOCIAL] + (0.0 if bound else table[k, TIGHT])
            if table[k, STEP] >= self.config.sampling.steps and trouble <= self.config.calm:
                self.mean = laws[k]
                return np.asarray(laws[k, 0])
        return None

    def sample(self, scene: Scene, laws: Array) -> Array:
        """Return the first twist of the best that could be found, shape (3,)."""
        config, sampling = self.config, self.config.sampling
        mean = laws[0] if self.mean is None else shifted(self.mean, PERIOD / sampling.step)
        still = np.zeros((1, sampling.steps, 3))
        bases = np.concatenate((mean[None], laws, still, self._gestures()))
        self._decision += 1
        entry = self._decision * STRIDE % len(self.bank)
        count = max(0, sampling.samples - len(bases))
        pool = Pool(np.ascontiguousarray(bases), 1 + len(laws), self.bank, entry, count)
        table = judge(scene, pool, config.limits, config.weights)
        stand = 1 + len(laws)
        table[stand, COST] -= WORTH
        costs = np.ascontiguousarray(table[:, COST])
        best = int(costs.argmin())
        average = blend(pool, scene.caps, config.limits, costs, sampling.temperature)
        chosen = np.zeros_like(average)
        if best != stand:
            draw(pool, scene.caps, config.limits, best, chosen)
            chosen = self.safest(scene, average, chosen)
        self.mean = chosen
        return np.asarray(chosen[0])

    def safest(self, scene: Scene, average: Array, best: Array) -> Array:
        """Return the average of the samples if it is as good as the best, else that, else rest.

        What is returned never collides within ``certain`` seconds as long as the best does not.
        Both have shape (steps, 3).
        """
        table = self._judged(scene, np.stack((average, best)))
        certain = min(len(best), round(self.config.certain / scene.step))
        if table[0, STEP] >= certain and table[0, COST] <= table[1, COST] + SLACK:
            return average
        return best if table[1, STEP] >= certain else np.zeros_like(best)

    def first_free(self, scene: Scene, wanted: Array) -> Array:
        """Return ``wanted`` (3,), or the largest share of it that collides nowhere."""
        limits, steps = self.config.limits, self.config.sampling.steps
        top = float(scene.caps[0])
        side, back = min(limits.sideways, top), min(limits.backward, top)
        wanted = np.clip(wanted, (-back, -side, -limits.turn_rate), (top, side, limits.turn_rate))
        drives = np.array([np.tile(share * wanted, (steps, 1)) for share in DRIVES])
        free = np.flatnonzero(self._judged(scene, drives)[:, STEP] >= steps)
        chosen = drives[free[0]] if len(free) else np.zeros((steps, 3))
        self.mean = chosen
        return np.asarray(chosen[0])

    def _judged(self, scene: Scene, sequences: Array) -> Array:
        """Return the judgement of sequences (n, steps, 3) without noise, shape (n, 4)."""
        pool = Pool(np.ascontiguousarray(sequences), 1, self.bank, 0, 0)
        return judge(scene, pool, self.config.limits, self.config.weights)

    def _gestures(self) -> Array:
        """Return constant twists worth trying always, shape (g, steps, 3)."""
        limits = self.config.limits
        twists = [
            (limits.speed, 0.0, 0.0),
            (0.5 * limits.speed, 0.0, 0.5 * limits.turn_rate),
            (0.5 * limits.speed, 0.0, -0.5 * limits.turn_rate),
            (0.0, 0.0, limits.turn_rate),
            (0.0, 0.0, -limits.turn_rate),
            (-limits.backward, 0.0, 0.0),
        ]
        if limits.sideways > 0.0:
            twists += [(0.0, limits.sideways, 0.0), (0.0, -limits.sideways, 0.0)]
        return np.repeat(np.array(twists)[:, None], self.config.sampling.steps, axis=1)


def shifted(sequence: Array, steps: float) -> Array:
    """Return a sequence (n, 3) as it is ``steps`` (not always whole) later; its end is held."""
    k = np.arange(len(sequence))
    return np.column_stack([np.interp(k + steps, k, column) for column in sequence.T])
