"""The behaviours that come with the package: enough of each kind, both languages, on the beat."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pytest

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour, Curve
from robotics.behaviour.compiled import Interruptible, Step, Words
from robotics.behaviour.format.compile import Outcome
from robotics.behaviour.format.library import Library
from robotics.behaviour.format.load import compile_all, library_of
from robotics.behaviour.format.tags import has_chinese, untag
from robotics.core.joints import JointTable
from robotics.robots.greeter.joints import load
from robotics.robots.sweeper.joints import load as load_sweeper

TABLES = {"greeter": load().joints, "sweeper": load_sweeper().joints}
LIBRARIES = {name: library_of(asset("behaviours") / name, table) for name, table in TABLES.items()}
OUTCOMES = {name: compile_all(library) for name, library in LIBRARIES.items()}
LEAST = 60.0
"""A dance is at least so long [s]."""


def ready(robot: str) -> dict[str, Behaviour]:
    """Return the behaviours of a robot that passed."""
    found = {name: one.behaviour for name, one in OUTCOMES[robot].items()}
    return {name: one for name, one in found.items() if one is not None}


GREETER, SWEEPER = ready("greeter"), ready("sweeper")
DANCES = [one for one in GREETER.values() if one.kind == "dance"]
SONGS = [one for one in GREETER.values() if one.kind == "song"]


def outcomes() -> Iterator[tuple[str, Outcome]]:
    """Yield every file of both robots."""
    for robot, found in OUTCOMES.items():
        for name, one in found.items():
            yield f"{robot}/{name}", one


def steps_of(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield all steps, those within others, too."""
    for one in steps:
        yield one
        for _, inner in one.branches:
            yield from steps_of(inner)


def words_of(one: Behaviour) -> list[Words]:
    """Return everything that a behaviour says."""
    return [*one.words, *(step.words for step in steps_of(one.steps) if step.words is not None)]


def curves_of(one: Behaviour) -> dict[str, Curve]:
    """Return the curves of a behaviour by joint."""
    return {} if one.clip is None else dict(zip(one.clip.joints, one.clip.curves, strict=True))


def test_every_file_passes_without_a_warning() -> None:
    """Nothing to mend in what comes with the package."""
    wrong = [f"{name}: {one.text('en')}" for name, o in outcomes() for one in o.findings]
    assert wrong == []
    assert all(library.pose_findings == () for library in LIBRARIES.values())


def test_there_are_enough_of_every_kind() -> None:
    """Thirty in all, and what each kind is asked for."""
    kinds = Counter(one.kind for one in GREETER.values())
    assert len(GREETER) + len(SWEEPER) >= 60
    assert len(GREETER) >= 30
    least = {"idle": 2, "greeting": 8, "gesture": 15, "farewell": 2, "request": 3, "tour": 1}
    assert all(kinds[kind] >= count for kind, count in least.items())
    assert kinds["dance"] >= 3
    assert kinds["song"] >= 2


@pytest.mark.parametrize(
    "name",
    [
        *("sway", "breathe", "notice", "follow", "nod", "shake_head", "raise_head"),
        *("greet_morning", "greet_noon", "greet_afternoon", "greet_evening", "greet_night"),
        *("greet_child", "greet_family", "greet_elder", "greet_group", "greet_crowd"),
        *("bow", "wave", "point_left", "point_right", "point_ahead", "photo_pose", "photo_heart"),
        *("applaud", "thank", "farewell", "farewell_evening", "farewell_child", "help"),
        *("dance_jasmine", "dance_sea_breeze", "dance_lantern", "sing_jasmine", "sing_farewell"),
        *("tour_pier", "handshake", "point_the_way", "show_the_way"),
    ],
)
def test_the_greeter_knows(name: str) -> None:
    """What visitors are promised, by name."""
    assert name in GREETER


def test_the_sweeper_is_polite() -> None:
    """Requests, thanks, warnings with a chime before it moves, and its show."""
    asked = ("excuse_me", "thank_you", "finished", "resting", "too_large", "parking_show")
    assert not set(asked) - set(SWEEPER)
    for name in ("reversing", "turning", "wet_ground", "mind_brushes"):
        assert any(cue.chime for cue in SWEEPER[name].tools)
    show = SWEEPER["parking_show"]
    assert show.feet
    assert np.allclose(_turned(show), 0.0, atol=1e-9)


def _turned(one: Behaviour) -> np.ndarray:
    """Return how far the base is displaced and turned in all, each stretch taken as straight."""
    return np.sum([(s.end - s.start) * np.array(s.twist) for s in one.feet], axis=0)


def test_all_words_are_in_both_languages_with_as_many_variants() -> None:
    """And no variant says the same as another one."""
    for name, o in outcomes():
        assert o.behaviour is not None
        for words in words_of(o.behaviour):
            if words.song:
                continue
            assert len(words.zh) == len(words.en) > 0, name
            assert all(has_chinese(untag(text).plain) for text in words.zh), name
            assert not any(has_chinese(text) for text in words.en), name
            assert len(set(words.zh)) == len(words.zh), name
            assert len(set(words.en)) == len(words.en), name


