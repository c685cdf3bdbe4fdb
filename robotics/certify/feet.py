"""How soon stepping feet stand: the gait itself, on ground that does what the gait expects."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import replace

import numpy as np

from robotics.behaviour.clips import LANDED, Behaviour
from robotics.behaviour.compiled import Stretch
from robotics.certify.stage import Stage
from robotics.control.cadence import PREPARED, Beat, beat_at, footfall_time
from robotics.control.com_observer import Seen
from robotics.control.gait import BodyReference, Gait, Phase
from robotics.core.arrays import Array
from robotics.robots.greeter.config import PERIOD

STEPS = 6
"""So many steps are looked at; later ones repeat them."""
EVERY, OFTEN = 16, 4
"""Ticks between two instants at which it is stopped: 80 ms, and 20 ms where phases matter."""
SOON = 0.8
"""What always stands sooner needs no phases [s]."""
FINE, AROUND = 0.01, 0.016
"""Phases of a step are so far apart; what is so near counts as the same [s]."""
PATIENCE = 3.0
"""A gait that has not come to a stand after this never does [s]."""
CALM = 2.2
"""It stands for so long before: the gait learns its gyro first [s]."""


def stopping_times(stage: Stage, behaviour: Behaviour, times: Array) -> Array:
    """Return how long the feet take to stand when stopped at each of ``times`` (e,) [s]."""
    took = np.zeros(len(times))
    for one in behaviour.feet:
        inside = (times >= one.start - PREPARED) & (times <= one.end + LANDED)
        known = stops_of(stage, one)
        since, phases = times[inside] - one.start, known[1:]
        place = since % footfall_time(one) / footfall_time(one) * len(phases)
        nearest = np.floor(place).astype(int) % len(phases)
        took[inside] = np.maximum(took[inside], np.where(since < 0.0, known[0], phases[nearest]))
    return took


def worst_stop(stage: Stage, stretch: Stretch) -> float:
    """Return the longest time to a stand from any instant of a stretch [s]; known ones at once."""
    return float(stops_of(stage, stretch).max())


def stops_of(stage: Stage, stretch: Stretch) -> Array:
    """Return the ``profile`` of a stretch, the worst alone if none is late; known ones at once."""
    key = key_of(stage, stretch)
    if key not in stage.stops:
        within = replace(stretch, twist=key[:3])
        worst = max(took for _, took in stops(stage, within))
        phases = np.array([worst, worst])
        if worst > SOON:
            phases = profile(stops(stage, within, every=OFTEN), within)
        stage.stops[key] = phases
    return stage.stops[key]


def profile(found: list[tuple[float, float]], stretch: Stretch) -> Array:
    """Return the longest time to a stand, shape (1 + phases,) [s]: before the start, then by phase.

    Each phase of a step counts what was found a little before and after it, too: the foot that
    should come down on the beat is some milliseconds early or late.

    Args:
        found: (instant after the stretch's start [s], time to a stand from there [s]).
        stretch: What the feet do.
    """
    every = footfall_time(stretch)
    phases = np.arange(round(every / FINE)) * FINE + 0.5 * FINE
    instants, took = np.array(found).T
    before = took[instants < 0.0].max(initial=0.0)
    apart = np.abs((instants[None, :] - phases[:, None] + 0.5 * every) % every - 0.5 * every)
    near = (apart <= AROUND) & (instants >= 0.0)
    if not near.any(axis=1).all():  # too few instants to tell phases apart
        return np.full(1 + len(phases), took.max())
    return np.concatenate([[before], np.where(near, took[None, :], 0.0).max(axis=1)])


def key_of(stage: Stage, stretch: Stretch) -> tuple[float, float, float, float, float]:
    """Return what the stopping of a stretch depends on: twist, beat, length.

    The gait follows nothing faster than its largest twist.
    """
    pairs = zip(stretch.twist, stage.config.walk.largest_twist, strict=True)
    vx, vy, wz = (min(max(asked, -limit), limit) for asked, limit in pairs)
    length = min(stretch.end - stretch.start, STEPS * footfall_time(stretch))
    return vx, vy, wz, stretch.step_time, round(length, 6)


def stops(stage: Stage, stretch: Stretch, *, every: int = EVERY) -> list[tuple[float, float]]:
    """Return (instant after the stretch's start [s], time to a stand from there [s]).

    Args:
        stage: The body.
        stretch: What the feet do.
        every: Ticks between two instants.
    """
    walk = stage.config.walk
    gait = Gait(walk, stage.config.stand, period=PERIOD, mass=stage.dynamics.mass)
    ground = _Ground(gait, stage.dynamics.mass, walk.response)
    for _ in range(round(CALM / PERIOD)):
        ground.step(gait, np.zeros(3), None)
    length = min(stretch.end - stretch.start, STEPS * footfall_time(stretch))
    moved = replace(stretch, start=PREPARED, end=PREPARED + length)
    twist, found = np.array(stretch.twist), []
    for tick in range(round((PREPARED + length) / PERIOD)):
        time = tick * PERIOD
        here = twist if time >= PREPARED else np.zeros(3)
        ground.step(gait, here, beat_at([moved], time))
        if tick % every == 0 and gait.phase is not Phase.STAND:
            found.append((time - PREPARED, _stand(gait, ground)))
    return found or [(0.0, 0.0)]


def _stand(gait: Gait, ground: _Ground) -> float:
    """Return how long a copy of the gait takes to a stand from now on [s]."""
    gait, ground = copy.deepcopy((gait, ground))
    for tick in range(1, round(PATIENCE / PERIOD) + 1):
        ground.step(gait, np.zeros(3), None)
        if gait.phase is Phase.STAND:
            return tick * PERIOD
    return PATIENCE


class _Ground:
    """Level ground and a body that does at once what the gait asks."""

    def __init__(self, gait: Gait, mass: float, response: float) -> None:
        self._weight = mass * 9.81
        late = round(response / PERIOD)
        self._motion = deque([(np.zeros(2), np.zeros(2))] * (1 + late), maxlen=1 + late)
        self._soles, self._yaw = gait.soles[:, :2].copy(), gait.sole_yaw.copy()
        self._height = np.zeros(2)
        self._rising = True
        self._heading = 0.0

    def step(self, gait: Gait, twist: Array, beat: Beat | None) -> BodyReference:
        """Let one tick pass."""
        force = np.full(2, 0.5 * self._weight)
        if gait.phase is Phase.STEP:
            down = not self._rising and self._height[1 - gait.stance] < 0.002
            force[1 - gait.stance] = 0.5 * self._weight if down else 0.0
            force[gait.stance] = self._weight - force[1 - gait.stance]
        seen = Seen(
            com=self._motion[0][0],
            velocity=self._motion[0][1],
            soles=self._soles,
            sole_yaw=self._yaw,
            force=force,
            yaw=self._heading,
            tilt=np.zeros(2),
            tilt_rate=np.zeros(2),
        )
        body = gait.advance(seen, twist, beat=beat)
        velocity = (body.com[:2] - self._motion[-1][0]) / PERIOD
        self._motion.append((body.com[:2].copy(), velocity))
        self._heading = body.yaw
        self._soles, self._yaw = body.soles[:, :2].copy(), body.sole_yaw.copy()
        swung = 1 - body.stance
        self._rising = bool(body.soles[swung, 2] >= self._height[swung])
        self._height = body.soles[:, 2].copy()
        return body
