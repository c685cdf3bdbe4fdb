"""A recording becomes one page that says what was in it, and needs nothing else."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from robotics.core.messages import (
    Battery,
    Command,
    Goal,
    Imu,
    Joints,
    Observation,
    Plan,
    State,
    Tick,
    ToolReadings,
    Twist2,
    Utterance,
)
from robotics.mapping.grid import Grid
from robotics.mapping.places import Place, Site
from robotics.record.writer import Recorder
from robotics.report.digest import RobotDigest, RunDigest, Span, digest
from robotics.report.page import figures, position_errors, write_report

SECONDS = 12.0
RATE = 50
SPEED = 0.5
"""Of the sweeper along x [m/s]."""
OFF = 0.03
"""The onlooker sees the sweeper this far from where it believes to be [m]."""
HELLO = Utterance("您好 <朋友>", "Hello & welcome", start=2.0, duration=1.5)
SECTIONS = (
    *("What happened", "Video", "Map", "Missions", "Distances"),
    *("Battery, water, bin", "Belief and truth", "The tick", "How this was made"),
)
SUMMARY = {
    "zone": "deck",
    "covered_fraction": 0.875,
    "repeat_fraction": 0.125,
    "near_visitors": 4,
    "greeted_fraction": 0.75,
    "greeted_visitors": None,
    "falls": 0,
    "contacts_caused": 1,
    "contacts_total": 3,
    "distance_m": {"sweeper": 6.04},
    "min_clearance_visitor_m": {"sweeper": 0.62, "greeter": None},
    "realtime_factor": 2.5,
}


def _tick(time: float) -> Tick:
    joints = Joints.at_rest(np.zeros(2))
    observation = Observation(time, joints, Imu(np.zeros(3), np.zeros(3)))
    state = State(
        time,
        np.array([SPEED * time, 0.0, 0.0]),
        np.array([SPEED, 0.0, 0.0]),
        joints,
        np.array([0.03, 0.04]),
        np.zeros(3),
        battery=Battery(charge=1.0 - 0.01 * time),
        tools=ToolReadings(water=0.5, bin=0.02 * time),
    )
    goal = Goal(activity="sweep" if time < 8.0 else "dock & <rest>", voice=_said(time))
    stopped_by = "visitor ahead" if 3.0 <= time < 4.0 or 6.0 <= time < 6.5 else ""
    command = Command(np.zeros(2), np.ones(2), stopped_by=stopped_by)
    return Tick(observation, state, goal, Plan(), Twist2(SPEED), command, command)


def _said(time: float) -> Utterance | None:
    return HELLO if HELLO.start <= time < HELLO.start + HELLO.duration else None


def _look(recorder: Recorder, time: float) -> None:
    seen = {"position": [SPEED * time, OFF, 0.0], "quaternion": [0.0, 0.0, 0.0, 1.0], "brush": 1.0}
    visitors = [[1, 4.0, 2.0 - 0.1 * time, 0.0, 0.25, 1.7]]
    recorder.value("/scene", time, {"robots": {"sweeper": seen}, "visitors": visitors})
    clearances = {
        "clearance_visitor_m": {"sweeper": 0.62 + abs(time - 5.0)},
        "clearance_solid_m": {"sweeper": 3.0},
    }
    recorder.value("/witness", time, clearances)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record a sweeper that drives straight for twelve seconds and stops on request."""
    path = tmp_path_factory.mktemp("record") / "run.mcap"
    config = {"site": "paving", "title": "Paving <1>", "seed": 7, "on": "sim", "missing": ["sound"]}
    recorder = Recorder(path, config, None)
    for step in range(int(SECONDS * RATE) + 1):
        time = step / RATE
        recorder.tick("sweeper", _tick(time))
        if step % 5 == 0:
            _look(recorder, time)
    stages = {"estimate": [0.002] * 99 + [0.010], "tick": [0.004] * 99 + [0.020]}
    recorder.value("/sweeper/timing", SECONDS, stages)
    recorder.value("/events", 11.0, {"kind": "stop", "reason": "Ctrl-C"})
    recorder.value("/summary", SECONDS, SUMMARY)
    recorder.close()
    return path


@pytest.fixture(scope="module")
def run(record: Path) -> RunDigest:
    """Digest the recording once."""
    return digest(record)


