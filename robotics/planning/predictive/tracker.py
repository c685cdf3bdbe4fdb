"""Follows a plan among people and things, by trying out what the next seconds could be."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import rotation2
from robotics.core.messages import (
    BaseGoal,
    Cover,
    Drive,
    Goal,
    GoTo,
    Joints,
    Kind,
    Obstacle,
    Plan,
    State,
    Twist2,
)
from robotics.mapping.local_map import LocalMap
from robotics.planning.course import TURNING
from robotics.planning.cursor import Cursor, cursor_of
from robotics.planning.predictive.config import PERIOD, PredictiveConfig
from robotics.planning.predictive.control import Controller
from robotics.planning.predictive.crowd import crowd_of
from robotics.planning.predictive.delay import Sent
from robotics.planning.predictive.nominal import Road
from robotics.planning.predictive.rollout import gaps_now
from robotics.planning.predictive.scene import Ground, Scene, Way
from robotics.planning.predictive.visibility import speed_unseen
from robotics.planning.predictive.way import caps_ahead, line_ahead, way_ahead
from robotics.planning.predictive.window import Guide
from robotics.planning.space import Space

SHARES = (1.0, 0.6, 0.3)
"""Parts of the profile's speed at which the path's own law is tried."""


def _at_rest() -> Array:
    return np.zeros(3)


@dataclass(slots=True)
class PredictiveTracker:
    """The tracker of both robots (``robotics.core.parts.Tracker``).

    While nothing disturbs it, the path's own law drives. Otherwise the next seconds are sampled,
    judged and averaged (``Controller``), from where the robot will be when the answer acts.

    Attributes:
        config: Limits, manners, sampling.
        space: The site as this robot sees it.
        local_map: What the lidar adds to it; None to trust site and tracks alone.
        waiting: For how long it has been standing though there is way left [s].
    """

    config: PredictiveConfig
    space: Space
    local_map: LocalMap | None = None
    waiting: float = 0.0
    _controller: Controller = field(init=False)
    _sent: Sent = field(init=False)
    _plan: Plan | None = None
    _base: BaseGoal | None = None
    _cursor: Cursor | None = None
    _time: float = -np.inf
    _held: Twist2 = field(default_factory=Twist2)
    _last: Array = field(default_factory=_at_rest)
    _pressed: float = 0.0
    _guide: Guide = field(init=False)

    def __post_init__(self) -> None:
        """Compile everything now, not when somebody is in the way."""
        self._controller = Controller(self.config)
        self._sent = Sent(self.config.delay, self.config.limits)
        self._guide = Guide(self.space, self.local_map)
        self._rehearse()

    def _rehearse(self) -> None:
        """Decide once on a path that somebody blocks: everything is compiled on the way."""
        path = np.array([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)])
        plan = Plan(path, np.ones(2), np.zeros(2, dtype=np.bool_))
        person = Obstacle(0, np.array([0.5, 0.0]), np.zeros(2), 0.3, Kind.PERSON)
        rest, joints = np.zeros(3), Joints.at_rest(np.zeros(0))
        state = State(0.0, rest, rest, joints, rest[:2], rest, obstacles=(person,))
        self._plan, self._cursor = plan, cursor_of(path)
        self._sent.note(-1.0, rest)
        self._decide(state, Goal())
        self._cursor.progress[TURNING] = 1.0
        line_ahead(self._cursor, 1.0)
        if self.config.caution is not None:
            edge = np.array([(1.0, -0.5), (4.0, 0.0), (1.0, 0.5)])
            speed_unseen(edge, path[:, :2], 1.0, caution=self.config.caution)
        self._start_over()

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Return the velocity that the base should have now."""
        if state.time < self._time:
            self._start_over()
            return self._held
        fresh = plan is not self._plan
        if state.time - self._time < PERIOD - 1e-6 and not fresh:
            return self._held
        passed = min(PERIOD, state.time - self._time)
        self._time = state.time
        if fresh:
            self._plan = plan
            self._guide.forget()
            self._cursor = None if plan.is_empty else cursor_of(plan.path)
            if self._flows(goal) and self._cursor is not None:
                self._cursor.progress[TURNING] = 0.0
            else:
                self._controller.forget()
            self._base = goal.base
        if self.local_map is not None:
            self.local_map.update(state)
        self._last = self._decide(state, goal)
        idle = self._cursor is None or self._cursor.done or bool(self._last.any())
        self.waiting = 0.0 if idle else self.waiting + passed
        change = -0.1 * passed if self.waiting == 0.0 else passed
        self._pressed = min(max(self._pressed + change / self.config.patience, 0.0), 1.0)
        self._sent.note(state.time, self._last)
        self._held = Twist2(*(float(value) for value in self._last))
        return self._held

    def _flows(self, goal: Goal) -> bool:
        """Return whether a new plan is another way to the same place: the motion goes on."""
        if self.config.flowing:
            return True
        old, new, cursor = self._base, goal.base, self._cursor
        if cursor is None or not isinstance(old, GoTo) or not isinstance(new, GoTo):
            return False
        forwards = cursor.leg < len(cursor.course.legs) and cursor.gear > 0
        return forwards and np.array_equal(old.pose_in_map, new.pose_in_map)

    def _start_over(self) -> None:
        """Stand still and forget: time ran backwards, this is another run."""
        self._time, self._plan, self._cursor = -np.inf, None, None
        self._base = None
        self._held, self._last = Twist2(), np.zeros(3)
        self.waiting = self._pressed = 0.0
        self._sent.forget()
        self._guide.forget()
        self._controller.restart()

    # ------------------------------------------------------------------ deciding

    def _decide(self, state: State, goal: Goal) -> Array:
        start = self._sent.predict(state.time, state.pose_base_in_map, state.twist_base_in_base)
        if isinstance(goal.base, Drive):
            scene = self._scene(state, start, _no_way(start), self._top(state))
            return self._controller.first_free(scene, goal.base.twist)
        cursor, plan = self._cursor, self._plan
        if cursor is None or plan is None:
            return np.zeros(3)
        cursor.update(state.pose_base_in_map)
        if cursor.done:
            return np.zeros(3)
        top = self._top(state)
        if isinstance(goal.base, GoTo):
            top = min(top, goal.base.speed)
        working = bool(plan.working[cursor.index])
        if working and isinstance(goal.base, Cover):
            top = min(top, goal.base.speed)
        ahead = cursor.copy()
        ahead.update(start[:3])
        top = min(top, self._past_corners(state, ahead, top))
        road = Road(cursor.course, ahead.progress, np.array(plan.speed), self.config.sampling.step)
        laws = self._controller.laws(road, start, SHARES, top)
        caps = caps_ahead(ahead, plan.speed, top, self.config)
        scene = self._scene(state, start, way_ahead(ahead, self.config, working), caps)
        strict = working or ahead.turning
        calm = self._controller.calm(scene, laws, SHARES if strict else SHARES[:1])
        if calm is not None:
            return calm
        return self._controller.sample(self._guided(scene, state, ahead), laws)

    def _top(self, state: State) -> float:
        """Return the largest speed that the localisation allows [m/s]."""
        return self.config.limits.speed * min(1.0, max(0.0, state.quality) / self.config.quality)

    def _past_corners(self, state: State, cursor: Cursor, top: float) -> float:
        """Return the speed that leaves time for whoever steps out from behind something [m/s]."""
        caution = self.config.caution
        if caution is None or cursor.turning:
            return top
        x, y, yaw = state.pose_base_in_map
        way = (line_ahead(cursor, caution.reach)[:, :2] - (x, y)) @ rotation2(float(yaw))
        people = np.array([(*one.position_in_map, one.radius) for one in state.obstacles])
        people = people.reshape(-1, 3)
        people[:, :2] = (people[:, :2] - (x, y)) @ rotation2(float(yaw))
        return speed_unseen(state.points_in_base, way, top, caution=caution, people_in_base=people)

    def _scene(self, state: State, start: Array, way: Way, caps: float | Array) -> Scene:
        distance = self.space.distance if self.local_map is None else self.local_map.distance
        frame = np.array([*distance.origin, distance.resolution])
        discs = np.array(self.space.discs)
        ground = Ground(distance.cells, frame, discs, self.space.turning_radius)
        crowd = crowd_of(state, ground, start=start, config=self.config, pressed=self._pressed)
        fixed = gaps_now(ground, start[:3].copy(), np.zeros((0, 3)))[-1]
        # who stands before a gap that is just wide enough comes nearer to things after a while
        touch = self.config.weights.touch * (1.0 - self._pressed)
        floor = min(touch, float(fixed) - 0.002)
        sampling = self.config.sampling
        caps = np.full(sampling.steps, caps) if isinstance(caps, float) else caps
        return Scene(ground, crowd, way, start, caps, self._last.copy(), floor, sampling.step)

    def _guided(self, scene: Scene, state: State, cursor: Cursor) -> Scene:
        """Return the scene with the cost to go around what stands there now."""
        if cursor.done or cursor.turning or scene.way.working:
            return scene
        cells, frame = self._guide.field(state, cursor)
        return scene._replace(way=scene.way._replace(cells=cells, frame=frame))


def _no_way(start: Array) -> Way:
    """Return a way that leads nowhere, for a drive by hand."""
    line = np.array([[start[0], start[1], start[2], 0.0]])
    return Way(line, 1.0, False, np.zeros((0, 0)), np.zeros(3))
