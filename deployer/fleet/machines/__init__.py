"""Machine types of the clouds, and what a node of one gives to pods: facts, each with its source."""
