"""Run a recording through the same functions again and compare every command."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from robotics.app import StageTimes, ask_to_power_down, ask_to_stop, tick
from robotics.core.errors import RecordError
from robotics.core.messages import Observation, Tick
from robotics.core.parts import Mission, Robot
from robotics.daybook import plan_from_plain
from robotics.mapping.places import load_site
from robotics.record.codec import decode, encode
from robotics.record.reader import Entry, read_entries, read_head
from robotics.robots.catalog import assemble

ASKED = {"stop": ask_to_stop, "power_down": ask_to_power_down}
"""What an event of this kind asked of the missions."""


@dataclass(slots=True)
class Comparison:
    """What a replay found."""

    ticks: int = 0
    differing: int = 0
    first: str = ""
    """The first difference: robot, time and both commands; "" if there is none."""

    @property
    def is_equal(self) -> bool:
        """Whether every command came out bit for bit as it was sent."""
        return self.differing == 0


def replay(
    path: Path,
    on_tick: Callable[[float, str, Tick], None] = lambda time, robot, done: None,
) -> Comparison:
    """Feed the recorded observations to newly assembled robots.

    Args:
        path: The recording; its configuration and site map are inside.
        on_tick: Told (time [s], robot, tick) of every tick.

    Raises:
        RecordError: The file is missing, or lacks the site map.
    """
    head = read_head(path)
    if not head.site:
        raise RecordError(path, "", "it holds no site map", "give a file made by 'robotics run'")
    with tempfile.TemporaryDirectory() as folder:
        site = load_site(head.unpack_site(Path(folder)))
    seconds = 60.0 * head.config["minutes"]
    plan = plan_from_plain(head.config.get("day") or {})
    crew = {
        name: assemble(name, site, seconds=seconds, plan=plan) for name in head.config["robots"]
    }
    found, ticks = Comparison(), dict[str, Tick]()
    for entry in read_entries(path):
        done = _replay_entry(entry, crew, ticks, found)
        if done is not None:
            on_tick(entry.time, entry.topic.split("/")[1], done)
    return found


def _replay_entry(
    entry: Entry,
    crew: dict[str, tuple[Robot, Mission]],
    ticks: dict[str, Tick],
    found: Comparison,
) -> Tick | None:
    if entry.topic == "/events" and entry.value["kind"] in ASKED:
        missions = {name: mission for name, (_, mission) in crew.items()}
        ASKED[entry.value["kind"]](missions, entry.value["reason"])
    name, _, topic = entry.topic[1:].partition("/")
    if name not in crew:
        return None
    if topic == "observation":
        observation = decode(Observation, entry.data)
        ticks[name] = tick(*crew[name], observation, StageTimes())
        return ticks[name]
    if topic == "command" and name in ticks:
        _compare(entry, name, encode(ticks[name].sent), found)
    return None


def _compare(entry: Entry, name: str, command: bytes, found: Comparison) -> None:
    found.ticks += 1
    if command == entry.data:
        return
    found.differing += 1
    if not found.first:
        sent, again = entry.data.decode(), command.decode()
        found.first = f"{name} at {entry.time:.3f} s: sent {sent}, now {again}"
