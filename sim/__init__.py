"""The laptop side: the simulated place, its bodies, sensors and visitors."""
