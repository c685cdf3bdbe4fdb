"""Plays behaviours: which of them run, what they hold, how they begin and how they are broken off.

The mission decides which behaviour; the runner decides whether and when it may (``resources``),
leads it through its time or its steps (``steps``), and says at every decision what that means for
each channel. It is a pure function of the situations that it was told and of what was asked of it:
the same asked at the same times gives the same, bit for bit. Blends without a jump are the body's
business (``control/posture``, ``control/trunk``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from robotics.behaviour.actions import ACTIONS, Action
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Words, collide
from robotics.behaviour.resources import BODILY, Verdict, rule, uses
from robotics.behaviour.runs import Mouth, Note, Performance, Run, performance
from robotics.behaviour.situation import Situation
from robotics.behaviour.steps import Course
from robotics.core.errors import UnknownName

WAITS = 30.0
"""Who could not start for so long is sent away [s]."""
SAME = 1e-6
"""Times so near are the same [s]."""
DEEPEST = 3
"""So many behaviours may play one another."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    behaviour: Behaviour
    since: float
    order: int


@dataclass(slots=True)
class _Stage:
    """A run as its course sees it."""

    runner: Runner
    run: Run | None = None

    def speak(self, words: Words, time: float) -> float:
        assert self.run is not None
        spoken = self.runner.mouth.utter(words, self.run.behaviour, time)
        return 0.0 if spoken is None else spoken.start + spoken.duration - time

    def play(self, name: str, time: float) -> float:
        assert self.run is not None
        return self.runner.play_inside(self.run, name, time)

    def action(self, name: str) -> Action | None:
        return self.runner.actions.get(name)


def _always(_: Behaviour) -> str:
    return ""


def _nobody(_: Mapping[str, Behaviour]) -> None:
    return None


