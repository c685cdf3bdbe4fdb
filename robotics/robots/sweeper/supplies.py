"""Water, bin and battery: what a stretch of work will take, and which station is due."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.core.messages import State
from robotics.robots.sweeper.day import Supplies

TANK = 60.0
"""Water when full [kg], and"""
BIN = 60.0
"""volume of the bin [l]: as in the trial of this class of machine in Norway (at.no, 498234)."""
WEIGHT = 300.0
"""What is assumed of the use at first counts as much as so long a time of work [s]."""
FULL, EMPTY = 0.98, 0.02
"""Where filling and tipping end."""
HALF = 0.5
"""A station is not worth its way for what is more than half there, unless it is at hand."""
AT_HAND = 0.85
"""Coming from another station, it goes for what is less than this there."""
STATIONS = {"dock_water": "water", "dock_tip": "bin", "dock_charge": "battery"}
"""What each kind of station is for."""


@dataclass(slots=True)
class Usage:
    """What an hour of sweeping takes, learned as it works; fractions of full a second.

    The first guess: 0.03 kg/m² on 0.3 m²/s, a bin in two hours, 450 W of 2.4 kWh.
    """

    water: float = 0.009 / TANK
    bin: float = 1.0 / 7200.0
    charge: float = 450.0 / (2400.0 * 3600.0)
    seconds: float = WEIGHT
    """How much work what is known rests on [s]."""

    def learn(self, before: State, after: State) -> None:
        """Take in a stretch of sweeping."""
        passed = after.time - before.time
        used = {
            "water": before.tools.water - after.tools.water,
            "bin": after.tools.bin - before.tools.bin,
            "charge": before.battery.charge - after.battery.charge,
        }
        if not 0.0 < passed < 5.0 or min(used.values()) < -0.01:  # filled up meanwhile
            return
        whole = self.seconds + passed
        for name, part in used.items():
            rate = (getattr(self, name) * self.seconds + max(part, 0.0)) / whole
            setattr(self, name, rate)
        self.seconds = min(whole, 4.0 * WEIGHT)


@dataclass(frozen=True, slots=True)
class Need:
    """A station that is due."""

    kind: str
    """Kind of the place."""
    reason: str
    urgent: bool
    """Whether nothing can be swept before."""


def urgent_need(state: State, limits: Supplies) -> Need | None:
    """Return the station without which no work can go on, if there is one."""
    tools = state.tools
    if tools.bin >= limits.bin_most:
        return Need("dock_tip", f"bin at {tools.bin:.0%}", True)
    if tools.water <= limits.water_least:
        return Need("dock_water", f"water at {tools.water:.0%}", True)
    return None


def need_before(
    seconds: float, state: State, usage: Usage, *, limits: Supplies, at_hand: bool
) -> Need | None:
    """Return the station to go to before ``seconds`` [s] of sweeping, if any is worth it.

    Args:
        seconds: Of the work that comes next.
        state: With the levels of now.
        usage: What work takes.
        limits: Levels at which work ends.
        at_hand: Whether the robot has just come from a station: they stand side by side.
    """
    tools, enough = state.tools, AT_HAND if at_hand else HALF
    water = tools.water - seconds * usage.water
    if water <= limits.water_least and tools.water < enough:
        reason = f"water at {tools.water:.0%}, the next zone takes {seconds * usage.water:.0%}"
        return Need("dock_water", reason, False)
    filled = tools.bin + seconds * usage.bin
    if filled >= limits.bin_most and 1.0 - tools.bin < enough:
        reason = f"bin at {tools.bin:.0%}, the next zone brings {seconds * usage.bin:.0%}"
        return Need("dock_tip", reason, False)
    return None


def charge_needed(seconds: float, way_home: float, usage: Usage, limits: Supplies) -> float:
    """Return the charge with which ``seconds`` of work and the way home [s] can be begun."""
    return min(limits.charge_enough, limits.charge_least + usage.charge * (seconds + way_home))


def is_served(kind: str, state: State) -> bool:
    """Return whether a station has given all it can."""
    if kind == "dock_water":
        return state.tools.water >= FULL
    return kind == "dock_tip" and state.tools.bin <= EMPTY


def level(kind: str, state: State) -> float:
    """Return how far on the station is, growing: for a watch on whether it gives anything."""
    return state.tools.water if kind == "dock_water" else -state.tools.bin
