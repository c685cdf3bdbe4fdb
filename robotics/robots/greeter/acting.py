"""From what behaviours want to the greeter's goal, and from its state to what they ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.runs import Performance
from robotics.behaviour.situation import Situation
from robotics.core.arrays import Array, frozen
from robotics.core.geometry import wrap
from robotics.core.messages import BaseGoal, Drive, GoTo, Playing, Posture, State, Stay
from robotics.mapping.places import Site
from robotics.robots.greeter.audience import Audience
from robotics.robots.greeter.elbow_room import ElbowRoom

COMPANY = 3.5
"""Visitors so near are its company [m]."""
TIPPED = 0.2
"""A trunk tilted more needs the whole body to balance [rad]."""
STILL = 0.08
"""A base that is slower stands [m/s]."""
EYES = 1.2
"""Height at which it looks at a place [m]."""
THERE = 0.4
"""It has arrived so near to a place [m]."""


def situation(
    state: State, audience: Audience, *, heard: tuple[str, ...], speaking: bool, held: bool
) -> Situation:
    """Return the world as behaviours ask for it.

    Args:
        state: What the robot believes.
        audience: Who is near.
        heard: What was said to it.
        speaking: Whether it is speaking itself.
        held: Whether somebody holds its hand.
    """
    near = audience.within(COMPANY)
    return Situation(
        time=state.time,
        standing=float(np.hypot(*state.twist_base_in_base[:2])) < STILL,
        battery=state.battery.charge,
        visitors=len(near),
        nearest=near[0].distance if near else math.inf,
        child=any(one.guest.child for one in near),
        room=room(state),
        heard=heard,
        speaking=speaking,
        hand_held=held,
        balanced=float(np.hypot(*state.tilt)) < TIPPED,
    )


def room(state: State) -> float:
    """Return the free distance around the base [m]; 10 m where nothing is known to be near."""
    gaps = [
        math.dist(one.position_in_map, state.pose_base_in_map[:2]) - one.radius
        for one in state.obstacles
    ]
    return max(min(gaps, default=10.0), 0.0)


def clips_with_room(seen: Performance, elbows: ElbowRoom, state: State) -> tuple[Playing, ...]:
    """Return the clips of a performance, without those whose arms could meet somebody."""
    return tuple(one for one in seen.clips if elbows.allows(one.clip, state))


def posture(
    clips: tuple[Playing, ...], face: Array | None, behaviours: Mapping[str, Behaviour]
) -> Posture:
    """Return the posture goal of clips, the foremost first; those without a movement are left."""
    moving = [one for one in clips if _moves(behaviours.get(one.clip))]
    first = moving[0] if moving else Playing("", 0.0)
    return Posture(first.clip, first.start, look_at_in_map=face, beside=tuple(moving[1:]))


def base(seen: Performance, site: Site) -> BaseGoal:
    """Return what behaviours want of the base."""
    if seen.twist is not None:
        return Drive(np.array(seen.twist))
    if seen.go_to and seen.go_to in site.places:
        return GoTo(frozen(site.places[seen.go_to].pose))
    return Stay()


def has_arrived(seen: Performance, site: Site, state: State) -> bool:
    """Whether the place that is asked for is reached, or is none of this site."""
    if not seen.go_to or seen.go_to not in site.places:
        return True
    goal, pose = site.places[seen.go_to].pose, state.pose_base_in_map
    near = math.dist(goal[:2], pose[:2]) < THERE
    return near and abs(wrap(float(goal[2] - pose[2]))) < 0.5


def looked_at(seen: Performance, site: Site, face: Array | None) -> Array | None:
    """Return the point to look at, (3,) in the map: what a behaviour wants, else a face."""
    if seen.look == "ahead":
        return None
    if seen.look in site.places:
        return np.array([*site.places[seen.look].pose[:2], EYES])
    return face


def _moves(behaviour: Behaviour | None) -> bool:
    return behaviour is not None and (
        behaviour.clip is not None or behaviour.sway is not None or bool(behaviour.feet)
    )
