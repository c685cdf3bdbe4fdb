"""What a level lidar sees of upright walls and round people: ``sim.raycast`` in the plane.

All solids and people of the benchmark stand higher than the lidar, so height does not matter, and a
person needs to be tried only by the beams within their width: a tenth of the time.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from sim.raycast import Prisms


@compiled
def ranges(prisms: Prisms, cylinders: Array, place: Array, count: int) -> Array:
    """Return the distance that each beam goes before it meets something, infinite for none.

    Args:
        prisms: The solids, all higher than the lidar.
        cylinders: People: x, y, radius, height; shape (v, 4) [m].
        place: Of the lidar (x, y) and the bearing of its first beam, shape (3,).
        count: Beams in a full turn, evenly.

    Returns:
        Shape (count,) [m].
    """
    found, spacing = np.full(count, np.inf), 2.0 * math.pi / count
    x, y = place[0], place[1]
    for k in range(count):
        dx, dy = math.cos(place[2] + k * spacing), math.sin(place[2] + k * spacing)
        for solid in range(len(prisms.height)):
            enter, leave = 0.0, np.inf
            for row in range(prisms.first[solid], prisms.first[solid + 1]):
                nx, ny, offset = prisms.planes[row]
                speed, room = nx * dx + ny * dy, offset - nx * x - ny * y
                if abs(speed) < 1e-12:
                    if room < 0.0:
                        leave = -1.0
                elif speed > 0.0:
                    leave = min(leave, room / speed)
                else:
                    enter = max(enter, room / speed)
            if 0.0 < enter <= leave:
                found[k] = min(found[k], enter)
    for i in range(len(cylinders)):
        ex, ey, size = cylinders[i, 0] - x, cylinders[i, 1] - y, cylinders[i, 2]
        far = math.hypot(ex, ey)
        if far <= size:
            continue
        bearing, half = math.atan2(ey, ex) - place[2], math.asin(size / far)
        for k in range(math.ceil((bearing - half) / spacing), int((bearing + half) // spacing) + 1):
            off = k * spacing - bearing
            across = far * math.sin(off)
            way = far * math.cos(off) - math.sqrt(max(0.0, size * size - across * across))
            found[k % count] = min(found[k % count], way)
    return found
