"""What behaviours are told of the sweeper's world, and what they do to its goal."""

from __future__ import annotations

from dataclasses import replace

from robotics.behaviour.runs import Performance
from robotics.behaviour.situation import Situation
from robotics.core.messages import Goal, State
from robotics.robots.performer import Performer
from robotics.robots.sweeper.manners import people_gap

COMPANY = 5.0
"""Somebody so near is a visitor [m]."""
SPOKEN = {"dock_water": "refilling", "dock_tip": "tipping"}
"""What it says at each kind of station."""
CLOSING = ("finished", "parking_show")
"""What it says and shows at the end of its day."""
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


REASONS = (("it rains", "rain"), ("battery at", "low_battery"), ("is closed", "quiet_hours"))
"""What it says about the reason of an event."""


def remarks(reason: str) -> tuple[str, ...]:
    """Return what is said about the reason of an event; "" for no event."""
    return tuple(name for begin, name in REASONS if begin in reason)


def perform(acts: Performer, names: tuple[str, ...], time: float, every: float = 0.0) -> None:
    """Begin all of ``names`` that exist, one after the other where they cannot be at once."""
    for name in names:
        if name in acts.runner.repertoire:
            acts.begin(name, time, every=every)


def performed(goal: Goal, seen: Performance) -> Goal:
    """Return the mission's goal with what is seen and heard of behaviours beside it."""
    goal = replace(goal, voice=seen.voice, music=seen.music)
    return replace(goal, light=seen.light, chime=seen.chime)
