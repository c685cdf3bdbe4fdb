"""Woxiaobai, the sweeper."""
