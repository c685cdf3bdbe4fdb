"""A site with robots and visitors on it, ready to run: what ``--on sim`` opens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.backend import Backend, Begin
from robotics.core.geometry import rotation2
from robotics.core.messages import Command, Observation, Utterance
from robotics.core.rotation import matrix_from_quaternion
from robotics.robots.greeter.robot import standing_pose
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.cleaning.shapes import boxes
from sim.dirt import Dirt
from sim.hand import HAND
from sim.kinematic import KinematicBody, KinematicWorld
from sim.romp_stage import Romps
from sim.shakers import HandShakers
from sim.simulated import Levels, SimulatedBody
from sim.site_export import export_site
from sim.spec import BodySpec, greeter_spec, sweeper_spec
from sim.talk import Talk
from sim.timeline import Timeline
from sim.visitors import Visitors
from sim.witness import GREETER, TrueBody, Witness
from sim.world import World, load_world

TALKING, SHAKING, ROMPING = 6, 7, 8
"""Places of the streams of questions, of handshakes and of children at play."""
MISPLACED = (0.03, 0.03, 0.02)
"""Nobody switches a robot on exactly at its mark: standard deviation of x, y [m], yaw [rad]."""


FOOTPRINTS = {
    "greeter": np.array([[-0.12, -0.24], [0.15, -0.24], [0.15, 0.24], [-0.12, 0.24]]),
    "sweeper": np.array(
        [
            *[[-0.50, -0.40], [0.30, -0.40]],
            *[[0.50 + 0.2 * math.cos(a), -0.36 + 0.2 * math.sin(a)] for a in (-2.2, -1.57, -0.6)],
            [0.70, -0.36],
            [0.70, 0.36],
            *[[0.50 + 0.2 * math.cos(a), 0.36 + 0.2 * math.sin(a)] for a in (0.6, 1.57, 2.2)],
            *[[0.30, 0.40], [-0.50, 0.40]],
        ]
    ),
}
"""Outline of each robot, arms at rest, brushes included, in its base frame [m]."""


class StageBody:
    """A body whose words are heard by the onlooker; satisfies ``Backend``."""

    def __init__(self, body: SimulatedBody) -> None:
        self.body = body
        self.period = body.period
        self.spoken: list[Utterance] = []

    def reset(self) -> Observation:
        """See ``Backend``."""
        return self.body.reset()

    def act(self, command: Command) -> None:
        """See ``Backend``; remembers a new sentence."""
        self.hear(command.sound)
        self.body.act(command)

    def hear(self, said: Utterance | None) -> None:
        """Remember a sentence, if it is a new one."""
        if said is not None and (not self.spoken or self.spoken[-1].start != said.start):
            self.spoken.append(said)

    def observe(self) -> Observation:
        """See ``Backend``."""
        return self.body.observe()

    def close(self) -> None:
        """See ``Backend``."""
        self.body.close()


class SimStage:
    """A simulated site; satisfies ``robotics.core.backend.Stage``.

    Attributes:
        bodies: The body of each robot, by name.
        backends: The same, as the loop knows them.
    """

    def __init__(
        self,
        world: World,
        timeline: Timeline,
        bodies: Mapping[str, SimulatedBody],
        visitors: Visitors,
        streams: list[np.random.Generator],
    ) -> None:
        self._timeline, self._visitors = timeline, visitors
        rng = streams[1]
        self.bodies = {name: StageBody(body) for name, body in bodies.items()}
        self.backends: Mapping[str, Backend] = self.bodies
        self._dirt = Dirt(world, rng)
        self._witness = Witness(world, visitors, self._dirt)
        self._looked = self._sprayed = 0.0
        self._talk = Talk(visitors, world.visitors.questions, streams[TALKING])
        self._shakers = HandShakers(visitors, world.visitors.hands, streams[SHAKING])
        self._romps = Romps(visitors, world.visitors.bumps, streams[ROMPING])
        greeter = bodies.get(GREETER)
        if isinstance(timeline, BulletWorld) and isinstance(greeter, BulletBody):
            self._shakers.bullet, self._shakers.robot = timeline, greeter.mechanism
            self._romps.bullet, self._romps.robot = timeline, greeter.mechanism

    def look(self, time: float) -> None:
        """Let the onlooker look, and the dirt settle."""
        bodies = {name: self._seen(name, body) for name, body in self.bodies.items()}
        duration, self._looked = time - self._looked, time
        if "sweeper" in bodies:
            self._clean(bodies["sweeper"], self.bodies["sweeper"].body, duration)
        self._witness.observe(time, bodies)
        if GREETER in bodies:
            seen = bodies[GREETER]
            self._meet(time, seen.pose, self.bodies[GREETER])
            busy = self._shakers.standing is not None
            self._romps.look(time, seen.pose, seen.twist, seen.tilt, busy=busy)

    def _meet(self, time: float, pose: Array, greeter: StageBody) -> None:
        """Let visitors ask the greeter something, and shake its hand."""
        last = greeter.spoken[-1] if greeter.spoken else None
        speaking = last is not None and time < last.start + last.duration
        heard = self._talk.listen(time, pose, speaking=speaking)
        greeter.body.heard = (*greeter.body.heard, *heard)
        self._shakers.look(time, pose)

    def _clean(self, seen: TrueBody, body: SimulatedBody, duration: float) -> None:
        """Let the sweeper's tools work, and its sensors look at ground and air."""
        sprayed, self._sprayed = body.sprayed - self._sprayed, body.sprayed
        most = body.spec.spray_flow * duration
        self._dirt.sweep(
            seen.pose,
            brush=seen.brush,
            spray=sprayed / most if most > 0.0 else 0.0,
            duration=duration,
            fan=body.tools.fan,
            takes=body.bin_level() < 1.0,
            people=self._visitors.position,
        )
        body.bin_fraction = self._dirt.bin_fraction
        body.surroundings = self._dirt.around(seen.pose)
        body.litter = boxes(self._dirt.litter)

    def figures(self) -> Mapping[str, Any]:
        """Return the onlooker's figures so far."""
        return {**self._witness.snapshot(), **self._met()}

    def _met(self) -> Mapping[str, Any]:
        """Return the figures of talk, handshakes and bumps, where there is a greeter."""
        if GREETER not in self.bodies:
            return {}
        romps = self._romps.figures() if self._romps.most else {}
        return {**self._talk.figures(), **self._shakers.figures(), **romps}

    def scene(self) -> Mapping[str, Any]:
        """Return where everything is now."""
        return {
            "robots": {name: self._shown(body) for name, body in self.bodies.items()},
            "visitors": self._visitors.rows(),
        }

    def summary(self) -> Mapping[str, Any]:
        """Return the onlooker's account, and how much the sweeper's battery holds [Wh]."""
        found = {**self._witness.summary(), **self._met()}
        if self._romps.met:
            found["run_ins"] = self._romps.rows()
        if "sweeper" in self.bodies:
            capacity = self.bodies["sweeper"].body.spec.battery.capacity
            found["battery_wh"] = capacity / 3600.0
        return found

    def close(self) -> None:
        """Close the bodies and the place."""
        for body in self.bodies.values():
            body.close()
        if isinstance(self._timeline, BulletWorld):
            self._timeline.close()

    def _seen(self, name: str, stage_body: StageBody) -> TrueBody:
        body = stage_body.body
        x, y, yaw = body.true_pose()
        position, quaternion = body.true_base()
        rotation = matrix_from_quaternion(quaternion)
        velocity = rotation2(-yaw) @ body.true_velocity()[:2]
        return TrueBody(
            pose=np.array([x, y, yaw]),
            footprint=FOOTPRINTS[name],
            twist=np.array([*velocity, body.true_turn_rate()]),
            contacts=tuple(one for one in body.contacts_with() if one[0] != HAND),
            brush=body.tools.brush,
            spray=body.tools.spray,
            said=tuple(stage_body.spoken[-2:]),
            tilt=math.acos(min(1.0, float(rotation[2, 2]))),
            height=float(position[2]) if name == "greeter" else None,
        )

    def _shown(self, body: StageBody) -> dict[str, Any]:
        position, quaternion = body.body.true_base()
        return {
            "position": [round(float(v), 4) for v in position],
            "quaternion": [round(float(v), 5) for v in quaternion],
            "joints": [round(float(v), 4) for v in body.body.joint_positions()],
            "brush": body.body.tools.brush,
            "spray": body.body.tools.spray,
        }


