"""Drives along the kerbs of the court, judged by an onlooker."""
