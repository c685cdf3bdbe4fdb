"""What an onlooker writes down of a walk: the truth of the engine, never given to the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.rotation import matrix_from_quaternion
from sim.body import BulletBody
from sim.bullet import BulletWorld

TIPPED = math.cos(math.radians(45.0))
"""A trunk that leans more has fallen."""
LOADED = 0.2
"""Of the weight: a foot with more stands, and must not slide."""
_BODY_B, _LINK_A, _FORCE = 2, 3, 9
_SIDES = ("left", "right")


@dataclass(slots=True)
class Onlooker:
    """Sees one robot.

    Attributes:
        fell: What told that it fell; "" while it walks.
        distance: Way of the base, along its own heading and to its left, shape (2,) [m].
        turned: Sum of its turns [rad].
        slips: How far a sole moved while it stood, one entry for each time [m].
        deepest: Largest penetration of the ground [m].
        poses: (time, x, y, yaw) for those who look closer.
    """

    world: BulletWorld
    body: BulletBody
    fell: str = ""
    distance: Array = field(default_factory=lambda: np.zeros(2))
    turned: float = 0.0
    slips: list[float] = field(default_factory=list)
    deepest: float = 0.0
    poses: list[tuple[float, float, float, float]] = field(default_factory=list)
    _squares: Array = field(default_factory=lambda: np.zeros(22))
    _ticks: int = 0
    _airborne: int = 0
    _stood: list[Array | None] = field(default_factory=lambda: [None, None])
    _last: list[Array] = field(default_factory=lambda: [np.zeros(2), np.zeros(2)])
    _handle: int = -1
    _feet: tuple[int, ...] = ()
    _soles: tuple[int, ...] = ()
    _weight: float = 0.0

    def __post_init__(self) -> None:
        engine = self.world.engine
        self._handle = next(key for key, name in self.world.names.items() if name == "greeter")
        links = range(engine.getNumJoints(self._handle))
        names = {engine.getJointInfo(self._handle, link)[12].decode(): link for link in links}
        self._feet = tuple(names[f"{side}_foot"] for side in _SIDES)
        self._soles = tuple(names[f"{side}_sole"] for side in _SIDES)
        masses = [engine.getDynamicsInfo(self._handle, link)[0] for link in (-1, *links)]
        self._weight = 9.81 * sum(masses)

    def look(self, time: float) -> None:
        """Write down one tick."""
        self._ticks += 1
        self._squares += self.body.mechanism.torque**2
        self._watch_base(time)
        load, other = [0.0, 0.0], False
        for contact in self.world.engine.getContactPoints(bodyA=self._handle):
            if contact[_BODY_B] == self._handle or contact[_FORCE] <= 0.0:
                continue
            self.deepest = max(self.deepest, -contact[8])
            if contact[_LINK_A] in self._feet:
                load[self._feet.index(contact[_LINK_A])] += contact[_FORCE]
            else:
                other = True
        if other:
            self.fell = self.fell or "touches the ground"
        self._airborne += max(load) == 0.0
        for side in (0, 1):
            self._watch_foot(side, load[side] > LOADED * self._weight)

    def _watch_base(self, time: float) -> None:
        _, quaternion = self.body.true_base()
        if matrix_from_quaternion(quaternion)[2, 2] < TIPPED:
            self.fell = self.fell or "tipped over"
        x, y, yaw = self.body.true_pose()
        if self.poses:
            _, x0, y0, yaw0 = self.poses[-1]
            c, s = math.cos(yaw0), math.sin(yaw0)
            self.distance += (c * (x - x0) + s * (y - y0), -s * (x - x0) + c * (y - y0))
            self.turned += math.remainder(yaw - yaw0, 2.0 * math.pi)
        self.poses.append((time, x, y, yaw))

    def _watch_foot(self, side: int, stands: bool) -> None:
        stood = self._stood[side]
        if stands:
            state = self.world.engine.getLinkState(
                self._handle, self._soles[side], computeForwardKinematics=1
            )
            here = np.array(state[4][:2])
            self._stood[side] = here if stood is None else stood
            self._last[side] = here
        elif stood is not None:
            self.slips.append(float(np.linalg.norm(self._last[side] - stood)))
            self._stood[side] = None

    @property
    def airborne(self) -> float:
        """Share of the time without a foot on the ground."""
        return self._airborne / max(self._ticks, 1)

    @property
    def torque_ratio(self) -> float:
        """Largest over the joints of root mean square torque over stall torque."""
        mean = np.sqrt(self._squares / max(self._ticks, 1))
        return float((mean / self.body.spec.motors.stall).max())
