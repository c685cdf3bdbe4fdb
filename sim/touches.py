"""Who touched whom, and who is to blame."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from robotics.core.arrays import Array
from robotics.core.geometry import rotation2, transform

APPROACH = 0.05
"""A robot that moves faster than this towards what it touches caused the contact [m/s]."""

AGAIN = 1.0
"""A contact with the same partner is counted once in this time [s]."""

LOOK_BACK = 4
"""Instants whose speeds count for the blame, 0.15 s at 20 Hz: the touch may stop the robot."""


@dataclass(slots=True)
class Contact:
    """One counted contact."""

    time: float
    """[s]."""
    robot: str
    partner: str
    """ "visitor 12" (by ``id``), a solid's or a robot's name."""
    force: float
    """Largest force seen [N]."""
    caused: bool
    """Whether the robot caused it."""

    def row(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "time": round(self.time, 3),
            "robot": self.robot,
            "partner": self.partner,
            "force": round(self.force, 2),
            "caused": self.caused,
        }


@dataclass(slots=True)
class Touches:
    """Counts contacts of robots with visitors, solids and one another.

    * A contact is counted at its first touch, and again once in ``AGAIN`` as long as, or whenever,
      the same two touch: leaning on somebody for 3 s counts three times.
    * A robot *caused* it if, at the touch or in the ``LOOK_BACK`` instants up to it, the point of
      its footprint nearest to the partner moved faster than ``APPROACH`` towards the partner, in
      the map: turning counts, and what the partner did does not matter. Whoever stands still and is
      run into has caused nothing. Should a robot begin to push during the second in which a
      contact is counted, that contact becomes one that it caused.
    * The look back ends where the touch began. As long as it lasts, each instant is judged where
      the two touch then: somebody who slides along a side is soon touched by a point that moved
      otherwise than the one that touched them before.
    * Where the partner's shape is not known, moving in any direction is enough.
    * If two robots touch, each has its own count.
    """

    contacts: list[Contact] = field(default_factory=list)
    _open: dict[tuple[str, str], Contact] = field(default_factory=dict)
    _twists: dict[str, deque[Array]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=LOOK_BACK))
    )
    _touching: dict[str, frozenset[str]] = field(default_factory=dict)

    def observe(
        self,
        time: float,
        robot: str,
        motion: tuple[Array, Array, Array],
        touched: Mapping[str, tuple[float, BaseGeometry | None]],
    ) -> None:
        """Take note of one instant of one robot.

        Args:
            time: [s].
            robot: Its name.
            motion: Base pose in the map (3,), twist in the base frame (3,), footprint in the base
                frame (k, 2).
            touched: By partner: force [N], and its shape on the ground (a point for who is round).
        """
        pose, twist, footprint = motion
        self._twists[robot].append(np.asarray(twist, dtype=np.float64))
        lasting = self._touching.get(robot, frozenset())
        self._touching[robot] = frozenset(touched)
        for partner, (force, shape) in touched.items():
            twists = list(self._twists[robot])[-1 if partner in lasting else -LOOK_BACK :]
            caused = _caused(twists, pose, footprint, shape)
            contact = self._open.get((robot, partner))
            if contact is None or time - contact.time >= AGAIN - 1e-9:
                contact = Contact(time, robot, partner, force, caused)
                self._open[(robot, partner)] = contact
                self.contacts.append(contact)
            contact.caused = contact.caused or caused
            contact.force = max(contact.force, force)

    @property
    def caused(self) -> int:
        """How many contacts a robot caused."""
        return sum(contact.caused for contact in self.contacts)


def _caused(
    twists: Sequence[Array], pose: Array, footprint: Array, shape: BaseGeometry | None
) -> bool:
    """Return whether a footprint moves towards what it touches with one of some twists."""
    if shape is None:
        return any(float(np.hypot(t[0], t[1])) > APPROACH for t in twists)
    point, towards = _facing(Polygon(transform(pose, footprint)), shape)
    arm = point - pose[:2]
    turn = rotation2(float(pose[2]))
    for vx, vy, wz in twists:
        velocity = turn @ np.array([vx, vy]) + wz * np.array([-arm[1], arm[0]])
        if float(velocity @ towards) > APPROACH:
            return True
    return False


def _facing(outline: Polygon, shape: BaseGeometry) -> tuple[Array, Array]:
    """Return the point of a footprint that faces ``shape``, and the direction towards it (2,).

    Where the two overlap, the direction is from the middle of the footprint to the middle of the
    overlap.
    """
    middle = np.array(outline.centroid.coords[0])
    common = outline.intersection(shape)
    if common.is_empty:
        ends = nearest_points(outline, shape)
        point, other = (np.array(end.coords[0]) for end in ends)
        away = other - point
    else:
        point = np.array(Point(common.centroid).coords[0])
        away = point - middle
    length = float(np.hypot(*away))
    return point, away / length if length > 1e-9 else np.zeros(2)
