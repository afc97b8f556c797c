"""Another image for a hub, a profile or a choice: in the file that says it, checked before it counts."""
