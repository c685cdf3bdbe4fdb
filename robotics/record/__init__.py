"""Recordings: every tick of a run in one MCAP file, and back."""
