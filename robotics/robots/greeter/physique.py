"""Whether a URDF is a body of the size that the greeter's walk was made for.

Steps, heights and torques of the walk, of falling, rising and sitting are numbers for one body. On
another one they would be steps beyond its reach or a thrash: a URDF that differs is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.errors import ModelError
from robotics.core.model import Model

TOLERANCE = 0.05
"""Of a length: what calibration and the walk's own feedback take up."""
MASS_TOLERANCE = 0.25
"""Of the mass: a knapsack, another battery."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance between the frames of two links with all joints at zero."""

    link: str
    """Where it ends; named in the error."""
    other: str
    axis: int
    """0 ahead, 1 left, 2 up."""
    length: float
    """Of the greeter [m]."""


MEASURES = tuple(
    measure
    for side, sign in (("left", 1.0), ("right", -1.0))
    for measure in (
        Measure(f"{side}_shank", f"{side}_thigh", 2, -0.23),
        Measure(f"{side}_foot", f"{side}_shank", 2, -0.23),
        Measure(f"{side}_sole", f"{side}_foot", 2, -0.05),
        Measure(f"{side}_thigh", "trunk", 1, sign * 0.065),
        Measure(f"{side}_upper_arm", "trunk", 2, 0.28),
        Measure(f"{side}_hand", f"{side}_upper_arm", 2, -0.335),
    )
)
MASS = 13.75
"""[kg]."""


def check_physique(model: Model) -> None:
    """Refuse a body of another size.

    Raises:
        ModelError: A link is missing, a length is off by more than 5 %, or the mass by more than a
            quarter.
    """
    poses = model.poses_in_base(np.zeros(len(model.joints)))
    for one in MEASURES:
        for link in (one.link, one.other):
            if link not in poses:
                raise ModelError(model.file, f"link {link}", "it is missing", "use the greeter's")
        found = float((poses[one.link][0] - poses[one.other][0])[one.axis])
        least, most = sorted((one.length * (1.0 - TOLERANCE), one.length * (1.0 + TOLERANCE)))
        if not least <= found <= most:
            raise ModelError(
                model.file,
                f"link {one.link}",
                f"it is at {AXES[one.axis]} = {found:.4g} m from {one.other}",
                f"allowed: {least:.4g} to {most:.4g} m; the walk is made for this size, so use "
                "urdf/greeter/greeter.urdf, or mend the joint's <origin>",
            )
    least, most = MASS * (1.0 - MASS_TOLERANCE), MASS * (1.0 + MASS_TOLERANCE)
    if not least <= model.mass <= most:
        heaviest = max(model.links.values(), key=lambda link: link.mass)
        raise ModelError(
            model.file,
            f"link {heaviest.name}",
            f"it weighs {heaviest.mass:.4g} kg, all of it {model.mass:.4g} kg",
            f"allowed: {least:.4g} to {most:.4g} kg in all; mend the masses",
        )


AXES = ("x", "y", "z")
