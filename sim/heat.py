"""How warm a servo's winding gets: one time constant between its heat and the air."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array

AMBIENT = 25.0
"""Of the air [°C]."""
HEATING = 3.0
"""Of the winding in the long run for each watt [K/W]; class of a servo on a metal frame."""
SLOWNESS = 400.0
"""Time constant of heating [s]."""


def settled(loss: Array) -> Array:
    """Return where windings end that turn ``loss`` (n,) [W] into heat, shape (n,) [°C]."""
    return AMBIENT + HEATING * loss


def warmed(heat: Array, loss: Array, duration: float) -> Array:
    """Return the temperatures (n,) [°C] after ``duration`` [s].

    Args:
        heat: Before, shape (n,) [°C].
        loss: Heat in each winding, shape (n,) [W].
        duration: [s].
    """
    return np.asarray(heat + (settled(loss) - heat) * min(1.0, duration / SLOWNESS))


def time_to(limit: float, loss: Array) -> Array:
    """Return after what time of ``loss`` (n,) [W] cold windings have ``limit`` [°C], (n,) [s].

    Infinite where they never have it.
    """
    end, cold = settled(loss) - AMBIENT, limit - AMBIENT
    share = np.minimum(cold / np.maximum(end, 1e-9), 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(end > cold, -SLOWNESS * np.log1p(-share), np.inf))
