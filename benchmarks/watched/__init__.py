"""What the perception benchmark watches, and how it is scored."""
