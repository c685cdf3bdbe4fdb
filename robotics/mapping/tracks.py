"""One moving thing followed through time: constant velocity, Kalman, what it may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from robotics.core.arrays import frozen
from robotics.core.messages import Kind, Obstacle


@dataclass(frozen=True, slots=True)
class Tracking:
    """Constants of the tracker."""

    acceleration: float = 0.15
    """Spectral density of a walker's acceleration [m²/s³]."""
    noise: float = 0.025
    """One sigma of a measured centre, near by [m]."""
    noise_far: float = 0.30
    """The same, as a share of the beam spacing at the thing."""
    speed_sigma: float = 1.0
    """One sigma of the speed of a new track [m/s]."""
    gate: float = 0.7
    """A measurement farther than this from where the track should be is another thing [m]."""
    hits: int = 3
    """Sightings that confirm a track."""
    patience: float = 1.0
    """A track unseen for longer is dropped [s]."""
    settle: float = 3.0
    """A thing that has not moved for so long is static [s]."""
    moved: float = 0.5
    """A thing that came this far from where it was first seen is mobile [m]."""
    child: float = 0.21
    """Mobile things thinner than this radius are children [m]."""
    cart: float = 0.34
    """Mobile things wider than this radius are carts [m]."""


@dataclass(slots=True)
class Track:
    """State of one thing. x and y share one covariance, since all noise is isotropic.

    Attributes:
        id: Never used again for another thing.
        x: Centre in the map [m].
        y: Centre in the map [m].
        vx: [m/s].
        vy: [m/s].
        radius: Smoothed [m].
        born: When it was first seen [s].
        seen: When it was last seen [s].
        start: Where it was first seen (x, y) [m].
    """

    id: int
    x: float
    y: float
    radius: float
    born: float
    seen: float
    start: tuple[float, float]
    is_long: bool
    var: float
    cov: float
    var_speed: float
    vx: float = 0.0
    vy: float = 0.0
    hits: int = 1
    mobile: bool = False

    def predict(self, duration: float, tracking: Tracking) -> None:
        """Move on by ``duration`` [s] (white acceleration; Bar-Shalom 2001, eq. 6.2.2-12)."""
        self.x += self.vx * duration
        self.y += self.vy * duration
        q = tracking.acceleration
        self.var += duration * (2.0 * self.cov + duration * self.var_speed) + q * duration**3 / 3.0
        self.cov += duration * self.var_speed + 0.5 * q * duration**2
        self.var_speed += q * duration

    def correct(self, x: float, y: float, *, variance: float) -> None:
        """Take in a measured centre in the map [m] with its ``variance`` [m²]."""
        total = self.var + variance
        gain, gain_speed = self.var / total, self.cov / total
        dx, dy = x - self.x, y - self.y
        self.x += gain * dx
        self.y += gain * dy
        self.vx += gain_speed * dx
        self.vy += gain_speed * dy
        self.var_speed -= gain_speed * self.cov
        self.cov -= gain * self.cov
        self.var -= gain * self.var
        if self.is_long:
            self.vx = self.vy = 0.0

    def note(self, time: float, radius: float, *, whole: bool, tracking: Tracking) -> None:
        """Keep what a sighting at ``time`` [s] says besides the place."""
        self.seen = time
        self.hits += 1
        if whole:
            self.radius += (radius - self.radius) / min(self.hits, 8)
        far = math.hypot(self.x - self.start[0], self.y - self.start[1])
        if not self.is_long and far > tracking.moved and self.hits >= 2 * tracking.hits:
            self.mobile = True

    def kind(self, tracking: Tracking) -> Kind:
        """Judge by size and motion; a walker who stands still stays one."""
        if self.is_long:
            return Kind.STATIC
        if not self.mobile:
            return Kind.STATIC if self.seen - self.born >= tracking.settle else Kind.UNKNOWN
        if self.radius < tracking.child:
            return Kind.CHILD
        return Kind.CART if self.radius > tracking.cart else Kind.PERSON

    def obstacle(self, time: float, tracking: Tracking) -> Obstacle:
        """Return the message at ``time`` [s]."""
        kind = self.kind(tracking)
        velocity = (0.0, 0.0) if kind is Kind.STATIC else (self.vx, self.vy)
        return Obstacle(
            id=self.id,
            position_in_map=frozen((self.x, self.y)),
            velocity_in_map=frozen(velocity),
            radius=self.radius,
            kind=kind,
            age=time - self.born,
            unseen=time - self.seen,
        )
