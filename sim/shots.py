"""Choose what a video shows: whole run from above, a greeting, some steps, the brushes at work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sim.moments import Moment

Vector = NDArray[np.float64]
ARMS = slice(2, 10)
"""Where the arms are among the greeter's joints."""
RAISED = 1.2
"""An arm with a joint bent more is up [rad]."""
UPRIGHT = 0.4
"""The greeter's base is higher than this while it stands or walks [m]."""
KERB_NEAR = 0.12
"""A brush edge this near a kerb follows it [m]."""
KERB_STEP = 0.25
"""Looked at this often [s]."""
KERB_LEAST, KERB_MOST = 2.5, 6.0
"""Shortest stretch worth a shot, and how much of a long one is shown [s]."""
KERB_PACE = 0.6
"""Slow enough to see the bristles turn: at 12 pictures a second, one for each recorded scene."""

Outline = Sequence[tuple[float, float]]
Frame = dict[str, Any]
"""One entry of ``/scene``: see ``robotics.core.backend.Stage.scene``."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera stands and looks, in the map frame [m]."""

    eye: Vector
    target: Vector
    field_of_view: float = 50.0
    """Vertical [deg]."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One stretch of the video."""

    title: str
    start: float
    """[s] of the run."""
    end: float
    pace: float
    """Seconds of the run in one second of the video."""
    subject: str
    """The robot that the camera follows; "" for the whole place."""
    bearing: float
    """Direction from the subject to the camera, relative to its heading at the start [rad]."""
    distance: float
    height: float
    """Of the eye above the ground [m]."""
    aim: float
    """Height that the camera looks at [m]."""
    offset: tuple[float, float] = (0.0, 0.0)
    """What it looks at, ahead and to the left of the subject's base at the start [m]."""
    ground: bool = False
    """Whether it is so near that dirt, wet ground and spray are shown."""

    def times(self, rate: float) -> Vector:
        """Return the times of the run to show at ``rate`` pictures a second of video."""
        return np.arange(self.start, self.end, self.pace / rate)


def choose(
    scenes: Sequence[Frame],
    spoken: Sequence[dict[str, Any]],
    kerbs: Sequence[Outline] = (),
    moments: Sequence[Moment] = (),
) -> list[Shot]:
    """Return the shots for a run.

    Args:
        scenes: All scenes in order of time.
        spoken: What the greeter said: ``start`` [s], ``behaviour``.
        kerbs: Feet of the kerbs, lines of (x, y) [m; map].
        moments: What else the greeter is to be shown at.
    """
    end = float(scenes[-1]["time"])
    robots = scenes[0]["robots"]
    whole = Shot("the morning", 0.0, end, max(1.0, end / 8.0), "", -0.9, 17.0, 11.0, 0.0)
    shots = [whole]
    if "greeter" in robots and "sweeper" in robots:
        shots += _together(scenes, spoken)
    if "greeter" in robots:
        moment = _greeting(scenes, spoken)
        near = (0.5, 3.1, 1.35, 0.72)
        shots.append(_unhidden(_cut("a greeting", moment - 1.5, 8.0, end, "greeter", near), scenes))
        for one in moments:
            cut = _cut(one.title, one.start, one.length, end, "greeter", near)
            shots.append(_unhidden(cut, scenes))
        walk = _walk(scenes)
        if walk is not None:
            side = (1.45, 2.4, 0.8, 0.5)
            shots.append(
                _unhidden(_cut("real steps", walk - 0.5, 7.0, end, "greeter", side), scenes)
            )
    if "sweeper" in robots:
        moment = _sweeping(scenes)
        shots.append(
            _cut("sweeping", moment, 14.0, end, "sweeper", (0.75, 4.2, 2.0, 0.3), pace=2.0)
        )
        shots += kerb_pass(scenes, kerbs)
    return shots


def _cut(
    title: str,
    start: float,
    length: float,
    end: float,
    subject: str,
    view: tuple[float, float, float, float],
    *,
    pace: float = 1.0,
) -> Shot:
    start = max(0.0, min(start, end - length))
    return Shot(title, start, min(end, start + length), pace, subject, *view)


def _together(scenes: Sequence[Frame], spoken: Sequence[dict[str, Any]]) -> list[Shot]:
    """Return a shot of the greeter's face with the sweeper at work behind, if there is a moment."""
    found: list[tuple[float, int, Shot]] = []
    for said in spoken:
        frame = nearest(scenes, said["start"] + 1.5)
        greeter, sweeper = (frame["robots"][name] for name in ("greeter", "sweeper"))
        if sweeper.get("brush", 0.0) <= 0.0 or greeter["position"][2] < UPRIGHT:
            continue
        for bearing in np.linspace(-2.2, 2.2, 12):
            view = (float(bearing), 2.7, 1.3, 0.72)
            shot = _cut("both at work", said["start"], 4.0, scenes[-1]["time"], "greeter", view)
            cost = _cost_together(shot, scenes, sweeper["position"][:2])
            cost -= 3.0 * _waves(scenes, said["start"])
            found.append((cost, len(found), shot))
    return [min(found, key=lambda one: one[:2])[2]] if found else []


