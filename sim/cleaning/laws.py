"""The constants of the dirt model, each with its source. Three classes: fine dust, sand, leaves.

Fine dust is what passes a sieve of 0.1 mm, sand what is coarser. Figures are of whole machines and
of streets; a constant without a source is marked as assumed, and ``benchmarks/cleaning.py`` varies
every one of them by half to show what the results hang on.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim import brushes

WORKING_SPEED = 0.8
"""At which the efficiencies of one pass hold [m/s]. They were measured on street sweepers at about
8 km/h, whose main broom's tips move at 6.5 m/s over a contact of 0.13 m; a roller of 0.1 m radius
at 30 rad/s and 1 cm of penetration touches 0.09 m at 3.1 m/s. As many bristles pass over each point
at 0.8 m/s (contact length × tip speed / drive speed = 0.36 m for both)."""
PASS_EFFICIENCY = (0.80, 0.90, 0.95)
"""Of one dry pass with suction. Vacuum sweepers pick up 80-90 % of what is finer than 0.25 mm
(Sutherland 2011, Stormwater Jan/Feb); 85-95 % of an applied material, slightly less of its PM10
(Bennet et al. 2011, VTI, Barkarby trials); more than 80 % of the test dust (Berlin trials of
low-emission sweepers, German Environment Agency); 76 % of what is finer than 10 µm (Toronto,
regenerative air). Leaves, like large debris, are easy (Abdel-Wahab et al. 2011, Waste Management
31: 1109)."""


def _rates(length: float) -> tuple[float, float, float]:
    """Return the rates [1/s] that give ``PASS_EFFICIENCY`` over ``length`` [m] of contact."""
    fine, sand, leaves = (-math.log1p(-p) * WORKING_SPEED / length for p in PASS_EFFICIENCY)
    return fine, sand, leaves


class Laws(NamedTuple):
    """All constants. A named tuple of numbers: compiled code takes it."""

    roller: tuple[float, float, float] = _rates(2.0 * brushes.ROLLER_HALF_LENGTH)
    """Rates at which the roller takes each class up, at full brush speed and suction [1/s].

    What is left falls exponentially with the effort, M* + (M - M*) exp(-k E) (Sartor & Boyd 1972,
    EPA-R2-72-081); effort is time under the bristles times their speed."""
    side: tuple[float, float, float] = _rates(2.0 * brushes.SIDE_RADIUS)
    """Rates at which side brushes throw each class inwards [1/s]: as good as the roller in a pass
    along the diameter (assumed; no figures for side brushes alone)."""
    residual: tuple[float, float, float] = (1e-4, 1e-4, 0.0)
    """M*: held in joints and pores, out of any bristle's reach [kg/m²]. Assumed: 1 % of an ordinary
    load, which is what the best machine of the VTI trials left."""
    no_suction: float = 0.4
    """Rate for fine dust and sand without suction, as a part of that with it: brooms alone pick up
    about half (20-35 % in 1983, twice that since; Sutherland 2011)."""
    raised: float = 0.08
    """Part of the fine dust that dry bristles at full speed move, which flies up (assumed; in
    proportion to their speed, assumed)."""
    suction: float = 0.9
    """Part of the dust raised by the roller that the fan catches under the hood: machines with
    suction and filter give off 90 % less PM10 than one without (Berlin trials)."""
    coverage: float = 0.022
    """Water film at which drops have hit 63 % of the ground [kg/m²]. Drops fall at random, so that
    1 - exp(-film / coverage) is hit, coverage = (2/3) ρ D / β²; D = 0.3 mm (flat fan nozzle, ASABE
    S572 medium), β = 3 (spread of a drop on wettable stone; Yarin 2006, Annu. Rev. Fluid Mech.)."""
    grip: float = 0.95
    """Part of the dust on wetted ground that water holds down: the upper end of the measured curve
    of control efficiency against moisture (EPA AP-42, section 13.2.2, figure 13.2.2-2)."""
    slurry: tuple[float, float] = (0.1, 0.5)
    """Films at which dust begins to float, and all does [kg/m²]: 0.1 mm is what the surface of a
    road retains before it is called wet (Denby et al. 2013, NORTRIP), 0.5 mm fills its texture
    (assumed)."""
    smear: float = 0.78
    """Part of the rates that is lost in slurry: a machine managed 40 % in the moist VTI trials
    (1 - ln 0.6 / ln 0.1, sand)."""
    height: float = 0.5
    """Raised dust is mixed up to here [m] (assumed: the machine's skirt and wake)."""
    fall: float = 0.072
    """Settling speed of raised dust [m/s]: Stokes' law for quartz of 30 µm."""
    spread: float = 0.05
    """Turbulent diffusivity of raised dust along the ground [m²/s] (κ u* z with u* = 0.2 m/s at
    z = 0.5 m: 0.04)."""
