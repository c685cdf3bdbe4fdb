"""The walk: stand, shift the weight, step, step, …, stand.

An inverted pendulum is simulated beside the robot and pulled towards what is measured. At each
tick of a step (1) the centre of pressure moves inside the sole to bring the divergent component of
motion ξ to where the next step wants it, (2) what that cannot do is done by moving the footprint,
(3) what that cannot do by ending the step earlier or later (`steps`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from robotics.control import pendulum, steps
from robotics.control.balance import (
    Settling,
    StandParameters,
    breath,
    idle_sway,
    needs_step,
    standing_cop,
)
from robotics.control.body_reference import BodyReference
from robotics.control.com_observer import Seen
from robotics.control.pendulum_model import PendulumModel
from robotics.control.swing import Swing
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2, wrap


class Phase(StrEnum):
    """What the legs do."""

    STAND = "stand"
    SHIFT = "shift"
    """Both feet down, the weight moves over the first stance foot."""
    STEP = "step"


@dataclass(slots=True)
class _Footfall:
    """One memory for the speed feedback: where the body was when a foot landed."""

    time: float
    com: Array
    heading: float
    yaw: float


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
        self._swing = Swing.lift_off(self.soles[0], 0.0)
        self._cop_in_sole = np.zeros(2)
        self._early, self._landed = 0.02, False
        self._missed = np.zeros(2)
        self._landing = steps.Landing(np.zeros(2), False, 0.0)
        self._smoothed, self._followed = np.zeros(3), np.zeros(3)
        self._correction = np.zeros(3)
        self._footfalls: list[_Footfall] = []
        self._on_the_spot = 0

    @property
    def planted(self) -> Array:
        """Where the stance foot is in the walk frame, shape (2,) [m]."""
        return np.array(self.soles[self.stance])

    @property
    def omega(self) -> float:
        """Rate of the pendulum [1/s]."""
        return pendulum.rate(self._height.value)

    def advance(self, seen: Seen, twist: Array, *, crouch: bool = False) -> BodyReference:
        """Return the reference for this tick.

        Args:
            seen: What is measured.
            twist: (vx, vy, wz) to follow in the base frame, shape (3,); is limited here.
            crouch: Stand (after the steps that it takes) and go down.
        """
        self._time += self._period
        self._elapsed += self._period
        self._landed = False
        self._follow(np.zeros(3) if crouch else twist)
        stepping = self.phase is Phase.STEP and self._moving
        awake = self._time > self._walk.wake_time
        self._model.correct(seen, omega=self.omega, stepping=stepping, awake=awake)
        self._track_stance_heading(seen)
        wants_to_walk = not crouch and bool(np.any(twist))
        if self.phase is Phase.STAND:
            cop = self._standing(seen, wants_to_walk)
        elif self.phase is Phase.SHIFT:
            cop = self._shifting()
        else:
            cop = self._stepping(seen, wants_to_walk)
        self._settle(crouch)
        acceleration = self.omega**2 * (self._model.com - cop)
        self._model.advance(cop + self._drift, omega=self.omega)
        return self._reference(cop, acceleration)

    # ------------------------------------------------------------------ every tick

    def _follow(self, twist: Array) -> None:
        """Ramp towards the twist; drop the speed correction where there is nothing to correct."""
        top = np.array(self._walk.largest_twist)
        step = np.array(self._walk.acceleration) * self._period
        wanted = clamped(twist, -top, top)
        wanted = wanted / max(1.0, float(np.linalg.norm(wanted / top)))  # not all at once
        share = self._period / (self._walk.smoothing + self._period)
        self._smoothed = self._smoothed + share * (wanted - self._smoothed)
        self._followed = self._followed + clamped(self._smoothed - self._followed, -step, step)
        if self.phase is not Phase.STEP or not self._moving:
            self._correction = 0.98 * self._correction
            self._footfalls.clear()

    @property
    def _moving(self) -> bool:
        return float(np.linalg.norm(self._followed)) > 0.02

    @property
    def _commanded(self) -> Array:
        """The twist that the steps are made for, shape (3,)."""
        return self._followed + self._correction

    def _track_stance_heading(self, seen: Seen) -> None:
        """Let the stance foot's heading follow what is measured: feet turn a little underfoot."""
        foot = self.stance
        self.sole_yaw[foot] += 0.05 * wrap(float(seen.sole_yaw[foot] - self.sole_yaw[foot]))

    def _settle(self, crouch: bool) -> None:
        walk = self._walk
        standing = self.phase is Phase.STAND
        height = walk.crouch_height if crouch and standing else self._walking_height
        if standing and not crouch:
            height += breath(self._stand, self._elapsed)
        self._height.follow(height, self._period)
        sway = idle_sway(self._stand, self._elapsed) if standing and not crouch else 0.0
        self._sway.follow(sway, self._period)

    @property
    def _walking_height(self) -> float:
        """Of the centre of mass, so low that the leg behind still reaches its footprint [m]."""
        walk = self._walk
        behind = (
            0.5 * float(np.linalg.norm(self._commanded[:2])) * walk.step_time + walk.left_behind
        )
        reach = math.sqrt(walk.longest_leg**2 - min(behind, 0.8 * walk.longest_leg) ** 2)
        return min(walk.com_height, walk.com_over_leg + reach)

    @property
    def _dcm(self) -> Array:
        return pendulum.divergent(self._model.com, self._model.velocity, self.omega)

    @property
    def _drift(self) -> Array:
        """The model's drift along the walk frame's axes, shape (2,) [m]."""
        return np.asarray(rotation2(self._heading) @ self._model.drift)

    @property
    def _heading(self) -> float:
        """Mean heading of the two feet [rad]."""
        left, right = self.sole_yaw
        return float(right + 0.5 * wrap(float(left - right)))

    @property
    def _middle(self) -> Array:
        return np.asarray(self.soles.mean(axis=0))

    # ------------------------------------------------------------------ both feet down

    def _standing(self, seen: Seen, wants_to_walk: bool) -> Array:
        turn, middle = rotation2(self._heading), self._middle
        error = turn.T @ (self._dcm - middle)
        cop = standing_cop(self._stand, error, np.array([0.0, self._sway.value]))
        measured = turn.T @ (pendulum.divergent(seen.com, seen.velocity, self.omega) - middle)
        awake = self._time > self._walk.wake_time
        if awake and needs_step(self._stand, measured):
            self._catch(seen, float(measured[1]))
        elif wants_to_walk and self._is_rested and np.hypot(*seen.velocity) < self._walk.calm:
            sideways = self._followed[1] + 0.1 * self._followed[2]
            if abs(sideways) > 1e-4:
                self._carry_on(seen, 1 if sideways > 0.0 else 0)
            self._on_the_spot = 0
            self.phase, self._elapsed = Phase.SHIFT, 0.0
        return np.asarray(middle + turn @ cop)

    @property
    def _is_rested(self) -> bool:
        walk = self._walk
        stood = self.steps_taken == 0 or self._elapsed > walk.rest_time
        return self._time > walk.calm_time and stood

    def _carry_on(self, seen: Seen, foot: int) -> None:
        """Let ``foot`` be the stance foot, where it is seen: else what is measured jumps."""
        self.soles[foot], self.sole_yaw[foot] = seen.soles[foot], seen.sole_yaw[foot]
        self.stance = foot

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

    def _shifting(self) -> Array:
        walk = self._walk
        left = max(walk.start_time - self._elapsed, self._period)
        turn, middle = rotation2(self._heading), self._middle
        offset = steps.nominal_offset(walk, self._commanded, self._out, omega=self.omega)
        target = self.soles[self.stance] + turn @ offset
        cop = pendulum.cop_to_reach(self._dcm, target, omega=self.omega, time=left)
        cop_in_stand = turn.T @ (cop - middle)
        cop_in_stand = clamped(cop_in_stand, (-0.06, -0.10), (0.085, 0.10))
        if self._elapsed >= walk.start_time:
            self._begin_step()
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
        self._landing = steps.Landing(place, False, 0.0)
        self._swing = Swing.lift_off(self.soles[swinging], float(self.sole_yaw[swinging]))
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
        pulled = walk.leg_reaction * self._swing.pull_to_come(left, omega=omega)
        dcm = turn.T @ (self._dcm - foot + pulled * math.exp(-omega * max(left, 0.02)))
        if left > walk.cop_hold:
            wanted = pendulum.cop_to_reach(dcm, nominal + offset, omega=omega, time=left)
            self._cop_in_sole = steps.limit_cop(walk, wanted - drift)
            self._landing = self._next_landing(dcm, offset, drift, middle_turn, left)
            self._duration = steps.adapt_time(
                walk,
                self._duration,
                elapsed=self._elapsed,
                arrival=self._arrival(dcm - drift, self._landing, offset - drift),
                missing_width=self._landing.missing_width,
            )
        cop = self._cop_in_sole
        place = middle_turn @ self._landing.place
        self._swing.advance(
            foot + turn @ (place - self._missed * (1.0, out)),
            yaw + turning,
            elapsed=self._elapsed,
            duration=self._duration - walk.response,
            dt=self._period,
        )
        self._swing.lift(
            walk.step_height, elapsed=self._elapsed, duration=self._duration + self._early
        )
        if self._has_landed(seen):
            self._land(seen, wants_to_walk)
        return np.asarray(foot + turn @ cop - walk.leg_reaction * self._swing.acceleration)

    def _next_landing(
        self, dcm: Array, offset: Array, drift: Array, middle_turn: Array, left: float
    ) -> steps.Landing:
        pivot = self._cop_in_sole + drift
        at_landing = pendulum.divergent_after(dcm, pivot, omega=self.omega, time=left)
        return steps.limit_step(self._walk, middle_turn.T @ (at_landing - offset), self._out)

    def _arrival(self, dcm: Array, landing: steps.Landing, offset: Array) -> float:
        """Return in how long the step should end: ξ is there, at full length or sideways [s]."""
        cop, out = self._cop_in_sole, self._out
        away = out * float(dcm[1] - cop[1])
        target = out * float(landing.place[1] - cop[1]) - abs(float(offset[1]))
        if landing.is_longest:
            away, target = float(dcm[0] - cop[0]), float((landing.place + offset - cop)[0])
        elif abs(float(cop[1])) < self._walk.cop_outward or away < 0.004 or target < 0.01:
            return math.inf  # the centre of pressure does it alone, or cannot tell
        there = pendulum.time_to_reach(away, target, omega=self.omega)
        return there + self._walk.response

    def _has_landed(self, seen: Seen) -> bool:
        share = self._elapsed / self._duration
        touched = bool(seen.force[1 - self.stance] > self._touch)
        late = self._elapsed > self._duration + self._walk.late_limit
        return (share > self._walk.touch_after and touched) or late

    def _land(self, seen: Seen, wants_to_walk: bool) -> None:
        out = self._out
        turn = rotation2(float(self.sole_yaw[self.stance]))
        missed = turn.T @ (seen.soles[1 - self.stance] - self._swing.target) * (1.0, out)
        self._missed = clamped(self._missed + 0.2 * (missed - self._missed), -0.04, 0.04)
        early = self._duration - self._elapsed
        self._early = min(max(self._early + 0.2 * early, -0.06), 0.06)
        swung = 1 - self.stance
        self.soles[swung] = seen.soles[swung]
        self.sole_yaw[swung] += wrap(float(seen.sole_yaw[swung] - self.sole_yaw[swung]))
        self.stance, self._landed = swung, True
        self._model.land(self.soles[swung] + self._drift, omega=self.omega)
        self._correct_speed(seen)
        at_rest = not wants_to_walk and not self._moving
        self._on_the_spot = self._on_the_spot + 1 if at_rest else 0
        if at_rest and self._on_the_spot >= self._walk.still_after and self._can_stand(seen):
            self.phase, self._elapsed = Phase.STAND, 0.0
        else:
            self._begin_step()

    def _correct_speed(self, seen: Seen) -> None:
        """Compare the mean motion over two steps with the twist and lean against the error."""
        fall = _Footfall(self._time, seen.com, self._heading, seen.yaw)
        self._footfalls = [*self._footfalls[-2:], fall]
        if len(self._footfalls) < 3 or not self._moving:
            return
        first = self._footfalls[0]
        time = fall.time - first.time
        mean_heading = first.heading + 0.5 * wrap(fall.heading - first.heading)
        travelled = rotation2(mean_heading).T @ (fall.com - first.com)
        mean = np.array([*travelled, wrap(fall.yaw - first.yaw)]) / time
        gain, top = np.array(self._walk.speed_feedback), np.array(self._walk.speed_correction)
        self._correction = clamped(self._correction + gain * (self._followed - mean), -top, top)

    def _can_stand(self, seen: Seen) -> bool:
        """Whether the feet are side by side and ξ is between them."""
        turn = rotation2(self._heading)
        apart = turn.T @ (self.soles[0] - self.soles[1]) - (0.0, self._walk.stance_width)
        ahead, aside = turn.T @ (
            pendulum.divergent(seen.com, seen.velocity, self.omega) - self._middle
        )
        twisted = abs(wrap(float(self.sole_yaw[0] - self.sole_yaw[1])))
        centred = abs(ahead) < 0.05 and abs(aside) < 0.07
        return bool(np.linalg.norm(apart) < 0.05 and centred and twisted < 0.1)

    # ------------------------------------------------------------------ out

    def _reference(self, cop: Array, acceleration: Array) -> BodyReference:
        soles = np.column_stack((self.soles, np.zeros(2)))
        sole_yaw = self.sole_yaw.copy()
        swinging = self.phase is Phase.STEP
        if swinging:
            soles[1 - self.stance] = self._swing.position
            sole_yaw[1 - self.stance] = self._swing.yaw
        heading = float(sole_yaw[1] + 0.5 * wrap(float(sole_yaw[0] - sole_yaw[1])))
        return BodyReference(
            com=np.array([*self._model.com, self._height.value]),
            cop=cop,
            acceleration=acceleration,
            yaw=heading,
            soles=soles,
            sole_yaw=sole_yaw,
            stance=self.stance,
            swinging=swinging,
            landed=self._landed,
        )
