"""The parts that a robot is assembled from, as protocols, and the assembly itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from robotics.core.joints import JointTable
from robotics.core.messages import Command, Goal, Observation, Plan, State, Twist2


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
