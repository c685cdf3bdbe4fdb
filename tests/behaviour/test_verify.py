"""The verifier finds what is wrong with a table: every rule, and seeded mutants of our own."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from robotics.behaviour.machine import Promise, State, Table, Transition
from robotics.behaviour.verify import verify
from robotics.robots.tables import all_tables


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


MUTATIONS = (
    *("drop", "retarget", "conflict", "typo guard", "orphan", "drop stop"),
    *("guard stop", "drop negation", "drop guard", "move source", "typo event"),
)


def mutate(table: Table, kind: str, rng: random.Random) -> Table | None:
    """Return a copy with one seeded mistake; None if this table offers no place for it."""
    steps = list(table.transitions)
    place = rng.randrange(len(steps))
    step = steps[place]
    if kind == "orphan":
        return replace(table, states=(*table.states, State("party", "sings")))
    if kind == "conflict":
        other = rng.choice([leaf for leaf in table.leaves() if leaf != step.target])
        return plus(table, replace(step, target=other, guards=(), unless=()))
    if kind in ("drop stop", "guard stop"):
        stops = [one for one in steps if one.event == "stop"]
        if not stops:
            return None
        place = steps.index(rng.choice(stops))
    if kind in ("drop negation", "drop guard"):
        field = "unless" if kind == "drop negation" else "guards"
        having = [one for one in steps if getattr(one, field)]
        if not having:
            return None
        place = steps.index(rng.choice(having))
        steps[place] = replace(steps[place], **{field: ()})
    elif kind in ("drop", "drop stop"):
        del steps[place]
    elif kind == "retarget":
        others = [leaf for leaf in table.leaves() if leaf != table.entry(step.target)]
        steps[place] = replace(step, target=rng.choice(others))
    elif kind == "typo guard":
        steps[place] = replace(step, guards=("stabel",))
    elif kind == "guard stop":
        steps[place] = replace(steps[place], guards=("is_released",))
    elif kind == "move source":
        others = [path for path, _ in table.walk() if path != step.source]
        steps[place] = replace(step, source=rng.choice(others))
    elif kind == "typo event":
        steps[place] = replace(step, event=step.event + "s")
    return replace(table, transitions=tuple(steps))


def test_mutants_are_caught(record_property: pytest.RecordProperty) -> None:
    """Of 600 seeded mutants of our tables at least 95 % are found, of each kind at least 85 %."""
    rng = random.Random(20)
    made, caught, missed = Counter[str](), Counter[str](), Counter[str]()
    while made.total() < 600:
        table, owner = rng.choice(all_tables())
        kind = rng.choice(MUTATIONS)
        mutant = mutate(table, kind, rng)
        if mutant is None:
            continue
        made[kind] += 1
        if verify(mutant, owner):
            caught[kind] += 1
        else:
            missed[f"{table.name}: {kind}"] += 1
    record_property("missed", dict(missed))
    assert caught.total() / made.total() >= 0.95, missed
    assert all(caught[kind] / made[kind] >= 0.85 for kind in made), missed
