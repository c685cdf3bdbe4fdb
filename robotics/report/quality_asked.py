"""What was promised, what was measured, and whether it was reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from robotics.report.quality_data import Quality


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the verdict."""

    key: str
    """Of the onlooker's summary."""
    zh: str
    en: str
    bound: float
    at_most: bool
    unit: str
    """``%``, ``cm`` or "" for a count."""
    rests_on_model: bool = False
    """Whether it comes from the simulator's dirt model."""

    def text(self, value: float) -> str:
        """Return a value as people read it; a dash where it was not measured."""
        if not math.isfinite(value):
            return "–"
        if self.unit == "%":
            return f"{100.0 * value:.1f} %"
        return f"{100.0 * value:.1f} cm" if self.unit == "cm" else f"{value:.0f}"

    @property
    def asked(self) -> str:
        """The bound as people read it."""
        sign = "≤" if self.at_most else "≥"
        digits = 1 if self.unit == "cm" and round(1000.0 * self.bound) % 10 else 0
        if self.unit == "%":
            return f"{sign} {100.0 * self.bound:.0f} %"
        if self.unit == "cm":
            return f"{sign} {100.0 * self.bound:.{digits}f} cm"
        return f"{self.bound:.0f}" if self.bound == 0.0 else f"{sign} {self.bound:.0f}"

    def is_kept(self, value: float) -> bool | None:
        """Return whether ``value`` is good enough; None where it was not measured."""
        if not math.isfinite(value):
            return None
        return value <= self.bound if self.at_most else value >= self.bound


PROMISES = (
    Promise(
        "covered_fraction", "清扫覆盖率", "ground swept, of what is in reach", 0.99, False, "%"
    ),
    Promise("repeat_fraction", "重复清扫", "swept again", 0.08, True, "%"),
    Promise("contacts_caused", "碰撞（机器人造成）", "contacts caused by the robot", 0.0, True, ""),
    Promise("kerb_gap_mean_m", "离路缘石平均距离", "gap at the kerb, mean", 0.02, True, "cm"),
    Promise("kerb_gap_p95_m", "离路缘石距离（95 %）", "the same, 95 % of it", 0.035, True, "cm"),
    Promise("kerb_missed_fraction", "没有沿边清扫的路缘", "kerb not swept along", 0.01, True, "%"),
    Promise("kerb_touches", "机身碰路缘石", "kerb touched by the body", 0.0, True, ""),
    Promise("mass_removed_fraction", "清除的脏物", "dirt removed", 0.98, False, "%", True),
    Promise(
        key="kerb_mass_removed_fraction",
        zh="路缘 10 cm 内清除的脏物",
        en="dirt removed, last 10 cm at the kerb",
        bound=0.95,
        at_most=False,
        unit="%",
        rests_on_model=True,
    ),
    Promise("raised_fraction", "扬尘", "dust raised again", 0.02, True, "%", True),
)
"""Asked by issue 3 of 6 of every job; how much kerb may be left follows from the coverage asked."""


def verdict(quality: Quality) -> list[tuple[Promise, float, bool | None]]:
    """Return each promise with its value and whether it was kept (None: not measured)."""
    found = [(promise, quality.number(promise.key)) for promise in PROMISES]
    return [(promise, value, promise.is_kept(value)) for promise, value in found]


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure without a promise."""

    zh: str
    en: str
    value: float
    unit: str
    digits: int = 1

    @property
    def text(self) -> str:
        """The figure as people read it."""
        if not math.isfinite(self.value):
            return "–"
        return f"{self.value:,.{self.digits}f} {self.unit}".replace(",", "\u2009")


def amounts(quality: Quality) -> list[Amount]:
    """Return what the job took: ground, time, rate, water, energy, bin."""
    seconds = sum(work.seconds for work in quality.zones)
    swept = quality.number("swept_area_m2")
    rate = 3600.0 * swept / seconds if seconds else math.nan
    robot = quality.run.robots["sweeper"].series
    energy = spent(robot["charge"]) * quality.number("battery_wh")
    return [
        Amount("清扫面积", "ground swept", swept, "m²"),
        Amount("作业时间", "time at work", seconds / 60.0, "min"),
        Amount("效率", "rate", rate, "m²/h", 0),
        Amount("用水", "water", quality.number("water_used_kg"), "L", 2),
        Amount("用电", "energy", energy, "Wh", 0),
        Amount("离游客最近", "closest to a visitor", quality.closest, "m", 2),
        Amount("最低电量", "lowest battery", 100.0 * min(robot["charge"], default=math.nan), "%"),
        Amount("尘箱最满", "fullest bin", 100.0 * max(robot["bin"], default=math.nan), "%"),
    ]


def spent(levels: list[float]) -> float:
    """Return all that a level went down, refills not set off against it."""
    return sum(max(0.0, a - b) for a, b in pairwise(levels))
