"""Mistakes in state machines, and who finds them."""
