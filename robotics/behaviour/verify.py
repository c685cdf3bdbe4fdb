"""Proofs about a table before it runs: what the library that executes it never checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from robotics.behaviour.machine import MAX_DEPTH, SEPARATOR, Table, Transition, is_within

SAFE = ("stopped", "fault")
"""States in which the robot stands still already; they need no answer to ``stop``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule."""

    rule: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.place}: {self.text}"


def verify(table: Table, owner: object = None) -> tuple[Finding, ...]:
    """Return every rule that ``table`` breaks; empty if it is sound.

    Args:
        table: The machine.
        owner: The class or object that has the guards and callbacks; None to leave them out.
    """
    shape = tuple(_shape(table))
    if shape:  # the other rules assume that every path exists
        return shape
    return (
        *_events(table),
        *_paths(table),
        *_choices(table),
        *_safety(table),
        *_promises(table),
        *(() if owner is None else _callbacks(table, owner)),
    )


def _shape(table: Table) -> Iterator[Finding]:
    paths = [path for path, _ in table.walk()]
    for path in sorted({path for path in paths if paths.count(path) > 1}):
        yield Finding("name", path, "two states have this path")
    for path, state in table.walk():
        if not state.name.isidentifier():
            yield Finding("name", path, "a state's name is letters, digits and _")
        if path.count(SEPARATOR) >= MAX_DEPTH:
            yield Finding("depth", path, f"more than {MAX_DEPTH} levels")
        if state.children and state.initial not in [child.name for child in state.children]:
            yield Finding("initial", path, f"'{state.initial}' is none of its children")
        if not state.children and state.initial:
            yield Finding("initial", path, "a state without children has no initial one")
    ends = [(step.event, end) for step in table.transitions for end in (step.source, step.target)]
    ends += [("initial", table.initial), *(("final", path) for path in table.final)]
    ends += [("promise", end) for p in table.promises for end in (p.under, p.target)]
    for event, end in ends:
        if end not in paths:
            yield Finding("unknown state", event, f"there is no '{end}'")


def _events(table: Table) -> Iterator[Finding]:
    used = {step.event for step in table.transitions}
    for event in sorted(used - set(table.events)):
        yield Finding("event", event, "is not declared")
    for event in sorted(set(table.events) - used):
        yield Finding("event", event, "is declared and never answered")
    for event in sorted(used - set(table.branching)):
        targets = {table.entry(step.target) for step in table.transitions if step.event == event}
        if len(targets) > 1:
            yield Finding("event", event, f"leads to {', '.join(sorted(targets))}")


def _edges(table: Table) -> dict[str, set[str]]:
    """Return the leaves that each leaf can reach in one step."""
    return {
        leaf: {
            table.entry(step.target)
            for event in table.events
            for step in _possible(table.answers(leaf, event))
        }
        for leaf in table.leaves()
    }


def _possible(steps: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """Return the steps that can be taken: up to the first one without a guard."""
    for place, step in enumerate(steps):
        if not step.guards and not step.unless:
            return steps[: place + 1]
    return steps


def _reach(edges: dict[str, set[str]], starts: set[str]) -> set[str]:
    found, waiting = set(starts), list(starts)
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _paths(table: Table) -> Iterator[Finding]:
    edges = _edges(table)
    reached = _reach(edges, {table.entry(table.initial)})
    final = {leaf for leaf in edges if any(is_within(leaf, end) for end in table.final)}
    back: dict[str, set[str]] = {leaf: set() for leaf in edges}
    for source, targets in edges.items():
        for target in targets:
            back[target].add(source)
    finishing = _reach(back, final)
    for leaf, targets in edges.items():
        if leaf not in reached:
            yield Finding("unreachable", leaf, "nothing leads to it")
        if not targets - {leaf} and leaf not in final:
            yield Finding("dead end", leaf, "nothing leads out of it")
        elif leaf not in finishing:
            yield Finding("cannot finish", leaf, f"no way to {', '.join(table.final)}")


def _choices(table: Table) -> Iterator[Finding]:
    seen: set[Transition] = set()
    for step in table.transitions:
        if step in seen:
            yield Finding("duplicate", step.source, f"{step.event} stands twice")
        seen.add(step)
        if set(step.guards) & set(step.unless):
            yield Finding("contradiction", step.source, f"{step.event} can never be taken")
    for path, _ in table.walk():
        for event in table.events:
            own = [s for s in table.transitions if s.source == path and s.event == event]
            for place, later in enumerate(own):
                if any(not _exclusive(earlier, later) for earlier in own[:place]):
                    text = f"{event} to {later.target} is shadowed by an earlier one"
                    yield Finding("shadowed", path, text)


def _exclusive(one: Transition, other: Transition) -> bool:
    """Whether no situation allows both."""
    return bool(set(one.guards) & set(other.unless) or set(one.unless) & set(other.guards))


def _safety(table: Table) -> Iterator[Finding]:
    paths = [path for path, _ in table.walk()]
    for event, target in (("stop", "stopped"), ("fail", "fault")):
        if target not in paths or event not in table.events:
            continue
        resting = SAFE if event == "stop" else ("fault",)
        for leaf in table.leaves():
            first = table.answers(leaf, event)[:1]
            if leaf in resting:
                continue
            if not first or first[0].guards or first[0].unless or first[0].target != target:
                yield Finding("safety", leaf, f"{event} does not lead to {target} at once")
    for path, state in table.walk():
        if path in SAFE and (state.enter or state.leave):
            yield Finding("safety", path, "it has a callback, which could fail")
    asks = any(step.guards or step.unless for step in table.transitions)
    if "fail" not in table.events and (asks or any(s.enter or s.leave for _, s in table.walk())):
        yield Finding("safety", table.name, "it calls methods and has no answer to 'fail'")
    for step in table.transitions:
        if step.source in SAFE and step.event not in ("reset", "fail"):
            yield Finding("safety", step.source, f"{step.event} leads out; only reset may")
        if step.source in SAFE and step.event == "reset" and "is_released" not in step.guards:
            yield Finding("safety", step.source, "reset asks nobody whether the stop is released")


def _promises(table: Table) -> Iterator[Finding]:
    for promise in table.promises:
        goal = table.entry(promise.target)
        for leaf in table.leaves():
            if not is_within(leaf, promise.under):
                continue
            steps = _possible(table.answers(leaf, promise.event))
            if not any(table.entry(step.target) == goal for step in steps):
                text = f"{promise.event} does not lead to {promise.target}"
                yield Finding("promise", leaf, text)


def _callbacks(table: Table, owner: object) -> Iterator[Finding]:
    names = [(path, name) for path, s in table.walk() for name in (s.enter, s.leave) if name]
    names += [(s.source, name) for s in table.transitions for name in (*s.guards, *s.unless)]
    for place, name in sorted(set(names)):
        if not callable(getattr(owner, name, None)):
            yield Finding("callback", place, f"there is no method '{name}'")
