"""The verifier finds what is wrong with a table: every rule, and seeded mutants of our own."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from robotics.behaviour.machine import Promise, State, Table, Transition
from robotics.behaviour.verify import verify
from robotics.robots.tables import all_tables

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from tabling.mutants import mutants


class Owner:
    """Has the methods that the small table asks for."""

    def is_released(self) -> bool:
        """Guard."""
        return True

    def begin(self, event: object) -> None:
        """Callback."""


SMALL = Table(
    name="small",
    states=(
        State("idle", "waits"),
        State("work", "works", (State("a", "one"), State("b", "two", enter="begin")), initial="a"),
        State("stopped", "stands"),
        State("fault", "stands"),
        State("done", "is over"),
    ),
    transitions=(
        Transition("go", "idle", "work"),
        Transition("next", "work/a", "work/b"),
        Transition("end", "work/b", "done"),
        *(Transition("stop", source, "stopped") for source in ("idle", "work", "done")),
        *(Transition("fail", source, "fault") for source in ("idle", "work", "stopped", "done")),
        *(Transition("reset", s, "idle", guards=("is_released",)) for s in ("stopped", "fault")),
    ),
    initial="idle",
    final=("done",),
    events=("go", "next", "end", "stop", "fail", "reset"),
    promises=(Promise("end", "work/b", "done"),),
)


def without(table: Table, *gone: Transition) -> Table:
    """Return the table with fewer transitions."""
    return replace(table, transitions=tuple(t for t in table.transitions if t not in gone))


def plus(table: Table, *more: Transition) -> Table:
    """Return the table with more transitions."""
    return replace(table, transitions=(*table.transitions, *more))


@pytest.mark.parametrize(("table", "owner"), all_tables(), ids=lambda one: getattr(one, "name", ""))
def test_our_tables_are_sound(table: Table, owner: type) -> None:
    """No rule is broken in any table that ships."""
    assert verify(table, owner) == ()
    assert max(path.count("/") for path, _ in table.walk()) <= 2


BROKEN = {
    "unreachable": replace(SMALL, states=(*SMALL.states, State("party", "sings"))),
    "dead end": without(SMALL, *(t for t in SMALL.transitions if t.source == "fault")),
    "cannot finish": without(SMALL, Transition("end", "work/b", "done")),
    "unknown state": plus(SMALL, Transition("go", "idle", "wrok")),
    "event": plus(SMALL, Transition("fly", "idle", "done")),
    "duplicate": plus(SMALL, Transition("next", "work/a", "work/b")),
    "shadowed": plus(SMALL, Transition("next", "work/a", "done")),
    "contradiction": plus(
        SMALL, Transition("end", "idle", "done", guards=("begin",), unless=("begin",))
    ),
    "safety": without(SMALL, Transition("stop", "work", "stopped")),
    "promise": replace(SMALL, promises=(Promise("next", "work/b", "done"),)),
    "callback": replace(SMALL, states=(State("idle", "waits", enter="bgin"), *SMALL.states[1:])),
    "name": replace(SMALL, states=(*SMALL.states, State("idle", "again"))),
    "depth": replace(
        SMALL,
        states=(
            *SMALL.states,
            State(
                "x",
                "",
                (State("y", "", (State("z", "", (State("w", ""),), "w"),), "z"),),
                initial="y",
            ),
        ),
    ),
    "initial": replace(SMALL, states=(*SMALL.states, State("x", "", (State("y", ""),)))),
}


def test_the_small_table_is_sound() -> None:
    """The table that the broken ones are made from has no finding."""
    assert verify(SMALL, Owner()) == ()


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_finds_its_fault(rule: str) -> None:
    """A table that breaks one rule is reported under that rule."""
    assert rule in {finding.rule for finding in verify(BROKEN[rule], Owner())}


def test_a_guarded_stop_is_no_stop() -> None:
    """A stop that first asks a guard is reported, and so is one that leads elsewhere."""
    stop = Transition("stop", "work", "stopped")
    guarded = plus(without(SMALL, stop), replace(stop, guards=("is_released",)))
    elsewhere = plus(without(SMALL, stop), replace(stop, target="idle"))
    inner = plus(SMALL, Transition("stop", "work/b", "work/a"))
    for table in (guarded, elsewhere, inner):
        assert "safety" in {finding.rule for finding in verify(table, Owner())}


def test_mutants_are_caught(record_property: pytest.RecordProperty) -> None:
    """Of 600 seeded mutants of our tables at least 98 % are found, of each kind at least 90 %."""
    made, caught, missed = Counter[str](), Counter[str](), Counter[str]()
    for one in mutants(600, seed=20):
        made[one.kind] += 1
        if verify(one.table, one.owner):
            caught[one.kind] += 1
        else:
            missed[f"{one.table.name}: {one.kind}"] += 1
    record_property("missed", dict(missed))
    assert caught.total() / made.total() >= 0.98, missed
    assert all(caught[kind] / made[kind] >= 0.90 for kind in made), missed
