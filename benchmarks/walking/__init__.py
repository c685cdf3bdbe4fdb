"""Provoked falls of the greeter."""
