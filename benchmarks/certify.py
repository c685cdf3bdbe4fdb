"""Measure the proof of behaviours: how long it takes, what it refuses, what it lets pass.

Usage: python benchmarks/certify.py [--seed N] [--count N] [--quick]

Good behaviours are those of the package, mirrored and slowed ones, and calm dances; none may be
refused. Mutants carry one planted fault each, bad by construction (a limit, a missing text) or by a
judge that shares nothing with the proof (PyBullet's distances, the cart-table model). No other
authoring system checks any of this before a behaviour runs, so there is no peer to run beside. *As
meant* counts those that were refused by the rule that the fault is about, and not only by another
one. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

import numpy as np
from certifying.goods import Case, goods, shipped
from certifying.mutants import Mutant, Planter

from robotics.certify import Prover

SHORT = 8.0
"""Faults are planted in behaviours shorter than this [s]: a long one is no harder, only longer."""
MOVING, OTHERS = 15, 6
"""How many of those that move, and of those that only speak."""
RULES = {
    "balance": {"balance", "trunk_range", "trunk_speed"},
    "base": {"base_speed", "base_room"},
    "collision": {"self_collision"},
    "conflict": {"joint_twice", "resource_undeclared", "voice_overlap", "beside_arm"},
    "exit": {"exit_time", "exit_never"},
    "file": {"missing_file"},
    "limit": {"joint_angle"},
    "speed": {"joint_speed"},
    "steps": {"endless", "missing_behaviour"},
    "text": {"missing_text", "words_paired"},
}
"""Which rules are about a kind of fault."""


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="good behaviours")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    arguments = parser.parse_args()
    count = max(10, arguments.count // 10) if arguments.quick else arguments.count
    cases = goods(count, arguments.seed)
    names = {case[1].name for case in cases}
    spent, refused = prove_goods(cases, names)
    mutants = list(Planter(arguments.seed).mutants(bases(arguments.seed)))
    mutants = mutants[::10] if arguments.quick else mutants
    caught, meant = prove_mutants(mutants, names)
    print(
        json.dumps(
            {
                "behaviours": len(cases),
                "cpu_s_per_100": round(100.0 * spent / len(cases), 2),
                "mutants": len(mutants),
                "mutants_refused": sum(caught.values()),
                "mutants_refused_as_meant": sum(meant.values()),
                "mutants_refused_share": round(sum(caught.values()) / max(len(mutants), 1), 4),
                "good_refused": refused,
            }
        )
    )


def bases(seed: int) -> list[Case]:
    """Return the shipped behaviours in which faults are planted: short ones, drawn at random."""
    rng, cases = np.random.default_rng([seed, 1]), shipped()
    moving = [c for c in cases if c[1].clip is not None and c[1].duration < SHORT]
    others = [c for c in cases if c[1].clip is None and not c[1].steps]
    picked = [*rng.permutation(len(moving))[:MOVING]], [*rng.permutation(len(others))[:OTHERS]]
    return [moving[k] for k in picked[0]] + [others[k] for k in picked[1]]


def prove_goods(cases: list[Case], names: set[str]) -> tuple[float, int]:
    """Prove good behaviours; return CPU time [s] and how many were refused."""
    began, refused = time.process_time(), 0
    provers = {robot: Prover(robot, known=names) for robot in ("greeter", "sweeper")}
    seconds = 0.0
    for robot, behaviour in cases:
        proof = provers[robot].prove(behaviour)
        seconds += behaviour.duration
        if not proof.holds:
            refused += 1
            for one in proof.findings:
                print(f"refused: {behaviour.name}: {one.text()}")
    spent = time.process_time() - began
    print(
        f"{len(cases)} good behaviours, {seconds:.0f} s long: {spent:.1f} s CPU, {refused} refused"
    )
    return spent, refused


def prove_mutants(mutants: list[Mutant], names: set[str]) -> tuple[Counter[str], Counter[str]]:
    """Prove mutants; print and return what was refused by kind, at all and by the rule meant."""
    provers = {robot: Prover(robot, known=names) for robot in ("greeter", "sweeper")}
    seen: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    for mutant in mutants:
        proof = provers[mutant.robot].prove(mutant.behaviour)
        rules = {one.rule for one in proof.findings if one.is_fault}
        seen[mutant.kind] += 1
        caught[mutant.kind] += not proof.holds
        meant[mutant.kind] += bool(rules & RULES[mutant.kind])
        if proof.holds:
            print(f"let pass: {mutant.kind}, {mutant.what}, in {mutant.behaviour.name}")
        elif not rules & RULES[mutant.kind]:
            print(f"refused otherwise: {mutant.what}, in {mutant.behaviour.name}: {sorted(rules)}")
    print(f"{'fault':10} mutants refused as meant")
    for kind, count in sorted(seen.items()):
        print(f"{kind:10} {count:7} {caught[kind]:7} {meant[kind]:8}")
    return caught, meant


if __name__ == "__main__":
    main()
