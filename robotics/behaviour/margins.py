"""How much room a certified behaviour leaves: every margin, with its source.

They stand here, beneath both the proof and whoever asks for it, because a certificate is void when
one of them changes.
"""

from __future__ import annotations

from dataclasses import dataclass

RULES = 1
"""Which rules were proved; grows when a rule is added or means something else."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Numbers of the proof."""

    clip_speed: float = 0.5
    """Of a joint's no-load speed that an authored curve may use: half of the stall torque is left
    (a DC motor's torque falls linearly with speed)."""
    blended_speed: float = 0.65
    """Of the no-load speed, entry and exit included: the posture controller cuts off at 0.7."""
    angle: float = 0.0
    """Least distance of an arm or head joint to its limit [rad]; none: the URDF's limits leave the
    mechanics their room (urdf/README.md), and a straight elbow stands at its limit."""
    leg_angle: float = 0.05
    """The same for a leg joint [rad]: the balance moves them on top of what is planned."""
    peak_torque: float = 0.7
    """Of the torque that the motor still has at its speed, battery at ``supply``: the rest is for
    gear friction, pushes and a model that is wrong by some."""
    continuous_torque: float = 0.35
    """Of the stall torque, root mean square over ``thermal_time``. ROBOTIS' e-manual on stall
    torque advises a load of a fifth for stable motion; standing alone takes 0.25 in the knees,
    walking 0.5."""
    thermal_time: float = 20.0
    """Over which heat averages out [s] (XM-series windings and case; own choice, short)."""
    supply: float = 0.9
    """Battery voltage over nominal voltage when nearly empty."""
    self_distance: float = 0.02
    """Least distance between two links' collision shapes [m]: servo lag of 0.03 rad at a
    stretched arm's 0.37 m is 1.1 cm, the forearm's shell stands 1.1 cm out of its box."""
    zmp: float = 0.02
    """Least distance of the zero-moment point to the support polygon's edge [m]: the standing
    controller itself keeps 2 to 2.5 cm."""
    capture: float = 0.01
    """Least distance of the divergent component of motion to where standing gives up and steps
    [m]: noise of its estimate."""
    idle_zmp: tuple[float, float] = (0.004, 0.012)
    """(forward, left) that idle sway, breathing and a turning head may add to the zero-moment
    point [m]; measured with the same dynamics, see docs/certificate.md."""
    beside_zmp: float = 0.006
    """How far a behaviour that leaves the trunk free may move the zero-moment point [m]: as much
    is kept for others beside it. The gestures of today move it by 3 mm."""
    stepping_zmp: float = 0.025
    """How far arms may move the zero-moment point while the feet step [m]: half of the room that
    the gait's centre of pressure has to the outside of the sole."""
    exit_time: float = 0.8
    """Longest time to a stable pose after a point where it may be broken off [s]."""
    never_time: float = 3.0
    """Longest behaviour that may not be broken off at all [s]."""
    twist_share: float = 1.0
    """Of the walk's largest twist."""
