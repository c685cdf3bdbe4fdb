"""Compiled code is cached, and never stale."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

INNER = """
from robotics.core.compiled import compiled

SCALE = {scale}

@compiled
def inner(x: float) -> float:
    return {inner}
"""

RECORD = """
from typing import NamedTuple


class Pair(NamedTuple):
    a: float
    b: float
"""

ADDS = """
import {module}
from robotics.core.compiled import compiled

@compiled
def adds(pair) -> float:
    return pair.a + pair.b

print(adds({module}.Pair(1.0, 2.0)), 0)
"""

OUTER = """
from inner import SCALE, inner
from robotics.core.compiled import compiled

@compiled
def outer(x: float) -> float:
    return SCALE * inner(x)

print(outer(2.0), sum(outer.stats.cache_hits.values()))
"""


def _run(folder: Path, *, inner: str, scale: float) -> tuple[float, int]:
    """Return what ``outer`` answers in a new process, and how often it came from the cache."""
    (folder / "inner.py").write_text(INNER.format(inner=inner, scale=scale), encoding="utf-8")
    (folder / "outer.py").write_text(OUTER, encoding="utf-8")
    return _answer(folder, "outer.py")


def _answer(folder: Path, script: str) -> tuple[float, int]:
    """Return the two numbers that a script prints in a new process."""
    done = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer, hits = done.stdout.split()
    return float(answer), int(hits)


def test_the_cache_is_used_until_something_that_is_compiled_in_changes(tmp_path: Path) -> None:
    """A kernel in another file, or a constant from there, is part of the machine code."""
    assert _run(tmp_path, inner="x + 1.0", scale=1.0) == (3.0, 0)
    assert _run(tmp_path, inner="x + 1.0", scale=1.0) == (3.0, 1)
    assert _run(tmp_path, inner="x + 5.0", scale=1.0) == (7.0, 0)
    assert _run(tmp_path, inner="x + 5.0", scale=2.0) == (14.0, 0)
    assert _run(tmp_path, inner="x + 5.0", scale=2.0) == (14.0, 1)


def test_a_cache_that_names_a_module_that_is_gone_is_no_obstacle(tmp_path: Path) -> None:
    """After an update that moves a record, the kernel is compiled anew instead of failing."""
    for module in ("before", "after"):
        (tmp_path / f"{module}.py").write_text(RECORD, encoding="utf-8")
        (tmp_path / "adds.py").write_text(ADDS.format(module=module), encoding="utf-8")
        assert _answer(tmp_path, "adds.py") == (3.0, 0)
        (tmp_path / f"{module}.py").unlink()
