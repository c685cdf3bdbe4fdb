"""Makes a site map from a recorded drive: what ``robotics map`` does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from robotics.core.arrays import Array
from robotics.core.errors import RecordError
from robotics.core.geometry import compose, relative, transform
from robotics.core.georeference import SiteOrigin, fitted
from robotics.core.messages import FixKind, GnssFix, Observation, State
from robotics.core.parts import Estimator
from robotics.estimation.survey.build import Method, Survey, Told, build
from robotics.estimation.survey.sighting import Sighting
from robotics.mapping.carmen import read_carmen
from robotics.mapping.map_file import write_site
from robotics.mapping.obstacles import away_from
from robotics.mapping.places import load_site
from robotics.record.codec import decode
from robotics.record.reader import read_entries, read_head
from robotics.robots.catalog import ROBOTS, dead_reckoning, lidar_in_base, start_pose

WALKING = 0.3
"""What moves faster is no part of the place [m/s]."""
NEAREST = 0.05
"""Shorter readings of a log are none [m]."""
MOUNTED = 0.5
"""No laser of a log is mounted farther from its robot's centre [m]."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A satellite fix with where dead reckoning had the robot."""

    time: float
    """[s]."""
    pose_base_in_odometry: Array
    """(x, y, yaw), shape (3,)."""
    fix: GnssFix


@dataclass(frozen=True, slots=True)
class Drive:
    """All lidar turns of a recording."""

    robot: str
    """Whose they are; "" for a log that does not say."""
    sightings: tuple[Sighting, ...]
    fixes: tuple[Placed, ...] = ()
    """What a satellite receiver said on the way."""


def read_drive(path: Path, robot: str = "") -> Drive:
    """Return what a robot saw on its way, with its pose by dead reckoning.

    The recorded observations run through the robot's own estimator, on an empty map.

    Args:
        path: A recording of ``robotics run``, or a log in CARMEN's format.
        robot: Whose lidar; "" for the first robot of the recording that drives on wheels, or else
            the first.

    Raises:
        RecordError: It is neither, the robot is not in it, or nothing was seen.
    """
    if path.suffix.lower() in (".log", ".clf", ".carmen"):
        drive = Drive("", tuple(_carmen(path)))
    else:
        robots = read_head(path).config["robots"]
        chosen = robot or ("sweeper" if "sweeper" in robots else robots[0])
        if chosen not in robots or chosen not in ROBOTS:
            raise RecordError(path, "", f"no robot '{chosen}'", f"it holds: {', '.join(robots)}")
        fixes: list[Placed] = []
        sightings = tuple(_recorded(path, chosen, fixes))
        drive = Drive(chosen, sightings, tuple(fixes))
    if not drive.sightings:
        raise RecordError(path, "", "no lidar turn in it", "record a drive with a lidar")
    return drive


def survey(drive: Drive, path: Path, *, start: Array, resolution: float, told: Told) -> Survey:
    """Make the map of a drive.

    Args:
        drive: What was seen.
        path: Where it was read from, for an error.
        start: Where in the map it began, (x, y, yaw), shape (3,).
        resolution: Side of a cell [m].
        told: Told what is being done, and how much of it is done.

    Raises:
        RecordError: No scan of the drive has enough returns.
    """
    try:
        method = Method(resolution)
        return build(drive.sightings, start=start, method=method, told=told)
    except ValueError as error:
        cure = "drive where walls or posts are within reach"
        raise RecordError(path, "", str(error), cure) from error


def start_of(path: Path, robot: str) -> Array:
    """Return where a recording's own map says that the robot began, (0, 0, 0) if it has none."""
    if not robot:
        return np.zeros(3)
    head = read_head(path)
    if not head.site:
        return np.zeros(3)
    with tempfile.TemporaryDirectory() as folder:
        return start_pose(load_site(head.unpack_site(Path(folder))), robot)


