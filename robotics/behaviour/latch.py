"""What outlives any state of a machine: the stop that somebody asked for; limits of the battery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class StopLatch:
    """Remembers that somebody asked to stop: outside of any machine, so none can lose it."""

    reason: str = ""

    @property
    def is_set(self) -> bool:
        """Whether the robot has to stand still."""
        return bool(self.reason)

    def set(self, reason: str) -> None:
        """Ask to stop; the first reason is kept."""
        self.reason = self.reason or reason or "asked to stop"

    def release(self) -> None:
        """Take the request back. Moving again needs the event ``reset``, too."""
        self.reason = ""


@dataclass(frozen=True, slots=True)
class PowerLimits:
    """When the battery is low, with the gap that keeps the answer from flickering."""

    critical: float = 0.08
    low: float = 0.20
    enough: float = 0.30
    """Fractions of a full charge."""
