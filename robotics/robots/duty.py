"""What the missions of all robots share: a machine, a voice, and obedience to stop and reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.machine import Table
from robotics.behaviour.mission import Change, Conduct, Machine
from robotics.core.messages import Goal, State
from robotics.robots.speaker import Speaker


class Duty:
    """A mission without its work; a robot's own mission adds that and the table's callbacks."""

    def __init__(
        self, table: Table, work: Callable[[State], Goal], behaviours: Mapping[str, Behaviour]
    ) -> None:
        """Start the machine of ``table``, whose guards and callbacks are methods of this object.

        Args:
            table: The mission's states.
            work: Decides while the mission is neither starting nor at rest.
            behaviours: What the robot can say.
        """
        self.machine = Machine(table, self)
        self._conduct = Conduct(self.machine, work)
        self._speaker = Speaker(behaviours)

    def stop(self, reason: str) -> None:
        """Stand still, tools off, from the next tick on, until ``reset``."""
        self._speaker.hush()
        self._conduct.stop(reason)

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
