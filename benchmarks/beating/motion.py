"""The greeter dances under physics; how late its joints, trunk and feet are at each accent.

Arms do not dance while the last steps of a stretch end: accents then are counted apart.

An accent is a knot of an authored curve at which the movement turns or comes to rest. How late the
body is there is the shift in time, on the way to it and from it, at which the authored movement
fits the true one best in least squares; its amplitude and offset are those that fit the whole
dance. (A flat top has no sharp extreme, its flanks have.) A footfall is the instant at which a foot
that was in the air for 80 ms carries 5 N.

The trunk sways by a centimetre or two, and balancing moves it by half of one at times of its own:
one accent tells nothing. How late it is, is its phase (``beating/phase.py``): the shift at which
the true movement and the authored one correlate best, over stretches of some seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from beating.phase import Phase, phases
from robotics.behaviour.clips import Behaviour, Curve, clips_of
from robotics.control.dynamics import Dynamics
from robotics.core.arrays import Array
from robotics.core.messages import Drive, Goal, Posture, Twist2
from robotics.core.rotation import matrix_from_quaternion
from robotics.mapping.places import Site
from robotics.robots.catalog import nowhere
from robotics.robots.greeter.config import GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import build, standing_pose
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.spec import greeter_spec

TICK = 0.005
BEGIN = 2.2
"""The dance begins [s]; before, the robot stands up to its weight."""
SETTLE = 1.0
"""The first accents, while joints are taken over, do not count [s]."""
WINDOW = 0.7
"""So much before and after an accent is looked at, at most [s]: the way to it, and from it."""
SHIFTS = np.arange(-0.12, 0.1201, 0.0025)
WITHHELD = 2.0
"""After the beat of a stretch of steps gestures wait until it has stood for 0.8 s, and are crossed
over to (``locomotion.py``: balance comes before gestures): in this time arms do not dance [s]."""
AXES = ("forward", "left", "up", "turn")
LEAST = {"joint": np.radians(4.0), "along": 0.006, "up": 0.006, "turn": np.radians(2.0)}
"""A smaller movement is no accent: [rad], [m], [m], [rad]."""


@dataclass
class Seen:
    """What an onlooker saw, tick by tick, in the time of the dance."""

    time: Array
    joints: Array
    trunk: Array
    """Forward, left, up of the centre of mass from between the feet [m], turn [rad]."""
    force: Array
    """On the left and the right foot [N]."""
    fell: bool


@dataclass
class Late:
    """How late accents were [s], by what makes them."""

    found: dict[str, list[float]] = field(default_factory=dict)
    trunk: list[Phase] = field(default_factory=list)
    """Of each stretch in which the trunk sways."""
    withheld: int = 0
    """Accents of joints that were not danced: steps were just ending."""

    def add(self, kind: str, times: list[float]) -> None:
        """Take in more."""
        self.found.setdefault(kind, []).extend(times)

    def p95_ms(self, kind: str = "") -> float:
        """Return the 95th percentile of the absolute value; of all kinds if none is named."""
        kinds = [kind] if kind else list(self.found)
        values = [one for name in kinds for one in self.found.get(name, [])]
        return 1e3 * float(np.percentile(np.abs(values), 95)) if values else float("nan")


def dance(one: Behaviour, *, seconds: float, seed: int, lead: bool = True) -> Seen:
    """Return what is seen of a dance.

    Args:
        one: The behaviour.
        seconds: At most so much of it [s].
        seed: Of the sensors' noise.
        lead: Whether clips are read ahead by the body's lag, as they are.
    """
    config = GreeterConfig()
    if not lead:
        trunk = replace(config.trunk, lead=(0.0, 0.0))
        walk = replace(config.walk, touch_lead=0.0)
        config = replace(config, lead=0.0, trunk=trunk, walk=walk)
    robot = build(_floor(), (0.0, 0.0, 0.0), clips_of({one.name: one}), config=config)
    world = BulletWorld(step=0.0025)
    body = BulletBody(
        world, greeter_spec(standing_pose()[0]), (0, 0, 0), np.random.default_rng(seed)
    )
    eye = _Eye(world, body)
    length = min(seconds, one.duration)
    observation, fell = body.reset(), False
    while observation.time < BEGIN + length + 0.5 and not fell:
        state = robot.estimator.update(observation)
        passed = observation.time - BEGIN
        twist = next((s.twist for s in one.feet if s.start <= passed < s.end), (0.0, 0.0, 0.0))
        posture = Posture(one.name, BEGIN) if passed >= 0.0 else Posture()
        goal = Goal(Drive(np.array(twist)), posture)
        command = robot.locomotion.move(state, goal, Twist2(*twist))
        body.act(robot.guard.allow(state, command))
        observation = body.observe()
        fell = eye.look(observation.time)
    body.close()
    world.close()
    return eye.seen(fell)


def judge(one: Behaviour, seen: Seen, late: Late, *, seconds: float) -> None:
    """Add how late the accents of a dance were."""
    names = load().joints.names
    if one.clip is not None:
        for name, curve in zip(one.clip.joints, one.clip.curves, strict=True):
            if not name.startswith("head"):  # the head looks at people, too
                true = seen.joints[:, names.index(name)]
                every = (curve, seen.time)
                danced = np.where(_withheld(one, seen.time), np.nan, true)
                found = _accents(*every, danced, LEAST["joint"], seconds)
                late.withheld += len(_accents(*every, true, LEAST["joint"], seconds)) - len(found)
                late.add("joints", found)
    if one.sway is not None:
        standing = np.all(seen.force > 5.0, axis=1)
        axes = (one.sway.forward, one.sway.left, one.sway.up, one.sway.turn)
        for axis, curve in enumerate(axes):
            kind = ("along", "along", "up", "turn")[axis]
            if curve is None:
                continue
            true = np.where(standing, seen.trunk[:, axis], np.nan)
            late.trunk += phases(curve, seen.time, true, LEAST[kind], seconds, axis=AXES[axis])
    late.found["trunk"] = [one.lag for one in late.trunk if one.is_clear]
    late.add("feet", footfalls(one, seen, seconds))


def _withheld(one: Behaviour, time: Array) -> Array:
    """Return when gestures wait for the last steps of a stretch, shape (n,) of truth values."""
    waits = np.zeros(len(time), dtype=np.bool_)
    for stretch in one.feet:
        waits |= (time > stretch.end) & (time < stretch.end + WITHHELD)
    return waits


def footfalls(one: Behaviour, seen: Seen, seconds: float) -> list[float]:
    """Return how late the footfalls were within the stretches that step on a beat [s]."""
    found = []
    for side in (0, 1):
        aloft = 0
        for time, force in zip(seen.time, seen.force[:, side], strict=True):
            if force >= 5.0 and aloft >= 16:
                found.append(float(time))
            aloft = aloft + 1 if force < 5.0 else 0
    times = []
    for stretch in one.feet:
        step = stretch.step_time
        if not step or stretch.end > seconds:
            continue
        for time in found:
            if stretch.start + 0.5 * step < time < stretch.end + 0.1:
                times.append((time - stretch.start + step / 2.0) % step - step / 2.0)
    return times


def _accents(curve: Curve, time: Array, true: Array, least: float, seconds: float) -> list[float]:
    found = []
    true = _fitted(curve, time, true)
    knots = np.array([curve.angle(at) for at in curve.times])
    for place in range(1, len(knots) - 1):
        at = curve.times[place]
        before, after = knots[place] - knots[place - 1], knots[place + 1] - knots[place]
        turns = before * after <= 0.0 and max(abs(before), abs(after)) >= least
        if turns and SETTLE < at < seconds - SETTLE:
            begin = max(curve.times[place - 1], at - WINDOW)
            end = min(curve.times[place + 1], at + WINDOW)
            shift = _shift(curve, time, true, (begin, end), least)
            if shift is not None:
                found.append(shift)
    return found


def _fitted(curve: Curve, time: Array, true: Array) -> Array:
    """Return the true movement on the authored one's scale: gain and offset of the whole dance."""
    inside = (time >= SETTLE) & (time <= curve.times[-1]) & ~np.isnan(true)
    wanted = np.array([curve.angle(one) for one in time[inside]])
    design = np.column_stack([true[inside], np.ones(int(inside.sum()))])
    (gain, offset), *_ = np.linalg.lstsq(design, wanted, rcond=None)
    return np.asarray(gain * true + offset)


