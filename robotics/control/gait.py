"""The walk: stand, shift the weight, step, step, …, stand.

An inverted pendulum is simulated beside the robot and pulled towards what is measured. At each
tick of a step (1) the centre of pressure moves inside the sole to bring the divergent component of
motion ξ to where the next step wants it, (2) what that cannot do is done by moving the footprint,
(3) what that cannot do by ending the step earlier or later (`steps`).
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control import pendulum, reactions, steps
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
from robotics.control.cadence import Beat, shift_time
from robotics.control.com_observer import Seen
from robotics.control.footfalls import Footfalls
from robotics.control.pendulum_model import PendulumModel
from robotics.control.speed_feedback import SpeedFeedback
from robotics.control.step_plan import StepPlan, aim
from robotics.control.swing import Swing
from robotics.control.terrain import Terrain
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
        self._elapsed, self._time = 0.0, 0.0
        self._plan = StepPlan(walk, period, walk.step_time)
        self.swing = Swing.lift_off(self.soles[0], 0.0)
        self._footfalls, self._landed = Footfalls(), False
        self.followed = TwistRamp(walk, period)
        self._feedback = SpeedFeedback(walk)
        self._on_the_spot = 0
        self._trunk, self.terrain = STILL, Terrain(walk.terrain, period=period)
        self._beat: Beat | None = None
        self._shift_time, self._dancing = walk.start_time, False

    @property
    def planted(self) -> Array:
        """Where the stance foot is in the walk frame, shape (2,) [m]."""
        return np.array(self.soles[self.stance])

    @property
    def time_left(self) -> float:
        """Until the foot in the air should land [s]."""
        return self._plan.duration - self._elapsed

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
        stepping = self.phase is Phase.STEP
        awake = self._time > self._walk.wake_time
        late = rotation2(self._heading) @ (self._stand.late * self._swaying)
        moving = stepping and self.followed.is_moving
        self._model.correct(seen.led(*late.T), omega=self.omega, stepping=moving, awake=awake)
        self._track_stance_heading(seen)
        self.terrain.feel(seen.underfoot, (self.stance,) if stepping else (0, 1))
        wants_to_walk = not crouch and (self._beat is not None or bool(np.any(twist)))
        if not stepping:
            self._plan.relax()
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
        height = steps.walking_height(walk, self._commanded)
        height = walk.crouch_height if crouch and standing else height
        idle = standing and not crouch and self._trunk.is_still
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
        elif wants_to_walk and self._may_begin(seen, float(measured[1])):
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
            time = shift_time(self._beat, least, self._walk.step_time)
            self.phase = Phase.SHIFT if math.isfinite(time) else Phase.STAND
            self._shift_time = time + self._walk.touch_lead

    def _may_begin(self, seen: Seen, sideways: float) -> bool:
        """Whether it rests, with its weight on both feet: else the first shift cannot succeed."""
        walk = self._walk
        stood = self.steps_taken == 0 or self._elapsed > walk.rest_time
        calm = np.hypot(*seen.velocity) < walk.calm and abs(sideways) < walk.centred
        return bool(self._time > walk.calm_time and stood and calm)

    def _measured(self, seen: Seen) -> Array:
        """Return where ξ is seen, from the middle between the feet, along the heading, (2,)."""
        dcm = pendulum.divergent(seen.com, seen.velocity, self.omega)
        return np.asarray(rotation2(self._heading).T @ (dcm - self._middle))

    def _carry_on(self, seen: Seen, foot: int) -> None:
        """Let ``foot`` be the stance foot, where it is seen: else what is measured jumps."""
        self.soles[foot], self.stance = seen.soles[foot], foot
        self.sole_yaw[foot] += wrap(float(seen.sole_yaw[foot] - self.sole_yaw[foot]))

    def _catch(self, seen: Seen, sideways: float) -> None:
        """Begin a step against a fall: with the leg on the side of the fall, unless it carries."""
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
        self._plan.begin(self._commanded, self._out)
        self.swing = Swing.lift_off(
            self.soles[swinging],
            float(self.sole_yaw[swinging]),
            ground=float(self.terrain.level[swinging]),
            lean=self.terrain.lean[swinging],
        )
        self.steps_taken += 1

    def _stepping(self, seen: Seen, wants_to_walk: bool) -> Array:
        walk, omega, out = self._walk, self.omega, self._out
        foot, yaw = self.soles[self.stance], float(self.sole_yaw[self.stance])
        turn, plan = rotation2(yaw), self._plan
        swung = turn.T @ (self.swing.position[:2] - foot)
        towards = aim(walk, self._commanded, out, swung, drift=turn.T @ self._drift, omega=omega)
        left = max(plan.duration - walk.response - self._elapsed, 0.0)
        reaction = reactions.to_come(walk, self.swing, seen, left=left, omega=omega)
        dcm = turn.T @ (self.dcm - foot + reaction)
        if self._at_rest(wants_to_walk):
            towards = plan.last(dcm, towards, elapsed=self._elapsed, omega=omega)
        plan.adapt(dcm, towards, elapsed=self._elapsed, omega=omega)
        cop = foot + turn @ plan.cop
        self.swing.advance(
            foot + turn @ (plan.place - self._footfalls.missed * (1.0, out)),
            yaw + towards.turning,
            elapsed=self._elapsed,
            duration=plan.duration - walk.response,
            dt=self._period,
        )
        ground = self.terrain.under_way(self.stance, self.swing.target - foot, yaw)
        lasts = plan.duration + self._footfalls.early
        self.swing.lift(walk.step_height, ground, elapsed=self._elapsed, duration=lasts)
        if self._has_landed(seen):
            self._land(seen, wants_to_walk)
        return np.asarray(cop - walk.leg_reaction * self.swing.acceleration)

    def _at_rest(self, wants_to_walk: bool) -> bool:
        """Whether nothing asks for another step."""
        return not wants_to_walk and not self.followed.is_moving

    def _has_landed(self, seen: Seen) -> bool:
        share = self._elapsed / self._plan.duration
        touched = bool(seen.force[1 - self.stance] > self._touch)
        late = self._elapsed > self._plan.duration + self._walk.late_limit
        return (share > self._walk.touch_after and touched) or late

    def _land(self, seen: Seen, wants_to_walk: bool) -> None:
        out = self._out
        turn = rotation2(float(self.sole_yaw[self.stance]))
        missed = turn.T @ (seen.soles[1 - self.stance] - self.swing.target) * (1.0, out)
        self._footfalls.landed(missed, self._plan.duration - self._elapsed)
        swung = 1 - self.stance
        self.soles[swung] = seen.soles[swung]
        self.sole_yaw[swung] += wrap(float(seen.sole_yaw[swung] - self.sole_yaw[swung]))
        self.terrain.landed(swung, seen.underfoot, self.soles, self.sole_yaw)
        self.stance, self._landed = swung, True
        self._model.land(self.soles[swung] + self._drift, omega=self.omega)
        if self.followed.is_moving or self._beat is not None:
            self._feedback.landed(self._time, seen, self._heading, wanted=self.followed.value)
        at_rest = self._at_rest(wants_to_walk)
        self._on_the_spot = self._on_the_spot + 1 if at_rest else 0
        done = at_rest and self._on_the_spot >= self._walk.still_after
        beside = steps.are_beside(self._walk, self.soles, self.sole_yaw)
        held = self._beat is not None and self._is_between(seen, steps.HELD)
        if done and beside and self._is_between(seen, steps.STOPPED):
            self.phase, self._elapsed = Phase.STAND, 0.0
        elif held and (beside or self.followed.is_moving):
            self._begin_shift(LEAST_SHIFT)
        else:
            self._begin_step()

    def _is_between(self, seen: Seen, room: tuple[float, float]) -> bool:
        """Whether ξ is near the middle between the feet."""
        return bool((np.abs(self._measured(seen)) < room).all())

    def _ground(self) -> float:
        """Return how high the ground under the body is [m]."""
        com, level = self._model.com, self.terrain.level
        if self.phase is Phase.STEP:
            height = self.terrain.ahead(self.stance, com - self.soles[self.stance])
        else:
            height = float(level.mean() + self.terrain.slope @ (com - self._middle))
        return self.terrain.under(com, height)

    def _reference(self, cop: Array, acceleration: Array) -> BodyReference:
        soles = np.column_stack((self.soles, self.terrain.level))
        sole_yaw, lean = self.sole_yaw.copy(), self.terrain.lean.copy()
        swinging = self.phase is Phase.STEP
        if swinging:
            swung = 1 - self.stance
            soles[swung], sole_yaw[swung] = self.swing.position, self.swing.yaw
            there = self.terrain.lean_at(self.swing.target_yaw)
            lean[swung] = self.swing.lean(there, self._elapsed / self._plan.duration)
        height = self._height.value + self._trunk.offset[2] + self._ground()
        return BodyReference(
            com=np.array([*self._model.com, height]),
            cop=cop,
            acceleration=acceleration,
            yaw=heading_of(sole_yaw) + float(self._trunk.offset[3]),
            soles=soles,
            sole_yaw=sole_yaw,
            sole_lean=lean,
            stance=self.stance,
            push_back=self._plan.push_back,
            swinging=swinging,
            landed=self._landed,
        )
