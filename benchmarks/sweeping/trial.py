"""One zone swept under physics: the sweeper as assembled, judged by the onlooker."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from robotics.app import Member, run
from robotics.core.backend import Backend
from robotics.core.messages import Command, Cover, Observation, Tick
from robotics.mapping.places import load_site
from robotics.robots.catalog import assemble
from robotics.session import LOOK_PERIOD, Options, open_stage

AFTER = 5.0
"""The zone is left for good once no sweeping was wanted for so long [s]."""


@dataclass(frozen=True, slots=True)
class DryBody:
    """A body whose spray bar is shut; satisfies ``Backend``."""

    body: Backend

    @property
    def period(self) -> float:
        """See ``Backend``."""
        return self.body.period

    def reset(self) -> Observation:
        """See ``Backend``."""
        return self.body.reset()

    def act(self, command: Command) -> None:
        """See ``Backend``; the water stays in the tank."""
        self.body.act(replace(command, tools=replace(command.tools, spray=0.0)))

    def observe(self) -> Observation:
        """See ``Backend``."""
        return self.body.observe()

    def close(self) -> None:
        """See ``Backend``."""
        self.body.close()


@dataclass(slots=True)
class Trial:
    """One run over one zone.

    The rate counts from the first tick in which the brushes turn to the last: waiting for people
    and driving between lanes included, the way from and to the dock not.
    """

    options: Options
    dry: bool = False
    started: float | None = None
    worked: float = 0.0
    """When the brushes turned last [s]."""
    wished: float | None = None
    """When sweeping was wanted last [s]."""
    looked: float = 0.0
    now: float = 0.0
    _stage: Any = field(init=False)

    def figures(self) -> dict[str, Any]:
        """Run and return the onlooker's account with ``rate_m2_h``, ``minutes``, ``cpu_s``."""
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "site"
            self._stage = open_stage(self.options, place)
            robot, mission = assemble("sweeper", load_site(place), seconds=self.options.seconds)
        body: Backend = self._stage.backends["sweeper"]
        member = Member(robot, mission, DryBody(body) if self.dry else body)
        try:
            run(
                [member],
                until=self.options.seconds,
                on_tick=self._on_tick,
                should_stop=self._is_over,
            )
            found = dict(self._stage.summary())
        finally:
            self._stage.close()
        worked = self.worked - (self.started or 0.0)
        found["rate_m2_h"] = 3600.0 * found["swept_area_m2"] / worked if worked else 0.0
        found["minutes"] = self.now / 60.0
        found["cpu_s"] = time.process_time() - begun
        return found

    def _on_tick(self, _: Member, tick: Tick) -> None:
        self.now = tick.observation.time
        if isinstance(tick.goal.base, Cover):
            self.wished = self.now
        if tick.sent.tools.brush > 0.0:
            self.started = self.now if self.started is None else self.started
            self.worked = self.now
        if self.now >= self.looked:
            self.looked = self.now + LOOK_PERIOD
            self._stage.look(self.now)

    def _is_over(self) -> bool:
        return self.wished is not None and self.now > self.wished + AFTER
