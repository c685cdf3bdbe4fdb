"""A video and still pictures from a recording."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from robotics.core.errors import MissingDependency
from robotics.core.spoken import bare
from robotics.record.reader import read_entries, read_head
from sim.audio import cut_to
from sim.captions import spoken_at, subtitle
from sim.engine import Engine
from sim.faces import Sign, draw_sign, has_sign, signs
from sim.floor import Row
from sim.moments import Moment, bumps, is_busy, moments
from sim.shots import Camera, Frame, Shot, camera, choose, heading, nearest
from sim.studio import Studio
from sim.world import load_world

RATE = 12
"""Pictures a second."""
SIZE = (640, 360)
STILL_SIZE = (960, 540)
PHOTO_FROM = np.array([-1.6, -2.2, 1.5])
"""The eye of a photo, from the litter that it shows [m]."""
WORKERS = 2

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Story:
    """What a recording shows."""

    site: str
    robots: tuple[str, ...]
    scenes: list[Frame]
    spoken: list[dict[str, Any]]
    """What the greeter said, in order."""
    trail: list[Row]
    """(time, x, y, yaw) of the sweeper while its brushes turned."""
    moments: list[Moment]
    """What visitors came for."""
    reported: list[dict[str, Any]]
    """Litter that people were told of: ``x``, ``y``, ``size`` [m], ``time`` [s]."""
    signs: dict[str, list[Sign]] = field(default_factory=dict)
    """What each robot's face or beacon showed, and what rang."""


def render(record: Path, folder: Path, sound: Path | None = None) -> tuple[Path | None, list[Path]]:
    """Render ``run.mp4`` and a still of every shot into ``folder``.

    Where people were told of litter, ``litter_1.jpg`` and so on show its place for them.

    Args:
        record: A recording with ``/scene`` entries; without any, nothing is rendered.
        folder: Existing folder.
        sound: What was heard in the run, a WAV file; None for a silent video.

    Returns:
        The video, or None; the stills.

    Raises:
        MissingDependency: PyBullet or imageio-ffmpeg is not installed.
    """
    Engine().close()  # say at once that it is missing
    story = read_story(record)
    if len(story.scenes) < 2:
        return None, []
    kerbs = [kerb.line for kerb in load_world(story.site).kerbs]
    shots = choose(story.scenes, story.spoken, kerbs, story.moments)
    film, stills = folder / "run.mp4", []
    track = folder / ".film.wav"
    heard = sound is not None and cut_to(shots, sound, track, RATE)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as workers:
        pictures = workers.map(_film, *zip(*_parts(story, shots), strict=True))
        found = (picture for part in pictures for picture in part)
        _encode(film, found, track if heard else None)
        track.unlink(missing_ok=True)
        jobs = [(story, replace(s, title="")) for s in shots]
        for shot, picture in zip(shots, workers.map(_still, *zip(*jobs, strict=True)), strict=True):
            path = folder / f"{shot.title.replace(' ', '_')}.jpg"
            Image.fromarray(picture).save(path, quality=86)
            stills.append(path)
        places = [(story, place) for place in story.reported]
        for number, picture in enumerate(workers.map(_photo, places), start=1):
            Image.fromarray(picture).save(folder / f"litter_{number}.jpg", quality=86)
    return film, stills


def read_story(record: Path) -> Story:
    """Return what a recording shows."""
    config = read_head(record).config
    scenes: list[Frame] = []
    spoken: list[dict[str, Any]] = []
    reported: list[dict[str, Any]] = []
    run_ins: list[Moment] = []
    goals: list[tuple[float, dict[str, Any]]] = []
    lit: dict[str, list[tuple[float, dict[str, Any]]]] = {}
    for entry in read_entries(record):
        if entry.topic.endswith("/goal") and has_sign(entry.data):
            lit.setdefault(entry.topic.split("/")[1], []).append((entry.time, entry.value))
        if entry.topic == "/scene":
            scenes.append({**entry.value, "time": entry.time})
        elif entry.topic == "/greeter/goal" and is_busy(entry.data):
            voice = entry.value["voice"]
            goals.append((entry.time, entry.value))
            if voice is not None and (not spoken or spoken[-1]["start"] != voice["start"]):
                spoken.append(voice)
        elif entry.topic == "/summary":
            reported = entry.value.get("litter_reported", [])
            run_ins = bumps(entry.value.get("run_ins", []))
    robots = tuple(config["robots"])
    shown = sorted([*moments(goals), *run_ins], key=lambda one: one.start)
    shows = {robot: signs(told) for robot, told in lit.items()}
    return Story(config["site"], robots, scenes, spoken, _trail(scenes), shown, reported, shows)