def _shift(
    curve: Curve, time: Array, true: Array, window: tuple[float, float], least: float
) -> float | None:
    """Return the delay at which the authored movement fits the true one best [s].

    None where too little moves within the window, or the feet step.
    """
    inside = (time >= window[0]) & (time <= window[1])
    moved, when = true[inside], time[inside]
    if len(moved) < 20 or np.isnan(moved).any():
        return None
    if np.ptp([curve.angle(one) for one in when]) < least:
        return None
    wanted = np.array([[curve.angle(one - shift) for one in when] for shift in SHIFTS])
    return float(SHIFTS[np.argmin(np.sum((wanted - moved) ** 2, axis=1))])


class _Eye:
    """Looks at the true body."""

    def __init__(self, world: BulletWorld, body: BulletBody) -> None:
        self._world, self._body, self._model = world, body, load()
        self._dynamics = Dynamics(self._model)
        self._handle = next(key for key, name in world.names.items() if name == "greeter")
        engine = world.engine
        links = range(engine.getNumJoints(self._handle))
        self._sides = {
            link: int(not engine.getJointInfo(self._handle, link)[12].startswith(b"left"))
            for link in links
        }
        self._rows: list[tuple[float, Array, Array, tuple[float, float]]] = []

    def look(self, time: float) -> bool:
        """Write down one tick; return whether it fell."""
        position, quaternion = self._body.true_base()
        rotation = matrix_from_quaternion(quaternion)
        joints = self._body.joint_positions()
        com = self._dynamics.place(joints, rotation_base=rotation) + position
        soles = [position + self._dynamics.sole(side)[0] for side in (0, 1)]
        across = soles[0] - soles[1]
        heading = float(np.arctan2(-across[0], across[1]))
        c, s = np.cos(heading), np.sin(heading)
        away = com - 0.5 * (soles[0] + soles[1])
        turn = float(np.arctan2(rotation[1, 0], rotation[0, 0])) - heading
        trunk = np.array([c * away[0] + s * away[1], -s * away[0] + c * away[1], com[2], turn])
        self._rows.append((time - BEGIN, np.array(joints), trunk, self._force()))
        return bool(position[2] < 0.3 or rotation[2, 2] < 0.7)

    def seen(self, fell: bool) -> Seen:
        """Return all of it."""
        time, joints, trunk, force = (np.array(column) for column in zip(*self._rows, strict=True))
        return Seen(time, joints, trunk, force, fell)

    def _force(self) -> tuple[float, float]:
        force = [0.0, 0.0]
        for contact in self._world.engine.getContactPoints(bodyA=self._handle):
            if contact[2] != self._handle and contact[3] >= 0:
                force[self._sides[contact[3]]] += contact[9]
        return force[0], force[1]


def _floor() -> Site:
    return nowhere()
