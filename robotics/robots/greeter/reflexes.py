"""What the greeter does by itself when it falls: brace, lie, get up, go on; or ask for help.

    on its feet ─▶ falling ─▶ lying ─▶ rising ─▶ on its feet
                                │ ▲       │
                                ▼ └───────┘ something went otherwise than foreseen
                              helpless ─▶ on its feet, once somebody has set it up

    on its feet ─▶ sitting down ─▶ sitting ─▶ standing up ─▶ rising (only the end of it)

Only a robot that has stood since it was switched on gets up; one that is switched on lying, or
whose joints do not all answer, or that is asked to stop, stays down and yields. One that sits
stands up when nothing asks it to stay seated: switched on so, when its mission begins to work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from robotics.control.dynamics import Dynamics
from robotics.control.falling import FallDetector, FallParameters
from robotics.control.keyframes import Moves
from robotics.control.landing import apart, at_rest, brace, cushioned, limp, yielding
from robotics.control.posture import Clip
from robotics.control.rising import Outcome, Rising, RisingParameters
from robotics.control.sitting import Course, Sitting, SittingParameters, is_seated
from robotics.control.touch import Felt
from robotics.core.arrays import Array
from robotics.core.messages import Command, Goal, Posture, State, Twist2, Utterance
from robotics.core.model import Model
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.locomotion import WalkingLocomotion, standing_pose
from robotics.robots.greeter.restraint import LIMP, has_fallen
from robotics.voice.speech import duration


class Plight(StrEnum):
    """How the robot is; the value is what a command says it was changed by."""

    FEET = ""
    FALLING = "falling"
    LYING = "lying"
    RISING = "getting up"
    HELPLESS = "cannot get up"
    SITTING_DOWN = "sitting down"
    SEATED = "sits"
    STANDING_UP = "standing up"


WORDS = {
    Plight.FALLING: ("小心！我要摔倒了！", "Careful! I am falling!"),
    Plight.RISING: (
        "我没事。请让一让，我自己站起来。",
        "I am fine. Please stand back, I am getting up by myself.",
    ),
    Plight.HELPLESS: (
        "我站不起来了，请帮我叫一下工作人员。",
        "I cannot get up. Please call the staff for me.",
    ),
    Plight.SITTING_DOWN: ("我要坐下了，请让一让。", "I am sitting down. Please stand back."),
    Plight.STANDING_UP: ("我要站起来了，请让一让。", "I am standing up. Please stand back."),
}
"""What it says."""
_TOLD_BEFORE = frozenset({Plight.SITTING_DOWN, Plight.STANDING_UP})
"""What it says while it still waits."""


@dataclass(frozen=True, slots=True)
class ReflexParameters:
    """Numbers of falling and getting up as a whole."""

    fall: FallParameters = field(default_factory=FallParameters)
    rising: RisingParameters = field(default_factory=RisingParameters)
    sitting: SittingParameters = field(default_factory=SittingParameters)
    attempts: int = 5
    """To get up, before it asks for help."""
    longest_fall: float = 1.2
    """After so long it lies, or has caught itself [s]."""
    rest_time: float = 1.0
    """It lies still for so long before it moves [s]: people step back, the attitude settles."""
    rest_rate: float = 0.4
    """Turning slower than this is still [rad/s]."""
    longest_rest: float = 5.0
    """After so long it begins even if it is rocked [s]."""
    ask_every: float = 20.0
    """It repeats its call for help [s]."""
    upright: float = 0.25
    """Tilt of a robot that stands on its feet [rad]."""
    loaded: float = 0.5
    """Of the weight, on the soles of a robot that stands on its feet."""
    before_sitting: float = 1.5
    """It stands for so long before it sits down [s]: it has told people, its arms are at rest."""


class Reflexes:
    """Locomotion with reflexes around it (``robotics.core.parts.Locomotion``).

    Args:
        model: The greeter.
        config: Its numbers.
        walking: Makes the locomotion of a robot on its feet; made anew after each fall.
        parameters: Numbers of the reflexes.

    Attributes:
        plight: How it is.
        log: (time, plight, why) of every change.
    """

    def __init__(
        self,
        model: Model,
        config: GreeterConfig,
        walking: Callable[[], WalkingLocomotion],
        parameters: ReflexParameters | None = None,
    ) -> None:
        self._joints, self._make = model.joints, walking
        self._parameters = parameters = parameters or ReflexParameters()
        self.walking = self._next = walking()
        self._clips: Mapping[str, Clip] | None = None
        dynamics = Dynamics(model)
        self._model, self._config, self._dynamics = model, config, dynamics
        stand, _ = standing_pose(model, config, dynamics=dynamics)
        self._weight = dynamics.mass * 9.81
        self._detector = FallDetector(dynamics, parameters.fall, period=PERIOD)
        self._rising = Rising(self._joints, dynamics, PERIOD, self._stance, parameters.rising)
        self._sitting = Sitting(self._joints, dynamics, PERIOD, parameters.sitting)
        self._bracing = Moves(self._joints, PERIOD, stand)
        self._effort = np.asarray(self._joints.column("effort"))
        self._yielding = yielding(self._joints)
        self._limp = limp(self._joints, LIMP)
        self.plight = Plight.FEET
        self.log: list[tuple[float, Plight, str]] = []
        self._since, self._still, self._tried = 0.0, 0.0, 0
        self._has_stood = self._has_looked = False
        self._stood = 0.0
        self._sent = np.array(stand)
        self._held = self._sent
        self._saying: Utterance | None = None
        self._said = -np.inf

    @property
    def felt(self) -> Felt:
        """What the right hand feels."""
        return self.walking.felt

    def learn(self, clips: Mapping[str, Clip]) -> None:
        """Take other clips from now on, see ``WalkingLocomotion.learn``."""
        self._clips = clips
        self.walking.learn(clips)

    def _make_anew(self) -> WalkingLocomotion:
        """Return the locomotion of a robot that will stand, with all that it has learned."""
        made = self._make()
        if self._clips is not None:
            made.learn(self._clips)
        return made

    def _stance(self, soles: Array) -> Array:
        """Return the joints of standing on ``soles`` (2, 3), see ``standing_pose``."""
        return standing_pose(self._model, self._config, dynamics=self._dynamics, soles=soles)[0]

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the joint targets for this tick."""
        if not self._has_looked:
            self._has_looked = True
            self._begin(state)
        if self.plight is Plight.FEET and self._loses_its_feet(state):
            self._fall(state, self._detector.signs.direction, self._signs())
        if self.plight is Plight.FEET and goal.posture.sit:
            self._prepare_to_sit(state)
            goal, twist = replace(goal, posture=Posture(), voice=self._voice(state)), Twist2()
        else:
            self._stood = 0.0
        if self.plight is Plight.FEET:
            command = self.walking.move(state, goal, twist)
            self._sent = command.target
            return command
        target, effort = self._on_the_ground(state, goal)
        self._sent = target
        return Command(
            target,
            effort,
            tools=goal.tools,
            sound=self._voice(state) or goal.voice,
            light=goal.light,
            stopped_by=self.plight.value,
        )

    # ------------------------------------------------------------------ on its feet

    def _loses_its_feet(self, state: State) -> bool:
        falls = self._detector.falls(state, self.walking.step_ahead)
        if self._stands(state):
            self._has_stood = True
        return falls or has_fallen(state.tilt)

    def _stands(self, state: State) -> bool:
        parameters = self._parameters
        load = float(state.contacts.foot_force.sum()) / self._weight
        return load > parameters.loaded and float(np.hypot(*state.tilt)) < parameters.upright

    def _signs(self) -> str:
        signs = self._detector.signs
        return f"capture point {signs.beyond:.2f} m beyond, {signs.foreseen:.2f} rad foreseen"

    def _fall(self, state: State, direction: float, why: str) -> None:
        """Brace for a fall towards ``direction``, seen from the base [rad]."""
        self._bracing.start((brace(direction, self._joints),), self._sent)
        self._become(Plight.FALLING, state, why)

    # ------------------------------------------------------------------ the sit

    def _begin(self, state: State) -> None:
        """See whether it was switched on sitting."""
        if is_seated(state, self._joints, self._weight, self._parameters.sitting):
            self._held = state.joints.position
            self._become(Plight.SEATED, state, "switched on sitting")

    def _prepare_to_sit(self, state: State) -> None:
        """Sit down once it has stood still for a while, on joints that all answer."""
        rests = self.walking.is_standing and self._stands(state)
        if self._stood == 0.0 and rests:
            self._say(Plight.SITTING_DOWN, state.time)
        self._stood = self._stood + PERIOD if rests else 0.0
        if self._stood > self._parameters.before_sitting and state.joints.valid.all():
            self._sitting.go_down(self._sent)
            self._become(Plight.SITTING_DOWN, state, "asked to sit")

    def _sit_down(self, state: State) -> Array:
        target, course = self._sitting.advance(state)
        if course is Course.DONE:
            self._held = target
            self._become(Plight.SEATED, state, "sits")
        self._heed(state, course)
        return target

    def _stay_seated(self, state: State, goal: Goal) -> None:
        """Stand up when nothing asks it to sit any more, and all joints answer."""
        posture = goal.posture
        stays = posture.sit or posture.stay_seated or posture.crouch
        able = bool(state.joints.valid.all()) and not stays
        if not able:
            self._still = 0.0
        elif self._still == 0.0:
            self._say(Plight.STANDING_UP, state.time)
        self._still = self._still + PERIOD if able else 0.0
        if self._still > self._parameters.rest_time:
            self._next = self._make_anew()  # now, while it sits still
            self._sitting.go_up(state.joints.position)
            self._become(Plight.STANDING_UP, state, "asked to work")

    def _rise_from_seat(self, state: State, goal: Goal) -> Array:
        posture = goal.posture
        asked = posture.sit or posture.stay_seated or posture.crouch
        if asked and self._sitting.turn_back():
            self._become(Plight.SITTING_DOWN, state, "asked to stay seated")
        target, course = self._sitting.advance(state)
        if course is Course.DONE:
            self._rising.start(state)
            self._become(Plight.RISING, state, "stood up from the sit")
        self._heed(state, course)
        return target

    def _heed(self, state: State, course: Course) -> None:
        """Brace for a fall where sitting down or standing up does not go as it should."""
        if course is Course.FAILED or not state.joints.valid.all():
            why = self._sitting.why or "a joint is silent"
            self._fall(state, 0.0 if self._sitting.ahead else np.pi, why)

    # ------------------------------------------------------------------ off its feet

    def _on_the_ground(self, state: State, goal: Goal) -> tuple[Array, Array]:
        """Return targets (n,) [rad] and torque limits (n,) [N·m]."""
        self._since += PERIOD
        if self.plight is Plight.FALLING:
            over = self._since > self._parameters.longest_fall
            target = apart(self._joints, self._bracing.advance())
            if over:
                self._lie_down(state, "the fall is over")
            return target, cushioned(self._joints, state.joints, self._yielding)
        if self.plight is Plight.RISING:
            return self._get_up(state, goal), self._effort
        if self.plight is Plight.SITTING_DOWN:
            return self._sit_down(state), self._effort
        if self.plight is Plight.STANDING_UP:
            return self._rise_from_seat(state, goal), self._effort
        if self.plight is Plight.SEATED:
            self._stay_seated(state, goal)
            return self._held, LIMP * self._effort
        if self.plight is Plight.HELPLESS:
            self._wait_for_help(state)
        else:
            self._rest(state, goal)
        return self._held, cushioned(self._joints, state.joints, self._limp)

    def _lie_down(self, state: State, why: str) -> None:
        self._held = at_rest(self._joints, state.joints.position)
        self._become(Plight.LYING, state, why)

    def _rest(self, state: State, goal: Goal) -> None:
        """Lie still; get up when nothing moves any more and nothing speaks against it."""
        parameters = self._parameters
        turning = float(np.linalg.norm(state.angular_velocity_base_in_base))
        self._still = self._still + PERIOD if turning < parameters.rest_rate else 0.0
        stays = goal.posture.crouch or goal.posture.sit
        if stays:  # a stop: not before it is taken back
            self._since = 0.0
        rested = self._still > parameters.rest_time or self._since > parameters.longest_rest
        if not rested or stays:
            return
        able = self._has_stood and bool(state.joints.valid.all())
        if not able or self._tried >= parameters.attempts:
            why = f"{self._tried} attempts" if able else "it never stood, or a joint is silent"
            self._become(Plight.HELPLESS, state, why)
            return
        self._tried += 1
        self._next = self._make_anew()  # now, while it lies still
        self._rising.start(state)
        self._become(Plight.RISING, state, f"attempt {self._tried}")

    def _get_up(self, state: State, goal: Goal) -> Array:
        target, outcome = self._rising.advance(state)
        if goal.posture.crouch:
            self._lie_down(state, "asked to stop")
        elif outcome is Outcome.FAILED:
            self._lie_down(state, self._rising.why)
        elif outcome is Outcome.STANDS:
            self._go_on(state, target)
        return target

    def _wait_for_help(self, state: State) -> None:
        """Ask again and again; go on once it has been set on its feet."""
        self._still = self._still + PERIOD if self._stands(state) else 0.0
        if self._still > self._parameters.rest_time:
            self._go_on(state, self._held)

    def _go_on(self, state: State, target: Array) -> None:
        """Hand over to the walk, from the targets that the joints have."""
        self.walking = self._make_anew() if self._next is self.walking else self._next
        self.walking.take_over(state, target)
        self._detector.reset()
        self._tried, self._has_stood = 0, True
        self._become(Plight.FEET, state, "stands again")

    def _become(self, plight: Plight, state: State, why: str) -> None:
        self.plight, self._since, self._still = plight, 0.0, 0.0
        self.log.append((state.time, plight, why))
        again = plight is Plight.RISING and self._tried != 1
        if plight in WORDS and plight not in _TOLD_BEFORE and not again:
            self._say(plight, state.time)

    # ------------------------------------------------------------------ voice

    def _say(self, plight: Plight, time: float) -> None:
        zh, en = WORDS[plight]
        self._said = time
        self._saying = Utterance(zh, en, time, duration(zh), plight.value)

    def _voice(self, state: State) -> Utterance | None:
        asks = self.plight is Plight.HELPLESS
        if asks and state.time - self._said > self._parameters.ask_every:
            self._say(Plight.HELPLESS, state.time)
        saying = self._saying
        return saying if saying and state.time < saying.start + saying.duration else None
