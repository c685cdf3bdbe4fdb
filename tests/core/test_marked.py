"""Values are those of the other YAML reader; every key has its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.assets import asset
from robotics.core.config import load_yaml
from robotics.core.marked import parse

FILES = sorted(asset("behaviours").rglob("*.yaml"))[::7]


def plain(node: Any) -> Any:
    """Return a round-trip tree as plain values."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node if isinstance(node, bool | int | float) or node is None else str(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_reads_what_the_strict_loader_reads(path: Path) -> None:
    """On real files, value for value."""
    assert parse(path.read_text("utf-8")).data == plain(load_yaml(path))


def test_yaml_1_2_and_nothing_older() -> None:
    """`no` and `yes` are words, 12:30 is text, and a leading zero is decimal."""
    text = "{a: no, b: yes, c: 12:30, d: true, e: 007, f: 1e3, g: ~, h: 0x10, i: '5'}"
    wanted = ["no", "yes", "12:30", True, 7, 1000.0, None, 16, "5"]
    assert list(parse(text).data.values()) == wanted


def test_places_count_from_one() -> None:
    """Line and column of a value; of the key where the value begins on another line."""
    found = parse("a: 1\nb:\n  - {c: x, d: [2]}\n")
    assert (found.mark(("a",)).line, found.mark(("a",)).column) == (1, 4)
    assert (found.mark(("b",)).line, found.mark(("b",)).column) == (2, 1)
    deep = found.mark(("b", 0, "d", 0))
    assert (deep.line, deep.column) == (3, 16)
    assert found.mark(("b", 0, "nothing")).line == 3


def test_keys_that_stand_twice_are_listed_and_the_rest_is_read() -> None:
    """The last one counts; both places are known."""
    found = parse("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert found.data == {"a": 3, "b": {"c": 2}}
    assert sorted(found.twice, key=str) == [("a",), ("b", "c")]
    assert found.again[("a",)].line == 3


@given(st.text(max_size=60))
def test_any_text_is_read_or_explained(text: str) -> None:
    """Never an exception."""
    found = parse(text)
    assert found.problem is None or found.problem[1].line >= 1
