"""Finding oneself again: search the whole map in slices, follow every likely place until one wins.

A jump to a wrong place is worse than staying lost, so nothing is believed after one look. The
places that a search finds are followed side by side, by odometry and by matching each new scan,
and their evidence is summed. Scans from the same spot share their errors (and the people who
stand there), so they count little; what counts is what is seen on the way.

Before any scan, three things may be so: the robot is where it was believed to be; it is some
metres from there, turned anyhow; it is anywhere on the ground that a robot can reach. Where a site
repeats itself, the last one weighs as often as there are twins, and nothing is believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import compose, wrap, wrap_array
from robotics.estimation.correlate import EFFORT, Area, Search
from robotics.estimation.odometry import Increment
from robotics.estimation.scan_match import Belief, Matching, Sight, align, look
from robotics.mapping.field import SurfaceField
from robotics.mapping.pyramid import Pyramid


@dataclass(frozen=True, slots=True)
class Caution:
    """When a place is believed."""

    rate: float = 400_000.0
    """Bounds that a search may look at in a second; one takes about a tenth of a microsecond."""
    slice_most: float = 0.03
    """However long a tick was, it does no more work than one of this length [s]."""
    sifting: int = 1500
    """What matching one place counts in bounds: about 0.2 ms."""
    kept: int = 48
    """Places that are followed at most."""
    around: float = 6.0
    """Half side of the square around the belief that is searched first [m]."""
    short: float = 70.0
    """Log odds lost by a place where all returns would end in free space: people, new things."""
    through: float = 280.0
    """The same for returns that would have gone through mapped walls."""
    again: float = 0.08
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
    """One sigma of a roughly right belief [m]."""
    exact: float = 0.3
    """One sigma of a right belief [m] …"""
    exact_turn: float = math.radians(10.0)
    """… and of its heading [rad]."""
    ambiguous: float = 0.9
    """Posterior probability from which the pose that is believed anyway is no longer doubted."""
    give_up: float = 6.0
    """Time after which a search that has come to no end is begun anew [s]."""


NEARBY = EFFORT._replace(floor=0, found=8, nodes=100_000)
"""The search around the belief."""
BESIDE, ASIDE = 12, 0.35
"""Around so many places is searched on, so far from them [m]."""
NARROW = 0.2
"""Scale of the first residuals: a place found on a lattice is right to this [m]."""
LOOSE, TIGHT = np.array([0.3, 0.3, 0.1]), np.array([0.1, 0.1, 0.1])
"""One sigma of a place that was found, and of one that is followed [m, m, rad]."""


class Trusted(NamedTuple):
    """How far a belief can be trusted before anything is seen: two probabilities."""

    exact: float
    """That it is right."""
    rough: float
    """That it is right to some metres, but turned anyhow; else the robot may be anywhere."""


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
    trusted: Trusted
    """What was known of the belief that it sets out from."""
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
    _unweighed: list[tuple[Place, Array]] = field(default_factory=list)
    _since: Array = field(default_factory=lambda: np.zeros(3))
    _refined: bool = False
    _gain: float = 0.0
    _scans: int = 0
    _dropped: float = 0.0

    def begin(self, sight: Sight, belief: Array, here: Array) -> None:
        """Set out from one scan.

        Args:
            sight: The scan.
            belief: The pose (3,) that was told, or the last one that was surely right, carried
                along by odometry.
            here: The pose (3,) that is believed now.
        """
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
        self._unsifted = [Place(np.array(here), self._prior(here), is_here=True)]

    def predict(self, step: Increment, duration: float) -> None:
        """Take all places along by an odometry step; work on for ``duration`` [s]."""
        way = (step.dx, step.dy, step.dyaw)
        self._moved = compose(self._moved, way)
        self._way += math.hypot(step.dx, step.dy) + abs(step.dyaw)
        self._since = compose(self._since, way)
        for place in self.places:
            place.pose = compose(place.pose, way)
        self.age += duration
        self._work(int(self.caution.rate * min(duration, self.caution.slice_most)))

    def _work(self, budget: int) -> None:
        """Search on, or hold what was found against the first scan."""
        if self._searches:
            search = self._searches[0]
            before = search.spent
            if search.advance(budget):
                self._searches.pop(0)
                self._crowded = not search.is_complete
                poses = search.poses[self.scores.is_ground(search.poses[:, :2])]
                self._unsifted += [Place(pose, self._prior(pose)) for pose in poses]
            self.bounds_spent += search.spent - before
            return
        self._credit = min(self._credit + budget, budget)
        while self._unweighed and self._credit > 0:
            self._credit -= self.caution.sifting
            self._weigh_next()
        while self._unsifted and self._credit > 0:
            self._credit -= self.caution.sifting
            place = self._unsifted.pop(0)
            self._try(place, self._sight, loose=LOOSE, gain=1.0)
            self._sifted.append(place)
        if self._sifted and not self._unsifted:
            self.places, self._sifted = self._sifted, []
            self._thin_out()
            if not self._refined and len(self.places) > 1:
                self._refined, self._sifted, self.places = True, self.places, []
                self._unsifted = self._beside(self._sifted[:BESIDE])
                return
            self._way, self.looks = 0.0, 1
            for place in self.places:
                place.pose = compose(place.pose, self._moved)

    def _beside(self, places: list[Place]) -> list[Place]:
        """Return guesses around some places: a match can get stuck where walls are smooth."""
        sides = ((ASIDE, 0.0), (-ASIDE, 0.0), (0.0, ASIDE), (0.0, -ASIDE))
        poses = [place.pose + np.array((*side, 0.0)) for place in places for side in sides]
        return [Place(pose, self._prior(pose)) for pose in poses]

    def _try(self, place: Place, sight: Sight, *, loose: Array, gain: float) -> None:
        """Match a scan near a place, and let it speak for or against it.

        The pose that is believed is judged as it is: tracking has matched it already.
        """
        caution = self.caution
        if not place.is_here:
            matching = self.matching._replace(scale_first=NARROW)
            prior = Belief(place.pose, np.diag(loose**-2))
            place.pose, _ = align(sight.points, sight.weights, self.surfaces, prior, matching)
        view = look(sight, self.surfaces, place.pose)
        against = caution.short * (view.short + view.apart) + caution.through * view.through
        place.evidence -= gain * against
        place.share += (view.explained - place.share) / min(self.looks + 1, 5)

    def _prior(self, pose: Array) -> float:
        """Log density [1/(m² rad)]: at the belief, around it, or anywhere on the ground."""
        caution, (exact, rough) = self.caution, self.trusted
        far2 = float(((pose[:2] - self._start[:2]) ** 2).sum())
        turned2 = (wrap(float(pose[2] - self._start[2])) / caution.exact_turn) ** 2
        at = exact * math.exp(-0.5 * (far2 / caution.exact**2 + turned2))
        at /= (2.0 * math.pi) ** 1.5 * caution.exact**2 * caution.exact_turn
        around = rough * math.exp(-0.5 * far2 / caution.spread**2)
        around /= (2.0 * math.pi * caution.spread) ** 2
        anywhere = (1.0 - exact - rough) / (2.0 * math.pi * self.scores.area)
        return math.log(at + around + anywhere)

    def weigh(self, sight: Sight, here: Array) -> None:
        """Let a scan speak for or against every place; ``here`` (3,) is the pose believed now.

        It is ``predict`` that does the work. A scan that comes while the last round is not over
        only counts as one more from the same spot.
        """
        self._scans += 1
        if not self.places or self._unweighed:
            return
        for place in self.places:
            if place.is_here:
                place.pose = here.copy()
        gain = self.caution.again * self._scans + self._way / self.caution.afresh
        self._gain, self._scans = min(1.0, gain), 0
        self._sight, self._way, self._since = _thinned(sight), 0.0, np.zeros(3)
        self._unweighed = [(place, place.pose) for place in self.places]

    def _weigh_next(self) -> None:
        """Hold one place against the scan of this round, as if it were still where it was then."""
        place, pose = self._unweighed.pop(0)
        place.pose = pose
        self._try(place, self._sight, loose=TIGHT, gain=self._gain)
        place.pose = compose(place.pose, self._since)
        if not self._unweighed:
            self.looks += 1
            self._thin_out()

    def _thin_out(self) -> None:
        """Drop what is out of question, and places that have run together.

        Likely ones for which there is no room go on counting against the best.
        """
        self.places.sort(key=lambda place: -place.odds)
        best = self.places[0].odds
        same = _same(np.array([place.pose for place in self.places]))
        kept: list[Place] = []
        numbers: list[int] = []
        for number, place in enumerate(self.places):
            doubles = np.flatnonzero(same[number, numbers])
            if len(doubles):
                double = kept[doubles[0]]
                double.is_here = double.is_here or place.is_here
                double.prior = max(double.prior, place.prior)
            elif place.is_here or (
                place.odds >= best - self.caution.unlikely and len(kept) < self.caution.kept
            ):
                kept.append(place)
                numbers.append(number)
            else:
                self._dropped += math.exp(place.odds - best)
        self.places = kept

    @property
    def is_searching(self) -> bool:
        """Whether the places are not known yet."""
        return not self.places

    @property
    def is_over(self) -> bool:
        """Whether it has come to no end, and had better be begun anew."""
        crowded = self._crowded or self._dropped > 1.0 - self.caution.sure
        if self.age > self.caution.give_up and crowded:
            return True
        none = self.looks >= self.caution.looks and self.places[0].share < self.caution.share
        return none or self.age > 3.0 * self.caution.give_up

    @property
    def is_settled(self) -> bool:
        """Whether enough scans were weighed, and the best place fits."""
        return self.looks >= self.caution.looks and self.places[0].share >= self.caution.share

    def probability(self) -> float:
        """Return the posterior of being within 0.5 m of the best place; 0 if nothing is known yet.

        Where the search had to stop with more places left, as many again are reckoned with.
        """
        if self.looks == 0:
            return 0.0
        best = self.places[0]
        agreeing, rest = 0.0, self._dropped
        for place in self.places:
            weight = math.exp(place.odds - best.odds)
            if math.dist(place.pose[:2], best.pose[:2]) < 0.5 and (
                abs(wrap(float(place.pose[2] - best.pose[2]))) < 0.15
            ):
                agreeing += weight
            else:
                rest += weight
        return agreeing / (agreeing + rest * (2.0 if self._crowded else 1.0))

    @property
    def confirms(self) -> bool:
        """Whether the pose that is believed anyway is the best, and hardly any other is likely."""
        here = self.is_settled and self.places[0].is_here
        return here and self.probability() >= self.caution.ambiguous

    @property
    def winner(self) -> Place | None:
        """The place that may be believed, if there is one."""
        if self.looks < self.caution.looks:
            return None
        best = self.places[0]
        is_sure = self.probability() >= self.caution.sure and best.share >= self.caution.share
        return best if is_sure else None


def _same(poses: Array) -> BoolArray:
    """Tell of all pairs of poses (k, 3) whether they are the same place, shape (k, k)."""
    off = poses[:, None] - poses
    near = off[..., 0] ** 2 + off[..., 1] ** 2 < 0.15**2
    return near & (np.abs(wrap_array(off[..., 2])) < 0.05)


def _thinned(sight: Sight) -> Sight:
    """Return at most about 400 of the returns, evenly."""
    stride = 1 + len(sight.points) // 400
    return Sight(
        np.ascontiguousarray(sight.points[::stride]),
        np.ascontiguousarray(sight.weights[::stride]),
        np.ascontiguousarray(sight.open_ends[::stride]),
        sight.origin,
    )
