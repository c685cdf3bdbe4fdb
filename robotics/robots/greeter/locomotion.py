"""Twist and posture to 22 joint targets: the greeter's legs, arms and head."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from robotics.control.body_reference import BodyReference
from robotics.control.cadence import Beat, first_beat
from robotics.control.com_observer import ComObserver, Seen
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.falling import StepAhead
from robotics.control.feedforward import torques
from robotics.control.footing import Brace, landed, settled, steadying
from robotics.control.gait import Gait, Phase
from robotics.control.hip_damping import HipDamping
from robotics.control.leg import inverse, leg_geometry
from robotics.control.posture import Clip, Dance, UpperBody
from robotics.control.rising import soles_on_ground
from robotics.control.touch import Felt, YieldingArm
from robotics.control.trunk import Trunk, TrunkReference
from robotics.control.whole_body import WholeBody, leg_joints, upright_offset
from robotics.core.arrays import Array, BoolArray, clamped
from robotics.core.geometry import rotation2
from robotics.core.messages import Command, Goal, Landing, Posture, State, Twist2
from robotics.core.model import Model
from robotics.core.rotation import matrix_z
from robotics.robots.greeter.config import PERIOD, GreeterConfig, servos

CALM = 0.8
"""Gestures wait until it has stood for so long after a step [s]."""
SILENT, BEHIND = 4, 7
"""A joint heard its last target so many ticks before it counts as silent, and its last reading is
of a target that is so many ticks older (delays of motor and sensors)."""
LANDING_EVERY = 4
"""Ticks between two landing poses of the same step: 20 ms."""
TwistLimit = Callable[[State, Twist2], tuple[Twist2, str]]
"""Slows a wished twist before an obstacle, and names the rule that did: see ``restraint``."""


def unlimited(state: State, twist: Twist2) -> tuple[Twist2, str]:
    """Let every twist pass."""
    return twist, ""


class WalkingLocomotion:
    """Walks, stands, gestures and looks.

    Args:
        model: The greeter.
        config: Its numbers.
        clips: Movements of the upper body, by the name that a ``Posture`` gives.
        limit_twist: Asked at every tick, before a foot is placed.

    Attributes:
        seen: What was measured at the last tick, for those who look closer; None before the first.
        wanted: What the gait wanted of the body then.
    """

    def __init__(
        self,
        model: Model,
        config: GreeterConfig,
        clips: Mapping[str, Clip],
        *,
        limit_twist: TwistLimit = unlimited,
    ) -> None:
        self._model, self._config, self._limit_twist = model, config, limit_twist
        self._servos, self._names = servos(model.joints), model.joints.names
        self._dynamics = Dynamics(model)
        start, _ = standing_pose(model, config, dynamics=self._dynamics)
        self._upper = UpperBody(model.joints, config.upper, clips, start=start, period=PERIOD)
        self._dances = _dances(clips)
        self._trunk = Trunk(config.trunk, period=PERIOD)
        self._body = WholeBody(model, self._dynamics, period=PERIOD, start=start)
        self._arm = YieldingArm(
            self._dynamics, model.joints, self._servos, config.touch, period=PERIOD
        )
        legs = self._body.leg_joints
        self._damping = HipDamping(config.walk, self._servos, legs=legs, period=PERIOD)
        self._observer = ComObserver(self._dynamics, config.observer, period=PERIOD)
        self.gait = Gait(config.walk, config.stand, period=PERIOD, mass=self._dynamics.mass)
        self._lower, self._upper_limit = model.joints.column("lower"), model.joints.column("upper")
        self._behind: Array | None = None
        self._found: Array | None = None
        self._calm = CALM
        self._awake = 0.0
        self._landing: Landing | None = None
        self._landing_of: tuple[Phase, int] = (Phase.STAND, 1)
        self._ticks = 0
        self._brace: Brace | None = None
        self._last: Command | None = None
        self._told: deque[Array] = deque(maxlen=SILENT + BEHIND)
        self.seen: Seen | None = None
        self.wanted: BodyReference | None = None

    @property
    def is_standing(self) -> bool:
        """Whether both feet are down and stay there."""
        return self.gait.phase is Phase.STAND

    @property
    def step_ahead(self) -> StepAhead | None:
        """The step that it is about to make; None while both feet stay down."""
        gait = self.gait
        if gait.phase is not Phase.STEP:
            return None
        turn = rotation2(float(gait.sole_yaw[gait.stance]))
        place = turn.T @ (gait.swing.target - gait.planted)
        return StepAhead(gait.stance, place, max(gait.time_left, 0.0))

    def take_over(self, state: State, sent: Array) -> None:
        """Begin with a robot that stands as it is, whose joints were last sent ``sent`` (n,)."""
        self._found = np.array(sent)
        soles = soles_on_ground(self._dynamics, state)
        # else the first posture would be a jump from the usual stance, and be answered with torque
        stand, _ = standing_pose(self._model, self._config, dynamics=self._dynamics, soles=soles)
        self._body = WholeBody(self._model, self._dynamics, period=PERIOD, start=stand)
        self.gait.soles[:], self.gait.sole_yaw[:] = soles[:, :2], soles[:, 2]

    @property
    def felt(self) -> Felt:
        """What the right hand feels."""
        return self._arm.felt

    def learn(self, clips: Mapping[str, Clip]) -> None:
        """Take other clips from now on: the repertoire has changed, between two behaviours."""
        self._upper.learn(clips)
        self._dances = _dances(clips)

    def _while_calm(self, posture: Posture) -> Posture:
        """Return the posture without its clips unless the robot has stood still for a while.

        Balance comes before gestures: an arm held out pulls the steps to its side. Steps on a beat
        belong to the clip.
        """
        calm = self.is_standing or self.gait.is_dancing
        self._calm = min(CALM, self._calm + PERIOD) if calm else 0.0
        return posture if self._calm >= CALM else replace(posture, clip="", beside=())

    def _danced(self, state: State, posture: Posture) -> tuple[TrunkReference, Beat | None]:
        """Return what the clips ask of trunk and feet at this tick."""
        playing = [
            (self._dances[one.clip], one.start)
            for one in self._upper.playing(posture, state.time)
            if one.clip in self._dances
        ]
        swaying = [(dance.sway, start, _again(dance)) for dance, start in playing]
        beat = first_beat([(dance.feet, start) for dance, start in playing], state.time)
        if not self.is_standing:  # the steps sway by themselves
            swaying = []
        return self._trunk.advance(state.time, swaying), beat

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the joint targets for this tick.

        If a leg's joint is silent or stuck, or the IMU frozen, in mid-step, balance is over:
        the step is ended as it would be without a host, and the legs stay so until somebody builds
        the robot anew.
        """
        if self._brace is None and self._cannot_balance(state):
            assert self._last is not None
            stands = Landing(self._last.target, 0.0)
            landing = stands if self._landing is None else self._settled(state, self._landing)
            self._brace = Brace(state.time, self._last.target, landing)
        if self._brace is None:
            self._last = self._moved(state, goal, twist)
            self._told.append(self._last.target)
            return self._last
        assert self._last is not None
        target = clamped(self._braced(self._brace, state), self._lower, self._upper_limit)
        told = replace(self._last, tools=goal.tools, sound=goal.voice, light=goal.light)
        return replace(told, target=target, landing=None)

    def _braced(self, brace: Brace, state: State) -> Array:
        """Return the joint targets (n,) of a robot that has ended its step, and stays so."""
        target = brace.at(state.time)
        if brace.is_down(state.time) and "imu frozen" not in state.faults:
            lean, rate = state.tilt[:2], state.angular_velocity_base_in_base[:2]
            target[self._body.leg_joints[:, (5, 4)]] += steadying(lean, rate)  # ankles: roll, pitch
        return target

    def _settled(self, state: State, landing: Landing) -> Landing:
        """Return how the step ends where a joint of a leg stays where it is: it does not answer.

        It still goes where it was told to before it fell silent. Its last reading lags behind that:
        by 0.13 rad in a knee that lifts a foot, which would be a centimetre too short.
        """
        dead = np.flatnonzero(~self._follows(state))
        if not len(dead):
            return landing
        joints, legs = self._body.leg_joints, [leg_geometry(self._model, side) for side in SIDES]
        place, told = int(dead[0]), self._told
        angle = float(state.joints.position[place])
        if len(told) == told.maxlen and not state.joints.valid[place]:
            angle += float(told[-SILENT][place] - told[0][place])
        return settled(landing, legs, joints, dead=place, angle=angle)

    def _cannot_balance(self, state: State) -> bool:
        """Whether it lacks what it needs to step; or to stand, where a joint is stuck.

        On a stuck joint that it does not know of it would sway on and on.
        """
        if self._last is None:
            return False
        if self._landing is None:
            valid = state.joints.valid[self._body.leg_joints.reshape(-1)]
            return bool(state.faults) and bool(valid.all()) and not self._follows(state).all()
        return "imu frozen" in state.faults or not self._follows(state).all()

    def _follows(self, state: State) -> BoolArray:
        """Return whether each joint (n,) goes where it is told, as far as legs need it."""
        follows = np.ones(len(self._names), dtype=np.bool_)
        legs = self._body.leg_joints.reshape(-1)
        follows[legs] = state.joints.valid[legs]
        if state.faults:
            names = [self._names[int(place)] for place in legs]
            follows[legs] &= [f"{name} blocked" not in state.faults for name in names]
        return follows

    def _moved(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the joint targets of a robot that balances."""
        allowed, stopped_by = self._limit_twist(state, twist)
        wanted = np.array([allowed.vx, allowed.vy, allowed.wz])
        if (np.abs(wanted) < self._config.still_twist).all():
            wanted = np.zeros(3)
        gait = self.gait
        seen = self._observer.observe(
            state,
            stance=gait.stance,
            planted=gait.planted,
            standing=self.is_standing,
            pressing=gait.pressing,
        )
        posture = self._while_calm(goal.posture)
        trunk, beat = self._danced(state, posture)
        body = gait.advance(seen, wanted, crouch=goal.posture.crouch, trunk=trunk, beat=beat)
        self.seen, self.wanted = seen, body
        self._feet_apart = float(
            (rotation2(body.heading).T @ (body.soles[0] - body.soles[1])[:2])[0]
        )
        upper = self._upper.advance(
            state, posture, feet_apart=self._feet_apart, lead=self._config.lead
        )
        upper = self._arm.follow(state, posture.hand, upper)
        joints = self._body.pose(body, upper, seen)
        torque = torques(self._dynamics, self._config.walk, body, joints)
        target = joints.position + self._servos.offset(torque, joints.velocity)
        target += upright_offset(
            self._config.walk,
            body,
            seen,
            legs=self._body.leg_joints,
            count=len(target),
        )
        target += self._damping.offset(body, joints.velocity, state.joints.velocity)
        target, effort = self._arm.command(target)
        target = self._taken_over(target, state)
        target = clamped(target, self._lower, self._upper_limit)
        return Command(
            target,
            effort,
            tools=goal.tools,
            sound=goal.voice,
            light=goal.light,
            stopped_by=stopped_by,
            landing=self._landed(body),
        )

    def _landed(self, body: BodyReference) -> Landing | None:
        """Return how the present step ends by itself, worked out anew every few ticks."""
        step = (self.gait.phase, self.gait.steps_taken)
        self._ticks = self._ticks + 1 if step == self._landing_of else 0
        if self._ticks != 1 and (self._ticks % LANDING_EVERY or (self._ticks and self.is_standing)):
            return self._landing  # the first tick of a step does not know yet where it goes
        self._landing_of = step
        reference, duration = landed(self.gait, body)
        target = clamped(self._body.legs_for(reference), self._lower, self._upper_limit)
        self._landing = None if self.is_standing else Landing(target, duration)
        return self._landing

    def _taken_over(self, target: Array, state: State) -> Array:
        """Return ``target`` (n,), reached from the joints as they are found when switched on."""
        if self._behind is None:
            found = state.joints.position if self._found is None else self._found
            self._behind = found - target
        share = self._awake / self._config.walk.wake_time
        self._awake += PERIOD
        if share >= 1.0:
            return target
        left = 1.0 - share**3 * (10.0 - 15.0 * share + 6.0 * share**2)  # minimum jerk
        return np.asarray(target + left * self._behind)


def _dances(clips: Mapping[str, Clip]) -> dict[str, Dance]:
    return {name: one for name, one in clips.items() if isinstance(one, Dance)}


def _again(clip: Clip) -> float:
    """Return the time after which a clip begins again [s]."""
    return clip.duration if clip.loop else math.inf


def standing_pose(
    model: Model,
    config: GreeterConfig,
    *,
    dynamics: Dynamics | None = None,
    soles: Array | None = None,
) -> tuple[Array, float]:
    """Return the joints (n,) [rad] and the base height [m] of standing still.

    The centre of mass is over the middle of the line between the ankles, at its walking height.

    Args:
        model: The greeter.
        config: Its numbers.
        dynamics: Kinematics to use; its posture is overwritten.
        soles: Where they stand, (x, y, yaw) from their middle, shape (2, 3); None for the walk's
            own stance.
    """
    dynamics = dynamics or Dynamics(model)
    walk = config.walk
    position = np.zeros(len(model.joints))
    for name, angle in config.upper.rest.items():
        position[model.joints.index(name)] = angle
    places = leg_joints(model)
    legs = [leg_geometry(model, side) for side in SIDES]
    base = np.array([0.0, 0.0, walk.com_height])
    wanted = base.copy()
    half = 0.5 * walk.stance_width
    stance = np.array([[0.0, half, 0.0], [0.0, -half, 0.0]]) if soles is None else soles
    for _ in range(20):
        for side, leg in enumerate(legs):
            sole = np.array([*stance[side, :2], 0.0]) - base
            turn = matrix_z(float(stance[side, 2]))
            position[places[side]] = inverse(leg, sole, turn).position
        base = base + wanted - dynamics.place(position, position_base=base)
    return position, float(base[2])
