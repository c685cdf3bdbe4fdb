"""Into a station: to a staging pose by the planner, then straight in at a creep, checked at rest.

The last stretch follows the station's own line (through its pose, along its yaw). At rest the error
is averaged; a robot that is off mends heading and depth where it stands, and backs out to try again
where it stands beside the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import compose, relative, wrap
from robotics.core.messages import BaseGoal, Drive, GoTo, State, Stay
from robotics.planning.goals import has_arrived

AT_REST = 0.02
"""Slower than this the base stands [m/s, and rad/s of turn]."""
HERE = 0.04
"""Nearer than this to the station it stands in it already [m, and rad]."""
SLACK = 1.5
"""A try may take so many times what it takes when nobody is in the way."""


class Phase(StrEnum):
    """What a robot on its way into a station is doing."""

    STAGE = "stage"
    TURN = "turn"
    LINE = "line"
    CHECK = "check"
    MEND = "mend"
    BACK = "back"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DockingConfig:
    """How a robot docks."""

    staging: float = 1.3
    """From the staging pose to the station [m]."""
    tolerance: float = 0.010
    """Of the place, at rest [m]."""
    tolerance_yaw: float = 0.009
    """Of the heading, at rest [rad]."""
    creep: float = 0.15
    """Speed on the last stretch [m/s]."""
    slowest: float = 0.03
    """Speed of the last centimetres [m/s]."""
    backing: float = 0.2
    """Speed backwards [m/s]."""
    reach: float = 0.22
    """Length within which the line is joined [m]."""
    turn_rate: float = 0.4
    """[rad/s]."""
    lag: float = 0.08
    """From a decision to the motion: one decision's hold and the body's delay [s]."""
    resting: float = 0.6
    """How long the error is averaged [s]."""
    tries: int = 6
    """Before it is given up."""


@dataclass(slots=True)
class Docking:
    """One robot on its way into one station; ask ``base`` at every decision.

    Attributes:
        station: Where the base has to be, (x, y, yaw) in the map.
        config: How.
        phase: What it is doing.
        tries: How often it drove in.
        error: At the last check: ahead, to the left [m], turned [rad], shape (3,).
    """

    station: Array
    config: DockingConfig = DockingConfig()
    phase: Phase = Phase.STAGE
    tries: int = 0
    error: Array = field(default_factory=lambda: np.full(3, np.inf))
    _since: float | None = None
    _seen: list[Array] = field(default_factory=list)
    _mends: int = 0

    def __post_init__(self) -> None:
        self.station = np.asarray(frozen(self.station))

    @property
    def staging(self) -> GoTo:
        """The goal that the shared planner gets."""
        pose = compose(self.station, (-self.config.staging, 0.0, 0.0))
        return GoTo(frozen(pose), tolerance=0.06, tolerance_yaw=0.06)

    @property
    def is_inside(self) -> bool:
        """Whether it has left the staging pose for the station."""
        return self.phase not in (Phase.STAGE, Phase.FAILED)

    def base(self, state: State) -> BaseGoal:
        """Return what the base has to do now; moves on to the next phase by itself."""
        since = state.time if self._since is None else self._since
        self._since = since
        error = relative(self.station, state.pose_base_in_map)
        step = {
            Phase.STAGE: self._stage,
            Phase.TURN: self._turn,
            Phase.LINE: self._line,
            Phase.CHECK: self._check,
            Phase.MEND: self._mend,
            Phase.BACK: self._back,
        }.get(self.phase)
        return Stay() if step is None else step(state, error, state.time - since)

    def _enter(self, phase: Phase, state: State) -> BaseGoal:
        self.phase, self._since = phase, state.time
        self._seen.clear()
        return Stay()

    # ------------------------------------------------------------------ phases

    def _stage(self, state: State, error: Array, _: float) -> BaseGoal:
        config, goal = self.config, self.staging
        if np.hypot(error[0], error[1]) < HERE and abs(error[2]) < HERE and _rests(state):
            return self._enter(Phase.CHECK, state)
        ready = has_arrived(state, goal)
        inside = -config.staging < error[0] < -0.5 and abs(error[1]) < 0.02 * -error[0]
        if (ready or (inside and abs(error[2]) < 0.3)) and _rests(state):
            self._mends = 0
            return self._enter(Phase.TURN, state)
        return goal

    def _turn(self, state: State, error: Array, lasted: float) -> BaseGoal:
        """Turn on the spot to where the line is joined."""
        off = wrap(float(error[2]) - _heading(error, self.config))
        if abs(off) < 0.02 and _rests(state):
            self.tries += 1
            return self._enter(Phase.LINE, state)
        if lasted > 20.0:
            return self._enter(Phase.BACK, state)
        return self._spin(off)

    def _line(self, state: State, error: Array, lasted: float) -> BaseGoal:
        """Creep in along the line."""
        config = self.config
        left = -float(error[0]) - config.lag * float(state.twist_base_in_base[0])
        if left <= 0.002:
            return self._enter(Phase.CHECK, state)
        if lasted > SLACK * config.staging / config.creep + 10.0:  # somebody stands in the way
            return self._enter(Phase.BACK, state)
        speed = min(config.creep, max(config.slowest, 0.7 * left))
        off = wrap(float(error[2]) - _heading(error, config))
        rate = -speed / config.reach * 2.0 * off
        limit = config.turn_rate
        return Drive(np.array([speed, 0.0, min(max(rate, -limit), limit)]))

    def _check(self, state: State, error: Array, lasted: float) -> BaseGoal:
        """Average at rest; then it is good, or mended, or tried again."""
        config = self.config
        if not _rests(state):
            self._seen.clear()
            return Stay() if lasted < 5.0 else self._enter(Phase.BACK, state)
        self._seen.append(error)
        if len(self._seen) * 0.05 < config.resting:
            return Stay()
        self.error = mean = np.mean(self._seen, axis=0)
        if np.hypot(mean[0], mean[1]) <= config.tolerance and abs(mean[2]) <= config.tolerance_yaw:
            return self._enter(Phase.DONE, state)
        if abs(mean[1]) <= 0.8 * config.tolerance and self._mends < 4:
            self._mends += 1
            return self._enter(Phase.MEND, state)
        if self.tries >= config.tries:
            return self._enter(Phase.FAILED, state)
        return self._enter(Phase.BACK, state)

    def _mend(self, state: State, error: Array, lasted: float) -> BaseGoal:
        """Turn on the spot, then a little on or back."""
        config = self.config
        ahead = float(error[0]) + config.lag * float(state.twist_base_in_base[0])
        turned = float(error[2]) + config.lag * float(state.twist_base_in_base[2])
        if lasted > 4.0:
            return self._enter(Phase.CHECK, state)
        if abs(turned) > 0.4 * config.tolerance_yaw:
            return self._spin(turned, most=0.1)
        if abs(ahead) > 0.3 * config.tolerance:
            return Drive(np.array([-math.copysign(config.slowest, ahead), 0.0, 0.0]))
        return self._enter(Phase.CHECK, state)

    def _back(self, state: State, error: Array, lasted: float) -> BaseGoal:
        """Back out as far as the line can be joined again."""
        config = self.config
        far = config.staging - 0.2
        if error[0] <= -far or lasted > 3.0 * far / config.backing:
            if self.tries >= config.tries:
                return self._enter(Phase.FAILED, state)
            self._mends = 0
            return self._enter(Phase.STAGE, state)
        rate = 0.8 * wrap(-float(error[2]))
        return Drive(np.array([-config.backing, 0.0, min(max(rate, -0.2), 0.2)]))

    def _spin(self, off: float, most: float = np.inf) -> BaseGoal:
        rate = min(max(abs(off), 0.04), self.config.turn_rate, most)
        return Drive(np.array([0.0, 0.0, -math.copysign(rate, off)]))


def failed(docking: Docking) -> str:
    """Return why it was given up, for people to read; "" while it was not."""
    if docking.phase is not Phase.FAILED:
        return ""
    ahead, left, turned = docking.error
    off = f"{100.0 * math.hypot(ahead, left):.1f} cm and {math.degrees(abs(turned)):.1f}° off"
    return f"not in the station after {docking.tries} tries" + (
        f", {off}" if math.isfinite(ahead) else ": the way in stays blocked"
    )


def again(docking: Docking) -> Docking:
    """Return a new attempt at the same station."""
    return replace(Docking(docking.station, docking.config))


def _heading(error: Array, config: DockingConfig) -> float:
    """Return the heading, from the line's, that joins the line within ``reach`` [rad]."""
    return math.atan2(-float(error[1]), config.reach)


def _rests(state: State) -> bool:
    vx, _, wz = state.twist_base_in_base
    return abs(float(vx)) < AT_REST and abs(float(wz)) < AT_REST
