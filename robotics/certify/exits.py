"""How soon a behaviour that is broken off has come to a stable pose, from every instant.

Stable: head and arms at rest, the trunk back over the middle, both feet down. The laws are those of
`control.posture`, `control.trunk` and `control.gait`, for many instants at once; tests compare them
with these controllers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.feet import stopping_times
from robotics.certify.stage import Performance, Stage
from robotics.certify.when import beat_of
from robotics.control.posture import PostureParameters
from robotics.control.trunk import TrunkParameters
from robotics.core.arrays import Array, IntArray
from robotics.robots.greeter.config import PERIOD

PEAK = 1.875
"""Peak over mean speed of a minimum-jerk move."""
BACK = np.array([0.003, 0.003, 0.003, 0.02])
"""The trunk is back when it is so near to the middle [m], [rad]."""
HORIZON = 2.4
"""Ways back are followed for so long at most [s]."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Ways home of joints from many instants at once."""

    start: Array
    """Shape (e, k) [rad]."""
    velocity: Array
    """Shape (e, k) [rad/s]."""
    target: Array
    """Shape (e, k) [rad]: home, or as far towards it as the first stage goes."""
    duration: Array
    """Until they rest, shape (e,) [s]."""

    def at(self, share: float, slowing: float) -> Array:
        """Return the angles (e, k) when ``share`` of the duration has passed."""
        weight = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        ran_on = slowing * -np.expm1(-share * self.duration[:, None] / slowing)
        return np.asarray(
            (1.0 - weight) * (self.start + self.velocity * ran_on) + weight * self.target
        )


def leaving(
    start: Array, velocity: Array, home: Array, *, top: Array, parameters: PostureParameters
) -> Leaving:
    """Return the (first stage of the) way home.

    Args:
        start: Angles at the instants, shape (e, k) [rad].
        velocity: Shape (e, k) [rad/s].
        home: Rest posture, shape (k,) [rad].
        top: No-load speeds of the joints, shape (k,) [rad/s].
        parameters: Of the posture controller.
    """
    speed = parameters.blend_share * top
    reach = speed * parameters.longest / PEAK
    way = np.clip(home - start, -reach, reach)
    slowest = (PEAK * np.abs(way) / speed).max(axis=1, initial=0.0)
    return Leaving(start, velocity, start + way, np.maximum(parameters.blend, slowest))


def exit_times(stage: Stage, played: Performance) -> tuple[Array, Array]:
    """Return ticks of the behaviour (e,) [s] and the time to a stable pose from each (e,) [s]."""
    ticks = _ticks(played)
    took = np.zeros(len(ticks))
    if played.behaviour.clip is not None:
        took = np.maximum(took, _arms(stage, played, ticks).duration)
    if played.behaviour.sway is not None:
        took = np.maximum(took, _trunk(stage, played, ticks))
    if played.behaviour.feet:
        took = np.maximum(took, stopping_times(stage, played.behaviour, played.time[ticks]))
    return played.time[ticks], took


def check_exits(
    stage: Stage, played: Performance, margins: Margins
) -> tuple[tuple[Finding, ...], float]:
    """Return where leaving takes too long, and the longest time that it may take [s]."""
    behaviour = played.behaviour
    time, took = exit_times(stage, played)
    found: list[Finding] = []
    if not len(time):
        return tuple(found), 0.0
    end = behaviour.duration
    grid = behaviour.grid
    stops = np.array([behaviour.next_stop(float(t), end) for t in time])
    places = np.minimum(np.searchsorted(time, stops - 1e-9), len(time) - 1)
    after = took[places]
    allowed = min(behaviour.exit.within, margins.exit_time)
    worst = int(after.argmax())
    if after[worst] > allowed + 1e-9:
        stop = float(time[places[worst]])
        problem = ("中断后不能及时站稳", "broken off here, it takes too long to a stable pose")
        cure = (
            "动作离静止姿势近一点，或在别处允许打断",
            "stay nearer to the rest posture here, or allow to break off elsewhere",
        )
        found.append(
            Finding(
                "exit_time",
                problem,
                cure,
                time=stop,
                beat=beat_of(grid, stop),
                value=float(after[worst]),
                limit=allowed,
                unit="s",
            )
        )
    return tuple(found), float(after[worst])


