"""``robotics walk``: the page holds what it promises, and its figures agree with other ways."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer

from robotics.cli import app, main
from robotics.control.dynamics import Dynamics
from robotics.core.errors import OptionError, RoboticsError
from robotics.core.rotation import matrix_from_quaternion
from robotics.core.walked import Walked, WalkOrder, WalkPush
from robotics.gait_report import limits, read_order, report_walk
from robotics.report.gait import title_of, write_gait_report
from robotics.report.gait_figures import cause, figures, mean_twist, missing
from robotics.report.gait_frames import GRAVITY, Seen, laid, loaded, see
from robotics.report.gait_svg import thinned
from robotics.robots.greeter.joints import load
from sim import heat
from sim.gait_film import _pictures
from sim.gait_walk import walk
from sim.grounds import GROUNDS

AHEAD = WalkOrder((0.25, 0.0, 0.0), 6.0)


@pytest.fixture(scope="module")
def ahead() -> Walked:
    """Six seconds ahead."""
    return walk(AHEAD)


@pytest.fixture(scope="module")
def seen(ahead: Walked) -> Seen:
    """The same, made ready."""
    return see(ahead)


@pytest.fixture(scope="module")
def limited() -> Walked:
    """A second of far more than the walk takes."""
    return walk(WalkOrder((5.0, 0.0, -9.0), 1.0, 3))


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A walk with a push that nobody survives, on the command line: page and exit code."""
    page = tmp_path_factory.mktemp("fallen") / "walk.html"
    line = ["walk", "--speed", "0.25", "--seconds", "4", "--push", "0,14@1.5", "--no-video"]
    with pytest.raises(SystemExit) as ended:
        main([*line, "--report", str(page)])
    return page, int(ended.value.code or 0)


# ---------------------------------------------------------------------------- truth


def test_the_centre_of_mass_is_that_of_the_dynamics(ahead: Walked) -> None:
    """PyBullet's links weighted by mass against Pinocchio on the same pose."""
    dynamics, truth = Dynamics(load()), ahead.truth
    for row in (0, 431, 1007):
        com = dynamics.place(
            truth.joints[row],
            rotation_base=matrix_from_quaternion(truth.base[row, 3:]),
            position_base=truth.base[row, :3],
        )
        assert np.abs(com - truth.com[row]).max() < 1e-4
        sole, turn = dynamics.sole(1)
        assert np.abs(sole - truth.soles[row, 1]).max() < 1e-4
        assert math.atan2(turn[1, 0], turn[0, 0]) == pytest.approx(truth.sole_yaw[row, 1], abs=1e-4)


def test_the_velocity_is_the_change_of_place(ahead: Walked) -> None:
    """Central differences of the centre of mass give what the engine's link speeds sum up to."""
    change = (ahead.truth.com[2:] - ahead.truth.com[:-2]) / (2.0 * ahead.period)
    assert np.abs(change - ahead.truth.velocity[1:-1]).mean() < 0.01


def test_the_feet_carry_the_weight(ahead: Walked) -> None:
    """Gravity and the ground are all there is: the mean force is the weight."""
    force = ahead.truth.force.sum(axis=1)[200:]
    assert force.mean() == pytest.approx(ahead.mass * GRAVITY, rel=0.02)


def test_the_pressure_is_within_what_carries(seen: Seen) -> None:
    """A centre of pressure outside the hull of the loaded soles would be no such thing."""
    margin = seen.margin[np.isfinite(seen.margin)]
    assert len(margin) > 1000
    assert margin.min() > -2e-3
    cop, sole = seen.walked.truth.cop[loaded(seen.walked)], seen.walked.sole
    assert cop[:, 0].max() < sole.front + 2e-3
    assert np.abs(cop[:, 1]).max() < sole.side + 2e-3


# ---------------------------------------------------------------------------- figures


