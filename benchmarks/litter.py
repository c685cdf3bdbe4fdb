"""Sweep a zone on which pieces of litter lie, among people, and count what becomes of them.

Usage: python benchmarks/litter.py [--data ZONE.geojson] [--site NAME_OR_FILE] [--zone NAME]
                                   [--pieces N] [--large N] [--visitors N] [--minutes M]
                                   [--on sim|kinematic] [--seed N] [--quick]

The sweeper as assembled finds the pieces with its down-tilted lidar. The onlooker, who knows where
they really lie, counts by kind how many were seen, taken and reported, and how many of those that
are too large for the mouth the machine (body and brushes) ever came over: that must be none. False
is what was believed to be litter where there never was any. No peer is known that can be run here.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from sweeping.ground import world_with
from sweeping.trial import Trial

from robotics.app import Member
from robotics.core.geometry import transform
from robotics.core.messages import Tick
from robotics.robots.memory import litter_reported
from robotics.session import Options
from sim.cleaning.litter import KINDS
from sim.cleaning.shapes import boxes
from sim.scenario import FOOTPRINTS
from sim.world import Zone

NAMES = ("wrapper", "cup", "bottle", "can", "carton")
SAME = 0.20
"""What is believed in so near to a piece's edge is that piece [m]."""
SPACING = 0.8
"""Of the pieces, at least, and of the large ones from the zone's edge [m]."""


class LitterTrial(Trial):
    """A run that also watches every piece of litter."""

    def __init__(self, options: Options, *, zone: Zone, pieces: int, large: int) -> None:
        super().__init__(options)
        self._zone, self._counts = zone, (pieces, large)
        self._kinds = np.zeros(0, dtype=np.int64)
        self._seen: set[int] = set()
        self._over: set[int] = set()
        self._reported: set[int] = set()
        self._ids: dict[int, bool] = {}
        self._measured: dict[int, tuple[float, float]] = {}
        self._ever = np.zeros((0, 2))

    def account(self) -> dict[str, Any]:
        """Run and return the counts."""
        found = self.figures()
        litter = self._stage._dirt.litter
        kinds = {}
        for k, name in enumerate(NAMES):
            mine = set(np.flatnonzero(self._kinds == k).tolist())
            kinds[name] = {
                "lay": len(mine),
                "seen": len(mine & self._seen),
                "taken": int((~litter.lying[sorted(mine)]).sum()) if mine else 0,
                "reported": len(mine & self._reported),
                "driven_over": len(mine & self._over) if not _fits(k) else None,
            }
        errors = np.array(
            [
                (size - KINDS[self._kinds[k], 1], height - KINDS[self._kinds[k], 2])
                for k, (size, height) in self._measured.items()
            ]
        ).reshape(-1, 2)
        told = len(self._ids)
        return {
            "kinds": kinds,
            "believed": told,
            "false": sum(not true for true in self._ids.values()),
            "precision": sum(self._ids.values()) / told if told else None,
            "size_error_mean_m": float(np.abs(errors[:, 0]).mean()) if len(errors) else None,
            "height_error_mean_m": float(np.abs(errors[:, 1]).mean()) if len(errors) else None,
            "covered_fraction": found.get("covered_fraction"),
            "contacts": found.get("contacts_caused"),
            "minutes": found["minutes"],
            "cpu_s": found["cpu_s"],
        }

    def _on_tick(self, member: Member, tick: Tick) -> None:
        if not len(self._kinds):
            self._scatter()
        super()._on_tick(member, tick)
        if tick.observation.kerb_scan is not None:
            self._watch(member, tick)

    def _scatter(self) -> None:
        """Lay the pieces, apart from each other."""
        rng = np.random.default_rng(self.options.seed + 1000)
        shape = Polygon(self._zone.polygon, self._zone.holes)
        inner, (x0, y0, x1, y1) = shape.buffer(-SPACING), shape.bounds
        pieces, large = self._counts
        places: list[Any] = []
        placed: list[int] = []
        share = np.where([_fits(k) for k in range(len(KINDS))], KINDS[:, 0], 0.0)
        small = rng.choice(len(KINDS), pieces, p=share / share.sum())
        kinds = np.concatenate((np.full(large, len(KINDS) - 1), small))
        for kind in kinds:
            for _ in range(2000):
                p = rng.uniform((x0, y0), (x1, y1))
                free = all(math.dist(p, q) > SPACING for q in places)
                if free and shapely.contains_xy(shape if _fits(int(kind)) else inner, *p):
                    places.append(p)
                    placed.append(int(kind))
                    break
        litter = self._stage._dirt.litter
        self._kinds = np.array(placed, dtype=np.int64)
        litter.position = np.array(places).reshape(-1, 2)
        litter.size, litter.height, litter.mass = (KINDS[self._kinds, k] for k in (1, 2, 3))
        litter.lying = np.ones(len(places), dtype=np.bool_)
        self._ever = litter.position.copy()

    def _watch(self, member: Member, tick: Tick) -> None:
        litter, body = self._stage._dirt.litter, self._stage.bodies["sweeper"].body
        pose = np.array(body.true_pose())
        self._count_over(litter, Polygon(transform(pose, FOOTPRINTS["sweeper"])), pose)
        dropped = litter.position[len(self._ever) :]
        self._ever = np.vstack((self._ever, dropped))
        known = np.vstack((self._ever, litter.position))
        for piece in tick.state.ground.litter:
            away = np.hypot(*(known - piece.position_in_map).T)
            k = int(away.argmin()) % len(self._ever)
            true = bool(away.min() < SAME + 0.5 * float(litter.size[k]))
            self._ids[piece.id] = self._ids.get(piece.id, False) or true
            if true and k < len(self._kinds):
                self._seen.add(k)
                self._measured[k] = (piece.size, piece.height)
        for one in litter_reported(member.mission):
            away = np.hypot(*(self._ever - np.array([one["x"], one["y"]], dtype=float)).T)
            if len(away) and away.min() < 2.0 * SAME:
                self._reported.add(int(away.argmin()))

    def _count_over(self, litter: Any, outline: Polygon, pose: Any) -> None:
        there = np.flatnonzero(litter.lying)
        for k, (x, y, heading, length, width, _) in zip(there, boxes(litter), strict=True):
            large = not (k < len(self._kinds) and _fits(int(self._kinds[k])))
            if not large or math.dist((x, y), pose[:2]) > 1.5:
                continue
            corners = 0.5 * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * (length, width)
            if outline.intersects(Polygon(transform((x, y, heading), corners))):
                self._over.add(int(k))


