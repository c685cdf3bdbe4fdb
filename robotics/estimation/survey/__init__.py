"""A map from a drive: scans are laid over one another, loops are closed, cells are counted."""
