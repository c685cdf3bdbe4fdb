"""The ground under the soles: what steps and pressed soles tell of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.control.terrain import Terrain, TerrainParameters, Underfoot
from robotics.core.arrays import Array
from robotics.core.geometry import rotation2

PERIOD = 0.005
FLAT = np.zeros((2, 2))


def lean_on(gradient: Array, yaw: float) -> Array:
    """Return (roll, pitch) of a sole with heading ``yaw`` that lies on a plane, by its normal."""
    ahead, left = rotation2(yaw).T @ gradient
    return np.array([math.atan(left), math.atan(-ahead)])


def walked(gradient: Array, *, steps: int, heading: float = 0.0) -> tuple[Terrain, Array, Array]:
    """Walk over a plane through the origin; return what was learned, the soles and their height."""
    terrain = Terrain(TerrainParameters(), period=PERIOD)
    soles = np.array([[0.0, 0.085], [0.0, -0.085]]) @ rotation2(heading).T
    yaw = np.array([heading, heading])
    lean = np.array([lean_on(gradient, heading)] * 2)
    forward = rotation2(heading)[:, 0]
    for step in range(steps):
        swung = step % 2
        soles[swung] += 0.2 * forward
        pressure = np.column_stack((soles, soles @ gradient))
        felt = Underfoot(pressure, lean, FLAT, (True, True))
        terrain.landed(swung, felt, soles, yaw)
        for _ in range(60):
            terrain.feel(felt, (swung,))
    return terrain, soles, soles @ gradient


@given(st.floats(-0.17, 0.17), st.floats(-0.1, 0.1), st.floats(-math.pi, math.pi))
def test_a_plane_is_learned(along: float, across: float, heading: float) -> None:
    """After some steps on a plane, slope, leans and the rise from foot to foot are its own."""
    gradient = rotation2(heading) @ (along, across)
    terrain, _, height = walked(gradient, steps=60, heading=heading)
    assert np.linalg.norm(terrain.slope - gradient) < 0.012
    assert terrain.lean[0] == pytest.approx(lean_on(gradient, heading), abs=1e-3)
    rise = terrain.level[1] - terrain.level[0]
    assert rise == pytest.approx(height[1] - height[0], abs=TerrainParameters().sinking + 1e-3)


def test_what_soles_give_is_no_rise() -> None:
    """On level ground, landings a few millimetres high do not add up to a hill."""
    numbers = TerrainParameters()
    terrain = Terrain(numbers, period=PERIOD)
    soles, rng = np.array([[0.0, 0.085], [0.0, -0.085]]), np.random.default_rng(1)
    for step in range(500):
        swung = step % 2
        soles[swung, 0] += 0.2
        height = np.zeros(2)
        height[swung] = rng.uniform(0.0, numbers.sinking)
        felt = Underfoot(np.column_stack((soles, height)), FLAT, FLAT, (True, True))
        terrain.landed(swung, felt, soles, np.zeros(2))
    assert terrain.level == pytest.approx([0.0, 0.0], abs=1e-9)
    assert terrain.slope == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("edge", [-1.0, 1.0])
def test_a_sole_that_tips_over_its_edge_is_not_followed(axis: int, edge: float) -> None:
    """Pressing at an edge, a sole may turn down onto the ground, never over that edge."""
    edges, down = np.zeros((2, 2)), np.zeros((2, 2))
    edges[0, axis] = edge
    # pitch > 0 is nose down, roll > 0 is left side up: over the front or the left edge it goes so
    down[0, 1 - axis] = 0.1 * (edge if axis == 0 else -edge)
    over = Terrain(TerrainParameters(), period=PERIOD)
    back = Terrain(TerrainParameters(), period=PERIOD)
    for _ in range(40):
        over.feel(Underfoot(np.zeros((2, 3)), down, edges, (True, False)), (0,))
        back.feel(Underfoot(np.zeros((2, 3)), -down, edges, (True, False)), (0,))
    assert over.lean[0] == pytest.approx([0.0, 0.0])
    assert back.lean[0] == pytest.approx(-down[0], abs=2e-3)


def test_a_sole_turns_about_where_it_touched() -> None:
    """A foot that lands with its toe on a step and comes down behind it sinks in its middle."""
    terrain = Terrain(TerrainParameters(), period=PERIOD)
    soles = np.array([[0.2, 0.085], [0.0, -0.085]])
    pressure = np.array([[0.3, 0.085, 0.03], [0.0, -0.085, 0.0]])
    terrain.landed(0, Underfoot(pressure, FLAT, FLAT, (False, True)), soles, np.zeros(2))
    before = terrain.level[0]
    lean = np.array([[0.0, -0.15], [0.0, 0.0]])
    for _ in range(60):
        terrain.feel(Underfoot(pressure, lean, FLAT, (True, False)), (0,))
    assert before - terrain.level[0] == pytest.approx(0.1 * math.tan(0.15), abs=1e-3)


def test_a_foot_without_load_tells_nothing() -> None:
    """A sole in the air may lean as it likes."""
    terrain = Terrain(TerrainParameters(), period=PERIOD)
    lean = np.full((2, 2), 0.2)
    terrain.feel(Underfoot(np.zeros((2, 3)), lean, FLAT, (False, False)), (0, 1))
    assert not terrain.lean.any()


@given(st.floats(-0.15, 0.15), st.floats(-0.15, 0.15))
def test_the_body_goes_with_a_slope_it_knows(along: float, across: float) -> None:
    """Moving over a known plane, the height under the body is the plane's, without a lag."""
    terrain = Terrain(TerrainParameters(), period=PERIOD)
    terrain.slope = np.array([along, across])
    for tick in range(200):
        com = np.array([0.3, 0.1]) * PERIOD * tick
        height = terrain.under(com, float(terrain.slope @ com))
        assert height == pytest.approx(float(terrain.slope @ com), abs=1e-9)
