"""All state machines in one place: for the verifier's tests and for the page in ``docs``."""

from __future__ import annotations

from robotics.behaviour.diagram import markdown
from robotics.behaviour.machine import Table, power_table, safety_table
from robotics.behaviour.mission import Conduct
from robotics.robots.greeter.handshake import Handshake
from robotics.robots.greeter.handshake import table as handshake_table
from robotics.robots.greeter.mission import GreeterMission
from robotics.robots.greeter.states import table as greeter_table
from robotics.robots.sweeper.mission import SweeperMission
from robotics.robots.sweeper.states import table as sweeper_table


def all_tables() -> tuple[tuple[Table, type], ...]:
    """Return every table with the class that owns its guards and callbacks."""
    return (
        (safety_table(), Conduct),
        (power_table(), Conduct),
        (greeter_table(), GreeterMission),
        (handshake_table(), Handshake),
        (sweeper_table(), SweeperMission),
    )


def page() -> str:
    """Return the text of ``docs/machines.md``."""
    return markdown(table for table, _ in all_tables())