def main() -> None:
    """Run, print a table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="GeoJSON with the zone to sweep")
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--zone", default="")
    parser.add_argument("--pieces", type=int, default=30, help="that fit the mouth")
    parser.add_argument("--large", type=int, default=3, help="that do not")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=20.0, help="most simulated time")
    parser.add_argument("--on", default="sim", choices=("sim", "kinematic"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the yard, twelve pieces")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.site, arguments.zone, arguments.pieces, arguments.large = "yard", "", 8, 1
        arguments.visitors = min(arguments.visitors, 4)
    with tempfile.TemporaryDirectory() as folder:
        path, world = world_with(arguments.site, arguments.zone, arguments.data, Path(folder))
        options = Options(
            str(path), ("sweeper",), minutes=arguments.minutes, seed=arguments.seed,
            visitors=arguments.visitors, on=arguments.on,
        )  # fmt: skip
        zone = next(one for one in world.zones if one.kind == "sweep")
        found = LitterTrial(
            options, zone=zone, pieces=arguments.pieces, large=arguments.large
        ).account()
    show(found)
    kinds = found["kinds"].values()
    found["blind"] = sum(kind["driven_over"] or 0 for kind in kinds)
    print(json.dumps(found))


def show(found: dict[str, Any]) -> None:
    """Print what became of each kind."""
    columns = ("lay", "seen", "taken", "reported", "driven_over")
    print(f"{'kind':10}{'size':>8}{'height':>8}" + "".join(f"{c:>13}" for c in columns))
    for name, (_, size, height, _) in zip(NAMES, KINDS, strict=True):
        told = found["kinds"][name]
        cells = "".join(f"{'-' if told[c] is None else told[c]:>13}" for c in columns)
        print(f"{name:10}{size:8.2f}{height:8.3f}{cells}")
    for key in ("believed", "false", "covered_fraction", "contacts", "minutes", "cpu_s"):
        value = found[key]
        print(f"{key:20}{value:.4g}" if isinstance(value, float) else f"{key:20}{value}")


def _fits(kind: int) -> bool:
    """Whether the mouth takes a kind; what lies on the ground is a piece of ``KINDS``."""
    return NAMES[kind] != "carton"


if __name__ == "__main__":
    main()
