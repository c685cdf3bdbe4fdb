"""Proofs of a behaviour on a robot."""
