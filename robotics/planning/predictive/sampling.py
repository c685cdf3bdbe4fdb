"""Sampled control sequences: coloured noise, and their average weighted by cost.

Model predictive path integral control in its information-theoretic form (Williams, Drews, Goldfain,
Rehg, Theodorou 2018, IEEE T-RO 34(6), algorithm 1, with α = 1: the base distribution moves along
with the mean). Noise with a power-law spectrum as in Vlahov et al. 2024 (RA-L 9(3)): a body with
mass answers low frequencies only.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array
from robotics.core.compiled import compiled, inner
from robotics.planning.predictive.config import Limits, Sampling, Weights
from robotics.planning.predictive.nominal import clamp
from robotics.planning.predictive.rollout import roll
from robotics.planning.predictive.scene import Scene

Noise: TypeAlias = NDArray[np.float32]
STRIDE = 619
"""The bank is entered so many rows further on at each decision: a prime, so that all are used."""


def noise_bank(sampling: Sampling, limits: Limits, rng: np.random.Generator) -> Noise:
    """Return coloured noise for (vx, vy, wz), shape (rows, steps, 3) [m/s, m/s, rad/s].

    Single precision: half the way through memory. Each row is used with both signs; the sideways
    speed of robots on wheels has none.
    """
    rows, steps = max(2048, sampling.samples), sampling.steps
    frequency = np.maximum(np.fft.rfftfreq(steps), 1.0 / steps)
    shape = frequency ** (-0.5 * sampling.colour)
    real, imaginary = rng.standard_normal((2, rows, 3, len(frequency)))
    noise = np.fft.irfft((real + 1j * imaginary) * shape, n=steps, axis=2)
    noise /= noise.std(axis=(0, 2), keepdims=True)
    forward = sampling.forward * limits.speed
    scale = np.array([forward, sampling.forward * limits.sideways, 0.0])
    scale[2] = sampling.turn * limits.turn_rate
    return np.ascontiguousarray(noise.transpose(0, 2, 1) * scale, dtype=np.float32)


class Pool(NamedTuple):
    """Control sequences to be tried: bases as they are, then noise around the first of them."""

    bases: Array
    """Shape (b, steps, 3); the first is the mean so far."""
    noisy: int
    """Around so many of them samples are drawn."""
    bank: Noise
    """Noise, shape (rows, steps, 3)."""
    entry: int
    """Row of the bank with which to begin."""
    drawn: int
    """Samples drawn, besides the bases."""


@inner
def draw(pool: Pool, caps: Array, limits: Limits, i: int, out: Array) -> None:
    """Write control sequence ``i`` to ``out`` (steps, 3), within the limits and ``caps`` (steps,).

    Three quarters of the noise goes around the mean so far, the rest around the other bases.
    """
    count, sign, base, row = len(pool.bases), 0.0, i, 0
    if i >= count:
        j = i - count
        half = j // 2
        base = (half // 4) % pool.noisy if half % 4 == 3 else 0
        row, sign = (pool.entry + half) % len(pool.bank), 1.0 - 2.0 * (j % 2)
    for k in range(len(out)):
        vx = pool.bases[base, k, 0] + sign * pool.bank[row, k, 0]
        vy = pool.bases[base, k, 1] + sign * pool.bank[row, k, 1]
        wz = pool.bases[base, k, 2] + sign * pool.bank[row, k, 2]
        out[k, 0] = clamp(vx, -min(limits.backward, caps[k]), caps[k])
        out[k, 1] = clamp(vy, -min(limits.sideways, caps[k]), min(limits.sideways, caps[k]))
        out[k, 2] = clamp(wz, -limits.turn_rate, limits.turn_rate)


@compiled
def judge(scene: Scene, pool: Pool, limits: Limits, weights: Weights) -> Array:
    """Drive every sequence of the pool.

    Returns:
        What ``roll`` says of each: (cost, of people, of things, step at fault), (n, 4).
    """
    table = np.empty((len(pool.bases) + pool.drawn, 4))
    wanted, trail = np.empty((pool.bases.shape[1], 3)), np.empty((pool.bases.shape[1], 8))
    for i in range(len(table)):
        draw(pool, scene.caps, limits, i, wanted)
        cost, social, tight, step = roll(scene, wanted, limits, weights, trail)
        table[i, 0], table[i, 1], table[i, 2], table[i, 3] = cost, social, tight, step
    return table


@compiled
def blend(pool: Pool, caps: Array, limits: Limits, costs: Array, temperature: float) -> Array:
    """Return the average of the pool weighted by exp(-cost/λ), shape (steps, 3)."""
    wanted = np.empty((pool.bases.shape[1], 3))
    mean, total, least = np.zeros((pool.bases.shape[1], 3)), 0.0, np.inf
    for i in range(len(costs)):
        least = min(least, costs[i])
    for i in range(len(costs)):
        weight = math.exp((least - costs[i]) / temperature)
        if weight > 1e-6:
            draw(pool, caps, limits, i, wanted)
            for k in range(len(mean)):
                for j in range(3):
                    mean[k, j] += weight * wanted[k, j]
            total += weight
    for k in range(len(mean)):
        for j in range(3):
            mean[k, j] /= total
    return mean
