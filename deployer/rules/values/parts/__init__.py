"""Parts of a hub's values as several rules look at them, and how their values are written."""
