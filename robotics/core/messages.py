"""The values that flow through one tick: Observation, State, Goal, Plan, Twist2, Command, Tick.

Every message is frozen, its arrays are float64 and read-only. Units are SI and radians. Frames are
spelled in the names; a pose is ``(x, y, yaw)``, a quaternion ``(x, y, z, w)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from robotics.core.arrays import Array, BoolArray, checked, frozen
from robotics.core.sensing import Battery as Battery
from robotics.core.sensing import Contacts as Contacts
from robotics.core.sensing import FixKind as FixKind
from robotics.core.sensing import GnssFix as GnssFix
from robotics.core.sensing import Imu as Imu
from robotics.core.sensing import Joints as Joints
from robotics.core.sensing import Observation as Observation
from robotics.core.sensing import Scan as Scan
from robotics.core.sensing import ToolReadings as ToolReadings
from robotics.core.signals import Chime as Chime
from robotics.core.signals import Music as Music

# ---------------------------------------------------------------------------------- estimating


class Kind(StrEnum):
    """What an obstacle seems to be, from its size and motion."""

    UNKNOWN = "unknown"
    PERSON = "person"
    CHILD = "child"
    CART = "cart"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One tracked thing that is not in the site map."""

    id: int
    """The same for the same thing as long as it is tracked."""
    position_in_map: Array
    """Centre, shape (2,) [m]."""
    velocity_in_map: Array
    """Shape (2,) [m/s]."""
    radius: float
    """[m]."""
    kind: Kind = Kind.UNKNOWN
    age: float = 0.0
    """Time since it was first seen [s]."""
    unseen: float = 0.0
    """Time since it was last seen [s]."""

    def __post_init__(self) -> None:
        for name in ("position_in_map", "velocity_in_map"):
            object.__setattr__(self, name, checked("Obstacle", name, getattr(self, name), (2,)))


@dataclass(frozen=True, slots=True)
class Litter:
    """A piece of litter on the ground."""

    id: int
    """The same for the same piece as long as it is remembered."""
    position_in_map: Array
    """Centre, shape (2,) [m]."""
    size: float
    """Its longest side [m]."""
    height: float
    """[m]."""
    fits: bool = True
    """Whether the sweeper's mouth can take it; else it must not be driven over."""

    def __post_init__(self) -> None:
        position = checked("Litter", "position_in_map", self.position_in_map, (2,))
        object.__setattr__(self, "position_in_map", position)


@dataclass(frozen=True, slots=True)
class GroundSight:
    """What the down-tilted lidar tells of the ground ahead and beside."""

    kerb_in_map: Array = field(default_factory=lambda: frozen(np.zeros((0, 2))))
    """Foot of the kerb seen on the last metres, oldest first, shape (k, 2) [m]; empty where it is
    hidden or there is none."""
    litter: tuple[Litter, ...] = ()
    """Pieces that still lie there, as far as known."""

    def __post_init__(self) -> None:
        kerb = checked("GroundSight", "kerb_in_map", self.kerb_in_map, (None, 2))
        object.__setattr__(self, "kerb_in_map", kerb)


@dataclass(frozen=True, slots=True)
class State:
    """What the robot believes: the estimator's answer to one observation."""

    time: float
    """[s]."""
    pose_base_in_map: Array
    """(x, y, yaw), shape (3,) [m, m, rad]."""
    twist_base_in_base: Array
    """(vx, vy, wz), shape (3,) [m/s, m/s, rad/s]."""
    joints: Joints
    tilt: Array
    """(roll, pitch) of the base against gravity, shape (2,) [rad]; nose down is positive pitch."""
    angular_velocity_base_in_base: Array
    """Bias-free gyro, shape (3,) [rad/s]."""
    specific_force_base_in_base: Array = field(default_factory=lambda: frozen([0.0, 0.0, 9.81]))
    """What the accelerometer feels: acceleration less gravity, shape (3,) [m/s²]."""
    contacts: Contacts = field(default_factory=Contacts)
    obstacles: tuple[Obstacle, ...] = ()
    points_in_base: Array = field(default_factory=lambda: frozen(np.zeros((0, 2))))
    """The last scan's returns, shape (k, 2) [m]: for the guard, which trusts no tracker."""
    points_age: float = 0.0
    """Age of those returns [s]."""
    quality: float = 1.0
    """How well the localisation fits, 0 (lost) to 1."""
    battery: Battery = field(default_factory=Battery)
    tools: ToolReadings = field(default_factory=ToolReadings)
    ground: GroundSight = field(default_factory=GroundSight)
    faults: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sizes = {"pose_base_in_map": 3, "twist_base_in_base": 3, "tilt": 2}
        sizes |= {"angular_velocity_base_in_base": 3, "specific_force_base_in_base": 3}
        for name, size in sizes.items():
            object.__setattr__(self, name, checked("State", name, getattr(self, name), (size,)))
        points = checked("State", "points_in_base", self.points_in_base, (None, 2))
        object.__setattr__(self, "points_in_base", points)


