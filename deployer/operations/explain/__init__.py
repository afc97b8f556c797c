"""Telling where a hub's values come from, and what the values files of a fleet have in common."""
