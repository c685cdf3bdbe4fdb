"""Things followed through time, all at once: constant velocity, Kalman, what each may be.

One row of an array for each thing, so that fifty walkers cost hardly more than one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray, clamped, frozen
from robotics.core.messages import Kind, Obstacle

STANDING = frozen((0.0, 0.0))
"""No speed [m/s]."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Constants of the tracker."""

    acceleration: float = 0.15
    """Spectral density of a walker's acceleration [m²/s³]."""
    alert: float = 3.0
    """A walker's acceleration is taken as up to so many times larger while it surprises."""
    noise: float = 0.025
    """One sigma of a measured centre, near by [m]."""
    noise_far: float = 0.30
    """The same, as a share of the beam spacing at the thing."""
    noise_hidden: float = 0.15
    """What is added where a nearer thing hides an edge [m]."""
    speed_sigma: float = 1.0
    """One sigma of the speed of a new track [m/s]."""
    surprise: float = 0.10
    """What no model tells of the next place: shapes turn, walkers dodge; one sigma [m]."""
    gate: float = 4.0
    """A measurement more sigmas than this from where the track should be is another thing."""
    gate_most: float = 1.2
    """The gate is never wider [m]."""
    hits: int = 3
    """Sightings that confirm a track."""
    patience: float = 1.0
    """A track unseen for longer is dropped where nothing tells whether it is there [s]."""
    patience_hidden: float = 4.0
    """The same while something nearer hides its place [s]."""
    patience_standing: float = 10.0
    """The same for one who stood [s]."""
    patience_empty: float = 0.25
    """The same while beams pass through its place, and for a track not confirmed [s]."""
    settle: float = 3.0
    """A thing that has not moved for so long is static [s]."""
    moved: float = 0.5
    """A thing that came this far from where it rested is mobile [m]."""
    stirred: float = 0.2
    """Before it came this far, no speed is told of a thing [m]."""
    rest: float = 4.0
    """Time constant with which the place of rest follows the thing [s]."""
    pace: float = 0.2
    """Slower than this is standing [m/s]."""
    clear: float = 1.5
    """A speed is believed when it is so many sigmas from zero."""
    proofs: float = 4.0
    """A thing is mobile after so many more sightings in motion than at rest."""
    child: float = 0.215
    """Mobile things thinner than this radius are children [m]."""
    cart: float = 0.325
    """Mobile things wider than this radius are carts [m]."""
    undecided: float = 0.015
    """A kind is kept until the radius is this far beyond its limit [m]."""


