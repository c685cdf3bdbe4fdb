"""Falling, lying, getting up, asking for help: what the greeter does off its feet."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from robotics.control.guard import SafetyGuard
from robotics.control.landing import limp
from robotics.control.sitting_moves import SEAT as SEAT_STAGE
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
LYING = limp(MODEL.joints, LIMP)


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
    yields = [not name.endswith(("hip_roll", "hip_yaw")) for name in MODEL.joints.names]
    assert (sent.effort_limit < 0.75 * EFFORT)[yields].all()
    assert sent.sound is not None
    assert "falling" in sent.sound.en


def test_it_lies_still_before_it_gets_up() -> None:
    """Limp for a second at least, then with its whole torque, telling people to stand back."""
    sent = _down(_reflexes())
    phases = [command.stopped_by for command in sent]
    assert phases.count("lying") * PERIOD >= 0.99
    lying, rising = phases.index("lying"), phases.index("getting up")
    assert sent[lying + 1].effort_limit == pytest.approx(LYING)
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
    assert last[-1].effort_limit == pytest.approx(LYING)
    _live(reflexes, 1.2, lambda time: _state(time, (0.0, 0.0), load=1.0), start=87.0)
    assert reflexes.plight is Plight.FEET


def test_switched_on_lying_it_does_not_move() -> None:
    """It may lie on a bench with its cover off."""
    reflexes = _reflexes()
    sent = _live(reflexes, 4.0, lambda time: _state(time, (0.0, 1.5)), start=0.0)
    assert reflexes.plight is Plight.HELPLESS
    assert sent[-1].effort_limit == pytest.approx(LYING)


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


SEAT = SEAT_STAGE.frame.posture(MODEL.joints)


def _seated(time: float) -> State:
    return replace(_state(time, (0.0, 0.03), load=0.2), joints=Joints.at_rest(SEAT))


def test_switched_on_sitting_it_stays_until_it_is_asked_to_work() -> None:
    """Limp, then it tells people to stand back, and moves a second later."""
    reflexes = _reflexes()
    waits = Goal(posture=Posture(stay_seated=True))
    sent = _live(reflexes, 3.0, _seated, start=0.0, goal=waits)
    assert {one.stopped_by for one in sent} == {"sits"}
    assert sent[-1].effort_limit == pytest.approx(LIMP * EFFORT)
    assert np.abs(sent[-1].target - SEAT).max() < 1e-9
    sent = _live(reflexes, 1.2, _seated, start=3.0)
    assert [one.stopped_by for one in sent].count("sits") * PERIOD == pytest.approx(1.0, abs=0.02)
    assert "stand back" in str(sent[10].sound)
    assert sent[-1].stopped_by == "standing up"


def test_a_stop_on_the_way_up_lets_it_sit_down_again() -> None:
    """As long as its hands carry."""
    reflexes = _reflexes()
    _live(reflexes, 1.5, _seated, start=0.0)
    assert reflexes.plight is Plight.STANDING_UP
    stop = Goal(posture=Posture(stay_seated=True))
    _live(reflexes, 0.1, _seated, start=1.5, goal=stop)
    assert reflexes.plight is Plight.SITTING_DOWN
    _live(reflexes, 4.0, _seated, start=1.6, goal=stop)
    assert reflexes.plight is Plight.SEATED


def test_it_sits_down_only_from_a_stand_on_joints_that_answer() -> None:
    """After telling people, a second and a half later."""
    reflexes = _reflexes()
    sit = Goal(posture=Posture(sit=True))

    def stands(time: float) -> State:
        return _state(time, (0.0, 0.0), load=1.0)

    sent = _live(reflexes, 1.4, stands, start=0.0, goal=sit)
    assert reflexes.plight is Plight.FEET
    assert "sitting down" in str(sent[-1].sound)
    _live(reflexes, 0.3, stands, start=1.4, goal=sit)
    assert reflexes.plight is Plight.SITTING_DOWN
    mute = _reflexes()
    silent = np.ones(22, dtype=np.bool_)
    silent[3] = False

    def mutely(time: float) -> State:
        joints = replace(Joints.at_rest(STAND), valid=silent)
        return replace(stands(time), joints=joints)

    _live(mute, 3.0, mutely, start=0.0, goal=sit)
    assert mute.plight is Plight.FEET
