"""The robots that there are, each assembled with its mission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour, clips_of, load_behaviours
from robotics.core.arrays import Array
from robotics.core.errors import UnknownName
from robotics.core.parts import Estimator, Mission, Robot
from robotics.estimation.perception import warm_up
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site
from robotics.robots.equipping import greeter_means, means_of
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.greeter import mission as greeter_mission
from robotics.robots.greeter import robot as greeter
from robotics.robots.memory import RobotMemory, remind
from robotics.robots.sweeper import joints as sweeper_joints
from robotics.robots.sweeper import mission as sweeper_mission
from robotics.robots.sweeper import robot as sweeper
from robotics.robots.sweeper.day import Day

ROBOTS = ("greeter", "sweeper")
"""Names of the robots."""

MISSING = ("hardware: serial lines are driven, but no real robot has been yet",)
"""What a reader of a report might expect and will not find yet."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What the sweeper is told of its day."""

    day: Day | None = None
    """The plan; None for all zones, nearest first."""
    clock: float | None = None
    """Time of day at the start [s since midnight]; None for when the day opens."""
    memory: RobotMemory | None = None
    """What it remembers of a day that was interrupted."""


_JOINTS = {"greeter": greeter_joints, "sweeper": sweeper_joints}


def assemble(
    name: str,
    site: Site,
    *,
    seconds: float,
    plan: DayPlan | None = None,
) -> tuple[Robot, Mission]:
    """Return robot ``name`` and its mission at ``site``.

    What its estimator needs is compiled here, not in the first tick with a scan.

    Args:
        name: One of ``ROBOTS``.
        site: The site map.
        seconds: Length of the run [s].
        plan: The sweeper's day; None for all zones of the site, nearest first.

    Raises:
        UnknownName: There is no such robot, or the site has no place for it.
        FileError: Its URDF or one of its behaviours is wrong.
    """
    behaviours, plan = _behaviours(name), plan or DayPlan()
    start = start_pose(site, name)
    warm_up()
    if name == "greeter":
        robot = greeter.build(site, start, clips_of(behaviours))
        return robot, greeter_mission.build_mission(
            site,
            seconds=seconds,
            behaviours=behaviours,
            progress=lambda: robot.planner.progress,
            means=greeter_means(robot, behaviours, clock=plan.clock),
        )
    memory = plan.memory
    robot = sweeper.build(site, start if memory is None else np.array(memory.pose))
    remind(robot, memory)
    mission = sweeper_mission.build_mission(
        site,
        seconds=seconds,
        behaviours=behaviours,
        progress=lambda: robot.planner.progress,
        day=plan.day,
        clock=plan.clock,
        memory=None if memory is None else memory.day,
        means=means_of(name, behaviours),
    )
    return robot, mission


def dead_reckoning(name: str) -> Estimator:
    """Return the estimator of robot ``name`` on an empty map: poses are by odometry alone.

    Raises:
        UnknownName: There is no such robot.
    """
    if name not in ROBOTS:
        raise UnknownName("robot", name, list(ROBOTS))
    build = greeter.build if name == "greeter" else sweeper.build
    return build(nowhere(), np.zeros(3)).estimator


def greeter_alone() -> Robot:
    """Return the greeter with all that it can do, on an empty map: for trials of its body."""
    return greeter.build(nowhere(), np.zeros(3), clips_of(_behaviours("greeter")))


def lidar_in_base(name: str) -> Array:
    """Return where the lidar of robot ``name`` is in its base frame, shape (2,) [m]."""
    model = _JOINTS[name].load()
    position, _ = model.pose_in_base("lidar", np.zeros(len(model.joints)))
    return np.asarray(position[:2])


def nowhere() -> Site:
    """Return a site of which nothing is known: free ground, no places."""
    empty = Grid(np.zeros((8, 8), dtype=np.bool_), 0.5, np.array([-2.0, -2.0]))
    unlimited = empty.like(np.full((8, 8), np.inf))
    return Site("nowhere", empty, empty, empty, unlimited, {}, {}, ())


def start_pose(site: Site, robot: str) -> Array:
    """Return where the map says that ``robot`` starts, (x, y, yaw), shape (3,).

    Raises:
        UnknownName: The map has no place of kind ``start`` with the robot's name.
    """
    starts = {place.name: place for place in site.places.values() if place.kind == "start"}
    if robot not in starts:
        raise UnknownName(f"start place at {site.name}", robot, list(starts))
    return starts[robot].pose


def behaviours(name: str) -> Mapping[str, str]:
    """Return what robot ``name`` can do: behaviour -> one line about it.

    Raises:
        ConfigError: A behaviour file is wrong.
    """
    found = {}
    for key, behaviour in _behaviours(name).items():
        words = f"“{behaviour.zh[0]}” / “{behaviour.en[0]}”" if behaviour.zh else ""
        found[key] = f"{behaviour.kind}, {behaviour.duration:g} s {words}".rstrip()
    return found


def _behaviours(name: str) -> Mapping[str, Behaviour]:
    if name not in ROBOTS:
        raise UnknownName("robot", name, list(ROBOTS))
    return load_behaviours(asset(f"behaviours/{name}"), _JOINTS[name].load().joints)
