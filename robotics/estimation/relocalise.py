"""Finding oneself again: search the whole map in slices, follow every likely place until one wins.

A jump to a wrong place is worse than staying lost, so nothing is believed after one look. The
places that a search finds are followed side by side, by odometry and by matching each new scan,
and their evidence is summed. Scans from the same spot share their errors (and the people who
stand there), so they count little; what counts is what is seen on the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import compose, wrap
from robotics.estimation.correlate import EFFORT, Area, Search
from robotics.estimation.odometry import Increment
from robotics.estimation.scan_match import Belief, Matching, Sight, align, look
from robotics.mapping.field import SurfaceField
from robotics.mapping.pyramid import Pyramid


@dataclass(frozen=True, slots=True)
class Caution:
    """When a place is believed."""

    rate: float = 800_000.0
    """Bounds that a search may look at in a second; one takes about a tenth of a microsecond."""
    sifting: int = 2000
    """What matching one place counts in bounds: about 0.2 ms."""
    kept: int = 16
    """Places that are followed at most."""
    around: float = 6.0
    """Half side of the square around the belief that is searched first [m]."""
    short: float = 70.0
    """Log odds lost by a place where all returns would end in free space: people, new things."""
    through: float = 280.0
    """The same for returns that would have gone through mapped walls."""
    again: float = 0.05
    """Weight of another scan from the same spot."""
    afresh: float = 1.0
    """Way after which a scan counts in full [m]."""
    looks: int = 4
    """Scans before anything is believed."""
    sure: float = 0.95
    """Posterior probability from which a place is believed."""
    share: float = 0.45
    """Share of the returns that it has to explain."""
    unlikely: float = 12.0
    """Log odds behind the best at which a place is given up."""
    spread: float = 3.0
    """One sigma of a wrong start [m]."""
    give_up: float = 6.0
    """Time after which a search that has come to no end is begun anew [s]."""


NEARBY = EFFORT._replace(floor=0, found=8, nodes=100_000)
"""The search around the belief."""
NARROW = 0.2
"""Scale of the first residuals: a place found on a lattice is right to this [m]."""
LOOSE, TIGHT = np.array([0.3, 0.3, 0.1]), np.array([0.1, 0.1, 0.1])
"""One sigma of a place that was found, and of one that is followed [m, m, rad]."""


@dataclass(slots=True)
class Place:
    """One hypothesis."""

    pose: Array
    """Of the base in the map, shape (3,)."""
    prior: float
    """Log of what speaks for it before any scan."""
    is_here: bool = False
    """Whether it is the pose that is believed now."""
    evidence: float = 0.0
    """Log likelihood so far."""
    share: float = 0.0
    """Of the returns, smoothed."""

    @property
    def odds(self) -> float:
        """Log of the posterior, up to a common constant."""
        return self.prior + self.evidence


@dataclass(slots=True)
class Hunt:
    """One attempt to find the place where the robot is, from one scan on."""

    scores: Pyramid
    surfaces: SurfaceField
    matching: Matching
    caution: Caution
    near: float
    """Probability that the robot is about where it was believed to be."""
    age: float = 0.0
    """[s]."""
    places: list[Place] = field(default_factory=list)
    looks: int = 0
    bounds_spent: int = 0
    """What the search has cost so far."""
    _start: Array = field(default_factory=lambda: np.zeros(3))
    _moved: Array = field(default_factory=lambda: np.zeros(3))
    _way: float = 0.0
    _crowded: bool = False
    _credit: int = 0
    _sight: Sight = field(init=False)
    _searches: list[Search] = field(default_factory=list)
    _unsifted: list[Place] = field(default_factory=list)
    _sifted: list[Place] = field(default_factory=list)

    def begin(self, sight: Sight, belief: Array) -> None:
        """Set out from one scan that was taken where ``belief`` (3,) may be wrong."""
        field, around = self.surfaces, self.caution.around
        rows, columns = field.cells.shape
        edge = (field.x + columns * field.resolution, field.y + rows * field.resolution)
        whole = Area((field.x, field.y), (edge[0] - 1e-6, edge[1] - 1e-6))
        x, y = float(belief[0]), float(belief[1])
        local = Area((x - around, y - around), (x + around, y + around))
        self._start, self._sight = np.array(belief), _thinned(sight)
        points = sight.points[sight.weights > 0.5]
        self._searches = [
            Search.of(self.scores, points, local, NEARBY),
            Search.of(self.scores, points, whole),
        ]
        self._unsifted = [Place(self._start, self._prior(self._start), is_here=True)]

    def predict(self, step: Increment, duration: float) -> None:
        """Take all places along by an odometry step; work on for ``duration`` [s]."""
        way = (step.dx, step.dy, step.dyaw)
        self._moved = compose(self._moved, way)
        self._way += math.hypot(step.dx, step.dy) + abs(step.dyaw)
        for place in self.places:
            place.pose = compose(place.pose, way)
        self.age += duration
        self._work(int(self.caution.rate * min(duration, 0.1)))

    def _work(self, budget: int) -> None:
        """Search on, or hold what was found against the first scan."""
        if self._searches:
            search = self._searches[0]
            before = search.spent
            if search.advance(budget):
                self._searches.pop(0)
                self._crowded = not search.is_complete
                self._unsifted += [Place(pose, self._prior(pose)) for pose in search.poses]
            self.bounds_spent += search.spent - before
            return
        self._credit += budget
        while self._unsifted and self._credit > 0:
            self._credit -= self.caution.sifting
            place = self._unsifted.pop(0)
            self._try(place, self._sight, loose=LOOSE, gain=1.0)
            self._sifted.append(place)
        if self._sifted and not self._unsifted:
            self.places, self._sifted, self.looks = self._sifted, [], 1
            self._thin_out()
            self._way = 0.0
            for place in self.places:
                place.pose = compose(place.pose, self._moved)

    def _try(self, place: Place, sight: Sight, *, loose: Array, gain: float) -> None:
        """Match a scan near a place, and let it speak for or against it.

        The pose that is believed is judged as it is: tracking has matched it already.
        """
        caution, prior = self.caution, Belief(place.pose, np.diag(loose**-2))
        if not place.is_here:
            matching = self.matching._replace(scale_first=NARROW)
            place.pose, _ = align(sight.points, sight.weights, self.surfaces, prior, matching)
        view = look(sight, self.surfaces, place.pose)
        place.evidence -= gain * (caution.short * view.short + caution.through * view.through)
        place.share += (view.explained - place.share) / min(self.looks + 1, 5)

    def _prior(self, pose: Array) -> float:
        """Log density: near the belief, or anywhere in the map."""
        spread, (rows, columns) = self.caution.spread, self.surfaces.cells.shape
        far2 = float(((pose[:2] - self._start[:2]) ** 2).sum()) / spread**2
        area = rows * columns * self.surfaces.resolution**2
        around = self.near * math.exp(-0.5 * far2) / (2.0 * math.pi * spread**2)
        return math.log(around + (1.0 - self.near) / area)

    def weigh(self, sight: Sight, here: Array) -> None:
        """Let a scan speak for or against every place; ``here`` (3,) is the pose believed now."""
        if not self.places:
            return
        gain = min(1.0, self.caution.again + self._way / self.caution.afresh)
        thin = _thinned(sight)
        for place in self.places:
            if place.is_here:
                place.pose = here.copy()
            self._try(place, thin, loose=TIGHT, gain=gain)
        self._way, self.looks = 0.0, self.looks + 1
        self._thin_out()

    def _thin_out(self) -> None:
        """Drop what is out of question, and places that have run together."""
        self.places.sort(key=lambda place: -place.odds)
        least = self.places[0].odds - self.caution.unlikely
        kept: list[Place] = []
        for place in self.places:
            double = next((one for one in kept if _same(one.pose, place.pose)), None)
            if double is not None:
                double.is_here = double.is_here or place.is_here
                double.prior = max(double.prior, place.prior)
            elif place.is_here or (place.odds >= least and len(kept) < self.caution.kept):
                kept.append(place)
        self.places = kept

    @property
    def is_searching(self) -> bool:
        """Whether the places are not known yet."""
        return not self.places

    @property
    def is_over(self) -> bool:
        """Whether it has come to no end, and had better be begun anew."""
        if self.age > self.caution.give_up and self._crowded:
            return True
        none = self.looks >= self.caution.looks and self.places[0].share < self.caution.share
        return none or self.age > 3.0 * self.caution.give_up

    @property
    def is_settled(self) -> bool:
        """Whether enough scans were weighed, and the best place fits."""
        return self.looks >= self.caution.looks and self.places[0].share >= self.caution.share

    def probability(self) -> float:
        """Return the posterior of the best place; 0 as long as nothing is known.

        Where the search had to stop with more places left, as many again are reckoned with.
        """
        if self.looks == 0:
            return 0.0
        odds = np.array([place.odds for place in self.places])
        rest = float(np.exp(odds[1:] - odds[0]).sum())
        return 1.0 / (1.0 + rest * (2.0 if self._crowded else 1.0))

    @property
    def winner(self) -> Place | None:
        """The place that may be believed, if there is one."""
        if self.looks < self.caution.looks:
            return None
        best = self.places[0]
        is_sure = self.probability() >= self.caution.sure and best.share >= self.caution.share
        return best if is_sure else None


def _same(a: Array, b: Array) -> bool:
    return math.dist(a[:2], b[:2]) < 0.15 and abs(wrap(a[2] - b[2])) < 0.05


def _thinned(sight: Sight) -> Sight:
    """Return at most about 200 of the returns, evenly."""
    stride = 1 + len(sight.points) // 200
    return Sight(
        np.ascontiguousarray(sight.points[::stride]),
        np.ascontiguousarray(sight.weights[::stride]),
        np.ascontiguousarray(sight.open_ends[::stride]),
        sight.origin,
    )
