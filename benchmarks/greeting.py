"""Measure whom the greeter's mission greets in a busy place, without the physics of its body.

Usage: python benchmarks/greeting.py [--seed N] [--seeds K] [--site NAME] [--minutes M] [--quick]

The real mission, repertoire, certificates and answers meet the simulated visitors of a site, who
stop, ask and step up to shake hands; the onlooker's own count says who came near and was greeted
(``sim/encounters.py``). Its body is a point that does what it is told, it sees who is there as it
is, and a hand that is taken is held for 3.4 s: what walking, noise and hidden people cost is not in
it (that is ``robotics run``, at twenty times the price). The last line is one JSON object. There is
no peer to compare with: we know of no open package that greets people.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.control.touch import Felt
from robotics.core.geometry import integrate, relative, wrap
from robotics.core.messages import Drive, Goal, GoTo, Hand, Joints, Kind, Obstacle, State, Utterance
from robotics.core.parts import Progress, Status
from robotics.mapping.places import Site, load_site
from robotics.robots.equipping import knowledge, means_of
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission
from sim.encounters import Encounters
from sim.shakers import HandShakers
from sim.site_export import export_site
from sim.talk import Talk
from sim.visitors import Visitors
from sim.world import load_world
from sim.world_model import World

TICK = 0.05
SIGHT = 12.0
"""[m]."""
TAKES, HOLDS = 1.6, 5.0
"""A visitor's hand is in its own from so long to so long after it was held out to one [s]."""
STRIDE, TURN = 0.35, 0.6
"""How fast the point moves [m/s], turns on the way included, and turns [rad/s]."""
COUNTS = (
    *("greetings", "danced", "sung", "answered", "hands_shaken", "strolls"),
    *("visits", "visits_met"),
)


@dataclass(slots=True)
class Point:
    """A body that does what it is told, and the planner that says so."""

    pose: np.ndarray
    told: Progress = field(default_factory=Progress)

    def follow(self, goal: Goal) -> None:
        """Move for one tick."""
        self.told = Progress()
        if isinstance(goal.base, Drive):
            self.pose = integrate(self.pose, goal.base.twist, TICK)
        elif isinstance(goal.base, GoTo):
            target = goal.base.pose_in_map
            x, y, yaw = relative(self.pose, target)
            far, most = math.hypot(x, y), TURN * TICK
            there = far < 0.05 and abs(yaw) < 0.05
            self.told = Progress(Status.DONE if there else Status.MOVING)
            step = min(far, STRIDE * TICK) / max(far, 1e-9)
            place = self.pose[:2] + step * (target[:2] - self.pose[:2])
            self.pose = np.array([*place, wrap(self.pose[2] + min(max(yaw, -most), most))])


class Place:
    """A site with visitors, and the greeter's mission among them.

    Args:
        world: The place.
        site: Its map.
        seed: Same seed, same run.
        seconds: How long it works [s].
    """

    def __init__(self, world: World, site: Site, seed: int, seconds: float) -> None:
        streams = np.random.default_rng(seed).spawn(8)
        self.visitors = Visitors(world, streams[0])
        self.talk = Talk(self.visitors, world.visitors.questions, streams[6])
        self.shakers = HandShakers(self.visitors, world.visitors.hands, streams[7])
        self.encounters, self.spoken = Encounters(), list[Utterance]()
        self.body = Point(np.array(world.place("start", "greeter").pose))
        behaviours = load_behaviours(asset("behaviours/greeter"), load().joints)
        means = replace(
            means_of("greeter", behaviours),
            answer=knowledge(frozenset(behaviours)),
            felt=lambda: self.felt,
        )
        self.mission: GreeterMission = build_mission(
            site,
            seconds=seconds,
            behaviours=behaviours,
            progress=lambda: self.body.told,
            means=means,
        )
        self.felt, self._out, self._heard = Felt(), math.inf, tuple[str, ...]()

    def run(self, seconds: float) -> None:
        """Let ``seconds`` [s] pass."""
        for tick in range(round(seconds / TICK)):
            self._pass(tick * TICK)

    def _pass(self, now: float) -> None:
        people, body = self.visitors, self.body
        goal = self.mission.decide(self._state(now))
        body.follow(goal)
        if goal.voice is not None and goal.voice.start not in {one.start for one in self.spoken}:
            self.spoken.append(goal.voice)
        people.advance(TICK, np.array([[*body.pose[:2], 0.3]]))
        after, said = now + TICK, tuple(self.spoken[-2:])
        self.encounters.observe(after, body.pose, said, who=people.id, where=people.position)
        speaking = bool(said) and after < said[-1].start + said[-1].duration
        self._heard = self.talk.listen(after, body.pose, speaking=speaking)
        self.shakers.look(after, body.pose)
        self._shake(after, goal.posture.hand)

    def _state(self, now: float) -> State:
        people = self.visitors
        kinds = (Kind.CHILD if one in ("child", "runner") else Kind.PERSON for one in people.kind)
        table = zip(people.id, people.position, people.velocity, people.radius, kinds, strict=True)
        seen = tuple(
            Obstacle(int(who), place, velocity, float(radius), kind, 1.0)
            for who, place, velocity, radius, kind in table
            if math.dist(place, self.body.pose[:2]) < SIGHT
        )
        still, none = np.zeros(3), np.zeros(2)
        joints = Joints.at_rest(np.zeros(1))
        state = State(now, self.body.pose, still, joints, none, still, obstacles=seen)
        return replace(state, heard=self._heard)

    def _shake(self, now: float, hand: Hand) -> None:
        """Let whoever has stepped up take the hand that is held out, and let go of it."""
        who = self.shakers.standing
        if hand is Hand.NONE or who is None:
            self._out = math.inf
        elif math.dist(who, self.body.pose[:2]) < 1.25:
            self._out = min(self._out, now)
        held = TAKES < now - self._out < HOLDS
        self.felt = Felt(held=held, frequency=2.0 * held, amplitude=0.03 * held)


def main() -> None:
    """Run, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=6, help="how many")
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--quick", action="store_true", help="one seed")
    options = parser.parse_args()
    world, started = load_world(options.site), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        export_site(world, Path(folder))
        site = load_site(Path(folder))
    print("seed  near  greeted   share  " + "  ".join(COUNTS))
    rows: list[tuple[int, int]] = []
    for seed in range(options.seed, options.seed + (1 if options.quick else options.seeds)):
        place = Place(world, site, seed, 60.0 * options.minutes)
        place.run(60.0 * options.minutes)
        near, greeted = place.encounters.near, place.encounters.greeted
        rows.append((near, greeted))
        counts = place.mission.report().counts
        told = "  ".join(f"{counts[name]:{len(name)}.0f}" for name in COUNTS)
        print(
            f"{seed:4d}  {near:4d}  {greeted:7d}  {greeted / max(near, 1):6.1%}  {told}", flush=True
        )
    result = {
        "runs": len(rows),
        "near": sum(near for near, _ in rows),
        "greeted_fraction": round(sum(g for _, g in rows) / max(sum(n for n, _ in rows), 1), 4),
        "greeted_fraction_least": round(min(g / max(n, 1) for n, g in rows), 4),
        "cpu_s": round(time.process_time() - started, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
