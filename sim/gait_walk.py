"""One walk for the gait report: the trial of the benchmarks, written down."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.walked import Fall, Motors, Sole, Walked, WalkOrder
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.reflexes import Plight, Reflexes
from robotics.robots.greeter.walker import largest_twist
from robotics.wire.servos import XM540_W150
from sim import heat
from sim.gait_trial import Push, Quirks, Setting, Trial
from sim.gait_watch import GaitWatch
from sim.grounds import GROUNDS
from sim.onlooker import Onlooker

AFTER = 1.2
"""A fall is looked at for so long [s]."""
CONTINUOUS = 0.20
"""Of the stall torque: what the maker estimates that a servo gives for long."""
SOURCE = (
    "20 % of stall torque, the maker's estimate where a data sheet gives stall torque only"
    " (ROBOTIS, “Torque Ratings”, 2020); the URDF gives no continuous rating"
)
TELL_EVERY = 20
"""Ticks."""


def walk(order: WalkOrder, tell: Callable[[float], None] = lambda since: None) -> Walked:
    """Let the greeter walk as ordered; return what happened.

    Args:
        order: What is ordered; its ground is one of ``sim.grounds.GROUNDS``.
        tell: Is given the time since the robot has settled [s], ten times a second.

    Raises:
        MissingDependency: PyBullet or Pinocchio is not installed.
    """
    watch, config = GaitWatch(), GreeterConfig()
    top = largest_twist(config)
    asked = limited(order.twist, top)
    trial = Trial(_setting(order, asked, config, watch))
    falls, ticks = _Falls(order.reflexes), 0
    while trial.since < order.seconds - 1e-9 and not falls.is_over(trial.since):
        trial.tick()
        falls.look(trial, watch.touched)
        ticks += 1
        if ticks % TELL_EVERY == 0:
            tell(max(trial.since, 0.0))
    trial.close()
    spec = trial.body.spec
    sole, walk_parameters = spec.soles[0], config.walk
    half = 0.5 * sole.length
    rear, front = walk_parameters.cop_forward
    truth = watch.truth()
    return Walked(
        order=order,
        asked=asked,
        largest=top,
        ground=GROUNDS[order.ground].words,
        time=frozen(np.array(watch.time)),
        truth=truth,
        belief=watch.belief(),
        motors=_motors(trial, truth.torque[: falls.rows(watch.time)]),
        sole=Sole(sole.centre + half, sole.centre - half, 0.5 * sole.width),
        mass=spec.model.mass,
        period=PERIOD,
        step_time=walk_parameters.step_time,
        cop_limits=Sole(front, rear, walk_parameters.cop_outward),
        figures=falls.figures or figures(trial.seen),
        fall=falls.fall,
    )


def limited(
    twist: tuple[float, float, float], top: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return ``twist`` within what the walk takes."""
    vx, vy, wz = (min(max(one, -most), most) for one, most in zip(twist, top, strict=True))
    return vx, vy, wz


def figures(seen: Onlooker) -> dict[str, float]:
    """Return what the benchmarks' onlooker has counted so far, SI."""
    slips = np.array(seen.slips or [0.0])
    seconds = seen.poses[-1][0] - seen.poses[0][0] if seen.poses else 0.0
    return {
        "seconds": seconds,
        "ahead_m": float(seen.distance[0]),
        "left_m": float(seen.distance[1]),
        "turned_rad": seen.turned,
        "slip_mean_m": float(slips.mean()),
        "slip_p95_m": float(np.percentile(slips, 95)),
        "slip_max_m": float(slips.max()),
        "airborne_fraction": seen.airborne,
        "penetration_m": seen.deepest,
        "torque_ratio_max": seen.torque_ratio,
    }


def _setting(
    order: WalkOrder,
    asked: tuple[float, float, float],
    config: GreeterConfig,
    watch: GaitWatch,
) -> Setting:
    ground, push = GROUNDS[order.ground], order.push
    return Setting(
        lambda since: asked,
        order.seconds,
        order.seed,
        lay=lambda world: ground.lay(world, order.seed),
        push=None if push is None else Push(push.time, push.impulse, push.length),
        quirks=Quirks(ground=ground.friction),
        config=config,
        reflexes=order.reflexes,
        watch=watch.look,
    )


class _Falls:
    """Sees that it falls, and whether it gets up."""

    def __init__(self, reflexes: bool) -> None:
        self._reflexes = reflexes
        self.fall: Fall | None = None
        self.figures: dict[str, float] = {}

    def look(self, trial: Trial, touched: str) -> None:
        """Look at one tick."""
        tipped = trial.seen.fell == "tipped over"
        if trial.seen.fell and self.fall is None and (tipped or touched):
            sign = (
                "the trunk leans more than 45°" if tipped else f"the {touched} touches the ground"
            )
            self.fall = Fall(trial.since, sign.replace("_", " "))
            self.figures = figures(trial.seen)
        fall, locomotion = self.fall, trial.locomotion
        if fall is None or fall.stood_again is not None or not isinstance(locomotion, Reflexes):
            return
        if locomotion.plight is Plight.FEET and trial.since > fall.time + AFTER:
            self.fall = replace(fall, stood_again=trial.since)

    def rows(self, time: list[float]) -> int:
        """Return how many of the instants ``time`` [s] were before a fall, at least one."""
        end = math.inf if self.fall is None else self.fall.time
        return max(1, sum(one < end for one in time))

    def is_over(self, since: float) -> bool:
        """Whether there is nothing more to see."""
        if self.fall is None or self._reflexes:
            return False
        return since > self.fall.time + AFTER


def _motors(trial: Trial, torque: Array) -> Motors:
    spec = trial.body.spec
    loss = spec.motors.copper_loss * torque**2
    warm = np.full(loss.shape[1], heat.AMBIENT)
    for row in loss:
        warm = heat.warmed(warm, row, PERIOD)
    mean = loss.mean(axis=0)
    limit = float(XM540_W150["temperature_limit"].initial)
    stall = np.asarray(spec.motors.stall)
    return Motors(
        names=spec.model.joints.names,
        stall=stall,
        continuous=CONTINUOUS * stall,
        source=SOURCE,
        heat=frozen(warm),
        settled=frozen(heat.settled(mean)),
        until_limit=frozen(heat.time_to(limit, mean)),
        limit=limit,
        ambient=heat.AMBIENT,
        thermal=(
            f"copper loss of the DC machine, {heat.HEATING:g} K/W to the air at"
            f" {heat.AMBIENT:g} °C, time constant {heat.SLOWNESS:g} s, each joint as one servo:"
            " the law of the emulated servos, which switch off at"
            f" {limit:g} °C (their register 31)"
        ),
    )
