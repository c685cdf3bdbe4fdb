"""One walk, written down tick by tick: what was ordered, what truly happened, what was believed.

The simulation's onlooker fills it, the gait report reads it; no controller ever sees it. Row k of
every array is the same instant. The map frame is the place's, z up. The walk frame is the walk's
own (``robotics.control.com_observer``): it begins in the same place and drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from robotics.core.arrays import Array, IntArray

SIDES = ("left", "right")
"""Order of the feet in every array that has a row for each."""


class Legs(IntEnum):
    """What the legs are meant to do; ``OFF`` while the reflexes have them."""

    OFF = -1
    STAND = 0
    SHIFT = 1
    STEP = 2


@dataclass(frozen=True, slots=True)
class WalkPush:
    """A hand on the trunk."""

    time: float
    """[s]."""
    impulse: tuple[float, float]
    """(ahead, left) [N·s]."""
    length: float = 0.1
    """[s]."""


@dataclass(frozen=True, slots=True)
class WalkOrder:
    """What is ordered."""

    twist: tuple[float, float, float] = (0.2, 0.0, 0.0)
    """(ahead [m/s], to the left [m/s], turn to the left [rad/s])."""
    seconds: float = 12.0
    """[s], from when the robot has settled."""
    seed: int = 1
    ground: str = "flat"
    push: WalkPush | None = None
    reflexes: bool = False
    """Whether it braces when it falls, and gets up."""


@dataclass(frozen=True, slots=True)
class Sole:
    """Outline of a sole, from the point under the ankle [m]."""

    front: float
    rear: float
    """Negative."""
    side: float
    """To either side."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the physics had, in the map frame."""

    base: Array
    """Position and quaternion (x, y, z, w) of the base, shape (t, 7)."""
    attitude: Array
    """(roll, pitch, yaw) of the base, shape (t, 3) [rad]."""
    joints: Array
    """Shape (t, n) [rad]."""
    torque: Array
    """Of the motors, shape (t, n) [N·m]."""
    com: Array
    """Centre of mass, shape (t, 3) [m]."""
    velocity: Array
    """Of the centre of mass, shape (t, 3) [m/s]."""
    soles: Array
    """Points under the ankles, shape (t, 2, 3) [m]."""
    sole_yaw: Array
    """Headings of the soles, shape (t, 2) [rad]."""
    force: Array
    """On each sole, against gravity, shape (t, 2) [N]."""
    cop: Array
    """Centre of pressure in each sole's own axes, shape (t, 2, 2) [m]; NaN without a load."""
    depth: Array
    """Deepest penetration of the ground, shape (t,) [m]."""
    knock: Array
    """Force between the two feet, shape (t,) [N]."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What estimator and walk believed and wanted; NaN while the reflexes had the legs."""

    attitude: Array
    """(roll, pitch) of the base, shape (t, 2) [rad]."""
    pose: Array
    """Of the base by odometry, (x, y, yaw), shape (t, 3)."""
    com: Array
    """In the walk frame, shape (t, 2) [m]."""
    xi: Array
    """Capture point ξ, in the walk frame, shape (t, 2) [m]."""
    cop: Array
    """Wanted centre of pressure, in the walk frame, shape (t, 2) [m]."""
    soles: Array
    """Soles as the legs tell, in the walk frame, shape (t, 2, 2) [m]."""
    sole_yaw: Array
    """Their headings, shape (t, 2) [rad]."""
    landing: Array
    """Where the foot in the air is to land, (x, y, yaw) in the walk frame, shape (t, 3)."""
    followed: Array
    """Twist that the steps follow, shape (t, 3)."""
    omega: Array
    """Rate of the pendulum, shape (t,) [1/s]."""
    legs: IntArray
    """``Legs``, shape (t,)."""
    stance: IntArray
    """The foot that carries (0 left, 1 right), shape (t,)."""
    steps: IntArray
    """Steps begun so far, shape (t,)."""


@dataclass(frozen=True, slots=True)
class Motors:
    """What the joints' motors can do, and how warm they got; arrays of shape (n,)."""

    names: tuple[str, ...]
    stall: Array
    """Torque at standstill and nominal voltage [N·m]."""
    continuous: Array
    """What they can give for long [N·m]."""
    source: str
    """Where that number comes from."""
    heat: Array
    """Of the windings at the end, or when it fell [°C]."""
    settled: Array
    """Where the windings would end if it went on like this [°C]."""
    until_limit: Array
    """Time until the limit, from cold, if it went on like this [s]; infinite if never."""
    limit: float
    """At which a servo switches off [°C]."""
    ambient: float
    """At which the windings began [°C]."""
    thermal: str
    """The thermal law in words."""


@dataclass(frozen=True, slots=True)
class Fall:
    """That it fell."""

    time: float
    """[s]."""
    sign: str
    """What told: the trunk's tilt, or what touched the ground."""
    stood_again: float | None = None
    """When the reflexes had it on its feet again [s]."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A walk."""

    order: WalkOrder
    asked: tuple[float, float, float]
    """The twist that is asked for, within what the walk takes."""
    largest: tuple[float, float, float]
    """What the walk takes."""
    ground: str
    """In words."""
    time: Array
    """Since the robot has settled, shape (t,) [s]."""
    truth: Truth
    belief: Belief
    motors: Motors
    sole: Sole
    mass: float
    """[kg]."""
    period: float
    """Of control [s]."""
    step_time: float
    """Planned time of a step [s]."""
    cop_limits: Sole
    """How far the walk lets the centre of pressure go in a sole [m]."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the onlooker of the benchmarks counted, until it fell: see ``sim.gait_walk``."""
    fall: Fall | None = None
