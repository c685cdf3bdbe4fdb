"""What a behaviour may need to know of the world, and whether what it needs is so."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

NEAR = 2.0
"""A visitor so near is near [m]."""
GROUP = 3
"""So many visitors are a group."""
_AMOUNT = re.compile(r"([a-z_]+)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(%?)")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Situation:
    """The world as far as behaviours ask for it."""

    time: float
    """[s]."""
    standing: bool = True
    crouching: bool = False
    battery: float = 1.0
    """0 to 1."""
    visitors: int = 0
    """Near enough to be a company."""
    nearest: float = math.inf
    """Of them [m]."""
    child: bool = False
    """Whether one of them is a child."""
    room: float = math.inf
    """Free distance around [m]."""
    heard: tuple[str, ...] = ()
    speaking: bool = False
    arrived: bool = False
    """Whether the last way that was asked for has ended."""
    hand_held: bool = False
    safe: bool = True
    """False where safety forbids to move: everything ends at once."""
    balanced: bool = True
    """False where the body is needed against a fall."""

    def holds(self, event: str) -> bool:
        """Whether something that can be waited for is so."""
        states = {
            "visitor_near": self.nearest <= NEAR,
            "visitor_gone": self.visitors == 0,
            "child_near": self.child and self.nearest <= NEAR,
            "group_near": self.visitors >= GROUP,
            "hand_held": self.hand_held,
            "hand_free": not self.hand_held,
            "silence": not self.speaking and not self.heard,
            "arrived": self.arrived,
        }
        return states.get(event, False)

    def lacks(self, needs: tuple[str, ...]) -> str:
        """Return the first need that is not met, in words; "" if all are."""
        return next((text for need in needs if (text := self._lacks(need))), "")

    def _lacks(self, need: str) -> str:
        states = {
            "standing": self.standing,
            "sitting": False,
            "crouching": self.crouching,
            "visitor": self.visitors > 0,
            "child": self.child,
            "group": self.visitors >= GROUP,
            "alone": self.visitors == 0,
            "quiet": not self.speaking,
        }
        if need in states:
            return "" if states[need] else f"it needs '{need}'"
        found = _AMOUNT.fullmatch(need)
        if found is None:
            return f"nobody knows the need '{need}'"
        name, sign, limit = found[1], found[2], float(found[3])
        have = {"battery": 100.0 * self.battery, "room": self.room, "visitors": self.visitors}
        value = have.get(name, math.nan)
        met = {">": value > limit, "<": value < limit, ">=": value >= limit, "<=": value <= limit}
        return "" if met[sign] else f"it needs {need}, and there is {value:g}{found[4]}"


def matches(condition: str, heard: str, now: Situation) -> bool:
    """Whether a choice's condition holds: ``heard a | b`` of what was heard, an event, or ""."""
    if not condition:
        return True
    if not condition.startswith("heard "):
        return now.holds(condition)
    return any(_contains(heard, word) for word in condition.removeprefix("heard ").split(" | "))


def _contains(heard: str, word: str) -> bool:
    text, word = heard.lower(), word.strip().lower()
    if _HAN.search(word):
        return word in text
    return re.search(rf"\b{re.escape(word)}\b", text) is not None
