"""The parts that a robot is assembled from, as protocols, and the assembly itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from robotics.core.joints import JointTable
from robotics.core.messages import Command, Goal, Observation, Plan, State, Twist2


class Status(StrEnum):
    """How the base goal is coming along."""

    IDLE = "idle"
    MOVING = "moving"
    BLOCKED = "blocked"
    DONE = "done"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a planner tells a mission about the base goal it was given last."""

    status: Status = Status.IDLE
    reason: str = ""
    """Why it is blocked, done or impossible; "" while all is well."""
    fraction: float = 0.0
    """Part of the path driven, or of the zone's reachable area swept, 0 to 1."""
    working: bool = False
    """Whether the base is on a stretch where the tools are to work."""


class Estimator(Protocol):
    """Turns what is sensed into what is believed. Runs every tick."""

    def update(self, observation: Observation) -> State:
        """Return the state at ``observation.time``."""


class Mission(Protocol):
    """Decides what to do now. Never blocks."""

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""

    def stop(self, reason: str) -> None:
        """Ask for the safe end: from now on, decide for standing still."""


class Planner(Protocol):
    """Turns a goal into a path through the map."""

    @property
    def progress(self) -> Progress:
        """How the present goal is coming along."""

    def plan(self, state: State, goal: Goal) -> Plan:
        """Return the plan; the old one as long as it is valid."""


class Tracker(Protocol):
    """Follows a plan among obstacles."""

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""


class Locomotion(Protocol):
    """Turns a velocity, a posture and tool settings into joint set-points."""

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the wished command."""


class Guard(Protocol):
    """The last word: lets a command pass, limits it, or stops the robot."""

    def allow(self, state: State, wished: Command) -> Command:
        """Return the command that may be sent."""


@dataclass(frozen=True, slots=True)
class Robot:
    """An assembly of parts. Robots differ in their parts, not in their class."""

    name: str
    joints: JointTable
    period: float
    """Time of one tick [s]."""
    estimator: Estimator
    planner: Planner
    tracker: Tracker
    locomotion: Locomotion
    guard: Guard