def test_the_speed_is_way_over_time(seen: Seen) -> None:
    """A straight walk: how far the base came after three seconds, and what the onlooker says."""
    truth, time = seen.walked.truth, seen.walked.time
    late = time >= 3.0
    way = np.linalg.norm(truth.base[late][-1, :2] - truth.base[late][0, :2])
    speed = way / (time[late][-1] - time[late][0])
    assert mean_twist(seen)[0] == pytest.approx(speed, abs=0.005)
    assert seen.walked.figures["ahead_m"] == pytest.approx(truth.base[-1, 0], abs=0.02)
    assert 0.2 < speed < 0.3


def test_steps_add_up_to_the_speed(seen: Seen) -> None:
    """Length of a step over time of a step, both from where soles touched."""
    late = [one for one in seen.landed if one.landed > 3.0]
    every = (late[-1].landed - late[0].landed) / (len(late) - 1)
    length = np.mean([one.step[0] for one in late])
    assert length / every == pytest.approx(mean_twist(seen)[0], rel=0.1)
    assert [one.side for one in late] == [(late[0].side + k) % 2 for k in range(len(late))]


def stands(walked: Walked, side: int) -> list[tuple[int, float]]:
    """Return (first row, slip [m]) of each time that a sole carried and was lifted again."""
    carries = np.concatenate([[False], loaded(walked)[:, side], [False]])
    begin, end = np.flatnonzero(np.diff(carries.astype(int))).reshape(-1, 2).T
    track = walked.truth.soles[:, side, :2]
    return [
        (int(row), float(np.linalg.norm(track[after - 1] - track[row])))
        for row, after in zip(begin, end, strict=True)
        if after < len(track)
    ]


def test_slips_are_those_of_the_onlooker(seen: Seen) -> None:
    """Two codes that look at the same soles: every stand, those from before the walk, too."""
    found = [stands(seen.walked, side) for side in (0, 1)]
    every = [slip for one in found for _, slip in one]
    assert np.mean(every) == pytest.approx(seen.walked.figures["slip_mean_m"], abs=1e-6)
    assert max(every) == pytest.approx(seen.walked.figures["slip_max_m"], abs=1e-6)
    landed = [one.slip for one in seen.landed[:-2]]
    of_steps = [slip for one in found for row, slip in one if row > 0]
    assert landed
    assert all(min(abs(slip - other) for other in of_steps) < 1e-6 for slip in landed)


def test_torques_are_those_of_the_onlooker(ahead: Walked) -> None:
    """RMS over stall of the worst joint."""
    rms = np.sqrt((ahead.truth.torque**2).mean(axis=0)) / ahead.motors.stall
    assert rms.max() == pytest.approx(ahead.figures["torque_ratio_max"], rel=0.01)
    assert np.allclose(ahead.motors.continuous, 0.2 * ahead.motors.stall)


def test_windings_warm_up_as_the_law_says(ahead: Walked) -> None:
    """Small steps of the law are its exponential; the time to a limit is when it gets there."""
    loss = np.array([10.0, 30.0])
    warm = np.full(2, heat.AMBIENT)
    for _ in range(6000):
        warm = heat.warmed(warm, loss, 0.1)
    rise = 1.0 - math.exp(-600.0 / heat.SLOWNESS)
    assert warm == pytest.approx(heat.AMBIENT + heat.HEATING * loss * rise, rel=1e-3)
    never, until = heat.time_to(float(warm[1]), loss)
    assert math.isinf(never)
    assert until == pytest.approx(600.0, rel=2e-3)
    assert (ahead.motors.heat <= ahead.motors.settled + 1e-9).all()


def test_beliefs_are_laid_at_the_foot_that_carries(ahead: Walked) -> None:
    """Where it believes its standing foot is where that foot is; its ξ is near the true one."""
    rows, foot = np.arange(len(ahead.time)), ahead.belief.stance
    placed = laid(ahead, ahead.belief.soles[rows, foot])
    assert placed == pytest.approx(ahead.truth.soles[rows, foot, :2], abs=1e-9)
    found = see(ahead)
    assert np.abs(found.believed_xi - found.xi).mean() < 0.03


