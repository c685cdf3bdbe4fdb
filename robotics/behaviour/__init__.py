"""Missions and scripted behaviours."""
