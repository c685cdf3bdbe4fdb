"""Onboard: what is wrong with a robot and its computer, its calibration, its service."""
