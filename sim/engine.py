"""PyBullet behind one door: every call carries its client id, so worlds never mix."""

from __future__ import annotations

import ctypes
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
            self._bullet: Any = _import_quietly("pybullet")
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


def _import_quietly(name: str) -> Any:
    """Import a module; what it writes meanwhile (PyBullet: its build time) goes nowhere."""
    if name in sys.modules:
        return import_module(name)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    with open(os.devnull, "wb") as nowhere:
        for stream in kept:
            os.dup2(nowhere.fileno(), stream)
        try:
            return import_module(name)
        finally:
            ctypes.CDLL(None).fflush(None)  # what waits in C's own buffers
            for stream, copy in kept.items():
                os.dup2(copy, stream)
                os.close(copy)
