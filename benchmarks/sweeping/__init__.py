"""What ``benchmarks/sweep.py`` is made of."""
