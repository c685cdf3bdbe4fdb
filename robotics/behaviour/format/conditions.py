"""What a behaviour may need, wait for, or choose by."""

from __future__ import annotations

import re
from difflib import get_close_matches

from robotics.behaviour.finding import Texts

STATES = ("standing", "sitting", "crouching", "visitor", "child", "group", "alone", "quiet")
"""Needs that hold or do not."""
AMOUNTS = {"battery": "%", "room": "", "visitors": ""}
"""Needs that compare a number, and its unit; room is the free distance around [m]."""
EVENTS = (
    *("visitor_near", "visitor_gone", "child_near", "group_near"),
    *("hand_held", "hand_free", "silence", "arrived"),
)
"""What may be waited for or chosen by."""
OTHERWISE = "otherwise"

_AMOUNT = re.compile(r"([a-z_]+)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(%?)")


def wrong_need(text: str) -> Texts | None:
    """Return what to write instead, in both languages; None if ``text`` is a need."""
    if text in STATES:
        return None
    found = _AMOUNT.fullmatch(text)
    if found is not None and found[1] in AMOUNTS and found[4] == AMOUNTS[found[1]]:
        return None
    names = [*STATES, *AMOUNTS]
    name = re.split(r"[<>=\s]", text, maxsplit=1)[0]
    near = get_close_matches(name, names, n=1)
    shown = ", ".join([*STATES, "battery>20%", "room>1.0", "visitors>1"])
    if near and near[0] != name:
        return f"是不是 '{near[0]}'?", f"did you mean '{near[0]}'?"
    return f"可用：{shown}", f"allowed: {shown}"


def normal(when: str) -> str | None:
    """Return a choice's condition as the runner reads it; None if it is none.

    ``""`` for ``otherwise``, ``heard a | b`` with single blanks, or the name of an event.
    """
    text = " ".join(when.split())
    if text == OTHERWISE:
        return ""
    if text.startswith("heard "):
        words = [word.strip() for word in text.removeprefix("heard ").split("|")]
        return f"heard {' | '.join(words)}" if all(words) else None
    return text if text in EVENTS else None
