"""Assembled robots are ready: known by name, placed by the map, compiled."""

import subprocess
import sys
from pathlib import Path

import pytest

from robotics.core.errors import UnknownName
from robotics.mapping.places import Site, load_site
from robotics.robots.catalog import ROBOTS, assemble, behaviours, start_pose
from sim.site_export import export_site
from sim.world import load_world

ROOT = Path(__file__).parents[2]
FIRST_TICKS = """
import sys
from pathlib import Path
from robotics.app import Member, run
from robotics.mapping.places import load_site
from robotics.robots.catalog import assemble
from robotics.session import Options, open_stage


def compiled():
    return {
        f"{kernel.py_func.__module__}.{kernel.py_func.__name__}:{len(kernel.signatures)}"
        for name, module in list(sys.modules.items())
        if name.startswith("robotics.")
        for kernel in vars(module).values()
        if getattr(kernel, "signatures", None)
    }


folder = Path(sys.argv[1])
stage = open_stage(Options("yard", ("greeter", "sweeper"), "kinematic"), folder)
site = load_site(folder)
crew = [Member(*assemble(name, site, seconds=60.0), body) for name, body in stage.backends.items()]
before = compiled()
run(crew, until=3.0, on_tick=lambda member, tick: None)
print("ready:", *before)
print("late:", *(compiled() - before))
"""
"""Three seconds of both robots; prints what was compiled before it, and what only in it."""


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Export the yard and read it as the robots do."""
    folder = tmp_path_factory.mktemp("yard")
    export_site(load_world("yard"), folder)
    return load_site(folder)


def test_no_tick_waits_for_a_compiler(tmp_path: Path) -> None:
    """In a new process: localisation, tracking, search and guard were compiled at assembly."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TICKS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ready, late = (line.split()[1:] for line in done.stdout.splitlines()[-2:])
    assert "robotics.estimation.scan_match.align:1" in ready
    assert "robotics.planning.grid_search.costly.explore:1" in ready
    assert "robotics.planning.grid_search.jumping.jump:1" in ready
    assert late == []


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_bears_its_name_and_stands_where_the_map_says(yard: Site, name: str) -> None:
    """Joints and period are set, and the start is the place of kind start with its name."""
    robot, mission = assemble(name, yard, seconds=10.0)
    assert robot.name == name
    assert robot.period in (0.005, 0.02)
    assert start_pose(yard, name) == pytest.approx(yard.places[name].pose)
    mission.stop("test")


def test_two_assemblies_share_nothing_that_moves(yard: Site) -> None:
    """Each call makes its own parts: two robots of one kind can work side by side."""
    (one, _), (other, _) = (assemble("sweeper", yard, seconds=10.0) for _ in range(2))
    for part in ("estimator", "planner", "tracker", "locomotion", "guard"):
        assert getattr(one, part) is not getattr(other, part)


def test_unknown_robots_and_places_are_named(yard: Site) -> None:
    """The error lists what there is."""
    with pytest.raises(UnknownName, match="did you mean 'sweeper'"):
        assemble("sweper", yard, seconds=10.0)
    with pytest.raises(UnknownName, match="dragon"):
        start_pose(yard, "dragon")


@pytest.mark.parametrize("name", ROBOTS)
def test_every_behaviour_has_a_line(name: str) -> None:
    """Kind and duration at least, for 'robotics list'."""
    lines = behaviours(name)
    assert lines
    assert all(" s" in line for line in lines.values())
