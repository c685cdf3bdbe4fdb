"""How people move among people, walls and robots: the social-force model, compiled.

Sources:
    * [HM95] Helbing, Molnár: Social force model for pedestrian dynamics, Phys. Rev. E 51 (1995):
      will, repulsion by the other's next step (an ellipse), walls, sight.
    * [HFV00] Helbing, Farkas, Vicsek: Simulating dynamical features of escape panic, Nature 407
      (2000): what bodies do when they touch.
    * [M10] Moussaïd and others: The walking behaviour of pedestrian social groups, PLoS ONE 5
      (2010): how groups keep together.
    * [M09] Moussaïd and others: Experimental study of the behavioural mechanisms underlying
      self-organization in human crowds, Proc. R. Soc. B 276 (2009): a preferred side.

Forces are per mass [m/s²]. Nobody comes nearer to an edge of the walkable ground than their
``hard`` distance: a hard rule after the forces, not a force.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from sim.walls import Walls, nearest_wall

RELAXATION = 0.5
"""Time in which a walker takes up the wished velocity, τ in [HM95] [s]."""
PERSON_STRENGTH = 2.1
"""V⁰ in [HM95] [m²/s²]."""
PERSON_RANGE = 0.3
"""σ in [HM95] [m]."""
STRIDE_TIME = 2.0
"""Δt in [HM95]: how far ahead one sees the other's way [s]."""
WALL_STRENGTH = 10.0
"""U⁰ in [HM95] [m²/s²]."""
WALL_RANGE = 0.2
"""R in [HM95] [m]."""
SIGHT = math.cos(math.radians(100.0))
"""Cosine of half the angle of sight, φ in [HM95] (200° in all)."""
UNSEEN = 0.5
"""Weight of what is behind, c in [HM95]."""
SPEED_FACTOR = 1.3
"""Fastest speed over wished speed, [HM95]."""
COMPRESSION = 1.2e5 / 80.0
"""k / m in [HFV00] [1/s²]."""
FRICTION = 2.4e5 / 80.0
"""κ / m in [HFV00] [1/(m·s)]."""
GAZE = 4.0
"""β₁ in [M10]: slowing down to keep the group in sight [1/(rad·s)]."""
COHESION = 3.0
"""β₂ in [M10]: pull towards the group's centre [m/s²]."""
ELBOW = 1.0
"""β₃ in [M10]: push between members who are too close [m/s²]."""
ELBOW_DISTANCE = 0.65
"""Nearer than this, centre to centre, members of a group push [m]."""
KEEP_RIGHT = 0.25
"""Part of a repulsion from ahead that acts to the right: who meets head-on must choose a side
([M09]; the amount is ours)."""
SIGHT_RANGE = 4.0
"""Others farther away are ignored [m]: there, the force is below 1e-4 m/s²."""
PERSON_RADIUS = 0.25
"""Radius for which [HM95]'s centre distances hold [m]."""
BLIND = 0.15
"""Weight of a robot's repulsion for those who do not pay attention …"""
NOTICED = 0.4
"""… until the gap to its disc is smaller than this [m]: then everybody does."""
TOUCH = 0.15
"""Nobody walks nearer than this to a robot's disc on their own feet [m]."""
SUBSTEP = 0.0125
"""Longest step of integration [s]: half of what the compression needs to stay stable."""


class Walkers(NamedTuple):
    """The state of n walkers; the arrays are written in place."""

    position: Array
    """(n, 2) [m]."""
    velocity: Array
    """(n, 2) [m/s]."""
    wish: Array
    """Wished velocity (n, 2) [m/s]."""
    cap: Array
    """Fastest speed (n,) [m/s]."""
    radius: Array
    """(n,) [m]."""
    hard: Array
    """Least distance of the centre from every wall (n,) [m]."""
    group: IntArray
    """Number of the walker's group (n,)."""
    attention: Array
    """Weight of robots, ``BLIND`` to 1 (n,)."""


@compiled
def repulsion(dx: float, dy: float, step_x: float, step_y: float) -> tuple[float, float]:
    """Return [HM95]'s force on a walker at ``d`` from another who is about to move by ``step``.

    The potential falls with the half minor axis b of an ellipse whose foci are where the other is
    and where its next step ends. All in metres.
    """
    ex, ey = dx - step_x, dy - step_y
    near = math.sqrt(dx * dx + dy * dy) + 1e-9
    ahead = math.sqrt(ex * ex + ey * ey) + 1e-9
    both = near + ahead
    b = 0.5 * math.sqrt(max(1e-6, both * both - step_x * step_x - step_y * step_y))
    size = PERSON_STRENGTH / PERSON_RANGE * math.exp(-b / PERSON_RANGE) * both / (4.0 * b)
    return size * (dx / near + ex / ahead), size * (dy / near + ey / ahead)


