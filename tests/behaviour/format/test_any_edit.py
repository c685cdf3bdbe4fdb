"""Whatever is done to a good file, there is an answer: a behaviour, or faults with their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robotics.assets import asset
from robotics.core.config import Location
from robotics.core.marked import parse

FILES = sorted(asset("behaviours/templates/greeter").glob("*.yaml"))
VALUES: list[Any] = [
    *(None, "", 0, -1, 1e9, -1e9, True, 3.5, 1e-9, "no", "12:30", "${x}", "[wave]", "[", "重"),
    *([], {}, [1], {"a": 1}, [{"time": 0}], [{"beat": 1}], {"zh": "好", "en": "x"}, "rest", "one"),
]
KEYS = "time beat pose joints say zh until steps tracks loop tempo music params with play repeat"


def places(node: Any, at: Location = ()) -> Iterator[Location]:
    """Yield the way to every value."""
    yield at
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*at, key))
    if isinstance(node, list):
        for place, value in enumerate(node):
            yield from places(value, (*at, place))


@given(data=st.data(), path=st.sampled_from(FILES), edits=st.integers(1, 3))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_edit_has_an_answer(desk: Any, data: Any, path: Path, edits: int) -> None:
    """Replace, remove, rename, add: never an exception; what passes is finite and has an end."""
    tree = parse(path.read_text("utf-8")).data | {"behaviour": "one"}
    for _ in range(edits):
        at = data.draw(st.sampled_from(list(places(tree))[1:]))
        around = tree
        for part in at[:-1]:
            around = around[part]
        value = deepcopy(data.draw(st.sampled_from(VALUES)))
        key = data.draw(st.sampled_from(KEYS.split()))
        kind = data.draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if kind == "replace" or isinstance(around, list):
            around[at[-1]] = value
        elif kind == "add":
            around[key] = value
        else:
            gone = around.pop(at[-1])
            around |= {key: gone} if kind == "rename" else {}
    (desk.root / "greeter" / "one.yaml").write_text(json.dumps(tree), encoding="utf-8")
    outcome = desk.compiled("one")
    assert (outcome.behaviour is None) == any(one.is_fault for one in outcome.findings)
    assert all(one.line == 1 and one.column >= 1 and all(one.cure) for one in outcome.findings)
    if outcome.behaviour is not None:
        one = outcome.behaviour
        assert 0.0 < one.duration <= 3600.0
        assert len(one.words[0].zh if one.words else ()) == len(
            one.words[0].en if one.words else ()
        )
        if one.clip is not None:
            moments = np.linspace(0.0, one.duration, 50)
            assert all(np.isfinite(one.clip.evaluate(float(time))).all() for time in moments)
