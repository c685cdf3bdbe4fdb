"""Read-only float arrays: what messages are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from robotics.core.errors import InvalidMessage

Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


def frozen(values: ArrayLike, *, dtype: Any = np.float64) -> NDArray[Any]:
    """Return a read-only copy of ``values`` (or the array itself, if it is read-only already)."""
    array = np.asarray(values, dtype=dtype)
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array


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
    if array.ndim != len(shape) or any(
        want is not None and have != want for have, want in zip(array.shape, shape, strict=True)
    ):
        wanted = tuple("n" if size is None else size for size in shape)
        raise InvalidMessage(owner, field, array.shape, f"an array of shape {wanted}")
    if finite and not np.isfinite(array).all():
        raise InvalidMessage(owner, field, array, "finite numbers only")
    return array
