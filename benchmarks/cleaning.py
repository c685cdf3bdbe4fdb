"""How clean a strip with a kerb gets, and how much dust is raised: controlled, dry, constant spray.

One machine drives the strip kinematically: along the kerb, then lane by lane. All figures rest on
the simulator's dirt model (``sim/cleaning/laws.py``: constants from the literature, none fitted to
the results); further tables show what the kerb gap does, and vary every constant by half to show
what the results hang on.

    python benchmarks/cleaning.py [--seed N] [--quick]
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from robotics.control.cleaning import CleaningConfig, CleaningControl
from robotics.core.arrays import Array
from robotics.core.messages import Joints, State, ToolReadings, Tools
from sim import brushes
from sim.cleaning.laws import Laws
from sim.cleaning.supply import FINE_SHARE
from sim.dirt import Dirt
from sim.weather import Weather
from sim.world import Kerb, World, Zone, load_world

LENGTH, WIDTH = 20.0, 6.0
"""Of the strip [m]; the kerb runs along one long side."""
OVERLAP = 0.04
"""Of neighbouring lanes [m]."""
KERB_GAP = 0.01
"""Wished between the brushes' edge and the kerb [m]."""
GAPS = (-0.02, 0.0, 0.01, 0.02, 0.035, 0.05)
"""Tried in the second table [m]."""
STEP = 0.05
"""[s]: 20 times a second, as in the simulator."""
ACCELERATION = 0.45
"""[m/s²]."""
TURN = 6.0
"""From one lane to the next, tools off [s]."""
TANK = 60.0
"""[kg]."""


@dataclass(frozen=True, slots=True)
class Manner:
    """A way of working."""

    name: str
    settings: Callable[[CleaningControl, State, bool, float], tuple[Tools, float]]
    config: CleaningConfig = field(default_factory=CleaningConfig)
    kerb_passes: int = 1
    gap: float = KERB_GAP
    """Between the brushes' edge and the kerb; bristles bend where it is negative [m]."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it."""

    removed: float
    kerb_removed: float
    raised: float
    """Of all mass."""
    raised_fine: float
    """Of the fine dust."""
    water: float
    """[kg/m²]."""
    rate: float
    """Turns not counted [m²/h]."""


def strip(seed: int, laws: Laws, weather: Weather) -> Dirt:
    """Return a dirty strip along the x axis, its kerb at y = ``WIDTH``."""
    yard = load_world("yard")
    floor = ((-3.0, -2.0), (LENGTH + 3.0, -2.0), (LENGTH + 3.0, WIDTH), (-3.0, WIDTH))
    outline = ((0.0, 0.0), (LENGTH, 0.0), (LENGTH, WIDTH), (0.0, WIDTH))
    world: World = replace(
        yard,
        paving=(replace(yard.paving[0], polygon=floor),),
        solids=(),
        kerbs=(Kerb(((-3.0, WIDTH), (LENGTH + 3.0, WIDTH)), 0.12),),
        zones=(Zone("strip", "strip", "sweep", outline),),
        dirt=replace(yard.dirt, litter=(), leaves=()),
    )
    return Dirt(world, np.random.default_rng(seed), weather=weather, laws=laws)


def lanes(kerb_passes: int, gap: float = KERB_GAP) -> Iterator[tuple[float, bool]]:
    """Return y of each lane and whether it is led along the kerb, the kerb first."""
    first = WIDTH - gap - brushes.HALF_WIDTH
    spacing = 2.0 * brushes.HALF_WIDTH - OVERLAP
    for k in range(math.ceil((WIDTH - 2.0 * brushes.HALF_WIDTH) / spacing) + 1):
        for _ in range(kerb_passes if k == 0 else 1):
            yield first - k * spacing, k == 0


def drive(manner: Manner, dirt: Dirt) -> Figures:
    """Return what came of driving the strip once."""
    config = manner.config
    control, tools, speed = CleaningControl(config), Tools(), 0.0
    worked, now, back = 0.0, 0.0, False
    left = LENGTH * WIDTH
    for y, kerb in lanes(manner.kerb_passes, manner.gap):
        x, yaw = (LENGTH + 1.0, math.pi) if back else (-1.0, 0.0)
        pose = np.array([x, y, yaw])
        while -1.0 <= pose[0] <= LENGTH + 1.0:
            dirt.sweep(pose, brush=tools.brush, spray=tools.spray, fan=tools.fan, duration=STEP)
            water = 1.0 - dirt.water_used / TANK
            state = _state(now, pose, speed, replace(dirt.around(pose), water=water))
            share = config.water_share(water * TANK, max(left, 1.0))
            tools, cap = manner.settings(control, state, kerb, share)
            speed = min(speed + ACCELERATION * STEP, cap)
            pose[0] += math.cos(yaw) * speed * STEP
            left -= speed * STEP * WIDTH / len(list(lanes(1)))
            now += STEP
            worked += STEP
        back, speed, tools = not back, 0.0, Tools()
        for _ in range(round(TURN / STEP)):
            dirt.sweep(pose, brush=0.0, spray=0.0, duration=STEP)
        now += TURN
    for _ in range(600):  # what still flies comes down
        dirt.sweep(pose, brush=0.0, spray=0.0, duration=STEP)
    return _figures(dirt, worked)


