"""The greeter's walk on trial under physics."""
