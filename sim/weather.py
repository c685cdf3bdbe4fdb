"""Air, sun and rain over the site: what dries wet ground and carries dust away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.errors import ConfigError

ROUGHNESS = 0.001
"""Aerodynamic roughness of paving [m] (Oke 1987, Boundary Layer Climates: smooth to rough asphalt
0.0003-0.003)."""
GAUGE_HEIGHT = 10.0
"""At which wind is told [m] (WMO)."""
KARMAN = 0.4
SAND = 0.25e-3
"""Diameter of the sand that lies on streets [m]."""


@dataclass(frozen=True, slots=True)
class Weather:
    """One morning's weather; it rains only in its showers.

    Raises:
        ConfigError: The wind would blow sand along the ground, which is not modelled.
    """

    temperature: float = 22.0
    """Of the air [°C]."""
    humidity: float = 0.65
    """Relative, 0 to 1."""
    wind: tuple[float, float] = (1.5, 1.5)
    """Towards (east, north) at ``GAUGE_HEIGHT`` [m/s]."""
    radiation: float = 300.0
    """Net radiation on the ground [W/m²]: a sunny morning."""
    showers: tuple[tuple[float, float, float], ...] = ()
    """Rows of start, end [s], rain [mm/h]."""

    def __post_init__(self) -> None:
        limit = saltation_wind()
        if math.hypot(*self.wind) >= limit:
            raise ConfigError(
                "weather",
                "wind",
                f"{self.wind} m/s blows sand along the ground, which the dirt model does not know",
                f"take less than {limit:.1f} m/s",
            )

    def rain(self, time: float) -> float:
        """Return how hard it rains at ``time`` [mm/h]."""
        falling = (hard for start, end, hard in self.showers if start <= time < end)
        return float(sum(falling))

    def wind_at(self, height: float) -> tuple[float, float]:
        """Return the wind (east, north) at ``height`` [m], on a logarithmic profile [m/s]."""
        part = math.log(height / ROUGHNESS) / math.log(GAUGE_HEIGHT / ROUGHNESS)
        return self.wind[0] * part, self.wind[1] * part

    def evaporation(self) -> float:
        """Return how fast a water film dries [kg/(m²·s)].

        Penman's equation in the form of Shuttleworth (1993, Handbook of Hydrology, ch. 4): per day
        (Δ Rn + 6.43 γ (1 + 0.536 u₂) D) / (λ (Δ + γ)) mm. The film is thin and wets all of the
        ground; heat stored in the paving is left out.
        """
        saturated = 0.6108 * math.exp(17.27 * self.temperature / (self.temperature + 237.3))
        slope = 4098.0 * saturated / (self.temperature + 237.3) ** 2
        deficit = saturated * (1.0 - self.humidity)
        latent = 2.501 - 0.002361 * self.temperature
        psychrometric = 0.0016286 * 101.3 / latent
        speed = math.hypot(*self.wind_at(2.0))
        radiation = self.radiation * 86400.0 / 1e6
        aerodynamic = 6.43 * psychrometric * (1.0 + 0.536 * speed) * deficit
        daily = (slope * radiation + aerodynamic) / (latent * (slope + psychrometric))
        return max(0.0, daily / 86400.0)


def saltation_wind(diameter: float = SAND) -> float:
    """Return the wind at ``GAUGE_HEIGHT`` above which dry sand begins to hop [m/s].

    Threshold friction velocity of Shao & Lu (2000, J. Geophys. Res. 105: 22437):
    √(0.0123 (σ g d + γ / (ρ d))) with γ = 3e-4 kg/s², and the logarithmic wind profile.
    """
    air, quartz = 1.2, 2650.0
    friction = math.sqrt(0.0123 * (quartz / air * 9.81 * diameter + 3e-4 / (air * diameter)))
    return friction / KARMAN * float(np.log(GAUGE_HEIGHT / ROUGHNESS))
