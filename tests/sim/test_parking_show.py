"""The parking show in physics: it drives and brushes, keeps to its place, and parks again."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.app import StageTimes, tick
from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.arrays import Array
from robotics.core.geometry import relative
from robotics.core.messages import Goal, State
from robotics.mapping.places import load_site
from robotics.robots.performer import Performer
from robotics.robots.sweeper import robot as sweeper
from robotics.robots.sweeper.acting import around, performed
from robotics.robots.sweeper.antics import Antics
from robotics.robots.sweeper.joints import load
from sim.docks import Stations
from sim.site_export import export_site
from sim.spec import sweeper_spec
from sim.world import load_world

pytest.importorskip("pybullet", reason="PyBullet is not installed (extra 'sim')")


class _Show:
    """A mission that is parked and gives one show at 1 s; decides at 20 Hz."""

    def __init__(self, dock: Array) -> None:
        folder = asset("behaviours/sweeper")
        behaviours = load_behaviours(folder, load().joints)
        self.acts = Performer(
            behaviours, permitted=lambda one: "", songs={}, learn=lambda changed: None
        )
        self.antics, self.goal = Antics(dock), Goal()
        self._due, self._begun = 0.0, False

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        if state.time >= self._due - 1e-9:
            self._due = state.time + 0.05
            self.acts.world = around(state)
            if state.time >= 1.0 and not self._begun:
                self._begun = self.acts.begin("parking_show", state.time)
            seen = self.acts.advance(self.acts.world)
            self.goal = performed(self.antics.allow(Goal(), seen, state, parked=True), seen)
        return self.goal

    def stop(self, reason: str) -> None:
        """Nobody stops it."""


def test_the_show_drives_and_brushes_in_a_small_place_and_ends_parked(tmp_path: Path) -> None:
    """Wiggles, a bow, brushes: within a hand's breadth; then it stands in the station again."""
    from sim.body import BulletBody
    from sim.bullet import BulletWorld

    world = load_world("yard")
    export_site(world, tmp_path)
    site = load_site(tmp_path)
    dock = np.asarray(site.place("dock_charge").pose)
    place = BulletWorld(world, visitors=None)
    body = BulletBody(place, sweeper_spec(), dock, np.random.default_rng(1))
    robot, mission = sweeper.build(site, dock), _Show(dock)
    observation, errors, brushes, lights = body.reset(), [], [], set()
    while observation.time < 23.0:
        done = tick(robot, mission, observation, StageTimes())
        body.act(done.sent)
        observation = body.observe()
        errors.append(relative(dock, np.array(body.true_pose())))
        brushes.append(abs(float(observation.joints.velocity[4])))
        lights.add(done.sent.light)
    ended = np.array(body.true_pose())
    touched = [what for what, _ in body.contacts_with() if what != "ground"]
    body.close()
    place.close()
    off = np.array(errors)
    assert math.degrees(off[:, 2].max()) > 20.0
    assert math.degrees(off[:, 2].min()) < -20.0
    assert 0.1 < np.hypot(off[:, 0], off[:, 1]).max() < 0.4
    assert max(brushes) > 1.0
    assert {"smile", "star", "heart"} <= lights
    assert not mission.antics.is_away
    assert not touched
    assert Stations.of(world).at(ended) == "dock_charge"
