"""One zone being swept: what is done, what is left, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.messages import Litter, Plan
from robotics.mapping.grid import Grid
from robotics.mapping.places import Zone
from robotics.planning.coverage.mask import mark, mask_of
from robotics.planning.coverage.planner import OVER, cover_steps
from robotics.planning.coverage.region import polygon_of, region_of
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.coverage.touchup import touch_up
from robotics.planning.coverage.track import Track
from robotics.planning.profile import TURN
from robotics.planning.slices import Slices
from robotics.planning.space import Space

RESOLUTION = 0.05
"""Of the mask of what was swept [m]."""
ROUNDS = 5
"""Most plans for what was left out."""
PIECE = 4000
"""What a piece of a zone's plan counts, see ``slices``: one in each tick."""
AROUND = 0.15
"""So much around a piece of litter that was left over is swept again [m]."""
JUMPS = (0.8, 1.6, 2.4, 3.2, 4.5, 6.0, 8.0, 11.0, 15.0, 20.0, 30.0)
"""How much further along the plan a blocked robot tries to go on [m]."""


@dataclass(frozen=True, slots=True)
class SweepMemory:
    """Progress on one zone as a plain value: what has to outlive a restart."""

    zone: str
    """Name of the zone."""
    shape: tuple[int, int]
    """Rows and columns of the mask."""
    swept: bytes
    """The mask of what was swept, eight cells a byte (``numpy.packbits``), row after row."""
    rounds: int
    """Plans made for what was left out."""
    plan: Plan
    """The plan at work: the same object as long as it does not change."""
    index: int
    """How far along it the robot is."""


