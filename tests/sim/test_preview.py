"""The preview of a behaviour: pictures, timeline, a file that plays."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from robotics.behaviour.clips import Behaviour, Clip, Priority, curve
from robotics.behaviour.compiled import Resource, Stretch, ToolCue, Words
from robotics.certify.showing import LEAD, RATE, TAIL, show
from sim.preview import SIZE, STRIP, pictures, preview
from sim.preview_strip import BAD, GOOD, Strip

NOD = Behaviour(
    "nod_once",
    "gesture",
    Priority.VISITOR,
    0.8,
    title=("点头", "A nod"),
    clip=Clip(
        "nod_once",
        0.8,
        False,
        ("head_pitch",),
        (curve((0.0, 0.4, 0.8), (0.0, 0.4, 0.0)),),
    ),
    words=(Words(0.1, ("嗯",), ("Yes",)),),
    resources=frozenset({Resource.HEAD, Resource.VOICE}),
)


def test_the_timeline_has_a_row_for_everything_that_happens() -> None:
    """Words with their length, the head while it moves, the balance from rest to rest."""
    showing = show(NOD, "greeter")
    assert showing.title == "A nod"
    rows = dict(showing.tracks)
    assert list(rows) == ["voice", "head"]
    assert rows["voice"][0].text == "Yes"
    assert rows["head"][0].start == pytest.approx(0.0, abs=0.06)
    assert rows["head"][-1].end == pytest.approx(0.8, abs=0.06)
    assert len(showing.frames.time) == round((LEAD + 0.8 + TAIL) * RATE)
    times, margin = showing.margin
    assert len(times) == len(margin)
    assert 0.0 < showing.least < margin.min()


def test_frames_are_those_of_the_certified_trajectory() -> None:
    """The head is down in the middle and up at both ends; the robot stands."""
    frames = show(NOD, "greeter").frames
    pitch = frames.joints[:, 1]
    assert pitch[0] == pytest.approx(0.0, abs=1e-6)
    assert pitch.max() == pytest.approx(0.4, abs=0.03)
    assert pitch[-1] == pytest.approx(0.0, abs=1e-3)
    assert np.ptp(frames.position[:, 2]) < 0.01


def test_the_sweeper_drives_as_it_is_asked() -> None:
    """Half a metre ahead in a second, its brushes turning."""
    one = Behaviour(
        "show_off",
        "show",
        Priority.SHOW,
        2.0,
        feet=(Stretch(0.5, 1.5, (0.5, 0.0, 0.0)),),
        tools=(ToolCue(0.0, brush=1.0), ToolCue(1.0, brush=0.0)),
    )
    showing = show(one, "sweeper")
    frames = showing.frames
    assert frames.position[-1, 0] == pytest.approx(0.5, abs=0.03)
    assert frames.joints[:, 2].max() == pytest.approx(10.0, abs=0.6)
    assert [name for name, _ in showing.tracks] == ["feet", "tools"]


def test_the_strip_marks_the_moment_and_paints_what_is_too_little_red() -> None:
    """Green where the margin is enough, red where it is not."""
    showing = show(NOD, "greeter")
    strip = Strip(showing, SIZE[0], STRIP)
    early, late = strip.at(0.0), strip.at(0.8)
    assert early.shape == (STRIP, SIZE[0], 3)
    assert (early != late).any()
    assert (early == GOOD).all(axis=2).any()
    assert not (early == BAD).all(axis=2).any()
    showing.margin[1][:] = 0.001
    assert (Strip(showing, SIZE[0], STRIP).at(0.0) == BAD).all(axis=2).any()


def test_pictures_show_the_robot_before_its_ground() -> None:
    """Of the asked size; the nod changes some pixels between two pictures, not most."""
    seen = []
    for number, picture in enumerate(pictures(show(NOD, "greeter"))):
        if number in (2, 16):
            seen.append(picture[: SIZE[1] - STRIP].astype(int))
        if number == 16:
            break
    changed = np.abs(seen[1] - seen[0]).max(axis=2) > 24
    assert seen[0].shape == (SIZE[1] - STRIP, SIZE[0], 3)
    assert 0.001 < changed.mean() < 0.2


def test_the_video_plays(tmp_path: Path) -> None:
    """It is read back: size, rate, length."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    silent = Behaviour("still", "gesture", Priority.SHOW, 0.2, clip=NOD.clip)
    film = preview(silent, "greeter", tmp_path)
    told = subprocess.run([ffmpeg, "-i", str(film)], capture_output=True, text=True).stderr
    assert f"{SIZE[0]}x{SIZE[1]}" in told
    length = re.search(r"Duration: 00:00:(\d+\.\d+)", told)
    assert length is not None
    assert float(length.group(1)) == pytest.approx(LEAD + 0.2 + TAIL, abs=0.1)
