"""Seeded mistakes that people make in tables of states and transitions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from robotics.behaviour.machine import State, Table, Transition
from robotics.robots.tables import all_tables

KINDS = (
    *("drop", "retarget", "conflict", "typo guard", "orphan", "drop stop"),
    *("guard stop", "drop negation", "drop guard", "move source", "typo event"),
)


@dataclass(frozen=True)
class Mutant:
    """One table with one mistake."""

    kind: str
    table: Table
    owner: type


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    """Yield so many mutants of our own tables, drawn by seed."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        table, owner = rng.choice(all_tables())
        kind = rng.choice(KINDS)
        spoilt = mutate(table, kind, rng)
        if spoilt is not None:
            made += 1
            yield Mutant(kind, spoilt, owner)


def mutate(table: Table, kind: str, rng: random.Random) -> Table | None:
    """Return a copy with one mistake; None if this table offers no place for it."""
    steps = list(table.transitions)
    if kind == "orphan":
        return replace(table, states=(*table.states, State("party", "sings")))
    chosen = [one for one in steps if _suits(one, kind)]
    if not chosen:
        return None
    step = rng.choice(chosen)
    place = steps.index(step)
    if kind == "conflict":
        other = rng.choice([leaf for leaf in table.leaves() if leaf != step.target])
        steps.append(replace(step, target=other, guards=(), unless=()))
    elif kind in ("drop", "drop stop"):
        del steps[place]
    else:
        steps[place] = _spoilt(table, step, kind, rng)
    return replace(table, transitions=tuple(steps))


def _suits(step: Transition, kind: str) -> bool:
    if kind in ("drop stop", "guard stop"):
        return step.event == "stop"
    if kind == "drop negation":
        return bool(step.unless)
    return kind != "drop guard" or bool(step.guards)


def _spoilt(table: Table, step: Transition, kind: str, rng: random.Random) -> Transition:
    if kind == "drop negation":
        return replace(step, unless=())
    if kind == "drop guard":
        return replace(step, guards=())
    if kind == "typo guard":
        return replace(step, guards=("stabel",))
    if kind == "guard stop":
        return replace(step, guards=("is_released",))
    if kind == "typo event":
        return replace(step, event=f"{step.event}s")
    if kind == "retarget":
        others = [leaf for leaf in table.leaves() if leaf != table.entry(step.target)]
        return replace(step, target=rng.choice(others))
    others = [path for path, _ in table.walk() if path != step.source]
    return replace(step, source=rng.choice(others))