@compiled
def seen(wish: Array, fx: float, fy: float) -> tuple[float, float]:
    """Weigh a force by sight and turn one from ahead a little to the walker's right."""
    speed = math.sqrt(wish[0] * wish[0] + wish[1] * wish[1])
    size = math.sqrt(fx * fx + fy * fy)
    if speed < 1e-6 or size < 1e-12:
        return fx, fy
    ux, uy = wish[0] / speed, wish[1] / speed
    frontal = -(ux * fx + uy * fy) / size
    if frontal < SIGHT:
        return UNSEEN * fx, UNSEEN * fy
    aside = KEEP_RIGHT * size * max(0.0, frontal)
    return fx + aside * uy, fy - aside * ux


@compiled
def _touch(w: Walkers, i: int, j: int) -> tuple[float, float]:
    """Return [HFV00]'s compression and friction between two bodies that overlap."""
    dx, dy = w.position[i, 0] - w.position[j, 0], w.position[i, 1] - w.position[j, 1]
    distance = math.sqrt(dx * dx + dy * dy) + 1e-9
    overlap = w.radius[i] + w.radius[j] - distance
    if overlap <= 0.0:
        return 0.0, 0.0
    nx, ny = dx / distance, dy / distance
    slip = (w.velocity[j, 0] - w.velocity[i, 0]) * -ny + (w.velocity[j, 1] - w.velocity[i, 1]) * nx
    # the explicit step stays stable as long as friction takes less than half the slip away
    drag = min(FRICTION * overlap, 0.5 / SUBSTEP) * slip
    push = COMPRESSION * overlap
    return push * nx - drag * ny, push * ny + drag * nx


@compiled
def people_force(w: Walkers, i: int) -> tuple[float, float]:
    """Return the force of all other people on walker ``i``."""
    total_x, total_y = 0.0, 0.0
    for j in range(len(w.radius)):
        dx, dy = w.position[i, 0] - w.position[j, 0], w.position[i, 1] - w.position[j, 1]
        if j == i or dx * dx + dy * dy > SIGHT_RANGE * SIGHT_RANGE:
            continue
        tx, ty = _touch(w, i, j)
        total_x, total_y = total_x + tx, total_y + ty
        if w.group[j] == w.group[i]:
            continue
        sx, sy = STRIDE_TIME * w.velocity[j, 0], STRIDE_TIME * w.velocity[j, 1]
        fx, fy = repulsion(dx, dy, sx, sy)
        fx, fy = seen(w.wish[i], fx, fy)
        total_x, total_y = total_x + fx, total_y + fy
    return total_x, total_y


@compiled
def group_force(w: Walkers, i: int) -> tuple[float, float]:
    """Return [M10]'s force that keeps walker ``i`` with the others of the group."""
    x, y, members = 0.0, 0.0, 0
    total_x, total_y = 0.0, 0.0
    for j in range(len(w.radius)):
        if w.group[j] != w.group[i]:
            continue
        x, y, members = x + w.position[j, 0], y + w.position[j, 1], members + 1
        dx, dy = w.position[i, 0] - w.position[j, 0], w.position[i, 1] - w.position[j, 1]
        distance = math.sqrt(dx * dx + dy * dy)
        if 1e-9 < distance < ELBOW_DISTANCE:
            total_x += ELBOW * dx / distance
            total_y += ELBOW * dy / distance
    if members < 2:
        return 0.0, 0.0
    dx, dy = x / members - w.position[i, 0], y / members - w.position[i, 1]
    distance = math.sqrt(dx * dx + dy * dy) + 1e-9
    if distance > 0.5 * (members - 1):
        total_x += COHESION * dx / distance
        total_y += COHESION * dy / distance
    vx, vy = w.velocity[i, 0], w.velocity[i, 1]
    speed = math.sqrt(vx * vx + vy * vy)
    if speed > 0.1:
        cosine = min(1.0, max(-1.0, (vx * dx + vy * dy) / (speed * distance)))
        turn = max(0.0, math.acos(cosine) - 0.5 * math.pi)
        total_x -= GAZE * turn * vx
        total_y -= GAZE * turn * vy
    return total_x, total_y


@compiled
def wall_force(w: Walkers, i: int, walls: Walls) -> tuple[float, float]:
    """Return [HM95]'s repulsion from the nearest edge of the walkable ground."""
    x, y = w.position[i, 0], w.position[i, 1]
    distance, fx, fy = nearest_wall(walls, x, y)
    if distance > 1.5 or distance < 1e-9:
        return 0.0, 0.0
    size = WALL_STRENGTH / WALL_RANGE * math.exp(-distance / WALL_RANGE) / distance
    return size * (x - fx), size * (y - fy)


