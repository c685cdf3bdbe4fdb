"""A recording opens up to where the file ends, wherever that is."""

from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from robotics.core.errors import RecordError
from robotics.core.messages import (
    Command,
    Goal,
    Imu,
    Joints,
    Observation,
    Plan,
    State,
    Tick,
    Twist2,
)
from robotics.record.reader import is_whole, read_entries, read_head, recover
from robotics.record.writer import Recorder


def _tick(time: float, plan: Plan) -> Tick:
    joints = Joints.at_rest(np.full(3, time))
    observation = Observation(time, joints, Imu(np.zeros(3), np.zeros(3)))
    state = State(time, np.zeros(3), np.zeros(3), joints, np.zeros(2), np.zeros(3))
    command = Command(np.full(3, time), np.ones(3))
    return Tick(observation, state, Goal(), plan, Twist2(), command, command)


def _record(path: Path, site: Path | None, seconds: float = 5.0) -> Recorder:
    recorder = Recorder(path, {"seed": 7}, site)
    plan = Plan()
    for step in range(int(seconds * 50)):
        recorder.tick("sweeper", _tick(step * 0.02, plan))
    return recorder


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Record five seconds of one robot, with a site map of one file."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "site.yaml").write_text("image: site.png\n")
    path = tmp_path / "run.mcap"
    _record(path, site).close()
    return path


def test_every_tick_is_there_and_in_order(whole: Path) -> None:
    """Five topics a tick, the plan once, times rising."""
    entries = list(read_entries(whole))
    commands = [entry for entry in entries if entry.topic == "/sweeper/command"]
    assert len(commands) == 250
    assert [c.time for c in commands] == pytest.approx(np.arange(250) * 0.02)
    assert sum(entry.topic == "/sweeper/plan" for entry in entries) == 1


def test_the_library_s_own_reader_opens_a_closed_recording(whole: Path) -> None:
    """Foxglove and every other MCAP reader find summary, schemas and messages."""
    with whole.open("rb") as stream:
        summary = make_reader(stream).get_summary()
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count == len(list(read_entries(whole)))
    assert is_whole(whole)


def test_configuration_and_site_map_travel_with_the_recording(whole: Path, tmp_path: Path) -> None:
    """A replay needs nothing but the file."""
    head = read_head(whole)
    assert head.config == {"seed": 7}
    assert (head.unpack_site(tmp_path / "again") / "site.yaml").read_text() == "image: site.png\n"


def test_a_killed_run_is_readable_up_to_its_last_flush(tmp_path: Path) -> None:
    """Without close(), at most half a second is missing."""
    path = tmp_path / "killed.mcap"
    recorder = _record(path, None)
    times = [entry.time for entry in read_entries(path)]
    assert max(times) >= 4.98 - 0.5
    assert not is_whole(path)
    recorder.close()


def test_a_file_cut_anywhere_gives_a_clean_prefix(whole: Path, tmp_path: Path) -> None:
    """Cut at 60 places: no exception, and what is read is a prefix of the whole."""
    data, complete = whole.read_bytes(), [e.data for e in read_entries(whole)]
    torn = tmp_path / "torn.mcap"
    rng = np.random.default_rng(3)
    lengths = []
    for cut in rng.integers(20, len(data), 60):
        torn.write_bytes(data[: int(cut)])
        read = [entry.data for entry in read_entries(torn)]
        assert read == complete[: len(read)]
        lengths.append(len(read))
    assert max(lengths) > len(complete) // 2


def test_recover_makes_a_torn_file_whole(whole: Path, tmp_path: Path) -> None:
    """The recovered file opens in the default reader and keeps the head."""
    torn, mended = tmp_path / "torn.mcap", tmp_path / "mended.mcap"
    torn.write_bytes(whole.read_bytes()[:-2000])
    count = recover(torn, mended)
    assert count == len(list(read_entries(torn))) > 0
    assert is_whole(mended)
    assert read_head(mended).config == {"seed": 7}


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("absent.mcap", None, "No such file"),
        ("text.mcap", b"hello", "not an MCAP file"),
        ("empty.mcap", b"", "not an MCAP file"),
    ],
)
def test_what_is_no_recording_is_named(
    tmp_path: Path, name: str, content: bytes | None, text: str
) -> None:
    """The error names the file and what to give instead."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError, match=text):
        read_head(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A recording into a missing folder is refused at once."""
    with pytest.raises(RecordError, match="choose a folder"):
        Recorder(tmp_path / "nowhere" / "run.mcap", {}, None)
