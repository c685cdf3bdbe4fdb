"""The runner: who may run, how one is broken off, several at once, steps, reloading, sameness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from robotics.behaviour.clips import LANDED, Behaviour, Clip, Priority, curve
from robotics.behaviour.compiled import (
    Grid,
    Interruptible,
    Look,
    OnConflict,
    Resource,
    Step,
    Stretch,
    ToolCue,
    Words,
)
from robotics.behaviour.runner import WAITS, Runner
from robotics.behaviour.runs import Performance
from robotics.behaviour.situation import Situation
from robotics.core.errors import UnknownName
from robotics.core.messages import Chime
from robotics.core.signals import LENGTHS
from robotics.robots.speaker import Speaker

TICK = 0.05
ARM, HEAD, VOICE = Resource.ARM_RIGHT, Resource.HEAD, Resource.VOICE


def clip(name: str, seconds: float, joint: str, *, loop: bool = False) -> Clip:
    """Return a clip of one joint."""
    return Clip(name, seconds, loop, (joint,), (curve((0.0, seconds / 2, seconds), (0, 0.3, 0)),))


def arm(name: str, seconds: float = 4.0, **more: object) -> Behaviour:
    """Return a behaviour of the right arm."""
    base = Behaviour(
        name, "gesture", Priority.VISITOR, seconds, clip=clip(name, seconds, "right_elbow")
    )
    return replace(base, resources=frozenset({ARM}), **more)  # type: ignore[arg-type]


DANCE = arm(
    "dance",
    20.0,
    priority=Priority.SHOW,
    interruptible=Interruptible.AT_BEAT,
    grid=Grid(tuple(float(k) for k in range(20)), (0.0, 8.0, 16.0)),
    needs=("standing", "battery>20%", "room>1.0"),
    music="jasmine",
    feet=(Stretch(4.0, 8.0, (0.1, 0.0, 0.0), 0.5),),
)
NOD = replace(arm("nod", 1.0), resources=frozenset({HEAD}), clip=clip("nod", 1.0, "head_pitch"))
HELLO = Behaviour(
    "hello",
    "greeting",
    Priority.VISITOR,
    2.0,
    zh=("你好！", "您好！"),
    en=("Hello!", "Good day!"),
    resources=frozenset({VOICE}),
)
SWAY = Behaviour(
    "sway", "idle", Priority.IDLE, 8.0, clip=clip("sway", 8.0, "right_elbow", loop=True)
)
ALL = {one.name: one for one in (DANCE, NOD, HELLO, SWAY, arm("wave"))}


class World:
    """Plays a runner from one situation to the next."""

    def __init__(self, *more: Behaviour, permitted: Callable[[Behaviour], str] | None = None):
        self.repertoire = {**ALL, **{one.name: one for one in more}}
        self.speaker = Speaker(self.repertoire)
        asked = {} if permitted is None else {"permitted": permitted}
        self.runner = Runner(self.repertoire, self.speaker, **asked)  # type: ignore[arg-type]
        self.now = Situation(0.0)
        self.seen: list[Performance] = []

    def start(self, name: str) -> str:
        """Start a behaviour now."""
        return self.runner.start(name, self.now)

    def run(self, until: float, **more: object) -> Performance:
        """Go on until a time; ``more`` says what the world is like."""
        seen = Performance()
        while self.now.time < until - 1e-9:
            seen = self.runner.advance(self.now)
            self.seen.append(seen)
            self.now = replace(self.now, time=self.now.time + TICK, **more)  # type: ignore[arg-type]
        return seen

    def told(self, what: str) -> list[tuple[str, float]]:
        """Return who did ``what`` when."""
        return [
            (note.behaviour, round(note.time, 2)) for note in self.runner.notes if note.what == what
        ]


def test_what_does_not_collide_runs_at_once() -> None:
    """A wave, a nod, words and the background: each has its own joints."""
    world = World()
    world.runner.background("sway", 0.0)
    for name in ("wave", "nod", "hello"):
        assert world.start(name) == ""
    seen = world.run(0.5)
    assert {one.clip for one in seen.clips} == {"wave", "nod", "sway"}
    assert seen.clips[-1].clip == "sway"
    assert seen.voice is not None
    assert seen.voice.zh == "你好！"
    seen = world.run(6.0)
    assert [one.clip for one in seen.clips] == ["sway"]
    assert world.told("ended") == [("nod", 1.0), ("hello", 2.0), ("wave", 4.0)]


def test_the_more_important_comes_in_at_the_next_beat() -> None:
    """A greeting gesture breaks a dance off on the beat, not between."""
    world = World()
    world.start("dance")
    world.run(3.4)
    assert world.start("wave") == ""
    seen = world.run(3.9)
    assert [one.clip for one in seen.clips] == ["dance"]
    world.run(6.0)
    assert world.told("broken off") == [("dance", 4.0)]
    assert ("wave", 4.0) in world.told("began")


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        (Interruptible.ALWAYS, 3.4),
        (Interruptible.AT_BEAT, 4.0),
        (Interruptible.AT_PHRASE, 8.0),
        (Interruptible.NEVER, 20.0),
    ],
)
def test_each_declared_point_is_kept(rule: Interruptible, at: float) -> None:
    """Asked at 3.4 s, it ends where its author allows it; stepping feet are let down first."""
    world = World(replace(DANCE, interruptible=rule))
    world.start("dance")
    world.run(3.4)
    world.runner.stop("dance", world.now.time, "asked")
    world.run(21.0)
    ends = dict(world.told("broken off")) | dict(world.told("ended"))
    assert at - TICK <= ends["dance"] <= at + TICK + LANDED


@pytest.mark.parametrize("policy", list(OnConflict))
def test_among_equals_its_policy_decides(policy: OnConflict) -> None:
    """Refused, started after, broken off, or held and gone on."""
    world = World(arm("point", 2.0, on_conflict=policy))
    world.start("wave")
    world.run(1.0)
    reason = world.start("point")
    world.run(10.0)
    began, ended = dict(world.told("began")), dict(world.told("ended"))
    assert bool(reason) is (policy is OnConflict.REFUSE)
    if policy is OnConflict.REFUSE:
        assert "arm_right" in reason
        assert "point" not in began
    elif policy is OnConflict.QUEUE:
        assert began["point"] == pytest.approx(4.0, abs=TICK)
    else:
        assert began["point"] == pytest.approx(1.0, abs=TICK)
    if policy is OnConflict.PREEMPT:
        assert "wave" not in ended
    if policy is OnConflict.PAUSE:
        assert ended["wave"] == pytest.approx(6.0, abs=2 * TICK)


def test_what_was_just_broken_off_is_in_nobodys_way() -> None:
    """A wave gives way to a greeting of the same arm that is begun in the same decision."""
    world = World(arm("greet", 2.0))
    assert world.runner.start("wave", world.now) == ""
    assert world.runner.start("greet", world.now) != ""
    world.runner.stop("wave", world.now.time, "somebody comes")
    assert world.runner.start("greet", world.now) == ""


def test_the_less_important_waits_or_goes_and_never_breaks_in() -> None:
    """A dance that may wait starts after the wave; after ``WAITS`` it is sent away."""
    world = World(replace(DANCE, on_conflict=OnConflict.PREEMPT), arm("long", 50.0))
    world.start("wave")
    world.run(1.0)
    assert world.start("dance") == ""
    world.run(5.0)
    assert dict(world.told("began"))["dance"] == pytest.approx(4.0, abs=TICK)
    late = World(replace(DANCE, on_conflict=OnConflict.QUEUE), arm("long", 50.0))
    late.start("long")
    late.run(1.0)
    late.start("dance")
    late.run(WAITS + 2.0)
    assert dict(late.told("refused"))["dance"] == pytest.approx(1.0 + WAITS, abs=2 * TICK)


@pytest.mark.parametrize(
    ("world_is", "reason"),
    [
        ({"battery": 0.1}, "battery>20%"),
        ({"room": 0.8}, "room>1.0"),
        ({"standing": False}, "standing"),
    ],
)
def test_what_it_needs_is_asked_at_the_start(world_is: dict[str, object], reason: str) -> None:
    """Refused with the reason, and noted."""
    world = World()
    world.now = replace(world.now, **world_is)  # type: ignore[arg-type]
    assert reason in world.start("dance")
    assert world.told("refused") == [("dance", 0.0)]


def test_what_is_not_certified_does_not_run() -> None:
    """Neither by itself nor in the background."""
    world = World(permitted=lambda one: "no certificate" if one.name in ("wave", "sway") else "")
    assert world.start("wave") == "no certificate"
    world.runner.background("sway", 0.0)
    assert world.run(0.5).clips == ()
    with pytest.raises(UnknownName):
        world.start("wvae")


def test_safety_ends_everything_at_once_and_balance_the_body() -> None:
    """Safety outvotes ``never``; a lost balance leaves the voice."""
    world = World(replace(DANCE, interruptible=Interruptible.NEVER))
    world.start("dance")
    world.start("hello")
    world.run(0.1)
    world.run(0.2, balanced=False)
    seen = world.run(0.3)
    assert seen.clips == ()
    assert seen.voice is not None
    world.now = replace(world.now, balanced=True, safe=False)
    assert world.run(0.4) == Performance()
    assert world.start("wave") == "safety"


def test_a_dance_drives_and_plays_music() -> None:
    """The base channel has the stretch's twist while it lasts, the music its start."""
    world = World()
    world.start("dance")
    assert world.run(3.0).twist is None
    seen = world.run(5.0)
    assert seen.twist == (0.1, 0.0, 0.0)
    assert seen.music is not None
    assert (seen.music.song, seen.music.start, seen.music.duration) == ("jasmine", 0.0, 20.0)
    assert world.run(9.0).twist is None


