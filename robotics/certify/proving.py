"""The proof of a behaviour on a body, and its certificate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from robotics.assets import asset
from robotics.behaviour.certificate import (
    Certificate,
    certificate_path,
    files_of,
    fingerprint_of_behaviour,
    fingerprint_of_rules,
    read_certificate,
)
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding, faults
from robotics.behaviour.margins import Margins
from robotics.certify.balance import check_balance, zmp_margin
from robotics.certify.base import Reach, check_base, check_wheels
from robotics.certify.conflicts import check_beside, check_resources
from robotics.certify.content import check_content
from robotics.certify.exits import check_exits
from robotics.certify.limits import check_angles, check_speeds, check_torques
from robotics.certify.nearness import check_collision
from robotics.certify.stage import Stage
from robotics.core.errors import UnknownName
from robotics.robots.greeter.config import PERIOD
from robotics.robots.proven import body_mark


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it."""

    findings: tuple[Finding, ...]
    figures: Mapping[str, float] = field(default_factory=dict)
    """The least margins found: ``self_distance_m``, ``zmp_margin_m``, ``torque_share``,
    ``speed_share``, ``exit_s``."""

    @property
    def holds(self) -> bool:
        """Whether the behaviour may run."""
        return not faults(self.findings)


class Prover:
    """Proves behaviours of one robot.

    Args:
        robot: ``greeter`` or ``sweeper``.
        folder: The folder ``behaviours``; the shipped one if None.
        known: Names of the robot's behaviours, for those that play others; None if unknown.
        margins: Other margins than the usual ones.

    Raises:
        UnknownName: There is no such robot.
        MissingDependency: Pinocchio is not installed (for the greeter).
    """

    def __init__(
        self,
        robot: str,
        *,
        folder: Path | None = None,
        known: Collection[str] | None = None,
        margins: Margins | None = None,
    ) -> None:
        if robot not in ("greeter", "sweeper"):
            raise UnknownName("robot", robot, ["greeter", "sweeper"])
        self.robot = robot
        self._folder = folder or asset("behaviours")
        self._known, self._margins = known, margins or Margins()
        self.stage = Stage() if robot == "greeter" else None

    def prove(self, behaviour: Behaviour) -> Proof:
        """Return every finding about a behaviour, in order of time, and the least margins."""
        found = [
            *check_content(behaviour, self._folder, self._known, self._margins),
            *check_resources(behaviour),
        ]
        if any(one.rule == "duration" for one in found):
            return Proof(tuple(found))
        if self.stage is None:
            wheels, stop = check_wheels(behaviour, self._margins)
            return Proof(_in_order([*found, *wheels]), {"exit_s": round(stop, 4)})
        more, figures = self._prove_legged(self.stage, behaviour)
        return Proof(_in_order([*found, *more]), figures)

    def certificate(
        self, behaviour: Behaviour, proof: Proof, physics: Mapping[str, float] | None = None
    ) -> Certificate:
        """Return the certificate of a proof that holds.

        Args:
            behaviour: What was proved.
            proof: Of it.
            physics: What a rehearsal measured; what an earlier one measured stays if neither
                behaviour nor body changed.
        """
        content = fingerprint_of_behaviour(behaviour, files_of(behaviour, self._folder))
        body = body_mark(self.robot)
        kept = read_certificate(self.path(behaviour.name))
        if not physics and kept is not None and (kept.content, kept.body) == (content, body):
            physics = kept.physics
        return Certificate(
            robot=self.robot,
            behaviour=behaviour.name,
            content=content,
            body=body,
            rules=fingerprint_of_rules(self._margins),
            proved=dict(proof.figures),
            physics=dict(physics or {}),
        )

    def path(self, behaviour: str) -> Path:
        """Return where the certificate of a behaviour is kept."""
        return certificate_path(self._folder, self.robot, behaviour)

    def _prove_legged(
        self, stage: Stage, behaviour: Behaviour
    ) -> tuple[list[Finding], dict[str, float]]:
        margins, joints = self._margins, stage.model.joints
        missing = _unknown_joints(behaviour, joints.names)
        if missing:
            return missing, {}
        found = list(check_base(behaviour, Reach(stage.config.walk.largest_twist), margins))
        if behaviour.clip is None and behaviour.sway is None and not behaviour.feet:
            return found, {"exit_s": 0.0}
        played = stage.perform(behaviour)
        effort = stage.dynamics.effort(played.motion)
        found += check_angles(stage, played, margins)
        found += check_speeds(stage, played, margins)
        found += check_torques(stage, played, effort, margins)
        found += check_balance(stage, played, effort, margins)
        found += check_beside(stage, played, effort, margins)
        near, least = check_collision(stage, played, margins)
        leave, worst = check_exits(stage, played, margins)
        speed = np.abs(np.diff(played.upper, axis=0)) / PERIOD / joints.column("velocity")
        figures = {
            "self_distance_m": least,
            "zmp_margin_m": float(zmp_margin(stage, effort, margins).min()),
            "torque_share": float((np.abs(effort.torque) / joints.column("effort")).max()),
            "speed_share": float(speed.max()),
            "exit_s": worst,
        }
        return [*found, *near, *leave], {name: round(v, 4) for name, v in figures.items()}


def check(
    behaviour: Behaviour,
    robot: str,
    *,
    folder: Path | None = None,
    known: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Return what keeps a behaviour from running on a robot, without physics; empty if nothing.

    For many behaviours of one robot, keep a ``Prover``.

    Args:
        behaviour: Compiled.
        robot: ``greeter`` or ``sweeper``.
        folder: The folder ``behaviours``; the shipped one if None.
        known: Names of the robot's behaviours, for those that play others.
    """
    return Prover(robot, folder=folder, known=known).prove(behaviour).findings


def _unknown_joints(behaviour: Behaviour, names: tuple[str, ...]) -> list[Finding]:
    joints = behaviour.clip.joints if behaviour.clip is not None else ()
    return [
        Finding(
            "joint_missing",
            ("没有这个关节", "the robot has no such joint"),
            ("改正名字", "mend the name"),
            joint=joint,
        )
        for joint in joints
        if joint not in names
    ]


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: -1.0 if one.time is None else one.time))
