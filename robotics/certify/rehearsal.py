"""A behaviour rehearsed under physics: the real robot, pushes, slippery ground, broken off.

The simulator is found by name, as ``robotics run --on sim`` finds it: nothing here imports it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from robotics.behaviour.clips import Behaviour, clips_of
from robotics.behaviour.finding import Finding, Texts
from robotics.core.messages import Goal, Posture, State, Twist2
from robotics.core.parts import Robot
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site
from robotics.robots.greeter.robot import build

START = 2.6
"""When the behaviour begins: by then the gait has learned the gyro's bias [s]."""
AFTER = 2.5
"""So long it is watched after its end [s]."""
IMPULSE = 2.0
"""Of a push [N·s]: a child that bumps into it; standing takes 5 (docs/walking.md)."""
ROUNDS = 3
"""Runs: one as it is, one with pushes on other ground, one broken off on yet another."""
SLIP = 0.02
"""A loaded sole may creep so far in a run [m]."""
BEYOND = 0.02
"""A joint may be driven beyond its limit by so much [rad]: the give of the servo."""
TOUCH = 0.003
"""Links that are nearer touch [m]."""
BROKEN_FROM, BROKEN_TO = 0.3, 0.8
"""Parts of the behaviour between which the last run breaks it off."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of it."""

    findings: tuple[Finding, ...]
    figures: dict[str, float] = field(default_factory=dict)
    outcomes: tuple[Any, ...] = ()
    """``sim.trial.Outcome`` of each run."""


def rehearse(
    behaviour: Behaviour, *, seed: int = 1, rounds: int = ROUNDS, impulse: float = IMPULSE
) -> Rehearsal:
    """Let the greeter play a behaviour under physics.

    Args:
        behaviour: The behaviour.
        seed: Of noise, friction and pushes; same seed, same runs.
        rounds: How many runs.
        impulse: Of a push in all runs but the first [N·s].

    Raises:
        MissingDependency: PyBullet or Pinocchio is not installed.
    """
    trial = importlib.import_module("sim.trial")
    seconds = START + behaviour.duration + AFTER
    outcomes: list[Any] = []
    found: list[Finding] = []
    for number in range(rounds):
        setting = (
            trial.Setting(seed=seed)
            if number == 0
            else trial.Setting.drawn(1000 * seed + number, seconds=seconds, impulse=impulse)
        )
        until = _broken_off(behaviour, seed) if number > 1 else math.inf
        outcome = trial.run(
            assembled(behaviour), wish_for(behaviour, until=until), seconds=seconds, setting=setting
        )
        outcomes.append(outcome)
        found += _findings(behaviour, outcome, number, pushed=bool(setting.pushes))
    figures = {
        "runs": float(len(outcomes)),
        "fell": float(sum(one.fell is not None for one in outcomes)),
        "tilt_deg": round(math.degrees(max(one.tilt for one in outcomes)), 2),
        "slip_m": round(max(one.slip for one in outcomes), 4),
        "self_distance_m": round(min([0.05, *(one.self_distance for one in outcomes)]), 4),
        "torque_rms_share": round(max(one.torque for one in outcomes), 3),
        "push_ns": impulse if rounds > 1 else 0.0,
    }
    return Rehearsal(tuple(found), figures, tuple(outcomes))


def assembled(behaviour: Behaviour) -> Robot:
    """Return the greeter on empty paving, with one behaviour."""
    return build(paving(), np.zeros(3), clips_of({behaviour.name: behaviour}))


def wish_for(
    behaviour: Behaviour, *, start: float = START, until: float = math.inf
) -> Callable[[State], tuple[Goal, Twist2]]:
    """Return what to ask of the robot at each tick so that it plays ``behaviour``.

    Args:
        behaviour: The behaviour.
        start: When it begins [s].
        until: Broken off after so long [s].
    """
    lasts = min(behaviour.duration * (2.0 if _loops(behaviour) else 1.0), until)
    plays = bool(clips_of({behaviour.name: behaviour}))

    def wish(state: State) -> tuple[Goal, Twist2]:
        passed = state.time - start
        if not 0.0 <= passed <= lasts or not plays:
            return Goal(), Twist2()
        posture = Posture(behaviour.name, start)
        for one in behaviour.feet:
            if one.start <= passed < one.end:
                return Goal(posture=posture), Twist2(*one.twist)
        return Goal(posture=posture), Twist2()

    return wish


def paving() -> Site:
    """Return 20 m × 20 m of paving behind a wall."""
    cells = np.zeros((200, 200), dtype=np.bool_)
    cells[[0, -1], :] = cells[:, [0, -1]] = True
    walls = Grid(cells, 0.1, np.array([-10.0, -10.0]))
    free = Grid(np.full(cells.shape, np.inf), 0.1, walls.origin)
    return Site("paving", walls, walls, walls.like(np.zeros_like(cells)), free, {}, {}, ())


def _loops(behaviour: Behaviour) -> bool:
    return behaviour.clip is not None and behaviour.clip.loop


def _broken_off(behaviour: Behaviour, seed: int) -> float:
    share = float(np.random.default_rng([seed, 3]).uniform(BROKEN_FROM, BROKEN_TO))
    asked = share * behaviour.duration
    return behaviour.grid.next_stop(behaviour.interruptible, asked, behaviour.duration)


SLOWER = ("动作慢一点、小一点", "move slower and less far")
FARTHER = ("离身体远一点", "keep farther from the body")


def _findings(
    behaviour: Behaviour, outcome: Any, number: int, *, pushed: bool
) -> Iterator[Finding]:
    """Yield what was wrong in one run."""
    place = f"run {number + 1} of the rehearsal"
    if outcome.fell is not None:
        problem = ("排练时摔倒了", "it fell in the rehearsal")
        yield Finding("physics_fell", problem, SLOWER, place=place, time=outcome.fell - START)
        return
    if outcome.steps and not behaviour.feet and not pushed:
        problem = ("排练时不得不迈步", "it had to take a step in the rehearsal")
        steps = float(outcome.steps)
        yield Finding("physics_step", problem, SLOWER, place=place, value=steps, limit=0.0)
    if outcome.slip > SLIP:
        problem = ("脚滑了", "a foot slid in the rehearsal")
        slid = _beyond("physics_slip", problem, SLOWER, outcome.slip, SLIP)
        yield replace(slid, place=place)
    if outcome.self_distance < TOUCH:
        problem = ("排练时自己碰到自己", "it touched itself in the rehearsal")
        touched = _beyond("physics_touch", problem, FARTHER, outcome.self_distance, TOUCH)
        yield replace(touched, place=place, joint=outcome.self_pair)
    for joint, over in outcome.beyond.items():
        if over > BEYOND:
            problem = ("关节被推过了极限", "a joint was driven beyond its limit")
            value = math.degrees(over)
            yield Finding(
                "physics_limit", problem, SLOWER, place=place, joint=joint, value=value, unit="deg"
            )


def _beyond(rule: str, problem: Texts, cure: Texts, found: float, limit: float) -> Finding:
    """Return a finding about lengths [m]."""
    return Finding(rule, problem, cure, value=100.0 * found, limit=100.0 * limit, unit="cm")
