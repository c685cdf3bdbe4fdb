"""The greeter sits down, loses its power, is switched on anew, and stands up, under physics."""

from sim.sit_trial import Circumstances, SitTrial


def test_it_sits_without_power_and_wakes_up() -> None:
    """Down more slowly than it could drop, still as a stone without torque, up by itself, and off.

    Between: no joint a hundredth of a radian beyond its limit, no link against another.
    """
    seen = SitTrial(Circumstances(seed=5)).run()
    assert seen.sat, seen.why
    assert seen.held, seen.moved
    assert seen.woken, seen.why
    assert seen.drop < 0.4
    assert seen.over < 0.01
    assert seen.collision[0] < 20.0
    assert seen.took[0] < 20.0 > seen.took[1]
