"""A run from options to recording and back, on bodies without physics."""

from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from robotics.core.errors import OptionError, RecordError, UnknownName
from robotics.record.reader import is_whole, read_entries, read_head
from robotics.record.writer import Recorder
from robotics.replay import replay
from robotics.session import Options, Session, data_digest

MINUTES = 0.03


@dataclass
class _Count:
    """A clock that advances by a millisecond whenever it is asked."""

    time: float = 0.0

    def __call__(self) -> float:
        self.time += 1e-3
        return self.time


def _session(folder: Path, minutes: float = MINUTES) -> Session:
    options = Options("yard", ("greeter", "sweeper"), "kinematic", minutes, seed=3)
    return Session(options, folder, _Count())


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run both robots for two seconds and return the recording."""
    session = _session(tmp_path_factory.mktemp("session"))
    session.work()
    return session.record


def _rewrite(source: Path, target: Path, number: int) -> None:
    """Copy a recording; the command with this number gets another effort limit."""
    recorder = Recorder(target, read_head(source).config, source.parent / "site")
    seen = 0
    for entry in read_entries(source):
        value = entry.value
        if entry.topic == "/sweeper/command":
            seen += 1
            if seen == number:
                value["effort_limit"][0] += 1e-12
        recorder.value(entry.topic, entry.time, value)
    recorder.close()


def test_the_recording_tells_what_made_it(done: Path) -> None:
    """Options, versions, the files' digest; whole; a summary at the end; times of every tick."""
    config = read_head(done).config
    assert (config["site"], config["seed"], config["on"]) == ("yard", 3, "kinematic")
    assert config["files"] == data_digest()
    assert config["versions"]["numpy"]
    assert is_whole(done)
    entries = list(read_entries(done))
    assert entries[-1].topic.endswith("/timing") or entries[-1].topic == "/summary"
    assert sum(entry.topic == "/summary" for entry in entries) == 1
    for robot, rate in (("greeter", 200), ("sweeper", 50)):
        timed = [e.value for e in entries if e.topic == f"/{robot}/timing"]
        ticks = sum(e.topic == f"/{robot}/command" for e in entries)
        assert ticks == pytest.approx(60.0 * MINUTES * rate, abs=2)
        assert sum(len(seconds["tick"]) for seconds in timed) == ticks


def test_a_replay_finds_every_command_again(done: Path) -> None:
    """Bit for bit, both robots."""
    found = replay(done)
    assert found.is_equal
    assert found.ticks == pytest.approx(60.0 * MINUTES * 250, abs=4)


def test_a_replay_finds_the_one_command_that_was_changed(done: Path, tmp_path: Path) -> None:
    """A last-digit change of one number in one command is seen, and said where."""
    changed = tmp_path / "run.mcap"
    _rewrite(done, changed, 40)
    found = replay(changed)
    assert found.differing == 1
    assert found.first.startswith("sweeper at 0.7")


def test_a_replay_needs_the_site_map(done: Path, tmp_path: Path) -> None:
    """A recording without one is refused with what to give."""
    bare = tmp_path / "bare.mcap"
    Recorder(bare, read_head(done).config, None).close()
    with pytest.raises(RecordError, match="no site map"):
        replay(bare)


def test_asked_twice_it_ends_at_once(tmp_path: Path) -> None:
    """The first request gives three seconds for a safe stop, the second none."""
    session = _session(tmp_path)
    session.on_progress = lambda time, robot, activity: _ask(session, time)
    session.work()
    assert session.time == pytest.approx(0.5, abs=0.15)
    assert is_whole(session.record)
    assert [e.value["reason"] for e in read_entries(session.record) if e.topic == "/events"] == [
        "first"
    ]


def _ask(session: Session, time: float) -> None:
    if time >= 0.3 and session.stop_asked is None:
        session.stop("first")
    elif time >= 0.5:
        session.stop("second")


def test_a_failure_in_the_middle_leaves_a_whole_recording(tmp_path: Path) -> None:
    """The exception comes out, the file is closed, and what was recorded is in it."""
    session = _session(tmp_path)

    def fail(time: float, robot: str, activity: str) -> None:
        if time > 0.5:
            raise RuntimeError("the onlooker fell into the sea")

    session.on_progress = fail
    with pytest.raises(RuntimeError, match="sea"):
        session.work()
    assert is_whole(session.record)
    assert max(entry.time for entry in read_entries(session.record)) > 0.5


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (Options("yard", on="moon"), UnknownName, "kinematic"),
        (Options("yard", ("cat",)), UnknownName, "greeter"),
        (Options("yard", minutes=0.0), OptionError, "more than 0"),
        (Options("yard", minutes=float("nan")), OptionError, "more than 0"),
        (Options("yard", minutes=1441.0), OptionError, "up to 1440"),
    ],
)
def test_impossible_options_are_refused_before_anything_opens(
    tmp_path: Path, options: Options, error: type[Exception], words: str
) -> None:
    """One line with what is allowed; no recording is begun."""
    session = Session(options, tmp_path, _Count())
    with pytest.raises(error, match=words):
        session.work()
    assert not session.record.exists()


def test_recorded_values_are_plain_json(done: Path) -> None:
    """Whatever reads strict JSON reads every message: no NaN and no infinity in it."""
    for entry in read_entries(done):
        assert isinstance(orjson.loads(entry.data), dict)
