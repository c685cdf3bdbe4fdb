"""What the missions of all robots share: a machine, a voice, and obedience to stop and reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.machine import Table
from robotics.behaviour.mission import Change, Conduct, Machine
from robotics.core.messages import Goal, State
from robotics.estimation.perception import BLINDED, MISCOUNT
from robotics.robots.means import Means
from robotics.robots.performer import Performer

LOST_QUALITY, FOUND_QUALITY = 0.4, 0.5
LOST_AFTER, FOUND_AFTER = 0.5, 1.0
"""A quality has to last so long [s]."""
HELP_AFTER = 20.0
"""Not knowing where it is for so long, a robot asks for help [s]."""
SURE_AFTER = 10.0
"""Only after knowing it for so long, the time without counts anew [s]."""
FALLEN = "fallen"
"""Name of the fault of a robot that lies on the ground and may get up."""
PASSING = frozenset((BLINDED, MISCOUNT, FALLEN))
"""Faults that pass: without a lidar a robot is lost, stands, and asks for help by and by; one that
has fallen gets up."""


@dataclass(slots=True)
class Since:
    """Tells for how long something has been so."""

    start: float | None = None

    def lasted(self, holds: bool, time: float) -> float:
        """Return for how long it has held [s]; 0 if it does not hold."""
        if not holds:
            self.start = None
            return 0.0
        self.start = time if self.start is None else self.start
        return time - self.start


@dataclass(slots=True)
class Sight:
    """Whether a robot knows where it is, without flicker."""

    is_lost: bool = False
    is_found: bool = False
    unsure: float = 0.0
    """Time without knowing, since it last knew for long [s]."""
    reason: str = ""
    """What is wrong, for people to read."""
    _blind: Since = field(default_factory=Since)
    _sighted: Since = field(default_factory=Since)
    _time: float | None = None

    def look(self, state: State) -> None:
        """Take in a state; to be called at every decision."""
        time, quality = state.time, state.quality
        passed = 0.0 if self._time is None else min(max(time - self._time, 0.0), 0.5)
        self._time = time
        sighted = self._sighted.lasted(quality > FOUND_QUALITY, time)
        self.is_lost = self._blind.lasted(not quality >= LOST_QUALITY, time) >= LOST_AFTER
        self.is_found = sighted >= FOUND_AFTER
        self.unsure = 0.0 if sighted >= SURE_AFTER else self.unsure
        self.unsure += passed if not quality >= LOST_QUALITY else 0.0
        faults = [fault for fault in state.faults if fault in PASSING]
        self.reason = ", ".join(faults) or f"localisation fits {quality:.0%}"

    @property
    def is_lost_for_long(self) -> bool:
        """Whether it is time to ask for help."""
        return self.unsure >= HELP_AFTER


def _on_its_feet(work: Callable[[State], Goal]) -> Callable[[State], Goal]:
    """Return ``work`` that waits while the robot lies on the ground."""

    def decide(state: State) -> Goal:
        return Goal(activity="getting up") if FALLEN in state.faults else work(state)

    return decide


class Duty:
    """A mission without its work; a robot's own mission adds that and the table's callbacks."""

    def __init__(
        self,
        table: Table,
        work: Callable[[State], Goal],
        behaviours: Mapping[str, Behaviour],
        means: Means | None = None,
    ) -> None:
        """Start the machine of ``table``, whose guards and callbacks are methods of this object.

        Args:
            table: The mission's states.
            work: Decides while the mission is neither starting nor at rest.
            behaviours: What the robot can do and say.
            means: What else it may use.
        """
        self._means = means = means or Means()
        self.machine = Machine(table, self)
        self._conduct = Conduct(self.machine, _on_its_feet(work), passing=PASSING, lying=FALLEN)
        self.sight = Sight()
        self.acts = Performer(
            behaviours, permitted=means.permitted, songs=means.songs, learn=means.learn
        )

    def stop(self, reason: str) -> None:
        """Stand still, tools off, from the next tick on, until ``reset``."""
        self.acts.hush(self.acts.world.time, reason)
        self._conduct.stop(reason)

    def power_down(self, reason: str) -> None:
        """Stop because the power goes: who can sits down; until ``reset``."""
        self.acts.hush(self.acts.world.time, reason)
        self._conduct.power_down(reason)

    def reset(self) -> bool:
        """Take the stop back and start again."""
        return self._conduct.reset()

    @property
    def history(self) -> tuple[Change, ...]:
        """Every change of state so far."""
        return self._conduct.history

    def is_released(self) -> bool:
        """Guard: nobody asks for a stop any more."""
        return self._conduct.is_released()