@compiled
def robot_force(w: Walkers, i: int, robots: Array) -> tuple[float, float]:
    """Return the force of robots (k, 3: x, y, radius): as of a person at the near edge of each."""
    total_x, total_y = 0.0, 0.0
    for k in range(len(robots)):
        dx, dy = w.position[i, 0] - robots[k, 0], w.position[i, 1] - robots[k, 1]
        distance = math.sqrt(dx * dx + dy * dy) + 1e-9
        near = distance - robots[k, 2] + PERSON_RADIUS
        if near > SIGHT_RANGE:
            continue
        gap = distance - robots[k, 2] - w.radius[i]
        weight = w.attention[i] if gap > NOTICED else 1.0
        near = max(0.05, near) / distance
        fx, fy = repulsion(near * dx, near * dy, 0.0, 0.0)
        fx, fy = seen(w.wish[i], fx, fy)
        total_x += weight * fx
        total_y += weight * fy
    return total_x, total_y


@compiled
def _halt_at_robots(w: Walkers, i: int, robots: Array) -> None:
    """Take away the part of a velocity that leads into a robot's disc."""
    for k in range(len(robots)):
        dx, dy = w.position[i, 0] - robots[k, 0], w.position[i, 1] - robots[k, 1]
        distance = math.sqrt(dx * dx + dy * dy) + 1e-9
        if distance > robots[k, 2] + w.radius[i] + TOUCH:
            continue
        inward = (w.velocity[i, 0] * dx + w.velocity[i, 1] * dy) / distance
        if inward < 0.0:
            w.velocity[i, 0] -= inward * dx / distance
            w.velocity[i, 1] -= inward * dy / distance


@compiled
def _move(w: Walkers, i: int, walls: Walls, duration: float) -> None:
    """Move walker ``i``; slide along walls, stand still where sliding does not help.

    The centre starts at least ``hard`` from every edge, and a step is shorter than ``hard``: so it
    ends on the same side of every edge, and here it is made to end ``hard`` from all of them.
    """
    x = w.position[i, 0] + duration * w.velocity[i, 0]
    y = w.position[i, 1] + duration * w.velocity[i, 1]
    hard = w.hard[i]
    for _ in range(4):
        distance, fx, fy = nearest_wall(walls, x, y)
        if distance >= hard:
            w.position[i, 0], w.position[i, 1] = x, y
            return
        if distance < 1e-6:
            break
        nx, ny = (x - fx) / distance, (y - fy) / distance
        x, y = fx + (hard + 1e-6) * nx, fy + (hard + 1e-6) * ny
        inward = w.velocity[i, 0] * nx + w.velocity[i, 1] * ny
        if inward < 0.0:
            w.velocity[i, 0] -= inward * nx
            w.velocity[i, 1] -= inward * ny
    w.velocity[i, 0], w.velocity[i, 1] = 0.0, 0.0


@compiled
def _accelerate(w: Walkers, walls: Walls, robots: Array, duration: float) -> None:
    force = np.zeros((len(w.radius), 2))
    for i in range(len(w.radius)):
        px, py = people_force(w, i)
        gx, gy = group_force(w, i)
        wx, wy = wall_force(w, i, walls)
        rx, ry = robot_force(w, i, robots)
        force[i, 0] = (w.wish[i, 0] - w.velocity[i, 0]) / RELAXATION + px + gx + wx + rx
        force[i, 1] = (w.wish[i, 1] - w.velocity[i, 1]) / RELAXATION + py + gy + wy + ry
    for i in range(len(w.radius)):
        vx = w.velocity[i, 0] + duration * force[i, 0]
        vy = w.velocity[i, 1] + duration * force[i, 1]
        speed = math.sqrt(vx * vx + vy * vy)
        scale = w.cap[i] / speed if speed > w.cap[i] else 1.0
        w.velocity[i, 0], w.velocity[i, 1] = scale * vx, scale * vy


@compiled
def step(w: Walkers, walls: Walls, robots: Array, duration: float) -> None:
    """Advance all walkers by ``duration`` [s] under their present wishes, in place."""
    count = math.ceil(duration / SUBSTEP - 1e-9)
    for _ in range(count):
        part = duration / count
        _accelerate(w, walls, robots, part)
        for i in range(len(w.radius)):
            _halt_at_robots(w, i, robots)
            _move(w, i, walls, part)