def stepping(*steps: Step, **more: object) -> Behaviour:
    """Return a behaviour with steps."""
    base = Behaviour("tour", "tour", Priority.SHOW, 60.0, steps=steps)
    return replace(base, resources=frozenset({VOICE, HEAD, ARM}), **more)  # type: ignore[arg-type]


def test_steps_follow_one_another() -> None:
    """Say with a gesture that runs along, look, wait, play, and it is over."""
    tour = stepping(
        Step("say", Words(0.0, ("大家好！",), ("Hello all!",)), name="wave"),
        Step("look", name="visitor"),
        Step("wait", seconds=2.0),
        Step("play", name="nod"),
    )
    world = World(tour)
    world.start("tour")
    seen = world.run(0.5)
    assert [one.clip for one in seen.clips] == ["wave"]
    assert seen.voice is not None
    world.run(20.0)
    assert [name for name, _ in world.told("began")] == ["tour", "wave", "nod"]
    began, ended = dict(world.told("began")), dict(world.told("ended"))
    assert began["nod"] == pytest.approx(4.0 + 2.0, abs=3 * TICK)
    assert ended["tour"] == pytest.approx(began["nod"] + 1.0, abs=3 * TICK)
    assert "visitor" in {one.look for one in world.seen}


@pytest.mark.parametrize(
    ("heard", "kind"), [("好的", "yes"), ("No thanks", "no"), ("", "none"), ("yesterday", "none")]
)
def test_a_question_waits_for_an_answer_and_chooses(heard: str, kind: str) -> None:
    """The words decide; no answer within the time is ``otherwise``."""
    question = Step(
        "ask",
        Words(0.0, ("想看吗？",), ("Would you like to?",)),
        seconds=3.0,
        branches=(
            ("heard 好 | yes", (Step("play", name="nod"),)),
            ("heard no", (Step("play", name="wave"),)),
            ("", (Step("say", Words(0.0, ("没关系",), ("Never mind",))),)),
        ),
    )
    world = World(stepping(question))
    world.start("tour")
    seen = world.run(2.0)
    assert seen.listening
    world.now = replace(world.now, heard=(heard,) if heard else ())
    world.run(2.05)
    world.run(8.0, heard=())
    began = [name for name, _ in world.told("began")][1:]
    assert began == {"yes": ["nod"], "no": ["wave"], "none": []}[kind]


