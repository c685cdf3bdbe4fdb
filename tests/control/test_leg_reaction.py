"""What the swing leg does to the body, from the masses in the URDF."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.control.leg import inverse, leg_geometry
from robotics.control.walk_parameters import WalkParameters
from robotics.control.whole_body import leg_joints
from robotics.robots.greeter.config import GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import standing_pose


def test_leg_reaction_is_that_of_the_masses() -> None:
    """1 m/s² of the foot moves the push by the parameter, the centre of mass being held."""
    model = load()
    dynamics = Dynamics(model)
    position, height = standing_pose(model, GreeterConfig(), dynamics=dynamics)
    leg, places, h = leg_geometry(model, "left"), leg_joints(model)[0], 1e-5
    foot = np.array([0.0, 0.085, 0.03 - height])

    def angles(ahead: float) -> np.ndarray:
        return np.array(inverse(leg, foot + np.array([ahead, 0.0, 0.0]), np.eye(3)).position)

    rates, still = np.zeros(len(position)), np.zeros(len(position))
    rates[places] = (angles(h) - angles(-h)) / (2.0 * h)
    position[places] = angles(0.0)
    base = np.array([0.0, 0.0, height])
    com = dynamics.place(position, position_base=base)
    _, force, _ = dynamics.inverse_dynamics(still, rates, acceleration_base=np.zeros(3))
    held = np.array([0.0, 0.0, 9.81]) - force / dynamics.mass
    _, force, moment = dynamics.inverse_dynamics(still, rates, acceleration_base=held)
    about = moment + np.cross(base, force)
    pushed = -about[1] / force[2] - com[0]
    assert pushed == pytest.approx(WalkParameters().leg_reaction, rel=0.1)
