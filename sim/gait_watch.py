"""Writes down a walk tick by tick: the engine's truth beside what the walk believes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Command, State
from robotics.core.rotation import matrix_from_quaternion, rpy_from_matrix
from robotics.core.walked import SIDES, Belief, Legs, Truth
from robotics.robots.greeter.locomotion import WalkingLocomotion
from robotics.robots.greeter.reflexes import Plight, Reflexes
from sim.gait_trial import Trial

_BODY_B, _LINK_A, _LINK_B, _POINT, _NORMAL, _DISTANCE, _FORCE = 2, 3, 4, 5, 7, 8, 9
"""Places in PyBullet's contact tuple."""
_FELT = 2.0
"""Less force has no centre of pressure [N]."""
_LEGS = {"stand": Legs.STAND, "shift": Legs.SHIFT, "step": Legs.STEP}


@dataclass(frozen=True, slots=True)
class _Links:
    """Numbers of the engine."""

    body: int
    soles: tuple[int, ...]
    feet: tuple[int, ...]
    all: tuple[int, ...]
    names: dict[int, str]
    masses: Array
    """Of the base and of all links [kg]."""

    @staticmethod
    def of(trial: Trial) -> _Links:
        mechanism, engine = trial.body.mechanism, trial.world.engine
        soles = [mechanism.link(f"{side}_sole") for side in SIDES]
        body = soles[0][0]
        links = tuple(range(engine.getNumJoints(body)))
        names = {link: engine.getJointInfo(body, link)[12].decode() for link in links}
        return _Links(
            body,
            tuple(link for _, link in soles),
            tuple(mechanism.link(f"{side}_foot")[1] for side in SIDES),
            links,
            {-1: "trunk", **names},
            np.array([engine.getDynamicsInfo(body, link)[0] for link in (-1, *links)]),
        )


