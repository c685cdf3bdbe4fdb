"""The video of one walk: from the side and from the front, in one picture."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from robotics.assets import asset
from robotics.core.arrays import Array
from robotics.core.walked import Walked
from sim.encoding import encode
from sim.engine import Engine
from sim.gait_floor import FAR, NEAR, Floor, Scene
from sim.shots import Camera

Picture = NDArray[np.uint8]
RATE = 16
"""Pictures a second."""
PANEL = (480, 480)
"""Width and height of each view [pixel]."""
LONGEST = 20.0
"""More of a walk is not shown [s]; twice as much where it gets up."""
WORKERS = 2
FINE = 2
"""The robot is drawn so many times finer, and averaged."""
VIEWS = (("side", -0.5 * math.pi), ("front", 0.10))
"""Name, and bearing of the camera from the robot's heading [rad]."""
AWAY, ABOVE, AIM, LENS = 3.1, 0.86, 0.53, 27.0
"""Distance and height of the camera, height that it looks at [m]; angle of view [deg]."""
GLIDE = (0.8, 1.6)
"""The camera follows the mean over so long: of the place, of the heading [s]."""
LEANING = 0.5
"""Heading and ground are those before the trunk leaned more [rad]."""
PRINTS = 10
"""Footprints stay as long as there are no more than so many."""
GRAVITY, LOADED = 9.81, 0.2
INK, PALE, PUSH, FALL = (38, 44, 52), (105, 113, 122), (184, 134, 11), (192, 57, 43)


