"""Numbers of the walk: what was tuned, in one table."""

from __future__ import annotations

from dataclasses import dataclass, field

from robotics.control.terrain import TerrainParameters


@dataclass(frozen=True, slots=True)
class WalkParameters:
    """Defaults are those of a 1.1 m, 13 kg body with 0.51 m legs and 0.21 m × 0.12 m soles.

    Lengths [m], times [s], angles [rad]. "Forward" and "outward" are along the axes of the stance
    foot, "outward" away from it towards the other one.
    """

    com_height: float = 0.505
    """Centre of mass above the ground: knees bent by about 0.8 rad."""
    longest_leg: float = 0.453
    """Hip to ankle, nearly straight; longer steps are made with a lower body."""
    com_over_leg: float = 0.074
    """Of the centre of mass above the hip, and of the ankle above the ground, together."""
    left_behind: float = 0.07
    """How much farther than half a step the foot behind is left before it comes off the ground."""
    crouch_height: float = 0.42
    """The same in the protective crouch."""
    stance_width: float = 0.17
    """Between the soles' centres."""
    least_width: float = 0.15
    """A step never comes nearer than this: soles are 0.12 wide and must not tread on each other
    (with 0.135 they did, once in five minutes, when a foot came down late and turned in)."""
    toe: float = 0.12
    """Of the sole before the point under the ankle: a foot that turns in needs more room."""
    heel: float = 0.09
    """Of the sole behind it: a foot that turns out does, too."""
    step_time: float = 0.36
    usual_step: float = 0.255
    """Faster walking is made of quicker steps of this length, not of longer ones."""
    briskest: float = 0.33
    """No undisturbed step is quicker [s]."""
    wake_time: float = 0.6
    """After switching on, no foot is lifted for so long: the servos take up the weight."""
    calm_time: float = 2.0
    """After switching on, no walk is begun for so long: the gyro's bias is learned."""
    rest_time: float = 1.0
    """After stopping, no walk is begun for so long: a start into what is left of the swaying of the
    last steps builds it up (an interrupted turn fell over it, once in twenty minutes)."""
    calm: float = 0.06
    """A walk is begun only while the centre of mass is slower than this [m/s]."""
    centred: float = 0.04
    """… and while ξ is so near to the middle between the feet [m]."""
    start_time: float = 0.35
    """Weight shift before the first step."""
    step_height: float = 0.05
    longest_step: float = 0.38
    widest_step: float = 0.44
    swiftest: float = 2.0
    """Mean speed of a foot on its way to a landing place [m/s]: what hip and knee servos reach."""
    quickest_step: float = 0.5
    """Of the step time: a step may be shortened to this fraction."""
    slowest_step: float = 1.35
    """Of the step time: a step may be stretched to this fraction."""
    late_limit: float = 0.12
    """A foot that has not landed by this long after its time is taken as landed."""
    smoothing: float = 0.35
    """Time constant with which the twist is followed: about a step. The base sways with the steps,
    and who steers by its pose asks for the opposite sway; answering that would shake it up."""
    acceleration: tuple[float, float, float] = (0.4, 0.25, 1.0)
    """Of the twist followed: [m/s²], [m/s²], [rad/s²]."""
    largest_twist: tuple[float, float, float] = (0.67, 0.30, 1.5)
    """Of the twist followed: [m/s], [m/s], [rad/s]."""
    fastest_back: float = 0.40
    """Backwards [m/s]."""
    speed_feedback: tuple[float, float, float] = (0.1, 0.1, 0.2)
    """Share of the error of the mean speed over two steps that is added at each step."""
    speed_correction: tuple[float, float, float] = (0.08, 0.05, 0.4)
    """Largest correction of that kind: [m/s], [m/s], [rad/s]."""
    cop_forward: tuple[float, float] = (-0.075, 0.10)
    """How far the centre of pressure may go from the ankle in single support."""
    cop_outward: float = 0.05
    push_back: float = 15.0
    """Where pressure and footprint are not enough, hip and ankle of the leg that carries push the
    body back as one post: offset of both for each metre that the pressure falls short [rad/m]. The
    hip alone, leaning with the fall as textbooks have it, lets a servo's ankle give way: the
    pressure left the edge of the sole (15 mm off the middle where 50 were asked for)."""
    push_back_from: float = 0.01
    """Ahead and back, only where the footprint misses by more [m]: sooner it hinders the step."""
    largest_push_back: float = 0.375
    """Of that offset [rad]: stall torque. With 0.5 it fell more often."""
    push_back_time: tuple[float, float] = (0.03, 0.3)
    """Time constants with which it comes and goes [s]."""
    cop_hold: float = 0.02
    """Before touch-down the centre of pressure is held: what it could mend is smaller than what
    the division by a short time makes of noise."""
    model_gain: tuple[float, float] = (0.06, 0.35)
    """Share of the difference to the measured motion taken over in a tick: least, largest."""
    model_trust: float = 0.012
    """Difference up to which the least share is used."""
    model_slope: float = 6.0
    """Growth of that share beyond it [1/m]."""
    response: float = 0.01
    """So far ahead the pendulum lives [s]: what of the delay between a wish and its force on the
    ground is left once the velocity comes from the IMU (tuned by pushes at eight phases of a
    stride: with 0.03 some of 0.35 N·s/kg ahead felled it, with 0.01 none did)."""
    leg_reaction: float = 0.0048
    """What the swing leg does to the body: for each m/s² of the swinging foot the ground has to
    push so much farther ahead [s²]. From the URDF's masses (a test computes it)."""
    trunk_reaction: float = 0.0014
    """The same for each rad/s² of a trunk that turns backwards [m·s²]."""
    transport: float = 0.015
    """From a sample to the torque that answers it [s]."""
    hip_damping: float = 5.0
    """Of the swinging leg at its hip, beside the motor's own [N·m·s/rad]."""
    drift_gain: float = 3.0
    """Rate at which a lasting error of the pendulum becomes a drift [1/s]."""
    drift_trust: float = 0.02
    """Errors beyond this are pushes, not a drift [m]."""
    largest_drift: float = 0.06
    trunk_gain: tuple[float, float] = (1.0, 0.08)
    """Hip angle for each radian of tilt and for each rad/s of tilting [s], on one foot (with 0.3
    and 0.02 a push of 0.45 N·s/kg ahead tilted the trunk by 0.13 rad, and the foot scuffed)."""
    trunk_gain_standing: tuple[float, float] = (0.3, 0.02)
    """The same on both feet: stiffer hips work against each other there."""
    touch_force: float = 0.15
    """Of the weight: a foot with more than this has landed."""
    touch_lead: float = 0.01
    """On a beat the sole touches so long before its planned time: it meets the ground with a
    tilted trunk, edge first (measured in the physics, ``benchmarks/beat.py``) [s]."""
    touch_after: float = 0.6
    """Of the step time: before this, force on the swing foot is a stumble, not a landing."""
    still_after: int = 1
    """Steps on the spot before standing still."""
    terrain: TerrainParameters = field(default_factory=TerrainParameters)