class GaitWatch:
    """Looks on at every tick of a trial; give ``look`` to its setting.

    Attributes:
        time: Of each row, since the robot has settled [s].
        touched: What else than a sole first touched the ground; "" for nothing.
    """

    def __init__(self) -> None:
        self.time: list[float] = []
        self.touched = ""
        self._links: _Links | None = None
        self._truth: dict[str, list[Array]] = {name: [] for name in Truth.__slots__}
        self._belief: dict[str, list[Array]] = {name: [] for name in Belief.__slots__}
        self._steps, self._counted = 0, 0

    def look(self, trial: Trial, state: State, command: Command) -> None:
        """Write down one tick, once the robot has settled."""
        if trial.since < -1e-9:
            return
        if self._links is None:
            self._links = _Links.of(trial)
        self.time.append(trial.since)
        rows = self._true_motion(trial, self._links) | self._true_contacts(trial, self._links)
        for name, value in rows.items():
            self._truth[name].append(np.asarray(value))
        walking = _walking(trial)
        for name, value in self._believed(walking, state).items():
            self._belief[name].append(np.asarray(value))

    def truth(self) -> Truth:
        """Return what was true so far."""
        return Truth(**{name: frozen(np.array(rows)) for name, rows in self._truth.items()})

    def belief(self) -> Belief:
        """Return what was believed so far."""
        whole = ("legs", "stance", "steps")
        kinds = {name: np.int64 if name in whole else np.float64 for name in self._belief}
        rows = self._belief.items()
        return Belief(**{name: frozen(np.array(row), dtype=kinds[name]) for name, row in rows})

    # ------------------------------------------------------------------ truth

    def _true_motion(self, trial: Trial, links: _Links) -> dict[str, Array | float]:
        engine, mechanism = trial.world.engine, trial.body.mechanism
        states = engine.getLinkStates(
            links.body, links.all, computeLinkVelocity=1, computeForwardKinematics=1
        )
        place = np.array([engine.getBasePositionAndOrientation(links.body)[0]])
        speed = np.array([engine.getBaseVelocity(links.body)[0]])
        places = np.vstack((place, [one[0] for one in states]))
        speeds = np.vstack((speed, [one[6] for one in states]))
        share = links.masses / links.masses.sum()
        position, quaternion = trial.body.true_base()
        turns = [matrix_from_quaternion(states[sole][5]) for sole in links.soles]
        return {
            "base": np.concatenate((position, quaternion)),
            "attitude": np.array(rpy_from_matrix(matrix_from_quaternion(quaternion))),
            "joints": trial.body.joint_positions(),
            "torque": mechanism.torque.copy(),
            "com": share @ places,
            "velocity": share @ speeds,
            "soles": np.array([states[sole][4] for sole in links.soles]),
            "sole_yaw": np.array([rpy_from_matrix(turn)[2] for turn in turns]),
        }

    def _true_contacts(self, trial: Trial, links: _Links) -> dict[str, Array | float]:
        engine = trial.world.engine
        force, moment = np.zeros(2), np.zeros((2, 3))
        depth = knock = 0.0
        for contact in engine.getContactPoints(bodyA=links.body):
            if contact[_FORCE] <= 0.0:
                continue
            if contact[_BODY_B] == links.body:
                both = {contact[_LINK_A], contact[_LINK_B]} == set(links.feet)
                knock += contact[_FORCE] if both else 0.0
                continue
            depth = max(depth, -contact[_DISTANCE])
            if contact[_LINK_A] not in links.feet:
                self.touched = self.touched or links.names[contact[_LINK_A]]
                continue
            side = links.feet.index(contact[_LINK_A])
            upward = contact[_FORCE] * max(contact[_NORMAL][2], 0.0)
            force[side] += upward
            moment[side] += upward * np.array(contact[_POINT])
        cop = np.full((2, 2), np.nan)
        for side in (0, 1):
            if force[side] > _FELT:
                state = engine.getLinkState(
                    links.body, links.soles[side], computeForwardKinematics=1
                )
                away = moment[side] / force[side] - np.array(state[4])
                cop[side] = (matrix_from_quaternion(state[5]).T @ away)[:2]
        return {"force": force, "cop": cop, "depth": depth, "knock": knock}

    # ------------------------------------------------------------------ belief

    def _believed(
        self, walking: WalkingLocomotion | None, state: State
    ) -> dict[str, Array | float | int]:
        always = {"attitude": state.tilt, "pose": state.pose_base_in_map}
        if walking is None or walking.seen is None or walking.wanted is None:
            nothing = np.full(2, np.nan)
            return {
                **always,
                **dict.fromkeys(("com", "xi", "cop", "sole_yaw"), nothing),
                **dict.fromkeys(("landing", "followed"), np.full(3, np.nan)),
                **{"soles": np.full((2, 2), np.nan), "omega": np.nan},
                **{"legs": Legs.OFF, "stance": 0, "steps": self._steps},
            }
        gait, seen = walking.gait, walking.seen
        legs = _LEGS[gait.phase.value]
        landing = np.full(3, np.nan)
        if legs is Legs.STEP:
            landing = np.array([*gait.swing.target, gait.swing.target_yaw])
        if gait.steps_taken != self._counted:
            self._steps += gait.steps_taken > self._counted
            self._counted = gait.steps_taken
        return {
            **always,
            "com": seen.com,
            "xi": gait._dcm,  # gait.py is as long as a file may be
            "cop": walking.wanted.cop,
            "soles": gait.soles.copy(),
            "sole_yaw": gait.sole_yaw.copy(),
            "landing": landing,
            "followed": gait._followed,
            **{"omega": gait.omega, "legs": legs, "stance": gait.stance, "steps": self._steps},
        }


def _walking(trial: Trial) -> WalkingLocomotion | None:
    """Return what walks now; None while the reflexes have the legs."""
    locomotion = trial.locomotion
    if isinstance(locomotion, Reflexes):
        return locomotion.walking if locomotion.plight is Plight.FEET else None
    assert isinstance(locomotion, WalkingLocomotion)
    return locomotion
