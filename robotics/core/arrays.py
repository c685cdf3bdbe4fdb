"""Read-only float arrays: what messages are made of."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from robotics.core.errors import InvalidMessage

Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_SHORT = 64
"""Up to so many numbers, Python adds quicker than numpy starts."""


def frozen(values: ArrayLike, *, dtype: Any = np.float64) -> NDArray[Any]:
    """Return a read-only copy of ``values`` (or the array itself, if it is read-only already)."""
    array = np.asarray(values, dtype=dtype)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def clamped(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Return ``values`` brought into [low, high]; for short arrays far quicker than ``np.clip``."""
    return np.asarray(np.minimum(np.maximum(values, low), high))


def is_finite(values: Array) -> bool:
    """Return whether no value is NaN or infinite."""
    # a finite sum says so at once; an infinite one may only be an overflow
    if values.size <= _SHORT and isfinite(sum(values.ravel().tolist())):
        return True
    return bool(np.isfinite(values).all())


def checked(
    owner: str,
    field: str,
    values: ArrayLike,
    shape: tuple[int | None, ...],
    *,
    finite: bool = True,
) -> Array:
    """Freeze ``values`` after checking their shape and, by default, that they are finite.

    Args:
        owner: Name of the message, for the error text.
        field: Name of the field, for the error text.
        values: Anything that numpy can turn into floats.
        shape: Expected shape; None stands for any length.
        finite: Refuse NaN and infinity.

    Raises:
        InvalidMessage: The shape or a value is not allowed.
    """
    array: Array = frozen(values)
    if array.shape != shape and not _fits(array.shape, shape):
        wanted = tuple("n" if size is None else size for size in shape)
        raise InvalidMessage(owner, field, array.shape, f"an array of shape {wanted}")
    if finite and not is_finite(array):
        raise InvalidMessage(owner, field, array, "finite numbers only")
    return array


def _fits(have: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Return whether a shape is the wanted one, where None stands for any length."""
    return len(have) == len(wanted) and all(
        want is None or size == want for size, want in zip(have, wanted, strict=True)
    )