def test_steps_repeat_choose_and_wait_for_events_within_bounds() -> None:
    """Two rounds of waiting for nobody take two bounds; an empty loop ends."""
    patient = Step("wait_for", name="visitor_near", seconds=1.0, branches=(("otherwise", ()),))
    tour = stepping(
        Step("repeat", times=2, branches=(("", (patient,)),)),
        Step("repeat", times=10**9, branches=(("", ()),)),
        Step("choose", branches=(("visitor_near", (Step("play", name="wave"),)), ("", ()))),
    )
    world = World(tour)
    world.start("tour")
    world.run(4.0)
    assert dict(world.told("ended"))["tour"] == pytest.approx(2.0, abs=3 * TICK)
    near = World(tour)
    near.now = replace(near.now, nearest=1.0, visitors=1)
    near.start("tour")
    near.run(0.3)
    assert ("wave", 0.0) in near.told("began")


def test_a_way_is_asked_for_until_it_ends_or_takes_too_long() -> None:
    """The place stands in the channel; arriving ends it, and so does the bound."""
    world = World(stepping(Step("go_to", name="pavilion", seconds=5.0)))
    world.start("tour")
    assert world.run(1.0).go_to == "pavilion"
    world.run(1.2, arrived=True)
    world.run(1.4)
    assert [name for name, _ in world.told("ended")] == ["tour"]
    slow = World(stepping(Step("go_to", name="pavilion", seconds=5.0)))
    slow.start("tour")
    slow.run(7.0)
    assert dict(slow.told("ended"))["tour"] == pytest.approx(5.0, abs=2 * TICK)


