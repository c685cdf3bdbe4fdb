"""The sweeper's working day: its file, its order, stations, rain, quiet hours, memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from mission_stage import TICK, Stage, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.errors import ConfigError
from robotics.core.geometry import relative
from robotics.core.messages import Battery, Cover, Goal, State, ToolReadings
from robotics.mapping.places import Place, Site
from robotics.record.codec import decode, encode
from robotics.robots.sweeper.day import (
    Day,
    DayFile,
    Supplies,
    Task,
    check_site,
    clock_of,
    day_of,
    read_day,
    seconds_of,
    shipped_day,
)
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.mission import SweeperMission, build_mission
from robotics.robots.sweeper.progress import DayMemory

BEHAVIOURS = load_behaviours(asset("behaviours/sweeper"), load().joints)
PATCHES = {"near": (8.0, 5.0, 12.0, 9.0), "far": (20.0, 5.0, 24.0, 9.0)}
HOURS = (seconds_of("06:00"), seconds_of("08:00"))
ANY = ((0.0, math.inf),)
LINES = """
opens: "06:00"
closes: "08:00"
zones:
  - {zone: near, priority: 1}
  - {zone: far, between: {from: "06:30", to: "07:00"}}
quiet:
  - {from: "07:30", to: "07:45"}
"""


def site_with(*kinds: str) -> Site:
    """Return a free square with two small zones, a charging dock and stations of these kinds."""
    site, down = open_site(PATCHES), -math.pi / 2
    stations = {
        kind: Place(kind, "", kind, np.array([12.5 + 3.0 * k, 2.0, down]))
        for k, kind in enumerate(kinds)
    }
    return replace(site, places={**site.places, **stations})


FULL = site_with("dock_water", "dock_tip")


@dataclass
class Provisioned(Stage):
    """A stage whose machine uses up water and battery, fills its bin, and is served at stations."""

    site: Site = FULL
    water: float = 1.0
    bin: float = 0.0
    charge: float = 1.0
    rain: tuple[float, float] = (math.inf, math.inf)
    sweeping_water: float = 1.0 / 600.0
    sweeping_bin: float = 1.0 / 800.0

    def state(self) -> State:
        """Return the present state; the levels go on with it."""
        brush = bool(self.goals) and self.goals[-1][1].tools.brush > 0.0
        kind = self._station()
        self.water += TICK * (0.05 if kind == "dock_water" else -brush * self.sweeping_water)
        self.bin += TICK * (-0.05 if kind == "dock_tip" else brush * self.sweeping_bin)
        self.charge += TICK * (0.002 if kind == "dock_charge" else -0.00005)
        self.water, self.bin = min(max(self.water, 0.0), 1.0), min(max(self.bin, 0.0), 1.0)
        self.charge = min(self.charge, 1.0)
        rain = 3.0 if self.rain[0] <= self.time < self.rain[1] else 0.0
        tools = ToolReadings(self.water, self.bin, rain=rain)
        battery = Battery(self.charge, charging=kind == "dock_charge")
        return replace(super().state(), tools=tools, battery=battery)

    def _station(self) -> str:
        for place in self.site.places.values():
            x, y, yaw = relative(place.pose, self.pose)
            if math.hypot(x, y) < 0.03 and abs(yaw) < 0.035:
                return place.kind
        return ""


def day(*tasks: Task, supplies: Supplies | None = None) -> Day:
    """Return a day from six to eight."""
    chosen = tasks or (Task("near", 1, ANY), Task("far", 2, ANY))
    return Day(chosen, *HOURS, supplies=supplies or Supplies())


def scene(
    plan: Day, site: Site = FULL, seconds: float = 7200.0, memory: DayMemory | None = None
) -> tuple[Provisioned, SweeperMission]:
    """Return a stage with the sweeper in its dock."""
    stage = Provisioned(np.array(site.place("dock_charge").pose), site=site)
    mission = build_mission(
        site,
        seconds=seconds,
        behaviours=BEHAVIOURS,
        progress=stage.progress,
        day=plan,
        memory=memory,
    )
    return stage, mission


def run_out(stage: Stage, mission: SweeperMission, most: float = 3000.0) -> None:
    """Go on until the day is over."""
    while mission.machine.state != "finished":
        assert stage.time < most, f"still {mission.machine.state} at {stage.time:.0f} s"
        stage.run(mission, stage.time + 5.0)


def swept(stage: Stage) -> list[str]:
    """Return the zones swept, in order."""
    names = [g.base.zone for _, g in stage.goals if isinstance(g.base, Cover) and g.tools.brush]
    return [name for k, name in enumerate(names) if k == 0 or names[k - 1] != name]


def events(mission: SweeperMission) -> list[str]:
    """Return the events of the mission, in order."""
    return [line.event for line in mission.history if line.machine == "sweeper"]


# ------------------------------------------------------------------------------ the file


def written(folder: Path, text: str) -> Path:
    """Return a day's file with this text."""
    path = folder / "day.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_becomes_open_hours_of_each_zone(tmp_path: Path) -> None:
    """Window within opening hours, less the quiet ones."""
    plan = day_of(read_day(written(tmp_path, LINES)))
    at = seconds_of
    assert plan.task("near").open == ((at("06:00"), at("07:30")), (at("07:45"), at("08:00")))
    assert plan.task("far").open == ((at("06:30"), at("07:00")),)
    assert plan.left("far", at("06:45")) == 900.0
    assert plan.left("far", at("07:00")) == 0.0
    assert plan.next_opening(["far"], at("06:10")) == at("06:30")
    assert plan.next_opening(["far"], at("07:10")) == math.inf
    assert clock_of(at("06:45") + 59.0) == "06:45"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('closes: "08:00"', 'closes: "05:00"', ["line 3", "'05:00'", "not later", "close later"]),
        ('"06:00"', '"6 am"', ["line 2 (opens)", "'6 am'", "pattern"]),
        ("zone: far", "zone: near", ["line 6", "'near' stands twice", "keep one"]),
        ('to: "07:00"', 'to: "06:10"', ["line 6", "not later than", "end later"]),
        ('"06:30", to: "07:00"', '"09:30", to: "10:00"', ["outside opening", "06:00 to 08:00"]),
        ('"06:30", to: "07:00"', '"07:32", to: "07:40"', ["all quiet hours", "shorten"]),
        ('"07:45"', '"07:15"', ["line 8", "not later than from '07:30'"]),
        ("priority: 1", "priority: 0", ["line 5", "0 is not allowed"]),
        ("priority: 1", "urgency: 1", ["unknown key 'urgency'", "allowed: zone, priority"]),
        ("quiet:", "supplies: {charge_least: 0.9}\nquiet:", ["charge_enough", "never leave"]),
    ],
)
def test_a_contradiction_is_one_clear_error(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """File, place, value, cure."""
    path = written(tmp_path, LINES.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_day(path)
    assert caught.value.file == str(path)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("zone: near", "zone: nera", ["line 5", "no zone 'nera'", "zones: far, near"]),
        ('to: "07:45"}', 'to: "07:45", zones: [pier]}', ["line 8", "'pier'", "zones: near, far"]),
    ],
)
def test_a_day_for_another_site_is_refused(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """Zones that are not there are named, with those that are."""
    path = written(tmp_path, LINES.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        check_site(path, read_day(path), FULL)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_shipped_day_is_sound() -> None:
    """It is found by the site's name, and reads back from plain values."""
    path = shipped_day("zhanqiao")
    assert path is not None
    file = read_day(path)
    assert DayFile.model_validate(file.model_dump(by_alias=True)) == file
    assert len(day_of(file).tasks) >= 4
    assert shipped_day("nowhere") is None


# ------------------------------------------------------------------------------ the order


def sweeping(stage: Stage) -> list[float]:
    """Return the times at which brushes turned at work, not in a show [s]."""
    return [t for t, g in stage.goals if g.tools.brush > 0.0 and isinstance(g.base, Cover)]


def test_priority_comes_before_nearness_and_a_rest_of_the_day_is_spent_in_the_dock() -> None:
    """The far patch first, because the plan says so; at the end it parks and is finished."""
    stage, mission = scene(day(Task("near", 2, ANY), Task("far", 1, ANY)))
    run_out(stage, mission)
    assert swept(stage) == ["far", "near"]
    error = relative(FULL.place("dock_charge").pose, stage.pose)
    assert math.hypot(error[0], error[1]) < 0.02
    assert abs(error[2]) < math.radians(1.0)
    assert mission.report().finished
    assert mission.memory().over


def test_a_zone_waits_for_its_hour() -> None:
    """Nothing else to do: it rests in the dock until then, and sweeps it."""
    opens = HOURS[0] + 400.0
    stage, mission = scene(day(Task("near", 1, ANY), Task("far", 1, ((opens, opens + 600.0),))))
    run_out(stage, mission)
    began = next(t for t, g in stage.goals if isinstance(g.base, Cover) and g.base.zone == "far")
    assert 400.0 <= began < 440.0
    assert "go_on" in events(mission)
    assert mission.report().counts["zones_finished"] == 2


def test_quiet_hours_interrupt_a_zone_and_it_is_ended_later() -> None:
    """Brushes are silent in them; what was swept stays swept."""
    quiet = (HOURS[0] + 150.0, HOURS[0] + 400.0)
    spans = ((HOURS[0], quiet[0]), (quiet[1], HOURS[1]))
    stage, mission = scene(day(Task("near", 1, spans)))
    stage.cover_seconds, stage.sweeping_bin = 300.0, 0.0
    run_out(stage, mission)
    loud = [t for t, g in stage.goals if g.tools.brush > 0.0 or g.tools.fan > 0.0]
    assert not [t for t in loud if 150.1 < t < 400.0]
    assert min(loud) < 150.0 < 400.0 < max(loud)
    assert TICK * len(sweeping(stage)) < 303.0
    assert mission.report().counts["zones_finished"] == 1


# ------------------------------------------------------------------------------ stations


def test_an_empty_tank_is_filled_before_anything_is_swept() -> None:
    """Then it sweeps with water."""
    stage, mission = scene(day())
    stage.water = 0.0
    run_out(stage, mission)
    first = next(t for t, g in stage.goals if g.tools.brush > 0.0)
    assert events(mission).index("served") < events(mission).index("chosen")
    assert stage.goals[round(first / TICK)][1].tools.brush > 0.0
    assert mission.report().counts["refills"] == 1


def test_an_empty_tank_and_no_water_station_is_said_clearly() -> None:
    """It does not sweep dry; the note names what is missing and the cure."""
    site = site_with("dock_tip")
    stage, mission = scene(day(), site)
    stage.water = 0.0
    run_out(stage, mission)
    assert swept(stage) == []
    assert any("no station of kind dock_water" in note for note in mission.report().notes)
    assert any("fill the tank by hand" in note for note in mission.report().notes)


def test_a_day_with_refills_and_tips_ends_in_the_dock_with_every_zone_done() -> None:
    """A small tank and a small bin: both stations are visited, the zone goes on where it was."""
    stage, mission = scene(day())
    stage.cover_seconds, stage.sweeping_water, stage.sweeping_bin = 300.0, 1 / 250, 1 / 220
    run_out(stage, mission)
    counts = mission.report().counts
    assert counts["zones_finished"] == 2
    assert counts["refills"] >= 2
    assert counts["tips"] >= 2
    assert TICK * len(sweeping(stage)) < 606.0
    assert min(stage.water, 1.0 - stage.bin) > 0.0


def test_it_fills_up_before_a_zone_that_would_take_more_than_there_is() -> None:
    """Not in its midst: the need is foreseen."""
    stage, mission = scene(day(Task("near", 1, ANY)))
    stage.water = 0.06
    run_out(stage, mission)
    assert "supply" in events(mission)
    assert "water_empty" not in events(mission)


def test_a_station_that_gives_nothing_is_told_and_the_day_goes_on() -> None:
    """No water comes: the note says which station; what needs no water is still not swept dry."""
    stage, mission = scene(day())
    stage.water, stage.sweeping_bin = 0.0, 0.0
    dry = replace(FULL, places={k: p for k, p in FULL.places.items() if k != "dock_water"})
    stage.site = dry
    run_out(stage, mission)
    assert any("dock_water could not be used" in note for note in mission.report().notes)
    assert mission.report().finished


def test_a_weak_battery_is_charged_and_the_day_goes_on() -> None:
    """Below what the next zone and the way home need: first the dock, then the zone."""
    stage, mission = scene(day(Task("near", 1, ANY)))
    stage.charge = 0.2
    run_out(stage, mission)
    assert "go_on" in events(mission)
    assert mission.report().counts["zones_finished"] == 1


@pytest.mark.parametrize(
    "leaf",
    [
        *("working/service/transit", "working/service/approach", "working/service/serve"),
        "returning/approach",
    ],
)
def test_a_stop_is_obeyed_on_the_way_into_a_station_and_in_it(leaf: str) -> None:
    """It stands still with its tools off; after a reset the day goes on to its end."""
    stage, mission = scene(day(Task("near", 1, ANY)))
    stage.water = 0.0
    while mission.machine.state != leaf:
        assert stage.time < 600.0, f"{leaf} was never reached, but {mission.machine.state}"
        stage.run(mission, stage.time + TICK)
    mission.stop("a hand on the button")
    stage.run(mission, stage.time + 1.0)
    assert all(
        goal == Goal(activity="stopped: a hand on the button") for _, goal in stage.goals[-9:]
    )
    assert mission.reset()
    run_out(stage, mission)
    assert mission.report().counts["zones_finished"] == 1


def test_rain_sends_it_home_and_it_comes_back_when_it_is_dry() -> None:
    """Ten minutes after the last drop the same zone goes on, and is swept once."""
    stage, mission = scene(day(Task("near", 1, ANY)))
    stage.cover_seconds, stage.rain = 120.0, (40.0, 100.0)
    run_out(stage, mission)
    times = sweeping(stage)
    assert not [t for t in times if 40.1 < t < 700.0]
    assert max(times) > 700.0
    assert len(times) * TICK < 123.0
    assert "resting" in [name for _, name in stage.spoken()]


# ------------------------------------------------------------------------------ memory


def test_a_new_mission_goes_on_where_the_memory_ends() -> None:
    """Zones done stay done, the one begun comes first, the clock goes on; notes are kept."""
    stage, mission = scene(day())
    stage.cover_seconds = 100.0
    while mission.day.closed != ["near"] or not stage.covered.get("far", 0.0) > 0.3:
        stage.run(mission, stage.time + 1.0)
    memory = decode(DayMemory, encode(mission.memory()))
    assert memory == mission.memory()
    again, second = scene(day(), memory=memory)
    again.pose, again.time, again.covered = stage.pose, stage.time, stage.covered
    again.cover_seconds = 100.0
    run_out(again, second)
    assert swept(again) == ["far"]
    assert second.report().counts["zones_finished"] == 2
    assert math.isclose(second.day.ends, mission.day.ends)
    assert TICK * len(sweeping(again)) < 75.0


def test_a_mission_resumed_in_a_station_stays_until_it_is_served() -> None:
    """It does not drive out and in again for every restart: the tank gets full."""
    stage, mission = scene(day(Task("near", 1, ANY)))
    stage.water = 0.0
    while mission.machine.state != "working/service/serve":
        stage.run(mission, stage.time + 1.0)
    for _ in range(3):
        _, second = scene(day(Task("near", 1, ANY)), memory=mission.memory())
        second._progress = stage.progress
        stage.run(second, stage.time + 4.0)
        mission = second
        assert mission.machine.state == "working/service/serve"
    run_out(stage, mission)
    assert mission.report().counts["refills"] == 1
    assert len([pose for pose in stage.path if pose[1] < 2.1 and pose[0] > 12.0]) * TICK < 45.0


def test_a_day_resumed_late_is_home_in_time() -> None:
    """What is left of the day counts, not its whole length again."""
    stage, mission = scene(day(), seconds=400.0)
    stage.cover_seconds = 1000.0
    stage.run(mission, 300.0)
    again, second = scene(day(), seconds=400.0, memory=mission.memory())
    again.pose, again.covered, again.cover_seconds = stage.pose, stage.covered, 1000.0
    again.run(second, 100.0)
    assert second.report().finished