def _waves(scenes: Sequence[Frame], start: float) -> bool:
    """Return whether the greeter lifts an arm soon after ``start`` [s]."""
    frame = nearest(scenes, start + 2.0)
    arms = frame["robots"]["greeter"]["joints"][ARMS]
    return max((abs(angle) for angle in arms), default=0.0) > RAISED


def _cost_together(shot: Shot, scenes: Sequence[Frame], other: Sequence[float]) -> float:
    """Return how bad a shot of two is: hidden, from behind, ``other`` not in the picture."""
    eye, target = (v[:2] for v in _sight(shot, scenes, shot.start + 1.5))
    axis, aside = target - eye, np.asarray(other) - eye
    cross, dot = axis[0] * aside[1] - axis[1] * aside[0], float(axis @ aside)
    off_axis = abs(math.atan2(cross, dot))
    misplaced = 0.0 if 0.15 < off_axis < 0.55 else 4.0
    far = 0.1 * float(np.hypot(*aside))
    return 2.0 * _times_hidden(shot, scenes) + 0.8 * abs(shot.bearing) + misplaced + far


def _unhidden(shot: Shot, scenes: Sequence[Frame]) -> Shot:
    """Return the shot from that side on which nobody walks through the picture."""
    turns = sorted(np.linspace(-math.pi, math.pi, 16, endpoint=False), key=abs)
    candidates = [replace(shot, bearing=shot.bearing + float(turn)) for turn in turns]
    hidden = [_times_hidden(one, scenes) + 0.4 * abs(k) / 16 for k, one in enumerate(candidates)]
    return candidates[int(np.argmin(hidden))]


def _times_hidden(shot: Shot, scenes: Sequence[Frame]) -> int:
    """Return at how many of the shot's times a visitor stands between camera and subject."""
    count = 0
    for time in shot.times(2.0):
        eye, target = (v[:2] for v in _sight(shot, scenes, float(time)))
        along = target - eye
        length = float(np.hypot(*along))
        for _, x, y, _, radius, *_ in nearest(scenes, float(time)).get("visitors", []):
            forward = ((x - eye[0]) * along[0] + (y - eye[1]) * along[1]) / length
            aside = abs((x - eye[0]) * along[1] - (y - eye[1]) * along[0]) / length
            if -0.3 < forward < length - 0.35 and aside < radius + 0.12 * max(forward, 0.8):
                count += 1
                break
    return count


def _sight(shot: Shot, scenes: Sequence[Frame], time: float) -> tuple[Vector, Vector]:
    seen = camera(shot, scenes, time)
    return seen.eye, seen.target


def _greeting(scenes: Sequence[Frame], spoken: Sequence[dict[str, Any]]) -> float:
    """Return when a greeting starts with most visitors near, or the middle of the run."""
    best, when = -1, float(scenes[-1]["time"]) / 2
    for said in spoken:
        frame = nearest(scenes, said["start"])
        x, y = frame["robots"]["greeter"]["position"][:2]
        near = sum(math.hypot(v[1] - x, v[2] - y) < 3.0 for v in frame.get("visitors", []))
        near += 10 * _waves(scenes, said["start"])
        if near > best:
            best, when = near, said["start"]
    return when


def _walk(scenes: Sequence[Frame]) -> float | None:
    """Return when the greeter moves most within three seconds; None if it never steps."""
    upright = [f for f in scenes if f["robots"]["greeter"]["position"][2] > UPRIGHT]
    xy = np.array([frame["robots"]["greeter"]["position"][:2] for frame in upright])
    times = np.array([frame["time"] for frame in upright])
    if len(upright) < 2:
        return None
    stride = max(1, int(np.searchsorted(times, times[0] + 3.0)))
    if len(xy) <= stride:
        return None
    moved = np.hypot(*(xy[stride:] - xy[:-stride]).T)
    return float(times[int(moved.argmax())]) if moved.max() > 0.12 else None