def _state(now: float, pose: Array, speed: float, tools: ToolReadings) -> State:
    zero = np.zeros(3)
    joints = Joints.at_rest(np.zeros(5))
    return State(now, pose, np.array([speed, 0.0, 0.0]), joints, zero[:2], zero, tools=tools)


def _figures(dirt: Dirt, worked: float) -> Figures:
    first, at_kerb = dirt.initial_mass("strip"), dirt.initial_kerb_mass("strip")
    raised, area = dirt.raised_in("strip"), LENGTH * WIDTH
    return Figures(
        removed=dirt.removed_fraction("strip"),
        kerb_removed=1.0 - dirt.kerb_mass_in("strip") / at_kerb,
        raised=raised / first,
        raised_fine=raised / (first * FINE_SHARE),
        water=dirt.water_used / area,
        rate=3600.0 * area / worked,
    )


def controlled(
    control: CleaningControl, state: State, kerb: bool, share: float
) -> tuple[Tools, float]:
    """Let the control decide."""
    return control.settings(state, kerb=kerb, water_share_for_rest=share)


def dry(control: CleaningControl, state: State, kerb: bool, share: float) -> tuple[Tools, float]:
    """Drive as under control, brushes at full speed, no water."""
    _, cap = control.settings(state, kerb=kerb, water_share_for_rest=share)
    return Tools(brush=1.0, spray=0.0, fan=1.0), cap


def no_water(
    control: CleaningControl, state: State, kerb: bool, share: float
) -> tuple[Tools, float]:
    """Let the control decide, with an empty tank."""
    empty = replace(state, tools=replace(state.tools, water=0.0))
    return control.settings(empty, kerb=kerb, water_share_for_rest=share)


def constant(speed: float) -> Callable[..., tuple[Tools, float]]:
    """Return driving at one speed with the spray bar a third open."""
    return lambda *_: (Tools(brush=1.0, spray=0.3, fan=1.0), speed)


HURRY = CleaningConfig(speed=0.6, kerb_speed=0.4)
"""Twice as fast."""
MANNERS = (
    Manner("controlled", controlled),
    Manner("the same, dry brushes", dry),
    Manner("controlled, empty tank", no_water),
    Manner("controlled, kerb twice", controlled, kerb_passes=2),
    Manner("controlled, in a hurry", controlled, HURRY),
    Manner("constant spray, 0.8 m/s", constant(0.8)),
    Manner("constant spray, 0.3 m/s", constant(0.3)),
)


def run(manner: Manner, seed: int, laws: Laws, weather: Weather) -> Figures:
    """Return what ``manner`` does on a fresh strip."""
    return drive(manner, strip(seed, laws, weather))


def varied() -> Iterator[tuple[str, Laws, Weather]]:
    """Return each constant at half and at one and a half times its value."""
    laws, weather = Laws(), Weather()
    for name, value in laws._asdict().items():
        for factor in (0.5, 1.5):
            scaled: Any = (
                tuple(factor * v for v in value) if isinstance(value, tuple) else factor * value
            )
            if name in ("no_suction", "grip", "suction", "smear"):
                scaled = min(1.0, scaled)
            yield f"{name} x {factor}", laws._replace(**{name: scaled}), weather
    for factor in (0.5, 1.5):
        wind = (factor * weather.wind[0], factor * weather.wind[1])
        yield f"wind x {factor}", laws, replace(weather, wind=wind)
        sun = replace(weather, radiation=factor * weather.radiation)
        yield f"net radiation x {factor}", laws, sun


def row(name: str, f: Figures) -> str:
    """Return a line of the table."""
    return (
        f"{name:28s} {f.removed:9.2%} {f.kerb_removed:9.2%} {f.raised:8.2%} {f.raised_fine:8.2%}"
        f" {f.water:7.3f} {f.rate:7.0f}"
    )


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the first table only")
    arguments = parser.parse_args()
    begin = time.process_time()
    head = f"{'':28s} {'removed':>9s} {'at kerb':>9s} {'raised':>8s} {'of fine':>8s}"
    print(head + f" {'kg/m2':>7s} {'m2/h':>7s}")
    results = {m.name: run(m, arguments.seed, Laws(), Weather()) for m in MANNERS}
    for name, figures in results.items():
        print(row(name, figures))
    if not arguments.quick:
        print("\ncontrolled, at other gaps between brush and kerb")
        for gap in GAPS:
            manner = replace(MANNERS[0], gap=gap)
            print(row(f"{100.0 * gap:.1f} cm", run(manner, arguments.seed, Laws(), Weather())))
        print("\ncontrolled, each constant of the model varied")
        for name, laws, weather in varied():
            print(row(name, run(MANNERS[0], arguments.seed, laws, weather)))
    best, plain = results["controlled"], results["the same, dry brushes"]
    print(f"\n{time.process_time() - begin:.0f} s CPU")
    answer = {
        "mass_removed": best.removed,
        "kerb_mass_removed": best.kerb_removed,
        "raised_fraction": best.raised,
        "raised_fraction_dry": plain.raised,
        "raised_fine_fraction": best.raised_fine,
        "raised_fine_fraction_dry": plain.raised_fine,
    }
    print(json.dumps({key: round(value, 5) for key, value in answer.items()}))


if __name__ == "__main__":
    main()
