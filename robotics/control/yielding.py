"""Whether a body could still yield to people: be at rest, or lead away, wherever they reach it.

Passive safety (Macek and others 2009; Bouraine, Fraichard, Salhi 2012): whatever people do, the
body does not move towards anybody at the touch. What they do is bounded: they keep their velocity
up to a doubt that grows as ρ(t) = b + e t + A t² / 2 (a berth, a doubt of the speed, an
acceleration to any side) and have a top speed, so at a time t they are somewhere in two discs. What
the body does is known: after its reaction it brakes along its arc (in the time that driving and
turning take one after the other: wheels that brake alike need so long). The *leading* part of its
outline at t is where its own motion points outwards, faster than a touch may be; as long as the
discs keep clear of that part, whoever touches the body has walked into a side that stands, slides
or leaves. So driving away is always free, and turning with somebody at the side is not.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control.stopping import outside, seen_after
from robotics.core.arrays import Array
from robotics.core.compiled import compiled, inner

STEP = 0.05
"""Time between two looks at who could be where [s]."""
FASTEST, HURRY = 1.6, 0.2
"""Nobody goes faster, nor faster than by so much more than they do [m/s]."""
HIDES = 0.1
"""A way that would lead so deep through the body is none [m]."""
SHARES = tuple((20 - k) / 20 for k in range(20))
"""Parts of a velocity that are tried."""


@inner
def _within(edges: Array, face: Array, part: tuple[float, float], disc: Array) -> bool:
    """Return whether a part of a side is within a disc, and not on the far side of the body.

    From behind a side, the way to it leads around the nearer end of the part.
    """
    ax, ay = face[0], face[1]
    ex, ey = face[2] - ax, face[3] - ay
    low, high = part
    x, y = disc[0] - ax, disc[1] - ay
    along = (x * ex + y * ey) / (ex * ex + ey * ey)
    along = min(high, max(low, along))
    if y * ex - x * ey > 0.0:  # behind the side, which the body hides
        along = low if along - low < high - along else high
        half_x, half_y = ax + 0.5 * (x + along * ex), ay + 0.5 * (y + along * ey)
        if outside(edges, half_x, half_y) < -HIDES:
            return False
    return bool(math.hypot(x - along * ex, y - along * ey) < disc[2])


@inner
def _leads_into(shape: tuple[Array, Array], twist: Array, spot: Array, gentle: float) -> bool:
    """Return whether a leading part of the outline is within both of two discs.

    Args:
        shape: As for ``yielding_share``.
        twist: (vx, vy, wz) of now, shape (3,).
        spot: The discs (x, y, radius, x, y, radius) in the base frame, shape (6,) [m].
        gentle: What moves outwards no faster does not lead [m/s].
    """
    edges, faces = shape
    for k in range(len(faces)):
        ax, ay = faces[k, 0], faces[k, 1]
        ex, ey = faces[k, 2] - ax, faces[k, 3] - ay
        length = math.hypot(ex, ey)
        nx, ny = ey / length, -ex / length
        # how fast a point of a side moves outwards is linear along it
        begin = nx * (twist[0] - twist[2] * ay) + ny * (twist[1] + twist[2] * ax) - gentle
        end = begin + twist[2] * (ny * ex - nx * ey)
        if begin <= 0.0 and end <= 0.0:
            continue
        low, high = 0.0, 1.0
        if begin < 0.0:
            low = begin / (begin - end)
        elif end < 0.0:
            high = begin / (begin - end)
        part = (low, high)
        if _within(edges, faces[k], part, spot[:3]) and _within(edges, faces[k], part, spot[3:]):
            return True
    return False


@inner
def _is_pushed(
    shape: tuple[Array, Array], one: Array, twist: Array, brake: Array, room: tuple[Array, Array]
) -> bool:
    """Return whether one person could be where the body, braking from ``twist``, still leads.

    ``room`` is for two discs (6,) and a twist (3,).
    """
    edges, _ = shape
    reaction, slowing, spinning, lead, gentle, radius = brake
    spot, now = room
    x, y, ux, uy, size, berth, doubt, push = one
    speed = math.hypot(twist[0], twist[1])
    stop = speed / slowing + abs(twist[2]) / spinning + 1e-3
    end = reaction + stop + lead
    rim = speed + abs(twist[2]) * radius
    far = size + berth + end * (doubt + 0.5 * push * end + math.hypot(ux, uy)) + rim * end
    if math.hypot(x, y) - radius > far:
        return False
    most = max(FASTEST, math.hypot(ux, uy) + HURRY)
    time, held_x, held_y = 0.0, x, y
    while time < end:
        braked = max(0.0, time - reaction)
        driven = time - 0.5 * braked * braked / stop
        if braked > stop:
            driven = reaction + 0.5 * stop
        px, py = seen_after(x + ux * time, y + uy * time, twist, driven)
        reach = size + berth + doubt * time + 0.5 * push * time * time
        gap = outside(edges, px, py)
        if gap < 0.0 and time > 0.0:
            px, py = held_x, held_y  # the side stops them, and carries on
        held_x, held_y = px, py
        if gap < reach:
            share = 1.0 - max(0.0, time - lead - reaction) / stop
            for k in range(3):
                now[k] = share * twist[k]
            spot[0], spot[1], spot[2] = px, py, reach
            spot[3], spot[4] = seen_after(x, y, twist, driven)
            spot[5] = size + berth + most * time
            if _leads_into(shape, now, spot, gentle):
                return True
        time += STEP
    return False


@compiled
def yielding_share(shape: tuple[Array, Array], people: Array, twist: Array, brake: Array) -> float:
    """Return the largest part of a twist from which the body can yield to everybody, 0 to 1.

    Args:
        shape: Half planes of the footprint (e, 3) and its sides, (ax, ay, bx, by) anticlockwise,
            (e, 4) [m].
        people: (x, y, vx, vy, radius, berth, doubt of the speed, acceleration) seen from the base
            of now, shape (k, 8) [m, m/s, m/s²].
        twist: (vx, vy, wz), shape (3,).
        brake: (reaction [s], deceleration [m/s²], that of turning [rad/s²], how long before a touch
            it is gentle [s], how fast is gentle [m/s], radius of the footprint [m]), shape (6,).
    """
    level, part, room = 0, np.zeros(3), (np.zeros(6), np.zeros(3))
    for i in range(len(people)):
        while level < len(SHARES):
            for k in range(3):
                part[k] = SHARES[level] * twist[k]
            if not _is_pushed(shape, people[i], part, brake, room):
                break
            level += 1
    return SHARES[level] if level < len(SHARES) else 0.0
