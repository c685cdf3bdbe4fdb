"""What a robot has to remember across a restart, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.core.messages import State
from robotics.core.parts import Mission, Robot
from robotics.planning.navigator import Navigator
from robotics.planning.sweep_job import SweepMemory
from robotics.robots.sweeper.mission import SweeperMission
from robotics.robots.sweeper.progress import DayMemory


@dataclass(frozen=True, slots=True)
class RobotMemory:
    """All that must not be forgotten: where it was, what is in it, how far the day has come."""

    pose: tuple[float, float, float]
    """(x, y, yaw) of the base in the map, as believed."""
    charge: float
    water: float
    bin: float
    day: DayMemory
    sweeps: tuple[SweepMemory, ...] = ()
    """Progress on zones that were begun."""


def remember(robot: Robot, mission: Mission, state: State) -> RobotMemory | None:
    """Return what has to outlive a restart; None for a robot that has no such thing."""
    if not isinstance(mission, SweeperMission) or not isinstance(robot.planner, Navigator):
        return None
    x, y, yaw = state.pose_base_in_map.tolist()
    return RobotMemory(
        (x, y, yaw),
        state.battery.charge,
        state.tools.water,
        state.tools.bin,
        mission.memory(),
        robot.planner.memory(),
    )


def remind(robot: Robot, memory: RobotMemory | None) -> None:
    """Let the planner of ``robot`` go on where ``memory`` ends; the mission is built with it."""
    if memory is not None and isinstance(robot.planner, Navigator):
        robot.planner.recall(memory.sweeps)


def milestones(mission: Mission) -> int:
    """Return a number that grows with every event after which the memory is written at once."""
    return len(mission.machine.history) if isinstance(mission, SweeperMission) else 0


def is_over(mission: Mission) -> bool:
    """Return whether a mission has come to its end."""
    return isinstance(mission, SweeperMission) and mission.machine.state == "finished"


def litter_reported(mission: Mission) -> list[dict[str, float | str]]:
    """Return the litter that a mission has told people of, as the report reads it."""
    if not isinstance(mission, SweeperMission):
        return []
    return [
        {
            "x": one.x,
            "y": one.y,
            "size": one.size,
            "time": one.time,
            "note": f"{100.0 * one.height:.0f} cm high",
        }
        for one in mission.day.litter
    ]
