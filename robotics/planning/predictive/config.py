"""Limits, manners and sampling of the predictive control; one record a robot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from robotics.planning.predictive.visibility import Caution

PERIOD = 0.05
"""Time between two decisions [s]; the answer is held between."""


class Limits(NamedTuple):
    """What the base can do, and the gains of the law that keeps it on a path."""

    speed: float
    """Largest forward speed [m/s]."""
    turn_rate: float
    """[rad/s]."""
    acceleration: float
    """[m/s²]."""
    angular_acceleration: float
    """[rad/s²]."""
    sideways: float = 0.0
    """Largest sideways speed [m/s]; 0 for a robot on wheels."""
    backward: float = 0.25
    """Largest backward speed [m/s]."""
    cross_gain: float = 1.6
    """Angle of return to the path per sideways error [rad/m]."""
    yaw_gain: float = 2.5
    """Turn rate per error of yaw [1/s]."""


class Weights(NamedTuple):
    """What a motion costs, in seconds of driving time. Gaps are footprint to obstacle."""

    touch: float = 0.02
    """Gap to things that no motion may be planned to go below [m]."""
    hard: float = 0.12
    """Gap to people that no motion may be planned to go below [m]."""
    doubt: float = 0.5
    """Growth of that gap per standard deviation of where they will be."""
    collision: float = 100.0
    """A motion that goes below, at its end; twice that at its beginning."""
    clear: float = 1.5
    """Full speed at gap 0 to a thing [1/s], falling to nothing at ``soft``."""
    soft: float = 0.35
    """Gap to things from which on they do not matter [m]."""
    personal: float = 6.0
    """Being at gap 0 to a person [1/s], falling with the square to nothing at the wished gap."""
    idle: float = 0.6
    """Part of that which standing still costs too."""
    polite: float = 0.6
    """Full speed beside a person [1/s], falling to nothing at twice the wished gap."""
    group: float = 2.0
    """Being between two who belong together [1/s]."""
    backward: float = 0.8
    """Full speed against the gear [1/s]."""
    line: float = 25.0
    """Being off a working line [1/(m² s)]."""
    heading: float = 0.6
    """Looking the other way at the end [s]."""
    smooth: float = 0.02
    """A change of the command from full stop to full speed [s]."""


class Sampling(NamedTuple):
    """How many motions are tried, and how they differ."""

    samples: int = 600
    steps: int = 28
    """Length of a motion in steps."""
    step: float = 0.1
    """[s]."""
    forward: float = 0.4
    """Standard deviation of the forward speed, as a part of the largest speed."""
    turn: float = 0.6
    """The same of the turn rate."""
    colour: float = 2.0
    """Exponent β of the noise's spectrum 1/f^β: 0 white, 2 a random walk's."""
    temperature: float = 0.06
    """λ of the weights exp(-cost/λ) [s]."""
    seed: int = 1
    """Of the noise bank."""


@dataclass(frozen=True, slots=True)
class PredictiveConfig:
    """All that may be tuned of a robot's predictive control."""

    limits: Limits
    weights: Weights = field(default_factory=Weights)
    sampling: Sampling = field(default_factory=Sampling)
    delay: float = 0.0
    """From what is sensed to what acts on it [s]: the twists sent in that time are predicted."""
    personal: float = 0.5
    """Gap that people like to have [m]."""
    calm: float = 0.02
    """The path's own law is used as it is while it disturbs less than this [s]."""
    tolerance: float = 0.03
    """That law may come so much nearer to the map's things than nothing [m]: kerbs, grid cells."""
    certain: float = 1.0
    """So much of what is commanded must be free of collisions [s]."""
    patience: float = 2.0
    """After waiting so long it passes those who stand nearer than they would like [s]."""
    flowing: bool = False
    """A new plan goes on from the motion so far, without a turn on the spot before it: for a
    planner that finds its way anew all the time."""
    caution: Caution | None = None
    """For what may step out from behind corners; None where the robot is slow anyway."""
    quality: float = 0.6
    """Below this quality of the localisation the speed falls in proportion."""

    @property
    def holonomic(self) -> bool:
        """Whether the robot can move sideways."""
        return self.limits.sideways > 0.0
