"""Measure docking: from random starts into the stations of a site, under physics, among people.

Usage: python benchmarks/dock.py [--data WORLD] [--trials N] [--seed N] [--visitors N] [--quick]

The robot localises by its own noisy sensors; what counts is where its base truly stands when it
says that it is in. The peer, in the same run with the same seeds, is a plain goal pose given to the
same planner and tracker, ended where they say that they have arrived. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robotics.app import StageTimes, tick
from robotics.core.arrays import Array
from robotics.core.geometry import relative
from robotics.core.messages import Goal, GoTo, State, Stay
from robotics.core.parts import Robot, Status
from robotics.mapping.grid import Grid
from robotics.mapping.places import Place, Site, load_site
from robotics.planning.docking import Docking, Phase
from robotics.planning.space import Space
from robotics.robots.sweeper import robot as sweeper
from robotics.robots.sweeper.config import footprint_discs
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.site_export import export_site
from sim.spec import sweeper_spec
from sim.visitors import Visitors
from sim.world import World, load_world

STATIONS = ("dock_charge", "dock_water", "dock_tip")
NEAREST, FARTHEST = 2.0, 6.0
"""Distance of a start from its station [m]."""
ROOM = 0.25
"""Free ground around the footprint at a start [m]."""
PEOPLE_AWAY = 1.5
"""Nobody stands nearer than this to a start [m]."""
MISPLACED = np.array([0.03, 0.03, 0.02])
"""What the robot believes of its start is off by this: standard deviation [m, m, rad]."""
MOST = 180.0
"""Time for one trial [s]."""
GOOD, GOOD_YAW = 0.02, math.radians(1.0)
"""Asked of a docked robot [m, rad]."""

Ask = Callable[[State], tuple[Goal, str]]
"""A mission for one trial: the goal, and "in" or "failed" when it is over."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: where from, where to, with which chance."""

    start: Array
    station: Place
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one trial ended: the true error at the station."""

    position: float
    yaw: float
    time: float
    ended: str
    touched: bool

    @property
    def good(self) -> bool:
        """Whether it stands well enough, and touched nothing on the way."""
        near = self.position <= GOOD and abs(self.yaw) <= GOOD_YAW
        return self.ended == "in" and near and not self.touched


def main() -> None:
    """Run the trials; print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="zhanqiao", help="a site or a world file")
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--peer", type=int, default=20, help="trials of the plain goal pose")
    parser.add_argument("--quick", action="store_true", help="4 trials")
    arguments = parser.parse_args()
    trials, peer = (4, 2) if arguments.quick else (arguments.trials, arguments.peer)
    world = load_world(arguments.data)
    with tempfile.TemporaryDirectory() as folder:
        export_site(world, Path(folder))
        site = load_site(Path(folder))
    plans = draw(site, trials, np.random.default_rng(arguments.seed))
    ours = [attempt(world, site, one, arguments.visitors, docking) for one in plans]
    plain = [attempt(world, site, one, arguments.visitors, goal_pose) for one in plans[:peer]]
    show("ours", ours)
    show("goal pose", plain)
    print(json.dumps(figures(ours) | {f"peer_{k}": v for k, v in figures(plain).items()}))


def draw(site: Site, trials: int, rng: np.random.Generator) -> list[Trial]:
    """Return random free starts around the site's stations, in turn.

    Raises:
        SystemExit: The site has no station.
    """
    stations = [place for place in site.places.values() if place.kind in STATIONS]
    if not stations:
        raise SystemExit(f"{site.name} has no place of kind {', '.join(STATIONS)}")
    blocked: Grid = site.occupied.like(site.occupied.cells | site.keepout.cells)
    space, drawn = Space.of(blocked, footprint_discs()), list[Trial]()
    while len(drawn) < trials:
        station = stations[len(drawn) % len(stations)]
        far, bearing, yaw = rng.uniform((NEAREST, -math.pi, -math.pi), (FARTHEST, math.pi, math.pi))
        offset = far * np.array([math.cos(bearing), math.sin(bearing)])
        start = np.array([*(station.pose[:2] + offset), yaw])
        if space.distance.inside(start[:2]) and space.clearance(start)[0] > ROOM:
            drawn.append(Trial(start, station, int(rng.integers(2**31))))
    return drawn