def place_on_earth(found: Survey, drive: Drive) -> SiteOrigin | None:
    """Return where the map lies on Earth by the RTK fixes of its drive; None if they are too few.

    A fix belongs to the keyframe before it, and to the way by odometry from there.
    """
    times = np.array([frame.time for frame in found.frames])
    fixes, places = list[GnssFix](), list[Array]()
    for one in drive.fixes:
        at = int(np.searchsorted(times, one.time, side="right")) - 1
        if at < 0 or one.fix.kind is not FixKind.RTK_FIXED:
            continue
        frame = found.frames[at]
        step = relative(frame.pose_base_in_odometry, one.pose_base_in_odometry)
        pose = compose(found.poses[at], step)
        places.append(transform(pose, frame.lidar_in_base[None])[0])  # the antenna is on the lidar
        fixes.append(one.fix)
    try:
        return fitted(fixes, places)
    except ValueError:
        return None


def write_survey(
    found: Survey, folder: Path, robot: str, origin: SiteOrigin | None = None
) -> list[Path]:
    """Write the map for robots, and a picture with the drive for people; return the files."""
    name = robot or "robot"
    files = write_site(found.occupancy, folder, name=name, start=found.poses[0], origin=origin)
    picture = folder / "survey.png"
    draw_survey(found).save(picture)
    return [*files, picture]


def draw_survey(found: Survey) -> Image.Image:
    """Return the map with the way that was driven and the loops that were closed."""
    grid = found.occupancy
    shades = np.full((*grid.cells.shape, 3), (200, 204, 209), dtype=np.uint8)
    shades[grid.cells == 0] = (255, 255, 255)
    shades[grid.cells >= 65] = (20, 30, 45)
    scale = max(1, round(1200 / max(grid.cells.shape)))
    image = Image.fromarray(shades[::-1]).resize(
        (scale * grid.cells.shape[1], scale * grid.cells.shape[0]), Image.Resampling.NEAREST
    )
    spots = (found.poses[:, :2] - grid.origin) / grid.resolution * scale
    spots[:, 1] = image.height - spots[:, 1]
    pen = ImageDraw.Draw(image)
    for edge in found.edges:
        if edge.is_closure:
            pen.line([tuple(spots[edge.first]), tuple(spots[edge.second])], fill=(244, 170, 90))
    pen.line([tuple(spot) for spot in spots], fill=(20, 120, 200), width=2)
    return image


def _recorded(path: Path, robot: str, fixes: list[Placed]) -> Iterator[Sighting]:
    """Yield the lidar's turns of a recording, and note its satellite fixes in ``fixes``."""
    estimator: Estimator = dead_reckoning(robot)
    lidar = lidar_in_base(robot)
    topic = f"/{robot}/observation"
    for entry in read_entries(path):
        if entry.topic != topic:
            continue
        observation = decode(Observation, entry.data)
        state = estimator.update(observation)
        if observation.gnss is not None:
            fixes.append(Placed(state.time, state.pose_base_in_map, observation.gnss))
        if observation.scan is not None and state.points_age == 0.0 and len(state.points_in_base):
            yield Sighting(state.time, state.pose_base_in_map, _standing(state), lidar)


def _standing(state: State) -> Array:
    """Return the returns of the last turn that lie on nothing that moves."""
    circles = np.array(
        [
            (*one.position_in_map, one.radius)
            for one in state.obstacles
            if np.hypot(*one.velocity_in_map) > WALKING
        ]
    ).reshape(-1, 3)
    points = state.points_in_base
    in_map = transform(state.pose_base_in_map, points)
    return np.asarray(points[away_from(in_map, circles, margin=0.25) > 0.0])


def _carmen(path: Path) -> Iterator[Sighting]:
    for one in read_carmen(path):
        seen = np.isfinite(one.scan.range) & (one.scan.range > NEAREST)
        angle, reach = one.scan.angle[seen], one.scan.range[seen]
        points = np.column_stack((reach * np.cos(angle), reach * np.sin(angle)))
        lidar = relative(one.pose_odometry, one.pose_laser)
        if np.hypot(*lidar[:2]) > MOUNTED:  # a corrected log: its laser pose is no mounting
            lidar = np.zeros(3)
        yield Sighting(one.time, one.pose_odometry, transform(lidar, points), lidar[:2])
