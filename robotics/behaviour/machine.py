"""State machines as data: states, transitions, tables, and the skeleton that all robots share.

A state is named by its path, ``working/stroll/out``: at most three levels. A robot has three small
machines instead of one with parallel regions: Safety (flat), Power (flat) and Mission (nested; the
robot supplies what is below ``working``). Nothing here runs: ``mission.Machine`` does,
``verify.verify`` proves, ``diagram.markdown`` draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SEPARATOR = "/"
MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class State:
    """One state; with children it is entered through ``initial``."""

    name: str
    meaning: str
    """What the robot does in it, for people to read."""
    children: tuple[State, ...] = ()
    initial: str = ""
    """Name of the child that is entered first."""
    enter: str = ""
    """Name of the owner's method that is called on entry; "" for none."""
    leave: str = ""
    """Name of the owner's method that is called on exit; "" for none."""


@dataclass(frozen=True, slots=True)
class Transition:
    """On ``event`` in ``source`` (or below it), if the guards allow, go to ``target``.

    A transition of an inner state comes before one of its parent.
    """

    event: str
    source: str
    target: str
    guards: tuple[str, ...] = ()
    """Names of the owner's methods that all have to return True."""
    unless: tuple[str, ...] = ()
    """Names of the owner's methods that all have to return False."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a table has to keep: every state below ``under`` answers ``event`` with ``target``.

    It is said apart from the transitions on purpose: two accounts of one intention, and the
    verifier compares them.
    """

    event: str
    under: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """One machine."""

    name: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    initial: str
    final: tuple[str, ...]
    """States in which the work may end; each state has to lead to one of them."""
    events: tuple[str, ...]
    """Every event that the machine answers."""
    promises: tuple[Promise, ...] = ()
    branching: tuple[str, ...] = ()
    """Events that may lead to different targets; every other event has one target."""

    def walk(self) -> Iterator[tuple[str, State]]:
        """Yield (path, state) of all states, parents before children."""
        yield from _walk("", self.states)

    def leaves(self) -> tuple[str, ...]:
        """Return the paths of the states without children."""
        return tuple(path for path, state in self.walk() if not state.children)

    def state(self, path: str) -> State:
        """Return the state at ``path``; KeyError if none."""
        return dict(self.walk())[path]

    def entry(self, path: str) -> str:
        """Return the leaf in which one lands when ``path`` is entered; KeyError if none."""
        state = self.state(path)
        while state.children:
            path = f"{path}{SEPARATOR}{state.initial}"
            state = self.state(path)
        return path

    def answers(self, leaf: str, event: str) -> tuple[Transition, ...]:
        """Return the transitions that ``event`` tries in ``leaf``, in the order of trial."""
        return tuple(
            step
            for place in lineage(leaf)
            for step in self.transitions
            if step.event == event and step.source == place
        )


def lineage(path: str) -> tuple[str, ...]:
    """Return ``path`` and its ancestors, innermost first."""
    parts = path.split(SEPARATOR)
    return tuple(SEPARATOR.join(parts[:size]) for size in range(len(parts), 0, -1))


def is_within(path: str, ancestor: str) -> bool:
    """Whether ``path`` is ``ancestor`` or lies below it."""
    return ancestor in lineage(path)


def _walk(prefix: str, states: tuple[State, ...]) -> Iterator[tuple[str, State]]:
    for state in states:
        path = f"{prefix}{SEPARATOR}{state.name}" if prefix else state.name
        yield path, state
        yield from _walk(path, state.children)


# ------------------------------------------------------------------------ the shared skeleton


class MissionEvent(StrEnum):
    """Events that every mission answers."""

    READY = "ready"
    STOP = "stop"
    FAIL = "fail"
    RESET = "reset"
    TIME_UP = "time_up"
    LOW_BATTERY = "low_battery"
    FINISHED = "finished"


class SafetyEvent(StrEnum):
    """Events of the safety machine."""

    STOP = "stop"
    FAIL = "fail"
    RESET = "reset"


class PowerEvent(StrEnum):
    """Events of the power machine."""

    LOW = "low"
    CRITICAL = "critical"
    PLUGGED = "plugged"
    UNPLUGGED = "unplugged"
    FULL = "full"


