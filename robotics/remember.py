"""A robot's memory to the journal and back, and to the head of a recording."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from robotics.core.messages import Plan, State
from robotics.core.parts import Mission, Robot
from robotics.planning.sweep_job import SweepMemory
from robotics.record.codec import decode, encode
from robotics.record.journal import Journal, Page, part_name
from robotics.robots.memory import RobotMemory, milestones, remember
from robotics.robots.sweeper.progress import DayMemory

PERIOD = 0.8
"""Between two entries when nothing happens [s]. If the last one is torn, the one before is not
older than two periods."""


@dataclass(slots=True)
class Keeper:
    """Writes the memory of one robot into a journal: on time, and at every event.

    Attributes:
        journal: Where to.
    """

    journal: Journal
    _due: float = -1.0
    _seen: int = -1
    _plans: dict[int, tuple[Plan, bytes]] = field(default_factory=dict)

    def note(self, robot: Robot, mission: Mission, state: State) -> None:
        """Write, if it is time or something happened.

        Raises:
            RecordError: The disk is full, or the file is gone.
        """
        seen = milestones(mission)
        if state.time < self._due - 1e-9 and seen == self._seen:
            return
        begins = self._seen < 0
        event = "time" if seen == self._seen else "event"
        self._due, self._seen = state.time + PERIOD, seen
        memory = remember(robot, mission, state)
        if memory is not None:
            value, parts = self._plain(memory)
            self.journal.write(state.time, event, value, parts)
            if begins:  # twice: what was recalled must survive another torn end
                self.journal.write(state.time, event, value, parts)

    def _plain(self, memory: RobotMemory) -> tuple[dict[str, Any], tuple[bytes, ...]]:
        plans = {id(sweep.plan): self._encoded(sweep.plan) for sweep in memory.sweeps}
        self._plans = {
            id(sweep.plan): (sweep.plan, plans[id(sweep.plan)]) for sweep in memory.sweeps
        }
        sweeps = [
            {**_sweep(sweep), "plan": part_name(plans[id(sweep.plan)])} for sweep in memory.sweeps
        ]
        return {**_head(memory), "sweeps": sweeps}, tuple(plans.values())

    def _encoded(self, plan: Plan) -> bytes:
        """Return a plan as text; it is the same object as long as it does not change."""
        known = self._plans.get(id(plan))
        return encode(plan) if known is None or known[0] is not plan else known[1]


def recalled(page: Page) -> RobotMemory:
    """Return the memory that an entry holds."""
    plans = {name: _plan(orjson.loads(part)) for name, part in page.parts.items()}
    value = page.value
    sweeps = tuple(_recalled_sweep(sweep, plans[sweep["plan"]]) for sweep in value["sweeps"])
    return _recalled_head(value, sweeps)


def memory_to_plain(memory: RobotMemory) -> dict[str, Any]:
    """Return a memory as plain JSON values, for the head of a recording."""
    sweeps = [{**_sweep(s), "plan": orjson.loads(encode(s.plan))} for s in memory.sweeps]
    return {**_head(memory), "sweeps": sweeps}


def memory_from_plain(plain: Mapping[str, Any]) -> RobotMemory:
    """Return the memory that ``memory_to_plain`` made ``plain`` of."""
    sweeps = tuple(_recalled_sweep(s, _plan(s["plan"])) for s in plain["sweeps"])
    return _recalled_head(plain, sweeps)


def _plan(plain: dict[str, Any]) -> Plan:
    """Return a plan; one that has not come yet is empty, and JSON does not tell its shape."""
    return decode(Plan, plain) if plain["path"] else Plan.none(plain["reason"])


def _head(memory: RobotMemory) -> dict[str, Any]:
    return {
        "pose": list(memory.pose),
        "charge": memory.charge,
        "water": memory.water,
        "bin": memory.bin,
        "day": orjson.loads(encode(memory.day)),
    }


def _recalled_head(value: Mapping[str, Any], sweeps: tuple[SweepMemory, ...]) -> RobotMemory:
    x, y, yaw = value["pose"]
    levels = value["charge"], value["water"], value["bin"]
    return RobotMemory((x, y, yaw), *levels, decode(DayMemory, value["day"]), sweeps)


def _sweep(sweep: SweepMemory) -> dict[str, Any]:
    """Return the progress on a zone but for its plan."""
    mask = base64.b64encode(zlib.compress(sweep.swept, 1)).decode()
    return {
        "zone": sweep.zone,
        "shape": list(sweep.shape),
        "swept": mask,
        "rounds": sweep.rounds,
        "index": sweep.index,
    }


def _recalled_sweep(plain: Mapping[str, Any], plan: Plan) -> SweepMemory:
    rows, cols = plain["shape"]
    swept = zlib.decompress(base64.b64decode(plain["swept"]))
    return SweepMemory(plain["zone"], (rows, cols), swept, plain["rounds"], plan, plain["index"])
