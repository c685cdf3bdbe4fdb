"""Maps that the robots write are maps that they read."""

from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import MapError
from robotics.mapping.grid import UNKNOWN, Grid
from robotics.mapping.map_file import write_site
from robotics.mapping.places import load_site


def test_a_written_map_is_read_back(tmp_path: Path) -> None:
    """Free, occupied and unknown survive; unknown ground blocks, but hides nothing from a lidar."""
    cells = np.zeros((6, 9), dtype=np.int8)
    cells[2, 3], cells[:, 8] = 100, UNKNOWN
    write_site(Grid(cells, 0.1, np.array([-1.0, 2.0])), tmp_path, name="sweeper", start=np.zeros(3))
    with pytest.raises(MapError, match="outside the map"):
        load_site(tmp_path)
    start = np.array([-0.5, 2.3, 0.4])
    write_site(Grid(cells, 0.1, np.array([-1.0, 2.0])), tmp_path, name="sweeper", start=start)
    site = load_site(tmp_path)
    assert np.array_equal(site.occupied.cells, (cells == 100) | (cells == UNKNOWN))
    assert np.array_equal(site.scannable.cells, cells == 100)
    assert site.occupied.origin == pytest.approx([-1.0, 2.0])
    assert site.place("start", "sweeper").pose == pytest.approx(start)
