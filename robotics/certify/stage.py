"""The body that a behaviour is proved on: what the real controllers would ask of its joints.

Head and arms come from the posture controller itself, the trunk from the trunk controller, tick by
tick; the legs follow in closed form under the centre of mass, as in ``control.whole_body``. So
entry from the rest posture, exit and blends are those of the robot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.behaviour.clips import Behaviour, clips_of
from robotics.control.dynamics import SIDES, Dynamics, Motion, SelfCollision
from robotics.control.leg import LegGeometry, inverse, leg_geometry
from robotics.control.posture import UpperBody
from robotics.control.trunk import Trunk
from robotics.control.whole_body import leg_joints
from robotics.core.arrays import Array, BoolArray
from robotics.core.messages import Joints, Posture, State
from robotics.core.model import Model
from robotics.core.rotation import matrix_z
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import standing_pose

COARSE = 2
"""Every so many ticks the legs are posed, forces and distances computed: 100 Hz."""
BEFORE = 0.1
"""At rest before the start [s]."""
SETTLING = 0.3
"""Looked at after everything is at rest again [s]."""


@dataclass(frozen=True, slots=True)
class Performance:
    """A behaviour as the robot would play it, from rest to rest; time 0 is its start."""

    behaviour: Behaviour
    time: Array
    """Of the ticks, shape (t,) [s]."""
    upper: Array
    """Joint angles asked for at each tick, legs left out, shape (t, n) [rad]."""
    trunk: Array
    """(forward, left, up) [m] and turn [rad] at each tick, shape (t, 4)."""
    trunk_asked: Array
    """The same as the behaviour asks, without the controller's limits, shape (t, 4)."""
    instants: Array
    """Of the coarse samples, shape (c,) [s]."""
    motion: Motion
    """Whole body at the coarse samples; the world's origin is midway between the soles."""
    reachable: BoolArray
    """Whether both soles stay on the ground, shape (c,)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The greeter, ready to be asked about many behaviours."""

    model: Model = field(default_factory=load)
    config: GreeterConfig = field(default_factory=GreeterConfig)
    dynamics: Dynamics = field(init=False)
    collision: SelfCollision = field(init=False)
    rest: Array = field(init=False)
    """Joint angles of standing still, shape (n,) [rad]."""
    stops: dict[tuple[float, ...], Array] = field(default_factory=dict)
    """How long stepping feet take to stand, by what they do: see ``feet`` [s]."""
    _legs: tuple[LegGeometry, ...] = field(init=False)
    _leg_joints: Array = field(init=False)

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "dynamics", Dynamics(self.model))
        set_field(self, "collision", SelfCollision(self.model))
        rest, _ = standing_pose(self.model, self.config, dynamics=self.dynamics)
        set_field(self, "rest", rest)
        set_field(self, "_legs", tuple(leg_geometry(self.model, side) for side in SIDES))
        set_field(self, "_leg_joints", leg_joints(self.model))

    def perform(self, behaviour: Behaviour, *, face: Array | None = None) -> Performance:
        """Return what the robot would do: rest, the behaviour (a loop twice), the way back.

        Args:
            behaviour: The behaviour.
            face: Where a visitor's face is, (3,) [m]; None where nobody is looked at.
        """
        length = behaviour.duration * (2.0 if _is_loop(behaviour) else 1.0)
        ticks = round((BEFORE + length + self._way_home(behaviour) + SETTLING) / PERIOD)
        time: Array = np.asarray(np.arange(ticks) * PERIOD - BEFORE, dtype=np.float64)
        upper, trunk, asked = self._play(behaviour, time, length, face)
        coarse = slice(None, None, COARSE)
        motion, reachable = self.pose(upper[coarse], trunk[coarse])
        return Performance(behaviour, time, upper, trunk, asked, time[coarse], motion, reachable)

    def _way_home(self, behaviour: Behaviour) -> float:
        """Return how long it takes to rest after the end, stage by stage [s]."""
        posture, clip, stages = self.config.upper, behaviour.clip, 1
        if clip is not None:
            places = list(self.model.joints.indices(*clip.joints))
            way = np.abs(clip.evaluate(behaviour.duration) - self.rest[places])
            reach = posture.blend_share * self.model.joints.column("velocity")[places]
            stages = max(1, math.ceil(float((1.875 * way / reach).max()) / posture.longest))
        return max(stages * posture.longest, self.config.trunk.blend)

    def _play(
        self, behaviour: Behaviour, time: Array, length: float, face: Array | None
    ) -> tuple[Array, Array, Array]:
        """Run the controllers of head, arms and trunk; see ``Performance``."""
        clips = clips_of({behaviour.name: behaviour})
        body = UpperBody(
            self.model.joints, self.config.upper, clips, start=self.rest, period=PERIOD
        )
        follower = Trunk(self.config.trunk, period=PERIOD)
        clip = clips.get(behaviour.name)
        again = behaviour.duration if _is_loop(behaviour) else math.inf
        upper = np.empty((len(time), len(self.rest)))
        trunk, asked = np.zeros((len(time), 4)), np.zeros((len(time), 4))
        level = State(
            0.0, np.zeros(3), np.zeros(3), Joints.at_rest(self.rest), np.zeros(2), np.zeros(3)
        )
        for k, now in enumerate(time):
            on = clip is not None and 0.0 <= now <= length
            posture = Posture(behaviour.name, 0.0) if on else Posture()
            if face is not None and on and _looks(behaviour, float(now)):
                posture = replace(posture, look_at_in_map=face)
            state = replace(level, time=float(now))
            upper[k] = body.advance(state, posture, feet_apart=0.0, lead=self.config.lead)
            if behaviour.sway is not None:
                sources = [(behaviour.sway, 0.0, again)] if on else []
                trunk[k] = follower.advance(float(now), sources).offset
                if on:
                    asked[k] = behaviour.sway.offset(float(now) % again)
        return upper, trunk, asked

    def pose(self, upper: Array, trunk: Array) -> tuple[Motion, BoolArray]:
        """Return the whole body over its standing feet.

        Args:
            upper: Angles of head and arms, in rows of all joints, shape (c, n) [rad].
            trunk: Offsets of the centre of mass and turn of the pelvis, shape (c, 4).
        """
        position, base = np.array(upper), np.empty((len(upper), 3))
        reachable = np.ones(len(upper), dtype=np.bool_)
        walk, legs = self.config.walk, self.rest[self._leg_joints]
        for k, offset in enumerate(trunk):
            position[k, self._leg_joints] = legs
            turn = matrix_z(float(offset[3]))
            com = np.array([0.0, 0.0, walk.com_height]) + offset[:3]
            for _ in range(1 if k else 3):  # as the robot does: the legs of the last tick weigh
                base[k] = com - self.dynamics.place(position[k], rotation_base=turn)
                for side, leg in enumerate(self._legs):
                    sole = np.array([0.0, (0.5 - side) * walk.stance_width, 0.0])
                    angles = inverse(leg, turn.T @ (sole - base[k]), turn.T)
                    position[k, self._leg_joints[side]] = angles.position
                    reachable[k] &= angles.reachable
            legs = position[k, self._leg_joints]
        return Motion(position, base, trunk[:, 3].copy(), COARSE * PERIOD), reachable


def _is_loop(behaviour: Behaviour) -> bool:
    return behaviour.clip is not None and behaviour.clip.loop


def _looks(behaviour: Behaviour, time: float) -> bool:
    """Return whether somebody is looked at ``time`` [s] after the start."""
    targets = [look.target for look in behaviour.looks if look.start <= time]
    return bool(targets) and targets[-1] not in ("", "ahead")
