"""What behaviours are told of the sweeper's world, and what they do to its goal."""

from __future__ import annotations

from dataclasses import replace

from robotics.behaviour.runs import Performance
from robotics.behaviour.situation import Situation
from robotics.core.messages import Goal, State, Stay, Tools
from robotics.robots.sweeper.manners import people_gap

COMPANY = 5.0
"""Somebody so near is a visitor [m]."""
SPOKEN = {"dock_water": "refilling", "dock_tip": "tipping"}
"""What it says at each kind of station."""
STILL = 0.05
"""A slower base stands [m/s]."""


def around(state: State) -> Situation:
    """Return the world as behaviours ask for it."""
    gap = people_gap(state)
    return Situation(
        time=state.time,
        standing=abs(float(state.twist_base_in_base[0])) < STILL,
        battery=state.battery.charge,
        visitors=int(gap < COMPANY),
        nearest=gap,
        room=gap,
        heard=state.heard,
    )


def performed(goal: Goal, seen: Performance) -> Goal:
    """Return the mission's goal with what behaviours add: voice, music, and tools where it stands.

    Tools at work belong to the work: a behaviour plays with them only in a standing sweeper whose
    tools are off.
    """
    tools = goal.tools
    if seen.tools is not None and isinstance(goal.base, Stay) and tools == Tools():
        tools = Tools(seen.tools.brush or 0.0, seen.tools.spray or 0.0, 0.0)
    return replace(goal, voice=seen.voice, music=seen.music, tools=tools)
