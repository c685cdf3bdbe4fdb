"""What the sweeper does next: a zone, a station before it, a rest, or the way home for good."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from robotics.core.arrays import Array
from robotics.core.messages import State
from robotics.mapping.places import Site
from robotics.robots.sweeper import zones
from robotics.robots.sweeper.day import clock_of
from robotics.robots.sweeper.progress import DayProgress
from robotics.robots.sweeper.supplies import (
    STATIONS,
    Need,
    charge_needed,
    need_before,
    urgent_need,
)

SERVED_IN = 150.0
"""Time that a visit to a station takes, its way and what it gives included: a tank in 150 s at the
least flow of a garden tap, a bin in half a minute [s]."""

SPARE = 0.03
"""It charges by so much more than it needs, so as not to turn round for a last percent."""


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next: an event of the mission's table, and what belongs to it."""

    event: str = ""
    reason: str = ""
    choice: zones.Choice | None = None
    """The zone, with ``chosen``."""
    station: str = ""
    """Kind of the station, with ``supply``."""


def choose_next(
    day: DayProgress, site: Site, state: State, *, dock: Array, at_hand: bool, margin: float
) -> Next:
    """Return what to do now.

    Args:
        day: How far the day has come.
        site: The map.
        state: What the robot believes.
        dock: Where it has to be at the end, (3,).
        at_hand: Whether it has just come from a station.
        margin: It wants to be in the dock so long before the end [s].
    """
    left = day.left - margin
    choice = _zone(day, site, state, dock=dock, seconds=left)
    if choice is None:
        return _nothing(day, site)
    need = _need(day, site, state, choice, at_hand=at_hand)
    if need is not None and not is_usable(need.kind, day, site):
        day.note(_missing(need))
        if need.urgent:
            return Next("all_done", _missing(need))
        need = None
    if need is not None and (need.urgent or left > SERVED_IN + zones.LEAST + choice.total):
        return Next("supply", need.reason, station=need.kind)
    home = zones.way_home(state.pose_base_in_map[:2], dock)
    charge = charge_needed(choice.careful, home, day.usage, day.day.supplies)
    if state.battery.charge < min(charge, 1.0 - 0.05):
        return Next("pause", f"battery at {state.battery.charge:.0%}, {charge:.0%} needed")
    return Next("chosen", choice.zone.name, choice)


def resting(day: DayProgress, site: Site, state: State, *, dock: Array) -> tuple[bool, str]:
    """Return whether the day goes on after a rest in the dock, and what is waited for ("": now)."""
    opening = day.opening(site)
    wait = max(0.0 if math.isinf(opening) else opening, day.drying)
    if day.raining:
        wait = max(wait, 60.0 * day.day.rain.dry_minutes)
    if math.isinf(opening) or day.left <= wait + zones.LEAST + 2.0 * zones.DOCKING_TIME:
        return False, "nothing more fits into the day"
    if day.raining or day.drying > 0.0:
        return True, "waiting until it has been dry for a while"
    if opening > 0.0:
        return True, f"waiting until {clock_of(day.clock + opening)}"
    supplies = day.day.supplies
    choice = _zone(day, site, state, dock=dock, seconds=day.left)
    if choice is None:
        return False, "nothing more fits into the day"
    need = urgent_need(state, supplies)
    if need is not None and not is_usable(need.kind, day, site):
        return False, _missing(need)
    needed = charge_needed(choice.careful, zones.DOCKING_TIME, day.usage, supplies)
    needed = min(1.0, needed + SPARE)
    if state.battery.charge < needed:
        return True, f"charging to {needed:.0%}"
    return True, ""


def _zone(
    day: DayProgress, site: Site, state: State, *, dock: Array, seconds: float
) -> zones.Choice | None:
    """Return the zone that fits best, its times as they were learned."""
    offers = [replace(one, window=one.window / day.pace) for one in day.offers(site)]
    return zones.choose(
        offers,
        state.pose_base_in_map[:2],
        dock=dock,
        seconds=seconds / max(1.0, day.pace),
        partly=not day.closed or bool(day.begun),
    )


def _need(
    day: DayProgress, site: Site, state: State, choice: zones.Choice, *, at_hand: bool
) -> Need | None:
    need = urgent_need(state, day.day.supplies)
    if need is not None:
        return need
    seconds = min(choice.careful, max(0.0, day.left))
    return need_before(seconds, state, day.usage, limits=day.day.supplies, at_hand=at_hand)


def _nothing(day: DayProgress, site: Site) -> Next:
    opening = day.opening(site)
    open_zones = len(day.zones(site))
    if open_zones and 0.0 < opening < math.inf:
        return Next("pause", f"nothing may be swept before {clock_of(day.clock + opening)}")
    reason = "no further zone fits" if day.closed else "the time is too short for any zone"
    if not open_zones:
        return Next("all_done", "every zone of the day is done")
    day.note(f"{reason}: {open_zones} left")
    return Next("all_done", reason)


def is_usable(kind: str, day: DayProgress, site: Site) -> bool:
    """Return whether the site has a station of this kind that serves."""
    there = any(place.kind == kind for place in site.places.values())
    return there and kind not in day.broken


def _missing(need: Need) -> str:
    what = {"water": "fill the tank", "bin": "empty the bin"}[STATIONS[need.kind]]
    return f"{need.reason}, and there is no station of kind {need.kind} to use: {what} by hand"
