"""What is known of the place: grids, site maps, obstacles."""
