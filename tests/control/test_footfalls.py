"""What landings teach."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.footfalls import Footfalls


def test_a_constant_miss_is_learned() -> None:
    """A foot that lands 2 cm short and 30 ms early, always, is known after twenty steps."""
    falls = Footfalls()
    for _ in range(20):
        falls.landed(np.array([-0.02, 0.01]), 0.03)
    assert falls.missed == pytest.approx([-0.02, 0.01], abs=5e-4)
    assert falls.early == pytest.approx(0.03, abs=5e-4)


def test_a_stumble_is_not_believed_whole() -> None:
    """One landing far off changes little, and never more than the limits."""
    falls = Footfalls()
    for _ in range(50):
        falls.landed(np.array([1.0, -1.0]), -1.0)
    assert falls.missed == pytest.approx([0.04, -0.04])
    assert falls.early == pytest.approx(-0.06)
