"""Checking again whenever a file is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from robotics.authoring.shelf import SUFFIX, Found, Shelf, find


@dataclass(slots=True)
class Watcher:
    """Tells which files have changed since it last looked; a file that is new has changed."""

    shelf: Shelf
    targets: tuple[str, ...] = ()
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def changed(self) -> Found:
        """Return the behaviours to check again: all of them when a pose or a song has changed.

        Raises:
            RoboticsError: A behaviour that was named does not exist.
        """
        files = find(self.shelf, self.targets)
        now = {path: _stamp(path) for _, path in files}
        around = {path: _stamp(path) for path in self._around()}
        before, self._seen = self._seen, {**now, **around}
        if any(before.get(path) != stamp for path, stamp in around.items()):
            return files
        return tuple((shelf, path) for shelf, path in files if before.get(path) != now[path])

    def _around(self) -> Iterable[Path]:
        for root in self.shelf.roots:
            yield from (root / "songs").glob("*")
            yield from (root / "poses").glob(f"*{SUFFIX}")


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:  # an editor that saves by renaming takes it away for a moment
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def watch(watcher: Watcher, tell: Callable[[Found], None], wait: Callable[[], bool]) -> None:
    """Tell of files whenever they are saved, and of all of them at first.

    Args:
        watcher: Which files.
        tell: Is given those that changed.
        wait: Waits a moment; False to end.
    """
    while True:
        changed = watcher.changed()
        if changed:
            tell(changed)
        if not wait():
            return