def test_an_action_acts_and_ends() -> None:
    """``blink`` shuts and opens the eyes."""
    world = World(stepping(Step("act", name="blink", seconds=1.0), Step("act", name="fly")))
    world.start("tour")
    world.run(2.0)
    shown = [one.light for one in world.seen if one.light]
    assert shown[0] == "shut"
    assert shown[-1] == "open"
    assert [name for name, _ in world.told("ended")] == ["tour"]


def test_breaking_off_ends_what_it_plays() -> None:
    """A tour that is stopped takes its wave along, and its words."""
    world = World(stepping(Step("say", Words(0.0, ("好" * 30,), ("long " * 20,)), name="wave")))
    world.start("tour")
    world.run(1.0)
    world.runner.stop("tour", world.now.time)
    seen = world.run(1.2)
    assert seen == Performance()


def test_a_changed_repertoire_comes_between_behaviours_if_it_has_passed() -> None:
    """The wave that runs is the old one to its end; what did not pass stays as it was."""
    told: list[object] = []
    world = World(permitted=lambda one: "too fast" if one.duration == 3.0 else "")
    world.runner._swapped = told.append
    world.start("wave")
    world.run(1.0)
    refused = world.runner.offer(
        {**world.repertoire, "wave": arm("wave", 6.0), "nod": replace(NOD, duration=3.0)}
    )
    assert refused == ("nod: too fast",)
    world.run(4.2)
    assert world.told("ended")[0] == ("wave", 4.0)
    assert world.told("reloaded") == [("wave", 4.0)]
    assert len(told) == 1
    assert world.runner.repertoire["wave"].duration == 6.0
    assert world.runner.repertoire["nod"].duration == 1.0


def test_looks_and_tools_follow_their_cues() -> None:
    """Each by the last cue; a chime is told for as long as it sounds."""
    cues = (ToolCue(0.0, brush=0.5), ToolCue(1.0, spray=0.2, chime="ding"))
    show = Behaviour("show", "show", Priority.SHOW, 4.0, tools=cues)
    world = World(replace(show, looks=(Look(0.0, "visitor"), Look(2.0, ""))))
    world.start("show")
    assert world.run(0.5).look == "visitor"
    seen = world.run(1.5)
    assert seen.tools == ToolCue(1.0, 0.5, 0.2)
    assert seen.chime == Chime("ding", 1.0, LENGTHS["ding"])
    seen = world.run(3.0)
    assert seen.look == ""
    assert seen.tools == ToolCue(1.0, 0.5, 0.2)
    assert seen.chime is None


def test_the_same_asked_gives_the_same() -> None:
    """Two runners told the same: the same performances, and variants in turn."""
    runs = []
    for _ in range(2):
        world = World()
        for k in range(6):
            world.start(("hello", "wave", "dance")[k % 3])
            world.run(2.0 + 2.1 * k)
        runs.append([repr(one) for one in world.seen])
    assert runs[0] == runs[1]
    said = {one.voice.zh for one in world.seen if one.voice}
    assert said == {"你好！", "您好！"}