@dataclass(slots=True)
class Tracks:
    """The table. x and y share one covariance, since the noise is taken as isotropic."""

    id: IntArray
    """Never used again for another thing, shape (n,)."""
    place: Array
    """Centres in the map, shape (n, 2) [m]."""
    speed: Array
    """Velocities in the map, shape (n, 2) [m/s]."""
    var: Array
    """Variance of each coordinate of the place, shape (n,) [m²]."""
    cov: Array
    """Covariance of place and speed along an axis, shape (n,) [m²/s]."""
    var_speed: Array
    """Variance of each coordinate of the speed, shape (n,) [m²/s²]."""
    radius: Array
    """Shape (n,) [m]."""
    var_radius: Array
    """Shape (n,) [m²]."""
    born: Array
    """When each was first seen, shape (n,) [s]."""
    seen: Array
    """When each was last seen, shape (n,) [s]."""
    rest: Array
    """Where each was at rest, or will be if it stays, shape (n, 2) [m]."""
    hits: IntArray
    """Sightings, shape (n,)."""
    is_long: BoolArray
    """True for pieces of long things, shape (n,)."""
    mobile: BoolArray
    """True once a thing was seen to move, shape (n,)."""
    proofs: Array
    """Sightings in motion less those at rest, at least 0, shape (n,)."""
    erratic: Array
    """Mean of the squared surprises, 1 where the noise explains them, shape (n,)."""
    empty: Array
    """How long beams have gone through the place, shape (n,) [s]."""
    shadow: Array
    """Where each was last hidden, NaN if it was not, shape (n, 2) [m]."""
    size: IntArray
    """Kind by size: 0 child, 1 person, 2 cart; shape (n,)."""

    @staticmethod
    def fresh(n: int) -> Tracks:
        """Return ``n`` rows of things seen once, at rest, of whom nothing is known yet."""
        zero, pair = np.zeros(n), np.zeros((n, 2))
        no, one = np.zeros(n, dtype=np.bool_), np.ones(n, dtype=np.int64)
        return Tracks(
            id=one - 1,
            place=pair.copy(),
            speed=pair.copy(),
            var=zero.copy(),
            cov=zero.copy(),
            var_speed=zero.copy(),
            radius=zero.copy(),
            var_radius=zero.copy(),
            born=zero.copy(),
            seen=zero.copy(),
            rest=pair.copy(),
            hits=one.copy(),
            is_long=no.copy(),
            mobile=no.copy(),
            proofs=zero.copy(),
            erratic=np.ones(n),
            empty=zero.copy(),
            shadow=np.full((n, 2), np.nan),
            size=one.copy(),
        )

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.id)

    def keep(self, which: BoolArray) -> None:
        """Drop all tracks but these."""
        if not which.all():
            for one in fields(self):
                setattr(self, one.name, getattr(self, one.name)[which])

    def begin(self, rows: Tracks) -> None:
        """Add ``rows`` at the end."""
        if len(rows):
            for one in fields(self):
                old, new = getattr(self, one.name), getattr(rows, one.name)
                setattr(self, one.name, np.concatenate((old, new)))

    def predict(self, duration: float, tracking: Tracking) -> None:
        """Move on by ``duration`` [s] (white acceleration; Bar-Shalom 2001, eq. 6.2.2-12)."""
        turning = np.where(self.mobile, clamped(self.erratic, 1.0, tracking.alert), 1.0)
        q = tracking.acceleration * turning**2
        self.place += duration * self.speed
        self.var += duration * (2.0 * self.cov + duration * self.var_speed) + q * duration**3 / 3.0
        self.cov += duration * self.var_speed + 0.5 * q * duration**2
        self.var_speed += q * duration
        self.var_radius += 1e-4 * duration
        self.rest += (self.place - self.rest) * min(1.0, duration / tracking.rest)

    def correct(self, which: IntArray, measured: Array, variance: Array, odd: Array) -> None:
        """Take in measured centres of tracks.

        Args:
            which: The tracks, shape (k,).
            measured: Where they were seen, shape (k, 2) [m].
            variance: Of each coordinate, shape (k,) [m²].
            odd: Squared surprise about something else that was seen of them, shape (k,).
        """
        total = self.var[which] + variance
        gain, gain_speed = self.var[which] / total, self.cov[which] / total
        off = measured - self.place[which]
        odd = odd + (off**2).sum(axis=1) / (2.0 * total)
        self.erratic[which] += 0.2 * (np.minimum(odd, 50.0) - self.erratic[which])
        self.place[which] += gain[:, None] * off
        self.speed[which] += gain_speed[:, None] * off
        self.var_speed[which] -= gain_speed * self.cov[which]
        self.cov[which] -= gain * self.cov[which]
        self.var[which] -= gain * self.var[which]

    def measure_radius(
        self, which: IntArray, radius: Array, variance: Array, whole: BoolArray
    ) -> Array:
        """Take in radii; one that is far off (another shape for a while) moves little.

        Args:
            which: The tracks, shape (k,).
            radius: Shape (k,) [m].
            variance: Shape (k,) [m²].
            whole: False where the radius tells nothing, shape (k,).

        Returns:
            By how many variances more than one each is off: a thing that changes its size does
            not move as its middle does, shape (k,).
        """
        off = np.where(whole, radius - self.radius[which], 0.0)
        total = self.var_radius[which] + variance
        gain = np.where(whole, self.var_radius[which] / total, 0.0)
        most = 2.0 * np.sqrt(total)
        self.radius[which] += gain * clamped(off, -most, most)
        self.var_radius[which] *= 1.0 - gain
        return np.asarray(np.maximum(off**2 / (total + 0.03**2) - 1.0, 0.0))

    def note(self, time: float, which: IntArray, is_long: BoolArray, tracking: Tracking) -> None:
        """Keep what sightings at ``time`` [s] of tracks ``which`` (k,) say besides the place."""
        flickers = time - self.seen[which] > tracking.patience_empty
        self.proofs[which] = np.where(flickers, 0.0, self.proofs[which])
        self.seen[which] = time
        self.hits[which] += 1
        self.empty[which] = 0.0
        self.shadow[which] = np.nan
        self.is_long[which] = is_long & ~self.mobile[which]
        self.speed[self.is_long] = 0.0
        step = np.where(self.in_motion(tracking)[which], 1.0, -1.0)
        self.proofs[which] = np.clip(self.proofs[which] + step, 0.0, 2.0 * tracking.proofs)
        far = np.hypot(*(self.place - self.rest).T)
        fit = (self.proofs >= tracking.proofs) & (far > tracking.moved) & ~self.is_long
        self.mobile |= fit
        self._judge_size(tracking)

    def in_motion(self, tracking: Tracking) -> BoolArray:
        """Return whether each one's speed is clearly more than none, shape (n,)."""
        pace = np.hypot(self.speed[:, 0], self.speed[:, 1])
        doubt = tracking.clear * np.sqrt(self.var_speed * self.erratic)
        return np.asarray((pace > tracking.pace) & (pace > doubt) & ~self.is_long)

    def _judge_size(self, tracking: Tracking) -> None:
        margin = np.where(self.hits < 6, 0.0, tracking.undecided)
        child = tracking.child + np.where(self.size == 0, margin, -margin)
        cart = tracking.cart + np.where(self.size == 2, -margin, margin)
        self.size = np.where(self.radius < child, 0, np.where(self.radius > cart, 2, 1))

    def obstacles(self, time: float, tracking: Tracking) -> tuple[Obstacle, ...]:
        """Return the messages at ``time`` [s] of all tracks that are confirmed.

        A thing that once moved stays a person, child or cart, standing or not. A speed is told
        only of what moves or moved.
        """
        far = np.hypot(*(self.place - self.rest).T)
        moves = self.in_motion(tracking) & (self.proofs >= 3.0) & (far > tracking.stirred)
        place, speed = frozen(self.place), frozen(self.speed)
        sizes = (Kind.CHILD, Kind.PERSON, Kind.CART)
        found = []
        for i in np.flatnonzero(self.hits >= tracking.hits).tolist():
            kind = Kind.UNKNOWN
            if self.mobile[i]:
                kind = sizes[self.size[i]]
            elif self.is_long[i] or (
                not moves[i] and self.seen[i] - self.born[i] >= tracking.settle
            ):
                kind = Kind.STATIC
            believed = bool(self.mobile[i]) or (kind is not Kind.STATIC and bool(moves[i]))
            found.append(
                Obstacle(
                    id=int(self.id[i]),
                    position_in_map=place[i],
                    velocity_in_map=speed[i] if believed else STANDING,
                    radius=float(self.radius[i]),
                    kind=kind,
                    age=float(time - self.born[i]),
                    unseen=float(time - self.seen[i]),
                )
            )
        return tuple(found)
