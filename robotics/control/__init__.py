"""From a velocity to wheels or footsteps; the guard."""
