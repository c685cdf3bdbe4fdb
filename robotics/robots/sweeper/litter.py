"""What the sweeper does about litter that it cannot take: tells people, once for each piece."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from robotics.core.messages import Litter, State
from robotics.robots.performer import Polite
from robotics.robots.sweeper.day import clock_of
from robotics.robots.sweeper.progress import DayProgress, LitterReport

SURE = 1.5
"""A piece is reported after it was known to be too large for so long [s]."""
SAME = 0.5
"""A piece so near to one that was reported is the same one [m]."""
POLITE_EVERY = 20.0
"""Between two requests to take something away [s]."""


@dataclass(slots=True)
class LitterReports:
    """Reports litter that is too large for the mouth."""

    speaker: Polite
    day: DayProgress
    _since: dict[int, float] = field(default_factory=dict)

    def look(self, state: State) -> None:
        """Report what is new; to be called at every decision."""
        large = {piece.id: piece for piece in state.ground.litter if not piece.fits}
        self._since = {who: self._since.get(who, state.time) for who in large}
        for who, since in self._since.items():
            if state.time - since >= SURE and not self._is_known(large[who]):
                self._report(state, large[who])

    def _is_known(self, piece: Litter) -> bool:
        return any(
            math.dist(piece.position_in_map, (one.x, one.y)) < SAME for one in self.day.litter
        )

    def _report(self, state: State, piece: Litter) -> None:
        x, y = (round(float(v), 2) for v in piece.position_in_map)
        size, height = round(piece.size, 2), round(piece.height, 2)
        self.day.litter.append(LitterReport(x, y, size, height, state.time))
        self.day.note(
            f"litter of {100.0 * size:.0f} cm, {100.0 * height:.0f} cm high, at x {x:.1f} m, "
            f"y {y:.1f} m (seen at {clock_of(self.day.clock)}) is too large for the mouth: "
            "somebody has to take it"
        )
        self.speaker.say_politely("too_large", state.time, every=POLITE_EVERY)