def specs(robots: tuple[str, ...]) -> dict[str, BodySpec]:
    """Return the bodies of ``robots`` by name."""
    made: dict[str, BodySpec] = {}
    if "greeter" in robots:
        made["greeter"] = greeter_spec(standing_pose()[0])
    if "sweeper" in robots:
        made["sweeper"] = sweeper_spec()
    return made


def open_stage(
    site: str,
    *,
    robots: tuple[str, ...],
    seed: int,
    site_folder: Path,
    view: bool = False,
    visitors: int | None = None,
    begin: Mapping[str, Begin] | None = None,
) -> SimStage:
    """Open a site under physics.

    Args:
        site: Name of a world, or a world file.
        robots: Who takes part.
        seed: Same seed, same run.
        site_folder: Where the site map for the robots is written.
        view: Open PyBullet's window.
        visitors: How many people walk about; None for the site's own number.
        begin: Where robots stand, and what is in them, at the start; left out for their marks and
            full tanks.

    Raises:
        UnknownName: There is no such world.
        ConfigError: The world file is wrong.
        MissingDependency: PyBullet is not installed.
    """
    world, people, streams = _prepare(site, seed, site_folder, visitors)
    place = BulletWorld(world, visitors=people, view=view)
    bodies = {
        name: BulletBody(place, spec, _start(world, name, streams[2], begin), streams[k])
        for k, (name, spec) in enumerate(specs(robots).items(), start=3)
    }
    _fill(bodies, begin)
    return SimStage(world, place, bodies, people, streams)


