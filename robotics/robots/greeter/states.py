"""The greeter's mission as a table."""

from __future__ import annotations

from robotics.behaviour.machine import Promise, State, Table, Transition, mission_table

HOME = State("leaving", "bows; the visit is over", enter="begin_leaving")
CALM = tuple(f"working/{name}" for name in ("idle", "notice", "follow", "farewell"))
WAITING = ("working/idle", "working/notice", "working/follow")
FREE = ("working/idle", "working/follow")
WALKING = (
    *("working/idle", "working/follow", "working/turn", "working/stroll", "working/show"),
    "working/visit",
)
BUMPED = (*CALM, *(f"working/{one}" for one in ("greet", "answer", "turn", "visit", "stroll")))
TALKING = (*CALM, "working/stroll/pause", "working/stroll/back", "working/visit")
NEAR = (*CALM, "working/turn", "working/stroll/pause", "working/visit")


def table() -> Table:
    """Return the greeter's mission."""
    return mission_table(
        "greeter",
        _working(),
        _transitions(),
        events=(
            *("noticed", "near", "aside", "greeted", "left", "settled"),
            *("restless", "reached", "away", "home"),
            *("lingers", "met", "joined", "gave_up"),
            *("asked", "answered", "show", "shown", "hand", "shaken"),
            *("bumped", "calmed"),
            *("lost", "found", "lost_for_long", "stuck", "again"),
        ),
        home=HOME,
        promises=_promises(),
    )


def _working() -> State:
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
    return State(
        "working",
        "at its station",
        initial="idle",
        children=(
            State("idle", "sways and looks around"),
            State("notice", "turns its face to somebody who comes", enter="begin_notice"),
            State("greet", "waves and says hello", enter="begin_greeting"),
            State("follow", "follows its guests with head and face", enter="begin_following"),
            State("farewell", "waves goodbye", enter="begin_farewell"),
            State("turn", "turns its body to people who stand aside", enter="begin_turn"),
            State("answer", "answers what somebody asked", enter="begin_answer"),
            State("show", "dances, sings or leads a tour", enter="begin_show", leave="end_show"),
            State(
                "handshake",
                "offers its hand and shakes hands",
                enter="begin_handshake",
                leave="end_handshake",
            ),
            stroll,
            State(
                "visit",
                "walks to people who linger",
                enter="begin_visit",
                leave="end_visit",
            ),
            State(
                "bumped",
                "somebody ran into it: stands, and says that no harm is done",
                enter="begin_bumped",
            ),
            State("lost", "does not know where it is: stands still until it does"),
            State("help", "cannot go on by itself: asks for a person", enter="begin_help"),
        ),
    )


def _transitions() -> tuple[Transition, ...]:
    return (
        Transition("noticed", "working/idle", "working/notice"),
        *(Transition("near", source, "working/greet") for source in NEAR),
        *(Transition("aside", source, "working/turn") for source in WAITING),
        Transition("greeted", "working/greet", "working/follow"),
        Transition("left", "working/follow", "working/farewell"),
        Transition("settled", "working/notice", "working/idle"),
        Transition("settled", "working/farewell", "working/idle"),
        Transition("settled", "working/turn", "working/idle"),
        *(Transition("asked", source, "working/answer") for source in TALKING),
        Transition("answered", "working/answer", "working/follow"),
        *(Transition("show", source, "working/show") for source in FREE),
        Transition("shown", "working/show", "working/follow"),
        *(Transition("hand", source, "working/handshake") for source in WAITING),
        Transition("shaken", "working/handshake", "working/follow"),
        *(Transition("restless", source, "working/stroll/out") for source in FREE),
        Transition("reached", "working/stroll/out", "working/stroll/pause"),
        Transition("away", "working/stroll/pause", "working/stroll/back"),
        *(Transition("away", source, "working/stroll/back") for source in FREE),
        Transition("home", "working/stroll/back", "working/idle"),
        *(Transition("lingers", source, "working/visit") for source in WAITING),
        Transition("met", "working/visit", "working/greet"),
        Transition("joined", "working/visit", "working/follow"),
        Transition("gave_up", "working/visit", "working/idle"),
        *(Transition("bumped", source, "working/bumped") for source in BUMPED),
        Transition("calmed", "working/bumped", "working/idle"),
        *(Transition("lost", source, "working/lost") for source in WALKING),
        Transition("found", "working/lost", "working/idle"),
        Transition("found", "working/help", "working/idle"),
        Transition("lost_for_long", "working/lost", "working/help"),
        *(Transition("stuck", source, "working/help") for source in FREE),
        Transition("again", "working/help", "working/idle"),
    )


def _promises() -> tuple[Promise, ...]:
    return (
        *(Promise("near", source, "working/greet") for source in NEAR),
        *(Promise("aside", source, "working/turn") for source in WAITING),
        Promise("noticed", "working/idle", "working/notice"),
        Promise("greeted", "working/greet", "working/follow"),
        Promise("left", "working/follow", "working/farewell"),
        *(
            Promise("settled", f"working/{source}", "working/idle")
            for source in ("notice", "farewell", "turn")
        ),
        *(Promise("asked", source, "working/answer") for source in TALKING),
        Promise("answered", "working/answer", "working/follow"),
        *(Promise("show", source, "working/show") for source in FREE),
        Promise("shown", "working/show", "working/follow"),
        *(Promise("hand", source, "working/handshake") for source in WAITING),
        Promise("shaken", "working/handshake", "working/follow"),
        Promise("home", "working/stroll/back", "working/idle"),
        *(Promise("lingers", source, "working/visit") for source in WAITING),
        Promise("met", "working/visit", "working/greet"),
        Promise("joined", "working/visit", "working/follow"),
        Promise("gave_up", "working/visit", "working/idle"),
        Promise("away", "working/stroll/pause", "working/stroll/back"),
        *(Promise("away", source, "working/stroll/back") for source in FREE),
        *(Promise("restless", source, "working/stroll/out") for source in FREE),
        *(Promise("bumped", source, "working/bumped") for source in BUMPED),
        Promise("calmed", "working/bumped", "working/idle"),
        *(Promise("lost", source, "working/lost") for source in WALKING),
        *(Promise("found", f"working/{source}", "working/idle") for source in ("lost", "help")),
        Promise("lost_for_long", "working/lost", "working/help"),
        *(Promise("stuck", source, "working/help") for source in FREE),
        Promise("again", "working/help", "working/idle"),
    )
