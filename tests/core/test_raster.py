"""A field becomes one plain value and comes back."""

import json

import numpy as np
import pytest

from robotics.core.errors import InvalidMessage
from robotics.core.raster import Raster, pack, unpack


def test_marks_come_back_as_they_were() -> None:
    """Bytes are kept one by one, with place and size, through JSON text."""
    cells = np.random.default_rng(3).integers(0, 256, (17, 23)).astype(np.uint8)
    found = unpack(json.loads(json.dumps(pack(Raster(cells, (-3.25, 7.5), 0.05)))))
    assert (found.cells == cells).all()
    assert found.origin == (-3.25, 7.5)
    assert found.extent == pytest.approx((-3.25, 7.5, -2.1, 8.35))


def test_amounts_come_back_to_half_a_step() -> None:
    """Rounding is the only loss; what is too much for 16 bits is cut, never wrapped."""
    cells = np.random.default_rng(4).gamma(2.0, 20.0, (40, 30))
    cells[0, 0] = 1e6
    found = unpack(pack(Raster(cells, (0.0, 0.0), 0.1), 0.01)).cells
    assert np.abs(found - cells).ravel()[1:].max() <= 0.005 + 1e-9
    assert found[0, 0] == pytest.approx(655.35)


def test_centres_are_half_a_cell_inside() -> None:
    """The first centre is half a cell from the corner, rows run north."""
    x, y = Raster(np.zeros((2, 3)), (1.0, 2.0), 0.5).centres()
    assert x[0].tolist() == [1.25, 1.75, 2.25]
    assert y[:, 0].tolist() == [2.25, 2.75]


@pytest.mark.parametrize("change", [{"data": "?"}, {"shape": [3, 3]}, {"type": "float"}])
def test_what_was_not_packed_is_refused(change: dict[str, object]) -> None:
    """With one clear error, whatever is wrong."""
    plain = pack(Raster(np.zeros((2, 2), np.uint8), (0.0, 0.0), 1.0))
    with pytest.raises(InvalidMessage, match="Raster"):
        unpack({**plain, **change})
