"""While the sweeper sweeps: its tools and speed, what they use up, how long it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from shapely import Point, Polygon

from robotics.control.cleaning import CleaningControl
from robotics.core.arrays import Array
from robotics.core.messages import State, Tools
from robotics.mapping.places import Site, Zone
from robotics.robots.sweeper import zones
from robotics.robots.sweeper.manners import OUTLINE, people_gap
from robotics.robots.sweeper.progress import DayProgress
from robotics.robots.sweeper.supplies import TANK

IN_TIME = 0.8
"""Part of the time left in which it means to be done: what people and litter make it leave out has
to be swept after it, too."""
SAMPLE = 1.0
"""What work uses up is looked at this often [s]."""


@dataclass(slots=True)
class Work:
    """One zone at work: the cleaning law, and what is learned from it."""

    control: CleaningControl = field(default_factory=CleaningControl)
    _estimated: float = 0.0
    _begun: float = 0.0
    _sample: State | None = None

    def begin(self, choice: zones.Choice, state: State) -> None:
        """Take note of a new stretch of work."""
        self._estimated, self._begun, self._sample = choice.careful, state.time, None

    def end(self, day: DayProgress, state: State) -> None:
        """Learn from a stretch that was ended."""
        day.learn_pace(state.time - self._begun, self._estimated)

    def settings(
        self, state: State, day: DayProgress, site: Site, *, dock: Array
    ) -> tuple[Tools, float]:
        """Return the tools' settings, and the speed at which they work [m/s].

        With enough time left the speed is what the tools ask for; short of time it goes faster, as
        much as it has to.
        """
        self._learn(state, day)
        zone = site.zones[day.begun]
        left = max(0.0, 1.0 - day.fractions.get(zone.name, 0.0))
        refills = any(p.kind == "dock_water" for p in site.places.values())
        area = left * float(Polygon(zone.polygon, [*zone.holes]).area)
        share = self.control.config.water_share(TANK * state.tools.water, area)
        tools, cap = self.control.settings(
            state,
            people_gap=max(0.0, people_gap(state) - OUTLINE),
            water_share_for_rest=math.inf if refills else share,
        )
        home = zones.way_home(state.pose_base_in_map[:2], dock)
        room = min(day.left - home, day.day.left(zone.name, day.clock))
        needed = day.pace * left * zones.sweeping_time(zone, zones.CAREFUL)
        haste = needed / max(IN_TIME * room, 1.0)
        return tools, cap * max(1.0, haste)

    def _learn(self, state: State, day: DayProgress) -> None:
        if self._sample is None:
            self._sample = state
        elif state.time - self._sample.time >= SAMPLE:
            day.usage.learn(self._sample, state)
            self._sample = state


def is_inside(zone: Zone | None, state: State) -> bool:
    """Return whether the robot is in ``zone``."""
    if zone is None:
        return False
    return bool(Polygon(zone.polygon).contains(Point(state.pose_base_in_map[:2])))
