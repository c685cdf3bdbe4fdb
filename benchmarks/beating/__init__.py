"""How well movement and sound keep to the beat."""