def safety_table() -> Table:
    """Return the flat safety machine; the stop itself is latched outside of it."""
    return Table(
        name="safety",
        states=(
            State("clear", "nothing forbids moving"),
            State("stopped", "somebody asked to stop; only a reset leads out"),
            State("fault", "a part failed; only a reset leads out"),
        ),
        transitions=(
            Transition("stop", "clear", "stopped"),
            Transition("fail", "clear", "fault"),
            Transition("fail", "stopped", "fault"),
            Transition("reset", "stopped", "clear", guards=("is_released",)),
            Transition("reset", "fault", "clear", guards=("is_released",)),
        ),
        initial="clear",
        final=("clear", "stopped", "fault"),
        events=tuple(SafetyEvent),
        promises=(Promise("reset", "fault", "clear"), Promise("reset", "stopped", "clear")),
    )


def power_table() -> Table:
    """Return the flat power machine. Stopping is not its business: it only reports."""
    levels = ("normal", "low", "critical")
    return Table(
        name="power",
        states=(
            State("normal", "charge for the work"),
            State("low", "charge for the way home"),
            State("critical", "charge for standing still and calling for help"),
            State("charging", "plugged in"),
        ),
        transitions=(
            Transition("low", "normal", "low"),
            Transition("critical", "normal", "critical"),
            Transition("critical", "low", "critical"),
            *(Transition("plugged", level, "charging") for level in levels),
            Transition("unplugged", "charging", "normal"),
            Transition("full", "low", "normal"),
            Transition("full", "critical", "normal"),
        ),
        initial="normal",
        final=("normal", "charging"),
        events=tuple(PowerEvent),
        promises=(
            *(Promise("plugged", level, "charging") for level in levels),
            Promise("full", "low", "normal"),
            Promise("full", "critical", "normal"),
            Promise("low", "normal", "low"),
            Promise("unplugged", "charging", "normal"),
            Promise("critical", "low", "critical"),
            Promise("critical", "normal", "critical"),
        ),
    )


def mission_table(
    name: str,
    working: State,
    transitions: tuple[Transition, ...],
    *,
    events: tuple[str, ...],
    home: State,
    promises: tuple[Promise, ...] = (),
    branching: tuple[str, ...] = (),
) -> Table:
    """Return a robot's mission: the shared skeleton around its own ``working`` states.

    Args:
        name: The robot.
        working: The state ``working`` with the robot's sub-states.
        transitions: The robot's own, inside ``working`` and ``home``.
        events: The robot's own.
        home: How the robot ends its work when time is up or the battery is low: ``returning`` to
            a dock, ``leaving`` with a bow. It has to end with the event ``finished``.
        promises: The robot's own.
        branching: The robot's own events with several targets.
    """
    active = ("starting", working.name, home.name, "finished")
    return Table(
        name=name,
        states=(
            State("starting", "waits for the first trustworthy estimate"),
            working,
            home,
            State("finished", "the work is done; stands still, tools off"),
            State("stopped", "was told to stop: stands still, tools off, until a reset"),
            State("fault", "something failed: stands still, tools off, until a reset"),
        ),
        transitions=(
            Transition("ready", "starting", working.name),
            *transitions,
            Transition("time_up", working.name, home.name),
            Transition("low_battery", working.name, home.name),
            Transition("finished", home.name, "finished"),
            *(Transition("stop", source, "stopped") for source in active),
            *(Transition("fail", source, "fault") for source in (*active, "stopped")),
            *(
                Transition("reset", source, "starting", guards=("is_released",))
                for source in ("stopped", "fault")
            ),
        ),
        initial="starting",
        final=("finished",),
        events=(*MissionEvent, *events),
        promises=(
            *(Promise("stop", source, "stopped") for source in active),
            *(Promise("fail", source, "fault") for source in (*active, "stopped")),
            *(Promise("reset", source, "starting") for source in ("stopped", "fault")),
            *(Promise(event, working.name, home.name) for event in ("time_up", "low_battery")),
            Promise("finished", home.name, "finished"),
            Promise("ready", "starting", working.name),
            *promises,
        ),
        branching=branching,
    )
