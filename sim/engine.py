"""PyBullet behind one door: every call carries its client id, so worlds never mix."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from robotics.core.errors import MissingDependency, OptionError


class Engine:
    """A physics client of its own. ``engine.stepSimulation()`` is that client's.

    Attributes are PyBullet's functions with ``physicsClientId`` filled in, and its constants.
    """

    def __init__(self, *, view: bool = False) -> None:
        """Connect, with PyBullet's window if ``view``.

        Raises:
            MissingDependency: PyBullet is not installed.
            OptionError: There is no display (PyBullet itself would end the process).
        """
        if view and sys.platform == "linux" and not os.environ.get("DISPLAY"):
            raise OptionError(
                "the window needs a display, and DISPLAY is not set; leave out --view"
            )
        try:
            self._bullet: Any = import_module("pybullet")
        except ImportError as error:
            raise MissingDependency("pybullet", "simulation with physics", "sim") from error
        mode = self._bullet.GUI if view else self._bullet.DIRECT
        self.client: int = self._bullet.connect(mode)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._bullet, name)
        if isinstance(value, Callable):  # type: ignore[arg-type]  # a Protocol class at run time
            value = partial(value, physicsClientId=self.client)
        setattr(self, name, value)
        return value

    def close(self) -> None:
        """Disconnect. May be called twice."""
        if self.client >= 0:
            self._bullet.disconnect(physicsClientId=self.client)
            self.client = -1
