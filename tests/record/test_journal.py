"""The journal: what was written is read back, whatever happens to the end of the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import RecordError
from robotics.record.journal import SLOTS, Journal, part_name

WHO = {"site": "yard", "robot": "sweeper", "day": "monday"}


def open_journal(folder: Path) -> Journal:
    """Return the journal in a folder."""
    return Journal(folder / "day.journal", WHO)


def filled(folder: Path, count: int) -> Journal:
    """Return a journal with ``count`` entries."""
    journal = open_journal(folder)
    for k in range(1, count + 1):
        journal.write(float(k), "time", {"k": k}, (b"plan" * 1000 + bytes([k // 40]),))
    return journal


def torn(folder: Path, keep: int) -> Path:
    """Copy a journal at work, as a killed process leaves it, with ``keep`` bytes of its log."""
    copy = folder / f"copy-{keep}"
    copy.mkdir()
    for name in ("day.journal", "day.journal-wal"):
        data = (folder / name).read_bytes()
        (copy / name).write_bytes(data[:keep] if name.endswith("wal") else data)
    return copy


@pytest.mark.parametrize("count", [1, 5, SLOTS, 3 * SLOTS + 2])
def test_the_last_entry_is_read_back_by_the_next_run(tmp_path: Path, count: int) -> None:
    """With its parts; numbers go on."""
    filled(tmp_path, count).close()
    journal = open_journal(tmp_path)
    page = journal.last()
    assert page is not None
    assert (page.number, page.time, dict(page.value)) == (count, float(count), {"k": count})
    part = b"plan" * 1000 + bytes([count // 40])
    assert dict(page.parts) == {part_name(part): part}
    journal.write(99.0, "event", {"k": 0})
    again = journal.last()
    assert again is not None
    assert (again.number, again.event) == (count + 1, "event")
    journal.close()


def test_a_log_torn_anywhere_gives_a_whole_entry_or_none(tmp_path: Path) -> None:
    """Every prefix of the log of a killed process holds some entry, whole; later, the later."""
    journal, seen = filled(tmp_path, 9), []
    size = (tmp_path / "day.journal-wal").stat().st_size
    for keep in np.linspace(0, size, 25).astype(int):
        copy = torn(tmp_path, int(keep))
        reader = open_journal(copy)
        page = reader.last()
        reader.close()
        seen.append(0 if page is None else page.number)
        assert page is None or page.value["k"] == page.number
    journal.close()
    assert seen == sorted(seen)
    assert seen[-1] == 9


def test_rubbish_at_the_end_costs_one_entry(tmp_path: Path) -> None:
    """The last commit is lost, the one before is there."""
    journal = filled(tmp_path, 5)
    copy = torn(tmp_path, 10**9)
    journal.close()
    log = copy / "day.journal-wal"
    data = bytearray(log.read_bytes())
    data[-300:] = np.random.default_rng(1).bytes(300)
    log.write_bytes(data)
    page = Journal(copy / "day.journal", WHO).last()
    assert page is not None
    assert page.number == 4


def test_a_row_that_was_changed_is_passed_over(tmp_path: Path) -> None:
    """A flipped value does not fit its digest; neither does a part that is gone."""
    filled(tmp_path, 6).close()
    base = sqlite3.connect(tmp_path / "day.journal")
    base.execute("UPDATE entries SET value = replace(value, '6', '7') WHERE number = 6")
    base.execute("UPDATE entries SET time = 4.5 WHERE number = 5")
    base.commit()
    base.close()
    page = open_journal(tmp_path).last()
    assert page is not None
    assert page.number == 4


def test_the_file_does_not_grow_with_the_day(tmp_path: Path) -> None:
    """Slots are used again, and parts that nobody names are dropped."""
    journal, sizes = open_journal(tmp_path), []
    for k in range(400):
        journal.write(float(k), "time", {"k": k}, (np.random.default_rng(k // 5).bytes(20_000),))
        if k in (199, 399):
            sizes.append((tmp_path / "day.journal").stat().st_size)
    journal.close()
    assert sizes[1] <= 1.1 * sizes[0]


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    """The write-ahead log is synced at each commit, not only at checkpoints."""
    journal = open_journal(tmp_path)
    assert journal.durability == ("wal", 2)
    journal.close()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ({**WHO, "site": "pier"}, ["site", "'yard'", "'pier'", "name another file"]),
        ({**WHO, "robot": "greeter"}, ["robot", "'sweeper'", "'greeter'"]),
        ({**WHO, "day": "sunday"}, ["day", "'monday'", "'sunday'"]),
    ],
)
def test_a_journal_of_something_else_is_refused(
    tmp_path: Path, who: dict[str, str], words: list[str]
) -> None:
    """It says of what it is, and what to do."""
    filled(tmp_path, 1).close()
    with pytest.raises(RecordError) as caught:
        Journal(tmp_path / "day.journal", who)
    assert all(word in str(caught.value) for word in words)


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    """A text file, a folder, and one that another run holds: one line each."""
    text = tmp_path / "notes.txt"
    text.write_text("sweep the plaza\n" * 100, encoding="utf-8")
    with pytest.raises(RecordError, match="no journal"):
        Journal(text, WHO)
    with pytest.raises(RecordError, match="can be written"):
        Journal(tmp_path, WHO)
    first = open_journal(tmp_path)
    with pytest.raises(RecordError, match="in use; end the run"):
        open_journal(tmp_path)
    first.close()


def test_a_new_day_begins_with_nothing(tmp_path: Path) -> None:
    """And numbers go on, so that an old entry can never look newer."""
    journal = filled(tmp_path, 7)
    journal.begin_anew()
    assert journal.last() is None
    journal.write(0.0, "event", {"k": 1}, (b"x",))
    page = journal.last()
    assert page is not None
    assert page.number == 8
    journal.close()
