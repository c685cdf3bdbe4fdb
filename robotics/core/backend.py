"""The only door to a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Begin:
    """How a simulated body begins; a real one is where it is."""

    pose: tuple[float, float, float] | None = None
    """(x, y, yaw) of the base in the map; None for its mark."""
    charge: float = 1.0
    """Of the battery, 0 to 1."""
    water: float = 1.0
    """In the tank, 0 to 1."""
    bin: float = 0.0
    """In the bin, 0 to 1."""


class Stage(Protocol):
    """The place where bodies are: a simulated site with its visitors, or a serial line."""

    backends: Mapping[str, Backend]
    """One body for each robot, by name."""

    def look(self, time: float) -> None:
        """Let the onlooker look at everything at ``time`` [s].

        To be called about 20 times a second of the stage's time.
        """

    def figures(self) -> Mapping[str, Any]:
        """What the onlooker saw so far, for the report, never for a controller.

        Plain JSON values; empty where nobody looks on (hardware).
        """

    def scene(self) -> Mapping[str, Any]:
        """Where everything is now, for pictures: plain JSON values, empty on hardware.

        Keys: ``robots`` (by name: ``position`` (3,), ``quaternion`` (x, y, z, w), ``joints`` (n,),
        ``brush``, ``says``), ``visitors`` (rows of id, x, y, heading, radius, height).
        """

    def summary(self) -> Mapping[str, Any]:
        """The onlooker's account of the whole run so far; empty on hardware."""

    def close(self) -> None:
        """Close every body and the place itself. May be called twice."""
