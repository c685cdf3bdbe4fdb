"""Least ways on grids: over free cells (``jumping``), at a cost (``costly``), pulled tight."""
