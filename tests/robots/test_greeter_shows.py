"""What the greeter shows and says: dances, songs, answers, handshakes, and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour, Priority, load_behaviours
from robotics.behaviour.compiled import Grid, Interruptible, OnConflict, Resource, Stretch, Words
from robotics.behaviour.guests import Guest
from robotics.control.touch import Felt
from robotics.core.messages import Drive, Goal, GoTo, Hand, Music, Posture, Stay
from robotics.mapping.places import Place
from robotics.robots.greeter.conversation import Conversation, wish
from robotics.robots.greeter.greetings import farewells, greetings
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission
from robotics.robots.greeter.shows import EVERY, FIRST
from robotics.robots.means import Means
from robotics.voice.answers.answerer import Answer

BEHAVIOURS = dict(load_behaviours(asset("behaviours/greeter"), load().joints))
BODY = frozenset({Resource.BODY})
DANCE = replace(
    BEHAVIOURS["wave"],
    name="little_dance",
    kind="dance",
    priority=Priority.SHOW,
    duration=20.0,
    title=("小舞", "A little dance"),
    needs=("standing", "room>1.0"),
    resources=BODY,
    on_conflict=OnConflict.QUEUE,
    interruptible=Interruptible.AT_BEAT,
    grid=Grid(tuple(float(k) for k in range(20))),
    feet=(Stretch(5.0, 8.0, (0.1, 0.0, 0.0), 0.6),),
    music="jasmine",
)
SONG = Behaviour(
    "little_song",
    "song",
    Priority.SHOW,
    12.0,
    words=(Words(0.0, song="jasmine"),),
    title=("小歌", "A little song"),
    resources=frozenset({Resource.VOICE}),
)
PLAIN = {
    name: one
    for name, one in BEHAVIOURS.items()
    if one.kind not in ("dance", "song", "show", "tour")
}
ALL = {**PLAIN, DANCE.name: DANCE, SONG.name: SONG}
COMPANY = Walker(1, (2.0, 0.2), (0.0, 0.0))


def told(heard: str, time: float) -> Answer:
    """Answer everything, but know only the pier."""
    known = "桥" in heard
    zh = "[nod]四百四十米！" if known else "我不知道。"
    return Answer("pier" if known else "unknown", zh, "440 metres!", "zh", 0.5)


def scene(
    *walkers: Walker,
    seconds: float = 400.0,
    felt: Callable[[], Felt] = Felt,
    permitted: Callable[[Behaviour], str] = lambda one: "",
    heard: dict[float, str] | None = None,
) -> tuple[Stage, GreeterMission]:
    """Return a stage with people who say something at times, and the mission."""
    stage = Stage(np.zeros(3), list(walkers))
    means = Means(answer=told, felt=felt, permitted=permitted)
    said = heard or {}

    def more(time: float) -> dict[str, object]:
        return {"heard": tuple(text for at, text in said.items() if abs(time - at) < 0.01)}

    stage.more = more
    return stage, build_mission(
        open_site(), seconds=seconds, behaviours=ALL, progress=stage.progress, means=means
    )


def visited(mission: GreeterMission, state: str) -> list[float]:
    """Return when a state was entered."""
    return [line.time for line in mission.history if line.target == f"working/{state}"]


def test_it_dances_and_sings_in_turn_for_an_audience() -> None:
    """The first show after a minute, the other kind next, minutes apart."""
    stage, mission = scene(COMPANY)
    stage.run(mission, 260.0)
    times = visited(mission, "show")
    assert FIRST <= times[0] <= FIRST + 20.0
    assert times[1] - times[0] >= EVERY
    counts = mission.report().counts
    assert (counts["danced"], counts["sung"]) == (1, 1)
    assert "it showed the dance “A little dance” (小舞)" in mission.report().notes
    dancing = [goal for _, goal in stage.goals if goal.activity == "showing A little dance (小舞)"]
    assert any(isinstance(goal.base, Drive) for goal in dancing)
    assert dancing[5].posture.clip == "little_dance"
    assert isinstance(dancing[5].music, Music)
    singing = [goal for _, goal in stage.goals if goal.activity == "showing A little song (小歌)"]
    assert singing[5].voice is not None
    assert singing[5].voice.song == "jasmine"


def test_who_comes_while_it_dances_is_greeted_with_words_alone() -> None:
    """Arms and legs dance on; a song is not interrupted."""
    stage, mission = scene(COMPANY)
    stage.people.append(Walker(2, (2.2, -0.5), (0.0, 0.0), between=(FIRST + 6.0, FIRST + 40.0)))
    stage.run(mission, FIRST + 22.0)
    begun = visited(mission, "show")[0]
    hello = [time for time, name in stage.spoken() if name.startswith("greet") and time > begun]
    assert begun < FIRST + 6.0 < hello[0] < FIRST + 9.0
    dancing = [goal for time, goal in stage.goals if abs(time - hello[0] - 0.5) < 0.03]
    assert dancing[0].activity == "showing A little dance (小舞)"
    assert dancing[0].posture.clip == "little_dance"


def sung(stage: Stage) -> list[tuple[float, float]]:
    """Return when it sings, from each beginning to each end [s]."""
    parts: list[list[float]] = []
    before = False
    for time, goal in stage.goals:
        now = goal.voice is not None and goal.voice.song != ""
        if now and not before:
            parts.append([time, time])
        if now:
            parts[-1][1] = time
        before = now
    return [(start, end) for start, end in parts]


def test_a_song_is_held_between_two_phrases_for_a_hello() -> None:
    """The word begins with a phrase, the song goes on with another, the music never stops."""
    heard = {12.0: "请给我们唱个歌吧"}
    stage, mission = scene(COMPANY, heard=heard)
    phrases = (0.0, 4.0, 8.0)
    mission = build_mission(
        open_site(),
        seconds=400.0,
        behaviours={**PLAIN, SONG.name: replace(SONG, grid=Grid((), phrases), music="jasmine")},
        progress=stage.progress,
        means=Means(answer=told, songs={"jasmine": 12.0}),
    )
    while mission.machine.state != "working/show":
        assert stage.time < 30.0
        stage.run(mission, stage.time + 0.05)
    begun = visited(mission, "show")[0]
    stage.people.append(Walker(2, (2.2, -0.5), (0.0, 0.0), between=(begun + 1.0, begun + 60.0)))
    stage.run(mission, begun + 14.0)
    hello = [time for time, name in stage.spoken() if name == "greet_too"]
    first, second = sung(stage)
    assert len(hello) == 1
    assert abs(hello[0] - begun - 4.0) < 0.2
    assert abs(first[1] - hello[0]) < 0.2
    assert abs(second[0] - begun - 8.0) < 0.2
    assert abs(second[1] - begun - 12.0) < 0.2
    singing = [goal for time, goal in stage.goals if begun + 0.1 < time < begun + 11.9]
    assert all(goal.music is not None and goal.music.song == "jasmine" for goal in singing)
    counts = mission.report().counts
    assert counts["sung"] == 1
    assert mission.report().notes.count("it said: 小歌") == 1


def test_who_comes_while_a_hand_is_shaken_or_it_bows_is_greeted() -> None:
    """In a few words; and the first word after the handshake is not swallowed."""
    close = Walker(1, (0.85, 0.0), (0.0, 0.0))

    def felt() -> Felt:
        held = 14.0 < stage.time < 18.0
        return Felt(held=held, frequency=1.5 if held else 0.0, there=True, yielding=held)

    stage, mission = scene(close, felt=felt, seconds=60.0)
    while mission.machine.state != "working/handshake":
        assert stage.time < 20.0
        stage.run(mission, stage.time + 0.05)
    offered = stage.time
    stage.people.append(Walker(2, (2.2, -0.9), (0.0, 0.0), between=(offered + 1.0, 60.0)))
    stage.people.append(Walker(3, (2.2, 0.9), (0.0, 0.0), between=(54.5, 60.0)))
    stage.run(mission, 60.0)
    hello = [time for time, name in stage.spoken() if name.startswith("greet_")]
    assert any(offered + 1.0 < time < offered + 5.0 for time in hello)
    assert any(54.0 < time < 59.0 for time in hello)
    assert "handshake" in [name for _, name in stage.spoken()]
    said = {"handshake_thanks", "handshake_no_matter"} & {name for _, name in stage.spoken()}
    assert said


def test_nobody_sees_no_show() -> None:
    """Alone it sways and steps, and that is all."""
    stage, mission = scene()
    stage.run(mission, 200.0)
    assert visited(mission, "show") == []


def test_a_show_gives_way_to_who_comes_too_near_on_the_beat() -> None:
    """A child runs up to it: the dance ends at the next beat, without a word lost."""
    stage, mission = scene(Walker(1, (2.0, 0.2), (0.0, 0.0), between=(0.0, FIRST + 9.0)))
    stage.people.append(Walker(2, (0.6, 0.0), (0.0, 0.0), between=(FIRST + 8.0, FIRST + 40.0)))
    stage.run(mission, FIRST + 55.0)
    begun = visited(mission, "show")[0]
    ended = next(line.time for line in mission.history if line.source == "working/show")
    assert begun < FIRST + 8.0 < ended < FIRST + 9.2


def test_what_is_not_certified_is_not_shown() -> None:
    """It is refused with the reason, and the other one comes."""
    stage, mission = scene(COMPANY, permitted=lambda one: "no" if one.kind == "dance" else "")
    stage.run(mission, 200.0)
    report = mission.report()
    assert (report.counts["danced"], report.counts["sung"]) == (0, 1)
    assert "little_dance did not start: no" in report.notes


def test_a_question_is_answered_with_a_gesture_and_what_it_does_not_know_politely() -> None:
    """In turn, each once; the report has both."""
    stage, mission = scene(COMPANY, heard={12.0: "这座桥有多长", 12.05: "你是谁"})
    stage.run(mission, 40.0)
    spoken = [name for _, name in stage.spoken() if name.startswith("answer_")]
    assert spoken == ["answer_pier", "answer_unknown"]
    answering = [goal for _, goal in stage.goals if goal.activity == "answering a question"]
    assert answering[5].posture.clip == "nod"
    counts = mission.report().counts
    assert (counts["answered"], counts["not_known"]) == (1, 1)
    assert "somebody asked “这座桥有多长”; it answered “四百四十米！”" in mission.report().notes


def test_a_wish_is_granted() -> None:
    """Who asks for a song gets one, soon, instead of an answer."""
    stage, mission = scene(COMPANY, heard={12.0: "请给我们唱个歌吧"})
    stage.run(mission, 40.0)
    assert mission.report().counts["sung"] == 1
    assert visited(mission, "show")[0] < 20.0
    assert mission.report().counts["answered"] == 0


def test_a_wish_during_a_dance_is_promised_and_granted_after_it() -> None:
    """Twenty seconds later, although a question would have been too old by then."""
    stage, mission = scene(COMPANY, heard={12.0: "跳个舞吧", 18.0: "请给我们唱个歌吧"})
    stage.run(mission, 55.0)
    counts = mission.report().counts
    assert (counts["danced"], counts["sung"]) == (1, 1)
    dance, song = visited(mission, "show")[:2]
    promised = [time for time, name in stage.spoken() if name == "wish_later"]
    assert dance < 18.0 < promised[0] < 22.0 < song < dance + 30.0
    assert counts["answered"] + counts["not_known"] == 0


def test_a_tour_that_was_asked_for_is_led_to_its_first_stop() -> None:
    """On a perfect base: it walks to the foot of the pier, tells of it there, and asks."""
    site = open_site()
    for name, x in (("pier_head", 6.0), ("lotus_lamps", 12.0), ("sea_view", 18.0)):
        site.places[name] = Place(name, "", "visitors", np.array([x, 0.0, 0.0]))
    stage, _ = scene(COMPANY, heard={12.0: "带我们逛一逛吧"})
    mission = build_mission(
        site, seconds=600.0, behaviours=BEHAVIOURS, progress=stage.progress, means=Means()
    )
    stage.transit_speed = 0.3
    stage.run(mission, 70.0)
    assert mission.report().counts["tours"] == 1
    assert mission.machine.state == "working/show"
    went = [time for time, goal in stage.goals if isinstance(goal.base, GoTo)]
    assert went[0] < 25.0
    assert went[-1] < 50.0
    assert abs(stage.pose[0] - 6.0) < 0.45
    assert len([name for _, name in stage.spoken() if name == "tour_pier"]) >= 5


def test_a_wish_that_cannot_be_granted_is_declined_politely() -> None:
    """No time is left for a dance."""
    stage, mission = scene(COMPANY, seconds=40.0, heard={20.0: "跳个舞吧"})
    stage.run(mission, 34.0)
    assert mission.report().counts["danced"] == 0
    assert "wish_not_now" in [name for _, name in stage.spoken()]


def test_a_dance_waits_for_its_room() -> None:
    """Somebody stands at 0.9 m: it is not refused again and again, the song comes instead."""
    stage, mission = scene(Walker(1, (1.1, 0.4), (0.0, 0.0)))
    stage.run(mission, FIRST + 60.0)
    report = mission.report()
    assert (report.counts["danced"], report.counts["sung"]) == (0, 1)
    assert not any("did not start" in note for note in report.notes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你会跳舞吗？", "dance"),
        ("Can you sing a song?", "song"),
        ("我们握个手好吗", "hand"),
        ("Please shake hands with me", "hand"),
        ("为什么你会跳舞", ""),
        ("How do you sing?", ""),
        ("栈桥有多长", ""),
    ],
)
def test_wishes_are_told_from_questions(text: str, kind: str) -> None:
    """By what is asked for, and how."""
    assert wish(text) == kind


def test_a_guest_who_stands_close_is_offered_a_hand_and_it_is_shaken() -> None:
    """Held for two seconds, shaken, let go: counted; the same guest is not asked again."""
    close = Walker(1, (0.85, 0.0), (0.0, 0.0))
    now = [0.0]

    def felt() -> Felt:
        held = 16.0 < now[0] < 18.5
        return Felt(held=held, frequency=1.5 if held else 0.0, there=True, yielding=held)

    stage, mission = scene(close, felt=felt)
    hands = []
    while stage.time < 45.0:
        now[0] = stage.time
        goal = stage.run(mission, stage.time + 0.05)
        hands.append(goal.posture.hand)
    assert len(visited(mission, "handshake")) == 1
    assert mission.report().counts["hands_shaken"] + mission.report().counts["hands_declined"] == 1
    assert Hand.OFFERED in hands
    assert hands[-1] is Hand.NONE
    assert visited(mission, "follow")[-1] > visited(mission, "handshake")[0]


@pytest.mark.parametrize("leaf", ["answer", "show", "handshake"])
def test_a_stop_is_obeyed_in_the_new_states_too(leaf: str) -> None:
    """Still, silent, hands down, nothing in the background."""
    where = (0.85, 0.0) if leaf == "handshake" else (2.0, 0.0)
    heard = {12.0: "你是谁"} if leaf == "answer" else {12.0: "跳个舞吧"}
    stage, mission = scene(
        Walker(1, where, (0.0, 0.0)), heard=heard if leaf != "handshake" else None
    )
    while mission.machine.state != f"working/{leaf}":
        assert stage.time < 60.0
        stage.run(mission, stage.time + 0.05)
    mission.stop("the user pressed Ctrl-C")
    for _ in range(20):
        goal = stage.run(mission, stage.time + 0.05)
        still = Posture(stay_seated=True)
        assert goal == Goal(posture=still, activity="stopped: the user pressed Ctrl-C")
    assert mission.reset()
    stage.run(mission, stage.time + 5.0)
    assert isinstance(stage.goals[-1][1].base, Stay)


def guest(*, child: bool = False) -> Guest:
    """Return somebody."""
    return Guest(1, np.zeros(2), np.zeros(2), child, 0.0)


def test_greetings_follow_company_and_clock() -> None:
    """The best first, the plain one last; only those that exist."""
    known = ("greet_morning", "greet_evening", "greet_child", "greet_family", "greet_crowd")
    assert greetings([guest()], 19 * 3600.0, known) == ("greet_evening", "greet_morning")
    assert greetings([guest()], 86400.0 + 8 * 3600.0, known) == ("greet_morning",)
    assert greetings([guest(child=True)], 8 * 3600.0, known)[0] == "greet_child"
    assert greetings([guest()] * 3, 8 * 3600.0, known)[0] == "greet_family"
    assert greetings([guest()] * 6, 8 * 3600.0, known)[0] == "greet_crowd"
    assert farewells(19 * 3600.0, ("farewell",)) == ("farewell",)


def test_what_was_said_long_ago_is_not_answered() -> None:
    """An echo counts once, old words not at all."""
    talk = Conversation(ALL, told)
    talk.hear(("桥 有多长",), 0.0)
    talk.hear(("桥 有多长",), 0.1)
    assert talk.waiting(1.0) == "桥 有多长"
    assert talk.reply(1.0) is not None
    assert talk.waiting(1.0) == ""
    talk.hear(("谁",), 2.0)
    assert talk.waiting(30.0) == ""
    assert talk.reply(30.0) is None
