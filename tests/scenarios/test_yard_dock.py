"""A sweeper with too little time for its zone drives home: the yard's dock can be driven into."""

from __future__ import annotations

import math
from itertools import count
from pathlib import Path

import numpy as np

from robotics.planning.docking import DockingConfig
from robotics.record.reader import read_entries
from robotics.session import Options, Session
from sim.world import load_world
from sim.world_check import RUN_UP


def test_a_sweeper_that_starts_in_the_yard_gets_home(tmp_path: Path) -> None:
    """It backs out, turns, drives in and stands there to a centimetre; nobody is asked for help."""
    options = Options("yard", ("sweeper",), "kinematic", 0.4, seed=1, visitors=0)
    clock = count()
    session = Session(options, tmp_path, lambda: 1e-3 * next(clock))
    session.work()
    poses, doing = [], []
    for entry in read_entries(session.record):
        if entry.topic == "/sweeper/state":
            poses.append(entry.value["pose_base_in_map"])
        if entry.topic == "/sweeper/goal":
            doing.append(entry.value["activity"])
    dock = next(one.pose for one in load_world("yard").places if one.kind == "dock_charge")
    assert math.dist(poses[-1][:2], dock[:2]) < 0.01
    assert abs(np.sin(poses[-1][2] - dock[2])) < 0.02
    assert not [one for one in doing if "help" in one]
    assert "in the dock" in doing[-1]


def test_worlds_keep_as_much_room_before_a_dock_as_docking_takes() -> None:
    """The simulator may not import the planner: both have the number."""
    assert DockingConfig().staging == RUN_UP
