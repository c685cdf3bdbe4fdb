"""A joint that is knocked to its end stops there."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.robots.greeter.robot import standing_pose
from sim.body import BulletBody, greeter_spec
from sim.bullet import BulletWorld
from sim.end_stops import NEAR


@pytest.mark.parametrize(("joint", "speed"), [("left_elbow", 20.0), ("head_pitch", -15.0),
                                              ("right_shoulder_roll", 25.0)])  # fmt: skip
def test_a_knocked_joint_does_not_pass_its_limit(joint: str, speed: float) -> None:
    """Faster than any motor turns it; a step of the physics would be 0.06 rad. Then it is free."""
    world, spec = BulletWorld(), greeter_spec(standing_pose()[0])
    body = BulletBody(world, spec, (0.0, 0.0, 0.0), np.random.default_rng(1))
    mechanism, number = body.mechanism, spec.model.joints.index(joint)
    mechanism.suspend(True, raised=0.3)
    limit = spec.model.joints.column("upper" if speed > 0.0 else "lower")[number]
    begin = limit - 0.02 * np.sign(speed) * abs(speed) / 10.0
    handle, index = mechanism._body, mechanism._indices[number]
    world.engine.resetJointState(handle, index, begin, speed)
    beyond, places = [], []
    for _ in range(40):
        mechanism.read()
        mechanism._ends.hold(mechanism.position, mechanism.velocity)  # type: ignore[union-attr]
        world.engine.stepSimulation()
        mechanism.read()
        places.append(mechanism.position[number])
        beyond.append((places[-1] - limit) * np.sign(speed))
    assert max(beyond) < NEAR
    assert max(beyond) > -0.07  # it went all the way but for one step
    world.engine.resetJointState(handle, index, limit, -0.2 * speed)
    mechanism.read()
    mechanism._ends.hold(mechanism.position, mechanism.velocity)  # type: ignore[union-attr]
    world.engine.stepSimulation()
    mechanism.read()
    assert abs(mechanism.position[number] - limit) > 0.3 * 0.2 * abs(speed) * world.step
    body.close()
    world.close()
