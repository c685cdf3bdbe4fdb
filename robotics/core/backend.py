"""The only door to a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from robotics.core.messages import Command, Observation


class Backend(Protocol):
    """A body: simulated, emulated or real. The loop cannot tell which."""

    period: float
    """Time between two observations [s]."""

    def reset(self) -> Observation:
        """Bring the body to its start and return its first observation.

        Raises:
            BackendError: The body does not answer.
        """

    def act(self, command: Command) -> None:
        """Keep ``command``; it is applied from the next observation on (one period of delay).

        Raises:
            BackendError: The body refuses it.
        """

    def observe(self) -> Observation:
        """Return the observation that is due one period later; on hardware, wait for it.

        Raises:
            BackendError: The body does not answer.
        """

    def close(self) -> None:
        """Leave the body in a safe state and let go of it. May be called twice."""


class Stage(Protocol):
    """The place where bodies are: a simulated site with its visitors, or a serial line."""

    backends: Mapping[str, Backend]
    """One body for each robot, by name."""

    def witness(self) -> Mapping[str, Any]:
        """What an onlooker sees now, for the report and never for a controller.

        Empty where nobody looks on (hardware). Plain JSON values; the keys are documented where
        they are made, in ``sim.witness``.
        """

    def close(self) -> None:
        """Close every body and the place itself. May be called twice."""
