"""Plans that sweep areas: rings along the edges, lanes, and short ways between them."""
