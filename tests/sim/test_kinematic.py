"""Perfect motion, and rays against an independent oracle."""

import subprocess
import sys
from dataclasses import replace

import numpy as np

from robotics.core.messages import Command
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.kinematic import KinematicBody, KinematicWorld
from sim.sensors import QUIET
from sim.spec import greeter_spec, sweeper_spec
from sim.world import load_world


def test_no_physics_engine_is_loaded() -> None:
    """Kinematic bodies work where PyBullet is not installed."""
    code = "import sys, sim.kinematic; sys.exit('pybullet' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_wheels_drive_an_exact_circle() -> None:
    """Half a circle at 0.6 m/s and 0.5 rad/s ends two radii to the left, facing back."""
    body = KinematicBody(
        KinematicWorld(), replace(sweeper_spec(), noise=QUIET), (0, 0, 0), np.random.default_rng(1)
    )
    body.reset()
    wheel = np.array([0.6 - 0.5 * 0.32, 0.6 + 0.5 * 0.32]) / 0.15
    command = Command(np.array([*wheel, 0.0, 0.0, 0.0]), np.full(5, 100.0))
    for _ in range(round(np.pi / 0.5 / body.period)):
        body.act(command)
        body.observe()
    x, y, yaw = body.true_pose()
    assert np.hypot(x, y - 2 * 0.6 / 0.5) < 0.02
    assert abs(abs(yaw) - np.pi) < 0.02


def test_the_greeter_reaches_its_targets_at_no_more_than_top_speed() -> None:
    """Joints slew, then arrive within one register step."""
    spec = replace(greeter_spec(), noise=QUIET)
    body = KinematicBody(KinematicWorld(), spec, (0, 0, 0), np.random.default_rng(1))
    body.reset()
    target = spec.initial_joints + 0.1
    for _ in range(40):
        body.act(Command(target, np.full(22, 20.0)))
        speed = body.observe().joints.velocity
        assert np.all(np.abs(speed) <= spec.model.joints.column("velocity") + 1e-9)
    assert np.abs(body.joint_positions() - target).max() < 1e-3


def test_rays_agree_with_the_physics_engine() -> None:
    """Both bodies see the same yard: our prisms against PyBullet's rays, both lidars."""
    world, pose = load_world("yard"), (-2.0, -1.0, 0.7)
    for spec in (sweeper_spec(), greeter_spec()):
        quiet = replace(spec, noise=QUIET)
        place = BulletWorld(world)
        one = BulletBody(place, quiet, pose, np.random.default_rng(1)).reset()
        other = KinematicBody(KinematicWorld(world), quiet, pose, np.random.default_rng(1)).reset()
        place.close()
        for a, b in ((one.scan, other.scan), (one.kerb_scan, other.kerb_scan)):
            if a is None or b is None:
                assert a is b
                continue
            both = np.isfinite(a.range) & np.isfinite(b.range)
            off = np.abs(a.range - b.range)[both]
            assert both.sum() > 100
            assert np.quantile(off, 0.98) < 0.02