def test_more_than_the_walk_takes_is_limited(limited: Walked) -> None:
    """Beyond the limit it is told so, and the walk is asked for the limit."""
    top = limited.largest
    assert limited.asked == (top[0], 0.0, -top[2])
    first, second = limits(limited.order, limited)
    assert "--speed 5" in first
    assert f"limited to {top[0]:g} m/s" in first
    assert f"limited to {-top[2]:g} rad/s" in second
    assert any("(limited)" in note for _, _, note in figures(see(limited)))


# ---------------------------------------------------------------------------- the page


def test_the_page_holds_what_it_promises(ahead: Walked, tmp_path: Path) -> None:
    """Every section, every step, every joint; one file that needs no network."""
    found = write_gait_report(tmp_path / "walk.html", ahead, video=None, stills=[])
    page = (tmp_path / "walk.html").read_text(encoding="utf-8")
    for title in (
        *("What happened", "Footsteps", "Balance", "Centre of pressure in the soles", "Attitude"),
        *("Feet and ground", "Joint torques", "Torques, ratings, temperatures", "Speeds", "Steps"),
    ):
        assert f"<h2>{title}</h2>" in page
    assert page.count('class="sole planned"') == len(found.footfalls)
    assert page.count('class="sole"') >= len(found.landed)
    assert all(name.replace("_", " ") in page for name in ahead.motors.names)
    assert "believed" in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "nan" not in re.sub(r"[^ ]*base64[^\"]*", "", page).lower().split()
    for label, value, _ in figures(found):
        assert f"<b>{value}</b><span>{label}</span>" in page


def test_the_same_seed_makes_the_same_page(limited: Walked, tmp_path: Path) -> None:
    """Byte for byte; another seed makes another."""
    first, again, other = (tmp_path / f"{name}.html" for name in ("first", "again", "other"))
    write_gait_report(first, limited, video=None, stills=[])
    report_walk(limited.order, again, None)
    report_walk(replace(limited.order, seed=4), other, None)
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes().replace(b"seed 4", b"seed 3")


def test_a_fall_ends_with_exit_code_1_and_its_cause(fallen: tuple[Path, int]) -> None:
    """The page says when it fell, what told, where ξ went, and that it was pushed."""
    page, code = fallen
    text = page.read_text(encoding="utf-8")
    assert code == 1
    assert 'class="fell"' in text
    assert re.search(r"It fell at \d\.\d\d s: ", text)
    assert "ξ left the hull of both soles for good" in text
    assert "to the left" in text
    assert "pushed with 14.0 N·s" in text


def test_who_stays_up_ends_with_exit_code_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal shows the page's figures."""
    page = tmp_path / "walk.html"
    line = ["walk", "--speed", "-0.1", "--seconds", "1.5", "--report", str(page), "--no-video"]
    with pytest.raises(SystemExit) as ended:
        main(line)
    shown = capsys.readouterr().out
    assert ended.value.code in (0, None)
    assert "it stayed up" in shown
    assert "slip per step" in shown
    assert str(page) in shown.replace("\n", "")
    assert "0.1 m/s back" in page.read_text(encoding="utf-8")


def test_nothing_is_blamed_for_no_fall(seen: Seen) -> None:
    """A walk that stays up has no cause of a fall, and missed no speed; one that crawls has."""
    assert cause(seen) == []
    assert missing(seen) == []
    slow = replace(seen, walked=replace(seen.walked, asked=(0.5, 0.0, 0.0)))
    assert re.fullmatch(r"0\.2\d of 0\.50 m/s ahead", missing(slow)[0])
    assert seen.lost == math.inf


