"""The upper body: clips, rest posture, arm swing, and where the head looks.

Sources follow one another without a jump in angle or speed: at each change the joints run on from
where they were, slowing down, and cross over to the new source with a minimum-jerk share (Flash and
Hogan, J. Neurosci. 1985).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from robotics.control.balance import Settling
from robotics.control.cadence import Stretch
from robotics.control.trunk import Sway
from robotics.core.arrays import Array, BoolArray, clamped
from robotics.core.errors import UnknownName
from robotics.core.joints import JointTable
from robotics.core.messages import Playing, Posture, State


class Clip(Protocol):
    """A movement of some joints, as a pure function of time."""

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints that it moves."""

    @property
    def duration(self) -> float:
        """[s]."""

    @property
    def loop(self) -> bool:
        """Whether it begins again at its end."""

    def evaluate(self, time: float) -> Array:
        """Return the targets of its joints, shape (k,) [rad], ``time`` [s] after its start."""


@runtime_checkable
class Dance(Clip, Protocol):
    """A clip that moves trunk and feet, too."""

    @property
    def sway(self) -> Sway | None:
        """Of the trunk over the standing feet."""

    @property
    def feet(self) -> Sequence[Stretch]:
        """When the feet step."""


@dataclass(frozen=True, slots=True)
class PostureParameters:
    """Numbers of the upper body."""

    rest: Mapping[str, float]
    """Angles of the joints that do not hang at zero, by name [rad]."""
    head_in_base: tuple[float, float, float]
    """Where the eyes are [m]."""
    base_height: float
    """Of the base above the ground [m]."""
    blend: float = 0.45
    """Least time of going over from one source to the next [s]."""
    blend_share: float = 0.5
    """Of the joints' top speed that going over may use: far ways take longer."""
    longest: float = 0.75
    """Of going home [s]: a farther way is gone in stages, at rest between them, so that whoever is
    broken off rests soon, wherever the arms were."""
    speed_share: float = 0.7
    """Of the joints' top speed that is used at most, whatever a clip says."""
    swing_gain: float = 2.4
    """Shoulder angle for each metre that the other foot is ahead [rad/m]."""
    swing_limit: float = 0.5
    """[rad]."""
    swing_settle: float = 0.02
    look_settle: float = 0.18
    """Time constants of the arm swing and of the head [s]."""
    look_limit: tuple[float, float] = (1.2, 0.5)
    """Largest yaw and pitch of the head [rad]."""
    look_speed: float = 2.5
    """Largest speed of the head's target [rad/s]."""