def test_greetings_and_farewells_do_not_repeat_themselves() -> None:
    """Three variants at least: visitors hear what the ones before them were told."""
    for one in GREETER.values():
        if one.kind in ("greeting", "farewell"):
            assert len(one.zh) >= 3, one.name


def test_what_answers_point_with_says_nothing() -> None:
    """Gestures that tags start in other texts have no words of their own."""
    silent = ("wave", "nod", "bow", "point_the_way", "point_left", "point_right", "point_ahead")
    assert all(not GREETER[name].words and GREETER[name].clip is not None for name in silent)


def test_dances_are_long_and_on_the_beats_of_their_songs() -> None:
    """Every turning point of an arm is on a beat (or half a beat) of the song's own grid."""
    assert len({one.music for one in DANCES}) >= 3
    for one in DANCES:
        song = _song(LIBRARIES["greeter"], one.music)
        assert one.duration >= LEAST
        assert one.duration == pytest.approx(song)
        assert one.interruptible in (Interruptible.AT_BEAT, Interruptible.AT_PHRASE)
        halves = np.sort(np.concatenate([one.grid.beats, _middles(one.grid.beats)]))
        for curve in curves_of(one).values():
            off = np.abs(np.array(curve.times)[:, None] - halves[None, :]).min(axis=1)
            assert off.max() < 1e-6, one.name


def _song(library: Library, name: str) -> float:
    song = library.song(name)
    assert song is not None
    return song.duration


def _middles(beats: tuple[float, ...]) -> list[float]:
    return [0.5 * (before + after) for before, after in pairwise(beats)]


def test_dances_use_the_whole_body() -> None:
    """Head, both arms, trunk and feet; an accent at two thirds of the beats or more."""
    for one in DANCES:
        curves, beats = curves_of(one), np.array(one.grid.beats)
        assert {"head_yaw", "head_pitch", "left_elbow", "right_elbow"} <= set(curves)
        assert one.sway is not None
        assert sum(stretch.end - stretch.start for stretch in one.feet) > 12.0
        knots = np.concatenate([curve.times for curve in curves.values()])
        hit = np.abs(knots[None, :] - beats[:, None]).min(axis=1) < 1e-6
        assert hit.mean() > 0.66, one.name


def test_dancing_feet_come_back_to_where_they_began() -> None:
    """What goes forward goes back."""
    for one in DANCES:
        np.testing.assert_allclose(_turned(one), 0.0, atol=1e-9)


def test_the_trunk_rests_over_the_feet_while_they_step() -> None:
    """Sway is for standing: the gait needs the trunk for itself."""
    for one in DANCES:
        assert one.sway is not None
        for stretch in one.feet:
            for time in np.linspace(stretch.start + 0.1, stretch.end - 0.1, 20):
                assert np.allclose(one.sway.offset(float(time)), 0.0, atol=2e-3), one.name


def test_songs_sing_what_they_are_named_after() -> None:
    """The voice keeps to the music, and arms and head move to every phrase."""
    for one in SONGS:
        sung = [words.song for words in one.words]
        assert sung == [one.music]
        knots = np.concatenate([curve.times for curve in curves_of(one).values()])
        ends = [*one.grid.phrases[1:], one.duration]
        for start, end in zip(one.grid.phrases, ends, strict=True):
            assert ((knots > start) & (knots <= end)).any(), one.name


def test_the_tour_goes_to_places_of_the_pier_and_comes_home() -> None:
    """Each way and each question is bounded; it asks, tells, and ends where it began."""
    tour = [*steps_of(GREETER["tour_pier"].steps)]
    ways = [one.name for one in tour if one.kind == "go_to"]
    assert len(ways) >= 4
    assert ways[-1] == "station"
    text = (asset("behaviours").parent / "sim" / "worlds" / "zhanqiao.yaml").read_text("utf-8")
    assert all(f"\n  {place}: {{title" in text for place in ways)
    assert sum(one.kind == "ask" for one in tour) >= 2
    assert all(one.seconds > 0.0 for one in tour if one.kind in ("go_to", "ask"))
    assert GREETER["tour_pier"].duration < 600.0


def test_poses_keep_to_the_limits_and_are_mirrored() -> None:
    """Every arm pose of the left arm alone gives the right one in the mirror, within its limits."""
    from robotics.behaviour.format.poses import joints_of

    table: JointTable = TABLES["greeter"]
    poses = MappingProxyType(dict(LIBRARIES["greeter"].poses))
    assert {"rest", "wave_high", "open_wide", "point", "heart", "salute"} <= set(poses)
    assert {"clap_open", "clap_closed"} <= set(poses)
    for name, pose in poses.items():
        whole = joints_of(pose, "arms")
        for joint, angle in whole.items():
            limits = table.joints[table.index(joint)]
            assert np.degrees(limits.lower) <= angle <= np.degrees(limits.upper), name
        if whole and not any(joint.startswith("right_") for joint in pose):
            for part, sign in (("pitch", 1), ("roll", -1), ("yaw", -1)):
                left, right = (f"{side}_shoulder_{part}" for side in ("left", "right"))
                assert whole[right] == sign * whole[left], name
