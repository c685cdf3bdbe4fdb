"""The sweeper's numbers: its shape, its limits, how it works. Geometry as in its URDF."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.control.chassis import DifferentialChassis
from robotics.control.guard import GuardConfig
from robotics.control.stopping import Body
from robotics.core.arrays import Array, frozen
from robotics.planning.coverage.pulled import Kerbside
from robotics.planning.coverage.shape import Sweeping, Tool
from robotics.planning.kerb_following import KerbFollowing
from robotics.planning.kerb_path import SideBrush
from robotics.planning.navigator import NavigatorConfig
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling, Weights
from robotics.planning.predictive.visibility import Caution
from robotics.planning.profile import Pace
from robotics.planning.search import Room

PERIOD = 0.02
"""Time of one tick [s]."""
BRUSH_CENTRE = (0.50, 0.36)
"""Of the left side brush in the base frame; the right one mirrors it [m]."""
BRUSH_RADIUS = 0.20
"""[m]."""
ROLLER = (0.10, 0.35)
"""The roller's x and half width [m]."""
REAR, FRONT, HALF_WIDTH = -0.50, 0.62, 0.40
"""Of the body without brushes [m]."""


def footprint_discs() -> Array:
    """Return the footprint as seven discs (x, y, radius), shape (7, 3) [m]."""
    x, y = BRUSH_CENTRE
    brushes = [(x, y, BRUSH_RADIUS), (x, -y, BRUSH_RADIUS)]
    middle = [(0.42, 0.0, 0.28), (0.08, 0.14, 0.28), (0.08, -0.14, 0.28)]
    rear = [(-0.30, 0.20, 0.283), (-0.30, -0.20, 0.283)]
    return np.asarray(frozen([*brushes, *middle, *rear]))


def kerbside_discs(side: float) -> Array:
    """Return the footprint that must keep clear beside a kerb, shape (9, 3) [m].

    The hard body, without its corners: they are the guard's business, which looks at them exactly;
    and the brush on the other side. ``side`` is 1 for a kerb on the left, -1 on the right.
    """
    x, y = BRUSH_CENTRE
    body = [(0.42, 0.20), (0.10, 0.20), (-0.22, 0.20)]
    discs = [(px, sign * py, 0.20) for px, py in body for sign in (1.0, -1.0)]
    tail = [(-0.35, 0.25, 0.15), (-0.35, -0.25, 0.15)]
    return np.asarray(frozen([*discs, *tail, (x, -side * y, BRUSH_RADIUS)]))


def footprint_outline() -> Array:
    """Return points whose convex hull is body and brushes, shape (k, 2) [m]."""
    body = hard_outline().tolist()
    around = np.arange(24) * (2.0 * np.pi / 24)
    brushes = [
        (BRUSH_CENTRE[0] + BRUSH_RADIUS * np.cos(a), side + BRUSH_RADIUS * np.sin(a))
        for side in (-BRUSH_CENTRE[1], BRUSH_CENTRE[1])
        for a in around
    ]
    return np.asarray(frozen([*body, *brushes]))


def hard_outline() -> Array:
    """Return the corners of the body without brushes, shape (4, 2) [m]."""
    corners = [(x, y) for x in (REAR, FRONT) for y in (-HALF_WIDTH, HALF_WIDTH)]
    return np.asarray(frozen(corners))


def kerbside(kerbs: tuple[Array, ...]) -> Kerbside:
    """Return what is led along kerbs (k, 2) [m]: a brush, 5 mm off, while the body stays away."""
    x = np.linspace(REAR, FRONT, 12)
    sides = [np.column_stack((x, np.full(12, y))) for y in np.linspace(-HALF_WIDTH, HALF_WIDTH, 9)]
    ends = [side[[0, -1]] for side in sides[1:-1]]
    body = np.vstack((sides[0], *ends, sides[-1]))
    brush = SideBrush(*BRUSH_CENTRE, BRUSH_RADIUS, gap=0.005)
    return Kerbside(kerbs, brush, np.asarray(frozen(body)))


def tool() -> Tool:
    """Return what sweeps: two side brushes and the roller."""
    (x, y), (roller, half) = BRUSH_CENTRE, ROLLER
    brushes = [(x, y, BRUSH_RADIUS), (x, -y, BRUSH_RADIUS)]
    bristles = [(roller, side, 0.05) for side in np.linspace(0.05 - half, half - 0.05, 9)]
    discs = frozen([*brushes, *bristles])
    return Tool(np.asarray(discs), y + BRUSH_RADIUS, x, roller)


def _sweeping() -> Sweeping:
    return Sweeping(tool(), Pace(speed=0.8, acceleration=0.45, turn_rate=0.9))


def _chassis() -> DifferentialChassis:
    return DifferentialChassis(
        wheel_radius=0.15,
        track=0.64,
        wheel_speed=10.0,
        acceleration=0.6,
        angular_acceleration=1.5,
    )


def _tracker() -> PredictiveConfig:
    limits = Limits(
        speed=1.2, turn_rate=1.0, acceleration=0.6, angular_acceleration=1.5, backward=0.4
    )
    caution = Caution(deceleration=1.2, reaction=0.25, half_width=0.56, front=0.70, rear=0.50)
    # delay: one period of the body, one until it acts
    weights = Weights(hard=0.08, doubt=0.3)
    return PredictiveConfig(
        limits, weights, Sampling(step=0.14), delay=0.04, caution=caution, flowing=True
    )


def _kerb() -> KerbFollowing:
    x, y = BRUSH_CENTRE
    return KerbFollowing((x, y + BRUSH_RADIUS), FRONT, HALF_WIDTH)


@dataclass(frozen=True, slots=True)
class SweeperConfig:
    """All of it, with the values of this robot."""

    chassis: DifferentialChassis = field(default_factory=_chassis)
    tracker: PredictiveConfig = field(default_factory=_tracker)
    kerb: KerbFollowing = field(default_factory=_kerb)
    navigator: NavigatorConfig = field(
        default_factory=lambda: NavigatorConfig(
            pace=Pace(speed=1.0, acceleration=0.45, turn_rate=0.9),
            room=Room(0.58, 0.95),
            sweeping=_sweeping(),
            approach=1.0,
            slows=False,
        )
    )
    guard: GuardConfig = field(
        default_factory=lambda: GuardConfig(
            Body(footprint_outline(), deceleration=1.2, reaction=0.25)
        )
    )
    pulled_to_kerbs: bool = True
    """Lead finished plans to the kerbs beside them. Off: once such a plan is interrupted beside a
    kerb, what is resumed of it does not know the kerb any more, and the zone is given up."""
    brush_speed: tuple[float, float, float] = (10.0, -10.0, 30.0)
    """Side brushes left, right and the roller at full setting [rad/s]."""
    wheel_braking: float = 12.0
    """Largest change of a wheel's set-point that the guard lets pass [rad/s²]."""
    brush_ramp: float = 60.0
    """Largest change of a brush's set-point [rad/s²]."""