class UpperBody:
    """Gives the angles of head and arms at each tick; the legs' entries stay at their start.

    Several clips play at once, each joint by the foremost one that moves it.

    Args:
        joints: The joint table.
        parameters: Numbers.
        clips: By the name that a ``Posture`` gives.
        start: Joint angles to begin from, shape (n,) [rad].
        period: Time of a tick [s].
    """

    def __init__(
        self,
        joints: JointTable,
        parameters: PostureParameters,
        clips: Mapping[str, Clip],
        *,
        start: Array,
        period: float,
    ) -> None:
        self._parameters, self._joints, self._period = parameters, joints, period
        self.learn(clips)
        moved = [name for name in joints.names if not _is_leg(name)]
        self._upper = np.zeros(len(joints), dtype=np.bool_)
        self._upper[list(joints.indices(*moved))] = True
        self._head = joints.indices("head_yaw", "head_pitch")
        self._shoulders = joints.indices("left_shoulder_pitch", "right_shoulder_pitch")
        self._rest = np.array(start, dtype=np.float64)
        for name, angle in parameters.rest.items():
            self._rest[joints.index(name)] = angle
        self._lower, self._highest = joints.column("lower"), joints.column("upper")
        top = joints.column("velocity")
        self._largest = parameters.speed_share * top * period
        self._blend_speed = parameters.blend_share * top
        self._position = np.array(start, dtype=np.float64)
        self._velocity = np.zeros(len(joints))
        self._look = [Settling(0.0, parameters.look_settle) for _ in range(2)]
        self._look_target = np.zeros(2)
        self._arms = Settling(0.0, parameters.swing_settle)
        count = len(joints)
        self._sources: list[Playing | None] = [None] * count
        self._from = self._position.copy()
        self._from_velocity = np.zeros(count)
        self._since, self._duration = np.full(count, np.inf), np.full(count, parameters.blend)
        self._left = np.zeros(count)

    def learn(self, clips: Mapping[str, Clip]) -> None:
        """Take other clips from now on; one that plays goes on in its new shape."""
        self._clips = dict(clips)
        self._places = {name: self._joints.indices(*clip.joints) for name, clip in clips.items()}

    def advance(
        self, state: State, wanted: Posture, *, feet_apart: float, lead: float = 0.0
    ) -> Array:
        """Return the joint angles for this tick, shape (n,) [rad].

        Args:
            state: Time, and pose for looking.
            wanted: The clip and the point to look at.
            feet_apart: How far the left sole is ahead of the right one [m].
            lead: Clips are read so far ahead [s].

        Raises:
            UnknownName: There is no such clip.
        """
        target = self._base_posture(state, wanted, feet_apart)
        sources: list[Playing | None] = [None] * len(target)
        for one in reversed(self.playing(wanted, state.time)):
            angles = self._clips[one.clip].evaluate(state.time - one.start + lead)
            for place, angle in zip(self._places[one.clip], angles, strict=True):
                target[place], sources[place] = angle, one
        target = np.where(self._upper, target, self._rest)
        target = clamped(target, self._lower, self._highest)
        if sources != self._sources:
            changed = [new != old for new, old in zip(sources, self._sources, strict=True)]
            self._sources = sources
            self._begin_blend(target, np.array(changed) & self._upper)
        self._since += self._period
        next_stage = (self._since >= self._duration) & (self._left != 0.0)
        if next_stage.any():
            self._begin_blend(target, next_stage)
        target = clamped(self._blend(target), self._lower, self._highest)
        step = clamped(target - self._position, -self._largest, self._largest)
        self._position = self._position + step
        self._velocity = step / self._period
        return self._position

    def playing(self, wanted: Posture, time: float) -> tuple[Playing, ...]:
        """Return the clips that play at ``time`` [s], the foremost first.

        Raises:
            UnknownName: There is no such clip.
        """
        named = (Playing(wanted.clip, wanted.start), *wanted.beside)
        return tuple(one for one in named if one.clip and self._is_on(one, time))

    def _is_on(self, one: Playing, time: float) -> bool:
        if one.clip not in self._clips:
            raise UnknownName("behaviour", one.clip, list(self._clips))
        clip = self._clips[one.clip]
        return one.start <= time and (clip.loop or time <= one.start + clip.duration)

    def _begin_blend(self, target: Array, changed: BoolArray) -> None:
        """Begin to go over to ``target`` (n,), in a time that suits the farthest joint changed."""
        way = target - self._position
        reach = self._blend_speed * self._parameters.longest / 1.875
        home = np.array([one is None for one in self._sources])
        left = np.where(home, way - clamped(way, -reach, reach), 0.0)
        self._left[changed] = left[changed]
        slowest = 1.875 * np.abs(way - left)[changed] / self._blend_speed[changed]
        self._from[changed] = self._position[changed]
        self._from_velocity[changed] = self._velocity[changed]
        self._since[changed] = 0.0
        self._duration[changed] = max(self._parameters.blend, float(slowest.max(initial=0.0)))

    def _blend(self, target: Array) -> Array:
        """Cross over from the last source, running on, to ``target`` (n,).

        A minimum-jerk move is at its fastest 1.875 times its mean speed.
        """
        if (self._since >= self._duration).all():
            return target
        share = np.minimum(self._since / self._duration, 1.0)
        weight = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        slowing = self._parameters.blend / 4.0  # soon enough not to run far
        ran_on = slowing * -np.expm1(-self._since / slowing)
        left = (1.0 - weight) * (self._from + self._from_velocity * ran_on)
        return np.asarray(left + weight * (target - self._left))

    def _base_posture(self, state: State, wanted: Posture, feet_apart: float) -> Array:
        """Return rest posture with arm swing and gaze, shape (n,) [rad]."""
        parameters = self._parameters
        target = self._rest.copy()
        limit = parameters.swing_limit
        # positive shoulder pitch is backwards-down: the arm goes with the other leg
        swing = min(max(parameters.swing_gain * feet_apart, -limit), limit)
        swing = self._arms.follow(swing, self._period)
        target[list(self._shoulders)] += (swing, -swing)
        point = wanted.look_at_in_map
        goal = np.zeros(2) if point is None else self.gaze(state.pose_base_in_map, point)
        most = parameters.look_speed * self._period
        self._look_target = self._look_target + clamped(goal - self._look_target, -most, most)
        for place, axis, angle in zip(self._head, self._look, self._look_target, strict=True):
            target[place] = axis.follow(float(angle), self._period)
        return target

    def gaze(self, pose_base_in_map: Array, point_in_map: Array) -> Array:
        """Return (yaw, pitch) of the head towards a point (3,), within its limits [rad]."""
        parameters = self._parameters
        x, y, yaw = pose_base_in_map
        dx, dy = point_in_map[0] - x, point_in_map[1] - y
        ahead = math.cos(yaw) * dx + math.sin(yaw) * dy - parameters.head_in_base[0]
        left = -math.sin(yaw) * dx + math.cos(yaw) * dy - parameters.head_in_base[1]
        up = point_in_map[2] - parameters.base_height - parameters.head_in_base[2]
        angles = (math.atan2(left, ahead), -math.atan2(up, math.hypot(ahead, left)))
        limit = np.array(parameters.look_limit)
        return clamped(angles, -limit, limit)


def _is_leg(joint: str) -> bool:
    return any(part in joint for part in ("hip", "knee", "ankle"))
