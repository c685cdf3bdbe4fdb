"""Which greeting: by how many come, whether a child is among them, and the time of day."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from robotics.behaviour.guests import Guest

DAY = 86400.0
"""[s]."""
HOURS = (
    (5.0, "greet_night"),
    (11.0, "greet_morning"),
    (13.5, "greet_noon"),
    (17.5, "greet_afternoon"),
    (22.0, "greet_evening"),
    (24.0, "greet_night"),
)
"""Until which hour which greeting is right."""
CROWD = 5
"""So many at once are a crowd."""
ANYBODY = "greet_morning"
"""Where there is no better one."""


def greetings(guests: Sequence[Guest], clock: float, known: Collection[str]) -> tuple[str, ...]:
    """Return the greetings that suit, the best first; those that exist.

    Args:
        guests: Who is greeted.
        clock: Time of day [s since midnight].
        known: Names of all behaviours.
    """
    hour = clock % DAY / 3600.0
    by_day = next(name for until, name in HOURS if hour < until)
    several = ("greet_family", "greet_group") if len(guests) > 1 else ()
    crowd = ("greet_crowd", "greet_group") if len(guests) >= CROWD else ()
    child = ("greet_child",) if any(one.child for one in guests) and not several else ()
    wanted = dict.fromkeys((*crowd, *several, *child, by_day, ANYBODY))
    return tuple(name for name in wanted if name in known)


def farewells(clock: float, known: Collection[str]) -> tuple[str, ...]:
    """Return the farewells that suit, the best first; those that exist."""
    evening = ("farewell_evening",) if clock % DAY / 3600.0 >= HOURS[3][0] else ()
    return tuple(name for name in (*evening, "farewell") if name in known)
