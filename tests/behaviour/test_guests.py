"""People are remembered although the tracker's numbers flicker."""

from __future__ import annotations

import numpy as np

from robotics.behaviour.guests import FORGET, GuestBook
from robotics.core.messages import Kind, Obstacle


def person(number: int, x: float, y: float, **more: object) -> Obstacle:
    """Return a tracked person."""
    velocity = more.pop("velocity", (0.0, 0.0))
    kind = more.pop("kind", Kind.PERSON)
    return Obstacle(number, np.array([x, y]), np.asarray(velocity), 0.25, Kind(str(kind)), 1.0)


def test_a_person_is_one_guest_as_long_as_it_is_tracked() -> None:
    """Posts, carts and unknown things are none."""
    book = GuestBook()
    for step in range(20):
        seen = [person(1, 3.0 - 0.1 * step, 0.0), person(2, 1.0, 1.0, kind=Kind.STATIC)]
        assert len(book.update(seen, 0.1 * step)) == 1


def test_a_new_number_in_the_same_place_is_the_same_guest() -> None:
    """And whoever turns up elsewhere is not."""
    book = GuestBook()
    first = book.update([person(1, 2.0, 0.0, velocity=(-0.5, 0.0))], 0.0)[0]
    first.greeted = 0.0
    again = book.update([person(7, 1.5, 0.1)], 1.0)
    assert again == [first]
    assert first.number == 7
    other = book.update([person(7, 1.5, 0.1), person(8, 1.0, -2.0)], 1.2)
    assert [guest.is_greeted(1.2) for guest in other] == [True, False]


def test_two_people_side_by_side_stay_two() -> None:
    """A newcomer beside a guest who is still seen does not inherit that guest's greeting."""
    book = GuestBook()
    book.update([person(1, 2.0, 0.0)], 0.0)[0].greeted = 0.0
    both = book.update([person(1, 2.0, 0.0), person(2, 2.0, 0.5)], 0.1)
    assert [guest.is_greeted(0.1) for guest in both] == [True, False]


def test_a_person_who_stops_stays_a_person() -> None:
    """The tracker may take it for a post now."""
    book = GuestBook()
    book.update([person(1, 2.0, 0.0)], 0.0)
    assert len(book.update([person(1, 2.0, 0.0, kind=Kind.STATIC)], 0.5)) == 1


def test_after_a_minute_a_guest_is_a_stranger_again() -> None:
    """Gone for so long, or greeted so long ago."""
    book = GuestBook()
    guest = book.update([person(1, 2.0, 0.0)], 0.0)[0]
    guest.greeted = 0.0
    assert guest.is_greeted(FORGET - 1.0)
    assert not guest.is_greeted(FORGET)
    assert book.update([], FORGET + 1.0) == []
    assert book.guests == []
