"""The sweeper's mission as a table."""

from __future__ import annotations

from robotics.behaviour.machine import Promise, State, Table, Transition, mission_table

ROADS = ("working/cover/transit", "working/cover/sweep")
SERVICE, HOME = "working/service", "returning"
BLIND = ("working/undock", "working/choose", "working/cover", SERVICE)
NEEDS = ("bin_full", "water_empty")
ENDS = ("pause", "time_up", "low_battery")
"""What sends it home from wherever it works."""


def table() -> Table:
    """Return the sweeper's mission."""
    return mission_table(
        "sweeper",
        _working(),
        _transitions(),
        events=(
            *("away", "chosen", "all_done", "arrived", "blocked", "cleared", "zone_done"),
            *("aligned", "astray", "docked", "served", "unserved", "pause", "go_on"),
            *("lost", "found", "lost_for_long", "bin_full", "water_empty", "supply", "stuck"),
        ),
        home=_home(),
        promises=_promises(),
        branching=(
            *("blocked", "cleared", "lost", "found", "lost_for_long"),
            *("aligned", "astray", "docked"),
        ),
    )


def _working() -> State:
    cover = State(
        "cover",
        "works on one zone",
        initial="transit",
        children=(
            State("transit", "drives to the zone, tools off", enter="begin_zone"),
            State("sweep", "sweeps: brushes, spray and fan together"),
            State("wait", "people stand in the way: asks them kindly"),
        ),
    )
    service = State(
        "service",
        "goes to a station for water, or to empty the bin",
        enter="begin_service",
        initial="transit",
        children=(
            State("transit", "drives to before the station, tools off"),
            State("approach", "docks: straight in, checked at rest"),
            State("serve", "is filled or emptied", enter="begin_serve"),
            State("wait", "people stand in the way: asks them kindly"),
        ),
    )
    return State(
        "working",
        "away from the charging dock",
        initial="undock",
        children=(
            State("undock", "backs out of a station", enter="begin_undock"),
            State("choose", "chooses the next zone that fits, or the station that it needs before"),
            cover,
            service,
            State("lost", "does not know where it is: stands still until it does"),
            State("help", "has been lost for long: asks for a person", enter="begin_help"),
        ),
    )


def _home() -> State:
    return State(
        "returning",
        "goes home, tools off",
        initial="transit",
        children=(
            State("transit", "drives to before the charging dock"),
            State("approach", "docks: straight in, checked at rest"),
            State("wait", "people stand in the way: asks them kindly"),
            State("lost", "does not know where it is: stands still until it does"),
            State("help", "cannot get home by itself: asks for a person", enter="begin_help"),
            State(
                "docked",
                "stands in the dock and charges until the day goes on, or is over",
                enter="begin_docked",
            ),
        ),
    )


def _transitions() -> tuple[Transition, ...]:
    return (
        Transition("away", "working/undock", "working/choose"),
        Transition("chosen", "working/choose", "working/cover"),
        *(Transition("supply", source, SERVICE) for source in ("working/choose", "working/undock")),
        Transition("all_done", "working/choose", "returning"),
        Transition("arrived", "working/cover/transit", "working/cover/sweep"),
        Transition("zone_done", "working/cover", "working/choose"),
        *(Transition(need, "working/cover", SERVICE) for need in NEEDS),
        *_docking(SERVICE, "serve"),
        *_docking(HOME, "docked"),
        *(Transition("blocked", road, "working/cover/wait") for road in ROADS),
        Transition("cleared", "working/cover/wait", "working/cover/transit"),
        Transition("served", f"{SERVICE}/serve", "working/undock"),
        Transition("unserved", SERVICE, "working/choose"),
        Transition("pause", "working", "returning"),
        Transition("go_on", "returning/docked", "working"),
        *(Transition("lost", source, "working/lost") for source in BLIND),
        *(Transition("lost", f"returning/{x}", "returning/lost") for x in _MOVING),
        Transition("found", "working/lost", "working/choose", unless=("has_zone",)),
        Transition("found", "working/lost", "working/cover/transit", guards=("has_zone",)),
        Transition("found", "working/help", "working/choose"),
        Transition("found", "returning/lost", "returning/transit"),
        Transition("lost_for_long", "working/lost", "working/help"),
        Transition("lost_for_long", "returning/lost", "returning/help"),
        *(Transition("stuck", f"returning/{x}", "returning/help") for x in _MOVING),
        Transition("found", "returning/help", "returning/transit"),
        Transition("cleared", "returning/help", "returning/transit"),
        Transition("docked", "returning/help", "returning/docked"),
    )


_MOVING = ("transit", "approach", "wait")


def _docking(group: str, inside: str) -> tuple[Transition, ...]:
    """Return the way into a station, the same for all."""
    transit, approach, wait = (f"{group}/{x}" for x in _MOVING)
    return (
        Transition("blocked", transit, wait),
        Transition("cleared", wait, transit),
        Transition("aligned", transit, approach),
        Transition("aligned", wait, approach),
        Transition("astray", approach, transit),
        Transition("docked", approach, f"{group}/{inside}"),
    )


def _promises() -> tuple[Promise, ...]:
    return (
        Promise("away", "working/undock", "working/choose"),
        Promise("chosen", "working/choose", "working/cover"),
        *(Promise("supply", f"working/{x}", SERVICE) for x in ("choose", "undock")),
        Promise("all_done", "working/choose", "returning"),
        Promise("arrived", "working/cover/transit", "working/cover/sweep"),
        Promise("zone_done", "working/cover", "working/choose"),
        *(Promise(need, "working/cover", "working/service/transit") for need in NEEDS),
        *(Promise("blocked", road, "working/cover/wait") for road in ROADS),
        Promise("cleared", "working/cover/wait", "working/cover/transit"),
        *(
            Promise(event, f"{group}/{source}", f"{group}/{target}")
            for group, inside in ((SERVICE, "serve"), (HOME, "docked"))
            for event, source, target in (
                ("blocked", "transit", "wait"),
                ("cleared", "wait", "transit"),
                ("aligned", "transit", "approach"),
                ("aligned", "wait", "approach"),
                ("astray", "approach", "transit"),
                ("docked", "approach", inside),
            )
        ),
        Promise("served", "working/service/serve", "working/undock"),
        Promise("unserved", "working/service", "working/choose"),
        *(Promise(event, "working", "returning/transit") for event in ENDS),
        Promise("go_on", "returning/docked", "working/undock"),
        Promise("docked", "returning/help", "returning/docked"),
        *(Promise("lost", source, "working/lost") for source in BLIND),
        *(Promise("lost", f"returning/{x}", "returning/lost") for x in _MOVING),
        Promise("found", "working/help", "working/choose"),
        Promise("found", "working/lost", "working/choose"),
        Promise("found", "working/lost", "working/cover/transit"),
        Promise("found", "returning/lost", "returning/transit"),
        Promise("lost_for_long", "working/lost", "working/help"),
        Promise("lost_for_long", "returning/lost", "returning/help"),
        *(Promise("stuck", f"returning/{x}", "returning/help") for x in _MOVING),
        Promise("cleared", "returning/help", "returning/transit"),
        Promise("found", "returning/help", "returning/transit"),
    )
