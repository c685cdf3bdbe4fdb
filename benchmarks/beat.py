"""Measure how well the greeter's dances keep to the beat: movement in the physics, sound.

Usage: python benchmarks/beat.py [--data FOLDER] [--seed N] [--quick] [--dance NAME ...]

Every dance of the repertoire (or of ``--data``, a folder like ``behaviours/greeter``) is danced
under physics by the robot's own sensors with their noise. *Movement*: how late joints and feet
are at the accents of their curves (``beating/motion.py``), the trunk by its phase over six seconds
each; *without lead* is the same body reading its clips at the present time. ``motion_p95_ms`` is of
joints and feet; that of the trunk stands beside it. *Sound*: onsets of the rendered music
(``beating/sound.py``).
No other system that dances on a beat under physics is installed to be compared. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path

import numpy as np
from beating.motion import Late, dance, judge

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.robots.greeter.joints import load

QUICK = 16.0
"""Of each dance [s]."""


def main() -> None:
    """Dance, listen, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder with behaviours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the beginning of one dance")
    parser.add_argument("--dance", nargs="*", default=[])
    arguments = parser.parse_args()
    known = load_behaviours(arguments.data or asset("behaviours/greeter"), load().joints)
    dances = [one for one in known.values() if one.kind == "dance"]
    dances = [one for one in dances if not arguments.dance or one.name in arguments.dance]
    dances = dances[:1] if arguments.quick else dances
    falls = 0
    rows: dict[str, Late] = {}
    for name, lead in (("ours", True), ("without lead", False)):
        late = rows.setdefault(name, Late())
        for one in dances if lead else dances[:1]:
            began = time.process_time()
            seconds = QUICK if arguments.quick or not lead else one.duration
            seen = dance(one, seconds=seconds, seed=arguments.seed, lead=lead)
            judge(one, seen, late, seconds=seconds)
            falls += seen.fell
            spent = time.process_time() - began
            print(f"{name:13} {one.name:20} fell: {seen.fell}, {spent:.0f} s CPU", flush=True)
    print(f"\n{'':13} {'what':8} {'accents':>8} {'mean ms':>8} {'p95 |ms|':>9} {'worst ms':>9}")
    for name, late in rows.items():
        for kind, values in late.found.items():
            if values:
                table = 1e3 * np.array(values)
                mean, worst = table.mean(), np.abs(table).max()
                figures = f"{mean:8.1f} {late.p95_ms(kind):9.1f} {worst:9.1f}"
                print(f"{name:13} {kind:8} {len(values):8d} {figures}")
    for name, late in rows.items():
        _trunk(name, late)
    kept = rows["ours"].withheld
    print(f"not danced, for steps were just ending: {kept} accents of joints")
    answer = {
        "motion_p95_ms": round(_sharp(rows["ours"]), 1),
        "trunk_p95_ms": _rounded(rows["ours"].p95_ms("trunk")),
        "sound_p95_ms": _sound(arguments.seed),
        "accents": sum(len(values) for values in rows["ours"].found.values()),
        "accents_withheld": kept,
        "without_lead_p95_ms": round(_sharp(rows["without lead"]), 1),
        "trunk_without_lead_p95_ms": _rounded(rows["without lead"].p95_ms("trunk")),
        "falls": falls,
    }
    print(json.dumps(answer))


def _sharp(late: Late) -> float:
    """Return the p95 of what has sharp accents, joints and feet [ms]."""
    values = [one for kind in ("joints", "feet") for one in late.found.get(kind, [])]
    return 1e3 * float(np.percentile(np.abs(values), 95)) if values else float("nan")


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 1)


def _trunk(name: str, late: Late) -> None:
    """Print the trunk's phase by axis, and how many stretches were clear."""
    for axis in sorted({one.axis for one in late.trunk}):
        mine = [one for one in late.trunk if one.axis == axis]
        clear = [1e3 * one.lag for one in mine if one.is_clear]
        told = f"{np.median(clear):6.1f} ms median, {np.ptp(clear):5.1f} spread" if clear else "-"
        print(f"{name:13} trunk {axis:8} {len(clear):3d} of {len(mine):3d} stretches clear: {told}")


def _sound(seed: int) -> float | None:
    """Return the sound part's figure; None where it cannot be measured here."""
    try:
        part = importlib.import_module("beating.sound")
    except ImportError as missing:
        print(f"sound: not measured ({missing})")
        return None
    return round(float(part.measure(seed)), 2)


if __name__ == "__main__":
    main()