def exit_paths(
    stage: Stage, played: Performance, *, every: float, phases: int
) -> tuple[Array, Array]:
    """Return postures on the ways home, and from which instant each comes.

    Args:
        stage: The body.
        played: What is broken off.
        every: Between the instants [s].
        phases: Postures on each stage of a way.

    Returns:
        Instants (p,) [s] and whole postures (p, n) [rad].
    """
    if played.behaviour.clip is None:
        return np.zeros(0), np.zeros((0, len(stage.rest)))
    ticks = _ticks(played)[:: max(1, round(every / PERIOD))]
    coarse = np.minimum(np.searchsorted(played.instants, played.time[ticks]), len(played.instants))
    whole = played.motion.position[np.minimum(coarse, len(played.instants) - 1)]
    joints = stage.model.joints
    places = list(joints.indices(*played.behaviour.clip.joints))
    times, postures = [], []
    one = _arms(stage, played, ticks)
    slowing = stage.config.upper.blend / 4.0
    home, top = stage.rest[places], joints.column("velocity")[places]
    for _ in range(3):  # no joint needs more stages: 3 · 1.2 rad
        for share in np.arange(1, phases + 1) / phases:
            posture = whole.copy()
            posture[:, places] = one.at(float(share), slowing)
            times.append(played.time[ticks])
            postures.append(posture)
        start = one.at(1.0, slowing)
        if np.abs(home - start).max(initial=0.0) < 1e-9:
            break
        still = np.zeros_like(start)
        one = leaving(start, still, home, top=top, parameters=stage.config.upper)
    return np.concatenate(times), np.concatenate(postures)


def _ticks(played: Performance) -> IntArray:
    """Return the ticks at which the behaviour plays, its end included."""
    return np.flatnonzero((played.time >= 0.0) & (played.time <= played.behaviour.duration + 1e-9))


def _arms(stage: Stage, played: Performance, ticks: IntArray) -> Leaving:
    assert played.behaviour.clip is not None
    joints = stage.model.joints
    places = list(joints.indices(*played.behaviour.clip.joints))
    start = played.upper[ticks][:, places]
    before = played.upper[np.maximum(ticks - 1, 0)][:, places]
    return leaving(
        start,
        (start - before) / PERIOD,
        stage.rest[places],
        top=joints.column("velocity")[places],
        parameters=stage.config.upper,
    )


def _trunk(stage: Stage, played: Performance, ticks: IntArray) -> Array:
    """Return when the trunk is back and stays there, from each tick (e,) [s]."""
    offset = played.trunk[ticks]
    velocity = (offset - played.trunk[np.maximum(ticks - 1, 0)]) / PERIOD
    return trunk_returns(stage.config.trunk, offset, velocity)


def trunk_returns(parameters: TrunkParameters, offset: Array, velocity: Array) -> Array:
    """Return how long the trunk takes back to the middle, shape (e,) [s].

    Args:
        parameters: Of the trunk controller.
        offset: Where it is, shape (e, 4) [m], [rad].
        velocity: Its rates, shape (e, 4).
    """
    start, drift, speed = offset, velocity, velocity.copy()
    now, target = offset.copy(), offset.copy()
    hardest = np.array(parameters.acceleration) * PERIOD
    top, slowing = np.array(parameters.speed), parameters.blend / 4.0
    back = np.zeros(len(offset))
    for tick in range(1, round(HORIZON / PERIOD) + 1):
        since = tick * PERIOD
        share = min(since / parameters.blend, 1.0)
        weight = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        ran_on = slowing * -np.expm1(-since / slowing)
        before, target = target, (1.0 - weight) * (start + drift * ran_on)
        going, behind = (target - before) / PERIOD, before - now
        braked = np.sqrt(2.0 * np.array(parameters.acceleration) * np.abs(behind)) + hardest
        wanted = np.clip(going + np.clip(behind / PERIOD, -braked, braked), -top, top)
        speed = speed + np.clip(wanted - speed, -hardest, hardest)
        now = now + PERIOD * speed
        away = (np.abs(now) > BACK).any(axis=1)
        back[away] = since
        if share >= 1.0 and not away.any():
            break
    return back
