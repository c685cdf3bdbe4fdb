"""Measure how many mistakes in state machines are caught: by the verifier, by scenario tests.

Usage: python benchmarks/machines.py [--mutants N] [--seed N] [--quick]

Mutants of the tables that ship (``tabling/mutants.py``). What the verifier lets pass goes through
the scenario tests of that machine, with the mutant in place of the table. *transitions* is the
library that executes our tables, by itself: what it refuses when a machine is built.
*python-statemachine* checks when a class is made; it has no promises and knows no stop. The last
line is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest
from tabling.mutants import Mutant, mutants
from transitions.core import MachineError
from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from robotics.behaviour.machine import SEPARATOR, State
from robotics.behaviour.verify import verify

TESTS = Path(__file__).resolve().parent.parent / "tests"
SCENARIOS = {
    "greeter": ("robots/test_greeter_mission.py", "robots/test_greeter_shows.py"),
    "handshake": ("robots/test_handshake.py",),
    "sweeper": ("robots/test_sweeper_mission.py", "robots/test_sweeper_day.py"),
    "safety": ("behaviour/test_mission_machine.py",),
    "power": ("behaviour/test_mission_machine.py",),
}
PLACES = {
    "greeter": "robotics.robots.greeter.deciding.table",
    "handshake": "robotics.robots.greeter.handshake.table",
    "sweeper": "robotics.robots.sweeper.mission.table",
    "safety": "robotics.behaviour.machine.safety_table",
    "power": "robotics.behaviour.machine.power_table",
}


class _Nested(NestedState):
    separator = SEPARATOR


class _Library(HierarchicalMachine):
    state_cls = _Nested


def main() -> None:
    """Make mutants, ask who finds them, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="nothing is read")
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="400, without the scenario tests")
    arguments = parser.parse_args()
    count = 400 if arguments.quick else arguments.mutants
    made, ours, tested, library = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    began, spent = time.process_time(), 0.0
    for one in mutants(count, arguments.seed):
        made[one.kind] += 1
        library[one.kind] += refused_by_library(one)
        start = time.process_time()
        found = bool(verify(one.table, one.owner))
        spent += time.process_time() - start
        ours[one.kind] += found
        if not found:
            caught = not arguments.quick and caught_by_tests(one)
            tested[one.kind] += caught
            print(f"{one.table.name}: {one.kind}: passed; scenario tests catch it: {caught}")
    print(f"\n{'mistake':15} {'made':>5} {'verifier':>9} {'+ tests':>8} {'transitions':>12}")
    for kind in sorted(made):
        both = ours[kind] + tested[kind]
        print(f"{kind:15} {made[kind]:5d} {ours[kind]:9d} {both:8d} {library[kind]:12d}")
    if importlib.util.find_spec("statemachine") is None:
        print("python-statemachine: not installed")
    print(f"{1e3 * spent / count:.2f} ms CPU a table, {time.process_time() - began:.0f} s in all")
    answer = {
        "mutants": made.total(),
        "caught": round((ours.total() + tested.total()) / made.total(), 4),
        "caught_by_verify": round(ours.total() / made.total(), 4),
        "caught_by_transitions": round(library.total() / made.total(), 4),
    }
    print(json.dumps(answer))


def refused_by_library(one: Mutant) -> bool:
    """Whether ``transitions`` refuses to build the machine."""
    try:
        _Library(
            _Model(one.owner),
            states=[_spelled(state) for state in one.table.states],
            transitions=[
                {
                    "trigger": step.event,
                    "source": step.source,
                    "dest": step.target,
                    "conditions": list(step.guards),
                    "unless": list(step.unless),
                }
                for step in one.table.transitions
            ],
            initial=one.table.initial,
            auto_transitions=False,
        )
    except (MachineError, ValueError, AttributeError):  # what it says of a wrong table
        return True
    return False


class _Model:
    """Has the owner's methods by name."""

    def __init__(self, owner: type) -> None:
        self._owner = owner

    def __getattr__(self, name: str) -> object:
        return getattr(self._owner, name)


def _spelled(state: State) -> dict[str, object]:
    spelled: dict[str, object] = {"name": state.name}
    if state.children:
        spelled["initial"] = state.initial
        spelled["children"] = [_spelled(child) for child in state.children]
    return spelled


def caught_by_tests(one: Mutant) -> bool:
    """Whether the scenario tests fail with the mutant in place of the table."""
    paths = [str(TESTS / path) for path in SCENARIOS[one.table.name]]
    with (
        patch(PLACES[one.table.name], lambda: one.table),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        return pytest.main(["-q", "-x", "-p", "no:cacheprovider", *paths]) != 0


if __name__ == "__main__":
    main()
