"""A day across restarts: what a run leaves in its journal is what the next one begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import ConfigError, OptionError, RecordError
from robotics.core.messages import Plan
from robotics.daybook import Daybook, Wishes, plan_from_plain
from robotics.planning.sweep_job import SweepMemory
from robotics.record.reader import read_entries, read_head
from robotics.remember import memory_from_plain, memory_to_plain
from robotics.replay import replay
from robotics.robots.memory import RobotMemory
from robotics.robots.sweeper.day import Day, seconds_of
from robotics.robots.sweeper.progress import DayProgress
from robotics.session import Options, Session, with_day

DAY = """
opens: "06:00"
closes: "06:30"
zones:
  - {zone: small, priority: 1}
begin: {water: 0.5, bin: 0.25, charge: 0.75}
"""


def write_day(folder: Path, text: str = DAY) -> Path:
    """Return a day's file for the yard."""
    path = folder / "day.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(
    folder: Path, minutes: float, *, ends: float = np.inf, **more: object
) -> tuple[Session, list[str]]:
    """Let the sweeper work in the yard without physics; return the session and what it told.

    At ``ends`` [s] the run breaks off, with the day unfinished.
    """
    options = replace(
        Options("yard", ("sweeper",), "kinematic", minutes, seed=3, visitors=0),
        **more,  # type: ignore[arg-type]
    )
    folder.mkdir()
    session, told = Session(options, folder, lambda: 0.0), list[str]()
    session.on_resuming = told.append

    def watch(time: float, robot: str, activity: str) -> None:
        if time >= ends:
            session.stop("once")
            session.stop("at once")

    session.on_progress = watch
    session.work()
    return session, told


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Session, list[str]]:
    """Work for 30 s, break off, and go on for 12 s more."""
    folder = tmp_path_factory.mktemp("day")
    more = {"day": write_day(folder), "journal": folder / "day.journal"}
    first, _ = run(folder / "first", 10.0, ends=30.0, **more)
    second, told = run(folder / "second", 0.2, **more)
    return first, second, told


def test_the_second_run_goes_on_where_the_first_ended(
    twice: tuple[Session, Session, list[str]],
) -> None:
    """Place, time of day, levels and the ground swept; and it says so in one line."""
    first, second, told = twice
    assert len(told) == 1
    assert "resuming the day" in told[0]
    assert "at 06:00" in told[0]
    assert "small at" in told[0]
    last = [e.value for e in read_entries(first.record) if e.topic == "/sweeper/state"][-1]
    plan = plan_from_plain(read_head(second.record).config["day"])
    assert plan.memory is not None
    assert plan.memory.day.clock - seconds_of("06:00") > 28.0
    assert np.allclose(plan.memory.pose[:2], last["pose_base_in_map"][:2], atol=0.5)
    assert plan.memory.sweeps[0].zone == "small"
    begun = next(e.value for e in read_entries(second.record) if e.topic == "/sweeper/observation")
    assert begun["tools"]["bin"] == pytest.approx(plan.memory.bin, abs=0.01)
    assert 0.4 < begun["tools"]["water"] < 0.5
    assert begun["battery"]["charge"] == pytest.approx(0.75, abs=0.01)


def test_a_resumed_run_replays_bit_for_bit(twice: tuple[Session, Session, list[str]]) -> None:
    """What was recalled stands in the recording; the journal is not needed."""
    _, second, _ = twice
    found = replay(second.record)
    assert found.ticks > 500
    assert found.is_equal, found.first


def test_a_finished_day_is_not_resumed(tmp_path: Path) -> None:
    """The journal of a day that is over begins a new one."""
    path = write_day(tmp_path)
    wishes = Wishes("yard", path, "", tmp_path / "day.journal")
    book = Daybook.open(wishes)
    assert book.journal is not None
    plan = book.plan.day
    assert plan is not None
    progress = DayProgress.begin(plan, 60.0, plan.opens)
    for over in (False, True):
        progress.over = over
        memory = RobotMemory((1.0, 2.0, 0.5), 0.5, 0.5, 0.5, progress.memory())
        book.journal.write(1.0, "event", memory_to_plain(memory))
        book.close()
        book = Daybook.open(wishes)
        assert (book.memory is None) is over
        assert book.journal is not None
    assert book.told == ""
    assert book.begin.water == 0.5
    book.close()