def _trail(scenes: list[Frame]) -> list[Row]:
    found: list[Row] = []
    for frame in scenes[::2]:
        seen = frame["robots"].get("sweeper")
        if seen is not None and seen.get("brush", 0.0) > 0.0:
            x, y = seen["position"][:2]
            found.append((frame["time"], x, y, heading(seen["quaternion"])))
    return found


def _parts(story: Story, shots: list[Shot]) -> Iterator[tuple[Story, Shot]]:
    """Cut the shots into parts of about three seconds, so that all workers are busy."""
    for shot in shots:
        length = 3.0 * shot.pace
        for start in np.arange(shot.start, shot.end - 1e-6, length):
            part = replace(shot, start=float(start), end=min(shot.end, float(start) + length))
            low, high = part.start - 2.0, part.end + 2.0
            near = [f for f in story.scenes if low <= f["time"] <= high or not shot.subject]
            first = nearest(story.scenes, shot.start)
            yield replace(story, scenes=[first, *near] if shot.subject else near), part


def _film(story: Story, shot: Shot) -> list[Picture]:
    studio = _studio(story, shot)
    scenes = story.scenes[1:] if shot.subject else story.scenes
    pictures = []
    for time in shot.times(RATE):
        frame = nearest(scenes, float(time))
        studio.pose(frame)
        picture = studio.picture(camera(shot, scenes, float(time)), *SIZE)
        pictures.append(_caption(picture, shot, float(time), story))
    studio.close()
    return pictures


def _still(story: Story, shot: Shot) -> Picture:
    studio = _studio(story, shot)
    time = (shot.start + shot.end) / 2 if shot.subject else shot.end * 0.4
    studio.pose(nearest(story.scenes, time))
    width, height = STILL_SIZE
    large = studio.picture(camera(shot, story.scenes, time), 2 * width, 2 * height)
    studio.close()
    return np.asarray(Image.fromarray(large).resize(STILL_SIZE, Image.Resampling.LANCZOS))


def _photo(job: tuple[Story, dict[str, Any]]) -> Picture:
    """Return a picture of a place at which litter waits for people, from a person's height."""
    story, place = job
    at = np.array([float(place["x"]), float(place["y"]), 0.0])
    studio = Studio(load_world(story.site), at[:2].tolist(), story.robots)
    studio.put_litter(at, float(place.get("size", 0.3)))
    studio.pose(nearest(story.scenes, float(place.get("time", 0.0))))
    eye = Camera(at + PHOTO_FROM, at)
    large = studio.picture(eye, 2 * SIZE[0], 2 * SIZE[1])
    studio.close()
    return np.asarray(Image.fromarray(large).resize(SIZE, Image.Resampling.LANCZOS))


def _studio(story: Story, shot: Shot) -> Studio:
    middle = camera(shot, story.scenes, (shot.start + shot.end) / 2).target
    studio = Studio(load_world(story.site), middle[:2].tolist(), story.robots)
    if shot.ground:
        studio.lay_ground(story.trail, (shot.start, shot.end))
    return studio


def _caption(picture: Picture, shot: Shot, time: float, story: Story) -> Picture:
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image, "RGBA")
    font = ImageFont.load_default(15)
    minutes, seconds = divmod(time, 60.0)
    pace = "" if shot.pace == 1.0 else f"   {shot.pace:.0f} x as fast"
    pace = "   slow motion" if shot.pace < 1.0 else pace
    draw.text((12, 9), f"{shot.title}  {minutes:.0f}:{seconds:04.1f}{pace}", (20, 30, 40), font)
    draw_sign(draw, story.signs.get(shot.subject, ()), time, width=SIZE[0], font=font)
    said = spoken_at(story.spoken, time) if shot.subject == "greeter" else None
    if said is not None:
        subtitle(draw, f"“{bare(said['en'])}”", SIZE, font)
    return np.asarray(image)


def _encode(film: Path, pictures: Iterator[Picture], sound: Path | None) -> None:
    try:
        import imageio_ffmpeg
    except ModuleNotFoundError as error:
        raise MissingDependency("imageio-ffmpeg", "writing a video", "sim") from error
    writer = imageio_ffmpeg.write_frames(
        str(film),
        SIZE,
        fps=RATE,
        codec="libx264",
        quality=None,
        output_params=["-crf", "27", "-preset", "medium", "-movflags", "+faststart"],
        macro_block_size=2,
        ffmpeg_log_level="error",
        audio_path=None if sound is None else str(sound),
        audio_codec=None if sound is None else "aac",
    )
    writer.send(None)
    for picture in pictures:
        writer.send(np.ascontiguousarray(picture).tobytes())
    writer.close()
