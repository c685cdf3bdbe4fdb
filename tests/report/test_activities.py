"""Whatever a robot says it is doing, people read it in Chinese, too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from robotics.behaviour.format.tags import has_chinese
from robotics.report.activities import both, chinese
from robotics.robots.greeter.activity import activity
from robotics.robots.greeter.handshake import table as handshake
from robotics.robots.greeter.states import table

ROBOTS = Path(__file__).parents[2] / "robotics" / "robots"


def greeter() -> list[str]:
    """Return what the greeter may be doing, for each of its states."""
    states = [path.removeprefix("working/") for path, _ in table().walk()]
    told = [activity(where, company=2, group=3, about="") for where in states]
    parts = [one.meaning for one in handshake().states if one.name != "ready"]
    return [
        *(text for where, text in zip(states, told, strict=True) if text != where),
        *(activity("handshake", company=1, group=0, about=part) for part in parts),
    ]


def sweeper() -> list[str]:
    """Return the beginnings of what the sweeper's mission says, as written in its source."""
    tree = ast.parse((ROBOTS / "sweeper" / "mission.py").read_text(encoding="utf-8"))
    base = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_base")
    texts = [n.value for n in ast.walk(base) if isinstance(n, ast.Constant)]
    told = [
        text for text in texts if isinstance(text, str) and re.match(r"[a-z]+ing |at |in ", text)
    ]
    return [*told, "sweeping huatan", "parked in the dock", "at the station for water"]


@pytest.mark.parametrize("label", greeter())
def test_the_greeter_is_told_of_in_chinese(label: str) -> None:
    """Every state, every part of a handshake."""
    assert has_chinese(chinese(label)), label


def test_the_sweeper_is_told_of_in_chinese() -> None:
    """Whatever its mission says."""
    wrong = [one for one in sweeper() if one != "at " and not has_chinese(chinese(one))]
    assert len(sweeper()) > 8
    assert wrong == []


def test_numbers_and_names_are_taken_over() -> None:
    """How many visitors, which dance; one line; nothing where nothing is known."""
    assert both("greeting two visitors") == "问候两位游客 greeting two visitors"
    assert chinese("following 9 visitors with its face") == "目光跟随9位游客"
    assert chinese("showing Jasmine dance (茉莉花舞)") == "表演：茉莉花舞"
    assert both("somersaults") == "somersaults"
