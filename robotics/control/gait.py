"""The walk: stand, shift the weight, step, step, …, stand.

An inverted pendulum is simulated beside the robot and pulled towards what is measured. At each
tick of a step (1) the centre of pressure moves inside the sole to bring the divergent component of
motion ξ to where the next step wants it, (2) what that cannot do is done by moving the footprint,
(3) what that cannot do by ending the step earlier or later (`steps`).
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control import pendulum, steps
from robotics.control.balance import (
    Settling,
    StandParameters,
    breath,
    idle_sway,
    needs_step,
    swaying_cop,
)
from robotics.control.body_reference import BodyReference as BodyReference
from robotics.control.body_reference import Phase as Phase
from robotics.control.body_reference import heading_of
from robotics.control.cadence import Beat
from robotics.control.com_observer import Seen
from robotics.control.footfalls import Footfalls
from robotics.control.pendulum_model import PendulumModel
from robotics.control.speed_feedback import SpeedFeedback
from robotics.control.swing import Swing
from robotics.control.trunk import STILL, TrunkReference
from robotics.control.twist_ramp import TwistRamp
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2, wrap

LEAST_SHIFT = 0.08
"""On a beat, both feet stay down at least so long between two steps [s]."""


class Gait:
    """The phase machine of walking; knows no joints.

    Args:
        walk: Numbers of the walk.
        stand: Numbers of standing.
        period: Time of a tick [s].
        mass: Of the robot [kg].
    """

    def __init__(
        self, walk: WalkParameters, stand: StandParameters, *, period: float, mass: float
    ) -> None:
        self._walk, self._stand = walk, stand
        self._period = period
        self._touch = walk.touch_force * mass * pendulum.GRAVITY
        self.phase = Phase.STAND
        self.stance = 1
        half = walk.stance_width / 2.0
        self.soles = np.array([[0.0, half], [0.0, -half]])
        self.sole_yaw = np.zeros(2)
        self.steps_taken = 0
        self._model = PendulumModel.at_rest(walk, period)
        self._height = Settling(walk.com_height, stand.settle)
        self._sway = Settling(0.0, stand.settle)
        self._elapsed, self._time, self._duration = 0.0, 0.0, walk.step_time
        self.swing = Swing.lift_off(self.soles[0], 0.0)
        self._cop_in_sole = np.zeros(2)
        self._footfalls, self._landed = Footfalls(), False
        self._landing = steps.Landing(np.zeros(2), False)
        self.followed = TwistRamp(walk, period)
        self._feedback = SpeedFeedback(walk)
        self._on_the_spot = 0
        self._trunk = STILL
        self._beat: Beat | None = None
        self._shift_time, self._dancing = walk.start_time, False

    @property
    def planted(self) -> Array:
        """Where the stance foot is in the walk frame, shape (2,) [m]."""
        return np.array(self.soles[self.stance])

    @property
    def time_left(self) -> float:
        """Until the foot in the air should land [s]."""
        return self._duration - self._elapsed

    @property
    def omega(self) -> float:
        """Rate of the pendulum [1/s]."""
        return pendulum.rate(self._height.value + float(self._trunk.offset[2]))

    @property
    def pressing(self) -> Array:
        """How far the pressure is meant to be off the centre of mass, in heading, (2,) [m]."""
        return np.asarray(-self._trunk.acceleration[:2] / self.omega**2)

    @property
    def _swaying(self) -> Array:
        """Velocity and acceleration that are wanted of the trunk, in columns, shape (2, 2)."""
        return np.column_stack((self._trunk.velocity[:2], self._trunk.acceleration[:2]))

    @property
    def is_dancing(self) -> bool:
        """Whether it steps on a beat, undisturbed."""
        return self._beat is not None and self._on_the_spot >= 0

    def advance(
        self,
        seen: Seen,
        twist: Array,
        *,
        crouch: bool = False,
        trunk: TrunkReference = STILL,
        beat: Beat | None = None,
    ) -> BodyReference:
        """Return the reference for this tick.

        Args:
            seen: What is measured.
            twist: (vx, vy, wz) to follow in the base frame, shape (3,); is limited here.
            crouch: Stand (after the steps that it takes) and go down.
            trunk: Where the trunk should be over the standing feet.
            beat: When the feet should come down, on the spot if ``twist`` is zero; None for the
                walk's own time.
        """
        self._time += self._period
        self._elapsed += self._period
        self._trunk, self._beat = trunk, None if crouch else beat
        self._landed = False
        self._follow(np.zeros(3) if crouch else twist)
        stepping = self.phase is Phase.STEP and self.followed.is_moving
        awake = self._time > self._walk.wake_time
        late = rotation2(self._heading) @ (self._stand.late * self._swaying)
        self._model.correct(seen.led(*late.T), omega=self.omega, stepping=stepping, awake=awake)
        self._track_stance_heading(seen)
        wants_to_walk = not crouch and (self._beat is not None or bool(np.any(twist)))
        if self.phase is Phase.STAND:
            cop = self._standing(seen, wants_to_walk)
        elif self.phase is Phase.SHIFT:
            cop = self._shifting(seen, wants_to_walk)
        else:
            cop = self._stepping(seen, wants_to_walk)
        self._settle(crouch)
        acceleration = self.omega**2 * (self._model.com - cop)
        self._model.advance(cop + self._drift, omega=self.omega)
        return self._reference(cop, acceleration)

    # ------------------------------------------------------------------ every tick

    def _follow(self, twist: Array) -> None:
        """Ramp towards the twist; drop the speed correction where there is nothing to correct."""
        self.followed.advance(twist)
        if self._beat is None and (self.phase is not Phase.STEP or not self.followed.is_moving):
            self._feedback.fade()

    @property
    def _commanded(self) -> Array:
        """The twist that the steps are made for, shape (3,).

        On a beat each step has to make up for the time on both feet after it, too.
        """
        slower = 1.0 if self._beat is None else self._beat.every / self._walk.step_time
        return (self.followed.value + self._feedback.correction) * slower

    def _track_stance_heading(self, seen: Seen) -> None:
        """Let the stance foot's heading follow what is measured: feet turn a little underfoot."""
        # not while the trunk sways: a foot that is hardly loaded would turn on and on
        if not self._trunk.is_still:
            return
        foot = self.stance
        self.sole_yaw[foot] += 0.05 * wrap(float(seen.sole_yaw[foot] - self.sole_yaw[foot]))

    def _settle(self, crouch: bool) -> None:
        walk = self._walk
        standing = self.phase is Phase.STAND
        swayed = not self._trunk.is_still
        height = steps.walking_height(walk, self._commanded)
        height = walk.crouch_height if crouch and standing else height
        idle = standing and not crouch and not swayed
        if idle:
            height += breath(self._stand, self._elapsed)
        self._height.follow(height, self._period)
        sway = idle_sway(self._stand, self._elapsed) if idle else 0.0
        self._sway.follow(sway, self._period)

    @property
    def dcm(self) -> Array:
        """ξ as it is believed, in the walk frame, shape (2,) [m]."""
        return pendulum.divergent(self._model.com, self._model.velocity, self.omega)

    @property
    def _drift(self) -> Array:
        """The model's drift along the walk frame's axes, shape (2,) [m]."""
        return np.asarray(rotation2(self._heading) @ self._model.drift)

    @property
    def _heading(self) -> float:
        """Mean heading of the two feet [rad]."""
        return heading_of(self.sole_yaw)

    @property
    def _middle(self) -> Array:
        return np.asarray(self.soles.mean(axis=0))

    # ------------------------------------------------------------------ both feet down

    def _standing(self, seen: Seen, wants_to_walk: bool) -> Array:
        turn, middle = rotation2(self._heading), self._middle
        error = turn.T @ (self.dcm - middle)
        cop = swaying_cop(self._stand, error, self._trunk, idle=self._sway.value, omega=self.omega)
        measured = self._measured(seen)
        awake = self._time > self._walk.wake_time
        if awake and needs_step(self._stand, measured):
            self._catch(seen, float(measured[1]))
        elif wants_to_walk and self._is_rested and np.hypot(*seen.velocity) < self._walk.calm:
            sideways = float(self.followed.value @ (0.0, 1.0, 0.1))
            if abs(sideways) > 1e-4:
                self._carry_on(seen, 1 if sideways > 0.0 else 0)
            self._on_the_spot = 0
            self._begin_shift(self._walk.start_time)
        return np.asarray(middle + turn @ cop)

    def _begin_shift(self, least: float) -> None:
        """Take the weight to the stance foot, in at least ``least`` [s], in time for the beat."""
        self.phase, self._elapsed = Phase.SHIFT, 0.0
        self._shift_time, self._dancing = self._walk.start_time, self._beat is not None
        if self._beat is not None:
            land = self._beat.until
            while land < least + self._walk.step_time:
                land += self._beat.every
            self.phase = Phase.SHIFT if land < self._beat.left + 0.05 else Phase.STAND
            self._shift_time = land - self._walk.step_time + self._walk.touch_lead

    @property
    def _is_rested(self) -> bool:
        walk = self._walk
        stood = self.steps_taken == 0 or self._elapsed > walk.rest_time
        return self._time > walk.calm_time and stood

    def _measured(self, seen: Seen) -> Array:
        """Return where ξ is seen, from the middle between the feet, along the heading, (2,)."""
        dcm = pendulum.divergent(seen.com, seen.velocity, self.omega)
        return np.asarray(rotation2(self._heading).T @ (dcm - self._middle))

    def _carry_on(self, seen: Seen, foot: int) -> None:
        """Let ``foot`` be the stance foot, where it is seen: else what is measured jumps."""
        turns = round((self.sole_yaw[foot] - seen.sole_yaw[foot]) / math.tau)  # kept by the other
        self.sole_yaw[foot] = seen.sole_yaw[foot] + turns * math.tau
        self.soles[foot], self.stance = seen.soles[foot], foot

    def _catch(self, seen: Seen, sideways: float) -> None:
        """Begin a step against a fall: with the leg on the side of the fall, if it is free.

        Lifting the foot that carries would take away the ground.
        """
        low, high = self._stand.capture_low[1], self._stand.capture_high[1]
        if not 0.5 * low < sideways < 0.5 * high:
            self._carry_on(seen, 1 if sideways > 0.0 else 0)
        total = max(float(seen.force.sum()), 1.0)
        if seen.force[1 - self.stance] / total > self._stand.loaded:
            self._carry_on(seen, 1 - self.stance)
        self._on_the_spot = -2
        self._begin_step()

    def _shifting(self, seen: Seen, wants_to_walk: bool) -> Array:
        walk = self._walk
        left = max(self._shift_time - self._elapsed, self._period)
        turn, middle = rotation2(self._heading), self._middle
        offset = steps.nominal_offset(walk, self._commanded, self._out, omega=self.omega)
        target = self.soles[self.stance] + turn @ offset
        cop = pendulum.cop_to_reach(self.dcm, target, omega=self.omega, time=left)
        cop_in_stand = turn.T @ (cop - middle)
        cop_in_stand = clamped(cop_in_stand, (-0.06, -0.10), (0.085, 0.10))
        if self._elapsed >= self._shift_time:
            self._begin_step()
        elif self._dancing and needs_step(self._stand, self._measured(seen)):
            self._catch(seen, float(self._measured(seen)[1]))
        elif self._dancing and not wants_to_walk:
            self.phase, self._elapsed = Phase.STAND, 0.0
        return np.asarray(middle + turn @ cop_in_stand)

    # ------------------------------------------------------------------ one foot in the air

    @property
    def _out(self) -> int:
        """+1 where the swing foot is the left one, else -1."""
        return 1 if self.stance == 1 else -1

    def _begin_step(self) -> None:
        swinging = 1 - self.stance
        self.phase, self._elapsed = Phase.STEP, 0.0
        self._duration = self._walk.step_time
        place = steps.nominal_step(self._walk, self._commanded, self._out)
        self._landing = steps.Landing(place, False)
        self.swing = Swing.lift_off(self.soles[swinging], float(self.sole_yaw[swinging]))
        self.steps_taken += 1

    def _stepping(self, seen: Seen, wants_to_walk: bool) -> Array:
        walk, omega, out = self._walk, self.omega, self._out
        foot, yaw = self.soles[self.stance], float(self.sole_yaw[self.stance])
        turn = rotation2(yaw)
        twist = self._commanded
        turning = float(twist[2]) * walk.step_time
        middle_turn = rotation2(0.5 * turning)  # in the axes of the stance foot, as all below
        offset = rotation2(turning) @ steps.nominal_offset(walk, twist, -out, omega=omega)
        drift = turn.T @ self._drift
        offset = offset + drift
        nominal = middle_turn @ steps.nominal_step(walk, twist, out)
        left = max(self._duration - walk.response - self._elapsed, 0.0)
        pulled = walk.leg_reaction * self.swing.pull_to_come(left, omega=omega)
        dcm = turn.T @ (self.dcm - foot + pulled * math.exp(-omega * max(left, 0.02)))
        if left > walk.cop_hold:
            wanted = pendulum.cop_to_reach(dcm, nominal + offset, omega=omega, time=left)
            self._cop_in_sole = steps.limit_cop(walk, wanted - drift)
            self._landing = self._next_landing(dcm, offset, drift, middle_turn, left)
            outlook = steps.Outlook(dcm - drift, self._cop_in_sole, offset - drift, out)
            self._duration = steps.adapt_time(
                walk,
                self._duration,
                elapsed=self._elapsed,
                arrival=steps.arrival(walk, outlook, self._landing, omega=omega),
            )
        cop = self._cop_in_sole
        place = middle_turn @ self._landing.place
        self.swing.advance(
            foot + turn @ (place - self._footfalls.missed * (1.0, out)),
            yaw + turning,
            elapsed=self._elapsed,
            duration=self._duration - walk.response,
            dt=self._period,
        )
        self.swing.lift(
            walk.step_height, elapsed=self._elapsed, duration=self._duration + self._footfalls.early
        )
        if self._has_landed(seen):
            self._land(seen, wants_to_walk)
        return np.asarray(foot + turn @ cop - walk.leg_reaction * self.swing.acceleration)

    def _next_landing(
        self, dcm: Array, offset: Array, drift: Array, middle_turn: Array, left: float
    ) -> steps.Landing:
        pivot = self._cop_in_sole + drift
        at_landing = pendulum.divergent_after(dcm, pivot, omega=self.omega, time=left)
        return steps.limit_step(self._walk, middle_turn.T @ (at_landing - offset), self._out)

    def _has_landed(self, seen: Seen) -> bool:
        share = self._elapsed / self._duration
        touched = bool(seen.force[1 - self.stance] > self._touch)
        late = self._elapsed > self._duration + self._walk.late_limit
        return (share > self._walk.touch_after and touched) or late

    def _land(self, seen: Seen, wants_to_walk: bool) -> None:
        out = self._out
        turn = rotation2(float(self.sole_yaw[self.stance]))
        missed = turn.T @ (seen.soles[1 - self.stance] - self.swing.target) * (1.0, out)
        self._footfalls.landed(missed, self._duration - self._elapsed)
        swung = 1 - self.stance
        self.soles[swung] = seen.soles[swung]
        self.sole_yaw[swung] += wrap(float(seen.sole_yaw[swung] - self.sole_yaw[swung]))
        self.stance, self._landed = swung, True
        self._model.land(self.soles[swung] + self._drift, omega=self.omega)
        if self.followed.is_moving or self._beat is not None:
            self._feedback.landed(self._time, seen, self._heading, wanted=self.followed.value)
        at_rest = not wants_to_walk and not self.followed.is_moving
        self._on_the_spot = self._on_the_spot + 1 if at_rest else 0
        if at_rest and self._on_the_spot >= self._walk.still_after and self._can_stand(seen):
            self.phase, self._elapsed = Phase.STAND, 0.0
        elif self._beat is not None and self._can_stand(seen, moving=self.followed.is_moving):
            self._begin_shift(LEAST_SHIFT)
        else:
            self._begin_step()

    def _can_stand(self, seen: Seen, *, moving: bool = False) -> bool:
        """Whether the feet are side by side (not asked if moving) and ξ is between them."""
        beside = moving or steps.are_beside(self._walk, self.soles, self.sole_yaw)
        return beside and bool((np.abs(self._measured(seen)) < (0.05, 0.07)).all())

    # ------------------------------------------------------------------ out

    def _reference(self, cop: Array, acceleration: Array) -> BodyReference:
        soles = np.column_stack((self.soles, np.zeros(2)))
        sole_yaw = self.sole_yaw.copy()
        swinging = self.phase is Phase.STEP
        if swinging:
            soles[1 - self.stance] = self.swing.position
            sole_yaw[1 - self.stance] = self.swing.yaw
        return BodyReference(
            com=np.array([*self._model.com, self._height.value + self._trunk.offset[2]]),
            cop=cop,
            acceleration=acceleration,
            yaw=heading_of(sole_yaw) + float(self._trunk.offset[3]),
            soles=soles,
            sole_yaw=sole_yaw,
            stance=self.stance,
            swinging=swinging,
            landed=self._landed,
        )
