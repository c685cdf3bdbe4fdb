"""A handshake from the offer to the thanks: the table, and when its events are due.

The mission begins one, asks it for its part at every decision, and leaves when it is over (see
docs/handshake.md). What the hand feels comes from the locomotion; how the arm yields, joins in and
keeps its force within bounds is ``robotics.control.touch``'s business and needs nothing from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from robotics.behaviour.machine import Promise, State, Table, Transition
from robotics.behaviour.mission import Event, Machine
from robotics.control.touch import Felt
from robotics.core.messages import Hand

CLOSE = 1.15
"""So near a guest is offered a hand: arm's length of both, measured to the guest's middle [m]."""
AHEAD = np.radians(35.0)
"""A guest is in front of it within this bearing [rad]."""
STANDING = 0.25
"""A guest who is slower stands [m/s]."""

RAISING = 2.5
"""At most so long until the arm is out [s]."""
PATIENCE = 5.0
"""It waits so long for a hand [s]."""
STILL = 0.7
"""Held so long without a rhythm, it begins to shake by itself [s]."""
LEAD = 1.2
"""… for so long [s]."""
ENOUGH = 3.0
"""It shakes hands for so long [s]."""
ASKING = 2.0
"""Held for so long after that, it asks for its hand [s]."""
TIRED = 6.0
"""Held for so long after that, it gives up asking; the arm stays soft until it is free [s]."""
WAY_HOME = 4.0
"""The arm is home after this, unless it is held [s]."""
AGAIN = 0.8
"""Held so long after the arm began to go home, it is held indeed [s]."""
HURTS = 18.0
"""A stronger pull ends the shaking [N]."""

OFFERING = ("offering", "waiting")
TOUCHING = ("held", "leading", "shaking", "releasing", "asking")
LEAVING = ("thanking", "consoling", "withdrawing")


def table() -> Table:
    """Return the handshake."""
    return Table(
        name="handshake",
        states=(
            State("ready", "both arms are its own"),
            State("offering", "holds its hand out, and says so"),
            State("waiting", "waits for a hand"),
            State("held", "its hand was taken: feels whether it is shaken"),
            State("leading", "nobody shakes: shakes a little by itself"),
            State("shaking", "joins in the visitor's rhythm"),
            State("releasing", "has shaken enough: holds still, soft, until the hand lets go"),
            State("asking", "asks for its hand, and draws it back gently"),
            State("thanking", "the hand let go: thanks, arm home"),
            State("consoling", "nobody took it: says that it does not matter, arm home"),
            State("withdrawing", "has to stop: arm home without a word"),
        ),
        transitions=(
            Transition("begin", "ready", "offering"),
            Transition("out", "offering", "waiting"),
            *(Transition("gripped", source, "held") for source in (*OFFERING, "consoling")),
            *(Transition("alone", source, "consoling") for source in OFFERING),
            Transition("shaken", "held", "shaking"),
            Transition("shaken", "leading", "shaking"),
            Transition("still", "held", "leading"),
            *(Transition("enough", s, "releasing") for s in ("held", "leading", "shaking")),
            *(Transition("kept", source, "asking") for source in ("releasing", "thanking")),
            *(Transition("let_go", source, "thanking") for source in TOUCHING),
            *(Transition("stop", source, "withdrawing") for source in (*OFFERING, *TOUCHING)),
            *(Transition("home", source, "ready") for source in LEAVING),
        ),
        initial="ready",
        final=("ready",),
        events=(
            *("begin", "out", "gripped", "alone", "shaken", "still", "enough", "kept"),
            *("let_go", "stop", "home"),
        ),
        promises=(
            *(Promise("let_go", source, "thanking") for source in TOUCHING),
            *(Promise("stop", source, "withdrawing") for source in (*OFFERING, *TOUCHING)),
            *(Promise("gripped", source, "held") for source in (*OFFERING, "consoling")),
            *(Promise("alone", source, "consoling") for source in OFFERING),
            *(Promise("home", source, "ready") for source in LEAVING),
            *(Promise("shaken", source, "shaking") for source in ("held", "leading")),
            *(Promise("enough", s, "releasing") for s in ("held", "leading", "shaking")),
            Promise("begin", "ready", "offering"),
            Promise("out", "offering", "waiting"),
            Promise("still", "held", "leading"),
            *(Promise("kept", source, "asking") for source in ("releasing", "thanking")),
        ),
    )


_HANDS = {
    **dict.fromkeys(OFFERING, Hand.OFFERED),
    **dict.fromkeys(("held", "releasing"), Hand.HELD),
    "leading": Hand.LEADING,
    "shaking": Hand.SHAKING,
}
_WORDS = {
    "offering": "handshake",
    "asking": "handshake_let_go",
    "thanking": "handshake_thanks",
    "consoling": "handshake_no_matter",
}
CLIP = "handshake"
"""The behaviour whose clip holds the hand out."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a handshake wants of the robot now."""

    clip: str = ""
    """For ``Posture.clip``; "" lets the arm go home."""
    start: float = 0.0
    """For ``Posture.start`` [s]."""
    hand: Hand = Hand.NONE
    """For ``Posture.hand``."""
    say: str = ""
    """A behaviour whose words are to be said now; "" for none."""
    activity: str = ""
    """For people to read."""


