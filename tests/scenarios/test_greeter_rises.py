"""Pushed over under physics, the greeter braces, gets up by itself and goes on."""

import numpy as np
from greeter_trial import START, build_walls, empty_site

from robotics.control.rising import up_in_base
from robotics.core.messages import Goal, Twist2
from robotics.robots.greeter.reflexes import Plight, Reflexes
from robotics.robots.greeter.robot import build, standing_pose
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.spec import greeter_spec

PUSHED = 2.5
"""When it is pushed on the back [s]."""


def test_it_is_pushed_over_and_stands_again() -> None:
    """A fall ahead is seen before the ground is touched; its own sensors and motors do the rest."""
    robot = build(empty_site(), START, {})
    reflexes = robot.locomotion
    assert isinstance(reflexes, Reflexes)
    world = BulletWorld()
    build_walls(world)
    spec = greeter_spec(standing_pose()[0])
    body = BulletBody(world, spec, START, np.random.default_rng(5))
    observation, stood = body.reset(), 0.0
    while observation.time < 35.0 and stood < 2.0:
        state = robot.estimator.update(observation)
        command = robot.guard.allow(state, reflexes.move(state, Goal(), Twist2()))
        body.act(command)
        if PUSHED <= observation.time < PUSHED + 0.2:
            body.mechanism.push((200.0, 0.0, 0.0), (0.0, 0.0, 0.2))  # every other physics step
        observation = body.observe()
        is_up = bool(reflexes.log) and reflexes.plight is Plight.FEET
        stood = stood + robot.period if is_up else 0.0
    plights = [plight for _, plight, _ in reflexes.log]
    assert plights[:3] == [Plight.FALLING, Plight.LYING, Plight.RISING]
    assert stood >= 2.0
    assert up_in_base(state.tilt)[2] > 0.99
    assert body.true_base()[0][2] > 0.4
    body.close()
    world.close()
