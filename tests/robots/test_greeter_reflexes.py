"""Falling, lying, getting up, asking for help: what the greeter does off its feet."""

from collections.abc import Callable

import numpy as np
import pytest

from robotics.control.guard import SafetyGuard
from robotics.core.messages import Command, Contacts, Goal, Joints, Posture, State, Twist2
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import WalkingLocomotion
from robotics.robots.greeter.reflexes import Plight, Reflexes
from robotics.robots.greeter.restraint import LIMP, REFLEXES, NoDrive, WalkerGuard
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
STAND, _ = standing_pose()
EFFORT = MODEL.joints.column("effort")


def _state(
    time: float, tilt: tuple[float, float], *, load: float = 0.0, rate: float = 0.0
) -> State:
    return State(
        time=time,
        pose_base_in_map=np.zeros(3),
        twist_base_in_base=np.zeros(3),
        joints=Joints.at_rest(STAND),
        tilt=np.array(tilt),
        angular_velocity_base_in_base=np.array([0.0, rate, 0.0]),
        contacts=Contacts(np.full((2, 4), load * MODEL.mass * 9.81 / 8)),
    )


def _reflexes() -> Reflexes:
    config = GreeterConfig()
    return Reflexes(MODEL, config, lambda: WalkingLocomotion(MODEL, config, {}))


def _live(
    reflexes: Reflexes,
    seconds: float,
    seen: Callable[[float], State],
    *,
    start: float,
    goal: Goal | None = None,
) -> list[Command]:
    times = start + PERIOD * np.arange(round(seconds / PERIOD))
    goal = goal or Goal()
    return [reflexes.move(seen(float(time)), goal, Twist2()) for time in times]


def _down(reflexes: Reflexes, goal: Goal | None = None, seconds: float = 4.0) -> list[Command]:
    """Let it stand a little, tip and lie on its front."""
    _live(reflexes, 0.2, lambda time: _state(time, (0.0, 0.0), load=1.0), start=0.0)
    _live(reflexes, 0.1, lambda time: _state(time, (0.0, 0.5), rate=3.0), start=0.2)
    return _live(reflexes, seconds, lambda time: _state(time, (0.0, 1.5)), start=0.3, goal=goal)


def test_it_braces_with_less_torque_and_says_so() -> None:
    """From the sign of the fall on, before it lies."""
    reflexes = _reflexes()
    _live(reflexes, 0.2, lambda time: _state(time, (0.0, 0.0), load=1.0), start=0.0)
    sent = _live(reflexes, 0.1, lambda time: _state(time, (0.0, 0.3), rate=3.0), start=0.2)[-1]
    assert sent.stopped_by == "falling"
    assert (sent.effort_limit < 0.75 * EFFORT).all()
    assert sent.sound is not None
    assert "falling" in sent.sound.en


def test_it_lies_still_before_it_gets_up() -> None:
    """Limp for a second at least, then with its whole torque, telling people to stand back."""
    sent = _down(_reflexes())
    phases = [command.stopped_by for command in sent]
    assert phases.count("lying") * PERIOD >= 0.99
    lying, rising = phases.index("lying"), phases.index("getting up")
    assert sent[lying + 1].effort_limit == pytest.approx(LIMP * EFFORT)
    assert sent[rising + 1].effort_limit == pytest.approx(EFFORT)
    assert "stand back" in str(sent[rising + 1].sound)


def test_it_stays_down_while_it_is_asked_to_stop() -> None:
    """A stop is a stop; it gets up when that is taken back."""
    reflexes = _reflexes()
    stop = Goal(posture=Posture(crouch=True))
    assert _down(reflexes, stop, seconds=8.0)[-1].stopped_by == "lying"
    sent = _live(reflexes, 2.0, lambda time: _state(time, (0.0, 1.5)), start=9.0)
    assert sent[-1].stopped_by == "getting up"


def test_it_asks_for_help_after_so_many_attempts() -> None:
    """And goes limp; set on its feet by people it goes on."""
    reflexes = _reflexes()
    _down(reflexes, seconds=60.0)
    assert reflexes.plight is Plight.HELPLESS
    attempts = sum(plight is Plight.RISING for _, plight, _ in reflexes.log)
    assert attempts == 5
    last = _live(reflexes, 25.0, lambda time: _state(time, (0.0, 1.5)), start=61.0)
    assert any(one.sound is not None and "staff" in one.sound.en for one in last)
    assert last[-1].effort_limit == pytest.approx(LIMP * EFFORT)
    _live(reflexes, 1.2, lambda time: _state(time, (0.0, 0.0), load=1.0), start=87.0)
    assert reflexes.plight is Plight.FEET


def test_switched_on_lying_it_does_not_move() -> None:
    """It may lie on a bench with its cover off."""
    reflexes = _reflexes()
    sent = _live(reflexes, 4.0, lambda time: _state(time, (0.0, 1.5)), start=0.0)
    assert reflexes.plight is Plight.HELPLESS
    assert sent[-1].effort_limit == pytest.approx(LIMP * EFFORT)


def test_the_guard_lets_the_reflexes_move_a_robot_that_lies() -> None:
    """Within the limits of the joints; it knows all that they may say."""
    assert {plight.value for plight in Plight if plight.value} == REFLEXES
    joints = SafetyGuard(MODEL.joints, np.full(22, 60.0), PERIOD, NoDrive(), GreeterConfig().guard)
    guard = WalkerGuard(joints)
    wished = Command(np.full(22, 9.0), 9.0 * EFFORT, stopped_by="getting up")
    sent = guard.allow(_state(0.0, (0.0, 1.5)), wished)
    assert (sent.target <= MODEL.joints.column("upper")).all()
    assert (sent.effort_limit <= EFFORT).all()
    assert sent.stopped_by == "getting up"
