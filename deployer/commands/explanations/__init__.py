"""How explanations look to people."""
