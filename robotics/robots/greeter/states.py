"""The greeter's mission as a table."""

from __future__ import annotations

from robotics.behaviour.machine import Promise, State, Table, Transition, mission_table


def table() -> Table:
    """Return the greeter's mission."""
    stroll = State(
        "stroll",
        "takes a few real steps near its station",
        initial="out",
        children=(
            State("out", "walks out about half a metre"),
            State("pause", "stands and looks"),
            State("back", "walks back to its station"),
        ),
    )
    working = State(
        "working",
        "at its station",
        initial="idle",
        children=(
            State("idle", "sways and looks around"),
            State("notice", "turns its face to somebody who comes"),
            State("greet", "waves and says hello", enter="begin_greeting"),
            State("follow", "follows its guests with head and face", enter="begin_following"),
            State("farewell", "waves goodbye", enter="begin_farewell"),
            State("turn", "turns its body to people who stand aside", enter="begin_turn"),
            stroll,
        ),
    )
    home = State("leaving", "bows; the visit is over", enter="begin_leaving")
    calm = tuple(f"working/{name}" for name in ("idle", "notice", "follow", "farewell"))
    waiting = ("working/idle", "working/notice", "working/follow")
    free = ("working/idle", "working/follow")
    near = (*calm, "working/turn", "working/stroll/pause")
    return mission_table(
        "greeter",
        working,
        (
            Transition("noticed", "working/idle", "working/notice"),
            *(Transition("near", source, "working/greet") for source in near),
            *(Transition("aside", source, "working/turn") for source in waiting),
            Transition("greeted", "working/greet", "working/follow"),
            Transition("left", "working/follow", "working/farewell"),
            Transition("settled", "working/notice", "working/idle"),
            Transition("settled", "working/farewell", "working/idle"),
            Transition("settled", "working/turn", "working/idle"),
            *(Transition("restless", source, "working/stroll/out") for source in free),
            Transition("reached", "working/stroll/out", "working/stroll/pause"),
            Transition("away", "working/stroll/pause", "working/stroll/back"),
            *(Transition("away", source, "working/stroll/back") for source in free),
            Transition("home", "working/stroll/back", "working/idle"),
        ),
        events=(
            *("noticed", "near", "aside", "greeted", "left", "settled"),
            *("restless", "reached", "away", "home"),
        ),
        home=home,
        promises=(
            *(Promise("near", source, "working/greet") for source in near),
            *(Promise("aside", source, "working/turn") for source in waiting),
            Promise("noticed", "working/idle", "working/notice"),
            Promise("greeted", "working/greet", "working/follow"),
            Promise("left", "working/follow", "working/farewell"),
            *(
                Promise("settled", f"working/{source}", "working/idle")
                for source in ("notice", "farewell", "turn")
            ),
            Promise("home", "working/stroll/back", "working/idle"),
            Promise("away", "working/stroll/pause", "working/stroll/back"),
            *(Promise("away", source, "working/stroll/back") for source in free),
            *(Promise("restless", source, "working/stroll/out") for source in free),
        ),
    )