class Handshake:
    """One handshake after the other.

    Attributes:
        machine: Its states.
        shaken: Handshakes that a visitor took part in.
        declined: Hands that nobody took.
    """

    def __init__(self) -> None:
        self.machine = Machine(table(), self)
        self.shaken = self.declined = 0
        self._start = 0.0
        self._said = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or never begun."""
        return self.machine.state == "ready"

    @property
    def is_touching(self) -> bool:
        """Whether somebody's hand is in its own, as far as it can tell."""
        return self.machine.state in TOUCHING

    def begin(self, time: float) -> None:
        """Offer the hand from ``time`` [s] on; nothing happens during a handshake."""
        if self.machine.fire(Event("begin", time)):
            self._start, self._said = time, ""

    def stop(self, time: float, reason: str = "") -> None:
        """Take the arm home, silently: it steps, it falls, it has to leave, a stranger is close."""
        self.machine.fire(Event("stop", time, reason))

    def decide(self, time: float, felt: Felt, *, welcome: bool = True) -> Part:
        """Return its part for now; to be called at every decision while it is not over.

        Args:
            time: [s].
            felt: What the hand feels.
            welcome: Whether the guest is still there; it waits for nobody else.
        """
        if not self.is_over:
            event = self._due(time - self.machine.since, felt, welcome)
            if event:
                self.machine.fire(Event(event, time))
                self._count(event)
        return self._part()

    def _due(self, lasted: float, felt: Felt, welcome: bool) -> str:
        """Return the event that is due, ``lasted`` [s] after the state was entered; "" for none."""
        due: Mapping[str, Callable[[float, Felt], str]] = {
            "offering": _offering,
            "waiting": _waiting,
            "held": _held,
            "leading": _leading,
            "shaking": _shaking,
            "releasing": _releasing,
            "asking": _asking,
            "thanking": _thanking,
            "consoling": _consoling,
        }
        state = self.machine.state
        if state in OFFERING and not welcome and not felt.held:
            return "alone"
        return due.get(state, _leaving)(lasted, felt)

    def _count(self, event: str) -> None:
        self.shaken += event == "gripped"
        self.declined += event == "alone"

    def _part(self) -> Part:
        state = self.machine.state
        out = state in OFFERING or (state in TOUCHING and state != "asking")
        new, self._said = state != self._said, state
        return Part(
            clip=CLIP if out else "",
            start=self._start,
            hand=_HANDS.get(state, Hand.NONE),
            say=_WORDS.get(state, "") if new else "",
            activity="" if self.is_over else self.machine.table.state(state).meaning,
        )


def _offering(lasted: float, felt: Felt) -> str:
    if felt.held and lasted > 0.5:
        return "gripped"
    return "out" if lasted > RAISING or (felt.there and lasted > 1.0) else ""


def _waiting(lasted: float, felt: Felt) -> str:
    if felt.held:
        return "gripped"
    return "alone" if lasted > PATIENCE else ""


def _held(lasted: float, felt: Felt) -> str:
    if felt.frequency > 0.0 and lasted > 0.3:
        return "shaken"
    return "still" if lasted > STILL else ""


def _leading(lasted: float, felt: Felt) -> str:
    """A hand that keeps quite still is felt only when it is moved."""
    if lasted <= LEAD:
        return ""
    if not felt.held:
        return "let_go"
    return "shaken" if felt.frequency > 0.0 else "enough"


def _shaking(lasted: float, felt: Felt) -> str:
    if not felt.held:
        return "let_go"
    hurts = float(np.linalg.norm(felt.force)) > HURTS
    return "enough" if hurts or lasted > ENOUGH else ""


def _releasing(lasted: float, felt: Felt) -> str:
    if not felt.held:
        return "let_go"
    return "kept" if lasted > ASKING else ""


def _asking(lasted: float, felt: Felt) -> str:
    if not felt.held:
        return "let_go"
    return "stop" if lasted > TIRED else ""


def _thanking(lasted: float, felt: Felt) -> str:
    return "kept" if felt.held and lasted > AGAIN else _leaving(lasted, felt)


def _consoling(lasted: float, felt: Felt) -> str:
    """Who takes the hand as it goes has it."""
    return "gripped" if felt.held and lasted > AGAIN else _leaving(lasted, felt)


def _leaving(lasted: float, felt: Felt) -> str:
    home = not felt.yielding and lasted > 0.5
    return "home" if home or lasted > WAY_HOME else ""
