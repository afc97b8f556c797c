"""What a cluster lacks of what hubs count on, or has old. It is only looked at."""
