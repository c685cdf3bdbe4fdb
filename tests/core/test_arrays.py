"""Arrays in messages: clamping and finiteness agree with numpy's own, slower functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.core.arrays import clamped, frozen, is_finite

ANY_FLOAT = st.floats(width=64)


@given(st.lists(ANY_FLOAT, max_size=80))
def test_finite_says_what_numpy_says(values: list[float]) -> None:
    """Overflowing sums, NaN and infinities of either sign do not confuse the short cut."""
    array = np.array(values)
    assert is_finite(array) == bool(np.isfinite(array).all())


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.floats(0.0, 10.0))
def test_clamped_is_clip(values: list[float], top: float) -> None:
    """Both keep to the same bounds, bit for bit."""
    array = np.array(values)
    assert np.array_equal(clamped(array, -top, top), np.clip(array, -top, top))


def test_a_frozen_array_is_a_copy_that_cannot_be_written() -> None:
    """What a message holds is not changed by whoever made it."""
    source = np.zeros(3)
    kept = frozen(source)
    source[0] = 1.0
    assert kept[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1.0
    assert frozen(kept) is kept