class Runner:
    """Plays the behaviours of one robot.

    Args:
        repertoire: All behaviours, by name.
        mouth: Says the words.
        permitted: Tells why a behaviour may not run on this body; "" if it may.
        actions: For the steps ``act``.
        swapped: Is told of a changed repertoire when it comes into force.

    Attributes:
        notes: What happened so far.
    """

    def __init__(
        self,
        repertoire: Mapping[str, Behaviour],
        mouth: Mouth,
        *,
        permitted: Callable[[Behaviour], str] = _always,
        actions: Mapping[str, Action] = ACTIONS,
        swapped: Callable[[Mapping[str, Behaviour]], None] = _nobody,
    ) -> None:
        self.repertoire, self.mouth, self.actions = dict(repertoire), mouth, actions
        self.notes: list[Note] = []
        self._permitted, self._swapped = permitted, swapped
        self._runs: list[Run] = []
        self._waiting: list[_Waiting] = []
        self._background: Run | None = None
        self._offered: Mapping[str, Behaviour] | None = None
        self._now = Situation(0.0)
        self._order = 0

    # ------------------------------------------------------------------ what is asked of it

    def start(self, name: str, now: Situation) -> str:
        """Start a behaviour, or let it wait; return why it was refused, "" if it was not.

        Raises:
            UnknownName: There is no such behaviour.
        """
        behaviour = self._named(name)
        self._now = now
        self._end(now)  # what has just been broken off is in nobody's way any more
        reason = self._unfit(behaviour, now)
        ruling = rule(behaviour, self._runs)
        if not reason and ruling.verdict is Verdict.REFUSE:
            reason = ruling.reason
        if reason:
            self._note(now.time, name, "refused", reason)
            return reason
        self._order += 1
        self._waiting.append(_Waiting(behaviour, now.time, self._order))
        self._admit(now)
        return ""

    def background(self, name: str, time: float) -> None:
        """Let ``name`` play under everything else from now on; "" for nothing.

        Raises:
            UnknownName: There is no such behaviour.
        """
        playing = self._background
        if (playing.behaviour.name if playing else "") == name:
            return
        self._background = None
        if name:
            behaviour = self._named(name)
            if not self._permitted(behaviour):
                self._background = Run(behaviour, uses(behaviour), time, 0)

    def stop(self, name: str, time: float, reason: str = "") -> None:
        """Break a behaviour off where it may be; one that waits is sent away."""
        self._waiting = [one for one in self._waiting if one.behaviour.name != name]
        for run in self._runs:
            if run.behaviour.name == name and run.parent is None:
                run.break_off(time, reason)

    def clear(self, time: float, reason: str) -> None:
        """End everything at once, the voice too: safety outvotes what may be broken off when."""
        for run in self._runs:
            self._note(time, run.behaviour.name, "broken off", reason)
        if self._runs:
            self.mouth.hush()
        self._runs, self._waiting = [], []

    def offer(self, repertoire: Mapping[str, Behaviour]) -> tuple[str, ...]:
        """Offer a changed repertoire; it is in force when nothing runs. Return what was refused.

        A behaviour that has not passed stays as it is now, or out.
        """
        refused = {name: why for name, one in repertoire.items() if (why := self._permitted(one))}
        kept = {name: self.repertoire[name] for name in refused if name in self.repertoire}
        passed = {name: one for name, one in repertoire.items() if name not in refused}
        self._offered = {**passed, **kept}
        for name, why in refused.items():
            self._note(self._now.time, name, "refused", why)
        return tuple(f"{name}: {why}" for name, why in refused.items())

    def is_busy(self, name: str = "") -> bool:
        """Whether behaviour ``name`` (any if "") runs or waits."""
        names = [run.behaviour.name for run in self._runs]
        names += [one.behaviour.name for one in self._waiting]
        return name in names if name else bool(names)

    # ------------------------------------------------------------------ every decision

    def advance(self, now: Situation) -> Performance:
        """Go on to ``now``; return what is wanted of each channel."""
        self._now = now
        if not now.safe:
            self.clear(now.time, "safety")
            return Performance()
        if not now.balanced:
            self._keep_balance(now.time)
        self._end(now)
        self._admit(now)
        self._lead(now)
        self._end(now)
        self._admit(now)
        if not self._runs and not self._waiting:
            self._swap(now.time)
        return performance(self._runs, self._background, self.mouth, now.time)

    def _keep_balance(self, time: float) -> None:
        for run in self._runs:
            if collide(run.uses, BODILY):
                run.stops, run.reason = time, "balance"

    def _end(self, now: Situation) -> None:
        gone: list[Run] = []
        for run in self._runs:
            if run.stops <= now.time + SAME:
                gone.append(run)
                self._note(now.time, run.behaviour.name, "broken off", run.reason)
                if self._talks(run, now.time):
                    self.mouth.hush()
            elif run.paused is None and self._is_over(run, now.time):
                gone.append(run)
                self._note(now.time, run.behaviour.name, "ended")
        self._runs = [run for run in self._runs if not run.is_part_of(gone)]
        for run in self._runs:
            if run.for_whom is not None and run.for_whom.is_part_of(gone):
                run.go_on(now.time)
                self._note(now.time, run.behaviour.name, "went on")

    def _is_over(self, run: Run, time: float) -> bool:
        if run.course is not None:
            return run.ends <= time + SAME
        return time + SAME >= run.ends and not self._talks(run, time)

    def _talks(self, run: Run, time: float) -> bool:
        saying = self.mouth.current(time)
        return saying is not None and saying.behaviour == run.behaviour.name

    def _admit(self, now: Situation) -> None:
        """Start those that wait and may, the most important first."""
        for one in sorted(self._waiting, key=lambda one: (-one.behaviour.priority, one.order)):
            ruling = rule(one.behaviour, [run for run in self._runs if run.paused is None])
            if ruling.verdict is Verdict.PAUSE and not _can_be_held(ruling.holders):
                ruling = replace(ruling, verdict=Verdict.BREAK_OFF)
            if ruling.verdict is Verdict.START or ruling.verdict is Verdict.PAUSE:
                self._waiting.remove(one)
                run = self._begin(one.behaviour, now)
                if run is not None and ruling.verdict is Verdict.PAUSE:
                    self._hold(ruling.holders, run, now.time)
            elif now.time - one.since > WAITS:
                self._waiting.remove(one)
                self._note(now.time, one.behaviour.name, "refused", "it waited too long")
            elif ruling.verdict is Verdict.BREAK_OFF:
                for holder in ruling.holders:
                    assert isinstance(holder, Run)
                    holder.root.break_off(now.time, f"for {one.behaviour.name}")
        if any(run.stops <= now.time + SAME for run in self._runs):
            self._end(now)
            self._admit(now)

    def _begin(self, behaviour: Behaviour, now: Situation, parent: Run | None = None) -> Run | None:
        reason = self._unfit(behaviour, now) if parent is None else ""
        if reason:
            self._note(now.time, behaviour.name, "refused", reason)
            return None
        self._order += 1
        run = Run(behaviour, uses(behaviour), now.time, self._order, parent)
        loops = behaviour.clip is not None and behaviour.clip.loop
        if behaviour.steps:
            stage = _Stage(self, run)
            run.course = Course.of(behaviour.steps, stage)
        elif not loops:
            run.ends = now.time + behaviour.duration
        self._runs.append(run)
        self._note(now.time, behaviour.name, "began", parent.behaviour.name if parent else "")
        return run

    def _hold(self, holders: tuple[object, ...], winner: Run, time: float) -> None:
        for holder in holders:
            assert isinstance(holder, Run)
            holder.paused, holder.for_whom = time, winner
            self._note(time, holder.behaviour.name, "paused", f"for {winner.behaviour.name}")

    def _lead(self, now: Situation) -> None:
        """Let everything that runs say and do what is due."""
        for run in tuple(self._runs):
            if run.paused is not None or run not in self._runs:
                continue
            if run.course is not None:
                speaking = self.mouth.current(now.time) is not None
                if run.course.advance(replace(now, speaking=now.speaking or speaking)):
                    run.ends = now.time
            words = run.words
            while run.said < len(words) and now.time + SAME >= run.start + words[run.said].start:
                run.said += 1
                self.mouth.utter(words[run.said - 1], run.behaviour, now.time)

    def play_inside(self, parent: Run, name: str, time: float) -> float:
        """Start ``name`` as a part of ``parent``; return how long it takes [s], 0 if it cannot."""
        behaviour = self.repertoire.get(name)
        if behaviour is None or parent.depth + 1 >= DEEPEST:
            self._note(time, name, "refused", "there is no such behaviour here")
            return 0.0
        others = [run for run in self._runs if run.root is not parent.root]
        reason = rule(behaviour, others)
        if reason.verdict is not Verdict.START:
            self._note(time, name, "refused", reason.reason or "what it needs is in use")
            return 0.0
        run = self._begin(behaviour, self._now, parent)
        return 0.0 if run is None else behaviour.duration

    # ------------------------------------------------------------------ smaller parts

    def _named(self, name: str) -> Behaviour:
        if name not in self.repertoire:
            raise UnknownName("behaviour", name, list(self.repertoire))
        return self.repertoire[name]

    def _unfit(self, behaviour: Behaviour, now: Situation) -> str:
        """Return why it may not start; "" if it may."""
        if not now.safe:
            return "safety"
        return self._permitted(behaviour) or now.lacks(behaviour.needs)

    def _swap(self, time: float) -> None:
        if self._offered is None:
            return
        changed = [n for n, one in self._offered.items() if self.repertoire.get(n) != one]
        self.repertoire, self._offered = dict(self._offered), None
        self._background = None
        self._swapped(self.repertoire)
        for name in changed:
            self._note(time, name, "reloaded")

    def _note(self, time: float, name: str, what: str, reason: str = "") -> None:
        self.notes.append(Note(time, name, what, reason))


def _can_be_held(holders: tuple[object, ...]) -> bool:
    """Whether runs can stand still for a while: neither music nor a part of another can."""
    return all(
        isinstance(one, Run) and one.parent is None and not one.behaviour.music for one in holders
    )
