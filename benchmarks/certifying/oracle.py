"""Judges that share nothing with the proof: PyBullet's distances, the cart-table model."""

from __future__ import annotations

import numpy as np

from robotics.behaviour.clips import Curve
from robotics.core.arrays import Array
from robotics.robots.greeter.robot import standing_pose
from sim.engine import Engine
from sim.spec import greeter_spec

GRAVITY, HEIGHT = 9.81, 0.5
"""[m/s²], of the centre of mass [m]."""
EDGE_FORWARD, EDGE_REAR, EDGE_SIDE = 0.12, 0.09, 0.145
"""Edges of the soles from the middle [m]: urdf/README.md and the stance width."""


class Nearness:
    """PyBullet's distance between links that two joints or more lie between."""

    def __init__(self) -> None:
        self._engine = engine = Engine()
        spec = greeter_spec(standing_pose()[0])
        self.rest, self.table = spec.initial_joints, spec.model.joints
        self._body = int(engine.loadURDF(str(spec.model.file), useFixedBase=True))
        infos = [engine.getJointInfo(self._body, k) for k in range(engine.getNumJoints(self._body))]
        self._joints = {info[1].decode(): int(info[0]) for info in infos}
        links = {info[12].decode(): int(info[0]) for info in infos} | {spec.model.base: -1}
        shaped = {n: k for n, k in links.items() if engine.getCollisionShapeData(self._body, k)}
        self._pairs = [
            (a, b)
            for name, a in shaped.items()
            for other, b in shaped.items()
            if name < other and not _neighbours(name, other)
        ]

    def least(self, posture: Array) -> float:
        """Return the least distance in a posture (22,) [m]; 0.05 if it is farther."""
        engine = self._engine
        for name, angle in zip(self.table.names, posture, strict=True):
            engine.resetJointState(self._body, self._joints[name], float(angle))
        engine.performCollisionDetection()
        found = [0.05]
        for a, b in self._pairs:
            points = engine.getClosestPoints(self._body, self._body, 0.05, a, b)
            found += [float(point[8]) for point in points]
        return min(found)


def _neighbours(first: str, second: str) -> bool:
    """Return whether one joint lies between two links."""
    pair = {first, second}
    chains = [{"trunk", "neck"}, {"neck", "head"}]
    for side in ("left", "right"):
        chains += [
            {f"{side}_{a}", f"{side}_{b}"}
            for a, b in (("upper_arm", "forearm"), ("thigh", "shank"))
        ]
    return pair in chains


def cart_table_margin(curve: Curve, *, forward: bool) -> float:
    """Return how far inside the soles the cart-table model keeps its zero-moment point [m].

    p = c - c̈ z / g (Kajita et al., ICRA 2003), sampled every 5 ms; accelerations by differences.
    """
    times = np.arange(0.0, curve.times[-1], 0.005)
    place = np.array([curve.angle(float(time)) for time in times])
    acceleration = np.gradient(np.gradient(place, 0.005), 0.005)[2:-2]
    pressure = place[2:-2] - acceleration * HEIGHT / GRAVITY
    if forward:
        return float(min((EDGE_FORWARD - pressure).min(), (pressure + EDGE_REAR).min()))
    return float((EDGE_SIDE - np.abs(pressure)).min())


def peak_speed(curve: Curve) -> float:
    """Return the largest speed of a curve by differences of its angles [rad/s]."""
    times = np.arange(curve.times[0], curve.times[-1], 0.001)
    angles = np.array([curve.angle(float(time)) for time in times])
    return float(np.abs(np.diff(angles)).max() / 0.001)
