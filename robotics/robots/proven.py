"""Which behaviours may run on a robot's body: those whose certificate holds."""

from __future__ import annotations

from pathlib import Path

from robotics.assets import asset
from robotics.behaviour.certificate import Verdict, fingerprint_of_body, verdict
from robotics.behaviour.clips import Behaviour
from robotics.core.errors import UnknownName
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.sweeper.config import SweeperConfig


def body_mark(robot: str) -> str:
    """Return the fingerprint of a robot's body; it changes with URDF, limits, posture.

    Raises:
        UnknownName: There is no such robot.
    """
    if robot not in ("greeter", "sweeper"):
        raise UnknownName("robot", robot, ["greeter", "sweeper"])
    return fingerprint_of_body(asset(f"urdf/{robot}/{robot}.urdf"), _numbers(robot))


def certified(behaviour: Behaviour, robot: str, *, folder: Path | None = None) -> Verdict:
    """Return whether ``behaviour`` was proved as it is for ``robot`` as it is.

    Cheap (about a millisecond): to be asked when a behaviour is loaded or is to start.

    Args:
        behaviour: As it would run.
        robot: ``greeter`` or ``sweeper``.
        folder: The folder ``behaviours``; the shipped one if None.
    """
    folder = folder or asset("behaviours")
    return verdict(behaviour, robot, folder=folder, body=body_mark(robot))


def _numbers(robot: str) -> tuple[object, ...]:
    """Return what shapes a movement beside the URDF; nothing that is only about walking."""
    if robot == "sweeper":
        return (SweeperConfig().chassis,)
    config = GreeterConfig()
    walk = config.walk
    feet = (walk.com_height, walk.stance_width, walk.step_time, walk.largest_twist)
    return (PERIOD, config.lead, config.upper, config.stand, config.trunk, feet)
