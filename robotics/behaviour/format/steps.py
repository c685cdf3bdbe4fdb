"""Steps: what waits for the world, one after the other, each with an end in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from robotics.behaviour.compiled import Resource, Step, Words, collide
from robotics.behaviour.format.conditions import EVENTS, OTHERWISE, normal
from robotics.behaviour.format.cues import Say
from robotics.behaviour.format.params import Value
from robotics.behaviour.format.schema import StepText
from robotics.behaviour.format.sheet import did_you_mean
from robotics.behaviour.format.task import Task
from robotics.behaviour.format.words import gesture, said, spoken_time, sung
from robotics.core.config import Location

ANSWER_TIME = 8.0
"""A question waits so long if it does not say [s]."""
WAY_TIME = 180.0
"""A way takes at most so long if it does not say [s]."""
ACTS = ("ask", "say", "sing", "go_to", "wait", "repeat", "wait_for", "play", "look", "act")
"""What a step may be; ``choose`` goes with ``ask`` or stands alone, ``gesture`` with words."""
BESIDE: dict[str, tuple[str, ...]] = {
    "say": ("gesture",),
    "ask": ("gesture", "choose", "at_most"),
    "sing": ("gesture",),
    "go_to": ("at_most",),
    "play": ("with_",),
    "act": ("with_", "at_most"),
}
"""What else may stand in a step of a kind."""


@dataclass(slots=True)
class Made:
    """Steps that are ready, what they use, and how long they may take."""

    steps: list[Step] = field(default_factory=list)
    uses: set[Resource] = field(default_factory=set)
    seconds: float = 0.0
    """At most [s]."""

    def add(self, step: Step, seconds: float, *uses: Resource) -> None:
        """Add a step at the end."""
        self.steps.append(step)
        self.uses.update(uses)
        self.seconds += seconds


def made(task: Task, at: Location, texts: Sequence[StepText]) -> Made:
    """Return the steps of a list, ready; what is wrong with them is noted."""
    result = Made()
    for place, text in enumerate(texts):
        _step(task, (*at, place), text, result)
    return result


def _step(task: Task, at: Location, text: StepText, result: Made) -> None:
    kind = _kind(task, at, text)
    if kind in ("say", "ask", "sing"):
        _speaking(task, at, text, kind, result)
    elif kind == "gesture":
        _play(task, (*at, "gesture"), text.gesture or "", text, result)
    elif kind == "play":
        _play(task, (*at, "play"), text.play or "", text, result)
    elif kind == "go_to":
        seconds = WAY_TIME if text.at_most is None else text.at_most
        step = Step("go_to", name=text.go_to or "", seconds=seconds)
        result.add(step, seconds, Resource.BASE)
    elif kind == "wait":
        result.add(Step("wait", seconds=text.wait or 0.0), text.wait or 0.0)
    elif kind == "look":
        result.add(Step("look", name=text.look or ""), 0.0, Resource.HEAD)
    elif kind == "choose":
        branches, seconds = _branches(task, at, text, result)
        result.add(Step("choose", branches=branches), seconds)
    elif kind == "repeat":
        _repeat(task, at, text, result)
    elif kind == "wait_for":
        _wait_for(task, at, text, result)
    elif kind == "act":
        _act(task, at, text, result)


def _kind(task: Task, at: Location, text: StepText) -> str:
    """Return which kind of step it is; "" if that is not clear."""
    given = [key for key in StepText.model_fields if key in text.model_fields_set]
    acts = [key for key in ACTS if key in given]
    if not acts:
        acts = [key for key in given if key in ("choose", "gesture")][:1]
    if len(acts) != 1:
        if task.sheet.is_whole(at):
            task.sheet.fault(at, "step", found=", ".join(acts) or "-")
        return ""
    for key in given:
        if key != acts[0] and key not in BESIDE.get(acts[0], ()):
            shown = key.rstrip("_")
            task.sheet.fault((*at, shown), "step_extra", key=shown, kind=acts[0])
    return acts[0]


def _speaking(task: Task, at: Location, text: StepText, kind: str, result: Made) -> None:
    words = Words(0.0)
    along: list[tuple[str, float]] = []
    ends: list[tuple[float, frozenset[Resource]]] = []
    say: Say | None = text.say if kind == "say" else text.ask
    if kind == "sing" and text.sing is not None and sung(task, (*at, "sing"), text.sing):
        words = Words(0.0, song=text.sing)
    elif say is not None:
        words, inserts = said(task, (*at, kind), 0.0, say)
        for one in inserts:
            along.append((one.behaviour.name, one.start))
            _check_beside(task, one.at, one.start, one.behaviour.resources, ends)
            ends.append((one.start + one.behaviour.duration, one.behaviour.resources))
            result.uses |= one.behaviour.resources
    if text.gesture is not None:
        found = gesture(task, (*at, "gesture"), text.gesture)
        if found is not None:
            if ends and any(collide(found.resources, uses) for _, uses in ends):
                _beside(task, (*at, "gesture"), found.resources)
            along.insert(0, (found.name, 0.0))
            ends.append((found.duration, found.resources))
            result.uses |= found.resources
    seconds = max([spoken_time(task, words), *(end for end, _ in ends)])
    wait = 0.0
    branches: Branches = ()
    if kind == "ask":
        wait = ANSWER_TIME if text.at_most is None else text.at_most
        branches, longest = _branches(task, at, text, result)
        seconds += wait + longest
    step = Step(
        "say" if kind == "sing" else kind,
        words=words,
        name=along[0][0] if along else "",
        seconds=wait,
        branches=branches,
        arguments=tuple(along),
    )
    result.add(step, seconds, Resource.VOICE)


def _check_beside(
    task: Task,
    at: Location,
    start: float,
    uses: frozenset[Resource],
    ends: Sequence[tuple[float, frozenset[Resource]]],
) -> None:
    if any(end > start and collide(uses, other) for end, other in ends):
        _beside(task, at, uses)


def _beside(task: Task, at: Location, uses: frozenset[Resource]) -> None:
    joints = ", ".join(sorted(uses))
    words = {"first": "gesture", "second": "gesture", "joint": joints, "from_": "-", "to": "-"}
    task.sheet.fault(at, "two_tracks", **words)


Branches = tuple[tuple[str, tuple[Step, ...]], ...]


def _branches(task: Task, at: Location, text: StepText, result: Made) -> tuple[Branches, float]:
    """Return the ways on of a ``choose``, and how long the longest may take [s]."""
    found: list[tuple[str, tuple[Step, ...]]] = []
    longest = 0.0
    for place, choice in enumerate(text.choose or ()):
        where: Location = (*at, "choose", place)
        when = normal(choice.when)
        if when is None:
            known = [OTHERWISE, "heard yes | sure", *EVENTS]
            mend, mend_en = did_you_mean(choice.when, known)
            words = {"value": choice.when, "mend": mend, "mend_en": mend_en}
            task.sheet.fault((*where, "when"), "need", **words)
        inner = made(task, (*where, "do"), choice.do)
        result.uses |= inner.uses
        longest = max(longest, inner.seconds)
        found.append((when or "", tuple(inner.steps)))
    return tuple(found), longest


def _repeat(task: Task, at: Location, text: StepText, result: Made) -> None:
    assert text.repeat is not None
    inner = made(task, (*at, "repeat", "do"), text.repeat.do)
    result.uses |= inner.uses
    if text.repeat.times is None:
        if task.sheet.is_whole((*at, "repeat")):
            task.sheet.fault((*at, "repeat"), "endless")
        return
    times = text.repeat.times
    step = Step("repeat", times=times, branches=(("", tuple(inner.steps)),))
    result.add(step, times * inner.seconds)


def _wait_for(task: Task, at: Location, text: StepText, result: Made) -> None:
    wait = text.wait_for
    assert wait is not None
    if wait.event not in EVENTS:
        mend, mend_en = did_you_mean(wait.event, EVENTS)
        where: Location = (*at, "wait_for", "event")
        task.sheet.fault(where, "need", value=wait.event, mend=mend, mend_en=mend_en)
    if wait.at_most is None and task.sheet.is_whole((*at, "wait_for")):
        task.sheet.fault((*at, "wait_for"), "endless_wait")
    inner = made(task, (*at, "wait_for", "otherwise"), wait.otherwise)
    result.uses |= inner.uses
    branches: Branches = ((OTHERWISE, tuple(inner.steps)),) if inner.steps else ()
    seconds = wait.at_most or 0.0
    step = Step("wait_for", name=wait.event, seconds=seconds, branches=branches)
    result.add(step, seconds + inner.seconds)


def _play(task: Task, at: Location, name: str, text: StepText, result: Made) -> None:
    arguments: tuple[tuple[str, Value], ...] = tuple(sorted(text.with_.items()))
    found = task.refer(at, name, arguments)
    if found is None:
        return
    if found.clip is not None and found.clip.loop:
        task.sheet.fault(at, "plays_loop", name=name)
    result.add(Step("play", name=found.name), found.duration, *found.resources)


def _act(task: Task, at: Location, text: StepText, result: Made) -> None:
    name = text.act or ""
    action = task.library.actions.get(name)
    if action is None:
        task.sheet.unknown((*at, "act"), "action", name, task.library.actions)
        return
    seconds = action.at_most if text.at_most is None else text.at_most
    if seconds < action.at_most:
        task.sheet.fault((*at, "at_most"), "bound", name=name, limit=f"{action.at_most:g}")
    arguments = tuple((key, _plain(value)) for key, value in sorted(text.with_.items()))
    step = Step("act", name=name, seconds=seconds, arguments=arguments)
    result.add(step, seconds, *action.uses)


def _plain(value: Value) -> float | str:
    return value if isinstance(value, str) else float(value)
