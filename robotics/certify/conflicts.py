"""Conflicts: within a behaviour, and with everything that can run beside it.

Two behaviours run beside each other only if they use different resources. Joints, voice, lights and
tools cannot collide then; arms still could, and so could what they do to the balance. Both are
settled for each behaviour alone, so that no pair has to be tried: an arm that moves alone stays on
its own side of the body, and every behaviour leaves the others a share of the balance.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Resource, collide
from robotics.behaviour.finding import Finding, Texts
from robotics.behaviour.margins import Margins
from robotics.certify.stage import Performance, Stage
from robotics.certify.when import beat_of
from robotics.control.dynamics import Effort
from robotics.core.arrays import Array

PREFIXES = {
    Resource.HEAD: ("head_",),
    Resource.ARM_LEFT: ("left_shoulder_", "left_elbow"),
    Resource.ARM_RIGHT: ("right_shoulder_", "right_elbow"),
}
"""How the names of a resource's joints begin."""
ARMS = ((Resource.ARM_LEFT, "left", 1.0), (Resource.ARM_RIGHT, "right", -1.0))
MOVED = 1e-4
"""An arm that moves less is at rest [rad]."""


def used(behaviour: Behaviour) -> frozenset[Resource]:
    """Return what a behaviour really uses."""
    joints = behaviour.clip.joints if behaviour.clip is not None else ()
    found = {one for one, begins in PREFIXES.items() if any(j.startswith(begins) for j in joints)}
    parts: tuple[tuple[object, Resource], ...] = (
        (behaviour.sway, Resource.TRUNK),
        (behaviour.feet, Resource.BASE),
        (behaviour.words or behaviour.zh or behaviour.music, Resource.VOICE),
        (behaviour.lights, Resource.LIGHTS),
        (behaviour.tools, Resource.TOOLS),
        (any(one.target for one in behaviour.looks), Resource.HEAD),
    )
    return frozenset(found | {resource for part, resource in parts if part})


def check_resources(behaviour: Behaviour) -> tuple[Finding, ...]:
    """Return conflicts of a behaviour with itself, and what it uses without holding it."""
    found = [*_twice(behaviour), *_stretches(behaviour)]
    for resource in sorted(used(behaviour)):
        if not collide(frozenset({resource}), behaviour.resources):
            problem = ("用了没有占用的资源", "it uses this without holding it")
            cure = ("把它写进 tracks", "declare it")
            found.append(Finding("resource_undeclared", problem, cure, joint=resource))
    return tuple(found)


def check_beside(
    stage: Stage, played: Performance, effort: Effort, margins: Margins
) -> tuple[Finding, ...]:
    """Return what could go wrong with another certified behaviour beside this one."""
    found = [*_own_side(stage, played)]
    if not _holds_body(played.behaviour):
        off = np.abs(effort.zmp).max(axis=1)
        worst = int(off.argmax())
        if off[worst] > margins.beside_zmp:
            problem = (
                "和别的动作一起会影响平衡",
                "beside another behaviour it could unbalance both",
            )
            cure = ("动作慢一点，或占用身体", "move slower, or hold the trunk as well")
            found.append(
                _at(
                    played,
                    worst,
                    ("beside_balance", problem, cure),
                    (100.0 * float(off[worst]), 100.0 * margins.beside_zmp, "cm"),
                )
            )
    return tuple(found)


def _holds_body(behaviour: Behaviour) -> bool:
    held = frozenset({Resource.TRUNK, Resource.BASE})
    return bool(collide(behaviour.resources, held))


def _own_side(stage: Stage, played: Performance) -> list[Finding]:
    """Return where an arm reaches over the middle while the other arm is free for others."""
    found = []
    for arm, side, sign in ARMS:
        others = [one for one, _, _ in ARMS if one is not arm]
        held = collide(played.behaviour.resources, frozenset(others))
        if held or arm not in used(played.behaviour):
            continue
        gap = _over_the_middle(stage, played, side, sign)
        worst = int(gap.argmin())
        if gap[worst] < 0.0:
            problem = (
                "手臂越过身体中线，另一只手臂却没占用",
                "it reaches over the middle while another behaviour may use the other arm",
            )
            cure = ("给另一只手臂也写一条轨道", "give the other arm a track as well, at rest")
            what = ("beside_arm", problem, cure)
            found.append(_at(played, worst, what, (100.0 * float(gap[worst]), 0.0, "cm"), arm))
    return found


def _over_the_middle(stage: Stage, played: Performance, side: str, sign: float) -> Array:
    """Return how far a hand stays on its side of the middle plane, shape (c,) [m].

    The hand's sphere and the forearm's box are taken as balls around their centres.
    """
    balls = (
        (f"{side}_hand", np.zeros(3), 0.045),
        (f"{side}_forearm", np.array([0, 0, -0.04]), 0.045),
    )
    gap = np.empty(len(played.instants))
    for k, posture in enumerate(played.motion.position):
        stage.dynamics.place(posture)
        places = [(stage.dynamics.link(link), at, r) for link, at, r in balls]
        gap[k] = min(sign * (p + turn @ at)[1] - r for (p, turn), at, r in places)
    return gap


def _twice(behaviour: Behaviour) -> list[Finding]:
    """Return joints that two tracks move."""
    if behaviour.clip is None:
        return []
    counts = Counter(behaviour.clip.joints)
    problem = ("两条轨道控制同一个关节", "two tracks move the same joint")
    cure = ("只留一条", "keep one of them")
    return [
        Finding("joint_twice", problem, cure, joint=joint)
        for joint, count in counts.items()
        if count > 1
    ]


def _stretches(behaviour: Behaviour) -> list[Finding]:
    """Return steps that overlap, or go on after the end."""
    found = []
    ordered = sorted(behaviour.feet, key=lambda one: one.start)
    for before, after in pairwise(ordered):
        if after.start < before.end - 1e-6:
            problem = ("两段步子重叠", "two stretches of steps overlap")
            cure = ("先走完一段", "end one before the next")
            beat = beat_of(behaviour.grid, after.start)
            found.append(Finding("steps_twice", problem, cure, time=after.start, beat=beat))
    late = [one for one in ordered if one.end > behaviour.duration + 1e-6]
    if late:
        problem = ("结束后还在走", "it would step on after its end")
        cure = ("步子早点结束，或延长动作", "end the steps earlier, or make it longer")
        found.append(Finding("steps_late", problem, cure, time=late[0].end))
    return found


def _at(
    played: Performance,
    sample: int,
    what: tuple[str, Texts, Texts],
    numbers: tuple[float, float, str],
    joint: str = "",
) -> Finding:
    time = float(played.instants[sample])
    beat = beat_of(played.behaviour.grid, time)
    rule, problem, cure = what
    value, limit, unit = numbers
    return Finding(
        rule,
        problem,
        cure,
        time=time,
        beat=beat,
        joint=joint,
        value=value,
        limit=limit,
        unit=unit,
    )
