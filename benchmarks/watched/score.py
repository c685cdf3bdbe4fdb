"""Reports of a tracker against the truth: the CLEAR MOT figures, errors, kinds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from robotics.core.arrays import Array, BoolArray
from robotics.core.messages import Kind, Obstacle
from watched.milling import Crowd

PERIOD = 0.1
"""Time between two scans [s]."""
MATCH = 0.5
"""A report farther from a walker than this is not about it [m]."""
TRUE_KIND = {
    "adult": Kind.PERSON,
    "child": Kind.CHILD,
    "runner": Kind.CHILD,
    "stroller": Kind.CART,
}


@dataclass(slots=True)
class Score:
    """Counts and errors of one scene; a report is matched with the walker it was about before."""

    seconds: float = 0.0
    present: int = 0
    missed: int = 0
    false: int = 0
    switches: int = 0
    phantoms: int = 0
    hidden: int = 0
    remembered: int = 0
    false_ids: set[int] = field(default_factory=set)
    delays: list[float] = field(default_factory=list)
    place: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)
    poses: list[tuple[float, float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    tracking: list[float] = field(default_factory=list)
    kinds: dict[tuple[Kind, Kind], int] = field(default_factory=dict)
    _about: dict[int, int] = field(default_factory=dict)
    _last: dict[int, int] = field(default_factory=dict)
    _view: dict[int, int] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)
    _origin: dict[int, Array] = field(default_factory=dict)
    _walked: set[int] = field(default_factory=set)
    _reported: set[int] = field(default_factory=set)

    def add(self, crowd: Crowd, in_view: BoolArray, reports: tuple[Obstacle, ...]) -> None:
        """Take in one scan."""
        self.seconds += PERIOD
        at = np.array([one.position_in_map for one in reports]).reshape(-1, 2)
        pairs = self._match(crowd, at, reports)
        taken = set(pairs.values())
        apart = np.hypot(*(at[:, None] - crowd.position).transpose(2, 0, 1))
        for j, one in enumerate(reports):
            moving = one.kind is not Kind.STATIC and math.hypot(*one.velocity_in_map) > 0.2
            if j in taken or apart[j].min(initial=np.inf) <= 0.8:
                continue
            if one.unseen > 0.0:
                self.phantoms += 1
            elif moving:
                self.false += 1
                self.false_ids.add(one.id)
        for i, who in enumerate(crowd.id.tolist()):
            self._view[who] = self._view.get(who, 0) + 1 if in_view[i] else 0
            j = pairs.get(i)
            if self._view[who] > 0 and who not in self._reported and j is not None:
                self.delays.append((self._view[who] - 1) * PERIOD)
                self._reported.add(who)
            self._since[who] = 0.0 if self._view[who] > 3 else self._since.get(who, 1e9) + PERIOD
            if 0.0 < self._since[who] <= 2.0 and self._view[who] == 0:
                self.hidden += 1
                self.remembered += j is not None
            if self._view[who] > 3:
                self._judge(crowd, i, None if j is None else reports[j])

    def _match(self, crowd: Crowd, at: Array, reports: tuple[Obstacle, ...]) -> dict[int, int]:
        """Return report by walker: the old pairs where they hold, the nearest otherwise."""
        names = {one.id: j for j, one in enumerate(reports)}
        pairs: dict[int, int] = {}
        for i, who in enumerate(crowd.id.tolist()):
            j = names.get(self._about.get(who, -1))
            if j is not None and math.dist(at[j], crowd.position[i]) <= MATCH:
                pairs[i] = j
        walkers = [i for i in range(len(crowd.id)) if i not in pairs]
        rest = [j for j in range(len(reports)) if j not in set(pairs.values())]
        if walkers and rest:
            apart = np.hypot(
                *(crowd.position[walkers][:, None] - at[rest][None]).transpose(2, 0, 1)
            )
            cost = np.where(apart <= MATCH, apart, 1e3)
            for a, b in zip(*linear_sum_assignment(cost), strict=True):
                if apart[a, b] <= MATCH:
                    pairs[walkers[a]] = rest[b]
        self._about = {int(crowd.id[i]): reports[j].id for i, j in pairs.items()}
        return pairs

    def _judge(self, crowd: Crowd, i: int, report: Obstacle | None) -> None:
        who = int(crowd.id[i])
        self.present += 1
        if report is None:
            self.missed += 1
            return
        self.switches += self._last.get(who, report.id) != report.id
        self._last[who] = report.id
        self.place.append(math.dist(report.position_in_map, crowd.position[i]))
        if self._view[who] > 10:
            self.speed.append(math.dist(report.velocity_in_map, crowd.velocity[i]))
        origin = self._origin.setdefault(who, crowd.position[i].copy())
        if math.dist(origin, crowd.position[i]) > 1.0:
            self._walked.add(who)
        if who in self._walked:
            key = TRUE_KIND[crowd.kind[i]], report.kind
            self.kinds[key] = self.kinds.get(key, 0) + 1

    def figures(self) -> dict[str, float]:
        """Return every figure by key."""
        right = sum(n for (true, told), n in self.kinds.items() if true is told)
        moved = sum(n for (_, t), n in self.kinds.items() if t not in (Kind.UNKNOWN, Kind.STATIC))
        place, speed, cpu = (np.array(v or [np.nan]) for v in (self.place, self.speed, self.cpu))
        errors = np.array(self.poses).reshape(-1, 2)
        present = max(self.present, 1)
        return {
            "seen": self.present,
            "recall": 1.0 - self.missed / present,
            "mota": 1.0 - (self.missed + self.false + self.switches) / present,
            "id_switches": self.switches,
            "false_movers_per_minute": 60.0 * len(self.false_ids) / self.seconds,
            "phantoms_per_scan": self.phantoms * PERIOD / self.seconds,
            "hidden_remembered": self.remembered / max(self.hidden, 1),
            "delay_p95_s": float(np.percentile(self.delays or [np.nan], 95)),
            "position_error_median_m": float(np.median(place)),
            "position_error_p95_m": float(np.percentile(place, 95)),
            "velocity_error_median": float(np.median(speed)),
            "velocity_error_p95": float(np.percentile(speed, 95)),
            "kind_right": right / max(sum(self.kinds.values()), 1),
            "kind_right_of_movers": right / max(moved, 1),
            "pose_error_p95_m": float(np.percentile(errors[:, 0], 95)),
            "pose_error_p95_deg": math.degrees(float(np.percentile(errors[:, 1], 95))),
            "tracking_ms_p50": 1e3 * float(np.percentile(self.tracking, 50)),
            "tracking_ms_p99": 1e3 * float(np.percentile(self.tracking, 99)),
            "scan_ms_p50": 1e3 * float(np.percentile(cpu, 50)),
            "scan_ms_p99": 1e3 * float(np.percentile(cpu, 99)),
        }
