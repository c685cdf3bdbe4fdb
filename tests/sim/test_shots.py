"""The video shows the moments that matter."""

import math

import numpy as np
import pytest

from sim.shots import camera, choose, heading, kerb_pass, nearest


def _frame(time: float) -> dict:
    """Make a scene: the greeter steps from 40 to 43 s, the sweeper brushes from 20 to 80 s."""
    x = min(max(time - 40.0, 0.0), 3.0) * 0.2
    return {
        "time": time,
        "robots": {
            "greeter": {"position": [x, 5.0, 0.5], "quaternion": [0, 0, 0, 1], "joints": []},
            "sweeper": {
                "position": [0.1 * time, 0.0, 0.0],
                "quaternion": [0, 0, math.sin(0.25), math.cos(0.25)],
                "brush": 1.0 if 20 <= time <= 80 else 0.0,
                "joints": [],
            },
        },
        "visitors": [[1, 1.0, 5.0, 0.0, 0.25, 1.7]] if 60 <= time <= 70 else [],
    }


SCENES = [_frame(0.05 * k) for k in range(2001)]
SPOKEN = [{"start": 10.0, "duration": 2.0}, {"start": 62.0, "duration": 2.0}]


def test_the_greeting_shown_is_the_one_with_visitors() -> None:
    """At 10 s nobody was there."""
    shots = {shot.title: shot for shot in choose(SCENES, SPOKEN)}
    assert shots["a greeting"].start <= 62.0 <= shots["a greeting"].end
    assert shots["real steps"].start <= 41.0 <= shots["real steps"].end
    assert 20.0 <= shots["sweeping"].start <= 80.0


def test_a_robot_that_never_steps_gets_no_shot_of_steps() -> None:
    """Nothing is shown that did not happen."""
    still = [f for f in SCENES if f["time"] < 30.0]
    assert "real steps" not in {shot.title for shot in choose(still, [])}


def test_shots_stay_within_the_run() -> None:
    """Also when the moment is at the very end."""
    for shot in choose(SCENES, [{"start": 99.9, "duration": 1.0}]):
        assert 0.0 <= shot.start < shot.end <= 100.0 + 1e-9
        assert len(shot.times(12)) > 0


def test_the_camera_follows_without_turning() -> None:
    """It keeps its distance and bearing while the subject moves."""
    shot = next(s for s in choose(SCENES, SPOKEN) if s.title == "sweeping")
    first, later = camera(shot, SCENES, shot.start + 1), camera(shot, SCENES, shot.start + 9)
    assert later.eye - later.target == pytest.approx(first.eye - first.target)
    assert later.target[0] - first.target[0] == pytest.approx(0.8, abs=0.02)


def test_heading_and_nearest() -> None:
    """Small laws that the rest stands on."""
    assert heading([0, 0, math.sin(0.25), math.cos(0.25)]) == pytest.approx(0.5)
    assert nearest(SCENES, 12.34)["time"] == pytest.approx(12.35)
    assert nearest(SCENES, 1e9)["time"] == SCENES[-1]["time"]
    assert np.isclose(nearest(SCENES, -1.0)["time"], 0.0)


def test_both_robots_are_shown_while_both_work() -> None:
    """At 62 s the greeter speaks and the brushes turn: both stand in the middle of the picture."""
    shots = {shot.title: shot for shot in choose(SCENES, SPOKEN)}
    shot = shots["both at work"]
    seen = camera(shot, SCENES, 62.5)
    axis = (seen.target - seen.eye)[:2]
    for name in ("greeter", "sweeper"):
        place = np.array(nearest(SCENES, 62.5)["robots"][name]["position"][:2]) - seen.eye[:2]
        angle = np.arccos(axis @ place / np.linalg.norm(axis) / np.linalg.norm(place))
        assert angle < math.radians(38.0)
    idle = [f for f in SCENES if f["time"] < 15.0]
    assert "both at work" not in {shot.title for shot in choose(idle, SPOKEN)}


@pytest.mark.parametrize("side", [1, -1])
def test_a_kerb_pass_is_shown_from_the_brushes_side(side: int) -> None:
    """The eye is low, beyond the brush edge, ahead of it, and looks back along the kerb."""
    kerb = [(0.0, 0.6 * side), (40.0, 0.6 * side)]
    scenes = [
        {
            "time": 0.05 * k,
            "robots": {
                "sweeper": {
                    "position": [0.5 * 0.05 * k, 0.0, 0.0],
                    "quaternion": [0.0, 0.0, 0.0, 1.0],
                    "brush": float(100 <= k < 400),
                    "joints": [],
                }
            },
        }
        for k in range(600)
    ]
    shots = kerb_pass(scenes, [kerb])
    assert shots[0].ground
    assert 5.0 <= shots[0].start < shots[0].end <= 20.0
    seen = camera(shots[0], scenes, shots[0].start + 2.0)
    brush = 0.5 * (shots[0].start + 2.0) + 0.5
    assert seen.eye[0] > brush + 0.5
    assert side * seen.eye[1] > 0.56
    assert seen.eye[2] < 0.6
    assert side * seen.target[1] == pytest.approx(0.5)


def test_no_kerb_no_kerb_pass() -> None:
    """Neither without kerbs nor two metres from one."""
    assert kerb_pass(SCENES, []) == []
    assert kerb_pass(SCENES, [[(0.0, 3.0), (40.0, 3.0)]]) == []
