"""Youyou, the greeter."""
