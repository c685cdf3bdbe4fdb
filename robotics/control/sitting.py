"""Sitting down on the ground, and up again: plays `sitting_moves` and looks whether it goes well.

The loop is closed as in ``rising``: while the soles carry all the weight the ankles keep the centre
of mass over them, and at the end of each stage the trunk has to lie as foreseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from robotics.control import sitting_moves as moves
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.keyframes import Moves
from robotics.control.on_soles import SoleBalance, SoleBalanceParameters, pitch_on_soles
from robotics.control.rising import nose_down, up_in_base
from robotics.control.rising_moves import Stage
from robotics.core.arrays import Array
from robotics.core.joints import JointTable
from robotics.core.messages import State


class Course(StrEnum):
    """How far it is."""

    BUSY = "busy"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SittingParameters:
    """Numbers of sitting down and standing up."""

    balance: SoleBalanceParameters = field(default_factory=SoleBalanceParameters)
    """Of the ankles, while the soles carry."""
    pitch_tolerance: float = 0.3
    """Of the trunk at the end of a stage [rad]."""
    lean_tolerance: float = 0.25
    """Of the trunk to the sides [rad]."""
    tipping: float = 0.35
    """Difference from the pitch over flat soles at which a robot on its soles tips over [rad]."""
    seat_pitch: float = 0.4
    """Largest tilt of a robot that sits [rad]."""
    seat_hips: float = -1.3
    """Its hips are bent further than this [rad] …"""
    seat_knees: float = 1.0
    """… and its knees less [rad]."""
    seat_load: float = 0.6
    """Of the weight, most that is on the soles of a robot that sits."""


def is_seated(
    state: State, joints: JointTable, weight: float, parameters: SittingParameters
) -> bool:
    """Whether a robot of ``weight`` [N] sits on the ground as ``sitting_moves.SEAT`` has it."""
    position = state.joints.position
    hips = position[list(joints.indices(*(f"{side}_hip_pitch" for side in SIDES)))]
    knees = position[list(joints.indices(*(f"{side}_knee" for side in SIDES)))]
    return bool(
        float(np.hypot(*state.tilt)) < parameters.seat_pitch
        and float(state.contacts.foot_force.sum()) < parameters.seat_load * weight
        and (hips < parameters.seat_hips).all()
        and (knees < parameters.seat_knees).all()
    )


@dataclass(slots=True)
class Sitting:
    """One way down into the sit, or up from it to a squat on flat soles.

    Attributes:
        joints: The joint table.
        dynamics: Kinematics; its posture is overwritten.
        period: Time of a tick [s].
        parameters: Numbers.
        why: Why it failed; "" while it has not.
        ahead: Whether it tips over its toes rather than its heels where it failed.
    """

    joints: JointTable
    dynamics: Dynamics
    period: float
    parameters: SittingParameters = field(default_factory=SittingParameters)
    why: str = ""
    ahead: bool = False
    _moves: Moves = field(init=False)
    _balance: SoleBalance = field(init=False)
    _stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        self._moves = Moves(self.joints, self.period, np.zeros(len(self.joints)))
        self._balance = SoleBalance(
            self.joints, self.dynamics, self.period, self.parameters.balance
        )

    @property
    def seat(self) -> Array:
        """The joints of the sit, shape (n,) [rad]."""
        return moves.SEAT.frame.posture(self.joints)

    def go_down(self, position: Array) -> None:
        """Begin to sit down; the joints were last sent ``position`` (n,) [rad]."""
        self._start(moves.DOWN, position)

    def go_up(self, position: Array) -> None:
        """Begin to stand up from the sit; the joints were last sent ``position`` (n,) [rad]."""
        self._start(moves.UP, position)

    def turn_back(self) -> bool:
        """Sit down again; return False where it has come up too far for that."""
        number = self._moves.number
        if number >= len(moves.BACK):
            return False
        self._start(moves.DOWN[moves.BACK[number] :], self._moves.position)
        return True

    def advance(self, state: State) -> tuple[Array, Course]:
        """Return where the joints should be (n,) [rad] and how far it is."""
        number = self._moves.number
        position = self._moves.advance()
        if number >= len(self._stages):
            return position, Course.DONE
        stage = self._stages[number]
        if stage.balanced:
            self._watch_soles(state, position)
            position = position + self._balance.offset(state, position)
        else:
            self._balance.reset()
        if self._moves.number != number:
            self._check(state, stage, number)
        return position, Course.FAILED if self.why else Course.BUSY

    def _start(self, stages: tuple[Stage, ...], position: Array) -> None:
        self.why, self._stages = "", stages
        self._balance.reset()
        self._moves.start(tuple(one.frame.way(self.joints) for one in stages), position)

    def _check(self, state: State, stage: Stage, number: int) -> None:
        """Compare the trunk with what is foreseen at the end of ``stage``."""
        assert stage.pitch is not None
        wrong = math.remainder(nose_down(state.tilt) - stage.pitch, 2.0 * math.pi)
        lean = math.asin(min(max(float(up_in_base(state.tilt)[1]), -1.0), 1.0))
        where = f"{len(self._stages) - number - 1} stages before the end"
        if abs(wrong) > self.parameters.pitch_tolerance:
            self._fail(f"the trunk was off by {math.degrees(wrong):.0f}° {where}", wrong)
        elif abs(lean) > self.parameters.lean_tolerance:
            self._fail(f"the trunk leaned by {math.degrees(lean):.0f}° {where}", wrong)

    def _watch_soles(self, state: State, position: Array) -> None:
        """Notice a robot that tips over its soles."""
        foreseen = pitch_on_soles(self.joints, position)
        wrong = math.remainder(nose_down(state.tilt) - foreseen, 2.0 * math.pi)
        if abs(wrong) > self.parameters.tipping:
            self._fail(f"it tipped by {math.degrees(wrong):.0f}° on its soles", wrong)

    def _fail(self, why: str, wrong: float) -> None:
        if not self.why:
            self.why, self.ahead = why, wrong > 0.0
