"""What people choose from when they start a server: images, sizes and GPUs, and the nodes for them."""
