"""Sampled predictive control: the tracker of both robots."""
