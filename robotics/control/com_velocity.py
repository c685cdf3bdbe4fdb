"""How fast the centre of mass moves: what the IMU feels, held to what the legs tell.

Differences of a position that comes from joint angles are noisy (encoder steps, play of the gears),
and a filter that makes them useful comes late: in a push the body is 4 cm/s and more away from it.
The IMU's specific force has no such lag but drifts with every error of the tilt. A complementary
filter takes the fast half from the one and the slow half from the other. The IMU sits in the
trunk, the centre of mass moves against it as the legs swing; that motion is differentiated apart.
"""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array


class ComVelocity:
    """Horizontal velocity of the centre of mass in the walk frame.

    Args:
        trust: Time for which the IMU is believed against the legs [s].
        smoothing: Time constant of the motion of the centre of mass inside the body [s].
        period: Time between two updates [s].

    Attributes:
        value: Shape (2,) [m/s].
    """

    def __init__(self, *, trust: float, smoothing: float, period: float) -> None:
        self._period = period
        self._share = period / (trust + period)
        self._inner_share = period / (smoothing + period)
        self._imu: Array | None = None
        self._offset = np.zeros(2)
        self._of_imu, self._inside = np.zeros(2), np.zeros(2)
        self.value = np.zeros(2)

    def update(self, com: Array, imu: Array, force: Array) -> Array:
        """Return the velocity, shape (2,) [m/s].

        Args:
            com: Centre of mass in the walk frame as the legs tell, shape (2,) [m].
            imu: The IMU's place likewise, shape (2,) [m].
            force: Specific force in the axes of the walk frame, horizontal, shape (2,) [m/s²].
        """
        offset = com - imu
        if self._imu is not None:
            of_legs = (imu - self._imu) / self._period
            carried = self._of_imu + self._period * force
            self._of_imu = carried + self._share * (of_legs - carried)
            change = (offset - self._offset) / self._period
            self._inside = self._inside + self._inner_share * (change - self._inside)
            self.value = self._of_imu + self._inside
        self._imu, self._offset = imu, offset
        return self.value
