"""A place full of people who do not make way, and a robot with a job in it."""
