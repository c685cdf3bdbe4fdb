"""The step that is being made: where it goes, when it ends, where the weight rests meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from robotics.control import pendulum, steps
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2


class Aim(NamedTuple):
    """What an undisturbed step would do; places (2,) in the axes of the stance foot [m]."""

    place: Array
    """The next footprint."""
    offset: Array
    """ξ from it on landing, drift included."""
    drift: Array
    """How much farther the body behaves as if its centre of pressure were."""
    turning: float
    """By how much the foot turns [rad]."""
    usual: float
    """Time from lift-off to landing [s]."""
    out: int
    """+1 where the swing foot is the left one, else -1."""
    foot: Array
    """Where the swing foot is now."""

    @property
    def middle_turn(self) -> Array:
        """Rotation half-way between the footprints, shape (2, 2): the direction of walking."""
        return rotation2(0.5 * self.turning)


def aim(
    walk: WalkParameters, twist: Array, out: int, foot: Array, *, drift: Array, omega: float
) -> Aim:
    """Return what a step of a walk with ``twist`` (3,) aims at; see ``Aim``."""
    usual = steps.step_time(walk, twist)
    turning = float(twist[2]) * usual
    offset = rotation2(turning) @ steps.nominal_offset(walk, twist, -out, omega=omega)
    place = rotation2(0.5 * turning) @ steps.nominal_step(walk, twist, out)
    return Aim(place, offset + drift, drift, turning, usual, out, foot)


@dataclass(slots=True)
class StepPlan:
    """Adapts a step to what is measured, tick by tick.

    Attributes:
        walk: Numbers of the walk.
        period: Time of a tick [s].
        duration: From lift-off to landing [s].
        cop: Centre of pressure, in the axes of the stance foot, shape (2,) [m].
        place: The next footprint, in the same axes, shape (2,) [m].
        push_back: Offsets of the stance leg's hip and ankle, about (ahead, left), shape (2,) [rad].
    """

    walk: WalkParameters
    period: float
    duration: float
    cop: Array = field(default_factory=lambda: np.zeros(2))
    place: Array = field(default_factory=lambda: np.zeros(2))
    push_back: Array = field(default_factory=lambda: np.zeros(2))
    _short: Array = field(default_factory=lambda: np.zeros(2))

    def begin(self, twist: Array, out: int) -> None:
        """Begin a step of a walk with ``twist`` (3,), to the side ``out``."""
        self.duration = steps.step_time(self.walk, twist)
        self.place = steps.nominal_step(self.walk, twist, out)

    def adapt(self, dcm: Array, towards: Aim, *, elapsed: float, omega: float) -> None:
        """Choose pressure, footprint and time for ξ at ``dcm`` (2,), in the stance foot's axes.

        Shortly before the landing nothing is changed any more; if it does not come, the footprint
        goes on with ξ.

        Args:
            dcm: ξ, without what the rest of the swing will do to it [m].
            towards: What an undisturbed step would do.
            elapsed: Time since lift-off [s].
            omega: Rate of the pendulum [1/s].
        """
        walk = self.walk
        left = self.duration - walk.response - elapsed
        if elapsed > self.duration:
            self._put_down(self._outlook(dcm, towards), towards, walk.cop_hold, omega)
        elif left > walk.cop_hold:
            target = towards.place + towards.offset
            wanted = pendulum.cop_to_reach(dcm, target, omega=omega, time=left)
            self.cop = steps.limit_cop(walk, wanted - towards.drift)
            outlook = self._outlook(dcm, towards)
            landing = self._put_down(outlook, towards, left, omega)
            self._short = (wanted - towards.drift - self.cop) * (
                float(landing.missed) > walk.push_back_from,
                1.0,
            )
            self.duration = steps.adapt_time(
                walk,
                self.duration,
                usual=towards.usual,
                elapsed=elapsed,
                arrival=steps.arrival(walk, outlook, landing, left=left, omega=omega),
            )
        self._press(dcm, towards.out)

    def relax(self) -> None:
        """Let go: both feet carry."""
        self._push_back(np.zeros(2))

    def last(self, dcm: Array, towards: Aim, *, elapsed: float, omega: float) -> Aim:
        """Return the aim of the last step of a walk: it ends with ξ half-way between the feet.

        Where no pressure under the sole can do that, it is an ordinary step: one more will follow.
        Arguments as those of ``adapt``.
        """
        left = max(self.duration - self.walk.response - elapsed, self.walk.cop_hold)
        offset = towards.drift - 0.5 * towards.place
        wanted = pendulum.cop_to_reach(dcm, towards.place + offset, omega=omega, time=left)
        if abs(float(wanted[1] - towards.drift[1])) > self.walk.cop_outward:
            return towards
        return towards._replace(offset=offset)

    def _press(self, dcm: Array, out: int) -> None:
        """Push the body back where neither pressure nor footprint is enough.

        Sideways when it falls over the outer edge, where no footprint can help; ahead and back
        when the footprint cannot be far enough.
        """
        ahead, aside = self._short
        if dcm[0] * ahead <= 0.0:
            ahead = 0.0
        if out * aside >= 0.0 or out * dcm[1] >= 0.0:
            aside = 0.0
        self._push_back(self.walk.push_back * np.array([-aside, ahead]))

    def _push_back(self, wanted: Array) -> None:
        walk = self.walk
        wanted = clamped(wanted, -walk.largest_push_back, walk.largest_push_back)
        comes, goes = walk.push_back_time
        grows = np.abs(wanted) > np.abs(self.push_back)
        share = self.period / np.where(grows, comes, goes)
        self.push_back = self.push_back + share * (wanted - self.push_back)

    def _outlook(self, dcm: Array, towards: Aim) -> steps.Outlook:
        """Return what is foreseen, in the direction of walking."""
        back = towards.middle_turn.T
        pivot = self.cop + towards.drift
        room = steps.Room(towards.out, towards.turning, back @ towards.foot)
        return steps.Outlook(back @ dcm, back @ pivot, back @ towards.offset, room)

    def _put_down(
        self, outlook: steps.Outlook, towards: Aim, left: float, omega: float
    ) -> steps.Landing:
        """Place the footprint where ξ will need it in ``left`` [s]; return it."""
        at_landing = pendulum.divergent_after(outlook.dcm, outlook.cop, omega=omega, time=left)
        wanted = at_landing - outlook.offset
        landing = steps.limit_step(self.walk, wanted, outlook.room, left=left)
        self.place = towards.middle_turn @ landing.place
        return landing