def film(walked: Walked, path: Path) -> list[Path]:
    """Write the video of a walk, and two stills beside it.

    Args:
        walked: The walk.
        path: The mp4 file.

    Returns:
        The stills.

    Raises:
        MissingDependency: PyBullet or imageio-ffmpeg is not installed.
    """
    times = shown(walked)
    parts = [part for part in np.array_split(times, max(1, len(times) // 40)) if len(part)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as workers:
        made = workers.map(_pictures, [walked] * len(parts), parts)
        size = (PANEL[0] * len(VIEWS), PANEL[1])
        encode(path, chain.from_iterable(made), size=size, rate=RATE)
    stills = []
    for number, time in enumerate(_moments(walked, times), start=1):
        still = path.with_name(f"{path.stem}_{number}.jpg")
        (picture,) = _pictures(walked, np.array([time]))
        Image.fromarray(picture).save(still, quality=88)
        stills.append(still)
    return stills


def shown(walked: Walked) -> Array:
    """Return the times that are shown [s]: all, or what matters most of a long walk."""
    end = float(walked.time[-1])
    push, fall = walked.order.push, walked.fall
    if fall is not None and fall.stood_again is not None:
        start = max(0.0, fall.time - 3.0)
        return np.arange(start, min(end, fall.stood_again + 2.0, start + 2.0 * LONGEST), 1.0 / RATE)
    middle = fall.time if fall is not None else (push.time if push is not None else 0.5 * LONGEST)
    start = max(0.0, min(middle - 0.5 * LONGEST, end - LONGEST))
    return np.arange(start, min(end, start + LONGEST), 1.0 / RATE)


def _moments(walked: Walked, times: Array) -> list[float]:
    """Return the instants of the stills: in the middle, and soon before the fall or the end."""
    last = float(times[-1]) if walked.fall is None else walked.fall.time
    push = walked.order.push
    first = 0.5 * (float(times[0]) + last) if push is None else push.time + push.length
    return [min(first, float(times[-1])), max(last - 0.15, 0.0)]


def _pictures(walked: Walked, times: Array) -> list[Picture]:
    """Return the pictures at ``times`` [s]."""
    studio = _Studio(walked)
    pictures = [studio.picture(float(time)) for time in times]
    studio.close()
    return pictures


class _Studio:
    """Draws one walk."""

    def __init__(self, walked: Walked) -> None:
        self._walked = walked
        self._engine = engine = Engine()
        path = str(asset("urdf/greeter/greeter.urdf"))
        self._body = int(engine.loadURDF(path, useFixedBase=True))
        info = engine.getDynamicsInfo(self._body, -1)
        self._inertial = info[3], info[4]
        joints = range(engine.getNumJoints(self._body))
        kinds = {j: engine.getJointInfo(self._body, j) for j in joints}
        names = {info[1].decode(): j for j, info in kinds.items()}
        self._joints = [names[name] for name in walked.motors.names]
        self._floor = Floor(walked.order.ground, walked.order.seed, walked.sole)
        truth = walked.truth
        upright = np.abs(truth.attitude[:, :2]).max(axis=1) < LEANING
        yaw = np.unwrap(truth.attitude[:, 2])
        self._ground = _held(np.where(upright, truth.soles[:, :, 2].min(axis=1), np.nan))
        track = np.column_stack((truth.base[:, :2], self._ground))
        self._place = _mean(track, walked.time, GLIDE[0])
        calm = _held(np.where(upright, yaw, np.nan))
        self._yaw = _mean(calm[:, None], walked.time, GLIDE[1])[:, 0]
        self._prints = list(_prints(walked))
        self._fonts = ImageFont.load_default(17), ImageFont.load_default(13)

    def close(self) -> None:
        """Let go of the renderers."""
        self._engine.close()
        self._floor.close()

    def picture(self, time: float) -> Picture:
        """Return all views at ``time`` [s] side by side, shape (height, width, 3)."""
        row = min(int(np.searchsorted(self._walked.time, time - 1e-9)), len(self._walked.time) - 1)
        self._pose(row)
        views = [self._view(row, name, bearing) for name, bearing in VIEWS]
        return np.hstack(views)

    def _view(self, row: int, name: str, bearing: float) -> Picture:
        walked = self._walked
        camera = self._camera(row, bearing)
        picture = self._floor.picture(camera, PANEL, self._scene(row))
        self._put_robot(picture, camera)
        image = Image.fromarray(np.clip(picture, 0.0, 255.0).astype(np.uint8))
        draw = ImageDraw.Draw(image)
        large, small = self._fonts
        time, speed = float(walked.time[row]), self._speed(row)
        draw.text((14, 10), f"{name}", INK, large)
        draw.text((PANEL[0] - 14, 10), f"{time:.1f} s", INK, large, "ra")
        if name == VIEWS[0][0]:
            draw.text((14, PANEL[1] - 24), f"{speed:.2f} m/s", PALE, small)
        self._mark_push(draw, row, camera)
        if _lies(walked, time):
            draw.text((PANEL[0] // 2, 10), "fallen", FALL, large, "ma")
        return np.asarray(image)

    def _mark_push(self, draw: ImageDraw.ImageDraw, row: int, camera: Camera) -> None:
        """Draw the hand's push as an arrow, long enough to be seen."""
        walked, push = self._walked, self._walked.order.push
        time = float(walked.time[row])
        if push is None or not push.time - 1e-9 <= time < push.time + max(push.length, 0.25):
            return
        base, yaw = walked.truth.base[row, :3], float(walked.truth.attitude[row, 2])
        c, s = math.cos(yaw), math.sin(yaw)
        ahead, left = np.array(push.impulse) / max(math.hypot(*push.impulse), 1e-9)
        way = np.array([c * ahead - s * left, s * ahead + c * left, 0.0])
        tip = base + np.array([0.0, 0.0, 0.20]) - 0.10 * way
        (x0, y0), (x1, y1) = (_project(camera, point) for point in (tip - 0.32 * way, tip))
        draw.line((x0, y0, x1, y1), PUSH, 6)
        length = math.hypot(x1 - x0, y1 - y0)
        if length > 12.0:
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            corners = [(x1 + 10 * ux, y1 + 10 * uy)]
            corners += [(x1 - 8 * ux + k * 9 * uy, y1 - 8 * uy - k * 9 * ux) for k in (1, -1)]
            draw.polygon(corners, PUSH)
        else:
            draw.ellipse((x1 - 9, y1 - 9, x1 + 9, y1 + 9), PUSH)
        strength = math.hypot(*push.impulse)
        draw.text((PANEL[0] // 2, 34), f"push {strength:.1f} N·s", PUSH, self._fonts[0], "ma")

    def _pose(self, row: int) -> None:
        engine, truth = self._engine, self._walked.truth
        position, quaternion = truth.base[row, :3].tolist(), truth.base[row, 3:].tolist()
        place = engine.multiplyTransforms(position, quaternion, *self._inertial)
        engine.resetBasePositionAndOrientation(self._body, *place)
        for joint, angle in zip(self._joints, truth.joints[row], strict=True):
            engine.resetJointState(self._body, joint, float(angle))

    def _put_robot(self, picture: Array, camera: Camera) -> None:
        """Draw the robot into ``picture`` (height, width, 3): it is always nearer than ground."""
        width, height = (FINE * side for side in PANEL)
        engine = self._engine
        view = engine.computeViewMatrix(camera.eye.tolist(), camera.target.tolist(), [0, 0, 1])
        lens = engine.computeProjectionMatrixFOV(camera.field_of_view, width / height, NEAR, FAR)
        light = camera.eye - camera.target + (-1.2, 0.8, 3.5)
        _, _, rgba, depth, _ = engine.getCameraImage(
            *(width, height, view, lens),
            lightDirection=light.tolist(),
            shadow=0,
            lightAmbientCoeff=0.62,
            lightDiffuseCoeff=0.55,
            lightSpecularCoeff=0.10,
            renderer=engine.ER_TINY_RENDERER,
            flags=engine.ER_NO_SEGMENTATION_MASK,
        )
        solid: NDArray[np.bool_] = np.asarray(depth).reshape(height, width) < 0.99999
        rows, columns = _ends(solid, 1), _ends(solid, 0)
        colour = np.asarray(rgba, dtype=np.uint8).reshape(height, width, 4)[rows, columns, :3]
        mask = solid[rows, columns, None]
        share = _shrunk(mask.astype(np.float32))
        part = tuple(slice(one.start // FINE, one.stop // FINE) for one in (rows, columns))
        picture[part] = picture[part] * (1.0 - share) + _shrunk(colour * mask)

    def _camera(self, row: int, bearing: float) -> Camera:
        x, y, ground = self._place[row]
        angle = float(self._yaw[row]) + bearing
        away = AWAY * np.array([math.cos(angle), math.sin(angle)])
        eye = np.array([x + away[0], y + away[1], ground + ABOVE])
        return Camera(eye, np.array([x, y, ground + AIM]), LENS)

    def _scene(self, row: int) -> Scene:
        walked, truth = self._walked, self._walked.truth
        time = float(walked.time[row])
        height = max(float(truth.com[row, 2] - truth.soles[row, :, 2].min()), 0.1)
        omega = math.sqrt(GRAVITY / height)
        lying = 1.0 if np.abs(truth.attitude[row, :2]).max() > LEANING else 0.0
        past = [mark for begin, mark in self._prints if begin <= time]
        return Scene(
            soles=truth.soles[row] - np.array([0.0, 0.0, self._ground[row] - lying]),
            sole_yaw=truth.sole_yaw[row],
            prints=past[-PRINTS:],
            com=truth.com[row, :2],
            xi=truth.com[row, :2] + truth.velocity[row, :2] / omega,
            trunk=truth.base[row, :2],
        )

    def _speed(self, row: int) -> float:
        low, high = max(row - 72, 0), min(row + 72, len(self._walked.time) - 1)
        moved = self._walked.truth.base[high, :2] - self._walked.truth.base[low, :2]
        span = self._walked.time[high] - self._walked.time[low]
        return float(np.linalg.norm(moved) / max(span, 1e-9))


def _prints(walked: Walked) -> Iterator[tuple[float, tuple[int, float, float, float]]]:
    """Yield when a sole begins to carry, and where: side, x, y, yaw."""
    truth = walked.truth
    stands = truth.force > LOADED * walked.mass * GRAVITY
    found = []
    for side in (0, 1):
        begins = np.flatnonzero(stands[1:, side] & ~stands[:-1, side]) + 1
        last = -math.inf
        for row in begins:
            time = float(walked.time[row])
            if time - last > 0.15 and not _lies(walked, time):
                x, y = truth.soles[row, side, :2]
                yaw = float(truth.sole_yaw[row, side])
                found.append((time, (side, float(x), float(y), yaw)))
            last = time
    yield from sorted(found)


def _lies(walked: Walked, time: float) -> bool:
    """Whether it has fallen and is not on its feet again."""
    fall = walked.fall
    if fall is None or time < fall.time:
        return False
    return fall.stood_again is None or time < fall.stood_again


def _mean(values: Array, time: Array, width: float) -> Array:
    """Return the mean of rows (t, k) over ``width`` [s] around each, held at the ends."""
    half = max(1, round(0.5 * width / float(time[1] - time[0])))
    padded = np.vstack((values[:1].repeat(half, 0), values, values[-1:].repeat(half, 0)))
    total = np.vstack((np.zeros((1, values.shape[1])), np.cumsum(padded, axis=0)))
    return np.asarray((total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1))


def _held(values: Array) -> Array:
    """Return ``values`` (t,) with the last finite one in every gap."""
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    return np.asarray(np.nan_to_num(values[last]))


def _ends(used: NDArray[np.bool_], axis: int) -> slice:
    """Return the span of what is used, seen along ``axis``, in whole steps of ``FINE``."""
    places = np.flatnonzero(np.any(used, axis=axis))
    if not len(places):
        return slice(0, 0)
    return slice(int(places[0]) // FINE * FINE, (int(places[-1]) // FINE + 1) * FINE)


def _shrunk(picture: NDArray[Any]) -> Array:
    """Return the mean of every ``FINE`` by ``FINE`` pixels."""
    height, width, depth = picture.shape
    parts = picture.reshape(height // FINE, FINE, width // FINE, FINE, depth)
    return np.asarray(parts.mean(axis=(1, 3), dtype=np.float32), dtype=np.float64)


def _project(camera: Camera, point: Array) -> tuple[float, float]:
    """Return where a point of the map is in a panel [pixel]."""
    ahead = camera.target - camera.eye
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    away = point - camera.eye
    reach = math.tan(math.radians(camera.field_of_view) / 2) * float(away @ ahead)
    width, height = PANEL
    x = 0.5 * width + 0.5 * height * float(away @ right) / reach
    return x, 0.5 * height - 0.5 * height * float(away @ up) / reach
