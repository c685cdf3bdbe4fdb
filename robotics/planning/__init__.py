"""From a goal to a path, and along it among obstacles."""
