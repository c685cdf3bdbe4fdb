"""Getting up: which way the robot lies, what to play, and whether it went as it should.

The moves are postures (`rising_moves`) played slowly. What closes the loop: the way it lies is seen
anew before each move, the trunk has to lie as foreseen at the end of each stage, and as soon as the
soles carry all the weight the ankles keep the centre of mass over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from robotics.control import rising_moves as moves
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.keyframes import Moves, Way
from robotics.control.on_soles import SoleBalance, SoleBalanceParameters
from robotics.core.arrays import Array
from robotics.core.joints import JointTable
from robotics.core.messages import State
from robotics.core.rotation import matrix_from_rpy


class Lying(StrEnum):
    """What is down."""

    FRONT = "on its front"
    BACK = "on its back"
    LEFT = "on its left side"
    RIGHT = "on its right side"


@dataclass(frozen=True, slots=True)
class RisingParameters:
    """Numbers of getting up."""

    pitch_tolerance: float = 0.45
    """Of the trunk at the end of a stage [rad]."""
    lean_tolerance: float = 0.45
    """Of the trunk to the sides while it rises [rad]."""
    balance: SoleBalanceParameters = field(default_factory=SoleBalanceParameters)
    """Of the ankles, once the soles carry."""
    stand_time: float = 1.2
    """It checks itself for so long before it says that it stands [s]."""
    stand_tilt: float = 0.15
    """Largest tilt of a robot that stands [rad]."""
    stand_load: float = 0.6
    """Of the weight, least load on the soles of a robot that stands."""
    most_rolls: int = 3
    """From back or side onto the front in one attempt."""


class Outcome(StrEnum):
    """How far it is."""

    BUSY = "busy"
    STANDS = "stands"
    FAILED = "failed"


def up_in_base(tilt: Array) -> Array:
    """Return the direction against gravity in the base frame, shape (3,), from (roll, pitch)."""
    roll, pitch = (float(angle) for angle in tilt)
    level = math.cos(pitch)
    return np.array([-math.sin(pitch), math.sin(roll) * level, math.cos(roll) * level])


def lying(tilt: Array) -> Lying:
    """Return which side is down."""
    ahead, left, _ = up_in_base(tilt).tolist()
    if abs(ahead) >= 0.8 * abs(left):
        return Lying.FRONT if ahead < 0.0 else Lying.BACK
    return Lying.RIGHT if left > 0.0 else Lying.LEFT


def nose_down(tilt: Array) -> float:
    """Return the pitch of the trunk [rad], which may go on beyond a right angle."""
    ahead, _, up = up_in_base(tilt).tolist()
    return math.atan2(-ahead, up)


def soles_on_ground(dynamics: Dynamics, state: State) -> Array:
    """Return where the soles are: (x, y, yaw) from their middle, along the base, shape (2, 3)."""
    tilted = matrix_from_rpy(float(state.tilt[0]), float(state.tilt[1]), 0.0)
    dynamics.place(state.joints.position, rotation_base=tilted)
    soles = [dynamics.sole(side) for side in range(len(SIDES))]
    rows = np.array([[*place[:2], math.atan2(turn[1, 0], turn[0, 0])] for place, turn in soles])
    rows[:, :2] -= rows[:, :2].mean(axis=0)
    return rows


@dataclass(slots=True)
class Rising:
    """One attempt to get up, from lying still to standing.

    Attributes:
        joints: The joint table.
        dynamics: Kinematics; its posture is overwritten.
        period: Time of a tick [s].
        stand: Returns the joints (n,) [rad] of standing on soles at (x, y, yaw) from their middle,
            shape (2, 3), along the heading of the base.
        parameters: Numbers.
        why: Why it failed; "" while it has not.
    """

    joints: JointTable
    dynamics: Dynamics
    period: float
    stand: Callable[[Array], Array]
    parameters: RisingParameters = field(default_factory=RisingParameters)
    why: str = ""
    _moves: Moves = field(init=False)
    _balance: SoleBalance = field(init=False)
    _stages: tuple[moves.Stage, ...] = ()
    _rolls: int = 0
    _stood: float = 0.0
    _is_up: bool = False

    def __post_init__(self) -> None:
        self._moves = Moves(self.joints, self.period, np.zeros(len(self.joints)))
        self._balance = SoleBalance(
            self.joints, self.dynamics, self.period, self.parameters.balance
        )

    def start(self, state: State) -> None:
        """Begin an attempt from the posture as it is."""
        self.why, self._rolls, self._stood = "", 0, 0.0
        self._balance.reset()
        self._is_up = False
        load = float(state.contacts.foot_force.sum()) / (self.dynamics.mass * 9.81)
        if load > self.parameters.stand_load and float(np.hypot(*state.tilt)) < 0.5:
            self._stand_up(state, state.joints.position)  # it caught itself in a squat
        else:
            self._choose(state, state.joints.position)

    def advance(self, state: State) -> tuple[Array, Outcome]:
        """Return where the joints should be (n,) [rad] and how far it is."""
        if self._is_up:
            return self._standing(state)
        number = self._moves.number
        position = self._moves.advance()
        if self._stages:
            stage = self._stages[number]
            if self._moves.number != number:
                self._check(state, stage, number)
            if stage.balanced:
                position = position + self._balance.offset(state, position)
        if not self.why and self._moves.is_over:
            self._next(state)
        return position, Outcome.FAILED if self.why else Outcome.BUSY

    # ------------------------------------------------------------------ what to play

    def _choose(self, state: State, position: Array) -> None:
        """Start to play what fits the way it lies."""
        way = lying(state.tilt)
        if way is Lying.FRONT:
            self._stages = moves.FROM_FRONT
            frames = [stage.frame for stage in self._stages]
        else:
            self._stages, frames = (), list(moves.ROLL_LEFT)
            self._rolls += 1
            if way is Lying.RIGHT:
                frames = [frame.mirrored() for frame in frames]
        if self._rolls > self.parameters.most_rolls:
            self.why = f"still lies {way} after rolling {self.parameters.most_rolls} times"
        self._moves.start(tuple(frame.way(self.joints) for frame in frames), position)

    def _next(self, state: State) -> None:
        if not self._stages:
            self._choose(state, self._moves.position)
            return
        self._stand_up(state, self._moves.position)

    def _stand_up(self, state: State, position: Array) -> None:
        """Go to the standing posture with the soles where they are, and flat."""
        self._is_up = True
        stand = self.stand(soles_on_ground(self.dynamics, state))
        self._moves.start((Way(self.parameters.stand_time, stand),), position)

    # ------------------------------------------------------------------ how it goes

    def _check(self, state: State, stage: moves.Stage, number: int) -> None:
        """Compare the trunk with what is foreseen at the end of ``stage``."""
        if stage.pitch is None:
            return
        lean = abs(math.asin(min(max(float(up_in_base(state.tilt)[1]), -1.0), 1.0)))
        wrong = math.remainder(nose_down(state.tilt) - stage.pitch, 2.0 * math.pi)
        if abs(wrong) > self.parameters.pitch_tolerance:
            self.why = f"the trunk was off by {math.degrees(wrong):.0f}° at stage {number}"
        elif lean > self.parameters.lean_tolerance:
            self.why = f"the trunk leaned by {math.degrees(lean):.0f}° at stage {number}"

    def _standing(self, state: State) -> tuple[Array, Outcome]:
        """Hold still and check itself."""
        parameters = self.parameters
        position = self._moves.advance()
        position = position + self._balance.offset(state, position)
        load = float(state.contacts.foot_force.sum()) / (self.dynamics.mass * 9.81)
        upright = float(np.hypot(*state.tilt))
        if upright > 3.0 * parameters.stand_tilt:
            self.why = "fell over before it stood"
            return position, Outcome.FAILED
        stands = upright < parameters.stand_tilt and load > parameters.stand_load
        self._stood = self._stood + self.period if stands and self._moves.is_over else 0.0
        done = self._stood > parameters.stand_time
        return position, Outcome.STANDS if done else Outcome.BUSY
