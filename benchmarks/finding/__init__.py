"""What the localisation benchmark is made of."""
