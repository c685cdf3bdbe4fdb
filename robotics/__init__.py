"""Control package of two scenic-area robots: the greeter Youyou and the sweeper Woxiaobai.

The names below are what a program of one's own starts from: ``load_site`` a site map, ``assemble``
a robot and its mission, put them with a body (a ``Backend``) into a ``Member`` and ``run``. They
are loaded when first asked for, so ``import robotics`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robotics.app import Member, run, tick
    from robotics.core.backend import Backend
    from robotics.core.messages import Command, Goal, Observation, State
    from robotics.core.parts import Mission, Robot
    from robotics.mapping.places import load_site
    from robotics.robots.catalog import assemble
else:
    _HOMES = {
        "Backend": "core.backend",
        "Command": "core.messages",
        "Goal": "core.messages",
        "Member": "app",
        "Mission": "core.parts",
        "Observation": "core.messages",
        "Robot": "core.parts",
        "State": "core.messages",
        "assemble": "robots.catalog",
        "load_site": "mapping.places",
        "run": "app",
        "tick": "app",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'robotics' has no attribute {name!r}")
        return getattr(import_module(f"robotics.{_HOMES[name]}"), name)


__all__ = [
    "Backend",
    "Command",
    "Goal",
    "Member",
    "Mission",
    "Observation",
    "Robot",
    "State",
    "assemble",
    "load_site",
    "run",
    "tick",
]
