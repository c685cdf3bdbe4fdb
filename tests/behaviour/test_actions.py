"""Actions keep to what they declare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.behaviour.actions import ACTIONS, Action, Effect, Moment, action, registry
from robotics.behaviour.compiled import Light, Look, Resource
from robotics.core.errors import OptionError


@action("greedy", uses=(Resource.LIGHTS,), at_most=2.0)
def greedy(moment: Moment) -> Effect:
    """Wants the head after a second."""
    look = Look(moment.time, "visitor") if moment.time > 1.0 else None
    return Effect(light=Light(moment.time, "on"), look=look)


def test_time_is_up_at_the_bound() -> None:
    """An action that never ends is ended; so is one at a time that is no number."""
    assert not greedy.ask(Moment(0.5)).is_done
    assert greedy.ask(Moment(2.0)).is_done
    assert greedy.ask(Moment(float("nan"))).is_done


def test_more_than_declared_ends_it() -> None:
    """The head was not declared: nothing of the wish is done."""
    wish = greedy.ask(Moment(1.5))
    assert (wish.is_done, wish.look, wish.light) == (True, None, None)


@pytest.mark.parametrize("one", ACTIONS.values(), ids=list(ACTIONS))
@given(time=st.floats(0.0, 100.0))
def test_shipped_actions_end_and_keep_their_resources(one: Action, time: float) -> None:
    """At any time."""
    wish = one.ask(Moment(time))
    assert wish.uses <= one.uses
    assert wish.is_done or time < one.at_most
    assert one.about.endswith(".")


@pytest.mark.parametrize(("name", "at_most"), [("Big", 1.0), ("a b", 1.0), ("a", 0.0), ("a", 1e3)])
def test_impossible_declarations_are_refused(name: str, at_most: float) -> None:
    """A name that behaviours could not write, a bound that is none."""
    with pytest.raises(OptionError, match="action"):
        action(name, at_most=at_most)


def test_a_name_is_given_once() -> None:
    """Two actions of one name are a mistake."""
    with pytest.raises(OptionError, match="twice"):
        registry(greedy, greedy)
