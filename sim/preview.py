"""The video of one behaviour: the robot on paving, its tracks, its balance, its voice."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robotics.assets import asset
from robotics.certify.showing import RATE, Showing, show
from robotics.core.errors import MissingDependency
from sim.engine import Engine
from sim.meshes import turned_mesh
from sim.preview_strip import Strip
from sim.shots import Camera
from sim.studio import Studio, exposed
from sim.world import load_world
from sim.world_model import Paving, World

SIZE = (640, 480)
STRIP = 128
"""Height of the timeline under the picture [pixel]."""
SOUND = "robotics.voice.track:render"
"""Renders the sound of a behaviour into a WAV file, as ``module:function``, where there is one."""
PAVING = 7.0
"""Half the side of the paving [m]."""
EYE = {"greeter": (1.8, 0.62, 1.0), "sweeper": (3.4, 2.4, 1.9)}
"""Where the camera stands, seen from the robot [m]."""
AIM = {"greeter": 0.52, "sweeper": 0.3}
"""Height that it looks at [m]."""
SHADOW = {"greeter": 0.17, "sweeper": 0.0}
"""Radius of the shadow at the robot's feet [m]."""

Picture = NDArray[np.uint8]


def preview(behaviour: Any, robot: str, folder: Path) -> Path:
    """Render ``NAME.mp4`` into ``folder``: 20 pictures a second, 640 × 480, with sound if possible.

    Args:
        behaviour: A compiled behaviour.
        robot: ``greeter`` or ``sweeper``.
        folder: Where to; made if it is not there.

    Returns:
        The video.

    Raises:
        MissingDependency: PyBullet, Pinocchio or imageio-ffmpeg is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    showing = show(behaviour, robot)
    path = folder / f"{showing.name}.mp4"
    encode(path, pictures(showing), sound_of(behaviour, robot, folder / f"{showing.name}.wav"))
    return path


def pictures(showing: Showing) -> Iterator[Picture]:
    """Yield the pictures of a showing in order, shape (480, 640, 3)."""
    width, height = SIZE[0], SIZE[1] - STRIP
    frames = showing.frames
    middle = 0.5 * (frames.position[:, :2].min(axis=0) + frames.position[:, :2].max(axis=0))
    spread = float(np.ptp(frames.position[:, :2], axis=0).max())
    camera = camera_for(showing.robot, middle, spread)
    figure = Figure(showing.robot)
    ground = Studio(paving(), middle.tolist(), ())
    back = ground.picture(camera, width, height)
    ground.close()
    strip = Strip(showing, SIZE[0], STRIP)
    for k, time in enumerate(frames.time):
        figure.pose(frames.position[k], frames.quaternion[k], frames.joints[k])
        front, empty = figure.picture(camera, width, height)
        seen = np.where(empty[:, :, None], back, front)
        yield np.vstack((strip.captioned(seen, float(time)), strip.at(float(time))))
    figure.close()


class Figure:
    """The robot alone before nothing: a twentieth of the work of a picture with its ground.

    Args:
        robot: Its name.

    Raises:
        MissingDependency: PyBullet is not installed.
    """

    def __init__(self, robot: str) -> None:
        self._engine = engine = Engine()
        path = str(asset(f"urdf/{robot}/{robot}.urdf"))
        self._body = int(engine.loadURDF(path, useFixedBase=True))
        info = engine.getDynamicsInfo(self._body, -1)
        self._inertial = info[3], info[4]
        joints = range(engine.getNumJoints(self._body))
        self._moving = [
            j for j in joints if engine.getJointInfo(self._body, j)[2] == engine.JOINT_REVOLUTE
        ]
        self._shadow = self._lay_shadow(SHADOW[robot])

    def pose(
        self, position: NDArray[np.float64], quaternion: NDArray[np.float64], joints: Any
    ) -> None:
        """Put the robot somewhere: base position (3,), quaternion (4,), joints (n,)."""
        engine = self._engine
        place = engine.multiplyTransforms(position.tolist(), quaternion.tolist(), *self._inertial)
        engine.resetBasePositionAndOrientation(self._body, *place)
        for joint, angle in zip(self._moving, joints, strict=True):
            engine.resetJointState(self._body, joint, float(angle))
        if self._shadow >= 0:
            spot = [float(position[0]), float(position[1]), 0.002]
            engine.resetBasePositionAndOrientation(self._shadow, spot, [0, 0, 0, 1])

    def picture(self, camera: Camera, width: int, height: int) -> tuple[Picture, NDArray[np.bool_]]:
        """Return what ``camera`` sees (height, width, 3), and where it sees nothing."""
        return exposed(self._engine, camera, width, height)

    def close(self) -> None:
        """Let go of the renderer."""
        self._engine.close()

    def _lay_shadow(self, radius: float) -> int:
        if radius <= 0.0:
            return -1
        engine, mesh = self._engine, turned_mesh([(radius, 0.0), (0.0, 0.0005)])
        shape = engine.createVisualShape(
            engine.GEOM_MESH,
            vertices=mesh.vertices,
            normals=mesh.normals,
            indices=mesh.indices,
            rgbaColor=[0.62, 0.59, 0.55, 1.0],
        )
        return int(engine.createMultiBody(0, -1, shape))


def sound_of(behaviour: Any, robot: str, path: Path) -> Path | None:
    """Return the sound of a behaviour as a WAV file; None where nothing here can make it."""
    module, _, function = SOUND.partition(":")
    try:
        render = getattr(import_module(module), function)
    except (ImportError, AttributeError):
        return None
    try:
        made = render(behaviour, robot, path)
    except MissingDependency:
        return None
    return None if made is None else Path(str(made))


def encode(film: Path, frames: Iterator[Picture], sound: Path | None, delay: float = 0.4) -> None:
    """Write a video; ``sound`` begins ``delay`` [s] after the first picture."""
    try:
        import imageio_ffmpeg
    except ModuleNotFoundError as error:
        raise MissingDependency("imageio-ffmpeg", "writing a video", "sim") from error
    audio = [] if sound is None else ["-itsoffset", str(delay), "-i", str(sound)]
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE)),
        *("-i", "-", *audio, "-c:v", "libx264", "-preset", "veryfast", "-crf", "25"),
        *("-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart"),
        *(("-c:a", "aac", "-b:a", "96k") if sound is not None else ()),
        str(film),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        for frame in frames:
            writer.stdin.write(np.ascontiguousarray(frame).tobytes())
        writer.stdin.close()


def camera_for(robot: str, middle: NDArray[np.float64], spread: float) -> Camera:
    """Return a camera that keeps everything in the picture."""
    back = 1.0 + 0.45 * spread
    x, y, z = EYE[robot]
    target = np.array([*middle, AIM[robot]])
    eye = np.array(
        [middle[0] + back * x, middle[1] + back * y, AIM[robot] + back * (z - AIM[robot])]
    )
    return Camera(eye, target, 42.0)


def paving() -> World:
    """Return a place of nothing but paving."""
    world = load_world("yard")
    corners = ((-PAVING, -PAVING), (PAVING, -PAVING), (PAVING, PAVING), (-PAVING, PAVING))
    ground = Paving("stage", corners, world.paving[0].colour)
    return replace(world, paving=(ground,), solids=(), kerbs=())
