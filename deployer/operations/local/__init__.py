"""The cluster on this machine, and the images that it runs."""