@dataclass(slots=True)
class SweepJob:
    """Progress on one zone, by the robot's own belief of where it was.

    Attributes:
        zone: What to sweep.
        space: The map without visitors.
        sweeping: Tool, pace and fit.
        reachable: Cells that can be swept.
        swept: Those that were, the same shape.
        rounds: Plans made for what was left out.
        plan: The plan at work, and
        index: how far along it the robot is: kept while the robot does something else.
        litter: Pieces that are known to lie about: what of them can be taken is swept in the end.
    """

    zone: Zone
    space: Space
    sweeping: Sweeping
    reachable: Grid
    swept: BoolArray
    rounds: int = 0
    plan: Plan = field(default_factory=lambda: Plan.none("not planned yet"))
    index: int = 0
    litter: tuple[Litter, ...] = ()

    @staticmethod
    def begin(zone: Zone, space: Space, sweeping: Sweeping) -> SweepJob:
        """Begin with nothing swept."""
        region = region_of(polygon_of(zone), space, sweeping.tool, sweeping.fit)
        reachable = mask_of(region.reachable, RESOLUTION)
        swept = np.zeros(reachable.cells.shape, dtype=np.bool_)
        return SweepJob(zone, space, sweeping, reachable, swept)

    def memory(self) -> SweepMemory:
        """Return all that is needed to go on later, in another process."""
        rows, cols = self.swept.shape
        bits = np.packbits(self.swept).tobytes()
        return SweepMemory(self.zone.name, (rows, cols), bits, self.rounds, self.plan, self.index)

    @staticmethod
    def recall(memory: SweepMemory, zone: Zone, space: Space, sweeping: Sweeping) -> SweepJob:
        """Return the job as it was; ``resume`` then gives the plan for the rest.

        A memory of another zone, or of this one when it looked different, counts for nothing.
        """
        job = SweepJob.begin(zone, space, sweeping)
        rows, cols = job.swept.shape
        fits = memory.shape == (rows, cols) and len(memory.swept) == (rows * cols + 7) // 8
        if memory.zone != zone.name or not fits:
            return job
        bits = np.unpackbits(np.frombuffer(memory.swept, dtype=np.uint8), count=rows * cols)
        job.swept = bits.astype(np.bool_).reshape(rows, cols)
        job.rounds, job.plan = memory.rounds, memory.plan
        job.index = min(max(memory.index, 0), max(len(memory.plan.path) - 1, 0))
        return job

    @property
    def fraction(self) -> float:
        """Part of the reachable cells that was swept."""
        whole = int(self.reachable.cells.sum())
        return 1.0 if whole == 0 else int((self.swept & self.reachable.cells).sum()) / whole

    def touch(self, pose: Array, *, brushing: bool) -> None:
        """Note that the robot is at ``pose`` (3,) now."""
        if brushing:
            frame = np.array([*self.reachable.origin, self.reachable.resolution])
            mark(self.swept, frame, self.sweeping.tool.discs, np.array(pose).reshape(1, 3))

    def first_plan(self, pose: Array) -> Slices[Plan]:
        """Return the plan for the whole zone from ``pose`` (3,), a piece of work in each tick."""
        steps = cover_steps(polygon_of(self.zone), self.space, self.sweeping, pose)
        while True:
            try:
                next(steps)
            except StopIteration as done:
                plan: Plan = done.value.plan
                return plan
            yield PIECE

    def next_plan(self, pose: Array, space: Space) -> Plan:
        """Return a plan for what was left out; empty if it is done or nothing more can be done."""
        self.rounds += 1
        pieces = self._left_over()
        if self.rounds > ROUNDS or (self.fraction > 0.998 and not pieces.any()):
            return Plan.none("covered")
        left = self.reachable.cells & (~self.swept | pieces)
        missing = Grid(left, self.reachable.resolution, self.reachable.origin)
        return touch_up(missing, space, self.sweeping, pose)

    def _left_over(self) -> BoolArray:
        """Return the cells around pieces of litter that are to be swept again."""
        cells = np.zeros(self.swept.shape, dtype=np.bool_)
        frame = np.array([*self.reachable.origin, self.reachable.resolution])
        places = [(*one.position_in_map, 0.0) for one in self.litter if one.fits]
        if places:
            mark(cells, frame, frozen([[0.0, 0.0, AROUND]]), np.array(places))
        return np.asarray(cells & self.reachable.cells)

    def take(self, plan: Plan) -> None:
        """Note the plan that is followed from now on."""
        self.plan, self.index = plan, 0

    def resume(self, pose: Array, space: Space) -> Slices[Plan]:
        """Return what is left to do after something else was done, from ``pose`` (3,) on."""
        if self.plan.is_empty and self.rounds == 0:
            return (yield from self.first_plan(pose))
        yield PIECE
        rest = self._rest(pose, space, (0.0, *JUMPS))
        return self.next_plan(pose, space) if rest is None else rest

    def skip(self, pose: Array, space: Space, tries: int = 0) -> Plan | None:
        """Return the rest of the plan from the next free place on, with a way there.

        Args:
            pose: Where the robot is, shape (3,).
            space: The map with what stands in the way.
            tries: How often that was of no use lately: it looks farther on each time.
        """
        return self._rest(pose, space, JUMPS[min(tries, len(JUMPS) - 1) :])

    def _rest(self, pose: Array, space: Space, jumps: tuple[float, ...]) -> Plan | None:
        plan = self.plan
        if plan.is_empty:
            return None
        step = np.hypot(*np.diff(plan.path[:, :2], axis=0).T)
        way = np.concatenate(([0.0], np.cumsum(step)))
        over = np.where(plan.kerb_side != 0.0, OVER, 0.0)
        free = space.clearance(plan.path) >= -over
        for ahead in jumps:
            k = int(np.searchsorted(way, way[self.index] + ahead))
            end = int(np.searchsorted(way, way[min(k, len(way) - 1)] + 1.2))
            if k >= len(way) - 1:
                return None
            if not free[k:end].all():
                continue
            if k > 0 and step[k - 1] < TURN:
                k -= 1
            led_before = replace(self.sweeping, kerbside=None)
            track = Track(space, led_before, backing=True)
            track.add(pose.reshape(1, 3), working=False)
            if track.go(plan.path[k:]):
                track.working[-1] = plan.working[-len(track.pieces[-1]) :]
                return _led_as_before(track.plan(plan.reason), plan)
        return None


def _led_as_before(rest: Plan, plan: Plan) -> Plan:
    """Return the rest of a plan, whose poses are its last ones, led along kerbs as that was."""
    same = min(len(rest.path), len(plan.path))
    differs = np.abs(rest.path[-same:] - plan.path[-same:]).max(axis=1) > 1e-9
    first = int(np.flatnonzero(differs)[-1]) + 1 if differs.any() else 0
    side = np.zeros(len(rest.path))
    side[len(rest.path) - same + first :] = plan.kerb_side[len(plan.path) - same + first :]
    return replace(rest, kerb_side=side)