@pytest.fixture(scope="module")
def site() -> Site:
    """Make 20 m × 20 m of paving behind a wall, with one dock."""
    cells = np.zeros((100, 100), dtype=np.bool_)
    cells[[0, -1], :] = cells[:, [0, -1]] = True
    walls = Grid(cells, 0.2, np.array([-10.0, -10.0]))
    nothing, free = walls.like(np.zeros_like(cells)), walls.like(np.full(cells.shape, np.inf))
    dock = Place("dock_1", "Dock", "dock_charge", np.array([1.0, 1.0, 0.0]))
    return Site("paving", walls, walls, nothing, free, {}, {"dock_1": dock}, ())


@pytest.fixture(scope="module")
def page(run: RunDigest, site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the page without a video."""
    folder = tmp_path_factory.mktemp("page")
    return write_report(folder, run, site, video=None, stills=[]).read_text(encoding="utf-8")


class _Balance(HTMLParser):
    """Every element is closed in the order in which it was opened."""

    VOID = ("meta", "img", "br", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """An element without content leaves nothing open."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _assert_is_complete(page: str) -> None:
    balance = _Balance()
    balance.feed(page)
    assert balance.open == []
    assert "{{" not in page
    for drawing in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(drawing)
        assert "nan" not in re.sub(r"base64,[^\"]+", "", drawing)


def test_the_digest_says_what_was_recorded(run: RunDigest) -> None:
    """Ticks, thinned series, spans of activity and of guard stops, words, events."""
    robot = run.robots["sweeper"]
    assert run.duration == pytest.approx(SECONDS)
    assert robot.ticks == SECONDS * RATE + 1
    assert robot.series["time"] == pytest.approx(np.arange(0.0, SECONDS + 0.1, 0.2))
    assert robot.series["speed"][3:-3] == pytest.approx([SPEED] * (len(robot.series["time"]) - 6))
    assert robot.series["tilt"] == pytest.approx([0.05] * len(robot.series["time"]))
    assert [(s.label, s.start, s.end) for s in robot.activities] == [
        ("sweep", 0.0, pytest.approx(8.0)),
        ("dock & <rest>", pytest.approx(8.0), pytest.approx(SECONDS)),
    ]
    assert [(s.start, s.end) for s in robot.stops] == [
        (pytest.approx(3.0), pytest.approx(3.98)),
        (pytest.approx(6.0), pytest.approx(6.48)),
    ]
    assert [said["zh"] for said in robot.spoken] == [HELLO.zh]
    assert [(e["kind"], e["time"]) for e in run.events] == [("stop", 11.0)]
    assert robot.percentile_ms("tick", 50) == pytest.approx(4.0)
    assert np.isnan(robot.percentile_ms("guard", 50))


def test_every_figure_is_the_recorded_one(run: RunDigest) -> None:
    """Percent, counts, metres; what the run does not have is left out, not zero."""
    found = {label: (value, note) for label, value, note in figures(run)}
    assert found["zone swept"] == ("87.5%", "deck")
    assert found["swept twice"][0] == "12.5%"
    assert found["visitors came near"][0] == "4"
    assert found["of them greeted"][0] == "75%"
    assert found["falls"][0] == "0"
    assert found["contacts caused"] == ("1", "of 3 in all")
    assert found["sweeper: distance"][0] == "6 m"
    assert found["sweeper: closest"][0] == "0.62 m"
    assert not {"dirt removed", "steps walked", "greeter: closest"} & set(found)


def test_a_child_that_ran_into_it_is_told_with_what_came_of_it(run: RunDigest) -> None:
    """Who, when, how hard, from where; whether it kept its feet, and when it stood again."""
    stood = {"time": 31.4, "partner": "visitor 7", "speed": 0.8, "bearing_deg": -20,
             "walking": False, "impulse_ns": 5.25, "fell": False, "up_after": None}  # fmt: skip
    felled = {**stood, "fell": True, "up_after": 17.8}
    told = replace(run, summary={**run.summary, "bumps": 2, "run_ins": [stood, felled]})
    found = {label: (value, note) for label, value, note in figures(told)}
    value, note = found["children ran into it"]
    assert value == "2"
    assert "visitor 7 at 31 s, 0.8 m/s, from -20°, 5.2 N·s, standing: it kept its feet" in note
    assert note.endswith("it fell, and stood again after 18 s")


def test_belief_is_compared_with_what_the_onlooker_saw(run: RunDigest) -> None:
    """Three centimetres beside the truth are an error of three centimetres, all the time."""
    errors = position_errors(run, run.robots["sweeper"])
    assert len(errors) == len(run.robots["sweeper"].series["time"])
    assert [error for _, error in errors] == pytest.approx([OFF] * len(errors))


def test_the_page_has_every_section_and_every_figure(run: RunDigest, page: str) -> None:
    """Nine headings in order; each figure on its card; well-formed throughout."""
    _assert_is_complete(page)
    assert tuple(re.findall(r"<h2>(.*?)</h2>", page)) == SECTIONS
    for label, value, _ in figures(run):
        assert f"<b>{value}</b><span>{label}</span>" in page
    assert "0 min 12 s at Paving &lt;1&gt; · seed 7 · body: sim" in page
    assert "stopped at 11.0 s: Ctrl-C" in page
    assert "2.5 × as fast as real time" in page
    assert re.search(r"sweeper p99 \[ms\]</td><td>\d", page)
    assert "<li>sound</li>" in page


def test_words_of_the_run_never_become_markup(page: str) -> None:
    """What a robot says or does is shown, not interpreted."""
    assert "您好 &lt;朋友&gt;" in page
    assert "Hello &amp; welcome" in page
    assert "<rest>" not in page
    assert "<朋友>" not in page


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    """No source, link, style sheet or script from elsewhere."""
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    for word in ("url(", "@import", "<script", "<link", "http://", "https://"):
        assert word not in page


def test_the_map_shows_the_path_where_it_was(page: str) -> None:
    """The sweeper's circle stands at the end of its path; the swept ground runs along it."""
    drawing = re.search(r'<svg [^>]*class="map".*?</svg>', page, flags=re.DOTALL)
    assert drawing is not None
    circles = [e for e in ElementTree.fromstring(drawing[0]).iter("circle") if e.get("r") == "0.3"]
    assert [float(circles[0].get(key, "nan")) for key in ("cx", "cy")] == pytest.approx([6.0, OFF])
    assert "dock 1" in drawing[0]


def test_without_a_video_the_page_says_so(page: str) -> None:
    """A note in the place of the film."""
    assert "No video" in page
    assert "<video" not in page


def test_a_video_and_pictures_are_inside_the_page(
    run: RunDigest, site: Site, tmp_path: Path
) -> None:
    """Both as data, byte for byte."""
    film, still = tmp_path / "run.mp4", tmp_path / "wave.png"
    film.write_bytes(b"film")
    Image.new("RGB", (2, 2)).save(still)
    text = write_report(tmp_path, run, site, video=film, stills=[still]).read_text("utf-8")
    assert 'src="data:video/mp4;base64,ZmlsbQ=="' in text
    assert 'src="data:image/png;base64,' in text
    assert "No video" not in text


@pytest.mark.parametrize("part", [0.15, 0.5, 0.9])
def test_a_torn_recording_still_gives_a_page(
    record: Path, site: Site, tmp_path: Path, part: float
) -> None:
    """Cut off in the middle, the page shows what there is and that the end is missing."""
    data = record.read_bytes()
    torn = tmp_path / "torn.mcap"
    torn.write_bytes(data[: int(part * len(data))])
    run = digest(torn)
    page = write_report(tmp_path, run, site, video=None, stills=[]).read_text("utf-8")
    _assert_is_complete(page)
    assert run.duration < SECONDS
    assert run.summary == {}
    assert "ended before an onlooker could sum it up" in page
    assert {"Map", "Missions", "How this was made"} <= set(re.findall(r"<h2>(.*?)</h2>", page))


def test_shows_and_answers_are_told() -> None:
    """By name; an answer counts once, however many sentences it has and whatever comes between."""
    said = [("pier", 1.0), ("pier", 6.0), ("unknown", 12.0), ("photo", 20.0), ("pier", 60.0)]
    robot = RobotDigest("greeter")
    robot.activities = [Span(0.0, 9.0, "greeting one visitor"), Span(9.0, 70.0, "showing A (甲)")]
    robot.spoken = [
        {"behaviour": "greet_too", "start": 5.0, "duration": 1.0},
        *({"behaviour": f"answer_{name}", "start": at, "duration": 2.0} for name, at in said),
    ]
    told = {
        label: (value, note) for label, value, note in figures(RunDigest({}, {"greeter": robot}))
    }
    assert told["shows"] == ("1", "A (甲)")
    assert told["questions answered"] == ("3", "politely not known: 1")
