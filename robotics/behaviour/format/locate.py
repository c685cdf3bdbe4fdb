"""Where in the file a fault of a movement comes from: the keyframe that it moves to."""

from __future__ import annotations

from dataclasses import replace

from robotics.behaviour.finding import Finding
from robotics.behaviour.format.sheet import Sheet, dotted
from robotics.core.config import Location

_SIDES = ("left_", "right_", "head", "trunk")
"""What joints and links of one limb begin with."""


def located(one: Finding, sheet: Sheet) -> Finding:
    """Return a finding with the file, the line and the place that it comes from.

    Args:
        one: With a joint (or links) and a time, as a proof says it.
        sheet: Of the file whose behaviour was proved.
    """
    if one.line:
        return one
    at = _keyframe(one, sheet) or _section(one, sheet)
    mark = sheet.marked.mark(at)
    return replace(one, file=sheet.file, line=mark.line, column=mark.column, place=dotted(at))


def _keyframe(one: Finding, sheet: Sheet) -> Location:
    """Return the next keyframe of the joint, or of a joint of the same limb, or of any."""
    if one.time is None:
        return ()
    for starts in _narrowing(one.joint):
        some = [knot for knot in sheet.knots if knot[0].startswith(starts)]
        later = [knot for knot in some if knot[1] >= one.time - 1e-6]
        if later:
            return min(later, key=lambda knot: knot[1])[2]
        if some:
            return max(some, key=lambda knot: knot[1])[2]
    return ()


def _narrowing(joint: str) -> list[tuple[str, ...]]:
    limbs = tuple(side for side in _SIDES if side in joint)
    return [one for one in ((joint,) if joint else (), limbs, ("",)) if one]


def _section(one: Finding, sheet: Sheet) -> Location:
    for key in ("tracks", "steps", "say", "music", "behaviour"):
        if (key,) in sheet.marked.values:
            return (key,)
    return ()
