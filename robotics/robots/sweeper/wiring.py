"""The sweeper's devices: one chassis board with all drives, tools and sensors but the lidars."""

from __future__ import annotations

BAUD = 1_000_000
"""Speed of the bus [bit/s]: 40 bytes out, 86 in, 50 times a second."""
SETTINGS = {"bumper_stops": 0, "cliff_stops": 1}
"""What the board is told before its torque is switched on. A pressed bumper is the guard's
business, which lets the robot back off from what it touched; a silent host is stopped anyway."""
