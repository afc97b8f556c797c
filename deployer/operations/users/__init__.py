"""The people of a hub: what they are called, and where their things are."""
