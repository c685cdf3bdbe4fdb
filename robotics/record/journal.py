"""A journal on disk from which a killed or rebooted robot goes on: SQLite with a write-ahead log.

Why it is built so:

- *Write-ahead log, synchronous = FULL.* A commit is one append to the log and one fsync. With
  NORMAL the log is synced at checkpoints only: a process may be killed without loss, but a loss of
  power takes back everything since the last checkpoint, which is minutes of work. FULL costs one
  fsync a second, a few ms on an SSD.
- *A ring of rows.* Every entry is whole and goes to the next of a few slots, so that the file does
  not grow with the day and the entry before the last survives whatever happens to the last.
- *Checksums of our own.* SQLite checks the frames of its log, not the pages of its file. Every row
  has a digest over its number, time and value; one that does not fit is passed over.
- *Big parts apart.* A plan is written when it changes; entries name it by its digest.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from robotics.core.errors import RecordError

FORMAT = 1
"""Version of what stands in the file."""
SLOTS = 16
"""Entries that are kept."""
_TABLES = """
CREATE TABLE IF NOT EXISTS head (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries
    (slot INTEGER PRIMARY KEY, number INTEGER, time REAL, event TEXT, value BLOB, digest BLOB);
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, number INTEGER, value BLOB) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the journal."""

    number: int
    """Counted from 1."""
    time: float
    """[s], by the clock of the run that wrote it."""
    event: str
    """What made it write."""
    value: Mapping[str, Any]
    """Plain JSON values."""
    parts: Mapping[str, bytes]
    """The big values that ``value`` names."""


class Journal:
    """One file, one writer."""

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        """Open the file, or begin one.

        Args:
            path: The file.
            identity: Whose it is: site, robot, plan of the day, ... by name.

        Raises:
            RecordError: It cannot be written, is no journal, is in use, or is of something else.
        """
        self.path = path
        try:
            self._base = sqlite3.connect(path, timeout=0.5, isolation_level=None)
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
                self._base.execute(f"PRAGMA {pragma}").fetchall()
            self._base.execute("PRAGMA wal_autocheckpoint=200")
            self._base.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
        except sqlite3.OperationalError as error:
            in_use = "locked" in str(error)
            cure = "end the run that uses it" if in_use else "choose a file that can be written"
            raise RecordError(path, "", "it is in use" if in_use else str(error), cure) from error
        except sqlite3.DatabaseError as error:
            raise RecordError(path, "", f"no journal: {error}", "name another file") from error
        self._identify({"format": str(FORMAT), **identity})
        newest = self.last()
        self._number = self._highest() if newest is None else max(newest.number, self._highest())
        self._written = set() if newest is None else set(newest.parts)

    def last(self) -> Page | None:
        """Return the newest entry that is whole; None if there is none."""
        rows = self._read("SELECT number, time, event, value, digest FROM entries ORDER BY number")
        for number, time, event, value, digest in reversed(rows):
            if not isinstance(value, bytes) or _digest(number, time, event, value) != digest:
                continue
            plain: dict[str, Any] = orjson.loads(value)
            parts = {name: self._part(name) for name in plain["parts"]}
            if all(_name(found) == name for name, found in parts.items()):
                whole = MappingProxyType({name: found or b"" for name, found in parts.items()})
                return Page(number, time, event, MappingProxyType(plain["value"]), whole)
        return None

    def write(
        self, time: float, event: str, value: Mapping[str, Any], parts: tuple[bytes, ...] = ()
    ) -> None:
        """Write an entry; when this returns it is on the disk.

        Args:
            time: Of the run [s].
            event: What made it necessary.
            value: Plain JSON values.
            parts: Big values that it needs, written once; see ``part_name``.

        Raises:
            RecordError: The disk is full, or the file is gone.
        """
        number = self._number + 1
        names = {_name(part): part for part in parts}
        data = orjson.dumps({"value": dict(value), "parts": list(names)})
        row = (number % SLOTS, number, time, event, data, _digest(number, time, event, data))
        base = self._base
        try:
            base.execute("BEGIN IMMEDIATE")
            for name, part in names.items():
                if name not in self._written:
                    base.execute(
                        "INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (name, number, part)
                    )
            base.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
            self._mark_used(names, number)
            base.execute("COMMIT")
        except sqlite3.Error as error:
            raise RecordError(self.path, "", str(error), "make room for it") from error
        self._number = number
        self._written |= set(names)

    def begin_anew(self) -> None:
        """Forget all entries: a new day begins."""
        self._base.executescript("BEGIN IMMEDIATE;DELETE FROM entries;DELETE FROM parts;COMMIT;")
        self._written = set()

    @property
    def durability(self) -> tuple[str, int]:
        """SQLite's journal mode, and how far it goes to have things on the disk (2: FULL)."""
        ((mode,),), ((level,),) = (
            self._read("PRAGMA journal_mode"),
            self._read("PRAGMA synchronous"),
        )
        return str(mode), int(level)

    def on_progress(self, call: Callable[[], None], steps: int) -> None:
        """Let ``call`` be called every ``steps`` steps of the database: for trials that kill."""
        self._base.set_progress_handler(call, steps)

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        self._base.close()

    def _mark_used(self, names: Mapping[str, bytes], number: int) -> None:
        """Drop the parts that no entry of the ring can name any more, now and then."""
        if number % SLOTS:
            return
        self._base.executemany(
            "UPDATE parts SET number = ? WHERE name = ?", [(number, name) for name in names]
        )
        dropped = self._base.execute(
            "DELETE FROM parts WHERE number < ? RETURNING name", (number - 2 * SLOTS,)
        ).fetchall()
        self._written -= {name for (name,) in dropped}

    def _identify(self, identity: Mapping[str, str]) -> None:
        found = dict(self._read("SELECT key, value FROM head"))
        if not found:
            rows = list(identity.items())
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("INSERT INTO head VALUES (?, ?)", rows)
            self._base.execute("COMMIT")
            return
        for key, wanted in identity.items():
            if found.get(key) != wanted:
                self.close()
                problem = f"it was written for {key} '{found.get(key)}', this is '{wanted}'"
                raise RecordError(self.path, key, problem, "name another file")

    def _highest(self) -> int:
        ((highest,),) = self._read("SELECT MAX(number) FROM entries") or [(0,)]
        return int(highest or 0)

    def _part(self, name: str) -> bytes | None:
        rows = self._read("SELECT value FROM parts WHERE name = ?", (name,))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None

    def _read(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            problem = f"it is damaged: {error}"
            cure = "keep it for those who look into it, and name another file"
            raise RecordError(self.path, "", problem, cure) from error


def _digest(number: int, time: float, event: str, value: bytes) -> bytes:
    head = f"{number} {time!r} {event} ".encode()
    return hashlib.blake2b(head + value, digest_size=16).digest()


def _name(part: bytes | None) -> str:
    return "" if part is None else hashlib.blake2b(part, digest_size=16).hexdigest()


part_name = _name
"""The name under which a part is kept."""
