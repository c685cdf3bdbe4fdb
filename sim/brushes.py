"""Where the sweeper's tools touch the ground, in its base frame: as built in its URDF."""

from __future__ import annotations

import math

from robotics.core.compiled import compiled

SIDE_X = 0.50
"""Of both side brushes' centres [m]."""
SIDE_Y = 0.36
"""Left positive, right negative [m]."""
SIDE_RADIUS = 0.20
ROLLER_X = 0.10
ROLLER_HALF_LENGTH = 0.10
"""The roller's bristles touch the ground this far before and behind its axis [m]."""
ROLLER_HALF_WIDTH = 0.35
SPRAY_X = (0.70, 0.85)
"""The strip that the spray bar on the front wets, from and to [m]: before the brushes come."""
SPRAY_FLOW = 0.025
"""Of the whole spray bar, fully open [kg/s]: 0.03 kg/m² at 0.8 m/s."""
HALF_WIDTH = SIDE_Y + SIDE_RADIUS
"""Half of the swept width [m]."""
REACH = 0.95
"""No brush touches the ground farther than this from the base [m]."""
SENSE_X = 1.0
"""Where the moisture sensor looks at the ground, in the middle [m]."""
BODY = ((-0.50, -0.40), (0.62, -0.40), (0.62, 0.40), (-0.50, 0.40))
"""The hard body; side brushes reach beyond it and may brush along a wall."""

NONE, SIDE_LEFT, SIDE_RIGHT, ROLLER = 0, 1, 2, 3


@compiled
def tool_at(x: float, y: float) -> int:
    """Return which tool touches the ground at (x, y) [m] in the base frame."""
    if math.fabs(x - ROLLER_X) <= ROLLER_HALF_LENGTH and math.fabs(y) <= ROLLER_HALF_WIDTH:
        return ROLLER
    if (x - SIDE_X) ** 2 + (math.fabs(y) - SIDE_Y) ** 2 <= SIDE_RADIUS * SIDE_RADIUS:
        return SIDE_LEFT if y > 0.0 else SIDE_RIGHT
    return NONE