def test_a_memory_reads_back_from_plain_values() -> None:
    """Masks, plans and the day: what comes back is what went in."""
    path = np.arange(12.0).reshape(4, 3)
    plan = Plan(path, np.ones(4), np.array([True, False, True, True]))
    sweep = SweepMemory("apron", (5, 9), bytes(range(6)), 2, plan, 3)
    begun = SweepMemory("plaza", (5, 9), bytes(6), 0, Plan.none("not planned yet"), 0)
    progress = DayProgress.begin(Day(()), 100.0, 0.0)
    progress.note("a note")
    memory = RobotMemory((1.0, 2.0, 0.1 + 0.2), 0.9, 0.8, 0.7, progress.memory(), (sweep, begun))
    again = memory_from_plain(memory_to_plain(memory))
    assert again.day == memory.day
    assert again.pose == memory.pose
    back = again.sweeps[0]
    assert (back.zone, back.shape, back.swept, back.rounds, back.index) == (
        *("apron", (5, 9), bytes(range(6))),
        *(2, 3),
    )
    assert np.array_equal(back.plan.path, path)
    assert np.array_equal(back.plan.working, plan.working)
    assert again.sweeps[1].plan.is_empty
    assert again.sweeps[1].plan.reason == "not planned yet"


def test_a_journal_of_another_day_is_refused(tmp_path: Path) -> None:
    """The plan was changed since: one line that says whose it is."""
    path, journal = write_day(tmp_path), tmp_path / "day.journal"
    Daybook.open(Wishes("yard", path, "", journal)).close()
    write_day(tmp_path, DAY.replace("06:30", "06:45"))
    with pytest.raises(RecordError, match="written for day 'day"):
        Daybook.open(Wishes("yard", path, "", journal))
    with pytest.raises(RecordError, match="written for site 'yard', this is 'zhanqiao'"):
        Daybook.open(Wishes("zhanqiao", path, "", journal))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clock": "half six"}, "give HH:MM"),
        ({"clock": "07:00"}, "is from 06:00 to 06:30"),
    ],
)
def test_a_time_of_day_has_to_lie_in_the_day(
    tmp_path: Path, options: dict[str, str], words: str
) -> None:
    """Else one line that says what is allowed."""
    wished = Options("yard", ("sweeper",), day=write_day(tmp_path), **options)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match=words):
        with_day(wished, None)


def test_the_sweeper_alone_has_a_day_and_its_length() -> None:
    """The shipped one; both robots together run for five minutes without."""
    alone = with_day(Options("zhanqiao", ("sweeper",)), None)
    assert alone.day is not None
    assert alone.minutes > 30.0
    assert with_day(Options("zhanqiao", ("sweeper",)), 2.0).minutes == 2.0
    both = with_day(Options("zhanqiao"), None)
    assert (both.day, both.minutes) == (None, 5.0)
    assert with_day(Options("yard", ("sweeper",)), None).day is None


def test_only_the_sweeper_keeps_a_journal(tmp_path: Path) -> None:
    """The greeter's has nothing to write."""
    options = Options("yard", ("greeter",), "kinematic", 0.01, journal=tmp_path / "x.journal")
    with pytest.raises(OptionError, match="add --robot sweeper"):
        Session(options, tmp_path, lambda: 0.0).work()


def test_a_day_for_another_site_is_refused(tmp_path: Path) -> None:
    """Its zones are not in the yard."""
    path = write_day(tmp_path, DAY.replace("small", "plaza"))
    with pytest.raises(ConfigError, match="no zone 'plaza'"):
        run(tmp_path / "out", 0.01, day=path)
