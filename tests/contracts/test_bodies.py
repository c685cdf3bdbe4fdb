"""Every robot in every body keeps the contract of ``Backend``."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from robotics.app import Member, run
from robotics.core.backend import Backend
from robotics.core.errors import BackendError
from robotics.core.messages import Command, Tick
from robotics.core.parts import Robot
from sim.body import BodySpec, BulletBody, greeter_spec, sweeper_spec
from sim.bullet import BulletWorld
from sim.kinematic import KinematicBody, KinematicWorld
from sim.world import load_world

SPECS = {"greeter": greeter_spec(), "sweeper": sweeper_spec()}
YARD = load_world("yard")


def _bullet(spec: BodySpec) -> Backend:
    return BulletBody(BulletWorld(YARD), spec, (0.0, 2.0, 0.0), np.random.default_rng(1))


def _kinematic(spec: BodySpec) -> Backend:
    return KinematicBody(KinematicWorld(YARD), spec, (0.0, 2.0, 0.0), np.random.default_rng(1))


BODIES: dict[str, Callable[[BodySpec], Backend]] = {"bullet": _bullet, "kinematic": _kinematic}


@pytest.mark.parametrize("place", list(BODIES))
@pytest.mark.parametrize("robot", list(SPECS))
def test_a_body_keeps_its_contract(robot: str, place: str) -> None:
    """100 ticks idle, 100 moving, 100 after a reset: times, shapes, turns of the lidar."""
    spec = SPECS[robot]
    body = BODIES[place](spec)
    n, effort = len(spec.model.joints), spec.model.joints.column("effort")
    rest = spec.initial_joints if spec.motors.is_position else np.zeros(n)
    wave = np.zeros(n)
    wave[0] = 0.5
    for moving in (False, True, False):
        last = body.reset()
        turns = 0
        for tick in range(100):
            target = rest + wave * np.sin(0.1 * tick) if moving else rest
            body.act(Command(target, effort))
            seen = body.observe()
            assert np.isclose(seen.time - last.time, body.period)
            assert len(seen.joints.position) == n
            assert seen.joints.valid.all()
            assert 0.0 < seen.battery.charge <= 1.0
            turns += seen.scan is not None
            last = seen
        assert turns == pytest.approx(100 * body.period / spec.lidar.period, abs=1)
    body.close()
    body.close()


@pytest.mark.parametrize("place", list(BODIES))
@pytest.mark.parametrize("robot", list(SPECS))
def test_a_closed_body_says_so(robot: str, place: str) -> None:
    """After ``close`` nothing is pretended."""
    body = BODIES[place](SPECS[robot])
    body.reset()
    body.close()
    with pytest.raises(BackendError, match="was closed"):
        body.observe()


def _puppet(spec: BodySpec) -> Robot:
    """Return a robot that only holds its start: parts are functions of nothing."""
    hold = Command(
        spec.initial_joints if spec.motors.is_position else np.zeros(len(spec.model.joints)),
        spec.model.joints.column("effort"),
    )
    parts = SimpleNamespace(
        update=lambda observation: None,
        plan=lambda state, goal: None,
        track=lambda state, goal, plan: None,
        move=lambda state, goal, twist: hold,
        allow=lambda state, wished: wished,
    )
    return Robot(spec.name, spec.model.joints, spec.period, parts, parts, parts, parts, parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", [("greeter", "sweeper"), ("sweeper", "greeter")])
def test_the_loop_serves_every_body_when_it_is_due(order: tuple[str, str]) -> None:
    """Two robots of one place, 5 and 20 ms: at each tick the place is at that tick's time."""
    place = KinematicWorld()
    idle: Any = SimpleNamespace(decide=lambda state: None)
    crew = [
        Member(
            _puppet(SPECS[name]),
            idle,
            KinematicBody(place, SPECS[name], (0.0, 0.0, 0.0), np.random.default_rng(1)),
        )
        for name in order
    ]
    ticks: list[tuple[str, float]] = []

    def note(member: Member, tick: Tick) -> None:
        assert place.time == pytest.approx(tick.observation.time)
        ticks.append((member.robot.name, tick.observation.time))

    run(crew, until=0.1, on_tick=note)
    assert [name for name, _ in ticks].count("greeter") == 21
    assert [name for name, _ in ticks].count("sweeper") == 6
