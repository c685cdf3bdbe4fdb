"""Numba behind a typed door: the few hot loops are compiled once and cached on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return ``function`` compiled to machine code at its first call (``numba.njit``, cached).

    No ``fastmath`` and no threads: the same input gives the same bits.
    """
    return cast(F, njit(cache=True)(function))
