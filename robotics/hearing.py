"""A body with ears: what is understood enters its observations, and so the recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robotics.core.backend import Backend
from robotics.core.messages import Command, Observation
from robotics.voice.hearing.ear import Both, Ear, ear_named, read_script

ECHO = 0.4
"""So long after its last word a robot does not trust a microphone [s]."""


class Attentive:
    """A body with an ear; satisfies ``robotics.core.backend.Backend``."""

    def __init__(self, body: Backend, ear: Ear) -> None:
        self.body, self.ear = body, ear
        self.period = body.period
        self._spoken = -1e9

    def reset(self) -> Observation:
        """See ``Backend``."""
        return self.body.reset()

    def act(self, command: Command) -> None:
        """See ``Backend``; remembers until when the robot itself speaks."""
        said = command.sound
        if said is not None:
            self._spoken = said.start + said.duration
        self.body.act(command)

    def observe(self) -> Observation:
        """See ``Backend``; with what was understood."""
        seen = self.body.observe()
        heard = self.ear.hear(seen.time)
        if not heard or (self.ear.in_the_open and seen.time < self._spoken + ECHO):
            return seen  # its own words come back through the microphone
        return replace(seen, heard=seen.heard + heard)

    def close(self) -> None:
        """See ``Backend``."""
        self.ear.close()
        self.body.close()


def open_ear(hear: str, heard: Path | None) -> Ear | None:
    """Return the ear that the user asked for; None for none.

    Args:
        hear: See ``robotics.voice.hearing.ear.EARS``; "" for none.
        heard: A file of what is said when; None for none.

    Raises:
        RoboticsError: A file, a model or a library is missing.
    """
    ears = [read_script(heard)] if heard is not None else []
    if not hear:
        return ears[0] if ears else None
    live = ear_named(hear)
    return Both([*ears, live], in_the_open=live.in_the_open)
