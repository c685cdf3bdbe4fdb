"""The physics of cleaning: what lies on the ground, what moves it, and where it goes."""