def test_both_views_show_the_robot(ahead: Walked) -> None:
    """Two panels; the robot stands in the middle of each, and moving on changes the picture."""
    first, later = _pictures(ahead, np.array([1.0, 1.3]))
    assert first.shape == (480, 960, 3)
    for middle in (240, 720):
        spread = first[100:420, middle - 60 : middle + 60].reshape(-1, 3).std(axis=0).max()
        corner = first[100:200, middle - 230 : middle - 180].reshape(-1, 3).std(axis=0).max()
        assert spread > 3.0 * corner
    assert np.abs(first.astype(int) - later.astype(int)).mean() > 0.5


def test_thin_curves_keep_their_peaks() -> None:
    """One tick of impact among ten thousand is still drawn."""
    x = np.arange(10000.0)
    y = np.zeros(10000)
    y[7777] = 450.0
    few_x, few_y = thinned(x, y, 500)
    assert len(few_x) <= 600
    assert few_y.max() == 450.0
    assert few_x[few_y.argmax()] == 7777


# ---------------------------------------------------------------------------- options


def _order(**changes: str) -> WalkOrder:
    wished = {"speed": "0.2", "side": "0", "turn": "0", "seconds": "10", "ground": "flat"} | changes
    twist = (wished["speed"], wished["side"], wished["turn"])
    push = wished.get("push", "")
    return read_order(
        twist, wished["seconds"], seed=1, ground=wished["ground"], push=push, reflexes=False
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"speed": "nan"}, "--speed 'nan' is not a number; give m/s"),
        ({"side": "inf"}, "--side 'inf' is not a number"),
        ({"turn": "fast"}, "--turn 'fast' is not a number; give rad/s"),
        ({"seconds": "0"}, "--seconds 0 is not allowed; give 1 to 600"),
        ({"seconds": "-3"}, "give 1 to 600"),
        ({"seconds": "1e9"}, "give 1 to 600"),
        ({"ground": "bump"}, "there is no ground 'bump'; did you mean 'bumps'?"),
        ({"push": "3,0"}, "--push '3,0' has no time; give AHEAD,LEFT@TIME"),
        ({"push": "3@2"}, "--push '3@2' is not understood"),
        ({"push": "nan,0@2"}, "is not understood"),
        ({"push": "0,0@2"}, "the impulse must be above 0"),
        ({"push": "900,0@2"}, "up to 50 N·s"),
        ({"push": "3,0@99"}, "its time must be 0 to 9.5 s"),
    ],
)
def test_a_bad_option_gets_one_clear_line(changes: dict[str, str], told: str) -> None:
    """It names the option, what was given, and what is allowed."""
    with pytest.raises(RoboticsError, match=re.escape(told)) as raised:
        _order(**changes)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        ["--seed", "-1"],
        ["--report", "walk.pdf"],
        ["--video", "walk.gif"],
        ["--speed", "nan"],
    ],
)
def test_a_bad_line_ends_with_exit_code_2(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on the error stream, no traceback."""
    with pytest.raises(SystemExit) as ended:
        main(["walk", *line])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.count("\n") == 1
    assert line[0] in told


def test_a_file_that_cannot_be_written_is_told_before_the_walk(tmp_path: Path) -> None:
    """Not after minutes of walking."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="give a file you can write"):
        report_walk(AHEAD, tmp_path / "file" / "walk.html", None)


def test_every_ground_is_named_in_the_help() -> None:
    """And the order is told in words."""
    command = typer.main.get_command(app).commands["walk"]  # type: ignore[attr-defined]
    words = next(one.help for one in command.params if one.name == "ground")
    assert all(name in words for name in GROUNDS)
    assert _order(push="1.5,-2@3").push == WalkPush(3.0, (1.5, -2.0))


def test_a_title_says_what_was_ordered(ahead: Walked) -> None:
    """Ways by their names, not by signs."""
    order = replace(AHEAD, twist=(-0.1, -0.05, 0.3))
    told = title_of(replace(ahead, order=order))
    assert told == "0.1 m/s back, 0.05 m/s to the right, 0.3 rad/s to the left, level paving"