def _sweeping(scenes: Sequence[Frame]) -> float:
    """Return when the brushes have worked for a third of their time."""
    times = [f["time"] for f in scenes if f["robots"]["sweeper"].get("brush", 0.0) > 0.0]
    return float(times[len(times) // 3]) if times else 0.0


def kerb_pass(scenes: Sequence[Frame], kerbs: Sequence[Outline]) -> list[Shot]:
    """Return shots from the brush's side on the longest straight stretch along a kerb, if any.

    The camera is low, ahead of the brush and a little outwards, and looks back along the kerb;
    then behind, where the ground is swept already.
    """
    best: tuple[int, int, int, int] = (0, 0, 0, 1)
    for side in (1, -1):
        run = 0
        for k, along in enumerate(_along_kerb(scenes, kerbs, side)):
            run = run + 1 if along else 0
            best = max(best, (run, k - run + 1, k, side))
    length, first, last, side = best
    if length < KERB_LEAST / KERB_STEP:
        return []
    frames = scenes[:: _stride(scenes)]
    start, until = float(frames[first]["time"]), float(frames[last]["time"])
    seconds = min(KERB_MOST, until - start)
    end = float(scenes[-1]["time"])
    front = (0.30 * side, 1.40, 0.42, 0.08)
    beside = _cut(
        *("along the kerb", (start + until - seconds) / 2, seconds, end, "sweeper", front),
        pace=KERB_PACE,
    )
    behind = (2.75 * side, 2.2, 0.60, 0.10)
    after = _cut("what it leaves", until - min(4.0, seconds), 4.0, end, "sweeper", behind)
    return [
        replace(beside, offset=(0.45, 0.50 * side), ground=True),
        replace(after, offset=(0.50, 0.60 * side), ground=True),
    ]


def _stride(scenes: Sequence[Frame]) -> int:
    period = float(scenes[1]["time"] - scenes[0]["time"])
    return max(1, round(KERB_STEP / max(period, 1e-3)))


def _along_kerb(scenes: Sequence[Frame], kerbs: Sequence[Outline], side: int) -> list[bool]:
    """Return for every ``KERB_STEP`` whether the brush on ``side`` goes straight along a kerb."""
    frames = scenes[:: _stride(scenes)]
    seen = [frame["robots"]["sweeper"] for frame in frames]
    xy = np.array([one["position"][:2] for one in seen])
    yaw = np.unwrap([heading(one["quaternion"]) for one in seen])
    on = np.array([one.get("brush", 0.0) > 0.0 for one in seen])
    if not kerbs or len(frames) < 3:
        return [False] * len(frames)
    edge = np.array([0.50, 0.56 * side])
    cos, sin = np.cos(yaw), np.sin(yaw)
    x = xy[:, 0] + cos * edge[0] - sin * edge[1]
    y = xy[:, 1] + sin * edge[0] + cos * edge[1]
    near = shapely.distance(shapely.MultiLineString(list(kerbs)), shapely.points(x, y)) < KERB_NEAR
    moving = np.hypot(*np.gradient(xy, axis=0).T) > 0.05 * KERB_STEP
    straight = np.abs(np.gradient(yaw)) < 0.1 * KERB_STEP
    return [bool(v) for v in on & near & moving & straight]


def nearest(scenes: Sequence[Frame], time: float) -> Frame:
    """Return the scene at or just after ``time`` [s]."""
    low, high = 0, len(scenes) - 1
    while low < high:
        middle = (low + high) // 2
        if scenes[middle]["time"] < time:
            low = middle + 1
        else:
            high = middle
    return scenes[low]


def camera(shot: Shot, scenes: Sequence[Frame], time: float) -> Camera:
    """Return the camera of ``shot`` at ``time``: it glides after its subject, and never turns."""
    if not shot.subject:
        centre = _centre(scenes)
        return _camera(shot, centre, 0.0, _spread(scenes, centre))
    first = nearest(scenes, shot.start)["robots"][shot.subject]
    window = [nearest(scenes, time + shift) for shift in np.linspace(-1.0, 1.0, 9)]
    track = [frame["robots"][shot.subject]["position"][:2] for frame in window]
    yaw = heading(first["quaternion"])
    ahead, left = shot.offset
    aside = (
        ahead * math.cos(yaw) - left * math.sin(yaw),
        ahead * math.sin(yaw) + left * math.cos(yaw),
    )
    return _camera(shot, np.mean(track, axis=0) + aside, yaw, 1.0)


def heading(quaternion: Sequence[float]) -> float:
    """Return the yaw of a quaternion (x, y, z, w) [rad]."""
    x, y, z, w = quaternion
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def _camera(shot: Shot, at: Vector, yaw: float, zoom: float) -> Camera:
    bearing = yaw + shot.bearing
    away = shot.distance * zoom * np.array([math.cos(bearing), math.sin(bearing)])
    eye = np.array([*(np.asarray(at) + away), shot.height * zoom])
    return Camera(eye, np.array([*at, shot.aim]))


def _centre(scenes: Sequence[Frame]) -> Vector:
    corners = _track_box(scenes)
    return np.asarray(corners.mean(axis=0))


def _spread(scenes: Sequence[Frame], centre: Vector) -> float:
    """Return the zoom that keeps both robots in the picture, 0.7 to 2."""
    reach = float(np.abs(_track_box(scenes) - centre).max())
    return min(2.0, max(0.7, reach / 9.0))


def _track_box(scenes: Sequence[Frame]) -> Vector:
    xy = np.array([r["position"][:2] for f in scenes[::20] for r in f["robots"].values()])
    return np.array([xy.min(axis=0), xy.max(axis=0)])
