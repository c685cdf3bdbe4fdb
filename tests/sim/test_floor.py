"""Dirt is in the picture until the tools have been there."""

import numpy as np
import pytest

from sim.floor import AWAY, Floor
from sim.world import load_world

TRAIL = [(0.1 * k, 0.5 + 0.05 * k, 2.0, 0.0) for k in range(60)]
"""East at 0.5 m/s for six seconds."""


class _Renderer:
    """Remembers where bodies were put."""

    def __init__(self) -> None:
        self.meshes: list[object] = []
        self.place: dict[int, tuple[float, ...]] = {}

    def createMultiBody(self, mass: float, hull: int, shape: int) -> int:
        self.place[len(self.place)] = (0.0, 0.0, 0.0)
        return len(self.place) - 1

    def resetBasePositionAndOrientation(self, body, place, turn) -> None:
        self.place[body] = tuple(place)

    def shape(self, mesh, colour) -> int:
        self.meshes.append(mesh)
        return len(self.meshes) - 1

    def lying(self) -> list[float]:
        """Return where the specks of each tile in sight are, along x."""
        here = [k for k, place in self.place.items() if place != AWAY]
        tiles = [np.array(self.meshes[k].vertices) for k in here]
        return [float(t[:, 0].mean()) for t in tiles if len(t) and t[0, 2] == 0.006]


@pytest.fixture
def laid() -> tuple[_Renderer, Floor]:
    """Lay the ground of a pass through the yard."""
    seen = _Renderer()
    floor = Floor(seen, seen.shape, load_world("yard"), TRAIL, (0.0, 6.0))
    return seen, floor


def test_dirt_goes_as_the_tools_come(laid) -> None:
    """Nothing ahead is gone before, and what was under the brushes is gone after."""
    seen, floor = laid
    robot = {"position": [0.5, 2.0, 0.0], "quaternion": [0.0, 0.0, 0.0, 1.0], "spray": 0.0}
    floor.show(0.05, robot)
    before = len(seen.lying())
    floor.show(3.0, robot)
    middle = seen.lying()
    floor.show(6.0, robot)
    assert before > len(middle) > len(seen.lying()) > 0  # beside the way it stays
    assert sum(x > 3.0 for x in middle) > sum(1.0 < x < 2.0 for x in middle)


def test_water_is_seen_only_while_it_sprays(laid) -> None:
    """One pattern at a time, at the robot; none without spray."""
    seen, floor = laid
    where = [1.0, 2.0, 0.0]
    robot = {"position": where, "quaternion": [0.0, 0.0, 0.0, 1.0]}
    floor.show(0.1, robot | {"spray": 0.5})
    assert sum(seen.place[k] == tuple(where) for k in range(3)) == 1
    floor.show(0.2, robot | {"spray": 0.0})
    assert all(seen.place[k] == AWAY for k in range(3))
