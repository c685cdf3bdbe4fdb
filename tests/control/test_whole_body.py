"""Where the legs are put, seen from the body as it is."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.body_reference import BodyReference
from robotics.control.com_observer import Seen
from robotics.control.dynamics import Dynamics
from robotics.control.whole_body import WholeBody
from robotics.core.arrays import Array
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

PERIOD = 0.005


def on_the_right_foot() -> BodyReference:
    """The left foot 3 cm up, nothing moves."""
    return BodyReference(
        com=np.array([0.0, -0.03, 0.5]),
        cop=np.array([0.0, -0.085]),
        acceleration=np.zeros(2),
        yaw=0.0,
        soles=np.array([[0.0, 0.085, 0.03], [0.0, -0.085, 0.0]]),
        sole_yaw=np.zeros(2),
        sole_lean=np.zeros((2, 2)),
        stance=1,
        swinging=True,
        push_back=np.zeros(2),
    )


def left_sole_in_base(astray: tuple[float, float]) -> Array:
    """Place (3,) of the left sole in the base once the base has been found ``astray`` [m]."""
    model, start = load(), standing_pose()[0]
    dynamics, body = Dynamics(model), on_the_right_foot()
    legs = WholeBody(model, dynamics, period=PERIOD, start=start)
    upright = None
    for tick in range(100):
        where = None if upright is None else upright + astray
        reference = legs.pose(body, start, _seen(body, where))
        upright = reference.position_base[:2] if tick > 20 else None
    dynamics.place(reference.position, rotation_base=np.eye(3))
    return np.asarray(dynamics.sole(0)[0])


def _seen(body: BodyReference, base: Array | None) -> Seen:
    still = np.zeros(2)
    return Seen(
        com=body.com[:2],
        velocity=still,
        soles=body.soles[:, :2],
        sole_yaw=still,
        force=np.array([0.0, 130.0]),
        yaw=0.0,
        tilt=still,
        tilt_rate=still,
        base=base,
    )


@pytest.mark.parametrize("aside", [0.05, -0.05])
def test_a_foot_in_the_air_stays_in_its_place_when_the_hips_go_astray(aside: float) -> None:
    """Beyond what servos give (1 cm), the leg makes up for where the base really is."""
    home, moved = left_sole_in_base((0.0, 0.0)), left_sole_in_base((0.0, aside))
    assert (moved - home)[1] == pytest.approx(-np.sign(aside) * 0.04, abs=0.002)
    assert left_sole_in_base((0.0, 0.2 * aside)) == pytest.approx(home, abs=1e-6)