def docking(robot: Robot, station: Place) -> Ask:
    """Return what docks: a staging pose, the line, a check at rest."""
    steps = Docking(station.pose)

    def ask(state: State) -> tuple[Goal, str]:
        base = steps.base(state)
        ended = {Phase.DONE: "in", Phase.FAILED: "failed"}.get(steps.phase, "")
        return Goal(base), ended

    del robot
    return ask


def goal_pose(robot: Robot, station: Place) -> Ask:
    """Return the peer: the station as a goal pose, with the tolerances of any goal pose."""
    goal = GoTo(station.pose)

    def ask(state: State) -> tuple[Goal, str]:
        done = robot.planner.progress.status is Status.DONE and state.time > 1.0
        return (Goal(Stay()), "in") if done else (Goal(goal), "")

    return ask


class Asked:
    """A mission made of an ``Ask``, at 20 Hz."""

    def __init__(self, ask: Ask) -> None:
        self.ask, self.ended, self._due, self._goal = ask, "", 0.0, Goal()

    def decide(self, state: State) -> Goal:
        """See ``robotics.core.parts.Mission``."""
        if state.time >= self._due - 1e-9:
            self._due = state.time + 0.05
            self._goal, self.ended = self.ask(state)
        return self._goal

    def stop(self, reason: str) -> None:
        """Nobody stops a trial."""


def attempt(
    world: World,
    site: Site,
    trial: Trial,
    visitors: int,
    make: Callable[[Robot, Place], Ask],
) -> Outcome:
    """Run one trial under physics."""
    streams = np.random.default_rng(trial.seed).spawn(3)
    people = Visitors(world, streams[0], visitors)
    away = np.hypot(*(people.position - trial.start[:2]).T) if visitors else np.array([np.inf])
    while away.min() < PEOPLE_AWAY:
        people.advance(0.05, np.zeros((0, 3)))
        away = np.hypot(*(people.position - trial.start[:2]).T)
    place = BulletWorld(world, visitors=people)
    body = BulletBody(place, sweeper_spec(), trial.start, streams[1])
    robot = sweeper.build(site, trial.start + streams[2].normal(0.0, MISPLACED))
    mission = Asked(make(robot, trial.station))
    observation, touched, rest = body.reset(), False, 0
    while observation.time < MOST and rest < 25:
        done = tick(robot, mission, observation, StageTimes())
        body.act(done.sent)
        observation = body.observe()
        touched |= any(
            what != "ground" and "visitor" not in what for what, _ in body.contacts_with()
        )
        rest = rest + 1 if mission.ended else 0
    error = relative(trial.station.pose, np.array(body.true_pose()))
    body.close()
    place.close()
    ended = mission.ended or "late"
    away_now = float(np.hypot(error[0], error[1]))
    return Outcome(away_now, float(error[2]), observation.time, ended, touched)


def figures(outcomes: list[Outcome]) -> dict[str, float]:
    """Return the figures of a list of trials."""
    inside = [one for one in outcomes if one.ended == "in"] or outcomes
    position = [one.position for one in inside]
    yaw = [abs(math.degrees(one.yaw)) for one in inside]
    return {
        "trials": len(outcomes),
        "success": sum(one.good for one in outcomes) / max(1, len(outcomes)),
        "position_p95_m": round(float(np.percentile(position, 95)), 4),
        "heading_p95_deg": round(float(np.percentile(yaw, 95)), 3),
        "position_most_m": round(max(position), 4),
        "heading_most_deg": round(max(yaw), 3),
        "time_p50_s": round(float(np.median([one.time for one in outcomes])), 1),
        "touched": sum(one.touched for one in outcomes),
        "failed": sum(one.ended != "in" for one in outcomes),
    }


def show(name: str, outcomes: list[Outcome]) -> None:
    """Print one line of the table."""
    if not outcomes:
        return
    f = figures(outcomes)
    print(
        f"{name:10} {f['trials']:4.0f} trials  {f['success']:7.1%} good  position p95"
        f" {100 * f['position_p95_m']:.2f} cm (most {100 * f['position_most_m']:.2f})  heading p95"
        f" {f['heading_p95_deg']:.2f}° (most {f['heading_most_deg']:.2f})  median"
        f" {f['time_p50_s']:.0f} s  touched {f['touched']:.0f}  not in {f['failed']:.0f}"
    )


if __name__ == "__main__":
    main()
