"""Faults planted in good behaviours, each bad by construction or by an independent judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from certifying.goods import Case, knots, with_curve
from certifying.oracle import EDGE_SIDE, Nearness, cart_table_margin, peak_speed
from robotics.behaviour.clips import Behaviour, Clip, Curve, curve
from robotics.behaviour.compiled import Exit, Interruptible, Resource, Step, Stretch, Sway, Words
from robotics.core.arrays import Array
from robotics.robots.greeter.joints import load

ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
TEXTS = Words(0.0, ("大家好",), ("Hello everybody",))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A behaviour with one planted fault."""

    kind: str
    what: str
    robot: str
    behaviour: Behaviour


class Planter:
    """Plants faults.

    Args:
        seed: Same seed, same mutants.
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._nearness = Nearness()
        self.table = self._nearness.table
        self._touching = list(self._colliding(24))

    def mutants(self, cases: list[Case]) -> Iterator[Mutant]:
        """Yield the mutants of some good behaviours."""
        for robot, behaviour in cases:
            for kind, what, plant in self._plants(robot, behaviour):
                made = plant(behaviour)
                if made is not None:
                    yield Mutant(kind, what, robot, made)

    def _plants(
        self, robot: str, behaviour: Behaviour
    ) -> Iterator[tuple[str, str, Callable[[Behaviour], Behaviour | None]]]:
        yield "text", "one language left out", self._no_language
        yield "text", "an empty sentence", self._blank
        yield "text", "a title in one language", self._half_title
        yield "file", "a song that is not there", self._no_song
        yield "conflict", "two utterances at once", self._talks_over
        if behaviour.resources:
            yield "conflict", "uses what it does not hold", self._undeclared
        yield "steps", "an endless step", self._endless
        yield "exit", "never, for too long", self._never
        yield "base", "too fast", self._rushes
        if robot != "greeter":
            return
        yield "balance", "trunk too far and too fast", self._sways
        yield "exit", "walks too fast to stop", self._walks
        yield "base", "leaves without asking for room", self._leaves
        if behaviour.clip is None:
            return
        yield "limit", "a joint beyond its range", self._beyond
        yield "limit", "another joint beyond its range", self._beyond
        yield "speed", "a joint too fast", self._jerks
        yield "speed", "another joint too fast", self._jerks
        yield "collision", "an arm in the body", self._touches
        yield "collision", "an arm in the body, again", self._touches
        yield "conflict", "two tracks on one joint", self._twice
        yield "conflict", "an arm over the middle", self._crosses
        yield "exit", "leaves sooner than it can", self._hasty

    # -------------------------------------------------------------------------------- joints

    def _beyond(self, one: Behaviour) -> Behaviour:
        joint, times, angles = self._some_curve(one)
        row = self.table.joints[self.table.index(joint)]
        over = float(np.radians(self._rng.uniform(2.0, 25.0)))
        wrong = row.upper + over if self._rng.uniform() < 0.5 else row.lower - over
        middle = int(self._rng.integers(1, len(times) - 1))
        angles[middle] = wrong
        return with_curve(one, joint, curve(tuple(times), tuple(angles)))

    def _jerks(self, one: Behaviour) -> Behaviour:
        joint, times, angles = self._some_curve(one)
        row = self.table.joints[self.table.index(joint)]
        start = float(self._rng.uniform(0.2, 0.6)) * times[-1]
        here = float(curve(tuple(times), tuple(angles)).angle(start))
        step = 0.6 if here + 0.6 < row.upper else -0.6
        span = 1.875 * 0.6 / (float(self._rng.uniform(0.58, 1.1)) * row.velocity)
        made = curve(
            (0.0, start, start + span, start + span + 1.5, start + span + 3.0),
            (angles[0], here, here + step, here + step, angles[0]),
        )
        assert peak_speed(made) > 0.55 * row.velocity
        longer = max(one.duration, made.times[-1])
        return with_curve(_lasting(one, longer), joint, made)

    def _touches(self, one: Behaviour) -> Behaviour:
        posture = self._touching[int(self._rng.integers(len(self._touching)))]
        made = _lasting(one, max(one.duration, 8.0))
        for side in ("left", "right"):
            for part in ARM:
                joint = f"{side}_{part}"
                place = self.table.index(joint)
                home, there = float(self._nearness.rest[place]), float(posture[place])
                ends = (0.0, 3.5, 4.0, 7.5)
                made = with_curve(made, joint, curve(ends, (home, there, there, home)))
        arms = {Resource.ARM_LEFT, Resource.ARM_RIGHT}
        return replace(made, resources=made.resources | arms)

    def _twice(self, one: Behaviour) -> Behaviour:
        assert one.clip is not None
        joint = one.clip.joints[0]
        clip = replace(
            one.clip,
            joints=(*one.clip.joints, joint),
            curves=(*one.clip.curves, curve((0.0, 1.0, 2.0), (0.0, -0.05, 0.0))),
        )
        return replace(one, clip=clip)

    def _crosses(self, one: Behaviour) -> Behaviour | None:
        """One arm alone reaches to the other side, in front of the chest."""
        rest = dict(zip(self.table.names, self._nearness.rest.tolist(), strict=True))
        side = "left" if self._rng.uniform() < 0.5 else "right"
        sign = 1.0 if side == "left" else -1.0
        # upper arm forward, forearm turned inwards: the hand ahead of the other side of the chest
        there = (-1.1, -0.1 * sign, float(self._rng.uniform(1.2, 1.5)) * sign * -1.0, -1.3)
        joints, curves = [], []
        for part, angle in zip(ARM, there, strict=True):
            home = rest[f"{side}_{part}"]
            joints.append(f"{side}_{part}")
            curves.append(curve((0.0, 3.0, 3.5, 7.0), (home, angle, angle, home)))
        clip = Clip(one.name, 8.0, False, tuple(joints), tuple(curves))
        arm = Resource.ARM_LEFT if side == "left" else Resource.ARM_RIGHT
        if not self._over_the_middle(side, there):
            return None
        return replace(
            one,
            clip=clip,
            duration=8.0,
            resources=frozenset({arm, Resource.VOICE}),
            sway=None,
            feet=(),
            looks=(),
            lights=(),
        )

    def _over_the_middle(self, side: str, angles: tuple[float, ...]) -> bool:
        """Return whether the hand is more than 2 cm on the other side, by the URDF's own model."""
        posture = self._nearness.rest.copy()
        posture[list(self.table.indices(*(f"{side}_{part}" for part in ARM)))] = angles
        y = float(load().pose_in_base(f"{side}_hand", posture)[0][1])
        return (y if side == "left" else -y) < -0.02

    def _some_curve(self, one: Behaviour) -> tuple[str, list[float], list[float]]:
        """Return a joint with the knots of its curve, at least three."""
        assert one.clip is not None
        place = int(self._rng.integers(len(one.clip.joints)))
        times, angles = (list(values) for values in knots(one.clip.curves[place]))
        if len(times) < 3:
            times.insert(1, 0.5 * (times[0] + times[1]))
            angles.insert(1, angles[0])
        return one.clip.joints[place], times, angles

    def _colliding(self, count: int) -> Iterator[Array]:
        """Yield postures of the arms in which PyBullet finds links less than 5 mm apart."""
        places = list(self.table.indices(*(f"{s}_{p}" for s in ("left", "right") for p in ARM)))
        lower, upper = self.table.column("lower")[places], self.table.column("upper")[places]
        while count:
            posture = self._nearness.rest.copy()
            posture[places] = self._rng.uniform(lower, upper)
            if self._nearness.least(posture) < 0.005:
                count -= 1
                yield posture

    # --------------------------------------------------------------------- trunk, base, exit

    def _sways(self, one: Behaviour) -> Behaviour:
        forward = bool(self._rng.uniform() < 0.5)
        while True:
            made = self._sway(forward)
            if cart_table_margin(made, forward=forward) < 0.01:
                break
        sway = Sway(forward=made) if forward else Sway(left=made)
        longer = _lasting(one, max(one.duration, made.times[-1] + 0.1))
        return replace(longer, sway=sway, feet=(), resources=one.resources | {Resource.TRUNK})

    def _sway(self, forward: bool) -> Curve:
        far = float(self._rng.uniform(0.02, 0.03 if forward else 0.045))
        span = float(self._rng.uniform(0.25, 0.7))
        if self._rng.uniform() < 0.3:  # or just too far
            far, span = float(self._rng.uniform(0.11, EDGE_SIDE)), 3.0
        times = (0.0, 1.5, 1.5 + span, 1.5 + 2.0 * span, 3.0 + 2.0 * span)
        return curve(times, (0.0, far, -far, far, 0.0))

    def _walks(self, one: Behaviour) -> Behaviour:
        speed = float(self._rng.uniform(0.2, 0.3))
        return _walking(one, (speed, 0.0, 0.0), 4.0, room=True)

    def _rushes(self, one: Behaviour) -> Behaviour:
        speed = float(self._rng.uniform(1.0, 2.0))
        return _walking(one, (speed, 0.0, 0.0), 2.0, room=True)

    def _leaves(self, one: Behaviour) -> Behaviour:
        return _walking(one, (0.05, 0.0, 0.0), float(self._rng.uniform(6.0, 12.0)), room=False)

    def _never(self, one: Behaviour) -> Behaviour:
        length = float(self._rng.uniform(3.5, 20.0))
        return replace(_lasting(one, max(one.duration, length)), interruptible=Interruptible.NEVER)

    def _hasty(self, one: Behaviour) -> Behaviour:
        return replace(one, exit=Exit(within=float(self._rng.uniform(0.05, 0.4))))

    # ------------------------------------------------------------------------------- content

    def _no_language(self, one: Behaviour) -> Behaviour:
        words = one.words[0] if one.words else TEXTS
        half = replace(words, zh=()) if self._rng.uniform() < 0.5 else replace(words, en=())
        return _saying(one, half, *one.words[1:])

    def _blank(self, one: Behaviour) -> Behaviour:
        words = one.words[0] if one.words else TEXTS
        empty = ("  ",) * max(1, len(words.zh))
        return _saying(one, replace(words, en=empty), *one.words[1:])

    def _half_title(self, one: Behaviour) -> Behaviour:
        return replace(one, title=("题目", ""))

    def _no_song(self, one: Behaviour) -> Behaviour:
        return replace(one, music=f"nobody_wrote_{int(self._rng.integers(1000))}")

    def _talks_over(self, one: Behaviour) -> Behaviour:
        first = replace(
            TEXTS, zh=("大家好我是小栈今天天气真好",), en=("Hello, it is a fine day today",)
        )
        second = replace(TEXTS, start=min(0.8, 0.5 * one.duration))
        return _saying(one, first, second)

    def _undeclared(self, one: Behaviour) -> Behaviour | None:
        held = sorted(one.resources)
        gone = held[int(self._rng.integers(len(held)))]
        if gone is Resource.BODY:
            return None
        return replace(one, resources=one.resources - {gone})

    def _endless(self, one: Behaviour) -> Behaviour:
        inner = (Step("wait", seconds=1.0),)
        steps = (
            Step("repeat", times=100000, branches=(("", inner),)),
            Step("wait_for", name="visitor_near", seconds=0.0),
            Step("play", name="nobody_wrote_this"),
        )
        return replace(one, steps=(*one.steps, steps[int(self._rng.integers(3))]))


def _lasting(one: Behaviour, seconds: float) -> Behaviour:
    clip = one.clip and replace(one.clip, duration=seconds, loop=False)
    return replace(one, duration=seconds, clip=clip)


def _saying(one: Behaviour, *words: Words) -> Behaviour:
    resources = one.resources | {Resource.VOICE}
    return replace(one, words=words, zh=(), en=(), resources=resources)


def _walking(
    one: Behaviour, twist: tuple[float, float, float], seconds: float, *, room: bool
) -> Behaviour:
    start = one.duration
    made = _lasting(one, start + seconds + 1.0)
    needs = (*one.needs, "room>9") if room else tuple(n for n in one.needs if "room" not in n)
    feet = (Stretch(start, start + seconds, twist),)
    return replace(made, feet=feet, needs=needs, resources=one.resources | {Resource.BASE})
