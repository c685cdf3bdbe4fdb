"""Blame is given to who moves into the other, and to nobody else."""

import numpy as np
import pytest
from shapely import Point, box

from sim.touches import Touches

SQUARE = np.array([[-0.5, -0.4], [0.5, -0.4], [0.5, 0.4], [-0.5, 0.4]])
AHEAD = Point(0.7, 0.0)
HERE = np.zeros(3)


def _judge(twist, shape, *, pose=HERE):
    """Return the contact that one touch with this twist makes."""
    touches = Touches()
    touches.observe(0.0, "sweeper", (pose, np.array(twist), SQUARE), {"it": (5.0, shape)})
    return touches.contacts[0]


@pytest.mark.parametrize(
    ("twist", "shape", "caused"),
    [
        ((0.3, 0.0, 0.0), AHEAD, True),  # drives into somebody
        ((0.0, 0.0, 0.0), AHEAD, False),  # stands and is run into
        ((-0.3, 0.0, 0.0), AHEAD, False),  # backs away and is followed
        ((0.04, 0.0, 0.0), AHEAD, False),  # creeps more slowly than the threshold
        ((0.3, 0.0, 0.0), Point(-0.7, 0.0), False),  # is caught up from behind
        ((-0.3, 0.0, 0.0), Point(-0.7, 0.0), True),  # reverses into somebody
        ((0.0, 0.0, 0.5), Point(0.4, 0.6), True),  # swings its front side into somebody
        ((0.0, 0.0, -0.5), Point(0.4, 0.6), False),  # swings away
        ((0.3, 0.0, 0.0), box(0.45, -1.0, 0.6, 1.0), True),  # drives into a wall, which overlaps
        ((0.0, 0.3, 0.0), box(0.5, -1.0, 0.6, 1.0), False),  # slides along a wall
        ((0.3, 0.0, 0.0), None, True),  # unknown partner: moving is enough
        ((0.0, 0.0, 0.0), None, False),
    ],
)
def test_attribution(twist, shape, caused):
    """Each case of who moves how towards what is judged as documented."""
    assert _judge(twist, shape).caused is caused


def test_blame_turns_with_the_robot():
    """A robot that faces north and drives forward hits what stands in the north."""
    pose = np.array([0.0, 0.0, np.pi / 2])
    assert _judge((0.3, 0.0, 0.0), Point(0.0, 0.7), pose=pose).caused
    assert not _judge((0.3, 0.0, 0.0), Point(0.7, 0.0), pose=pose).caused


def test_a_touch_that_stops_the_robot_is_still_its_own():
    """The speed just before the touch counts, not only that at the touch."""
    touches = Touches()
    touches.observe(0.00, "sweeper", (HERE, np.array([0.5, 0.0, 0.0]), SQUARE), {})
    touches.observe(0.05, "sweeper", (HERE, np.zeros(3), SQUARE), {"it": (80.0, AHEAD)})
    assert touches.caused == 1


def test_a_lasting_touch_is_judged_where_it_is_now():
    """A robot turned away from somebody at its side, who slides on to where that was a push."""
    touches = Touches()
    turning, beside, ahead = np.array([0.0, 0.0, -0.5]), Point(0.3, 0.65), Point(0.75, 0.3)
    for k, (twist, person) in enumerate([(turning, beside)] * 4 + [(HERE, ahead)]):
        touches.observe(0.05 * k, "sweeper", (HERE, twist, SQUARE), {"she": (5.0, person)})
    assert len(touches.contacts) == 1
    assert touches.caused == 0
    touches.observe(0.25, "sweeper", (HERE, turning, SQUARE), {"she": (5.0, ahead)})
    assert touches.caused == 1


def test_a_lasting_contact_counts_once_a_second_for_each_partner():
    """3 s of leaning on one and a tap on another make four contacts, blamed when the push began."""
    touches = Touches()
    for k in range(60):
        touched = {"visitor 1": (1.0 + k, AHEAD)}
        if k == 30:
            touched["visitor 2"] = (1.0, AHEAD)
        twist = np.array([0.2 if k >= 50 else 0.0, 0.0, 0.0])
        touches.observe(0.05 * k, "sweeper", (HERE, twist, SQUARE), touched)
    assert [c.partner for c in touches.contacts].count("visitor 1") == 3
    assert len(touches.contacts) == 4
    assert [c.caused for c in touches.contacts if c.partner == "visitor 1"] == [False, False, True]
    assert touches.contacts[-1].row()["force"] == 60.0