# ---------------------------------------------------------------------------------- deciding


@dataclass(frozen=True, slots=True)
class Stay:
    """Base goal: stand where you are."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Base goal: reach a pose."""

    pose_in_map: Array
    """(x, y, yaw), shape (3,)."""
    tolerance: float = 0.10
    """[m]."""
    tolerance_yaw: float = 0.10
    """[rad]."""
    speed: float = np.inf
    """Upper bound [m/s]."""

    def __post_init__(self) -> None:
        pose = checked("GoTo", "pose_in_map", self.pose_in_map, (3,))
        object.__setattr__(self, "pose_in_map", pose)


@dataclass(frozen=True, slots=True)
class Cover:
    """Base goal: sweep a zone of the site map."""

    zone: str
    """Name of the zone."""
    speed: float = np.inf
    """Upper bound where the tools work [m/s]."""


@dataclass(frozen=True, slots=True)
class Drive:
    """Base goal: move with this twist, obstacles permitting (remote control, docking, tests)."""

    twist: Array
    """(vx, vy, wz), shape (3,)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "twist", checked("Drive", "twist", self.twist, (3,)))


BaseGoal: TypeAlias = Stay | GoTo | Cover | Drive


@dataclass(frozen=True, slots=True)
class Playing:
    """A clip that plays since an instant."""

    clip: str
    """Name of a behaviour whose tracks move the joints."""
    start: float
    """[s]."""


class Hand(StrEnum):
    """What the right hand is there for; all but ``NONE`` make its arm yield, force bounded."""

    NONE = ""
    OFFERED = "offered"
    """Held out to be taken: it follows its clip, and gives way."""
    HELD = "held"
    """Soft: it goes where it is led."""
    SHAKING = "shaking"
    """Soft, and joins in the rhythm in which it is shaken."""
    LEADING = "leading"
    """Soft, and shakes a little by itself."""


@dataclass(frozen=True, slots=True)
class Posture:
    """Posture goal: play a clip since an instant, look at a point.

    A clip moves what its behaviour has: joints, the trunk over the feet, the feet on the beat.
    """

    clip: str = ""
    """Name of a behaviour whose tracks move the joints; "" for none."""
    start: float = 0.0
    """When the clip started [s]."""
    look_at_in_map: Array | None = None
    """Point for the face to turn to, shape (3,) [m]; None to look ahead."""
    crouch: bool = False
    """Go down into the stable crouch: the protective stop."""
    sit: bool = False
    """Sit down on the ground, where the motors may lose their power."""
    stay_seated: bool = False
    """Who sits does not stand up; who stands may stand."""
    hand: Hand = Hand.NONE
    """What the right hand is there for."""
    beside: tuple[Playing, ...] = ()
    """Further clips, for what ``clip`` leaves free, the foremost first."""

    def __post_init__(self) -> None:
        if self.look_at_in_map is not None:
            point = checked("Posture", "look_at_in_map", self.look_at_in_map, (3,))
            object.__setattr__(self, "look_at_in_map", point)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to say."""

    zh: str
    en: str
    start: float
    """When it starts [s]."""
    duration: float
    """How long it takes [s]."""
    behaviour: str = ""
    """The behaviour that it belongs to."""
    language: str = "zh"
    """Which of the two is said aloud: ``zh`` or ``en``."""
    song: str = ""
    """A file of ``behaviours/songs`` without its ending that is sung instead; "" for speech."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Settings of the sweeper's tools, each 0 (off) to 1 (full)."""

    brush: float = 0.0
    spray: float = 0.0
    fan: float = 0.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What the mission wants now, one value for each channel."""

    base: BaseGoal = Stay()
    posture: Posture = Posture()
    voice: Utterance | None = None
    tools: Tools = Tools()
    activity: str = ""
    """The mission's leaf state, for people to read."""
    music: Music | None = None
    """What plays beside the voice."""
    light: str = ""
    """What the face or the beacon shows (``robotics.core.signals``); "" for its own quiet look."""
    chime: Chime | None = None
    """What rings beside voice and music."""


