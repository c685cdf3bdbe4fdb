"""What the greeter is doing, in words for people."""

from __future__ import annotations

_PLAIN = {
    "idle": "swaying and looking around",
    "farewell": "saying goodbye",
    "answer": "answering a question",
    "visit": "walking to somebody who lingers",
    "turn": "turning to people who stand aside",
    "stroll/out": "taking a few steps",
    "stroll/back": "walking back to its station",
    "stroll/pause": "standing and looking at the sea",
    "bumped": "somebody ran into it: standing and saying that no harm is done",
    "lost": "finding out where it is",
    "leaving": "bowing: the visit is over",
}


def activity(where: str, *, company: int, group: int, about: str) -> str:
    """Return the text for a state.

    Args:
        where: The state below ``working``.
        company: How many visitors are near.
        group: How many are greeted.
        about: The show, the reason, the handshake's part.
    """
    told = {
        "notice": f"noticing {people(max(company, 1))}",
        "greet": f"greeting {people(group)}",
        "follow": f"following {people(max(company, 1))} with its face",
        "show": f"showing {about}",
        "handshake": f"shaking hands: {about}",
        "help": f"asking for help: {about}",
    }
    return told.get(where) or _PLAIN.get(where, where)


def people(count: int) -> str:
    """Return "one visitor", "two visitors", … for the activity text."""
    words = ("no", "one", "two", "three", "four", "five", "six")
    number = words[count] if count < len(words) else str(count)
    return f"{number} visitor{'' if count == 1 else 's'}"
