"""The sweeper's mission as a table."""

from __future__ import annotations

from robotics.behaviour.machine import Promise, State, Table, Transition, mission_table

ROADS = ("working/cover/transit", "working/cover/sweep")
AWAY = ("transit", "wait", "help")
BLIND = ("working/undock", "working/choose", "working/cover")


def table() -> Table:
    """Return the sweeper's mission. Refilling and emptying come with issue 3: it goes home."""
    return mission_table(
        "sweeper",
        _working(),
        _transitions(),
        events=(
            *("away", "chosen", "all_done", "arrived", "blocked", "cleared", "zone_done"),
            *("docked", "lost", "found", "lost_for_long", "bin_full", "water_empty"),
            "stuck",
        ),
        home=_home(),
        promises=_promises(),
        branching=("blocked", "cleared", "lost", "found", "lost_for_long"),
    )


def _working() -> State:
    cover = State(
        "cover",
        "works on one zone",
        initial="transit",
        children=(
            State("transit", "drives to the zone, tools off", enter="begin_zone"),
            State("sweep", "sweeps: brushes, spray low, fan"),
            State("wait", "people stand in the way: asks them kindly"),
        ),
    )
    return State(
        "working",
        "away from the dock",
        initial="undock",
        children=(
            State("undock", "backs out of the dock", enter="begin_undock"),
            State("choose", "chooses the next zone that fits into the time left"),
            cover,
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
            State("transit", "drives to the charging dock"),
            State("wait", "people stand in the way: asks them kindly"),
            State("lost", "does not know where it is: stands still until it does"),
            State("help", "cannot get home by itself: asks for a person", enter="begin_help"),
            State("docked", "stands in the dock and says so", enter="begin_docked"),
        ),
    )


def _transitions() -> tuple[Transition, ...]:
    return (
        Transition("away", "working/undock", "working/choose"),
        Transition("chosen", "working/choose", "working/cover"),
        Transition("all_done", "working/choose", "returning"),
        Transition("arrived", "working/cover/transit", "working/cover/sweep"),
        *(Transition("blocked", road, "working/cover/wait") for road in ROADS),
        Transition("blocked", "returning/transit", "returning/wait"),
        Transition("cleared", "working/cover/wait", "working/cover/transit"),
        Transition("cleared", "returning/wait", "returning/transit"),
        Transition("zone_done", "working/cover", "working/choose"),
        *(Transition("lost", source, "working/lost") for source in BLIND),
        Transition("docked", "returning/transit", "returning/docked"),
        Transition("docked", "returning/wait", "returning/docked"),
        Transition("lost", "returning/transit", "returning/lost"),
        Transition("lost", "returning/wait", "returning/lost"),
        Transition("found", "working/lost", "working/choose", unless=("has_zone",)),
        Transition("found", "working/lost", "working/cover/transit", guards=("has_zone",)),
        Transition("found", "working/help", "working/choose"),
        Transition("found", "returning/lost", "returning/transit"),
        Transition("lost_for_long", "working/lost", "working/help"),
        Transition("lost_for_long", "returning/lost", "returning/help"),
        *(Transition("stuck", f"returning/{x}", "returning/help") for x in ("transit", "wait")),
        Transition("found", "returning/help", "returning/transit"),
        Transition("cleared", "returning/help", "returning/transit"),
        Transition("docked", "returning/help", "returning/docked"),
        *(Transition(need, "working", "returning") for need in ("bin_full", "water_empty")),
    )


def _promises() -> tuple[Promise, ...]:
    return (
        Promise("away", "working/undock", "working/choose"),
        Promise("chosen", "working/choose", "working/cover"),
        Promise("all_done", "working/choose", "returning"),
        Promise("arrived", "working/cover/transit", "working/cover/sweep"),
        *(Promise("blocked", road, "working/cover/wait") for road in ROADS),
        Promise("blocked", "returning/transit", "returning/wait"),
        Promise("cleared", "working/cover/wait", "working/cover/transit"),
        Promise("cleared", "returning/wait", "returning/transit"),
        Promise("zone_done", "working/cover", "working/choose"),
        *(
            Promise("docked", f"returning/{x}", "returning/docked")
            for x in ("transit", "wait", "help")
        ),
        *(Promise("lost", source, "working/lost") for source in BLIND),
        *(Promise("lost", f"returning/{x}", "returning/lost") for x in ("transit", "wait")),
        Promise("found", "working/help", "working/choose"),
        Promise("found", "working/lost", "working/choose"),
        Promise("found", "working/lost", "working/cover/transit"),
        Promise("found", "returning/lost", "returning/transit"),
        Promise("lost_for_long", "working/lost", "working/help"),
        Promise("lost_for_long", "returning/lost", "returning/help"),
        *(Promise("stuck", f"returning/{x}", "returning/help") for x in ("transit", "wait")),
        Promise("cleared", "returning/help", "returning/transit"),
        Promise("found", "returning/help", "returning/transit"),
        *(Promise(need, "working", "returning") for need in ("bin_full", "water_empty")),
    )