# ---------------------------------------------------------------------------------- planning


@dataclass(frozen=True, slots=True)
class Plan:
    """A path that was checked against the map; empty, with the reason, where there is none."""

    path: Array = field(default_factory=lambda: frozen(np.zeros((0, 3))))
    """(x, y, yaw) in the map, shape (m, 3)."""
    speed: Array = field(default_factory=lambda: frozen(np.zeros(0)))
    """Speed wanted at each pose, shape (m,) [m/s]."""
    working: BoolArray = field(default_factory=lambda: frozen(np.zeros(0), dtype=np.bool_))
    """True where the tools are to work (a swath, not a transit), shape (m,)."""
    reason: str = ""
    """Why there is no plan, or why the plan is not all that was asked."""
    kerb_side: Array = field(default_factory=lambda: frozen(np.zeros(0)))
    """Where the brush edge is to be led along a kerb, shape (m,): 1 on the left, -1 on the right, 0
    where there is none."""

    def __post_init__(self) -> None:
        path = checked("Plan", "path", self.path, (None, 3))
        object.__setattr__(self, "path", path)
        speed = self.speed if len(self.speed) == len(path) else np.zeros(len(path))
        object.__setattr__(self, "speed", checked("Plan", "speed", speed, (len(path),)))
        working = (
            self.working if len(self.working) == len(path) else np.zeros(len(path), dtype=np.bool_)
        )
        object.__setattr__(self, "working", frozen(working, dtype=np.bool_))
        side = self.kerb_side if len(self.kerb_side) == len(path) else np.zeros(len(path))
        object.__setattr__(self, "kerb_side", checked("Plan", "kerb_side", side, (len(path),)))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to follow."""
        return len(self.path) == 0

    @staticmethod
    def none(reason: str) -> Plan:
        """The empty plan, with its reason."""
        return Plan(reason=reason)


@dataclass(frozen=True, slots=True)
class Twist2:
    """Planar velocity of the base in the base frame."""

    vx: float = 0.0
    """Forward [m/s]."""
    vy: float = 0.0
    """To the left [m/s]."""
    wz: float = 0.0
    """Counter-clockwise [rad/s]."""

    def __post_init__(self) -> None:
        checked("Twist2", "(vx, vy, wz)", (self.vx, self.vy, self.wz), (3,))


# ---------------------------------------------------------------------------------- commanding


@dataclass(frozen=True, slots=True)
class Landing:
    """How a step ends if no command comes any more: what is left with the body as a last resort."""

    target: Array
    """Position of each joint with both feet on the ground, shape (n,) [rad]."""
    duration: float
    """Within which it is to be reached [s]; 0: hold still, both feet are down."""

    def __post_init__(self) -> None:
        target = checked("Landing", "target", self.target, (len(self.target),))
        object.__setattr__(self, "target", target)


@dataclass(frozen=True, slots=True)
class Command:
    """What the actuators are told. One with NaN in it cannot be built."""

    target: Array
    """Set-point of each joint, shape (n,): [rad] for a position joint, [rad/s] for a wheel or
    brush; the joint table says which."""
    effort_limit: Array
    """Largest torque each joint may use, shape (n,) [N·m]."""
    tools: Tools = Tools()
    sound: Utterance | None = None
    light: str = ""
    """What the face or the beacon shows; "" for its own quiet look."""
    stopped_by: str = ""
    """The rule of the guard that changed this command; "" if none did."""
    landing: Landing | None = None
    """What to do should this be the last command; None: hold still."""

    def __post_init__(self) -> None:
        n = len(self.target)
        for name in ("target", "effort_limit"):
            object.__setattr__(self, name, checked("Command", name, getattr(self, name), (n,)))


@dataclass(frozen=True, slots=True)
class Tick:
    """One turn of the loop, whole."""

    observation: Observation
    state: State
    goal: Goal
    plan: Plan
    twist: Twist2
    wished: Command
    sent: Command
