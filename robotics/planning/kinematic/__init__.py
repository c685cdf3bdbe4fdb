"""Ways for machines that cannot turn on the spot: Reeds-Shepp curves and Hybrid-A*."""
