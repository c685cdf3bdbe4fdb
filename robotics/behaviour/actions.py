"""Kinds of action that are more than data: Python with declared resources and a time bound.

An action is what a step of a behaviour may ask for by name (``act: count_down``). What it uses and
how long it may take are declared, so that a behaviour with it can be proved before it runs::

    @action("count_down", uses=(Resource.VOICE,), at_most=12.0)
    def count_down(moment: Moment) -> Effect: ...

It is called at every decision until it says that it is done; it keeps no state of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from robotics.behaviour.compiled import Light, Look, Resource, ToolCue, Words
from robotics.core.errors import OptionError

LONGEST = 60.0
"""No action may take longer [s]."""

Argument = float | str


@dataclass(frozen=True, slots=True)
class Moment:
    """What an action is told."""

    time: float
    """Since it was started [s]."""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    is_visitor_near: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action wants at this moment, within the resources that it declared."""

    is_done: bool = False
    words: Words | None = None
    look: Look | None = None
    light: Light | None = None
    tools: ToolCue | None = None

    @property
    def uses(self) -> frozenset[Resource]:
        """The resources that this effect needs."""
        wanted = (
            (self.words, Resource.VOICE),
            (self.look, Resource.HEAD),
            (self.light, Resource.LIGHTS),
            (self.tools, Resource.TOOLS),
        )
        return frozenset(resource for wish, resource in wanted if wish is not None)


Work = Callable[[Moment], Effect]


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of action."""

    name: str
    uses: frozenset[Resource]
    at_most: float
    """[s]."""
    work: Work
    about: str = ""
    """The first line of its docstring."""

    def ask(self, moment: Moment) -> Effect:
        """Return what it wants now; done when its time is up, and never more than it declared."""
        if not moment.time < self.at_most:
            return Effect(is_done=True)
        wish = self.work(moment)
        return wish if wish.uses <= self.uses else Effect(is_done=True)


def action(name: str, *, uses: Iterable[Resource] = (), at_most: float) -> Callable[[Work], Action]:
    """Return the decorator that makes an action of a function.

    Args:
        name: As behaviours call it.
        uses: Resources that it holds while it runs.
        at_most: Longest time [s].

    Raises:
        OptionError: The name or the time bound cannot be.
    """
    if not name.isidentifier() or name != name.lower():
        raise OptionError(f"action '{name}': a name has small letters, digits and _ only")
    if not 0.0 < at_most <= LONGEST:
        raise OptionError(f"action '{name}': at_most is {at_most} s; allowed: up to {LONGEST} s")

    def made(work: Work) -> Action:
        lines = (work.__doc__ or "").strip().splitlines()
        return Action(name, frozenset(uses), at_most, work, lines[0] if lines else "")

    return made


def registry(*actions: Action) -> Mapping[str, Action]:
    """Return actions by name.

    Raises:
        OptionError: Two have the same name.
    """
    found: dict[str, Action] = {}
    for one in actions:
        if one.name in found:
            raise OptionError(f"action '{one.name}' is registered twice; give one another name")
        found[one.name] = one
    return MappingProxyType(found)


@action("blink", uses=(Resource.LIGHTS,), at_most=1.0)
def blink(moment: Moment) -> Effect:
    """The eyes close for a fifth of a second, once."""
    shut = moment.time < 0.2
    return Effect(is_done=moment.time >= 0.4, light=Light(moment.time, "shut" if shut else "open"))


ACTIONS = registry(blink)
"""Those that come with the package."""
