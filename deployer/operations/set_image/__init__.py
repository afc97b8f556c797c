"""Giving a hub, a profile or a choice another image: in the file that says it today, checked before it counts."""
