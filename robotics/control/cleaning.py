"""The control of the cleaning itself: water, brushes, fan and drive speed, set together.

What it rests on. A brush removes what its bristles pass over often enough: brush speed over drive
speed. A dry brush throws fine dust up, a wet one does not; how much of the ground drops have hit
grows with the water as 1 - exp(-film / coverage) (drops fall at random, each wets a patch). So what
is missing to the wanted film is sprayed, not more. Where no water may be given (people, frost, an
empty tank) the brushes turn slowly instead, and the machine drives slowly, so that it still cleans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.geometry import inverse, transform
from robotics.core.messages import State, Tools


@dataclass(frozen=True, slots=True)
class CleaningConfig:
    """What the machine is, and how it is to work. All lengths in m, water in kg."""

    width: float = 1.12
    """Strip that the spray bar wets [m]."""
    flow: float = 0.025
    """Of the spray bar, fully open [kg/s]."""
    full_film: float = 0.10
    """Film at which the wetness sensor says 1 [kg/m²]."""
    coverage: float = 0.022
    """Film at which drops have hit 63 % of the ground [kg/m²]: (2/3) ρ D / β² for drops of
    D = 0.3 mm that spread to β = 3 times their size."""
    film: float = 0.03
    """Wanted under the brushes on open ground [kg/m²], 0 to work dry: three quarters are hit."""
    kerb_film: float = 0.04
    """The same along a kerb, where most of the dust lies [kg/m²]."""
    most_film: float = 0.075
    """More makes slurry, which brushes smear [kg/m²]."""
    speed: float = 0.3
    """At which brushes at full speed clean open ground in one pass [m/s]: found by
    ``benchmarks/cleaning.py`` to take 98 % away (at 0.6 m/s it is 94 %)."""
    kerb_speed: float = 0.15
    """The same along a kerb, under the brush's edge [m/s]: so slow that 95 % of the last 10 cm go
    even where the edge is led 2 cm off the kerb (at 0.2 m/s it is 91 %)."""
    kerb_reach: float = 0.75
    """A kerb seen so near beside the middle line is swept along [m]."""
    least_speed: float = 0.1
    """It never asks for less [m/s]."""
    dust: float = 10.0
    """Beside the brushes, above which more water is given [mg/m³]: the limit for inhalable dust
    at work (TRGS 900, EH40)."""
    dry_brush: float = 0.5
    """Brush speed on ground that is dry and stays so, 0 to 1."""
    no_spray: float = 1.5
    """No water with people so near [m]."""
    gentle: tuple[float, float] = (0.5, 2.0)
    """People so near make the brushes turn at ``gentle_brush``; so far, at full speed [m]."""
    gentle_brush: float = 0.3
    gentle_fan: float = 0.6
    frost: float = 3.0
    """No water at or below: it may freeze on ground colder than the air [°C]."""
    rain: float = 0.1
    """No water in rain of so much or more [mm/h]."""
    smoothing: float = 1.0
    """Time constant for the dust sensor [s]."""

    def water_share(self, water: float, area: float) -> float:
        """Return which part of the wanted film ``water`` [kg] is enough for, on ``area`` [m²]."""
        need = self.film * area
        return water / need if need > 0.0 else math.inf


@dataclass(slots=True)
class CleaningControl:
    """Sets the tools; all it remembers is the dust of the last second."""

    config: CleaningConfig = field(default_factory=CleaningConfig)
    _time: float | None = None
    _dust: float = 0.0

    def settings(
        self,
        state: State,
        *,
        people_gap: float = math.inf,
        kerb: bool | None = None,
        water_share_for_rest: float = math.inf,
    ) -> tuple[Tools, float]:
        """Return the tools' settings, and the speed up to which they clean [m/s].

        Args:
            state: What the robot believes: its speed and the tools' readings are used.
            people_gap: Between the machine's outline and the nearest person [m].
            kerb: Whether a brush is led along a kerb here; None to go by the kerb that is seen.
            water_share_for_rest: ``CleaningConfig.water_share`` of what is left to do, 1 or more if
                there is enough. Water lasts if this is told anew as both grow less: the film is
                kept to that share, so that the tank empties no faster than the ground is done.
        """
        c = self.config
        kerb = self._sees_kerb(state) if kerb is None else kerb
        missing = self._missing(state, people_gap, kerb=kerb, share=water_share_for_rest)
        speed = self._speed_of_bar(state)
        spray = min(1.0, c.width * speed * missing / c.flow)
        put = min(missing, spray * c.flow / (c.width * speed)) if speed > 0.0 else missing
        lying = min(max(state.tools.wetness, 0.0), 1.0) * c.full_film + put
        bound = -math.expm1(-lying / c.coverage)
        room = _share(people_gap, c.gentle)
        brush = min(
            c.gentle_brush + (1.0 - c.gentle_brush) * room,
            c.dry_brush + (1.0 - c.dry_brush) * bound,
        )
        fan = c.gentle_fan + (1.0 - c.gentle_fan) * room
        cap = brush * (c.kerb_speed if kerb else c.speed)
        if missing > 0.0:
            cap = min(cap, c.flow / (c.width * missing))
        return Tools(brush, spray, fan), max(cap, c.least_speed)

    def _missing(self, state: State, people_gap: float, *, kerb: bool, share: float) -> float:
        """Return the film to add to what lies on the ground ahead [kg/m²]."""
        c, tools = self.config, state.tools
        excess = max(0.0, self._smooth(state.time, tools.dust) / c.dust - 1.0)
        if people_gap < c.no_spray or tools.temperature <= c.frost or tools.rain >= c.rain:
            return 0.0
        if tools.water <= 0.0:
            return 0.0
        wanted = min((c.kerb_film if kerb else c.film) * (1.0 + excess), c.most_film)
        lying = min(max(tools.wetness, 0.0), 1.0) * c.full_film
        return max(0.0, wanted - lying) * min(max(share, 0.0), 1.0)

    def _speed_of_bar(self, state: State) -> float:
        """Return how fast the spray bar passes over ground, on the mean of its width [m/s].

        The mean of abs(vx - wz y) over the bar: what turns on the spot passes over ground too.
        """
        vx, _, wz = np.abs(state.twist_base_in_base).tolist()
        tip = 0.5 * self.config.width * wz
        return float(vx if vx >= tip else 0.5 * (vx * vx + tip * tip) / tip)

    def _sees_kerb(self, state: State) -> bool:
        """Return whether a kerb is seen beside the brushes."""
        kerb = state.ground.kerb_in_map
        if not len(kerb):
            return False
        x, y = transform(inverse(state.pose_base_in_map), kerb).T
        return bool(np.any((np.abs(x - 0.5) < 0.5) & (np.abs(y) < self.config.kerb_reach)))

    def _smooth(self, time: float, dust: float) -> float:
        """Return the dust reading [mg/m³] through a first-order low-pass; NaN counts as none."""
        dust = max(0.0, dust) if math.isfinite(dust) else 0.0
        elapsed = math.inf if self._time is None else max(0.0, time - self._time)
        self._time = time
        self._dust += -math.expm1(-elapsed / self.config.smoothing) * (dust - self._dust)
        return self._dust


def _share(value: float, span: tuple[float, float]) -> float:
    """Return how far ``value`` is from the first to the second end of ``span``, 0 to 1."""
    return min(max((value - span[0]) / (span[1] - span[0]), 0.0), 1.0)