def open_kinematic(
    site: str,
    *,
    robots: tuple[str, ...],
    seed: int,
    site_folder: Path,
    view: bool = False,
    visitors: int | None = None,
    begin: Mapping[str, Begin] | None = None,
) -> SimStage:
    """Open a site with perfect wheels and servos; arguments and errors as ``open_stage``."""
    del view  # there is no window without physics
    world, people, streams = _prepare(site, seed, site_folder, visitors)
    place = KinematicWorld(world, visitors=people)
    bodies = {
        name: KinematicBody(place, spec, _start(world, name, streams[2], begin), streams[k])
        for k, (name, spec) in enumerate(specs(robots).items(), start=3)
    }
    _fill(bodies, begin)
    return SimStage(world, place, bodies, people, streams)


def _prepare(
    site: str, seed: int, site_folder: Path, visitors: int | None
) -> tuple[World, Visitors, list[np.random.Generator]]:
    """Return the world, its visitors, and one random stream for each that needs one."""
    world = load_world(site)
    site_folder.mkdir(parents=True, exist_ok=True)
    export_site(world, site_folder)
    streams = np.random.default_rng(seed).spawn(9)
    return world, Visitors(world, streams[0], visitors), streams


def _start(
    world: World, robot: str, rng: np.random.Generator, begin: Mapping[str, Begin] | None
) -> np.ndarray[Any, Any]:
    """Return where the robot really stands: where it was left, or near its mark."""
    mark = np.array(world.place("start", robot).pose) + rng.normal(0.0, MISPLACED)
    told = None if begin is None or robot not in begin else begin[robot].pose
    return mark if told is None else np.array(told, dtype=np.float64)


def _fill(bodies: Mapping[str, SimulatedBody], begin: Mapping[str, Begin] | None) -> None:
    """Let bodies begin with the levels that they are told."""
    for name, one in (begin or {}).items():
        if name in bodies:
            bodies[name].begin = Levels(one.charge, one.water, one.bin)
