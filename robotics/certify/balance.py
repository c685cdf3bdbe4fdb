"""Balance: the zero-moment point and the divergent component of motion over the soles.

The zero-moment point is that of the full dynamics: every link's weight, acceleration and turning.
The divergent component ξ = c + ċ / ω (Takenaka et al., IROS 2009; Hof's extrapolated centre of
mass, J. Biomech. 2008) tells whether the controller would still stand or begin to step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.stage import BEFORE, Performance, Stage
from robotics.certify.when import beat_of
from robotics.control import pendulum
from robotics.control.dynamics import Effort
from robotics.core.arrays import Array, BoolArray

AXES = (
    ("forward", "cm", 100.0, 0.006),
    ("left", "cm", 100.0, 0.006),
    ("up", "cm", 100.0, 0.006),
    ("turn", "deg", float(np.degrees(1.0)), 0.03),
)
"""Of the trunk: name, the author's unit, its scale, and how late it may come [m], [rad]."""
_CURE = (
    "动作小一点或慢一点：重心移得太快",
    "move less far, or slower: the weight would have to move too fast",
)


@dataclass(frozen=True, slots=True)
class Support:
    """The rectangle that both soles span, about the middle between the ankles [m]."""

    low: Array
    """(rear, right), shape (2,)."""
    high: Array
    """(front, left), shape (2,)."""

    @staticmethod
    def of(stage: Stage) -> Support:
        """Return that of the standing greeter."""
        sole, half = stage.config.observer, 0.5 * stage.config.walk.stance_width
        side = half + sole.sole_side
        return Support(np.array([sole.sole_rear, -side]), np.array([sole.sole_front, side]))

    def margin(self, point: Array) -> Array:
        """Return the distance of points (t, 2) to the nearest edge, negative outside, (t,) [m]."""
        return np.asarray(np.minimum(point - self.low, self.high - point).min(axis=1))


def zmp_margin(stage: Stage, effort: Effort, margins: Margins) -> Array:
    """Return how far the zero-moment point stays inside, whatever runs beside, shape (t,) [m]."""
    support, idle = Support.of(stage), np.array(margins.idle_zmp) + margins.beside_zmp
    inside = Support(support.low + idle, support.high - idle)
    return inside.margin(effort.zmp)


def check_balance(
    stage: Stage, played: Performance, effort: Effort, margins: Margins
) -> tuple[Finding, ...]:
    """Return where the greeter could fall over, or would have to step."""
    found = [*_reach(played), *_trunk(stage, played)]
    margin = zmp_margin(stage, effort, margins)
    problem = ("可能站不稳", "it could fall: the ground's push comes too near to the soles' edge")
    found += _worst(played, "balance", margin, margins.zmp, problem)
    if not played.behaviour.feet:
        capture = _capture_margin(stage, played, effort, margins)
        problem = ("重心晃出脚底，会迈步", "the weight swings out so far that it would take a step")
        found += _worst(played, "balance", capture, margins.capture, problem)
    stepping = _stepping(played.behaviour, played.instants)
    if stepping.any():
        off = np.abs(effort.zmp).max(axis=1)
        spare = np.where(stepping, margins.stepping_zmp - off, np.inf)
        problem = ("踏步时手臂甩得太猛", "the arms pull too hard while the feet step")
        found += _worst(played, "balance_stepping", spare, 0.0, problem)
    return tuple(found)


def _capture_margin(stage: Stage, played: Performance, effort: Effort, margins: Margins) -> Array:
    """Return how far ξ stays inside what standing can hold, shape (t,) [m]."""
    stand = stage.config.stand
    omega = pendulum.rate(float(effort.com[:, 2].min()))
    velocity = np.gradient(effort.com[:, :2], played.motion.period, axis=0)
    idle = np.array([0.0, stand.sway])
    region = Support(np.array(stand.capture_low) + idle, np.array(stand.capture_high) - idle)
    return region.margin(effort.com[:, :2] + velocity / omega)


def _worst(
    played: Performance, rule: str, margin: Array, least: float, problem: tuple[str, str]
) -> list[Finding]:
    """Return one finding for the smallest margin, if it is too small."""
    worst = int(margin.argmin())
    if margin[worst] >= least:
        return []
    time = float(played.instants[worst])
    return [
        Finding(
            rule,
            problem,
            _CURE,
            time=time,
            beat=beat_of(played.behaviour.grid, time),
            value=100.0 * float(margin[worst]),
            limit=100.0 * least,
            unit="cm",
        )
    ]


def _reach(played: Performance) -> list[Finding]:
    """Return the first instant at which a leg is too short."""
    if played.reachable.all():
        return []
    time = float(played.instants[int(np.argmin(played.reachable))])
    problem = ("腿够不着地", "a leg is too short for this")
    cure = ("身体别升那么高、别移那么远", "raise or move the trunk less")
    beat = beat_of(played.behaviour.grid, time)
    return [Finding("leg_reach", problem, cure, time=time, beat=beat)]


def _trunk(stage: Stage, played: Performance) -> Iterator[Finding]:
    """Yield where the trunk controller would cut off what was asked, or come late."""
    limits = stage.config.trunk
    on = (played.time >= 0.0) & (played.time <= played.behaviour.duration)
    followed = on & (played.time >= limits.blend)
    for axis, (name, unit, scale, slack) in enumerate(AXES):
        low, high = limits.low[axis], limits.high[axis]
        asked = played.trunk_asked[on, axis]
        over = np.maximum(asked - high, low - asked)
        ahead = played.time[followed] + limits.lead[axis // 2]  # as the body reads it
        wanted = np.interp(ahead, played.time, played.trunk_asked[:, axis])
        late = np.abs(wanted - played.trunk[followed, axis])
        if over.max(initial=0.0) > 1e-9:
            worst = int(over.argmax())
            value, time = float(asked[worst]), float(played.time[on][worst])
            problem = ("身体移得太远", "the trunk is asked too far")
            found = Finding("trunk_range", problem, ("改小一点", "ask for less"))
            limit = high if value > high else low
        elif late.max(initial=0.0) > slack:
            worst = int(late.argmax())
            value, time = float(late[worst]), float(played.time[followed][worst])
            problem = ("身体跟不上", "the trunk cannot follow so fast; it comes late by")
            cure = ("慢一点，或移得小一点", "give it more time, or ask for less")
            found, limit = Finding("trunk_speed", problem, cure), slack
        else:
            continue
        yield replace(
            found,
            joint=f"trunk {name}",
            time=time,
            beat=beat_of(played.behaviour.grid, time),
            value=value * scale,
            limit=limit * scale,
            unit=unit,
        )


def _stepping(behaviour: Behaviour, instants: Array) -> BoolArray:
    """Return at which instants (t,) the feet step, or are about to."""
    stepping = np.zeros(len(instants), dtype=np.bool_)
    for one in behaviour.feet:
        stepping |= (instants >= one.start - BEFORE) & (instants <= one.end)
    return stepping
