"""Assembly only: parts become robots."""
